"""The first three rungs: a total into headings, a heading into accounts, an account into months, a month into records.

Every rung adds up exactly to the figure before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow.compute as pc

from trede.catalogue.standards import Standard
from trede.engine.runs import Run
from trede.inventory.footprint import Footprint, footprint_of
from trede.kernel.errors import TredeError
from trede.ledger.consolidating import read_counted

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
    kind: Literal["total", "heading", "account", "period"]
    name: str
    standard: Standard
    basis: str
    mg: int
    parts: list[Part]


def explain_total(run: Run, name: str, standard: Standard, basis: str) -> Rung:
    """Break a run's total under a standard into headings."""
    view = footprint_of(run, standard, basis)
    address = f"{name}/{standard.short}:{basis}"
    counts = _counts(run, basis)
    parts = [
        Part(
            "heading", ident, line.mg, sum(counts[a] for a in standard.accounts_under(ident)), f"{address}/{ident}", {}
        )
        for line in view.lines
        for ident in [line.heading.id]
        if line.depth == 0
    ]
    return _rung(Rung(address, "total", standard.id, standard, basis, view.total, parts))


def explain_heading(run: Run, name: str, standard: Standard, basis: str, heading: str) -> Rung:
    """Break a heading into the accounts under it (those of nested headings too)."""
    view = footprint_of(run, standard, basis)
    line = view.line(heading)
    address = f"{name}/{standard.short}:{basis}/{heading}"
    amounts = _amounts(view, standard.accounts_under(heading))
    counts = _counts(run, basis)
    parts = [
        Part("account", account, mg, counts[account], f"{address}/{account}", {}) for account, mg in amounts.items()
    ]
    return _rung(Rung(address, "heading", heading, standard, basis, line.mg, _by_size(parts)))


def explain_account(run: Run, name: str, standard: Standard, basis: str, heading: str, account: str) -> Rung:
    """Break an account into months; records that span more than one month stand by their own period.

    Raises:
        TredeError: `account_not_under_heading`.
    """
    if account not in standard.accounts_under(heading):
        raise TredeError.of("account_not_under_heading", account=account, heading=heading)
    address = f"{name}/{standard.short}:{basis}/{heading}/{account}"
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in _rows(run, account, basis, ["start", "end", "co2e"]):
        entry = sums[_span(row)]
        entry[0] += row["co2e"]
        entry[1] += 1
    parts = [Part("period", p, mg, n, f"{address}/{p}", {}) for p, (mg, n) in sorted(sums.items())]
    return _rung(Rung(address, "account", account, standard, basis, sum(p.mg for p in parts), parts))


def explain_period(
    run: Run, name: str, standard: Standard, basis: str, heading: str, account: str, span: str, limit: int | None = LIST
) -> Rung:
    """Break a month (or another span) of an account into records: the largest by name, the rest as one sum.

    Args:
        limit: how many stand by name; None: all.

    Raises:
        TredeError: `account_not_under_heading`, or `span_unknown` when the account has no row of that span.
    """
    if account not in standard.accounts_under(heading):
        raise TredeError.of("account_not_under_heading", account=account, heading=heading)
    columns = ["record_id", "batch", "row", "start", "end", "co2e", "quantity", "unit", "site"]
    everything = _rows(run, account, basis, columns)
    rows = [row for row in everything if _span(row) == span]
    if not rows:
        known = sorted({_span(row) for row in everything})
        raise TredeError.of("span_unknown", span=span, account=account, known=known)
    rows.sort(key=lambda row: (-abs(row["co2e"]), row["record_id"]))
    parts = [
        Part("record", row["record_id"], row["co2e"], 1, f"{name}/{row['record_id']}", row) for row in rows[:limit]
    ]
    address = f"{name}/{standard.short}:{basis}/{heading}/{account}/{span}"
    rest = rows[len(parts) :]
    if rest:
        parts.append(Part("rest", "rest", sum(row["co2e"] for row in rest), len(rest), f"{address} --all", {}))
    return _rung(Rung(address, "period", span, standard, basis, sum(row["co2e"] for row in rows), parts))


def _rung(rung: Rung) -> Rung:
    assert sum(part.mg for part in rung.parts) == rung.mg
    return rung


def _amounts(view: Footprint, accounts: Iterable[str]) -> dict[str, int]:
    found = {account: mg for line in view.lines for account, mg in line.accounts.items()}
    return {account: found[account] for account in accounts if account in found}


def _counts(run: Run, basis: str) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for row in run.table("totals").select(["account", "basis", "rows"]).to_pylist():
        if row["basis"] in ("none", basis):
            counts[row["account"]] += row["rows"]
    return counts


def _rows(run: Run, account: str, basis: str, columns: list[str]) -> list[dict[str, Any]]:
    """Return what counts of the ledger's rows."""
    where = (pc.field("account") == account) & pc.field("basis").isin(["none", basis])
    found: list[dict[str, Any]] = read_counted(run.folder / "ledger.parquet", columns, where).to_pylist()
    return found


def _span(row: dict[str, Any]) -> str:
    start, end = row["start"], row["end"]
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%Y-%m}"
    return f"{start.isoformat()}..{end.isoformat()}"


def _by_size(parts: list[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: -abs(part.mg))
