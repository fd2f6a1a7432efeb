"""Which rows are data: blanks, preamble, headers and totals are set aside, rows of another width rejected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.closing import closing_lines
from trede.intake.comparing import compared
from trede.intake.fields import FATES
from trede.intake.problems import Problem
from trede.intake.profile import Total
from trede.intake.reader import Ints, Records

ACCEPTED, SET_ASIDE, HELD, REJECTED = range(len(FATES))


def _nothing() -> Ints:
    return np.zeros(0, dtype=np.int64)


@dataclass
class Layout:
    """The fate of each line, with the reason where it is not data.

    A line is a record, by its number; of a cross-tab it is a cell, by its number among all cells. `data` are the lines left
    to map, `rows` the records that these are of, and `places` the columns (None: the whole record). `blank` lines say
    nothing; `labels` and `row_totals` are cells of a cross-tab beside its quantities. `totals` and `misfits` are records:
    total rows with what declares them, and rows of another width.
    """

    header: int
    fates: npt.NDArray[np.int8]
    reasons: dict[int, Problem]
    data: Ints
    rows: Ints
    totals: tuple[tuple[int, Total], ...]
    blank: Ints
    misfits: tuple[int, ...]
    places: Ints | None = None
    labels: Ints = field(default_factory=_nothing)
    row_totals: Ints = field(default_factory=_nothing)
    closing: tuple[int, ...] = ()
    """Records below the table of which nobody has said yet that they are no data."""


def lay_out(
    records: Records,
    header: int,
    totals: tuple[tuple[Total, int], ...],
    closing: Literal["ask", "set-aside"] | None = None,
) -> Layout:
    """Sort the records of a file.

    Args:
        records: all of them.
        header: number of the header record.
        totals: the declared total rows, each with the number of its column.
        closing: what becomes of lines of text below the table; None: they are rows as all others.
    """
    fates = np.zeros(len(records), dtype=np.int8)
    reasons: dict[int, Problem] = {}
    titles = records.cells(header)
    blank = np.flatnonzero(_blank(records))
    fates[: header + 1] = SET_ASIDE
    for number in range(header):
        reasons[number] = Problem("preamble", {})
    fates[blank] = SET_ASIDE
    reasons[header] = Problem("header", {})
    names = [compared(title) for title in titles]
    column = next(index for index, title in enumerate(names) if title)
    for number in _where(records, fates, column, names[column], names[column].__eq__):
        if [compared(cell) for cell in records.cells(number)] == names:
            fates[number] = SET_ASIDE
            reasons[number] = Problem("repeated_header", {})
    found: list[tuple[int, Total]] = []
    for total, place in totals:
        word = compared(total.starts_with)
        for number in _where(records, fates, place, word, partial(_starts, word=word)):
            fates[number] = SET_ASIDE
            found.append((number, total))
    lines = closing_lines(records, header, set(blank.tolist()), {number for number, _ in found}) if closing else []
    fates[lines] = SET_ASIDE if closing == "set-aside" else REJECTED
    reasons |= dict.fromkeys(lines, Problem("closing" if closing == "set-aside" else "closing_line", {}))
    misfit = np.flatnonzero((fates == ACCEPTED) & (records.widths != len(titles)))
    fates[misfit] = REJECTED
    for number in misfit.tolist():
        cells = int(records.widths[number])
        reasons[number] = Problem("row_width", {"found": cells, "expected": len(titles)})
    data = np.flatnonzero(fates == ACCEPTED)
    found.sort(key=lambda row: row[0])
    asked = () if closing == "set-aside" else tuple(lines)
    return Layout(header, fates, reasons, data, data, tuple(found), blank, tuple(misfit.tolist()), closing=asked)


_PREFIX = 3
"""Letters by which cells are sifted before they are compared in full."""


def _blank(records: Records) -> npt.NDArray[np.bool_]:
    """Return which records have blank cells only."""
    firsts = records.offsets[:-1]
    candidates = np.flatnonzero(_empty(records.values.take(pa.array(firsts))))
    result = np.zeros(len(records), dtype=bool)
    if candidates.size:
        widths = records.widths[candidates]
        begins = np.concatenate([[0], np.cumsum(widths)[:-1]])
        cells = np.arange(widths.sum()) + np.repeat(firsts[candidates] - begins, widths)
        filled = ~_empty(records.values.take(pa.array(cells)))
        result[candidates] = np.add.reduceat(filled.astype(np.int64), begins) == 0
    return result


def _empty(cells: pa.StringArray) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = pc.equal(pc.utf8_trim_whitespace(cells), "").to_numpy(zero_copy_only=False)
    return found


def _starts(text: str, *, word: str) -> bool:
    return text.startswith(word)


def _where(
    records: Records, fates: npt.NDArray[np.int8], column: int, word: str, matches: Callable[[str], bool]
) -> list[int]:
    """Return the records still without a fate whose cell in `column`, as a heading is compared, matches.

    `word` is what every match begins with; cells that begin with other letters are not looked at one by one.
    """
    open_rows = np.flatnonzero((fates == ACCEPTED) & (records.widths > column))
    if not open_rows.size:
        return []
    cells = records.column(open_rows, column)
    if word[:_PREFIX].isascii() and " " not in word[:_PREFIX]:
        likely = pc.starts_with(pc.utf8_lower(pc.utf8_ltrim_whitespace(cells)), word[:_PREFIX])
        open_rows = open_rows[likely.to_numpy(zero_copy_only=False)]
        cells = cells.filter(likely)
    coded = cells.dictionary_encode()
    flags = np.array([matches(compared(text)) for text in coded.dictionary.to_pylist()], dtype=bool)
    hits: list[int] = open_rows[flags[coded.indices.to_numpy()]].tolist()
    return hits
