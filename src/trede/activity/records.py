"""The record: mapped fields with an identity that survives re-delivery.

A record id is made of the source's name, the mapped content and an ordinal for equals (two equal rows stay two). Its
whereabouts are not part of it: the same fill on another line of a corrected file is the same record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.fields import ADDED, MAPPED, WHEREABOUTS
from trede.intake.reader import MAX_COLUMNS
from trede.kernel.addresses import Address

ID_LENGTH = 24
"""Hexadecimal digits of a record id (96 bits)."""

RECORD = pa.schema([pa.field("record_id", pa.string()), *MAPPED])

_BLOCK = 16_384
"""Rows that DuckDB reads at a time; each of its threads takes a block of its own."""

_CONTENT = [name for name in MAPPED.names if name not in (*WHEREABOUTS, *ADDED)]


def identify(mapped: pa.Table, source: str, ordinals: Mapping[Address, int] | None = None) -> pa.Table:
    """Give every mapped row its record id.

    Args:
        mapped: rows with schema `MAPPED`, any order.
        source: the source's name from the profile.
        ordinals: by address, the ordinal of a row that equals a stored record and was accepted all the same; see
            `free_ordinals`.

    Returns:
        The same rows with schema `RECORD`, ordered by row and place.
    """
    if not _in_order(mapped):
        mapped = mapped.sort_by([("row", "ascending"), ("column_number", "ascending")])
    con = _connected(mapped, source)
    content = _content(mapped)
    ids = con.sql(f"SELECT {_id(content, '1')} AS record_id FROM mapped").to_arrow_table()
    if pc.count_distinct(ids["record_id"]).as_py() < ids.num_rows:
        # Equals have one content: number them in the order of their rows.
        ids = con.sql(f"""
            WITH content AS (SELECT "row", column_number, {content} AS content FROM mapped),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY content ORDER BY "row", column_number) AS ordinal FROM content)
            SELECT {_id("content", "ordinal")} AS record_id FROM numbered ORDER BY "row", column_number
        """).to_arrow_table()
    found = ids["record_id"].to_pylist() if ordinals else ids["record_id"]
    if ordinals:
        chosen = pa.array([ordinals.get(at, 0) for at in addresses(mapped)], pa.int64())
        con.register("chosen", mapped.append_column("ordinal", chosen))
        own = con.sql(f'SELECT {_id(content, "ordinal")} FROM chosen ORDER BY "row", column_number').fetchall()
        found = [new if n else old for old, (new,), n in zip(found, own, chosen.to_pylist(), strict=True)]
    return pa.table([found, *mapped.columns], names=RECORD.names).cast(RECORD)


def free_ordinals(mapped: pa.Table, source: str, taken: pa.ChunkedArray) -> dict[Address, int]:
    """Return, by address, the ordinal that a row whose own record id is taken has instead.

    The ordinals of `n` equals of a file go up by `n` until their ids are free: so none of them meets another, whichever of
    them are accepted, and two equal rows of two files stay two.

    Args:
        mapped: all accepted rows of a file, schema `MAPPED`.
        source: the source's name from the profile.
        taken: the record ids that active batches of the source have.
    """
    con = _connected(mapped, source)
    con.register("taken", pa.table({"record_id": taken}))
    con.execute(f"""
        CREATE TABLE waiting AS
        WITH content AS (SELECT "row", column_number, {_content(mapped)} AS content FROM mapped)
        SELECT *, row_number() OVER (PARTITION BY content ORDER BY "row", column_number) AS ordinal,
            count(*) OVER (PARTITION BY content) AS equals, {_id("content", "ordinal")} IN (FROM taken) AS meets
        FROM content
    """)
    con.execute("DELETE FROM waiting WHERE NOT meets")
    found: dict[Address, int] = {}
    while con.sql("SELECT 1 FROM waiting LIMIT 1").fetchall():
        con.execute("UPDATE waiting SET ordinal = ordinal + equals")
        con.execute(f"UPDATE waiting SET meets = {_id('content', 'ordinal')} IN (FROM taken)")
        rows = con.sql('SELECT "row", column_number, ordinal FROM waiting WHERE NOT meets').fetchall()
        found |= {Address(row, place): ordinal for row, place, ordinal in rows}
        con.execute("DELETE FROM waiting WHERE NOT meets")
    return found


def _in_order(mapped: pa.Table) -> bool:
    """Whether rows stand in the order of their addresses, as those of a file do; sorting moves every column."""
    numbers = address_numbers(mapped).to_numpy()
    return bool((numbers[1:] > numbers[:-1]).all())


def _connected(mapped: pa.Table, source: str) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.register("mapped", pa.Table.from_batches(mapped.to_batches(_BLOCK), mapped.schema))
    con.execute("SET VARIABLE source = ?", [source])
    return con


def _content(mapped: pa.Table) -> str:
    filled = [name for name in MAPPED.names if mapped[name].null_count < mapped.num_rows]
    # A run of empty columns is one constant, which is worked out once.
    runs = groupby(_CONTENT, lambda name: name in filled)
    parts = [_joined([_part(name, empty=not full) for name in names]) for full, names in runs]
    parts += [f"'{name}=' || CAST({name} AS VARCHAR)" for name in ADDED if name in filled]  # a null is no part at all
    return _joined(parts)


def _joined(parts: Sequence[str]) -> str:
    return f"concat_ws(chr(31), {', '.join(parts)})"


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
