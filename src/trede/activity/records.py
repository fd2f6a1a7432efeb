"""The record: mapped fields with an identity that survives re-delivery.

A record id is made of the source's name, the mapped content and an ordinal for equals (two equal rows stay two). Its
whereabouts are not part of it: the same fill on another line of a corrected file is the same record.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.fields import MAPPED, WHEREABOUTS
from trede.intake.reader import MAX_COLUMNS
from trede.kernel.addresses import Address

ID_LENGTH = 24
"""Hexadecimal digits of a record id (96 bits)."""

RECORD = pa.schema([pa.field("record_id", pa.string()), *MAPPED])

_CONTENT = [name for name in MAPPED.names if name not in WHEREABOUTS]


def identify(mapped: pa.Table, source: str) -> pa.Table:
    """Give every mapped row its record id.

    Args:
        mapped: rows with schema `MAPPED`, any order.
        source: the source's name from the profile.

    Returns:
        The same rows with schema `RECORD`, ordered by row and place.
    """
    mapped = mapped.sort_by([("row", "ascending"), ("column_number", "ascending")])
    con = duckdb.connect()
    con.register("mapped", mapped)
    con.execute("SET VARIABLE source = ?", [source])
    parts = [_part(name, empty=mapped[name].null_count == mapped.num_rows) for name in _CONTENT]
    content = f"concat_ws(chr(31), {', '.join(parts)})"
    ids = con.sql(f"SELECT {_id(content, '1')} AS record_id FROM mapped").to_arrow_table()
    if pc.count_distinct(ids["record_id"]).as_py() < ids.num_rows:
        # Equals have one content: number them in the order of their rows.
        ids = con.sql(f"""
            WITH content AS (SELECT "row", column_number, {content} AS content FROM mapped),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY content ORDER BY "row", column_number) AS ordinal FROM content)
            SELECT {_id("content", "ordinal")} AS record_id FROM numbered ORDER BY "row", column_number
        """).to_arrow_table()
    return pa.table([ids["record_id"], *mapped.columns], names=RECORD.names).cast(RECORD)


def _part(name: str, *, empty: bool) -> str:
    return "chr(0)" if empty else f'coalesce(CAST("{name}" AS VARCHAR), chr(0))'


def _id(content: str, ordinal: str) -> str:
    return f"substr(sha256(concat_ws(chr(30), getvariable('source'), {content}, {ordinal})), 1, {ID_LENGTH})"


def filled(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a stored table with the columns that an earlier version did not have yet, all null."""
    missing = [field for field in schema if field.name not in table.column_names]
    for field in missing:
        table = table.append_column(field, pa.nulls(table.num_rows, field.type))
    return table.select(schema.names) if missing else table


def addresses(table: pa.Table) -> list[Address]:
    """Return the address of each row of a table with `row` and `column_number`."""
    return list(map(Address, table["row"].to_pylist(), table["column_number"].to_pylist()))


def address_numbers(table: pa.Table) -> pa.Array:
    """Return one number for each address of a table, equal for equal addresses only."""
    rows = pc.cast(table["row"], pa.int64())
    numbers = pc.add(pc.multiply(rows, MAX_COLUMNS + 1), pc.fill_null(pc.cast(table["column_number"], pa.int64()), 0))
    return numbers.combine_chunks()
