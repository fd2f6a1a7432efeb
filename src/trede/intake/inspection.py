"""A first look at a file, without a profile: how it is written, its headings and its first rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.comparing import compared, total_word
from trede.intake.dates import detect_dates
from trede.intake.dialect import HEADER_WITHIN, detect_header
from trede.intake.numbers import bare, detect_decimal, unit_in
from trede.intake.period_words import ends
from trede.intake.problems import Choice
from trede.intake.reader import Records
from trede.intake.settings import Dialect, FileSettings, chosen
from trede.intake.source import Source, open_records, written
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

FIRST_ROWS = 5
SAMPLE = 2_000
"""Records from which the decimal sign and the date format are told."""
LISTED_VALUES = 60
"""Different texts of a column that are listed at most."""


@dataclass(frozen=True)
class Inspection:
    """What a file looks like. `issues`: the settings that it leaves open; `rows` counts all physical rows.

    `unsure` are the columns (from 0) whose own values leave the decimal sign open: `22.451` beside amounts such as
    `9,87` may still be a bit over twenty-two. `distinct` are the columns in which every row has another value, `above` is
    the row above the headings, and `totals` are the rows that seem to be totals: column and first word. `units` gives by column
    the unit that stands behind every number of it, and `ranges` are the columns with ranges such as `01-01-2024 t/m 31-01-2024`.
    `values` has of each column the first `LISTED_VALUES` different texts among the first `SAMPLE` records, in order.
    """

    name: str
    dialect: Dialect
    headings: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    rows: int
    issues: tuple[Issue, ...]
    unsure: frozenset[int] = frozenset()
    distinct: frozenset[int] = frozenset()
    above: tuple[str, ...] = ()
    totals: tuple[tuple[int, str], ...] = ()
    units: Mapping[int, str] = field(default_factory=dict)
    ranges: frozenset[int] = frozenset()
    values: tuple[tuple[str, ...], ...] = ()
    titles: tuple[tuple[int | None, str], ...] = ()
    """The texts above the headings with their rows, then the name of the sheet, without a row."""


def inspect_file(data: bytes, name: str, overrides: FileSettings | None = None) -> Inspection:
    """Look at a file. What its cells do not settle stays open, as an issue; `stage` refuses to go on with it.

    Raises:
        IntakeError: the file cannot be read as rows, or has no header row.
    """
    source = open_records(data, name, overrides, None)
    header = chosen("header_row", overrides, None) or detect_header(source.headed(), name)
    records, row = source.records, header_record(source.records, header, name)
    start, end = records.offsets[row + 1], records.offsets[min(len(records), row + 1 + SAMPLE)]
    cells = pc.utf8_trim_whitespace(written(records, np.arange(start, end)))
    delimiter = str(source.delimiter.value)
    decimal = chosen("decimal", overrides, None) or source.decimal(detect_decimal([bare(cells)], delimiter))
    days = [day for text in cells.to_pylist() for day in (ends(text) or [text])]
    dates = chosen("dates", overrides, None) or source.dates(detect_dates(days), np.arange(start, end))
    dialect = Dialect(source.encoding, source.delimiter, decimal, header, dates, source.sheet)
    first = [tuple(records.cells(i)) for i in range(row + 1, min(len(records), row + 1 + FIRST_ROWS))]
    headings = tuple(cell.strip() for cell in source.headed(row).cells(row))
    issues = (*open_settings(dialect, name), *source.notices)
    width, rows = len(headings), range(row + 1, min(len(records), row + 1 + SAMPLE))
    whole = np.array([records.offsets[i] for i in rows if len(records.cells(i)) == width], dtype=np.int64)
    unsure = frozenset(c for c in range(width) if _unsure(written(records, whole + c), source.delimiter))
    texts = [pc.utf8_trim_whitespace(records.values.take(pa.array(whole + column))) for column in range(width)]
    distinct = frozenset(column for column, cells in enumerate(texts) if _distinct(cells))
    units = {column: unit for column, cells in enumerate(texts) for unit in [_unit(cells)] if unit is not None}
    ranges = frozenset(column for column, cells in enumerate(texts) if _are_ranges(cells))
    above = tuple(cell.strip() for cell in records.cells(row - 1)) if row else ()
    return Inspection(
        name,
        dialect,
        headings,
        tuple(first),
        len(records),
        issues,
        unsure,
        distinct,
        above,
        _totals(texts),
        units,
        ranges,
        tuple(tuple(filter(None, cells.unique().slice(0, LISTED_VALUES + 1).to_pylist())) for cells in texts),
        _titles(records, row, source),
    )


def _titles(records: Records, header: int, source: Source) -> tuple[tuple[int | None, str], ...]:
    """Return the texts above the headings with their rows, then the name of the sheet."""
    found: list[tuple[int | None, str]] = [
        (number + 1, " ".join(cell.split()))
        for number in range(min(header, HEADER_WITHIN))
        for cell in records.cells(number)
        if cell.strip()
    ]
    return (*found, *([(None, str(source.sheet.value))] if source.sheet else ()))


def _unit(cells: pa.StringArray) -> str | None:
    """Return the unit that stands behind the number in every cell that is not empty, or None."""
    found = {unit for unit, text in zip(unit_in(cells), cells.to_pylist(), strict=True) if text}
    return found.pop() if len(found) == 1 else None


def _are_ranges(cells: pa.StringArray) -> bool:
    filled = [text for text in cells.to_pylist() if text]
    return bool(filled) and all(map(ends, filled))


def _distinct(cells: pa.StringArray) -> bool:
    return len(cells) > 1 and pc.count_distinct(cells).as_py() == len(cells) and not pc.any(pc.equal(cells, "")).as_py()


def _totals(columns: list[pa.StringArray]) -> tuple[tuple[int, str], ...]:
    """Return the columns in which a cell begins like a total, with that word; the first column of each word."""
    found: dict[str, tuple[int, str]] = {}
    for column, cells in enumerate(columns):
        for text in cells.unique().to_pylist():
            word = total_word(text)
            if word is not None:
                found.setdefault(compared(word), (column, word))
    return tuple(found.values())


def _unsure(cells: pa.StringArray, delimiter: Choice) -> bool:
    return detect_decimal([bare(pc.utf8_trim_whitespace(cells))], str(delimiter.value)).basis == "ambiguous"


def header_record(records: Records, header: Choice, name: str) -> int:
    """Return the header's record number (from 0), or raise `header_row_missing` when the file is shorter."""
    row = cast(int, header.value)
    if row > len(records):
        raise IntakeError(Issue.error("header_row_missing", Location(file=name, row=row), rows=len(records)))
    return row - 1


def open_settings(dialect: Dialect, name: str, columns: dict[str, str] | None = None) -> list[Issue]:
    """Return an issue per setting that the cells leave open; `columns` gives a heading to name by setting."""
    codes = {"decimal": "decimal_ambiguous", "dates": "dates_ambiguous"}
    return [
        Issue.error(code, Location(file=name, column=(columns or {}).get(setting)), **choice.params)
        for setting, code in codes.items()
        for choice in [getattr(dialect, setting)]
        if choice.basis == "ambiguous"
    ]
