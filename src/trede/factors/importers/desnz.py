"""The British list: reads the flat file that DESNZ publishes each year as "GHG Conversion Factors for Company Reporting".

A row of the flat file is one value: a name in levels, a unit, and whether it is all gases together or the part of one. Rows
of one name and unit join into one factor. What is not known (a section, a unit, a gas) stops the import.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from openpyxl import load_workbook

from trede.catalogue.library import Library
from trede.catalogue.papers import SourceFile
from trede.factors.importers.desnz_factors import Edition, Line, make_library
from trede.factors.importers.desnz_layout import plain
from trede.kernel.errors import CatalogueError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location

SHEET = "Factors by Category"
FRONT = "Front page"

HEADINGS = ("scope", "level 1", "level 2", "level 3", "level 4", "column text", "uom", "ghg/unit")
_VALUE = re.compile(r"ghg conversion factor (\d{4})")
_END = "end"

Cells = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    year: int
    first: int
    columns: tuple[int, ...]
    value: int


def import_flat_file(data: bytes, file_name: str, last_checked: date) -> Library:
    """Read the publisher's flat file of any year (.xlsx).

    Args:
        data: the bytes of the file as downloaded.
        file_name: its name, for the papers and for messages.
        last_checked: the day on which the list was last compared with the publisher's site.

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column; no library is made.
    """
    front, rows = _sheets(data, file_name)
    table = _table(rows, file_name)
    version = _version(front)
    edition = Edition(
        id=f"desnz-{table.year}-v{version}",
        year=table.year,
        version=version,
        day=_day(front, file_name),
        last_checked=last_checked,
        source=SourceFile(name=file_name, sha256=sha256(data)),
        remark_nl="Overgenomen uit het bestand van de uitgever.",
        remark_en="Taken from the publisher's file.",
    )
    return make_library(edition, _lines(rows, table, file_name))


def _sheets(data: bytes, file_name: str) -> tuple[list[Cells], list[Cells]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {name: list(book[name].iter_rows(values_only=True)) for name in (FRONT, SHEET)}
    except Exception as error:  # openpyxl raises whatever a damaged archive or a missing sheet leads to
        raise CatalogueError.of("desnz_not_a_flat_file", Location(file=file_name), sheets=[FRONT, SHEET]) from error
    return sheets[FRONT], sheets[SHEET]


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _table(rows: Sequence[Cells], file_name: str) -> _Table:
    """Find the row of headings; what each column means is read there."""
    for number, row in enumerate(rows[:20], start=1):
        found = {plain(_text(cell)): index for index, cell in enumerate(row)}
        if "level 1" not in found:
            continue
        missing = [name for name in HEADINGS if name not in found]
        values = {index: match for name, index in found.items() if (match := _VALUE.fullmatch(name))}
        if missing or len(values) != 1:
            expected = [*missing, *(["ghg conversion factor <year>"] if len(values) != 1 else [])]
            raise CatalogueError.of("desnz_heading_missing", Location(file_name, number), expected=expected)
        ((index, match),) = values.items()
        return _Table(int(match[1]), number, tuple(found[name] for name in HEADINGS), index)
    raise CatalogueError.of("desnz_heading_missing", Location(file_name, 1), expected=list(HEADINGS))


def _after(front: Sequence[Cells], label: str) -> Iterator[object]:
    """Yield what stands to the right of each cell with that label."""
    for row in front:
        for index, cell in enumerate(row):
            if plain(_text(cell)).rstrip(": ") == label:
                yield from (value for value in row[index + 1 : index + 2] if value is not None)


def _version(front: Sequence[Cells]) -> str:
    return next((_text(value) for value in _after(front, "version")), "unknown")


def _day(front: Sequence[Cells], file_name: str) -> date:
    for value in _after(front, "updated"):
        if isinstance(value, datetime):
            return value.date()
    raise CatalogueError.of("desnz_day_missing", Location(file=file_name), sheet=FRONT)


def _lines(rows: Sequence[Cells], table: _Table, file_name: str) -> Iterator[Line]:
    issues = []
    for number, row in enumerate(rows[table.first :], start=table.first + 1):
        texts = [_text(row[column]) if column < len(row) else "" for column in table.columns]
        value = row[table.value] if table.value < len(row) else None
        if not any(texts) or plain(texts[0]) == _END or value is None:
            continue  # the publisher has rows for combinations that have no value
        where = Location(file_name, number)
        try:
            yield Line(where, f"{SHEET}!{number}", exact(value), *texts)
        except (InvalidOperation, TypeError):
            issues.append(Issue.error("desnz_number_unreadable", where, value=_text(value)))
    if issues:
        raise CatalogueError(*issues)


def exact(value: object) -> Decimal:
    """Return a cell's number: the shortest decimal that is the stored one, without a trailing zero of its writing.

    Raises:
        InvalidOperation, TypeError: it is no number, or not a finite one.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(value)
    number = Decimal(value if isinstance(value, str) else repr(value))
    if not number.is_finite():
        raise InvalidOperation(value)
    return Decimal(format(number.normalize(), "f"))
