"""Records that are dated where their source cannot be: a year that was mistyped backwards."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.records import addresses
from trede.kernel.addresses import Address

GAP = timedelta(days=731)
"""Two years: a larger gap between records parts a file in groups."""


def before_source(records: pa.Table, from_year: int) -> list[Address]:
    """Return the records that lie before the first year of their source, or start over a year before it.

    A period may begin in the year before: a bill over the turn of the year.
    """
    ended = pc.less(records["end"], pa.scalar(date(from_year, 1, 1)))
    early = pc.less(records["start"], pa.scalar(date(from_year - 1, 1, 1)))
    return addresses(records.filter(pc.or_(ended, early)))


def far_from_rest(records: pa.Table) -> tuple[list[Address], dict[str, str]]:
    """Return the records over two years away from the larger part of their file, and its `first` and `last` day.

    The records are parted where there are more than two years between one and the next. When one group has more than half of
    them, the others are far from it; else the file has no larger part, and none is far.
    """
    if records.num_rows < 3:
        return [], {}
    start, end = (records[name].cast(pa.int32()).to_numpy() for name in ("start", "end"))
    order = np.argsort(start, kind="stable")
    reached = np.maximum.accumulate(end[order])
    group = np.zeros(len(order), dtype=np.int64)
    group[order] = np.concatenate([[0], np.cumsum(start[order][1:] - reached[:-1] > GAP.days)])
    sizes = np.bincount(group)
    if len(sizes) == 1 or 2 * sizes.max() <= len(order):
        return [], {}
    inside = group == sizes.argmax()
    days = {"first": int(start[inside].min()), "last": int(end[inside].max())}
    rest = {name: (date(1970, 1, 1) + timedelta(day)).isoformat() for name, day in days.items()}
    return addresses(records.filter(pa.array(~inside))), rest
