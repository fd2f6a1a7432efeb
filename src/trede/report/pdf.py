"""The printed report: the document as data for the typst template, to a tagged PDF (PDF/UA-1 and PDF/A-2a).

Only the shipped fonts are used, and no clock is asked: the same document gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Literal

import typst

from trede.report.charts.drawing import FONTS, to_svg
from trede.report.document import Chart, Document, Listing, Part, Section, Statement, Table, write_cell
from trede.report.signs import kind, spell, undisplayed
from trede.report.wording import Wording

TEMPLATE = Path(__file__).parent / "template.typ"
ACROSS = 8
"""Columns of figures that fit beside each other on a page."""
STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]


def to_pdf(document: Document) -> bytes:
    """Return the document as a tagged PDF.

    A sign that no font has (a Chinese letter, a small picture) is written as its number, such as `[U+4E2D]`: an accessible
    PDF may hold no sign that cannot be shown.
    """
    made = datetime.combine(document.made, time(), UTC)
    data, spelled = _data(document), set[str]()
    while True:
        try:
            compiled = _compiler(data).compile(
                format="pdf", pdf_standards=[*STANDARDS], timestamp=int(made.timestamp())
            )
        except typst.TypstError as error:
            missing = {kind(sign) for sign in undisplayed(str(error))}
            if missing <= spelled:
                raise
            spelled |= missing
            data = _spell(data, spelled)
        else:
            assert isinstance(compiled, bytes)
            return compiled


def to_pictures(document: Document, dots_per_inch: float = 100) -> list[bytes]:
    """Return the pages as PNG pictures."""
    pages = _compiler(_data(document)).compile(format="png", ppi=dots_per_inch)
    return [pages] if isinstance(pages, bytes) else list(pages or [])


def _compiler(data: dict[str, Any]) -> typst.Compiler:
    inputs = {"report": json.dumps(data, ensure_ascii=False)}
    return typst.Compiler(str(TEMPLATE), font_paths=[str(FONTS)], ignore_system_fonts=True, sys_inputs=inputs)


def _data(document: Document) -> dict[str, Any]:
    words = Wording(document.language)
    made = document.made
    return {
        "language": document.language,
        "organisation": document.organisation,
        "title": document.title,
        "period": document.period,
        "description": document.lead[0].show(words),
        "made": [made.year, made.month, made.day],
        "lead": [statement.show(words) for statement in document.lead],
        "warnings": [statement.show(words) for statement in document.warnings],
        "cover": _chart(document.cover, words),
        "facts": [list(fact) for fact in document.facts],
        "footer": document.footer,
        "labels": {
            "table": words.word("table.label"),
            "figure": words.word("figure.label"),
            "contents": words.word("cover.contents"),
        },
        "sections": [_section(section, words) for section in document.sections if section.on != "workbook"],
    }


def _section(section: Section, words: Wording) -> dict[str, Any]:
    parts = [data for whole in section.parts for part in _narrow(whole) if (data := _part(part, words))]
    return {"title": section.title, "fresh": section.fresh, "parts": parts}


def _part(part: Part, words: Wording) -> dict[str, Any] | None:
    match part:
        case Statement():
            return {"kind": "text", "text": part.show(words)}
        case Table() if part.on != "workbook":
            return _table(part, words)
        case Chart():
            return {"kind": "chart", **_chart(part, words)}
        case Listing() if part.on != "workbook":
            return {"kind": "listing", "marked": part.marked, "items": [item.show(words) for item in part.items]}
        case _:
            return None


def _narrow(part: Part) -> list[Part]:
    """Return a table that is wider than a page as several, each with the columns that name its rows."""
    if not isinstance(part, Table):
        return [part]
    wanted = [at for at, column in enumerate(part.columns) if column.on != "workbook"]
    figures = [at for at in wanted if part.columns[at].figure]
    names = [at for at in wanted if at < (figures or [0])[0]]
    if len(figures) <= ACROSS or len(names) + len(figures) < len(wanted):
        return [part]
    chosen = [names + figures[start : start + ACROSS] for start in range(0, len(figures), ACROSS)]
    return [
        replace(
            part, columns=tuple(part.columns[at] for at in columns), notes=part.notes if columns is chosen[-1] else (),
            rows=tuple(replace(row, cells=tuple(row.cells[at] for at in columns)) for row in part.rows),
        )
        for columns in chosen
    ]  # fmt: skip


def _table(table: Table, words: Wording) -> dict[str, Any]:
    wanted = [at for at, column in enumerate(table.columns) if column.on != "workbook"]
    columns = [table.columns[at] for at in wanted]
    return {
        "kind": "table",
        "title": table.title,
        "columns": [
            {"name": c.name, "unit": c.unit, "figure": c.figure, "width": c.width, "lined": c.lined} for c in columns
        ],
        "rows": [
            {"level": row.level, "role": row.role, "cells": [write_cell(row.cells[at], words) for at in wanted]}
            for row in table.rows
        ],
        "notes": [note.show(words) for note in table.notes],
    }


def _chart(chart: Chart, words: Wording) -> dict[str, Any]:
    return {
        "title": chart.title.show(words),
        "subtitle": chart.subtitle,
        "alt": chart.alt.show(words),
        "svg": to_svg(chart.spec, words.language),
    }


def _spell(data: Any, kinds: Collection[str]) -> Any:
    """Spell signs of some kinds in every text of the data."""
    match data:
        case str():
            return spell(data, kinds)
        case list():
            return [_spell(part, kinds) for part in data]
        case dict():
            return {name: _spell(part, kinds) for name, part in data.items()}
        case _:
            return data
