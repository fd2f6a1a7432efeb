"""Charts of a run: the specifications of the report, with the way back of each figure in their tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from trede.catalogue.accounts import chart
from trede.inventory.footprint import footprint_of
from trede.inventory.grouping import sums_by
from trede.inventory.intensity import Intensity, figure_of
from trede.report.charts.look import NARROW, OTHER, SCREEN, WHOLE
from trede.report.charts.over_time import intensities, months, trend
from trede.report.charts.parts_of_total import by_group, sites, sources
from trede.report.document import Chart, Document, Section, Statement, Table, write_cell
from trede.report.document import Figure as Exact
from trede.report.wording import Wording
from trede.report.workbook import to_workbook
from trede.workspace import Workspace
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.results.margins import interval_of
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

__all__ = ["Chart", "ChartShown", "Origin", "chart_of", "charts", "origin_of", "shown_chart", "title_of"]

KINDS = ("sources", "months", "sites", "trend")
INTENSITY = "intensity-"
"""Before the number of a denominator: the charts of intensities."""


@dataclass(frozen=True)
class Cell:
    """One value of a table: an amount with its way back, or a text."""

    text: str
    figure: Figure | None = None
    number: bool = False


@dataclass(frozen=True)
class Line:
    """One row of a table."""

    name: str
    cells: list[Cell]
    total: bool


@dataclass(frozen=True)
class ChartShown:
    """A chart on a page. `sizes` are width and height, wide and narrow."""

    name: str
    title: str
    subtitle: str
    alt: str
    head: list[tuple[str, str, bool]]
    """Columns: name, unit, and whether they hold figures."""
    lines: list[Line]
    sizes: tuple[tuple[int, int], tuple[int, int]]
    address: str
    run: str
    citation: str


@dataclass(frozen=True)
class _Asked:
    """A run under a view, in a language."""

    workspace: Workspace
    run: Run
    view: View
    voice: Voice

    @property
    def words(self) -> Wording:
        return Wording(self.voice.language)

    @property
    def about(self) -> str:
        return titled(self.view, self.voice)

    @property
    def at(self) -> str:
        return f"{self.run.id}/{self.view.name}"


def charts(workspace: Workspace, run: Run, view: View, voice: Voice) -> list[ChartShown]:
    """Return the charts of a run that have something to show."""
    asked = _Asked(workspace, run, view, voice)
    names = [*KINDS, *(f"{INTENSITY}{at}" for at, _ in enumerate(workspace.organisation.denominator, 1))]
    return [shown for name in names if (shown := _shown(asked, name)) is not None]


def shown_chart(workspace: Workspace, run: Run, view: View, name: str, voice: Voice) -> ChartShown | None:
    """Return one chart as a page shows it; None when there is none or it has nothing to show."""
    return _shown(_Asked(workspace, run, view, voice), name)


def chart_of(
    workspace: Workspace, run: Run, view: View, name: str, voice: Voice, *, narrow: bool = False
) -> Chart | None:
    """Return one chart by its name; None when there is none or it has nothing to show."""
    found = _maker(_Asked(workspace, run, view, voice), name)
    return found and found[0](NARROW if narrow else SCREEN)


@dataclass(frozen=True)
class Origin:
    """Where a chart comes from: the organisation, the period and the day of its calculation, and how to cite it."""

    organisation: str
    period: str
    made: date
    said: str


def origin_of(workspace: Workspace, runs: Sequence[Run], view: View, voice: Voice, title: str) -> Origin:
    """Return where a chart of one or more runs comes from; the last run is the one that it is about."""
    name, run = workspace.organisation.name, runs[-1]
    made = date.fromisoformat(str(run.made["made_at"])[:10])
    said = voice.word(
        "chart.citation", organisation=name, title=title, about=titled(view, voice),
        run=" – ".join(each.id for each in runs), day=voice.day(made),
    )  # fmt: skip
    return Origin(name, run.period.name, made, said)


def title_of(chart: Chart, voice: Voice) -> str:
    """Return the title of a chart."""
    return chart.title.show(Wording(voice.language))


def as_workbook(chart: Chart, origin: Origin, voice: Voice) -> bytes:
    """Return the table of a chart as a workbook, with how to cite it."""
    title = chart.title.show(Wording(voice.language))
    section = Section(
        "chart", title, voice.word("chart.sheet"), (Statement("{said}", {"said": origin.said}), chart.table)
    )
    return to_workbook(
        Document(
            language=voice.language, organisation=origin.organisation, title=title, period=origin.period, lead=(),
            cover=chart, facts=(), footer=origin.said, made=origin.made, sections=(section,),
        )
    )  # fmt: skip


def as_rows(chart: Chart) -> list[list[str]]:
    """Return the table of a chart for CSV: masses in whole milligrams, other numbers as they are."""
    words = Wording("en")
    head = [
        f"{column.name} (mg CO2e)" if _is_mass(chart.table, at) else f"{column.name} ({column.unit})".replace(" ()", "")
        for at, column in enumerate(chart.table.columns)
    ]
    plain = [
        [str(c.exact) if isinstance(c, Exact) else write_cell(c, words) for c in row.cells] for row in chart.table.rows
    ]
    return [head, *plain]


def _is_mass(table: Table, at: int) -> bool:
    found = [cell for row in table.rows if isinstance(cell := row.cells[at], Exact)]
    return bool(found) and all(cell.kind == "tonnes" for cell in found)


Made = tuple[Callable[[int], Chart | None], Sequence[str | None]]
"""A chart for a width, and the address of the first amount of each row of its table."""


def _maker(asked: _Asked, name: str) -> Made | None:
    if name.startswith(INTENSITY):
        return _intensity(asked, name.removeprefix(INTENSITY))
    return (
        {"sources": _sources, "months": _months, "sites": _sites, "trend": _trend}[name](asked)
        if name in KINDS
        else None
    )


def _sources(asked: _Asked) -> Made:
    found = footprint_of(asked.run, asked.view.standard, asked.view.basis)
    groups = [
        (group, mg, line.heading.id) for line in found.lines for group, mg in by_group(line.accounts).items() if mg
    ]
    drawn = partial(sources, asked.words, found, asked.run.period.name, asked.about)
    ordered = sorted(groups, key=lambda each: (-each[1], chart().groups[each[0]].get(asked.voice.language)))
    return drawn, [*(f"{asked.at}/{heading}/{group}" for group, _, heading in ordered), asked.at]


def _months(asked: _Asked) -> Made:
    standard, basis = asked.view.standard, asked.view.basis
    amounts = sums_by(asked.run.table("totals"), standard, basis, ("month", "account", "quality"))
    with_rows = {month for month, _, _ in amounts}
    drawn = partial(months, asked.words, amounts, standard, asked.run.period, asked.about)
    spans = [f"{month.start:%Y-%m}" for month in asked.run.period.by_month()]
    addresses: list[str | None] = [f"{asked.at}/month:{span}" if span in with_rows else None for span in spans]
    addresses += [f"{asked.at}/month:"] if None in with_rows else []
    return drawn, [*addresses, asked.at]


def _sites(asked: _Asked) -> Made:
    names = {site.id: site.name for site in asked.workspace.organisation.site}
    sums = sums_by(asked.run.table("totals"), asked.view.standard, asked.view.basis, ("site",))
    nowhere = asked.voice.say("compare.no_site")
    every = [(names.get(site or "", site or nowhere), mg, site or "") for (site,), mg in sums.items() if mg]
    every.sort(key=lambda each: (-each[1], each[0]))
    amounts = [(name, mg, WHOLE if site else OTHER) for name, mg, site in every]
    drawn = partial(sites, asked.words, amounts, asked.run.period.name, asked.about)
    return drawn, [*(f"{asked.at}/site:{site}" for _, _, site in every), asked.at]


def _years(asked: _Asked) -> list[Run]:
    """Return the run that answers for each calculated year up to this one; of another period only its own."""
    own = asked.run.period
    if not re.fullmatch(r"\d{4}", own.name):
        return [asked.run]
    known = sorted({run.period.name for run in asked.workspace.runs() if re.fullmatch(r"\d{4}", run.period.name)})
    others = [found for name in known if name < own.name and (found := asked.workspace.run_of(name)) is not None]
    return [*others, asked.run]


def _trend(asked: _Asked) -> Made:
    runs, view = _years(asked), asked.view
    years = [(run.period.name, footprint_of(run, view.standard, view.basis), interval_of(run, view)) for run in runs]
    return partial(trend, asked.words, years, asked.about), [f"{run.id}/{view.name}" for run in runs]


def _intensity(asked: _Asked, number: str) -> Made | None:
    denominators = asked.workspace.organisation.denominator
    if not number.isdecimal() or not 0 < int(number) <= len(denominators):
        return None
    denominator, runs, view = denominators[int(number) - 1], _years(asked), asked.view
    years = [
        (
            run.period.name,
            Intensity(
                footprint_of(run, view.standard, view.basis).total, figure_of(denominator, run.period)
            ),
        )
        for run in runs
    ]  # fmt: skip
    drawn = partial(intensities, asked.words, denominator, years, asked.about)
    return drawn, [f"{run.id}/{view.name}" for run in runs]


def _shown(asked: _Asked, name: str) -> ChartShown | None:
    found = _maker(asked, name)
    if found is None:
        return None
    make, addresses = found
    wide, slim = make(SCREEN), make(NARROW)
    if wide is None or slim is None:
        return None
    said = origin_of(asked.workspace, [asked.run], asked.view, asked.voice, wide.title.show(asked.words)).said
    return as_shown(name, (wide, slim), addresses, asked.at, said, asked.words)


def as_shown(
    name: str, sizes: tuple[Chart, Chart], addresses: Sequence[str | None], address: str, citation: str, words: Wording
) -> ChartShown:
    """Return a chart as a page shows it, from its drawings for a wide and for a narrow window.

    Args:
        addresses: of the first amount of each row of its table.
        address: what the whole chart is about; it begins with the run.
    """
    wide, slim = sizes
    return ChartShown(
        name=name, title=wide.title.show(words), subtitle=wide.subtitle, alt=wide.alt.show(words),
        head=[(column.name, column.unit, column.figure) for column in wide.table.columns],
        lines=_lines(wide.table, addresses, words), sizes=(_size(wide), _size(slim)), address=address,
        run=address.partition("/")[0], citation=citation,
    )  # fmt: skip


def _lines(table: Table, addresses: Sequence[str | None], words: Wording) -> list[Line]:
    lines = []
    for row, address in zip(table.rows, addresses, strict=True):
        cells, left = [], address
        for cell in row.cells[1:]:
            figure = None
            if left and isinstance(cell, Exact) and cell.kind == "tonnes":
                figure, left = Figure(int(cell.exact), left), None
            cells.append(Cell(write_cell(cell, words) or "–", figure, isinstance(cell, Exact) or cell is None))
        lines.append(Line(write_cell(row.cells[0], words), cells, row.role == "total"))
    return lines


def _size(chart: Chart) -> tuple[int, int]:
    spec, padding = chart.spec, chart.spec["padding"]
    return (
        spec["width"] + padding["left"] + padding["right"], spec["height"] + padding["top"] + padding["bottom"]
    )  # fmt: skip
