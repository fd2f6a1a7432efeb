"""How wide the interval of each total is, and of how much of it that is known."""

from __future__ import annotations

from trede.analysis.uncertainty import Interval, intervals, under
from trede.catalogue.standards import standards
from trede.report.document import Cell, Column, Figure, Part, Row, Section, Table, percent, tonnes
from trede.report.frame import Frame


def uncertainty(frame: Frame) -> Section:
    """The 95 % interval of the latest run's total under every standard and basis."""
    words, latest = frame.words, frame.matter.latest
    totals = [(standard, basis) for standard in standards().values() for basis in standard.bases]
    found = intervals(latest.run, [under(standard, basis) for standard, basis in totals])
    tonne = words.word("unit.tonnes")
    columns = (
        Column(words.word("head.standard"), width=1),
        *(Column(words.word(f"head.{n}"), tonne, figure=True) for n in ("total", "covered", "low", "high")),
        Column(words.word("head.relative"), words.word("unit.percent"), figure=True),
        Column(words.word("head.known"), words.word("unit.percent"), figure=True),
    )
    rows = [
        Row((frame.standard_name(standard, basis), *_cells(latest.view(standard, basis).total, interval)))
        for (standard, basis), interval in zip(totals, found, strict=True)
    ]
    notes = (words.statement("note.uncertainty"), words.statement("note.uncertainty_unknown"))
    title = words.word("title.uncertainty", period=frame.run_name(latest))
    parts: list[Part] = [Table(title, columns, tuple(rows), notes)]
    first = found[0]
    if first.known:
        low, high = first.bounds
        share = percent(first.share, 1)
        parts.insert(0, words.statement("say.uncertainty", share=share, low=tonnes(low), high=tonnes(high)))
    else:
        parts.insert(0, words.statement("say.uncertainty_unknown"))
    return Section(words.word("section.uncertainty"), words.word("sheet.uncertainty"), tuple(parts))


def _cells(total: int, found: Interval) -> tuple[Cell, ...]:
    """Return the cells of one interval beside its total; what is unknown stays empty, never zero."""
    share = percent(found.share, 1)
    if not found.known or found.relative is None:
        return (tonnes(total), None, None, None, None, share)
    low, high = found.bounds
    relative = Figure("percent", found.relative, 0)
    return (tonnes(total), tonnes(found.covered), tonnes(low), tonnes(high), relative, share)
