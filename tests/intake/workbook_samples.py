"""Workbooks for the tests: written by openpyxl, or changed part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import openpyxl
from intake_samples import HEADER

CSV_ROWS = (
    ("15-01-2024", "B1", "AB-123-C", "Euro 95", 40.5, 2, 81, "Utrecht", None),
    ("16-02-2024", "B2", "XY-999-Z", "Diesel", 1030.25, 1.8, 1854.45, "Utrecht", None),
    ("17-03-2024", "B3", "AB-123-C", "HVO100", 12.125, 2, 24.25, "Kantoor", None),
)


def day(text: str) -> datetime:
    return datetime.strptime(text, "%d-%m-%Y")  # noqa: DTZ007


ROWS = [[day(row[0]), *row[1:]] for row in CSV_ROWS]
TITLES = HEADER.split(";")


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def workbook(*rows: list[Any], change: Callable[[Any], None] | None = None, titles: list[str] = TITLES) -> bytes:
    """Return a workbook of one sheet; `change` gets the sheet before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (titles, *rows):
        sheet.append(row)
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, date):
                cell.number_format = "dd-mm-yyyy"
    if change is not None:
        change(sheet)
    return saved(book)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return out.getvalue()


def replaced(data: bytes, part: str, *changes: tuple[bytes, bytes]) -> bytes:
    """Return a workbook with one part changed; each change must find its text."""
    content = parts(data)
    for old, new in changes:
        assert old in content[part], content[part]
        content[part] = content[part].replace(old, new, 1)
    return zipped(content)
