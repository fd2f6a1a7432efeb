"""What people decided: each decision in words, with who decided it and why."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from trede.catalogue.vocabulary import vocabulary
from trede.kernel.addresses import letter
from trede.organisation.decisions import Decision
from trede.report.document import Column, Row, Section, Statement, Table
from trede.report.frame import Frame

NAMED = 5
"""Members of a list in a decision that are written out; of more the first and their number."""

ID_SHOWN = 8
"""Characters of an id that are shown for such a list."""

WORDS: Mapping[str, str] = {
    "choice": "choice", "finding": "double", "influence": "influence", "relevance": "relevance", "slot": "slot",
    "status": "source", "to": "attached", "triggers": "trigger",
}  # fmt: skip
"""Field of a decision → family of words of its values."""


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
        kind = words.word(f"decision.{decision.kind}")
        what = about(frame, decision)
        rows.append(Row((kind, what, decision.person, decision.made_at.date(), decision.reason, recorded.id)))
    table = Table(words.word("title.decisions"), columns, tuple(rows))
    parts: tuple[Table | Statement, ...] = (table,) if rows else (words.statement("say.no_decisions"),)
    return frame.section("decisions", parts)


def about(frame: Frame, decision: Decision) -> str:
    """Write what a decision is about, field by field."""
    aside = {"kind", "reason", "person", "made_at"}
    facts = decision.model_dump(mode="json", exclude=aside, exclude_defaults=True)
    return "; ".join(
        f"{frame.words.word(f'fact.{name}')} {_fact(frame, facts, name, value)}"
        for name, value in facts.items()
        if value not in ("", [], {})
    )


def _fact(frame: Frame, facts: Mapping[str, Any], name: str, value: Any) -> str:
    """Write one field of a decision; a long hash is cut, since the workbook has the number of the decision."""
    if isinstance(value, list) and len(value) > NAMED:
        first = _value(frame, facts, name, value[0])[:ID_SHOWN]
        return frame.words.word("fact.many", first=first, count=str(len(value)))
    if isinstance(value, list):
        return ", ".join(_value(frame, facts, name, part) for part in value)
    return _value(frame, facts, name, value)


def _value(frame: Frame, facts: Mapping[str, Any], name: str, value: Any) -> str:
    words, text = frame.words, str(value)
    if name in WORDS:
        return words.name(WORDS[name], text)
    if isinstance(value, dict):
        return _structured(frame, name, value)
    batches = [batch for covered in frame.matter.runs for batch in covered.batches]
    match name:
        case "activity_type" | "activity_types" if text in vocabulary():
            return vocabulary()[text].name.get(words.language)
        case "difference" | "estimate" | "threshold":
            return words.number(Decimal(text))
        case "factor":
            library = frame.matter.libraries.get(facts["library"])
            factor = library.factors.get(text) if library else None
            return f"{factor.name} ({text})" if factor else text
        case "place":
            return letter(value - 1)
        case "source":
            return {source.id: source.name for source in frame.matter.organisation.source}.get(text, text)
        case "batch" | "replaces":
            return {batch.id: f"{batch.file_name} ({text[:ID_SHOWN]})" for batch in batches}.get(text, text[:ID_SHOWN])
        case "file_sha256":
            return {batch.file_sha256: batch.file_name for batch in batches}.get(text, text[:12])
        case "target" if facts["to"] == "batch":
            return {batch.file_sha256: batch.file_name for batch in batches}.get(text, text[:12])
    return text


def _structured(frame: Frame, name: str, value: Mapping[str, Any]) -> str:
    """Write a part of a decision that has fields of its own."""
    match name:
        case "entries":
            meaning = " ".join((value.get("to_classification", ""), value.get("to_code", ""))).strip()
            return f"{value['classification']} {value['code']} = {meaning or value.get('exclude', '')}"
        case "allocation":
            return f"{value['title']} ({value['key']})"
        case "table":
            return frame.words.word("fact.combinations", count=str(len(value["combination"])))
    return ", ".join(f"{key} = {chosen}" for key, chosen in value.items())
