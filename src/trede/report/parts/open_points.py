"""What is still open: counted for the cover, and told one by one in a chapter of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from trede.inventory.coverage import with_gaps
from trede.report.document import Column, Listing, Part, Row, Section, Statement, Table, count
from trede.report.frame import Frame, masses
from trede.report.matter import Covered


def warnings(frame: Frame) -> list[Statement]:
    """Count what is open, for the cover and the first sheet; nothing when nothing of it is.

    A published figure stays as it is, whatever was taken in since: that is no open point of it.
    """
    words, runs = frame.words, frame.matter.runs
    drafts = [covered for covered in runs if covered.stale and covered.published is None]
    found = [words.statement("open.stale", period=frame.run_name(covered)) for covered in drafts]
    found += [
        words.statement("open.unmatched", count=str(covered.unmatched), period=frame.run_name(covered))
        for covered in runs
        if covered.unmatched
    ]
    return found + [words.statement(f"warn.{what}", count=str(number)) for what, number in _counted(frame) if number]


def _counted(frame: Frame) -> Iterator[tuple[str, int]]:
    """Yield what the runs share by its name with its number: each source, finding and file once, whatever the number of runs."""
    runs = frame.matter.runs
    for status in ("missing", "contradicted"):
        yield status, len({s.source for covered in runs for s in covered.sources if s.status == status})
    yield "gaps", len({gap.source for covered in runs for gap in with_gaps(covered.coverage)})
    yield "doubles", len({doubt.id for covered in runs for doubt in covered.doubts})
    batches = {batch.id: batch for covered in runs for batch in covered.batches}
    for fate in ("held", "rejected"):
        yield fate, sum(batch.counts[fate] for batch in batches.values())


def open_issues(frame: Frame) -> Section:
    """Everything that is open, run by run; nothing is left out."""
    words = frame.words
    items = [item for covered in frame.matter.runs for item in _open(frame, covered)] + _files(frame)
    rows = tuple(words.statement("plain", text=text) for text in frame.matter.rows_told)
    doubles = _doubles(frame)
    points = len(items) + sum(len(table.rows) for table in doubles)
    parts: list[Part] = [words.statement("say.open", count=str(points)), Listing(tuple(items), marked=True), *doubles]
    if not points:
        parts = [words.statement("say.nothing_open")]
    if rows:
        parts += [words.statement("say.open_rows"), Listing(rows, on="workbook")]
    return frame.section("open", parts)


def _open(frame: Frame, covered: Covered) -> list[Statement]:
    words, name = frame.words, frame.run_name(covered)
    items = [words.statement("open.stale", period=name)] if covered.stale else []
    if covered.older and covered.published is None:
        items.append(words.statement("open.older", period=name))
    items += [
        words.statement(
            "open.source" if source.status == "missing" else "open.contradicted", source=source.name, period=name
        )
        for source in covered.sources
        if source.status in ("missing", "contradicted")
    ]
    items += [
        words.statement("open.gap", period=name, source=gap.name, site=gap.site or "–", months=_months(gap.gaps))
        for gap in with_gaps(covered.coverage)
    ]
    items += [
        words.statement(
            "open.overlap", period=name, source=found.name, meter=overlap.meter, first=overlap.first.name,
            second=overlap.second.name,
        )
        for found in covered.coverage
        for overlap in found.overlaps
    ]  # fmt: skip
    if covered.unmatched:
        items.append(words.statement("open.unmatched", count=str(covered.unmatched), period=name))
    return items + [words.statement("open.issue", period=name, text=text) for text in covered.told]


def _doubles(frame: Frame) -> list[Table]:
    """List the probable double counts with the tonnes at stake under the leading view; no table without any."""
    words = frame.words
    columns = (
        Column(words.word("head.number")), Column(words.word("head.double"), width=1), Column(words.word("head.period")),
        Column(words.word("head.records"), figure=True), *frame.mass_columns([words.word("head.stake")]),
    )  # fmt: skip
    rows = [
        Row(
            (
                doubt.id, words.name("double", doubt.code), frame.run_name(covered), count(doubt.records),
                *masses([doubt.mg], [frame.at(covered, beside=f"double:{doubt.id}")]),
            )
        )
        for covered in frame.matter.runs
        for doubt in covered.doubts
    ]  # fmt: skip
    notes = (frame.view_note, words.statement("note.doubles"))
    return [Table(words.word("title.doubles"), columns, tuple(rows), notes)] if rows else []


def _months(months: Sequence[date]) -> str:
    return ", ".join(f"{month:%Y-%m}" for month in months)


def _files(frame: Frame) -> list[Statement]:
    """Say what of the files counts nowhere; a file is told once, whatever the number of runs that rest on it."""
    batches = {batch.id: batch for covered in frame.matter.runs for batch in covered.batches}
    return [
        frame.words.statement(f"open.{fate}", count=str(batch.counts[fate]), file=batch.file_name)
        for batch in batches.values()
        for fate in ("held", "rejected")
        if batch.counts[fate]
    ]
