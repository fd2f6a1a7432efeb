"""The activities of a run: the records of its batches, cut where the run's settings say, with their share in the boundary."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trede.activity.records import RECORD
from trede.engine.approach import ASSOCIATE, MARK, Move
from trede.engine.crediting import date_spend
from trede.engine.cutting import Cutting, literal, move_borders
from trede.engine.plan import Key
from trede.engine.rating import prepare_ratings, rated_derived, rated_records, read
from trede.kernel.periods import Period

COLUMNS = (
    "record_id", "row", "activity_type", "attributes", "quantity", "unit", "start", "end", "entity", "site", "project",
    "geography", "quality", "meter", "document", "credit_of", "replaces", "supplier",
    "vehicle", "department", "uncertainty", "sample",
)  # fmt: skip
"""The columns that a run reads of its batches."""


@dataclass(frozen=True, slots=True)
class Input:
    """One batch: its id and the Parquet file of its records."""

    batch: str
    path: Path


COVERED = "covered_activity"
"""The view of the records that others cover: they post nothing, and what they would have posted is told beside."""

COVERED_BY_OTHERS = "covered_by_others"
"""Code of covered records that would have posted nothing: somebody settled them, so they are no open point."""

OF_YEARS = "activity_of_years"
"""The view of the whole calendar years that a run touches: certificates and credits are settled over years."""


def load_activities(
    con: duckdb.DuckDBPyConnection, inputs: Sequence[Input], period: Period, cutting: Cutting | None = None,
    covered: Collection[str] = (), derived: pa.Table | None = None, deriving: Sequence[str] = (),
) -> None:  # fmt: skip
    """Create the view `activity` over all records that touch the period, with the `share` of each that counts (0 to 1).

    A record that the approach moves to another account group has it among its attributes, as a derived one has.

    The view `activity_of_years` is like it over the whole calendar years that the period touches.

    A record that crosses no border is read as it stands (part 0). Another is cut, its quantity exactly (largest remainder
    at a millionth), and its parts inside the period are numbered from 1.

    Args:
        covered: ids of records that another record covers; they are in the view `covered_activity` only.
        derived: what stands in the place of the records of the types in `deriving` (schema `engine.deriving.DERIVED`).
    """
    cutting = cutting or Cutting()
    made = derived is not None and bool(deriving)
    if made:
        con.register("derived", derived)
    by, paths = cutting.ratings, [i.path for i in inputs]
    rated = prepare_ratings(con, paths, by, derived=made) if by else frozenset()
    sources = [
        f"SELECT '{i.batch}' AS batch, {_stored(i.path)} FROM {rated_records(i.path) if i.path in rated else read(i.path)}"
        for i in inputs
    ] or [_nothing()]
    recorded = " UNION ALL ".join(sources)
    if made:
        types = ", ".join(literal(name) for name in deriving)
        recorded = f"SELECT * FROM ({recorded}) stored WHERE activity_type NOT IN ({types})"
        names = ", ".join(f'"{name}"' for name in COLUMNS)
        recorded += f" UNION ALL SELECT batch, {names} FROM {rated_derived() if rated else 'derived'}"
    con.execute(f"CREATE VIEW stored_record AS {recorded}")
    replaced = date_spend(con, COLUMNS)
    if covered or replaced:
        decided = pa.table({"record_id": pa.array(sorted({*covered, *replaced}), pa.string())})
        con.register("covered_record", decided)
        con.execute("CREATE VIEW counted AS SELECT * FROM recorded ANTI JOIN covered_record USING (record_id)")
        left_out = "(SELECT * FROM recorded SEMI JOIN covered_record USING (record_id))"
    else:
        con.execute("CREATE VIEW counted AS SELECT * FROM recorded")
        left_out = "(SELECT * FROM recorded WHERE false)"
    years = Period(date(period.start.year, 1, 1), date(period.end.year, 12, 31))
    _view(con, OF_YEARS, "counted", years, cutting)
    if period == years:
        con.execute(f"CREATE VIEW activity AS SELECT * FROM {OF_YEARS}")
    else:
        _view(con, "activity", "counted", period, cutting)
    _view(con, COVERED, left_out, period, cutting)


def _view(con: duckdb.DuckDBPyConnection, name: str, source: str, period: Period, cutting: Cutting) -> None:
    names = ", ".join(f'"{column}"' for column in COLUMNS)
    inside = f"""start >= DATE '{period.start}' AND "end" <= DATE '{period.end}'
        AND extract(year FROM start) = extract(year FROM "end"){_whole(cutting)}"""
    touching = f"""start <= DATE '{period.end}' AND "end" >= DATE '{period.start}'"""
    crossing = con.sql(f"SELECT * FROM {source} WHERE {touching} AND NOT ({inside})").to_arrow_table()
    parts = _split(crossing, period, cutting)
    body = f"SELECT 0 AS part, * FROM {source} WHERE {inside}"
    if parts.num_rows:
        con.register(f"{name}_parts", parts)
        body += f" UNION ALL SELECT part, batch, {names} FROM {name}_parts"
    if cutting.moves:
        rest = names.replace('"attributes"', f"{_attributes(cutting)} AS attributes")
        body = f"SELECT part, batch, {rest} FROM ({body}) cut"
    con.execute(f"CREATE VIEW {name} AS SELECT *, {_share(cutting)} AS share FROM ({body}) placed")


def distinct_keys(con: duckdb.DuckDBPyConnection, view: str = "activity") -> list[Key]:
    """Return the distinct plan keys of a view."""
    rows = con.execute(
        f"SELECT DISTINCT activity_type, attributes, unit, geography, CAST(extract(year FROM start) AS INTEGER) FROM {view}"
    ).fetchall()
    return [Key(*row) for row in rows]


def _split(table: pa.Table, period: Period, cutting: Cutting) -> pa.Table:
    schema = pa.schema([pa.field("part", pa.int32()), *table.schema])
    rows: list[dict[str, Any]] = []
    for record in table.to_pylist():
        for number, piece, quantity in cutting.parts(record, period):
            rows.append({**record, "part": number, "start": piece.start, "end": piece.end, "quantity": quantity})
    return pa.Table.from_pylist(rows, schema=schema)


def _whole(cutting: Cutting) -> str:
    """Return the condition (with AND in front) that nothing changed for a record within its days."""
    found = [
        (f"coalesce(entity, '') = {literal(entity)}", day)
        for entity in dict.fromkeys([*cutting.controlled, *cutting.stakes])
        for day in cutting.borders(entity)
    ]
    found += [(_fits(move), day) for move in cutting.moves for day in move_borders(move)]
    return "".join(f""" AND NOT ({about} AND start < DATE '{day}' AND "end" >= DATE '{day}')""" for about, day in found)


def _fits(move: Move) -> str:
    """Return the condition that a move is about a record, whatever its days: never null, as `Move.fits`."""
    parts = [f"activity_type IN ({_list(move.groups)})", f"attributes NOT LIKE '%{MARK}%'"]
    parts += [f"coalesce({n}, '') = {literal(v)}" for n, v in (("entity", move.entity), ("site", move.site)) if v]
    parts += [f"coalesce(vehicle, '') IN ({_list(move.vehicles)})"] if move.vehicles else []
    return f"({' AND '.join(parts)})"


def _during(days: Period) -> str:
    return f"start BETWEEN DATE '{days.start}' AND DATE '{days.end}'"


def _list(names: Collection[str]) -> str:
    return ", ".join(literal(name) for name in names)


def _attributes(cutting: Cutting) -> str:
    """Return the attributes as canonical JSON, with the account group of the first move that is about the record."""
    whens = ""
    for move in cutting.moves:
        groups = "".join(f" WHEN {literal(kind)} THEN {literal(group)}" for kind, group in move.groups.items())
        whens += f" WHEN {_fits(move)} AND {_during(move.days)} THEN CASE activity_type{groups} END"
    group = f"CASE{whens} END"
    # The name of the group comes before every other name of an attribute.
    rest = "CASE WHEN attributes = '{}' THEN '}' ELSE ',' || substr(attributes, 2) END"
    return f"""coalesce('{{{MARK}:"' || {group} || '"' || {rest}, attributes)"""


def _share(cutting: Cutting) -> str:
    """Return the share of an activity, by its first day: it changes at no day within it."""
    whens = ""
    for entity, stakes in cutting.stakes.items():
        for stake in stakes:
            of = f" AND attributes LIKE '%{MARK}:\"{ASSOCIATE}\"%'" if stake.associate else ""
            whens += f" WHEN entity = {literal(entity)} AND {_during(stake.days)}{of} THEN {stake.share}"
    for entity, periods in cutting.controlled.items():
        days = [_during(p) for p in periods] or ["false"]
        whens += f" WHEN entity = {literal(entity)} AND NOT ({' OR '.join(days)}) THEN 0"
    kind = "DECIMAL(7,6)" if cutting.stakes else "TINYINT"
    return f"CAST(CASE{whens} ELSE 1 END AS {kind})" if whens else "CAST(1 AS TINYINT)"


def _stored(path: Path) -> str:
    """Return the columns of a batch, empty where an earlier version did not have them yet."""
    known = pq.read_schema(path).names
    return ", ".join(f'"{name}"' if name in known else _empty(name) for name in COLUMNS)


def _nothing() -> str:
    return f"SELECT CAST(NULL AS VARCHAR) AS batch, {', '.join(map(_empty, COLUMNS))} WHERE false"


def _empty(name: str) -> str:
    sql = {pa.string(): "VARCHAR", pa.int32(): "INTEGER", pa.date32(): "DATE"}
    return f'CAST(NULL AS {sql.get(RECORD.field(name).type, "DECIMAL(38,6)")}) AS "{name}"'
