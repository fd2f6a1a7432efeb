"""What people decided, what is still open, and how to calculate it all again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trede.report.document import Column, Listing, Part, Row, Section, Statement, Table, count
from trede.report.frame import Frame, masses
from trede.report.matter import Covered

NAMED = 5
"""Members of a list in a decision that are written out; of more the first and their number."""

ID_SHOWN = 8
"""Characters of an id that are shown for such a list."""


def decisions(frame: Frame) -> Section:
    """The decisions that the runs and their files rest on."""
    words = frame.words
    columns = (
        Column(words.word("head.decision"), width=2), Column(words.word("head.what"), width=3), Column(words.word("head.person")),
        Column(words.word("head.made_at")), Column(words.word("head.reason"), width=2),
        Column(words.word("head.number"), on="workbook"),
    )  # fmt: skip
    rows = []
    for recorded in frame.matter.decisions:
        decision = recorded.decision
        facts = decision.model_dump(mode="json", exclude={"kind", "reason", "person", "made_at"}, exclude_defaults=True)
        about = "; ".join(_fact(frame, name, value) for name, value in facts.items() if value not in ("", [], {}))
        kind = words.name("decision", decision.kind)
        rows.append(Row((kind, about, decision.person, decision.made_at.date(), decision.reason, recorded.id)))
    table = Table(words.word("title.decisions"), columns, tuple(rows))
    parts: tuple[Table | Statement, ...] = (table,) if rows else (words.statement("say.no_decisions"),)
    return Section(words.word("section.decisions"), words.word("sheet.decisions"), parts)


def _fact(frame: Frame, name: str, value: object) -> str:
    """Write one field of a decision; a long hash is cut, since the workbook has the number of the decision."""
    text = ", ".join(str(part) for part in value) if isinstance(value, list) else str(value)
    if isinstance(value, list) and len(value) > NAMED:
        text = frame.words.word("fact.many", first=str(value[0])[:ID_SHOWN], count=str(len(value)))
    if name == "finding":
        text = frame.words.name("double", str(value))
    if name == "choice":
        text = frame.words.name("choice", str(value))
    if name == "file_sha256":
        files = {b.file_sha256: b.file_name for covered in frame.matter.runs for b in covered.batches}
        text = files.get(text, text[:12])
    return f"{frame.words.name('fact', name)} {text}"


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
    return Section(words.word("section.open"), words.word("sheet.open"), tuple(parts))


def _open(frame: Frame, covered: Covered) -> list[Statement]:
    words, name = frame.words, frame.run_name(covered)
    items = [words.statement("open.stale", period=name)] if covered.stale else []
    items += [
        words.statement(
            "open.source" if source.status == "missing" else "open.contradicted", source=source.name, period=name
        )
        for source in covered.sources
        if source.status in ("missing", "contradicted")
    ]
    items += [
        words.statement("open.gap", period=name, source=gap.name, site=gap.site or "–", months=_months(gap.gaps))
        for gap in covered.coverage
        if gap.gaps and gap.present
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
        Row((doubt.id, words.name("double", doubt.code), frame.run_name(covered), count(doubt.records), *masses([doubt.mg])))
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


def recompute(frame: Frame) -> Section:
    """How anyone makes the figures again, and what they should come to."""
    words = frame.words
    columns = (
        Column(words.word("head.period")), Column(words.word("head.run")), Column(words.word("head.made_at")),
        Column(words.word("head.software"), on="workbook"), Column(words.word("head.ledger_content"), width=1),
        *(Column(words.word(f"head.{name}_content"), on="workbook") for name in ("plan", "totals", "unmatched")),
    )  # fmt: skip
    rows = []
    for covered in frame.matter.runs:
        run = covered.run
        others = (str(run.result[f"{name}_content"]) for name in ("plan", "totals", "unmatched"))
        made = date.fromisoformat(str(run.made["made_at"])[:10])
        version = f"Trede {run.made['versions']['trede']}"
        rows.append(Row((frame.run_name(covered), run.id, made, version, str(run.result["ledger_content"]), *others)))
    commands = [
        words.statement(code, run=covered.run.id)
        for covered in frame.matter.runs
        for code in ("do.verify", "do.bundle")
    ]
    parts = (
        words.statement("say.recompute"), Table(words.word("title.runs"), columns, tuple(rows)), Listing(tuple(commands)),
        words.statement("say.recompute_limits"),
    )  # fmt: skip
    return Section(words.word("section.recompute"), words.word("sheet.recompute"), parts)
