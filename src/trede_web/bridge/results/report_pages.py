"""A report as pages: what the document says, written in its language, with the question of every mass.

The library makes the sentences and the tables; here they are only written, as JSON that a page reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from trede.report.document import (
    Cell,
    Chart,
    Column,
    Document,
    Figure,
    Listing,
    Part,
    Section,
    Statement,
    Table,
    write_cell,
)
from trede.report.wording import Wording

Written = list[list[Any]]
"""A text in pieces: `[text]`, or of a mass `[text, milligrams, question]`."""
COVER = "cover"
"""The name of the page that is no chapter."""
MOST = 500
"""Rows of a table, or points of a list, that a page shows; the files have all of them."""
LOOKS = {"body": "", "group": "grp", "total": "tot", "beside": "beside"}
"""Roles of rows, as the style sheet calls them."""


@dataclass(frozen=True)
class Asked:
    """The questions of the masses that stand somewhere, by their value; for charts, whose own figures name none."""

    known: dict[int, str]
    otherwise: Asked | None
    last: str
    """The question of a mass that stands nowhere else."""

    def of(self, figure: Figure) -> str:
        """Return the question of a mass."""
        if figure.at:
            return figure.at
        found = self.known.get(int(figure.exact))
        return found or (self.otherwise.of(figure) if self.otherwise else self.last)


def printed(document: Document) -> list[Section]:
    """Return the chapters; other sections are sheets of the workbook alone."""
    return [section for section in document.sections if section.on != "workbook"]


def charts_of(parts: Iterable[Part]) -> list[Chart]:
    """Return the charts of a chapter, in the order of their numbers."""
    return [part for part in parts if isinstance(part, Chart)]


def cover_page(document: Document) -> dict[str, Any]:
    """Return the cover, what is open, and the contents."""
    words, asked = Wording(document.language), whole(document)
    return {
        "organisation": document.organisation, "title": document.title, "period": document.period,
        "lead": [_sentence(each, words, asked) for each in document.lead],
        "warnings": [_sentence(each, words, asked) for each in document.warnings],
        "facts": [list(fact) for fact in document.facts], "footer": document.footer,
        "chart": _chart(document.cover, 1, words, asked),
        "chapters": [[section.id, section.title] for section in printed(document)],
    }  # fmt: skip


def chapter_page(document: Document, section: Section) -> dict[str, Any]:
    """Return a chapter."""
    words = Wording(document.language)
    asked = Asked(_questions(_masses([section])), whole(document), "")
    charts, parts = 0, []
    for part in section.parts:
        charts += isinstance(part, Chart)
        if found := _part(part, charts, words, asked):
            parts.append(found)
    return {"title": section.title, "parts": parts}


def whole(document: Document) -> Asked:
    """Return the questions of a document."""
    known = _questions(_masses(printed(document)))
    return Asked(known, None, next(iter(known.values()), ""))


def _masses(sections: Iterable[Section]) -> Iterator[Figure]:
    for section in sections:
        for part in section.parts:
            if isinstance(part, Table) and part.on != "workbook":
                yield from (cell for row in part.rows for cell in row.cells if isinstance(cell, Figure))


def _questions(figures: Iterable[Figure]) -> dict[int, str]:
    """Return the first question of each value; an answer of its own goes before a figure beside one."""
    found: dict[int, str] = {}
    for figure in figures:
        if figure.kind == "tonnes" and figure.at:
            value = int(figure.exact)
            if value not in found or ("#" in found[value] and "#" not in figure.at):
                found[value] = figure.at
    return found


def _part(part: Part, number: int, words: Wording, asked: Asked) -> dict[str, Any] | None:
    match part:
        case Statement():
            return {"kind": "text", "text": _sentence(part, words, asked)}
        case Listing() if part.on != "workbook" and part.items:
            items = [_sentence(item, words, asked) for item in part.items[:MOST]]
            return {"kind": "listing", "items": items, "more": max(0, len(part.items) - MOST)}
        case Table() if part.on != "workbook":
            return {"kind": "table", **_table(part, words, asked)}
        case Chart():
            return {"kind": "chart", **_chart(part, number, words, asked)}
        case _:
            return None


def _sentence(statement: Statement, words: Wording, asked: Asked) -> Written:
    return [_piece(text, figure, asked) for text, figure in statement.pieces(words)]


def _piece(text: str, cell: Cell, asked: Asked) -> list[Any]:
    if isinstance(cell, Figure) and cell.kind == "tonnes":
        return [text, int(cell.exact), asked.of(cell)]
    return [text]


def _table(table: Table, words: Wording, asked: Asked) -> dict[str, Any]:
    wanted = [at for at, column in enumerate(table.columns) if column.on != "workbook"]
    columns = [table.columns[at] for at in wanted]
    return {
        "title": table.title,
        "columns": [{"name": column.name, "unit": column.unit, "look": _look(column)} for column in columns],
        "rows": [
            {
                "look": LOOKS[row.role] or ("sub" if row.level else ""), "level": row.level,
                "cells": [
                    {
                        "said": [_piece(write_cell(row.cells[at], words), row.cells[at], asked)],
                        "look": _look(column, whole=row.role == "total" and row.cells[at] is not None),
                    }
                    for at, column in zip(wanted, columns, strict=True)
                ],
            }
            for row in table.rows[:MOST]
        ],
        "more": max(0, len(table.rows) - MOST),
        "notes": [_sentence(note, words, asked) for note in table.notes],
    }  # fmt: skip


def _look(column: Column, *, whole: bool = False) -> str:
    names = {"num": column.figure, "lined": column.lined, "sum": column.figure and whole}
    return " ".join(name for name, holds in names.items() if holds)


def _chart(chart: Chart, number: int, words: Wording, asked: Asked) -> dict[str, Any]:
    spec, padding = chart.spec, chart.spec["padding"]
    return {
        "title": chart.title.show(words), "subtitle": chart.subtitle, "alt": chart.alt.show(words), "number": number,
        "width": spec["width"] + padding["left"] + padding["right"],
        "height": spec["height"] + padding["top"] + padding["bottom"],
        "table": _table(chart.table, words, asked),
    }  # fmt: skip
