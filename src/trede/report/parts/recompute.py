"""How anyone calculates it all again, and what it should come to."""

from __future__ import annotations

from datetime import date

from trede.report.document import Column, Listing, Row, Section, Table
from trede.report.frame import Frame


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
    return frame.section("recompute", parts)
