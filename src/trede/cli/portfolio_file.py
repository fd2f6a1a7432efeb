"""A portfolio as an Excel workbook: the classes, and each holding. Figures are numbers and not rounded."""

from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter

from trede.analysis.portfolio import Holdings, Position
from trede.cli.language import Speaker
from trede.engine.runs import Run
from trede.kernel.amounts import MG_PER_TONNE
from trede.kernel.exporting import WORKBOOK_DAY, WORKBOOK_OPTIONS

CLASSES = (
    "class", "currency", "holdings", "without", "outstanding", "covered", "scope_1_2", "scope_3", "intensity", "score",
    "score_of_3",
)  # fmt: skip
HOLDINGS = ("class", "currency", "document", "outstanding", "option", "score", "scope_1_2", "scope_3", "record")


def portfolio_workbook(speaker: Speaker, known: Sequence[tuple[Run, Sequence[Holdings], Sequence[Position]]]) -> bytes:
    """Return a workbook with two sheets for each run: its classes, and each holding. Figures are numbers, unrounded."""
    file, say = io.BytesIO(), speaker.say
    book = xlsxwriter.Workbook(file, WORKBOOK_OPTIONS)
    book.set_properties({"title": say("portfolio.sheet"), "created": WORKBOOK_DAY})
    for run, found, holdings in known:
        period = str(run.spec["period"])[:15]
        classes = [
            [
                each.asset_class.name.get(speaker.language), each.currency, each.count, each.without, each.outstanding,
                each.coverage, _tonnes(each.scope_1_2), _tonnes(each.scope_3), each.intensity, each.score, each.score_3,
            ]
            for each in found
        ]  # fmt: skip
        singles = [
            [
                each.asset_class.name.get(speaker.language), each.currency, each.document, each.outstanding, each.option,
                each.score, _tonnes(each.scope_1_2), _tonnes(each.scope_3), each.record,
            ]
            for each in holdings
        ]  # fmt: skip
        heads = [say(f"portfolio.{head}") for head in CLASSES]
        _sheet(book, f"{say('portfolio.sheet')} {period}", heads, classes)
        _sheet(book, f"{say('portfolio.holdings')} {period}", [say(f"portfolio.{head}") for head in HOLDINGS], singles)
    book.close()
    return file.getvalue()


def _sheet(book: Any, name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(heads) - 1, 18)
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, book.add_format({"bold": True, "text_wrap": True}))
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int | Decimal):
                sheet.write_number(number, column, float(value))
            elif value is not None:
                sheet.write_string(number, column, str(value))


def _tonnes(mg: int | None) -> Decimal | None:
    return None if mg is None else Decimal(mg) / MG_PER_TONNE
