"""What the pattern page shows: invented records of the kinds that the pages have, one for each state. Nothing is stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from trede.inventory.completeness import Status
from trede.report.charts.look import NARROW, SCREEN, WHOLE
from trede.report.charts.parts_of_total import sites
from trede.report.document import Chart
from trede.report.wording import Wording
from trede.workspace.journal import STATES
from trede_web.bridge.boundary.editing import Input
from trede_web.bridge.figures import Figure
from trede_web.bridge.intake.batches import RowShown
from trede_web.bridge.intake.grid import Cell, LineShown
from trede_web.bridge.ledger.ledger import Chip, Head
from trede_web.bridge.results.charts import ChartShown, as_shown
from trede_web.bridge.results.completeness import SIGNS
from trede_web.bridge.results.completeness import Cell as Month
from trede_web.bridge.speaking import Told, Voice
from trede_web.bridge.welcome.overview import Step

AT = "00000000/ladder:market"
"""The address of the invented total; no run has it."""
TONNE = 10**9
AMOUNTS = (125_430 * 10**6, 40_400 * 10**6, 0)
"""Milligrams of three invented sites; the last is a real zero."""


@dataclass(frozen=True)
class Amount:
    """A line of a sum."""

    name: str
    figure: Figure


@dataclass(frozen=True)
class Sum:
    """A total with its parts, which add up to it."""

    total: Figure
    lines: list[Amount]
    published: bool


@dataclass(frozen=True)
class Work:
    """A job in a state; `told` is what is to be said of it."""

    state: str
    step: str
    is_open: bool
    told: list[Told]
    percent: int | None = None
    pk: str = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Part:
    """A field on a form of a part of the description."""

    part: str
    field: Input


@dataclass(frozen=True)
class Tasks:
    """The steps of a year with what is open."""

    steps: list[Step]
    missing: int = 1
    open_rows: int = 14


@dataclass(frozen=True)
class Grid:
    """A grid of three months."""

    months: list[str]
    sites: list[tuple[str, str]]
    units: list[str]
    lines: list[LineShown]


@dataclass(frozen=True)
class Listed:
    """A page of a list, what was chosen, and rows as they stand in a file."""

    chips: list[Chip]
    headings: list[str]
    first: int = 51
    last: int = 100
    rows: int = 437
    before: str = "page=1"
    after: str = "page=3"


@dataclass(frozen=True)
class Patterns:
    """Everything on the page."""

    sums: list[Sum]
    inputs: list[Part]
    told: list[Told]
    jobs: list[Work]
    tasks: Tasks
    grid: Grid
    listed: Listed
    rejected: list[RowShown]
    head: Head
    months: list[Month]
    chart: ChartShown
    record_states: tuple[str, ...] = STATES
    source_states: tuple[str, ...] = (*get_args(Status), "not-expected")
    signs: tuple[tuple[str, str], ...] = tuple(SIGNS.items())
    fate: str = "rejected"


def sample_chart(voice: Voice, *, narrow: bool = False) -> Chart:
    """Return the invented chart, drawn as the charts of a calculation are."""
    named = [(name, mg, WHOLE) for name, mg in zip(_sites(voice), AMOUNTS, strict=True)]
    made = sites(Wording(voice.language), named, "2024", voice.word("patterns.invented"), NARROW if narrow else SCREEN)
    assert made is not None
    return made


def patterns(voice: Voice) -> Patterns:
    """Return what the page shows."""
    drawings = sample_chart(voice), sample_chart(voice, narrow=True)
    lines = [
        Amount(name, Figure(mg, f"{AT}/site:{at}"))
        for at, (name, mg) in enumerate(zip(_sites(voice), AMOUNTS, strict=True))
    ]
    total = Figure(sum(AMOUNTS), AT)
    return Patterns(
        sums=[Sum(total, lines, published=False), Sum(total, lines, published=True)],
        inputs=_inputs(voice),
        told=[Told(each, voice.word(f"pattern_told.{each}"), "") for each in ("error", "warning", "notice")],
        jobs=_jobs(voice),
        tasks=Tasks(
            [
                Step("organisation", "done", 0), Step("sources", "done", 0), Step("collect", "open", 15),
                Step("calculate", "todo", 0), Step("review", "waiting", 0), Step("publish", "waiting", 0),
            ]
        ),
        grid=_grid(voice),
        listed=Listed(
            [Chip("month", "2024-03", "chip=month"), Chip("site", _sites(voice)[0], "chip=site")],
            [voice.word("grid.meter"), voice.word("ledger.quantity")],
        ),
        rejected=[RowShown("437", voice.word("patterns.why"), ["E-1", "n.v.t."], 1)],
        head=Head("date", "sort=date", "descending"),
        months=[Month("2024-01", voice.word(f"cell.{state}"), state, []) for state in SIGNS],
        chart=as_shown(
            "sites", drawings, [*(each.figure.query for each in lines if each.figure.mg), AT], AT,
            voice.word("patterns.invented"), Wording(voice.language),
        ),
    )  # fmt: skip


def _sites(voice: Voice) -> list[str]:
    return [voice.word(f"pattern_site.{each}") for each in ("head", "east", "shed")]


def _inputs(voice: Voice) -> list[Part]:
    """Return a field of each kind, filled in, and beside it one with a fault."""
    places = [(str(at), name) for at, name in enumerate(_sites(voice))]
    kinds = [("stock", voice.word("choice.stock")), ("flow", voice.word("choice.flow"))]
    return [
        Part("source", Input("owner", "text", required=False, given=[voice.word("patterns.person")], options=[])),
        Part("source", Input("name", "text", required=True, given=[], options=[], error=voice.word("unread.missing"))),
        Part("source", Input("from_year", "year", required=True, given=["2024"], options=[])),
        Part(
            "source",
            Input("to_year", "year", required=False, given=["'24"], options=[], error=voice.word("unread.year")),
        ),
        Part("project", Input("from", "date", required=False, given=["2024-07-01"], options=[])),
        Part("project", Input("to", "date", required=False, given=[], options=[], error=voice.word("unread.date"))),
        Part("denominator", Input("kind", "choice", required=True, given=["stock"], options=kinds)),
        Part(
            "site", Input("entity", "one", required=True, given=[], options=places, error=voice.word("unread.missing"))
        ),
        Part("source", Input("sites", "several", required=False, given=["0"], options=places)),
        Part("project", Input("award_advantage", "flag", required=False, given=["1"], options=[])),
    ]


def _jobs(voice: Voice) -> list[Work]:
    wrong = Told("error", voice.word("pattern_told.error"), "")
    return [
        Work("queued", "", is_open=True, told=[]), Work("running", "reading", is_open=True, told=[], percent=42),
        Work("done", "", is_open=False, told=[]), Work("failed", "", is_open=False, told=[wrong]),
    ]  # fmt: skip


def _grid(voice: Voice) -> Grid:
    names = voice.word("months").split()[:3]
    lines = [
        LineShown(
            number, meter, "0", "kWh",
            [
                Cell(month, text, f"{meter}, {names[month]}", names[month], "wrong" if text == "n.v.t." else "")
                for month, text in enumerate(texts)
            ], "",
        )
        for number, (meter, texts) in enumerate({"E-1": ("1.234,5", "900", ""), "E-2": ("80", "n.v.t.", "75")}.items())
    ]  # fmt: skip
    return Grid(names, [("0", _sites(voice)[0])], ["kWh"], lines)
