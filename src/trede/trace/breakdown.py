"""The first three rungs: a total into headings, a heading into accounts, an account into months, a month into records.

Every rung adds up exactly to the figure before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard
from trede.engine.runs import Run
from trede.inventory.footprint import Footprint, footprint, footprint_of
from trede.kernel.errors import TredeError
from trede.ledger.consolidating import read_counted
from trede.trace.slices import Slice, span

LIST = 20
"""Records that a rung lists by name, the largest first; the rest stands as one sum."""

Kind = Literal["heading", "account", "period", "record", "rest"]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a figure. `name` is an id or code; `address` leads to the next rung (empty: no further)."""

    kind: Kind
    name: str
    mg: int
    rows: int
    address: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Rung:
    """A figure with its parts; the parts add up to it."""

    address: str
    kind: Literal["total", "slice", "heading", "group", "account", "period"]
    name: str
    standard: Standard
    basis: str
    mg: int
    parts: list[Part]


def explain_total(run: Run, name: str, standard: Standard, basis: str) -> Rung:
    """Break a run's total under a standard into headings."""
    view = footprint_of(run, standard, basis)
    address = f"{name}/{standard.short}:{basis}"
    counts = _counts(run, basis, None)
    parts = [
        Part(
            "heading", ident, line.mg, sum(counts[a] for a in standard.accounts_under(ident)), f"{address}/{ident}", {}
        )
        for line in view.lines
        for ident in [line.heading.id]
        if line.depth == 0
    ]
    return _rung(Rung(address, "total", standard.id, standard, basis, view.total, parts))


def explain_slice(run: Run, name: str, standard: Standard, basis: str, of: Slice) -> Rung:
    """Break one site's or one month's part of a total into accounts."""
    view = _view(run, standard, basis, of)
    address = _top(name, standard, basis, of)
    counts = _counts(run, basis, of)
    parts = [
        Part("account", account, mg, counts[account], f"{address}/{line.heading.id}/{account}", {})
        for line in view.lines
        for account, mg in line.accounts.items()
    ]
    return _rung(Rung(address, "slice", str(of), standard, basis, view.total, _by_size(parts)))


def explain_group(
    run: Run, name: str, standard: Standard, basis: str, heading: str, group: str, of: Slice | None = None
) -> Rung:
    """Break a group of accounts under a heading into its accounts."""
    view = _view(run, standard, basis, of)
    top = f"{_top(name, standard, basis, of)}/{heading}"
    under = [account for account in standard.accounts_under(heading) if chart()[account].group == group]
    counts = _counts(run, basis, of)
    amounts = _amounts(view, under)
    parts = [Part("account", account, mg, counts[account], f"{top}/{account}", {}) for account, mg in amounts.items()]
    return _rung(Rung(f"{top}/{group}", "group", group, standard, basis, sum(amounts.values()), _by_size(parts)))


def explain_heading(run: Run, name: str, standard: Standard, basis: str, heading: str, of: Slice | None = None) -> Rung:
    """Break a heading into the accounts under it (those of nested headings too)."""
    view = _view(run, standard, basis, of)
    line = view.line(heading)
    address = f"{_top(name, standard, basis, of)}/{heading}"
    amounts = _amounts(view, standard.accounts_under(heading))
    counts = _counts(run, basis, of)
    parts = [
        Part("account", account, mg, counts[account], f"{address}/{account}", {}) for account, mg in amounts.items()
    ]
    return _rung(Rung(address, "heading", heading, standard, basis, line.mg, _by_size(parts)))


