"""On which days the records of a batch are: read once, since a batch never changes, and small where records are many."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.records import RECORD, filled
from trede.kernel.periods import Period

_ABOUT = ("site", "meter", "quality", "start", "end")

DAYS = pa.schema(
    [
        *(RECORD.field(name) for name in _ABOUT),
        ("credit", pa.bool_()),
        ("first_month", pa.int32()),  # months since the year 0
        ("last_month", pa.int32()),
        ("records", pa.int64()),
    ]
)
"""Records that are alike in site, meter, quality and days, credits apart, with their number."""

IN_MEMORY = 64_000_000
"""Bytes of the tables that stay in memory: a correction's is tiny, one of 100,000 journeys is not."""
_known: OrderedDict[Path, pa.Table] = OrderedDict()
_guard = threading.Lock()


def days_of(path: Path) -> pa.Table:
    """Return the days of a batch's records, in no order; schema `DAYS`.

    Args:
        path: the Parquet file of the records.
    """
    with _guard:
        if path in _known:
            _known.move_to_end(path)
            return _known[path]
    found = _days_of(path)
    with _guard:
        _known[path] = found
        while sum(table.nbytes for table in _known.values()) > IN_MEMORY and len(_known) > 1:
            _known.popitem(last=False)
    return found


def _days_of(path: Path) -> pa.Table:
    names = [*_ABOUT, "quantity"]
    with pq.ParquetFile(path) as file:
        table = filled(file.read(names), pa.schema([RECORD.field(name) for name in names]))
    credit = pc.less(table["quantity"], pa.scalar(0, table["quantity"].type))
    table = table.drop_columns(["quantity"]).append_column("credit", credit)
    found = table.group_by(table.column_names).aggregate([([], "count_all")])
    found = found.append_column("first_month", _month(found["start"])).append_column("last_month", _month(found["end"]))
    return found.rename_columns({"count_all": "records"}).select(DAYS.names).cast(DAYS)


def days_within(paths: Sequence[Path], period: Period) -> pa.Table:
    """Return the days of several batches that touch a period; the months are clipped to it, `start` and `end` are not.

    Returns:
        Schema `DAYS`, with the column `file`: the place in `paths`.
    """
    tables = [days_of(path) for path in paths]
    files = np.repeat(np.arange(len(tables), dtype=np.int32), [table.num_rows for table in tables])
    found = pa.concat_tables([DAYS.empty_table(), *tables]).append_column("file", pa.array(files, pa.int32()))
    touching = pc.and_(
        pc.less_equal(found["start"], pa.scalar(period.end)), pc.greater_equal(found["end"], pa.scalar(period.start))
    )
    found = found.filter(touching).combine_chunks()  # of many small files: what follows looks at each chunk
    first, last = _number(period.start.year, period.start.month), _number(period.end.year, period.end.month)
    clipped = {
        "first_month": pc.max_element_wise(found["first_month"], pa.scalar(first, pa.int32())),
        "last_month": pc.min_element_wise(found["last_month"], pa.scalar(last, pa.int32())),
    }
    for name, column in clipped.items():
        found = found.set_column(DAYS.get_field_index(name), DAYS.field(name), column)
    return found


def months_of(days: pa.Table) -> set[Period]:
    """Return the months that rows of `DAYS` touch, each as a whole."""
    ranges = days.group_by(["first_month", "last_month"]).aggregate([]).to_pylist()
    numbers = {number for row in ranges for number in range(row["first_month"], row["last_month"] + 1)}
    return {Period.month(number // 12, number % 12 + 1) for number in numbers}


def _number(year: int, month: int) -> int:
    return year * 12 + month - 1


def _month(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.cast(pc.add(pc.multiply(pc.year(column), 12), pc.subtract(pc.month(column), 1)), pa.int32())
