"""How wide the interval of each total is, of how much of it that is known, and what decides it."""

from __future__ import annotations

from trede.analysis.contributions import Source, contributions
from trede.analysis.uncertainty import Interval, intervals, under
from trede.catalogue.standards import standards
from trede.catalogue.vocabulary import vocabulary
from trede.report.document import Cell, Column, Figure, Part, Row, Section, Table, count, percent, tonnes
from trede.report.frame import Frame, address

ON_PAGE, IN_WORKBOOK = 10, 200
"""Sources of error that the page and the workbook name."""


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
        Row(
            (
                frame.standard_name(standard, basis),
                *_cells(latest.view(standard, basis).total, address(latest.run.id, standard, basis), interval),
            )
        )
        for (standard, basis), interval in zip(totals, found, strict=True)
    ]
    notes = (words.statement("note.uncertainty"), words.statement("note.uncertainty_unknown"))
    title = words.word("title.uncertainty", period=frame.run_name(latest))
    parts: list[Part] = [Table(title, columns, tuple(rows), notes)]
    first = found[0]
    if first.known:
        low, high = first.bounds
        share = percent(first.share, 1)
        parts.insert(0, words.statement("say.uncertainty", share=share, low=tonnes(low, frame.at(latest, beside="low")),
                                         high=tonnes(high, frame.at(latest, beside="high"))))  # fmt: skip
    else:
        parts.insert(0, words.statement("say.uncertainty_unknown"))
    parts += [_sources(frame, ON_PAGE)] if first.known else []
    return frame.section("uncertainty", parts)


def error_sources(frame: Frame) -> Section | None:
    """What decides the interval of the latest run's leading total: a sheet with more sources of error than the page has."""
    table = _sources(frame, IN_WORKBOOK)
    return frame.section("error_sources", (table,), on="workbook") if table.rows else None


def _sources(frame: Frame, most: int) -> Table:
    words, latest = frame.words, frame.matter.latest
    (found,) = contributions(latest.run, [under(frame.standard, frame.basis)], most)
    percents = words.word("unit.percent")
    columns = (
        Column(words.word("head.error_source"), width=1),
        Column(words.word("head.variance"), percents, figure=True),
        Column(words.word("head.total"), words.word("unit.tonnes"), figure=True),
        Column(words.word("head.itself"), percents, figure=True),
        Column(words.word("head.half"), words.word("unit.tonnes"), figure=True),
        *(Column(words.word(f"head.{name}"), on="workbook") for name in ("activity", "site")),
        Column(words.word("head.rows"), figure=True, on="workbook"),
    )
    rows = [Row(_source_cells(frame, source)) for source in found.largest]
    notes = (words.statement("note.error_sources"), frame.view_note)
    title = words.word("title.error_sources", period=frame.run_name(latest), count=count(found.sources))
    return Table(title, columns, tuple(rows), notes, on="page" if most == ON_PAGE else "both")


def _source_cells(frame: Frame, source: Source) -> tuple[Cell, ...]:
    own, at = source.relative, frame.at(frame.matter.latest, beside=f"error:{source.name}")
    kind = source.activity_type or ""
    name = vocabulary()[kind].name.get(frame.words.language) if kind in vocabulary() else kind
    return (
        _name(frame, source, name), Figure("percent", source.share, 1), tonnes(source.mg, at),
        None if own is None else Figure("percent", own, 1), tonnes(source.half, f"{at}:half"), name, source.site,
        count(source.rows),
    )  # fmt: skip


def _name(frame: Frame, source: Source, activity: str) -> str:
    if source.what != "factor":
        told = ", ".join(part for part in (activity, source.site) if part)
        return frame.words.word(f"error_source.{source.what}", ident=source.ident, told=told)
    library, _, ident = source.name.partition("#")
    known = frame.matter.libraries.get(library)
    factor = known.factors.get(ident) if known else None
    name = f"{factor.name}, {factor.publisher_unit}" if factor else ident
    return frame.words.word("error_source.factor", name=name, list=library)


def _cells(total: int, at: str, found: Interval) -> tuple[Cell, ...]:
    """Return the cells of one interval beside its total; what is unknown stays empty, never zero."""
    share = percent(found.share, 1)
    if not found.known or found.relative is None:
        return (tonnes(total, at), None, None, None, None, share)
    low, high = found.bounds
    relative = Figure("percent", found.relative, 0)
    beside = zip((found.covered, low, high), ("known", "low", "high"), strict=True)
    return (tonnes(total, at), *(tonnes(mg, f"{at}#{name}") for mg, name in beside), relative, share)
