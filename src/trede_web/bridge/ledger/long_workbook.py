"""A workbook of very many rows, written row by row: each text that a column repeats is told once, and memory stays the same.

A general writer of workbooks takes five times as long, since it looks at every cell anew. The parts and their names are those of
Office Open XML (ECMA-376, SpreadsheetML); a text is a text, so no cell is a formula.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

from trede.kernel.addresses import letter
from trede.kernel.exporting import WORKBOOK_DAY

MOST_ROWS = 1_048_576
"""Rows of a sheet."""
MOST_BYTES = 1_800_000_000
"""Bytes of a sheet before it is packed: beyond 2 GiB readers need an extension of zip that not all of them have."""
MOST_SHARED = 1_000
"""Texts of a column that are told once; the others stand in their cells."""
LONGEST = 32_767
"""Characters of a cell."""
AT_ONCE = 1_000
"""Rows that are packed at once."""
LEVEL = 1
"""How hard a sheet is packed: more takes three times as long and saves a fifth."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RISKY = re.compile("[<>&\x00-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_UNTOLD = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")

Value = str | int | Decimal | None


def write_workbook(rows: Iterable[Sequence[Value]], head: Sequence[str], path: Path) -> None:
    """Write rows under a heading that stays in sight, on as many sheets as it takes.

    Args:
        rows: numbers, texts, and None or an empty text for an empty cell; as many as there are headings.
    """
    columns = [_Column(letter(number)) for number in range(len(head))]
    shared: list[str] = []
    found = iter(rows)
    row, sheets = next(found, None), 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        while row is not None or not sheets:
            sheets += 1
            with archive.open(_part(f"xl/worksheets/sheet{sheets}.xml"), "w") as part:
                row = _sheet(part, head, row, found, columns, shared)
        for name, text in _frame(sheets, shared):
            archive.writestr(_part(name), f"{_HEAD}{text}")


@dataclass
class _Column:
    """A column: its letters, and how the texts that are told once stand in a cell."""

    letters: str
    known: dict[str, str] = field(default_factory=dict)

    def cell(self, row: int, value: Value, shared: list[str]) -> str:
        """Return a cell, nothing of an empty one; a text that is told once is added to `shared`."""
        if value is None or value == "":
            return ""
        if not isinstance(value, str):
            return f'<c r="{self.letters}{row}"><v>{float(value):.16g}</v></c>'
        rest = self.known.get(value)
        if rest is None:
            text = f'<t xml:space="preserve">{_escaped(value)}</t>'
            if len(self.known) == MOST_SHARED:
                return f'<c r="{self.letters}{row}" t="inlineStr"><is>{text}</is></c>'
            rest = self.known[value] = f'" t="s"><v>{len(shared)}</v></c>'
            shared.append(text)
        return f'<c r="{self.letters}{row}{rest}'


def _sheet(
    part: IO[bytes], head: Sequence[str], row: Sequence[Value] | None, more: Iterator[Sequence[Value]],
    columns: Sequence[_Column], shared: list[str],
) -> Sequence[Value] | None:  # fmt: skip
    """Write one sheet, beginning with `row`; return the first row that it has no room for."""
    size = part.write(
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'.encode()
    )
    at, lines = 1, [_row(1, head, columns, shared)]
    while row is not None and at < MOST_ROWS and size < MOST_BYTES:
        at += 1
        lines.append(_row(at, row, columns, shared))
        if len(lines) >= AT_ONCE:
            size += part.write("".join(lines).encode())
            lines = []
        row = next(more, None)
    part.write("".join([*lines, "</sheetData></worksheet>"]).encode())
    return row


def _row(at: int, values: Sequence[Value], columns: Sequence[_Column], shared: list[str]) -> str:
    cells = [column.cell(at, value, shared) for column, value in zip(columns, values, strict=True)]
    return f'<row r="{at}">{"".join(cells)}</row>'


def _escaped(text: str) -> str:
    """Write a text as XML; what XML cannot hold is told as `_x0007_`, as spreadsheets do."""
    text = text[:LONGEST]
    if _RISKY.search(text):
        text = escape(_UNTOLD.sub(lambda found: f"_x{ord(found[0]):04X}_", text))
    return text


def _part(name: str) -> zipfile.ZipInfo:
    """Return a part of the workbook: the same content gives the same bytes, whenever it is made."""
    part = zipfile.ZipInfo(name, WORKBOOK_DAY.timetuple()[:6])
    part.compress_type, part._compresslevel = zipfile.ZIP_DEFLATED, LEVEL  # type: ignore[attr-defined]
    return part


def _frame(sheets: int, shared: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the other parts: their names and what they say."""
    every = range(1, sheets + 1)
    parts = [("workbook", "sheet.main"), ("styles", "styles"), ("sharedStrings", "sharedStrings")]
    types = [(f"xl/{name}.xml", kind) for name, kind in parts]
    types += [(f"xl/worksheets/sheet{number}.xml", "worksheet") for number in every]
    overrides = "".join(f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>' for name, kind in types)
    yield (
        "[Content_Types].xml",
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
    )
    yield "_rels/.rels", _related([("officeDocument", "xl/workbook.xml")])
    links = [("worksheet", f"worksheets/sheet{number}.xml") for number in every]
    yield (
        "xl/_rels/workbook.xml.rels",
        _related([*links, ("styles", "styles.xml"), ("sharedStrings", "sharedStrings.xml")]),
    )
    named = "".join(f'<sheet name="Sheet{number}" sheetId="{number}" r:id="rId{number}"/>' for number in every)
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
    look = 'numFmtId="0" fontId="0" fillId="0" borderId="0"'
    yield (
        "xl/styles.xml",
        f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
        '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        f'<cellStyleXfs count="1"><xf {look}/></cellStyleXfs><cellXfs count="1"><xf {look} xfId="0"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    )
    texts = "".join(f"<si>{text}</si>" for text in shared)
    yield "xl/sharedStrings.xml", f'<sst xmlns="{_MAIN}" uniqueCount="{len(shared)}">{texts}</sst>'


def _related(links: Sequence[tuple[str, str]]) -> str:
    told = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{told}</Relationships>'
