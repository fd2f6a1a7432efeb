"""The ledger calculated by DuckDB: activities sorted once while they are narrow, then multiplied into flows in that order.

Sorting the finished rows cost four times as much (they are 2.7 times as many and three times as wide). A join would lose
the order, so after the sort there is none: each record is unnested into the numbers of its flows, and what a flow says is
looked up in constant lists. DuckDB keeps the order of such a chain of projections.

Arrow writes the file, one block of rows while DuckDB makes the next: DuckDB's own ordered COPY makes and writes by turns.
Texts that repeat travel as codes, which Arrow writes as they are.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.engine.execute import FLOW_TEXTS, Executable
from trede.kernel.disk import PARQUET_OPTIONS, disk
from trede.ledger.schema import LEDGER

ROW_GROUP = 32_768
PARQUET = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP}"
_FEW = ("batch", "entity", "site", "project", "department", "quality", "activity_type", "meter", "sample")
"""Columns of activities with few distinct values: sorted and written as codes."""

_MANY = 4_096
"""So many distinct values travel as text: a block of rows carries every code of a column, used or not."""

_DISTINCT = frozenset({"record_id", "row", "quantity", "energy_j", "co2e", "unsplit", "biogenic_co2"})
"""Columns of the ledger with hardly any repeated value."""


def connect(temp: Path) -> duckdb.DuckDBPyConnection:
    """Open an engine in memory that spills into `temp` beyond its limit."""
    con = duckdb.connect(config={"temp_directory": str(temp), "memory_limit": "700MB"})
    con.execute("SET TimeZone = 'UTC'")
    return con


def write_ledger(con: duckdb.DuckDBPyConnection, executable: Executable, path: Path, schema: pa.Schema = LEDGER) -> int:
    """Write the ledger of the view `activity`, sorted; returns the number of rows."""
    con.register("plan_key", executable.keys)
    con.register("plan_flow", executable.flows)
    codes = _Codes(con)
    _sort_activities(con, executable, codes)
    lookups = _lookups(con, executable.flows, codes)
    source = f"""
        (SELECT a.*, {lookups} FROM (
            SELECT sorted.*, unnest(range(first_flow, last_flow + 1)) AS flow_no FROM sorted
        ) a) a
    """
    columns = ", ".join(codes.travelling(name) for name in schema.names)
    query = f"SELECT {columns} FROM ({executable.select_from(source, 'a')}) ledger"
    disk.export(path, lambda target: _write(con.sql(query).to_arrow_reader(ROW_GROUP), target))
    con.execute("DROP TABLE sorted")
    return int(pq.ParquetFile(path).metadata.num_rows)


def _write(blocks: pa.RecordBatchReader, path: Path) -> None:
    """Write blocks of rows in their order, each as a row group, while the next is made."""
    repeated = [name for name in blocks.schema.names if name not in _DISTINCT]
    with (
        pq.ParquetWriter(path, blocks.schema, use_dictionary=repeated, store_schema=False, **PARQUET_OPTIONS) as writer,
        ThreadPoolExecutor(1) as pool,
    ):
        for waiting in _one_ahead(pool.submit(writer.write_batch, block) for block in blocks):
            waiting.result()


def _one_ahead(given: Iterable[Future[None]]) -> Iterable[Future[None]]:
    """Give each piece of work when the next one waits behind it."""
    before = None
    for work in given:
        if before is not None:
            yield before
        before = work
    if before is not None:
        yield before


class _Codes:
    """Texts that repeat, as enumerations in alphabetical order."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._many: set[str] = set()

    def of(self, name: str, table: str, column: str, distinct: int) -> str:
        """Return `column` as codes, of so many `distinct` values; a column without values stays text."""
        if distinct == 0:
            return f"CAST({column} AS VARCHAR)"
        if distinct > _MANY:
            self._many.add(name)
        values = f"SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY 1"
        self._con.execute(f"CREATE TYPE {name}_code AS ENUM ({values})")
        return f"CAST({column} AS {name}_code)"

    def travelling(self, name: str) -> str:
        """Return a column of the ledger as it goes to the file: one with a great many codes as text."""
        many = name in self._many or f"flow_{name}" in self._many
        return f'CAST("{name}" AS VARCHAR) AS "{name}"' if many else f'"{name}"'


def _sort_activities(con: duckdb.DuckDBPyConnection, executable: Executable, codes: _Codes) -> None:
    columns = [
        "activity.record_id",
        "activity.part",
        'activity."row"',
        "activity.start",
        'activity."end"',
        f"{executable.amount} AS {'exchanged' if executable.exchanged else 'quantity'}",
        "activity.share",
        "activity.uncertainty",
    ]
    counts = ", ".join(f"count({'DISTINCT ' if name in LEDGER.names else ''}{name})" for name in _FEW)
    row = con.execute(f"SELECT {counts} FROM activity").fetchall()[0]
    for name, distinct in zip(_FEW, row, strict=True):
        columns.append(f"{codes.of(name, 'activity', f'activity.{name}', distinct)} AS {name}")
    con.execute(f"""
        CREATE TEMP TABLE sorted AS
        SELECT {", ".join(columns)}, k.plan_key, k.group_no, k.first_flow, k.last_flow
        FROM {executable.resolved} WHERE {executable.counts}
        ORDER BY k.group_no, site NULLS FIRST, activity.start, activity.record_id, activity.part, activity.batch, activity."row"
    """)


def _lookups(con: duckdb.DuckDBPyConnection, flows: pa.Table, codes: _Codes) -> str:
    """Make a constant list of each column of the flows, and return the columns that look a row's flow up in them."""
    found = []
    for name in flows.column_names:
        if name in ("plan_key", "flow_no"):
            continue
        texts = name in FLOW_TEXTS
        value = codes.of(f"flow_{name}", "plan_flow", name, pc.count_distinct(flows[name]).as_py()) if texts else name
        con.execute(f"SET VARIABLE flow_{name} = (SELECT list({value} ORDER BY flow_no) FROM plan_flow)")
        found.append(f"list_extract(getvariable('flow_{name}'), a.flow_no) AS {name}")
    return ", ".join(found)


def quote(path: Path) -> str:
    """Return a path for a SQL text literal."""
    return str(path).replace("'", "''")