def explain_account(
    run: Run, name: str, standard: Standard, basis: str, heading: str, account: str, of: Slice | None = None
) -> Rung:
    """Break an account into months; records that span more than one month stand by their own period.

    Raises:
        TredeError: `account_not_under_heading`.
    """
    if account not in standard.accounts_under(heading):
        raise TredeError.of("account_not_under_heading", account=account, heading=heading)
    address = f"{_top(name, standard, basis, of)}/{heading}/{account}"
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    days = _table(run, account, basis, ["start", "end", "co2e", "site"]).group_by(["start", "end", "site"])
    for row in _of(days.aggregate([("co2e", "sum"), ("co2e", "count")]), of):
        entry = sums[span(row["start"], row["end"])]
        entry[0] += row["co2e_sum"]
        entry[1] += row["co2e_count"]
    parts = [Part("period", p, mg, n, f"{address}/{p}", {}) for p, (mg, n) in sorted(sums.items())]
    return _rung(Rung(address, "account", account, standard, basis, sum(p.mg for p in parts), parts))


def explain_period(
    run: Run, name: str, standard: Standard, basis: str, heading: str, account: str, months: str, limit: int | None = LIST,
    of: Slice | None = None,
) -> Rung:  # fmt: skip
    """Break a month (or another span) of an account into records: the largest by name, the rest as one sum.

    Args:
        limit: how many stand by name; None: all.

    Raises:
        TredeError: `account_not_under_heading`, or `span_unknown` when the account has no row of that span.
    """
    if account not in standard.accounts_under(heading):
        raise TredeError.of("account_not_under_heading", account=account, heading=heading)
    columns = ["record_id", "batch", "row", "start", "end", "co2e", "quantity", "unit", "site"]
    everything = _table(run, account, basis, columns)
    days = _of(everything.group_by(["start", "end", "site"]).aggregate([]), of)
    meant = [(row["start"], row["end"]) for row in days if span(row["start"], row["end"]) == months]
    if not meant:
        known = sorted({span(row["start"], row["end"]) for row in days})
        raise TredeError.of("span_unknown", span=months, account=account, known=known)
    within = (pc.field("start") >= min(start for start, _ in meant)) & (pc.field("end") <= max(end for _, end in meant))
    rows = [row for row in _of(everything.filter(within), of) if span(row["start"], row["end"]) == months]
    rows.sort(key=lambda row: (-abs(row["co2e"]), row["record_id"]))
    parts = [
        Part("record", row["record_id"], row["co2e"], 1, f"{name}/{row['record_id']}", row) for row in rows[:limit]
    ]
    address = f"{_top(name, standard, basis, of)}/{heading}/{account}/{months}"
    rest = rows[len(parts) :]
    if rest:
        parts.append(Part("rest", "rest", sum(row["co2e"] for row in rest), len(rest), f"{address} --all", {}))
    return _rung(Rung(address, "period", months, standard, basis, sum(row["co2e"] for row in rows), parts))


def _rung(rung: Rung) -> Rung:
    assert sum(part.mg for part in rung.parts) == rung.mg
    return rung


def _amounts(view: Footprint, accounts: Iterable[str]) -> dict[str, int]:
    found = {account: mg for line in view.lines for account, mg in line.accounts.items()}
    return {account: found[account] for account in accounts if account in found}


def _top(name: str, standard: Standard, basis: str, of: Slice | None) -> str:
    return f"{name}/{standard.short}:{basis}" + (f"/{of}" if of else "")


def _view(run: Run, standard: Standard, basis: str, of: Slice | None) -> Footprint:
    return footprint(of.of(run.table("totals")), standard, basis) if of else footprint_of(run, standard, basis)


def _counts(run: Run, basis: str, of: Slice | None) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    totals = run.table("totals")
    for row in (of.of(totals) if of else totals).select(["account", "basis", "rows"]).to_pylist():
        if row["basis"] in ("none", basis):
            counts[row["account"]] += row["rows"]
    return counts


def _table(run: Run, account: str, basis: str, columns: list[str]) -> pa.Table:
    """Return what counts of the ledger's rows: of a large account far more than anybody reads, so it stays in columns."""
    where = (pc.field("account") == account) & pc.field("basis").isin(["none", basis])
    return read_counted(run.folder / "ledger.parquet", columns, where)


def _of(table: pa.Table, of: Slice | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = table.to_pylist()
    return [row for row in found if of.has(row)] if of else found


def _by_size(parts: list[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: -abs(part.mg))
