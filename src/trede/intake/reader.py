"""From text to records: one per physical row, cells side by side in one Arrow array.

The usual case, no quotes or well-formed ones, is split with array arithmetic. A file whose quoting does not
fit that goes through Python's `csv` module, strictly; both give the same records wherever both can read the
file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import chain, islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trede.intake.problems import Problem
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

MAX_COLUMNS = 1_000
MAX_ROWS = 5_000_000
MAX_TEXT = (1 << 31) - 2
"""Bytes of all text as UTF-8: the reach of the 32-bit offsets of an Arrow text array."""

_BLOCK = 65_536
_NEWLINE, _QUOTE = 10, 34

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NO_FLAW, FORMULA_WITHOUT_VALUE, CELL_MERGED = range(3)
FLAWS = {FORMULA_WITHOUT_VALUE: Problem("formula_without_value", {}), CELL_MERGED: Problem("cell_merged", {})}
"""What makes a cell of a workbook no value."""


@dataclass(frozen=True)
class Native:
    """What a workbook knows of its cells and their text does not tell: flags by number of the cell, as in `values`.

    Numbers stand in `values` with a decimal point, dates as `2024-03-15` or `2024-03-15 13:45`. `flaws` says why a cell has
    no value of its own, as in `FLAWS`.
    """

    numbers: Flags
    dates: Flags
    formulas: Flags
    flaws: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Records:
    """All records of a file. Record `i` has the cells `values[offsets[i]:offsets[i + 1]]`, at least one.

    `lines` are the line numbers, from 1, on which the records begin: a quoted cell may hold line ends. `native` is there
    for the rows of a workbook only, all of which have the same width.
    """

    values: pa.StringArray
    offsets: Ints
    lines: Ints
    native: Native | None = None

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, record: int) -> list[str]:
        """Return one record's cells."""
        start, end = int(self.offsets[record]), int(self.offsets[record + 1])
        return list(self.values.slice(start, end - start).to_pylist())

    def column(self, records: Ints, index: int) -> pa.StringArray:
        """Return the cell at `index` of each of `records`, all of which must have one."""
        return self.values.take(pa.array(self.offsets[:-1][records] + index))

    @property
    def widths(self) -> Ints:
        """The number of cells of each record."""
        return np.diff(self.offsets)


def split(text: str, delimiter: str, name: str) -> Records:
    """Split text, whose lines end in a line feed, into records.

    Raises:
        IntakeError: `too_many_columns`, `too_many_rows`, `file_too_large`, `quote_broken` (a quote that does
            not close, or text after a closing quote).
    """
    raw = text.encode() + (b"" if text.endswith("\n") else b"\n")
    if len(raw) > MAX_TEXT:
        raise IntakeError(Issue.error("file_too_large", Location(file=name), bytes=len(raw), limit=MAX_TEXT))
    records = split_fast(raw, delimiter) or split_strict(text, delimiter, name)
    if len(records) > MAX_ROWS:
        raise IntakeError(Issue.error("too_many_rows", Location(file=name), found=len(records), limit=MAX_ROWS))
    widest = int(np.argmax(records.widths))
    if records.widths[widest] > MAX_COLUMNS:
        where = Location(file=name, row=widest + 1)
        found = int(records.widths[widest])
        raise IntakeError(Issue.error("too_many_columns", where, found=found, limit=MAX_COLUMNS))
    return records


def split_fast(data: bytes, delimiter: str) -> Records | None:
    """Split UTF-8 ending in a line feed by array arithmetic; None when a quote stands where it should not."""
    raw = np.frombuffer(data, dtype=np.uint8)
    newline = raw == _NEWLINE
    separators = np.flatnonzero(newline | (raw == ord(delimiter)))
    quotes = np.flatnonzero(raw == _QUOTE)
    dropped = separators
    before = np.arange(len(separators))
    if quotes.size:
        separators = separators[np.searchsorted(quotes, separators) % 2 == 0]
        marks = _quoting(quotes, separators, len(raw))
        if marks is None:
            return None
        dropped = np.sort(np.concatenate([separators, marks]))
        before = np.searchsorted(dropped, separators)
    keep = np.ones(len(raw), dtype=bool)
    keep[dropped] = False
    offsets = np.concatenate([[0], separators - before]).astype(np.int32)
    values = pa.StringArray.from_buffers(len(separators), pa.py_buffer(offsets), pa.py_buffer(raw[keep]))
    last = np.flatnonzero(newline[separators])
    starts = np.concatenate([[0], separators[last[:-1]] + 1])
    lines = np.searchsorted(np.flatnonzero(newline), starts) + 1
    return Records(values, np.concatenate([[0], last + 1]).astype(np.int64), lines.astype(np.int64))


def _quoting(quotes: Ints, separators: Ints, size: int) -> Ints | None:
    """Return the quotes that are marks, not text: a cell's outer two and the first of each doubled pair."""
    if separators.size == 0 or separators[-1] != size - 1:
        return None
    cell = np.searchsorted(separators, quotes)
    first = np.concatenate([[True], cell[1:] != cell[:-1]])
    last = np.concatenate([first[1:], [True]])
    number = np.arange(len(quotes)) - np.maximum.accumulate(np.where(first, np.arange(len(quotes)), 0))
    starts = np.concatenate([[0], separators[:-1] + 1])
    second_of_pair = (number % 2 == 0) & ~first
    well_formed = (
        np.array_equal(quotes[first], starts[cell[first]])
        and np.array_equal(quotes[last], separators[cell[last]] - 1)
        and bool((number[last] % 2 == 1).all())
        and bool((quotes[second_of_pair] == quotes[np.flatnonzero(second_of_pair) - 1] + 1).all())
    )
    return quotes[~second_of_pair] if well_formed else None


def split_strict(text: str, delimiter: str, name: str) -> Records:
    """Split with the `csv` module: a quote inside an unquoted cell is text, broken quoting is refused."""
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    blocks: list[pa.StringArray] = []
    widths: list[int] = []
    lines: list[int] = [1]
    rows: list[list[str]] = []
    try:
        while True:
            rows = []
            for row in islice(reader, _BLOCK):
                rows.append(row or [""])
                lines.append(reader.line_num + 1)
            if not rows:
                break
            widths.extend(map(len, rows))
            blocks.append(pa.array(chain.from_iterable(rows), pa.string()))
    except csv.Error as error:
        where = Location(file=name, row=len(widths) + len(rows) + 1)
        raise IntakeError(Issue.error("quote_broken", where, line=lines[-1])) from error
    offsets = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    return Records(pa.concat_arrays(blocks), offsets, np.array(lines[:-1], dtype=np.int64))
