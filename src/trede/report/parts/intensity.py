"""The leading total divided by figures of the organisation: people, revenue, floor area."""

from __future__ import annotations

from decimal import Decimal

from trede.inventory.intensity import Figure as Stated
from trede.inventory.intensity import Intensity, figure_of
from trede.kernel.amounts import MG_PER_TONNE
from trede.organisation.parts import Denominator
from trede.report.charts.look import PRINT
from trede.report.charts.over_time import intensities
from trede.report.document import Cell, Chart, Column, Row, Section, Statement, Table, number
from trede.report.frame import Frame


def intensity(frame: Frame) -> Section | None:
    """Tonnes per unit of each denominator that the whole organisation has figures of; None without any."""
    words, runs = frame.words, frame.matter.runs
    rows: list[Row] = []
    drawn: list[Chart] = []
    notes: list[Statement] = [frame.view_note]
    for denominator in frame.matter.organisation.denominator:
        figures = [figure_of(denominator, covered.run.period) for covered in runs]
        if not any(figures):
            continue
        totals = [covered.view(frame.standard, frame.basis).total for covered in runs]
        per_unit = [Intensity(mg, figure).mg_per_unit for mg, figure in zip(totals, figures, strict=True)]
        amounts: tuple[Cell, ...] = tuple(None if mg is None else number(mg / MG_PER_TONNE, 3) for mg in per_unit)
        stated: tuple[Cell, ...] = tuple(None if figure is None else _divisor(figure) for figure in figures)
        rows.append(Row((denominator.name, f"{words.word('unit.tonnes')} / {denominator.unit}", *amounts)))
        rows.append(Row((words.word("row.divided_by"), denominator.unit, *stated), 0, "beside"))
        years = [(frame.run_name(c), Intensity(mg, f)) for c, mg, f in zip(runs, totals, figures, strict=True)]
        chart = intensities(words, denominator, years, frame.view_name, PRINT)
        drawn += [chart] if chart else []
        notes += _where(frame, denominator, figures)
    if not rows:
        return None
    columns = (
        Column(words.word("head.denominator"), width=1), Column(words.word("head.unit")),
        *(Column(frame.run_name(covered), figure=True, lined=covered is frame.matter.first) for covered in runs),
    )  # fmt: skip
    table = Table(words.word("title.intensity"), columns, tuple(rows), tuple(notes))
    return frame.section("intensity", (*drawn, table))


def _divisor(figure: Stated) -> Cell:
    """Show a stated figure as it is; an average to three decimals."""
    value = Decimal(figure.value)
    return number(value, 3) if figure.origin == "average" else number(value)


def _where(frame: Frame, denominator: Denominator, figures: list[Stated | None]) -> list[Statement]:
    """Say where the figures come from, how those that were not stated were found, and which are missing."""
    words, runs = frame.words, frame.matter.runs
    sources = dict.fromkeys(value.source for figure in figures if figure for value in figure.behind)
    notes = [words.statement("note.denominator", name=denominator.name, sources="; ".join(sources))]
    for covered, figure in zip(runs, figures, strict=True):
        origin = "missing" if figure is None else figure.origin
        if origin != "stated":
            period = frame.run_name(covered)
            notes.append(words.statement(f"denominator.{origin}", name=denominator.name, period=period))
    return notes
