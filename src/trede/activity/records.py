"""The record: mapped fields with an identity that survives re-delivery.

A record id is made of the source's name, the mapped content and an ordinal for equals (two equal rows stay two). The row
number is not part of it: the same fill on another line of a corrected file is the same record.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.fields import MAPPED

ID_LENGTH = 24
"""Hexadecimal digits of a record id (96 bits)."""

RECORD = pa.schema([pa.field("record_id", pa.string()), *MAPPED])

_CONTENT = [name for name in MAPPED.names if name != "row"]


def identify(mapped: pa.Table, source: str) -> pa.Table:
    """Give every mapped row its record id.

    Args:
        mapped: rows with schema `MAPPED`, any order.
        source: the source's name from the profile.

    Returns:
        The same rows with schema `RECORD`, ordered by row.
    """
    mapped = mapped.sort_by("row")
    con = duckdb.connect()
    con.register("mapped", mapped)
    con.execute("SET VARIABLE source = ?", [source])
    parts = [_part(name, empty=mapped[name].null_count == mapped.num_rows) for name in _CONTENT]
    content = f"concat_ws(chr(31), {', '.join(parts)})"
    ids = con.sql(f"SELECT {_id(content, '1')} AS record_id FROM mapped").to_arrow_table()
    if pc.count_distinct(ids["record_id"]).as_py() < ids.num_rows:
        # Equals have one content: number them in the order of their rows.
        ids = con.sql(f"""
            WITH content AS (SELECT "row", {content} AS content FROM mapped),
            numbered AS (SELECT *, row_number() OVER (PARTITION BY content ORDER BY "row") AS ordinal FROM content)
            SELECT {_id("content", "ordinal")} AS record_id FROM numbered ORDER BY "row"
        """).to_arrow_table()
    return pa.table([ids["record_id"], *mapped.columns], names=RECORD.names).cast(RECORD)


def _part(name: str, *, empty: bool) -> str:
    return "chr(0)" if empty else f'coalesce(CAST("{name}" AS VARCHAR), chr(0))'


def _id(content: str, ordinal: str) -> str:
    return f"substr(sha256(concat_ws(chr(30), getvariable('source'), {content}, {ordinal})), 1, {ID_LENGTH})"
