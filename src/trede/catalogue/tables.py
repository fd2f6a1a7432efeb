"""Reading CSV tables strictly: exact columns, full rows, issues that name file, row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import validate

M = TypeVar("M", bound=BaseModel)


def read_table(data: bytes, name: str, columns: Sequence[str]) -> Iterator[tuple[Location, dict[str, str]]]:
    """Give each row as column → text, with its place (the header is row 1).

    Raises:
        CatalogueError: `table_unreadable`, `table_columns_differ` or `table_row_width`.
    """
    try:
        rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        header = next(rows, [])
        if header != list(columns):
            found = {"found": header, "expected": list(columns)}
            raise CatalogueError.of("table_columns_differ", Location(name, 1), **found)
        for number, row in enumerate(rows, start=2):
            if len(row) != len(columns):
                raise CatalogueError.of("table_row_width", Location(name, number), expected=len(columns))
            yield Location(name, number), dict(zip(columns, row, strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError.of("table_unreadable", Location(file=name), detail=str(error)) from error


def validate_row(model: type[M], data: dict[str, Any], where: Location) -> M:
    """Validate one row.

    Raises:
        CatalogueError: one `field_invalid` issue per broken column, at that row.
    """
    try:
        return validate(model, data, where.file or "")
    except CatalogueError as error:
        raise CatalogueError.from_issues(
            replace(issue, location=replace(where, column=issue.location.column)) for issue in error.issues
        ) from error
