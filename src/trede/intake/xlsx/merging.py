"""Merged cells: the value stands in the first one. Headings fill what they cover; data are not spread unasked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.reader import CELL_MERGED, Ints, Records
from trede.intake.xlsx.sheet import Merge


def filled(records: Records, merges: Sequence[Merge], rows: range, *, across: bool) -> Records:
    """Return the records with, in some rows, the covered cells showing the first cell of their merge.

    Not `across`: only those below it. A title over the whole width is then no row of equal headings.
    """
    width = int(records.widths[0])
    origin = np.arange(len(records.values))
    for top, bottom, left, right in merges:
        if top < len(records) and left < width:
            for row in range(max(top, rows.start), min(bottom + 1, rows.stop, len(records))):
                end = min(right + 1, width) if across else left + 1
                origin[row * width + left : row * width + end] = top * width + left
    return _moved(records, origin)


def spread(
    records: Records, merges: Sequence[Merge], header: int, amounts: Collection[int], *, repeat: bool
) -> Records:
    """Return the records with the merges over several data rows repeated, or marked as `cell_merged`.

    What stands in a covered cell, which no spreadsheet shows, is not read. A quantity is never repeated: it would count
    once for each row.
    """
    native = records.native
    assert native is not None
    width = int(records.widths[0])
    origin = np.arange(len(records.values))
    flaws = native.flaws.copy()
    covered = np.zeros(len(records.values), dtype=bool)
    for top, bottom, left, right in merges:
        rows = np.arange(max(top, header + 1), min(bottom + 1, len(records)))
        if not len(rows) or left >= width:
            continue
        for column in range(left, min(right + 1, width)):
            covered[rows * width + column] = True
        covered[top * width + left] = False
        if len(rows) < 2:
            continue
        for column in range(left, min(right + 1, width)):
            if repeat and not any(left <= amount <= right for amount in amounts):
                origin[rows * width + column] = top * width + column
                covered[rows * width + column] = column != left
            else:
                flaws[rows * width + column] = CELL_MERGED
    values = pc.if_else(pa.array(covered), "", records.values) if covered.any() else records.values
    return _moved(replace(records, values=values, native=replace(native, flaws=flaws)), origin)


def _moved(records: Records, origin: Ints) -> Records:
    """Return the records with every cell showing the cell `origin` names."""
    native = records.native
    assert native is not None
    if (origin == np.arange(len(origin))).all():
        return records
    shown = replace(
        native, numbers=native.numbers[origin], dates=native.dates[origin], formulas=native.formulas[origin]
    )  # the flaws are those of the places
    return replace(records, values=records.values.take(pa.array(origin)), native=shown)
