"""Where a factor is used: what a run counts with it, by type of activity and basis, and the records behind each amount."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from trede.engine.duck import connect, quote
from trede.engine.runs import Run
from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.consolidating import counted_sql

KEPT = 64
"""Answers that are kept in memory: a run never changes."""

RATED = 10_000
"""Uncertainties in a plan are in ten-thousandths of the value."""


@dataclass(frozen=True, slots=True)
class Use:
    """What records of one type of activity count with a factor on one basis (`none`: on every basis).

    `quantity` is in `unit`, the factor's. `mg` is what counts of their CO2e, all stages together.
    """

    activity_type: str
    basis: str
    records: int
    quantity: Decimal
    unit: str
    mg: int


@dataclass(frozen=True, slots=True)
class Used:
    """One record with what it counts with a factor on a basis."""

    record: str
    start: date
    end: date
    site: str
    quantity: Decimal
    unit: str
    mg: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """That a run's plan answers a key with a factor, and why."""

    activity_type: str
    attributes: Mapping[str, str]
    geography: str
    year: int
    basis: str
    factor: str
    why: str
    decision: str
    uncertainty: Decimal | None
    """Half the 95 % interval of the factor, in percent of it; None is unknown."""
    rated: str
    """Where the uncertainty comes from: `publisher`, or an entry of the default set."""


def factors_of(run: Run) -> frozenset[str]:
    """Return the factors (`list#factor`) that a run counts with."""
    return frozenset(each.factor for each in choices(run))


def choices(run: Run) -> Sequence[Chosen]:
    """Return which factor answers each key of a run, one for each basis and factor."""
    return _choices(run.folder)


@lru_cache(maxsize=256)
def _choices(folder: Path) -> tuple[Chosen, ...]:
    columns = [
        "activity_type", "attributes", "geography", "year", "basis", "factor", "decision", "reason", "uncertainty"
    ]  # fmt: skip
    found: dict[tuple[Any, ...], Chosen] = {}
    schema = pq.read_schema(folder / "plan.parquet").names
    for row in pq.read_table(folder / "plan.parquet", columns=[c for c in columns if c in schema]).to_pylist():
        if not row["factor"] or row["factor"].startswith("gwp:"):
            continue
        key = tuple(row.get(name) for name in columns[:6])
        if key not in found:
            half, rated = _rating(row.get("uncertainty"))
            found[key] = Chosen(
                row["activity_type"], json.loads(row["attributes"]), row.get("geography") or "", row["year"],
                row["basis"], row["factor"], json.loads(row["reason"])["why"], row["decision"] or "", half, rated,
            )  # fmt: skip
    return tuple(found.values())


def _rating(text: str | None) -> tuple[Decimal | None, str]:
    rated = json.loads(text or "{}").get("factor")
    return (None, "") if not rated else (Decimal(rated[0]) * 100 / RATED, str(rated[1]))


def uses(run: Run, ref: str) -> Sequence[Use]:
    """Return what a run counts with a factor, the largest amount first.

    Args:
        ref: the factor, as `list#factor`.
    """
    return all_uses(run).get(ref, ())


def all_uses(run: Run) -> Mapping[str, Sequence[Use]]:
    """Return what a run counts by factor, the largest amount of each first: the ledger is read once for all of them."""
    return {ref: found for ref, found in _uses(run.folder).items() if ref in factors_of(run)}


@lru_cache(maxsize=KEPT)
def _uses(folder: Path) -> Mapping[str, tuple[Use, ...]]:
    rows = _ask(
        folder, "true",
        """SELECT factor, activity_type, basis, count(DISTINCT record_id), sum(quantity) FILTER (first), any_value(unit),
                  CAST(sum(co2e) AS HUGEINT)
           FROM counted GROUP BY ALL ORDER BY factor, abs(sum(co2e)) DESC, activity_type, basis""",
    )  # fmt: skip
    found: dict[str, list[Use]] = {}
    for ref, *rest in rows:
        found.setdefault(ref, []).append(Use(*rest))
    return {ref: tuple(of) for ref, of in found.items()}


def records_of(run: Run, ref: str, activity_type: str, basis: str, limit: int) -> Sequence[Used]:
    """Return the records of one use, those with the largest amounts first; together they are the use."""
    return _records(run.folder, ref, activity_type, basis, limit) if ref in factors_of(run) else ()


@lru_cache(maxsize=64)
def _records(folder: Path, ref: str, activity_type: str, basis: str, limit: int) -> tuple[Used, ...]:
    rows = _ask(
        folder, "factor = $ref",
        """SELECT record_id, min(start), max("end"), any_value(site), sum(quantity) FILTER (first), any_value(unit),
                  CAST(sum(co2e) AS HUGEINT)
           FROM counted WHERE activity_type = $type AND basis = $basis
           GROUP BY record_id ORDER BY abs(sum(co2e)) DESC, record_id LIMIT $limit""",
        ref=ref, type=activity_type, basis=basis, limit=limit,
    )  # fmt: skip
    return tuple(Used(record, start, end, site or "", *rest) for record, start, end, site, *rest in rows)


def _ask(folder: Path, which: str, query: str, **values: Any) -> list[tuple[Any, ...]]:
    """Ask of the rows that count with some factors; `first` marks one row of each part of a record on a basis.

    The flows of a key repeat its quantity, so that it is summed over the first flow of the factor alone.

    Args:
        which: the condition on the factor.
    """
    ledger, plan = quote(folder / "ledger.parquet"), quote(folder / "plan.parquet")
    wanted = (
        "record_id", "start", '"end"', "site", "activity_type", "basis", "quantity", "unit", "plan_key", "flow", "factor",
    )  # fmt: skip
    rows = counted_sql("ledger", [*wanted, "co2e"])
    with tempfile.TemporaryDirectory(prefix="trede-uses-") as temp, connect(Path(temp)) as con:
        return con.execute(
            f"""
            WITH ledger AS (SELECT {", ".join((*wanted, "share", *GAS_COLUMNS))} FROM '{ledger}' WHERE {which}),
            heads AS (
                SELECT plan_key, basis, factor, arg_min(flow, flow_no) AS flow FROM '{plan}' WHERE {which} GROUP BY ALL
            ),
            counted AS (
                SELECT c.*, c.flow = l.flow AS first FROM ({rows}) c JOIN heads l USING (plan_key, basis, factor)
            )
            {query}
            """,
            values,
        ).fetchall()
