"""The workbook: one sheet a section, numbers as numbers, text as text.

Text from data is written as text whatever it begins with, so that nothing we export can act as a formula. The same document
gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from trede.kernel.amounts import MG_PER_TONNE
from trede.report.document import Cell, Chart, Document, Figure, Listing, Section, Statement, Table, write_cell
from trede.report.wording import Wording

INK, RULE, SOFT = "#17202A", "#B9B5AA", "#F2F0EA"
LONGEST_TEXT = 32_767
"""Characters that a cell can hold."""
EXACT_DIGITS = 15
"""Digits that a number in a workbook keeps; a longer one is written as text."""
FOOTER_TEXT = 80
"""Characters of each text in a footer."""
NARROW, WIDE = 9, 60
"""Widths of columns, in characters."""
_SHEET_SIGNS = re.compile(r"[\[\]:*?/\\']")


def to_workbook(document: Document) -> bytes:
    """Return the document as an Excel workbook."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(target, options) as book:
        book.set_properties(
            {
                "title": f"{document.title} {document.period}", "author": document.organisation, "comments": document.footer,
                "created": datetime.combine(document.made, time(), UTC).replace(tzinfo=None),
            }
        )  # fmt: skip
        styles = _Styles(book)
        names: set[str] = set()
        for section in document.sections:
            if section.on != "page":
                _Sheet(document, section, book.add_worksheet(_sheet_name(section.sheet, names)), styles).write()
    return target.getvalue()


def _sheet_name(wanted: str, taken: set[str]) -> str:
    plain = _SHEET_SIGNS.sub("-", wanted)
    name = plain[:31]
    while name.casefold() in taken:
        name = f"{plain[:28]} {len(taken)}"
    taken.add(name.casefold())
    return name


@dataclass
class _Styles:
    """Formats of a workbook by what they say; each is made once."""

    book: Workbook
    made: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def get(self, **properties: Any) -> Format:
        """Return the format with these properties on top of the common ones."""
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            common = {"font_name": "Calibri", "font_size": 11, "font_color": INK, "valign": "top"}
            self.made[key] = self.book.add_format({**common, **properties})
        return self.made[key]


