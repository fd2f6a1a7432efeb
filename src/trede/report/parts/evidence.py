"""The files that are attached as evidence: what each one proves, and the hash by which it can be held against the original."""

from __future__ import annotations

from trede.organisation.decisions import Attach
from trede.report.document import Column, Row, Section, Table, count
from trede.report.frame import Frame


def evidence(frame: Frame) -> Section | None:
    """Every file that is attached to records, files or sources of the runs; None when there is none."""
    words = frame.words
    names = {source.id: source.name for source in frame.matter.organisation.source}
    files = {batch.file_sha256: batch.file_name for covered in frame.matter.runs for batch in covered.batches}
    columns = (
        Column(words.word("head.evidence"), width=4), Column(words.word("head.page"), figure=True),
        Column(words.word("head.proves"), width=3), Column(words.word("head.person")),
        Column(words.word("head.made_at"), on="workbook"), Column(words.word("head.note"), width=2),
        Column(words.word("head.content")),
    )  # fmt: skip
    rows = []
    for recorded in frame.matter.attached:
        said = recorded.decision
        assert isinstance(said, Attach)
        target = names.get(said.target, said.target) if said.to == "source" else files.get(said.target, said.target)
        beside = f" ({names.get(said.source, said.source)})" if said.source else ""
        page = None if said.page is None else count(said.page)
        note = "" if said.reason == "-" else said.reason
        rows.append(
            Row(
                (
                    said.name, page, f"{words.word(f'attached.{said.to}')} {target}{beside}", said.person, said.made_at.date(),
                    note, said.file_sha256,
                )
            )
        )  # fmt: skip
    if not rows:
        return None
    notes = (words.statement("note.evidence"),)
    table = Table(words.word("title.evidence"), columns, tuple(rows), notes)
    return frame.section("evidence", (table,))
