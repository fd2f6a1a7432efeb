"""Writing tables for spreadsheets in which no cell is a formula: what we export can be opened without harm.

A spreadsheet reads a text that begins with `= + - @` as a formula, also from CSV. In CSV such a text gets an apostrophe in
front; a workbook is made with `WORKBOOK_OPTIONS` and `write_string`, and then keeps every text as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

WORKBOOK_OPTIONS: dict[str, Any] = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
"""Options of `xlsxwriter.Workbook` under which no text becomes a formula, a link or a number."""

WORKBOOK_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - the property `created` of a workbook has no time zone
"""The day that a workbook bears as the one on which it was made: the same content gives the same bytes."""

_SIGNED_NUMBER = re.compile(r"[-+]\d[\d.,]*")


def harmless(text: str) -> str:
    """Keep a spreadsheet from reading a cell of a CSV file as a formula; a number with a sign stays a number."""
    risky = text.lstrip()[:1] in ("=", "@", "+", "-") or text[:1] in ("\t", "\r", "\n")
    return f"'{text}" if risky and not _SIGNED_NUMBER.fullmatch(text) else text


def csv_bytes(rows: Iterable[Sequence[str]], delimiter: str = ";") -> bytes:
    """Write rows as CSV that a spreadsheet opens: UTF-8 with a byte order mark, harmless cells."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")
