"""Dividing a run's emissions over receivers by a key: a view beside the ledger, in which nothing is posted and nothing lost.

Each account on each basis is divided by itself, in whole milligrams with the largest remainder. So receivers add up to what is
divided, and headings to receivers, in every standard.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.catalogue.standards import Standard
from trede.engine.runs import Run
from trede.kernel.sharing import share_out
from trede.ledger.consolidating import read_counted
from trede.organisation.allocation import Allocation, Selection

Posting = tuple[str, str]
"""Account and basis."""
Amounts = Mapping[Posting, int]
"""Milligrams CO2e by posting."""

_COLUMNS = (
    "record_id", "batch", "entity", "site", "project", "department", "start", "end", "activity_type", "account", "basis", "co2e",
)  # fmt: skip


@dataclass(frozen=True)
class Allocated:
    """A run's emissions under an allocation. `divided` + `crossing` + `beside` is everything that counts, to the milligram.

    `divided` has a part for each receiver, and under None what the key leaves without one. `crossing` is of records whose
    period is only in part among the days of the allocation: they are not divided. `beside` is what the allocation is not
    about.
    """

    allocation: Allocation
    divided: Mapping[str | None, Amounts]
    crossing: Amounts
    beside: Amounts
    records: frozenset[str]
    """The records that are divided."""


def divide(amounts: Amounts, allocation: Allocation) -> dict[str | None, dict[Posting, int]]:
    """Divide milligrams by the keys of an allocation; None is the part without a receiver."""
    weights = allocation.weights
    found: dict[str | None, dict[Posting, int]] = {name: {} for name in weights}
    for posting, mg in amounts.items():
        for name, part in zip(weights, share_out(mg, list(weights.values())), strict=True):
            found[name][posting] = part
    return found


def allocate(run: Run, allocation: Allocation, source_of: Mapping[str, str]) -> Allocated:
    """Divide what counts in a run.

    Args:
        source_of: the source of each batch of the run.
    """
    rows = _counted(run.folder / "ledger.parquet")
    chosen = _chosen(rows, allocation.of, source_of, run)
    days = allocation.days
    touching = pc.and_(pc.less_equal(rows["start"], days.end), pc.greater_equal(rows["end"], days.start))
    inside = pc.and_(pc.greater_equal(rows["start"], days.start), pc.less_equal(rows["end"], days.end))
    divided = pc.and_(chosen, inside)
    crossing = pc.and_(chosen, pc.and_(touching, pc.invert(inside)))
    beside = pc.invert(pc.or_(divided, crossing))
    parts = divide(_sums(rows.filter(divided)), allocation)
    records = frozenset(rows.filter(divided)["record_id"].to_pylist())
    return Allocated(allocation, parts, _sums(rows.filter(crossing)), _sums(rows.filter(beside)), records)


def by_heading(amounts: Amounts, standard: Standard, basis: str) -> dict[str, int]:
    """Return milligrams by heading of a standard on a basis; rows without a basis belong to both."""
    found: dict[str, int] = defaultdict(int)
    for (account, on), mg in amounts.items():
        heading = standard.heading_of.get(account)
        if heading is not None and on in ("none", basis):
            found[heading] += mg
    return dict(found)


def _counted(path: Path) -> pa.Table:
    """Return what counts of a ledger; columns that an earlier version did not have are empty."""
    known = set(pq.read_schema(path).names)
    rows = read_counted(path, [name for name in _COLUMNS if name in known])
    for name in _COLUMNS:
        if name not in known:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, pa.string()))
    return rows


def _sums(rows: pa.Table) -> dict[Posting, int]:
    amounts = rows["co2e"].cast(pa.decimal128(38, 0))
    table = pa.table({"account": rows["account"], "basis": rows["basis"], "co2e": amounts})
    sums = table.group_by(["account", "basis"]).aggregate([("co2e", "sum")]).to_pylist()
    return {(row["account"], row["basis"]): int(row["co2e_sum"]) for row in sums}


def _chosen(rows: pa.Table, of: Selection, source_of: Mapping[str, str], run: Run) -> pa.ChunkedArray:
    """Return which rows fit every field of a selection."""
    found = pc.is_valid(rows["account"])
    batches = tuple(batch for batch, source in source_of.items() if source in of.sources)
    fields = (
        ("batch", batches if of.sources else None), ("site", of.sites or None), ("entity", of.entities or None),
        ("project", of.projects or None), ("department", of.departments or None),
    )  # fmt: skip
    for column, names in fields:
        if names is not None:
            found = pc.and_(found, _among(rows[column], names))
    if of.accounts:
        wanted = [
            account
            for account in pc.unique(rows["account"]).to_pylist()
            if any(account == name or account.startswith(f"{name}.") for name in of.accounts)
        ]
        found = pc.and_(found, _among(rows["account"], wanted))
    if of.activity_types:
        derived = run.table("derived")
        recorded = derived.filter(_among(derived["recorded_type"], of.activity_types))["record_id"]
        posted = _among(rows["activity_type"], of.activity_types)
        found = pc.and_(found, pc.or_(posted, _among(rows["record_id"], pc.unique(recorded).to_pylist())))
    return found


def _among(column: pa.ChunkedArray, names: list[str] | tuple[str, ...]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(list(names), pa.string()))
