"""Quick entry: a grid of months by meters as a page shows it and as its form gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trede.workspace import Workspace
from trede.workspace.attaching import attach, attachments
from trede.workspace.grid import MONTHS, Grid, Line, grid_batch, grid_of_batch, look_over, store_grid, stored_lines
from trede_web.bridge.evidence.papers import attach_proof, original
from trede_web.bridge.evidence.viewer import kind_of, proofs_of_batch
from trede_web.bridge.intake.fields import Choice, Fields, units_of
from trede_web.bridge.intake.mapping_page import sources_of
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.ledger.attributes import choices_of
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.activity.batches import Batch
    from trede.catalogue.vocabulary import ActivityType
    from trede_web.work.models import Job

EMPTY_LINES = 3
MOST_LINES = 60
OWN_SOURCE = "snelle-invoer"


@dataclass(frozen=True)
class Cell:
    """A figure as it was typed; `name` says what it is to those who do not see the grid."""

    month: int
    text: str
    name: str
    heading: str
    """The month, which a narrow window shows above the figure."""
    state: str
    """`wrong`, `doubtful`, `far`, or nothing."""


@dataclass(frozen=True)
class LineShown:
    """A line of the grid with its total."""

    number: int
    meter: str
    site: str
    unit: str
    cells: list[Cell]
    total: str


@dataclass(frozen=True)
class GridPage:
    """Everything on the page. Without `lines` the source, the type or an attribute is still to be chosen."""

    sources: list[Choice]
    types: list[Choice]
    source: str
    type: str
    attributes: list[tuple[str, str, str, list[Choice]]]
    year: int
    months: list[str]
    sites: list[Choice]
    units: list[str]
    lines: list[LineShown]
    wrong: list[str]
    remarks: list[str]
    totals: list[str]
    before: str
    """The batch that is changed."""
    paper: tuple[str, int] | None
    """The file that the figures which are changed were entered from, and the page."""


def grid_of(workspace: Workspace, asked: Mapping[str, str], year: int, voice: Voice) -> Grid | None:
    """Return the grid that is asked for with what its form has; None while the type or an attribute is to be chosen."""
    kind = dict(_types(Fields(workspace, voice))).get(asked.get("type", ""))
    if kind is None:
        return None
    attributes = {name: asked.get(f"with-{name}", "") or (a.default or "") for name, a in kind.attributes.items()}
    if not all(attributes[name] in values for name, values in _values(kind).items()):
        return None
    source = asked.get("source") or OWN_SOURCE
    known = dict(_source_choices(workspace, voice))
    source = source if source in known else OWN_SOURCE
    title = f"{known[source]}: {kind.name.get(voice.language)}"
    grid = Grid(source, title, kind.id, attributes, year, (), "," if voice.language == "nl" else ".")
    if "lines" in asked:
        return Grid(
            grid.source, title, grid.activity_type, attributes, year, tuple(_lines(asked, workspace)), grid.decimal
        )
    before = grid_batch(workspace, grid)
    lines = tuple(_spoken(line, grid.decimal) for line in stored_lines(workspace, before)) if before else ()
    return Grid(grid.source, title, grid.activity_type, attributes, year, lines, grid.decimal)


def typed_in(workspace: Workspace, ident: str) -> tuple[int, dict[str, str]] | None:
    """Return the year and what the address asks of the grid that a batch was typed in, to change it; None for other files."""
    grid = grid_of_batch(workspace.batch_store.get(ident))
    if grid is None:
        return None
    attributes = {f"with-{name}": value for name, value in grid.attributes.items()}
    return grid.year, {"source": grid.source, "type": grid.activity_type, **attributes}


def _spoken(line: Line, decimal: str) -> Line:
    """Return a stored line with its figures in the sign of the page."""
    return Line(line.meter, line.site, line.unit, tuple(text.replace(",", decimal) for text in line.months))


def _lines(asked: Mapping[str, str], workspace: Workspace) -> list[Line]:
    count = min(int(asked["lines"]), MOST_LINES) if asked["lines"].isascii() and asked["lines"].isdigit() else 0
    sites = {site.id for site in workspace.organisation.site}
    return [
        Line(
            " ".join(asked.get(f"meter-{n}", "").split())[:60],
            site if (site := asked.get(f"site-{n}", "")) in sites else "",
            asked.get(f"unit-{n}", "")[:20],
            tuple(asked.get(f"cell-{n}-{month}", "").strip()[:30] for month in range(MONTHS)),
        )
        for n in range(count)
    ]


def grid_page(workspace: Workspace, asked: Mapping[str, str], year: int, voice: Voice) -> GridPage:
    """Return the page."""
    fields = Fields(workspace, voice)
    types = _types(fields)
    kind = types.get(asked.get("type", ""))
    grid = grid_of(workspace, asked, year, voice)
    attributes = [
        (
            name,
            attribute.name.get(voice.language),
            asked.get(f"with-{name}", attribute.default or ""),
            choices_of(name, _values(kind)[name], voice),
        )
        for kind in ([types[asked["type"]]] if asked.get("type") in types else [])
        for name, attribute in kind.attributes.items()
    ]
    choices = sorted(((k, t.name.get(voice.language)) for k, t in types.items()), key=lambda c: c[1].casefold())
    months = voice.word("completeness.months").split(" ")
    units = units_of(kind) if kind else []
    shown, wrong, remarks, totals = _shown(grid, months, units, asked, voice) if grid else ([], [], [], [])
    before = grid_batch(workspace, grid) if grid else None
    return GridPage(
        _source_choices(workspace, voice), choices, grid.source if grid else asked.get("source", ""), asked.get("type", ""),
        attributes, year, months, fields.choices("site", ()), units, shown, wrong, remarks, totals, before.id if before else "",
        _paper_of(workspace, before) if before else None,
    )  # fmt: skip


def _paper_of(workspace: Workspace, batch: Batch) -> tuple[str, int] | None:
    """Return the first proof of a batch that can be shown, with its page."""
    shown = (
        (proof.digest, proof.page or 1)
        for proof in proofs_of_batch(workspace, batch.id)
        if (workspace.evidence.folder / proof.digest).exists()
        if kind_of(workspace.evidence.get(proof.digest)) != "other"
    )
    return next(shown, None)


def _shown(
    grid: Grid, months: list[str], units: list[str], asked: Mapping[str, str], voice: Voice
) -> tuple[list[LineShown], list[str], list[str], list[str]]:
    """Return the lines, what is wrong, what is to be looked at, and the totals of the months."""
    looked = look_over(grid)
    states = dict.fromkeys(((line, month) for line, month in looked.far), "far")
    states |= {(line, month): "doubtful" for line, month, _ in looked.doubtful}
    states |= {(line, month): "wrong" for line, month, _ in looked.wrong if month is not None}
    more = EMPTY_LINES if "lines" not in asked or asked.get("do") == "more" else 0
    empty = [Line("", "", units[0] if len(units) == 1 else "", ("",) * MONTHS)] * max(more, 1 - len(grid.lines))
    lines = [
        LineShown(
            number, line.meter, line.site, line.unit,
            [
                Cell(month, text, f"{line.meter or number + 1}, {months[month]}", months[month], states.get((number, month), ""))
                for month, text in enumerate(line.months)
            ],
            voice.number(looked.total(number)) if any(at == number for at, _ in looked.values) else "",
        )
        for number, line in enumerate([*grid.lines, *empty][:MOST_LINES])
    ]  # fmt: skip
    wrong = [
        voice.tell(issue)
        if month is None
        else f"{voice.word('grid.place', line=line + 1, month=months[month])} {voice.tell(issue)}"
        for line, month, issue in looked.wrong
    ]
    remarks = [
        voice.word(
            "grid.read_as", line=line + 1, month=months[month], text=grid.lines[line].months[month],
            value=f"{value.normalize():f}".replace(".", grid.decimal),
        )
        for line, month, value in looked.doubtful
    ] + [voice.word("grid.far", line=line + 1, month=months[month]) for line, month in looked.far]  # fmt: skip
    one = len({line.unit for line in grid.lines if line.filled}) == 1
    totals = [
        voice.number(sum(v for (_, at), v in looked.values.items() if at == month)) if one else ""
        for month in range(MONTHS)
    ]
    return lines, wrong, remarks, totals


def _types(fields: Fields) -> dict[str, ActivityType]:
    """Return the types that need a quantity and attributes with known values alone."""
    return {
        name: kind
        for name, kind in fields.types.items()
        if not kind.refused
        and not kind.by_sector
        and not any(i.needed for i in kind.inputs.values())
        and not any(a.codes or a.values_from for a in kind.attributes.values())
        and all(_values(kind).values())
    }


def _values(kind: ActivityType) -> dict[str, list[str]]:
    """Return the values of each attribute, without those that ask for a factor in each row."""
    return {
        name: [value for value in attribute.values if not kind.factor_asked_by({name: value})]
        for name, attribute in kind.attributes.items()
    }


def _source_choices(workspace: Workspace, voice: Voice) -> list[Choice]:
    found = sources_of(workspace)
    return found if OWN_SOURCE in dict(found) else [*found, (OWN_SOURCE, voice.word("grid.own_source"))]


def to_store(grid: Grid) -> dict[str, Any]:
    """Return a grid as a job keeps it."""
    lines = [[line.meter, line.site, line.unit, *line.months] for line in grid.lines if line.filled]
    return {
        "source": grid.source, "title": grid.title, "type": grid.activity_type, "attributes": grid.attributes,
        "year": grid.year, "lines": lines, "decimal": grid.decimal,
    }  # fmt: skip


def store(workspace: Workspace, job: Job) -> Outcome:
    """Take a grid in, with its proof if one came along."""
    asked = job.asked["grid"]
    lines = tuple(Line(line[0], line[1], line[2], tuple(line[3:])) for line in asked["lines"])
    grid = Grid(
        asked["source"], asked["title"], asked["type"], asked["attributes"], asked["year"], lines, asked["decimal"]
    )
    proof, before = proof_of(workspace, job), grid_batch(workspace, grid)
    imported = store_grid(workspace, grid, job.title, job.advance)
    batch = imported.batch
    if proof is not None:
        name, data = proof
        attach_proof(workspace, job, data, name, f"batch:{batch.id}", job.asked.get("page"))
    if before is not None and before.id != batch.id:
        _carry_over(workspace, before, batch)
    issues = [issue.to_json() for issue in imported.issues]
    return Outcome({"batch": batch.id}, issues, {"batch": batch.id, **batch.counts})


def _carry_over(workspace: Workspace, before: Batch, batch: Batch) -> None:
    """Let what proved the figures before prove those that took their place, as the same person said it."""
    for each in attachments(workspace):
        said = each.decision
        evidence = workspace.evidence.folder / said.file_sha256
        if said.to == "batch" and each.proves(before) and evidence.exists():
            kept = workspace.evidence.get(said.file_sha256)
            if kept.removal is None:
                attach(
                    workspace, kept.read(), said.name, f"batch:{batch.id}", person=said.person, page=said.page, note=said.reason
                )  # fmt: skip


def proof_of(workspace: Workspace, job: Job) -> tuple[str, bytes] | None:
    """Return the name and the bytes of what the figures were entered from: what came along, else a file that is here."""
    if job.asked.get("proof"):
        return job.asked["proof"], job.file("proof")
    if not job.asked.get("paper"):
        return None
    digest = job.asked["paper"]
    name, path = original(workspace, digest, job.organisation.staged.filter(sha256=digest).first())
    return name, path.read_bytes()


def readable(grid: Grid) -> bool:
    """Whether a grid can be taken in: it has figures, and nothing is wrong in it."""
    looked = look_over(grid)
    return bool(looked.values) and not looked.wrong