class _Sheet:
    """One sheet while it is written, from the top down."""

    def __init__(self, document: Document, section: Section, sheet: Worksheet, styles: _Styles) -> None:
        self.document, self.section, self.sheet, self.styles = document, section, sheet, styles
        self.writer = Wording(document.language)
        self.tables = [part for part in section.parts if isinstance(part, Table) and part.on != "page"]
        self.columns = max([sum(c.on != "page" for c in table.columns) for table in self.tables] or [1])
        self.widths: dict[int, int] = {}
        self.line = 0

    def write(self) -> None:
        """Write everything and set up the page."""
        heading = f"{self.document.organisation} · {self.document.title} {self.document.period}"
        self._text(0, self.section.title, self.styles.get(bold=True, font_size=16))
        self.line += 1
        self._text(0, heading, self.styles.get(font_color="#44505C"))
        self.line += 2
        for part in self.section.parts:
            match part:
                case Statement():
                    self._paragraph(part.show(self.writer))
                case Listing() if part.on != "page":
                    for item in part.items:
                        self._paragraph(f"{'• ' if part.marked else ''}{item.show(self.writer)}")
                    self.line += 1
                case Table() if part.on != "page":
                    self._table(part)
                case Chart() | Listing() | Table():
                    pass
        self._page()

    def _page(self) -> None:
        sheet = self.sheet
        for column in range(max([*self.widths, 5]) + 1):
            sheet.set_column(column, column, min(max(self.widths.get(column, 0) + 2, NARROW), WIDE))
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.set_footer(f"&L&8{_plain(self.document.footer)}&C&8{_plain(self.section.sheet)}&R&8&P / &N")

    def _paragraph(self, text: str) -> None:
        style = self.styles.get(text_wrap=True)
        last = max(self.columns - 1, 5)
        self.sheet.merge_range(self.line, 0, self.line, last, "", style)
        self._text(0, text, style, widen=False)
        across = sum(self.widths.get(column, 12) for column in range(last + 1)) or 90
        self.sheet.set_row(self.line, 15 * (1 + len(text) // max(across, 80)))
        self.line += 1

    def _table(self, table: Table) -> None:
        wanted = [at for at, column in enumerate(table.columns) if column.on != "page"]
        self._text(0, table.title, self.styles.get(bold=True, font_size=12), widen=False)
        self.line += 1
        for place, at in enumerate(wanted):
            column = table.columns[at]
            side = "right" if column.figure else "left"
            head = self.styles.get(bold=True, text_wrap=True, align=side, bottom=1, bottom_color=INK, bg_color=SOFT)
            name = f"{column.name}\n{column.unit}" if column.unit else column.name
            self._text(place, name, head, widen=False)
            widest = max((len(line) for line in name.split("\n")), default=0)
            self.widths[place] = max(self.widths.get(place, 0), widest)
        self.sheet.set_row(self.line, 32)
        head_line = self.line
        self.line += 1
        if len(self.tables) == 1:
            self.sheet.freeze_panes(self.line, 1)
            self.sheet.repeat_rows(head_line)
        for row in table.rows:
            base: dict[str, Any] = {"bold": True} if row.role in ("group", "total") else {}
            if row.role == "total":
                base |= {"top": 1, "bottom": 6}
            for place, at in enumerate(wanted):
                indent = {"indent": row.level} if place == 0 and row.level else {}
                self._cell(place, row.cells[at], {**base, **indent})
            self.line += 1
        body = sum(row.role == "body" for row in table.rows)
        if len(self.tables) == 1 and body > 1 and all(row.role == "body" for row in table.rows[:body]):
            last = {row.role for row in table.rows[body:]}
            if last <= {"total"}:  # sums stay in sight, whatever is chosen
                self.sheet.autofilter(head_line, 0, head_line + body, len(wanted) - 1)
        for note in table.notes:
            self._paragraph(note.show(self.writer))
        self.line += 1

    def _cell(self, column: int, cell: Cell, style: Mapping[str, Any]) -> None:
        shown = write_cell(cell, self.writer)
        self.widths[column] = max(self.widths.get(column, 0), len(shown))
        match cell:
            case Figure():
                self._figure(column, cell, style)
            case date():
                form = self.styles.get(**style, num_format="yyyy-mm-dd", align="left")
                self.sheet.write_datetime(self.line, column, datetime.combine(cell, time()), form)
            case str():
                long = {"text_wrap": True} if len(cell) > WIDE else {}
                self._text(column, cell, self.styles.get(**style, **long))
            case None:
                self.sheet.write_blank(self.line, column, None, self.styles.get(**style))

    def _figure(self, column: int, figure: Figure, style: Mapping[str, Any]) -> None:
        exact = Decimal(figure.exact)
        if figure.kind == "tonnes":
            exact = exact / MG_PER_TONNE
        if len(exact.normalize().as_tuple().digits) > EXACT_DIGITS and figure.kind == "milligrams":
            self._text(column, str(figure.exact), self.styles.get(**style, align="right"))
            return
        places = figure.decimals if figure.decimals is not None else max(0, -int(exact.normalize().as_tuple().exponent))
        form = "#,##0" + (f".{'0' * places}" if places else "") + ("%" if figure.kind == "percent" else "")
        form = f"+{form};-{form};{form}" if figure.signed else form
        self.sheet.write_number(self.line, column, float(exact), self.styles.get(**style, num_format=form))

    def _text(self, column: int, text: str, style: Format, *, widen: bool = True) -> None:
        """Write text as text, whatever it begins with."""
        cut = text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
        self.sheet.write_string(self.line, column, cut, style)
        if widen and self.line > 1:
            self.widths[column] = max(self.widths.get(column, 0), len(cut))


def _plain(text: str) -> str:
    """Return text for a footer, where an ampersand is a command, and which holds 255 characters.

    The sign after the ampersands has no width: the library takes `&G` for a picture even behind another ampersand.
    """
    return text[:FOOTER_TEXT].replace("&", "&&\u2060")
