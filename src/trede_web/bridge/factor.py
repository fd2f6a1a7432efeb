"""One factor: its values through the years, its papers, its gases and stages, and where the organisation uses it; and several
beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import TredeError
from trede.trace.usage import choices, factors_of, records_of
from trede.workspace import Workspace
from trede.workspace.shelf import Shelf, Shelved, shelf_of
from trede_web.bridge.books import years
from trede_web.bridge.figures import Figure
from trede_web.bridge.own import can_be_taken_over
from trede_web.bridge.shelf import headline, spans
from trede_web.bridge.speaking import Voice
from trede_web.bridge.stairs import Series, Stairs, draw
from trede_web.bridge.tongues import named
from trede_web.bridge.using import uses_in

if TYPE_CHECKING:
    from trede.engine.runs import Run

LONGEST = 25
"""Years of a drawing; of a factor that is meant for longer the last ones."""
RECORDS = 50
COMPARED = 6
FACTS = (
    "unit", "years", "list", "publisher", "region", "stages", "gases", "gwp", "uncertainty", "licence", "place",
)  # fmt: skip
"""What is said of factors side by side."""
NUMBERS = ("total", "direct", "upstream", "biogenic", "energy")


@dataclass(frozen=True)
class Point:
    """The value that counts for a year."""

    year: int
    value: Decimal
    text: str


@dataclass(frozen=True)
class Edition:
    """The value of one edition."""

    ref: str
    library: str
    factor: str
    years: str
    values: list[str]
    change: str
    list: str
    second_hand: bool
    used_for: str
    here: bool


@dataclass(frozen=True)
class Use:
    """What the organisation counts with the factor in one year, for one type of activity and basis."""

    year: int
    published: bool
    name: str
    basis: str
    quantity: str
    unit: str
    figure: Figure
    records: int
    asked: str
    """What an address says to list its records."""


@dataclass(frozen=True)
class Newer:
    """An edition for a later year than the one that is used."""

    edition: Edition
    value: str
    used: str
    years: list[int]
    """Those that count with an edition of the factor: a plan says what the newer list would change of each."""


@dataclass(frozen=True)
class FactorPage:
    """Everything on the page of a factor."""

    ref: str
    library: str
    factor: str
    name: str
    under: list[str]
    unit: str
    status: str
    value: str
    stage: str
    finding: str
    drawing: Stairs | None
    description: str
    columns: list[str]
    editions: list[Edition]
    papers: list[tuple[str, str]]
    source: list[tuple[str, str]]
    url: str
    notes: str
    gases: list[tuple[str, list[str]]]
    gas_columns: list[str]
    uses: list[Use]
    newer: Newer | None
    own: bool
    takes_over: bool
    """Whether it is a value from second hand that fills in the form of an own factor."""
    beside: str
    """What an address says to put its last editions side by side."""


@dataclass(frozen=True)
class RecordLine:
    """A record that counts with the factor."""

    figure: Figure
    when: str
    site: str
    quantity: str


@dataclass(frozen=True)
class RecordsPage:
    """The records behind one use, the largest amounts first."""

    factor: str
    library: str
    name: str
    use: Use
    lines: list[RecordLine]


@dataclass(frozen=True)
class Compared:
    """Factors side by side: a head each, and rows of values."""

    heads: list[tuple[str, str, str, str]]
    """Library, factor, name, and the address without it."""
    rows: list[tuple[str, list[str]]]
    same_unit: bool


def factor_page(workspace: Workspace, library: str, ident: str, voice: Voice) -> FactorPage:
    """Return the page of a factor.

    Raises:
        TredeError: `library_unknown` or `factor_unknown`.
    """
    shelf = shelf_of(workspace)
    item = shelf.get(library, ident)
    factor, runs = item.factor, _runs(workspace)
    same = shelf.editions(item)
    columns = [name for name in ("total", "direct", "upstream") if any(name in e.factor.values() for e in same)]
    editions = _editions(same, item, columns, runs, voice)
    stage, value = headline(factor)
    drawing, points = _drawing(same, columns, runs, voice)
    return FactorPage(
        ref=item.ref, library=library, factor=ident, name=named(factor.name, item.library.papers, voice),
        under=[named(part, item.library.papers, voice) for part in (factor.category, factor.subcategory) if part],
        unit=factor.publisher_unit,
        status="" if factor.status == "active" else voice.word(f"status.{factor.status}"),
        value="–" if value is None else voice.number(value), stage=voice.word(f"value.{stage}") if stage else "",
        finding=_finding(points, voice), drawing=drawing, description=_description(points, factor.publisher_unit, voice),
        columns=[voice.word(f"value.{name}") for name in columns], editions=editions,
        papers=_papers(item, runs, voice), source=_source(item, voice), url=_link(factor.url or item.library.papers.url),
        notes=item.library.papers.notes.get(voice.language), gases=_gases(item, voice),
        gas_columns=[voice.word(f"value.{symbol}") for symbol in factor.gases],
        uses=_uses(workspace, item.ref, runs, voice), newer=_newer(editions, same, columns, runs, voice),
        own=item.library.papers.kind == "own", takes_over=can_be_taken_over(factor),
        beside=urlencode([("f", each.ref) for each in same[-COMPARED:]]),
    )  # fmt: skip


def records_page(
    workspace: Workspace, year: int, ref: str, activity_type: str, basis: str, voice: Voice
) -> RecordsPage | None:
    """Return the records that count with a factor in a year; None when there are none."""
    run = workspace.run_of(str(year))
    found = _uses(workspace, ref, {year: run} if run else {}, voice)
    use = next((each for each in found if each.asked == _asked(year, ref, activity_type, basis)), None)
    if run is None or use is None:
        return None
    library, _, ident = ref.partition("#")
    lines = [
        RecordLine(
            Figure(each.mg, f"{run.id}/{each.record}#factor"),
            voice.day(each.start) if each.start == each.end else f"{voice.day(each.start)} – {voice.day(each.end)}",
            each.site, f"{voice.number(each.quantity)} {each.unit}",
        )
        for each in records_of(run, ref, activity_type, basis, RECORDS)
    ]  # fmt: skip
    known = workspace.libraries.get(library)
    factor = known.factors.get(ident) if known else None
    return RecordsPage(
        ident if factor else "",
        library,
        named(factor.name, known.papers, voice) if factor and known else ref,
        use,
        lines,
    )


def compared(workspace: Workspace, refs: Sequence[str], voice: Voice) -> Compared:
    """Put factors side by side; those that are not there are passed over."""
    shelf = shelf_of(workspace)
    items = [item for ref in dict.fromkeys(refs) if (item := _named(shelf, ref)) is not None][:COMPARED]
    same = len({(item.factor.kind, item.factor.unit) for item in items}) == 1
    rows: list[tuple[str, list[str]]] = []
    for name in NUMBERS:
        values = [item.factor.values().get(name) for item in items]
        if any(value is not None for value in values):
            rows.append((voice.word(f"value.{name}"), ["–" if v is None else voice.number(v) for v in values]))
            if same and name == headline(items[0].factor)[0] and len(items) > 1:
                rows.append((voice.word("compare_factors.difference"), ["", *_differences(values, voice)]))
    rows += [(voice.word(f"paper.{name}"), [_fact(name, item, voice) for item in items]) for name in FACTS if items]
    heads = [
        (item.library.id, item.factor.id, named(item.factor.name, item.library.papers, voice), item.ref)
        for item in items
    ]
    return Compared(heads, rows, same)


def _fact(name: str, item: Shelved, voice: Voice) -> str:
    factor, papers = item.factor, item.library.papers
    said = {
        "unit": factor.publisher_unit, "years": spans(item.years), "list": papers.title,
        "publisher": papers.publisher_name, "region": " ".join(item.facets["region"]),
        "stages": voice.word(f"stages.{factor.stages}"), "gases": voice.word(f"gases.{item.facets['gases'][0]}"),
        "gwp": _gwp(item, voice), "uncertainty": _published(item, voice), "licence": papers.licence,
        "place": factor.place,
    }  # fmt: skip
    return said[name]


def _named(shelf: Shelf, ref: str) -> Shelved | None:
    library, _, ident = ref.partition("#")
    try:
        return shelf.get(library, ident)
    except TredeError:
        return None


def _differences(values: Sequence[Decimal | None], voice: Voice) -> list[str]:
    return [_change(values[0], value, voice) for value in values[1:]]


def _change(before: Decimal | None, after: Decimal | None, voice: Voice) -> str:
    """Write by what share one value differs from another."""
    if not before or after is None:
        return "–"
    text = voice.percent((after - before) / before, 1)
    return f"+{text}" if after > before and any(digit in text for digit in "123456789") else text


def _runs(workspace: Workspace) -> dict[int, Run]:
    """Return the run that answers for each year, the newest year first."""
    found = {year: workspace.run_of(str(year)) for year in years(workspace)}
    return {year: run for year, run in found.items() if run is not None}


def _editions(
    same: Sequence[Shelved], item: Shelved, columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> list[Edition]:
    lines, before = [], None
    for each in same:
        values = each.factor.values()
        value = headline(each.factor)[1]
        used = sorted(year for year, run in runs.items() if each.ref in factors_of(run))
        lines.append(
            Edition(
                each.ref, each.library.id, each.factor.id, spans(each.years),
                [voice.number(values[name]) if name in values else "–" for name in columns],
                _change(before, value, voice) if before is not None else "", each.library.papers.title,
                each.library.papers.kind == "secondhand", ", ".join(map(str, used)), each.ref == item.ref,
            )
        )  # fmt: skip
        before = value
    return lines


def _drawing(
    same: Sequence[Shelved], columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> tuple[Stairs | None, list[Point]]:
    """Draw the value of the whole chain, and that of the direct stage below it; nothing when there is one year alone."""
    by_year = {year: each for each in same for year in each.years}
    if not by_year or not columns:
        return None, []
    used = {
        year
        for each in by_year.values()
        for year in each.years
        if any(each.ref in factors_of(r) for r in runs.values())
    }
    shown = list(range(max(min(by_year), max(by_year) - LONGEST + 1), max(by_year) + 1))
    series = []
    for name in columns[:2]:
        found = [by_year[year].factor.values().get(name) if year in by_year else None for year in shown]
        if any(value is not None for value in found):
            values = [None if value is None else (value, voice.number(value)) for value in found]
            series.append(Series(voice.word(f"value.{name}"), values))
    points = [Point(year, *value) for year, value in zip(shown, series[0].values, strict=True) if value]
    drawing = draw([(str(year), year in used) for year in shown], series, voice.number) if len(points) > 1 else None
    return drawing, points


def _finding(points: Sequence[Point], voice: Voice) -> str:
    """Say in one sentence how the value went."""
    if len(points) < 2:
        return voice.word("factor.one_year")
    first, last = points[0], points[-1]
    told = {"first": str(first.year), "year": last.year, "before": first.text, "after": last.text}
    if first.value == last.value:
        return voice.word("factor.same", **told)
    return voice.word("factor.rose" if last.value > first.value else "factor.fell", **told)


def _description(points: Sequence[Point], unit: str, voice: Voice) -> str:
    told = "; ".join(f"{point.year}: {point.text}" for point in points)
    return voice.word("factor.description", unit=unit, values=told) if points else ""


def _papers(item: Shelved, runs: dict[int, Run], voice: Voice) -> list[tuple[str, str]]:
    factor, papers, word = item.factor, item.library.papers, voice.word
    first, last = item.library.validity(factor)
    known = vocabulary().types
    answers = [known[name].name.get(voice.language) for name in item.facets["activity"] if name in known]
    values = factor.values()
    facts = [
        *((word(f"value.{name}"), voice.number(values[name])) for name in NUMBERS if name in values),
        (word("paper.unit"), f"{factor.publisher_unit} · {word(f'kind.{factor.kind}')}"),
        (word("paper.nature"), word(f"nature.{factor.nature}")),
        (word("paper.stages"), word(f"stages.{factor.stages}")),
        (word("paper.answers"), ", ".join(answers)),
        (word("paper.valid"), f"{voice.day(first)} – {voice.day(last)}"),
        (word("paper.region"), " ".join(item.facets["region"])),
        (word("paper.gwp"), f"{_gwp(item, voice)}. {papers.gwp_note.get(voice.language)}"),
        (word("paper.uncertainty"), "; ".join([_published(item, voice), *_rated(item, runs, voice)])),
        *((word("paper.beside"), f"{name}: {voice.number(value)}") for name, value in factor.memo.items()),
    ]
    return [(name, text) for name, text in facts if text]


def _source(item: Shelved, voice: Voice) -> list[tuple[str, str]]:
    factor, papers, word = item.factor, item.library.papers, voice.word
    facts = [
        (word("paper.publisher"), papers.publisher_name),
        (word("paper.list"), papers.title),
        (word("paper.edition"), voice.day(papers.edition)),
        (word("paper.place"), factor.place),
        (word("paper.licence"), papers.licence),
        (word("paper.attribution"), papers.attribution),
        (word("paper.checked"), voice.day(papers.last_checked)),
        (word("paper.file"), papers.source_file.name if papers.source_file else ""),
        (word("paper.hash"), papers.source_file.sha256 if papers.source_file else ""),
        (word("paper.content"), item.library.content_hash),
        (word("paper.code"), item.ref),
    ]
    if factor.second_hand is not None:
        told = factor.second_hand
        facts += [
            (word("paper.confidence"), word(f"confidence.{told.confidence}")),
            (word("paper.sources"), "; ".join(told.sources)),
            (word("paper.note"), told.note.get(voice.language)),
        ]
    return [(name, text) for name, text in facts if text]


def _gwp(item: Shelved, voice: Voice) -> str:
    basis = item.library.papers.gwp_basis
    return voice.word("factor.gwp_unknown") if basis == "unknown" else basis


def _published(item: Shelved, voice: Voice) -> str:
    own = item.factor.uncertainty
    return voice.word("factor.not_published") if own is None else f"± {voice.percent(own / 100, 1)}"


def _rated(item: Shelved, runs: dict[int, Run], voice: Voice) -> list[str]:
    """Say with which interval the calculations count the factor, when the publisher gives none."""
    halves = {
        each.uncertainty for run in runs.values() for each in choices(run)
        if each.factor == item.ref and each.uncertainty is not None and each.rated != "publisher"
    }  # fmt: skip
    if item.factor.uncertainty is not None:
        return []
    return [voice.word("factor.rated", half=voice.percent(half / 100, 1)) for half in sorted(halves)]


def _gases(item: Shelved, voice: Voice) -> list[tuple[str, list[str]]]:
    """Return per gas the kilograms of each value that the publisher splits."""
    split = item.factor.gases
    names = dict.fromkeys(gas for part in split.values() for gas in part)
    return [
        (voice.say(f"gas.{gas}"), [voice.number(part[gas]) if gas in part else "–" for part in split.values()])
        for gas in names
    ]


def _link(url: str) -> str:
    """Return an address that can be opened; of anything else nothing."""
    return url if url.startswith(("https://", "http://")) else ""


def _uses(workspace: Workspace, ref: str, runs: dict[int, Run], voice: Voice) -> list[Use]:
    lines = []
    for year, run in runs.items():
        words = workspace.known_of(run.spec).vocabulary
        published = bool(workspace.publications.of_run(run.id))
        for use in uses_in(run).get(ref, ()):
            lines.append(
                Use(
                    year, published, words[use.activity_type].name.get(voice.language),
                    "" if use.basis == "none" else voice.say(f"basis_of.{use.basis}"), voice.number(use.quantity),
                    use.unit, Figure(use.mg, f"{run.id}#{ref}/{use.activity_type}/{use.basis}"), use.records,
                    _asked(year, ref, use.activity_type, use.basis),
                )
            )  # fmt: skip
    return lines


def _asked(year: int, ref: str, activity_type: str, basis: str) -> str:
    return f"{year}:{activity_type}:{basis}:{ref}"


def _newer(
    editions: Sequence[Edition], same: Sequence[Shelved], columns: Sequence[str], runs: dict[int, Run], voice: Voice
) -> Newer | None:
    """Return the last edition when it is for a later year than every edition that is used."""
    used = [n for n, each in enumerate(same) if editions[n].used_for and each.years]
    if not used or not columns:
        return None
    latest = max((n for n, each in enumerate(same) if each.years), key=lambda n: same[n].years[-1])
    if same[latest].years[-1] <= max(same[n].years[-1] for n in used):
        return None
    value = headline(same[latest].factor)[1]
    now = headline(same[used[-1]].factor)[1]
    if value is None or now is None:
        return None
    refs = {same[n].ref for n in used}
    counting = sorted(year for year, run in runs.items() if refs & set(factors_of(run)))
    return Newer(editions[latest], voice.number(value), voice.number(now), counting)
