"""A side of a bridge and what its activities amount to under a plan, computed by the engine and summed by place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa

from trede.analysis.counterfactual import trait
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input, distinct_keys, load_activities
from trede.engine.compute import exchange_of
from trede.engine.deriving import deriving_types
from trede.engine.duck import connect
from trede.engine.execute import Executable, compile_plan
from trede.engine.instruments import cover
from trede.engine.plan import GROUP, Key
from trede.engine.runs import Run, covered_records
from trede.kernel.errors import RunError
from trede.kernel.periods import Period
from trede.ledger.consolidating import counted_sql, shared_sql

STAYS, CORRECTED, MOVED = "stays", "corrected", "moved"
"""What a record is beside the other side: of the activity; a record of the same period that the other side does not have;
of an entity that the other side does not have inside its boundary with that share, or that stands elsewhere there."""


@dataclass(frozen=True)
class Side:
    """One side of a bridge: a run, and the period within it that is looked at.

    Attributes:
        inputs: the run's batches.
    """

    run: Run
    period: Period
    inputs: Sequence[Input]

    @property
    def order(self) -> tuple[Period, str, str]:
        """What tells the earlier side from the later one: the period, then the moment of calculation."""
        return self.period, str(self.run.made["made_at"]), self.run.id


class Place(NamedTuple):
    """Where an amount stands: the finest grain of a bridge."""

    account: str
    stage: str
    basis: str
    entity: str | None
    site: str | None
    activity_type: str
    attributes: str
    unit: str
    geography: str


Amounts = Mapping[Place, int]
"""Milligrams CO2e by place."""

Sums = Mapping[str, Amounts]
"""Amounts by what the records are (`STAYS`, `CORRECTED`, `MOVED`)."""


class Opened:
    """A side whose activities are loaded in an engine of its own."""

    def __init__(self, side: Side, con: duckdb.DuckDBPyConnection) -> None:
        self.side = side
        self._con = con
        self.keys: list[Key] = distinct_keys(con)
        self._done: list[tuple[pa.Table, list[Key], Sums]] = []

    def entities(self) -> pa.Table:
        """Return the entities that have a record inside the boundary, with the share that counts."""
        names = "coalesce(entity, '') AS entity, CAST(share AS DECIMAL(7,6)) AS share"
        query = f"SELECT DISTINCT {names} FROM activity WHERE share > 0"
        return self._con.sql(query).to_arrow_table()

    def records(self) -> pa.Table:
        """Return the ids of all records with where they stand: the share and the account group of their parts."""
        return self._con.sql(f"""
            SELECT record_id, string_agg(DISTINCT stands, ' ' ORDER BY stands) AS stands
            FROM (SELECT record_id, CAST(share AS DECIMAL(7,6)) || coalesce(attributes ->> '$."{GROUP}"', '') AS stands
                  FROM activity) placed
            GROUP BY record_id
        """).to_arrow_table()

    def meet(self, other: Opened, *, same_period: bool) -> None:
        """Get to know the other side: its entities and, when both cover one period, its records."""
        self._con.register("other_entity", other.entities())
        known = other.records() if same_period else self.records()
        self._con.register("other_record", known)
        self._con.register("own_record", self.records())
        self._con.execute(
            "CREATE TEMP TABLE same_record AS SELECT * FROM own_record SEMI JOIN other_record USING (record_id, stands)"
        )

    def posted(self, executable: Executable, columns: Sequence[str]) -> pa.Table:
        """Return what counts of the ledger rows that the activities post under a plan, in no order."""
        exchange_of(self._con, executable)
        return self._con.sql(counted_sql(f"({executable.select}) posted", columns)).to_arrow_table()

    def measure(self, plan: pa.Table, keys: Sequence[Key]) -> Sums:
        """Return what the activities amount to under a plan whose keys are numbered in the order of `keys`."""
        for known, numbered, sums in self._done:
            if known.equals(plan) and numbered == list(keys):
                return sums
        executable = compile_plan(plan)
        exchange_of(self._con, executable)
        rows = self._con.sql(f"""
            SELECT CASE WHEN (coalesce(entity, ''), CAST(share AS DECIMAL(7,6))) NOT IN (SELECT (entity, share) FROM other_entity)
                        THEN '{MOVED}'
                        WHEN record_id IN (SELECT record_id FROM same_record) THEN '{STAYS}'
                        WHEN record_id IN (SELECT record_id FROM other_record) THEN '{MOVED}'
                        ELSE '{CORRECTED}' END AS what,
                   plan_key, account, stage, basis, entity, site, CAST(sum({shared_sql("co2e")}) AS DECIMAL(38,0)) AS mg
            FROM ({executable.select}) posted WHERE share > 0 GROUP BY ALL
        """).fetchall()
        named = [trait(key) for key in keys]
        found: dict[str, dict[Place, int]] = {what: defaultdict(int) for what in (STAYS, CORRECTED, MOVED)}
        for what, number, account, stage, basis, entity, site, mg in rows:
            key = named[number]
            place = Place(
                account, stage, basis, entity, site, key.activity_type, key.attributes, key.unit, key.geography
            )
            found[what][place] += int(mg)
        self._done.append((plan, list(keys), found))
        return found


@contextmanager
def opened(side: Side, folder: Path) -> Iterator[Opened]:
    """Load the activities of a side with its own certificates settled; the engine may write into `folder`."""
    with connect(folder) as con:
        run, deriving = side.run, deriving_types(vocabulary()) + [m["id"] for m in side.run.spec.get("models", ())]
        covered = covered_records(run.spec)
        load_activities(con, side.inputs, side.period, run.cutting, covered, run.table("derived"), deriving)
        cover(con, side.run.settle)
        yield Opened(side, con)


def check_own(side: Side, sums: Sums) -> None:
    """Hold what was computed here against the run's own totals.

    Raises:
        RunError: `bridge_run_differs`: what the run rests on does not give its amounts any more.
    """
    if side.period != side.run.period:
        return
    computed: dict[tuple[str, str], int] = defaultdict(int)
    for amounts in sums.values():
        for place, mg in amounts.items():
            computed[place.account, place.basis] += mg
    for row in side.run.table("totals").select(["account", "basis", "co2e"]).to_pylist():
        computed[row["account"], row["basis"]] -= int(row["co2e"])
    if any(computed.values()):
        raise RunError.of("bridge_run_differs", run=side.run.id)
