"""The record: mapped fields with an identity that survives re-delivery.

A record id is made of the source's name, the mapped content and an ordinal for equals (two equal rows stay two). The row
number is not part of it: the same fill on another line of a corrected file is the same record.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

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
    con = duckdb.connect()
    con.register("mapped", mapped)
    con.execute("SET VARIABLE source = ?", [source])
    parts = ", ".join(f'coalesce(CAST("{name}" AS VARCHAR), chr(0))' for name in _CONTENT)
    columns = ", ".join(f'"{name}"' for name in MAPPED.names)
    query = f"""
        WITH content AS (SELECT {columns}, concat_ws(chr(31), {parts}) AS content FROM mapped),
        numbered AS (
            SELECT *, row_number() OVER (PARTITION BY content ORDER BY "row") AS ordinal FROM content
        )
        SELECT substr(sha256(concat_ws(chr(30), getvariable('source'), content, ordinal)), 1, {ID_LENGTH}) AS record_id,
               {columns}
        FROM numbered ORDER BY "row"
    """
    found: pa.Table = con.sql(query).to_arrow_table()
    return found.cast(RECORD)
