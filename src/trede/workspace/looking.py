"""Looking rows up in stored tables by a value: one engine in memory for all questions, wide columns of the rows found alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa


@cache
def engine() -> duckdb.DuckDBPyConnection:
    """Return the engine; a question takes a `cursor()` of it, so that threads may ask at once."""
    con = duckdb.connect()
    con.execute("SET threads = 2")
    con.execute("SET memory_limit = '500MB'")
    con.execute("SET parquet_metadata_cache = true")
    return con


def rows_where(
    paths: Sequence[Path], schema: pa.Schema, column: str, values: Sequence[str]
) -> list[tuple[Path, dict[str, Any]]]:
    """Return the rows with one of some values, each with its file.

    Args:
        paths: files of one kind, some perhaps of an earlier version.
        schema: the columns that a row gets; what a file does not have yet is None.
    """
    if not paths or not values:
        return []
    con = engine().cursor()
    con.execute(
        "SELECT * FROM read_parquet(?, union_by_name = true, filename = 'stored_in') "
        f"WHERE {column} IN ({', '.join('?' * len(values))})",
        [[str(path) for path in paths], *values],
    )
    names = [name for name, *_ in con.description or ()]
    empty = dict.fromkeys(schema.names)
    found = []
    for row in con.fetchall():
        values_of = dict(zip(names, row, strict=True))
        path = Path(values_of.pop("stored_in"))
        found.append((path, {**empty, **values_of}))
    return found
