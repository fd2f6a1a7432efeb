"""Reading a publisher's CSV file by its headings: columns in any order, each row with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location


def read_rows(data: bytes, file_name: str, headings: Sequence[str]) -> Iterator[tuple[Location, dict[str, str]]]:
    """Give the named columns of each row that is not empty.

    Raises:
        CatalogueError: `table_unreadable`, or `import_heading_missing` when a heading is not there.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        found = {cell.strip(): place for place, cell in enumerate(next(rows, []))}
        if missing := [heading for heading in headings if heading not in found]:
            raise CatalogueError.of("import_heading_missing", Location(file_name, 1), expected=missing)
        for row in rows:
            if any(cell.strip() for cell in row):
                cells = {name: row[found[name]].strip() if found[name] < len(row) else "" for name in headings}
                yield Location(file_name, rows.line_num), cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError.of("table_unreadable", Location(file=file_name), detail=str(error)) from error


def number(text: str, where: Location, column: str) -> Decimal:
    """Return a number as its publisher wrote it, without an exponent.

    Raises:
        CatalogueError: `import_number_unreadable`.
    """
    try:
        value = Decimal(text)
        if value.is_finite():
            return Decimal(format(value, "f"))
    except InvalidOperation:
        pass
    raise CatalogueError.of("import_number_unreadable", Location(where.file, where.row, column), value=text)
