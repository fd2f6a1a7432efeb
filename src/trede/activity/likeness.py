"""Rows of a file that look like records of another source: one invoice in two files, one fill on a card and on a claim."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.activity.records import addresses
from trede.kernel.addresses import Address

COMPARED = ("activity_type", "unit", "quantity", "start", "end", "document", "meter", "vehicle")
"""What two records are compared by."""

_SAME = ("activity_type", "unit", "quantity", "start", "end")
_MARKS = ("document", "meter", "vehicle")


@dataclass(frozen=True)
class Like:
    """The record that another looks like: its file, address and source."""

    file: str
    at: Address
    source: str


def look_alikes(records: pa.Table, others: Sequence[Batch], memo: Collection[str] = ()) -> Mapping[Address, Like]:
    """Return, by address, the first stored record that a new one looks like.

    Two records are alike when they have the same activity type, unit, quantity and period, and the same document, meter or
    vehicle; or the same document and quantity, whatever else they say.

    Args:
        records: the accepted rows of a file, schema `activity.records.RECORD`.
        others: batches of other sources.
        memo: activity types that post nothing. A claim on certificates may stand on the invoice of the power it is for, so
            document and quantity alone do not make it a double of another type.
    """
    if not others or not records.num_rows:
        return {}
    new = _numbered(records.select(COMPARED))
    stored = _numbered(pa.concat_tables(_read(batch).select(COMPARED) for batch in others))
    con = duckdb.connect()
    con.register("memo", pa.table({"type": pa.array(sorted(memo), pa.string())}))
    posting = "(f.activity_type = s.activity_type OR (f.activity_type NOT IN (FROM memo) AND s.activity_type NOT IN (FROM memo)))"
    first: dict[int, int] = {}
    for mark in _MARKS:
        # Few records share a mark with another source: only those are compared further.
        fresh, likely = (_sharing(one, other, mark) for one, other in ((new, stored), (stored, new)))
        if fresh.num_rows:
            con.register("fresh", fresh)
            con.register("stored", likely)
            _keep_first(first, con, (*_SAME, mark), "true")
            if mark == "document":
                _keep_first(first, con, ("document", "quantity"), posting)
    return dict(_named(records, others, first)) if first else {}


def _named(records: pa.Table, others: Sequence[Batch], first: Mapping[int, int]) -> Iterator[tuple[Address, Like]]:
    """Yield the addresses of pairs that are known by their numbers."""
    here = addresses(records)
    theirs = [(batch, at) for batch in others for at in addresses(_read(batch))]
    for number, other in first.items():
        batch, at = theirs[other]
        yield here[number], Like(batch.file_name, at, batch.source)


def _sharing(table: pa.Table, other: pa.Table, mark: str) -> pa.Table:
    """Return the rows of a table whose mark stands in another too."""
    known = pc.unique(other[mark]).drop_null()
    return table.filter(pc.is_in(table[mark], value_set=known)) if len(known) else table.slice(0, 0)


def _keep_first(first: dict[int, int], con: duckdb.DuckDBPyConnection, keys: Sequence[str], condition: str) -> None:
    """Note the first stored record that has the same values as a new one; each way is one equi-join.

    Of stored records that are equal here the first stands for all: many equals would give many times many pairs.
    """
    names = ", ".join(f'"{name}"' for name in {**dict.fromkeys(keys), "activity_type": None})
    same = " AND ".join(f'f."{name}" = s."{name}"' for name in keys)
    found = con.sql(f"""
        SELECT f.number, min(s.number) FROM fresh f
        JOIN (SELECT {names}, min(number) AS number FROM stored GROUP BY {names}) s ON {same}
        WHERE {condition} GROUP BY f.number
    """).fetchall()
    for number, other in found:
        first[number] = min(other, first.get(number, other))


def _read(batch: Batch) -> pa.Table:
    return batch.records(*COMPARED, "row", "column_number")


def _numbered(table: pa.Table) -> pa.Table:
    return table.append_column("number", pa.array(range(table.num_rows), pa.int64()))
