"""The activities of a run: the records of its batches, cut at the borders of the period and of calendar years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from trede.activity.records import RECORD
from trede.engine.duck import quote
from trede.engine.plan import Key
from trede.kernel.periods import Period, split_quantity

COLUMNS = (
    "record_id", "row", "activity_type", "attributes", "quantity", "unit", "start", "end", "entity", "site", "project",
    "geography", "quality", "meter",
)  # fmt: skip
"""The columns that a run reads of its batches."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Input:
    """One batch: its id and the Parquet file of its records."""

    batch: str
    path: Path


def load_activities(con: duckdb.DuckDBPyConnection, inputs: Sequence[Input], period: Period) -> None:
    """Create the view `activity` over all records that touch the period.

    A record that lies inside one calendar year and inside the period is read as it stands (part 0). One that crosses a
    border is split by days, its quantity exactly (largest remainder at a millionth), and its parts inside the period are
    numbered from 1.
    """
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    sources = [
        f"SELECT '{i.batch}' AS batch, {names} FROM read_parquet('{quote(i.path)}', hive_partitioning = false)"
        for i in inputs
    ] or [_nothing()]
    con.execute(f"CREATE VIEW recorded AS {' UNION ALL '.join(sources)}")
    inside = f"""start >= DATE '{period.start}' AND "end" <= DATE '{period.end}'
        AND extract(year FROM start) = extract(year FROM "end")"""
    touching = f"""start <= DATE '{period.end}' AND "end" >= DATE '{period.start}'"""
    crossing = con.sql(f"SELECT * FROM recorded WHERE {touching} AND NOT ({inside})").to_arrow_table()
    parts = _split(crossing, period)
    body = f"SELECT 0 AS part, * FROM recorded WHERE {inside}"
    if parts.num_rows:
        con.register("activity_parts", parts)
        body += f" UNION ALL SELECT part, batch, {names} FROM activity_parts"
    con.execute(f"CREATE VIEW activity AS {body}")


def distinct_keys(con: duckdb.DuckDBPyConnection) -> list[Key]:
    """Return the distinct plan keys of the view `activity`."""
    rows = con.execute(
        "SELECT DISTINCT activity_type, attributes, unit, geography, CAST(extract(year FROM start) AS INTEGER) FROM activity"
    ).fetchall()
    return [Key(*row) for row in rows]


def _split(table: pa.Table, period: Period) -> pa.Table:
    schema = pa.schema([pa.field("part", pa.int32()), *table.schema])
    rows: list[dict[str, Any]] = []
    for record in table.to_pylist():
        whole = Period(record["start"], record["end"])
        for number, piece, quantity in parts(whole, record["quantity"], period):
            rows.append({**record, "part": number, "start": piece.start, "end": piece.end, "quantity": quantity})
    return pa.Table.from_pylist(rows, schema=schema)


def parts(whole: Period, quantity: Decimal, period: Period) -> Iterator[tuple[int, Period, Decimal]]:
    """Cut a record by days at the ends of years and the borders of a run; yield number, days and quantity of what is inside.

    The one part of a record that no border cuts is number 0; others are numbered from 1, those outside counted.
    """
    pieces = _pieces(whole, period)
    quantities = split_quantity(quantity, [piece.days for piece in pieces])
    for number, (piece, part) in enumerate(zip(pieces, quantities, strict=True), start=1):
        if period.contains(piece):
            yield number if len(pieces) > 1 else 0, piece, part


def _pieces(whole: Period, period: Period) -> list[Period]:
    """Cut a record's period at the ends of calendar years and at the borders of the run's period."""
    pieces = []
    for year in whole.by_year():
        inside = year.overlap(period)
        if inside is None:
            pieces.append(year)
            continue
        if year.start < inside.start:
            pieces.append(Period(year.start, inside.start - _DAY))
        pieces.append(inside)
        if inside.end < year.end:
            pieces.append(Period(inside.next_day(), year.end))
    return pieces


def _nothing() -> str:
    types = {f.name: f.type for f in RECORD}
    sql = {pa.string(): "VARCHAR", pa.int32(): "INTEGER", pa.date32(): "DATE"}
    columns = ", ".join(f'CAST(NULL AS {sql.get(types[n], "DECIMAL(38,6)")}) AS "{n}"' for n in COLUMNS)
    return f"SELECT CAST(NULL AS VARCHAR) AS batch, {columns} WHERE false"
