"""The footprint of a run under a standard: exact sums of ledger milligrams by heading, per basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.standards import Heading, Standard
from trede.engine.runs import Run


@dataclass(frozen=True)
class Line:
    """One heading with its exact amount; nested headings are in it."""

    heading: Heading
    depth: int
    mg: int
    accounts: dict[str, int]
    """Milligrams by account, of this heading alone (not of nested ones)."""


@dataclass(frozen=True)
class Footprint:
    """All headings on one basis. `total` + `not_covered` + `outside` = the ledger on that basis, to the milligram."""

    standard: Standard
    basis: str
    lines: list[Line]
    total: int
    not_covered: dict[str, int]
    """Milligrams by account that this standard leaves out."""
    outside: int
    """Milligrams outside the organisation's boundary, whatever the account."""
    biogenic: int
    """Milligrams of biogenic CO2, outside the scopes."""
    energy_j: int
    by_quality: dict[str, int]
    """Milligrams of the total by data-quality status."""
    by_gwp: dict[str, int]
    """Milligrams of the total by the GWP basis of their factors."""
    ledger: int = field(repr=False)

    def line(self, heading_id: str) -> Line:
        """Return the line of a heading."""
        self.standard.heading(heading_id)
        return next(line for line in self.lines if line.heading.id == heading_id)


def footprint_of(run: Run, standard: Standard, basis: str) -> Footprint:
    """Return the footprint of a run, with what is outside its boundary."""
    return footprint(run.table("totals"), standard, basis, run.table("outside"))


def footprint(totals: pa.Table, standard: Standard, basis: str, outside: pa.Table | None = None) -> Footprint:
    """Sum a run's totals under a standard's headings.

    Args:
        totals: the run's table of totals inside the boundary.
        basis: `location` or `market`; rows without a basis belong to both.
        outside: the run's table of totals outside the boundary; None: nothing is.

    Raises:
        AssertionError: headings and what is not covered do not add up to the ledger (a broken promise, never expected).
    """
    own: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    not_covered: dict[str, int] = defaultdict(int)
    by_quality: dict[str, int] = defaultdict(int)
    by_gwp: dict[str, int] = defaultdict(int)
    ledger = biogenic = energy = 0
    for row in _summed(totals, ("account", "basis", "quality", "gwp_basis"), ("co2e", "biogenic_co2", "energy_j")):
        if row["basis"] not in ("none", basis):
            continue
        mg = int(row["co2e"])
        ledger += mg
        energy += int(row["energy_j"])
        heading = standard.heading_of.get(row["account"])
        if heading is None:
            not_covered[row["account"]] += mg
            continue
        own[heading][row["account"]] += mg
        by_quality[row["quality"]] += mg
        by_gwp[row["gwp_basis"]] += mg
        biogenic += int(row["biogenic_co2"])
    lines = _lines(standard, own)
    total = sum(line.mg for line in lines if line.depth == 0)
    assert total + sum(not_covered.values()) == ledger
    beyond = 0 if outside is None else _on_basis(outside, basis)
    return Footprint(
        standard, basis, lines, total, dict(not_covered), beyond, biogenic, energy, dict(by_quality), dict(by_gwp),
        ledger + beyond,
    )  # fmt: skip


@dataclass(frozen=True)
class AccountFacts:
    """What the rows of one account on one basis say beside their mass."""

    rows: int
    """Rows of the ledger."""
    quantities: dict[str, Decimal]
    """Quantity by unit, exact; a row without a unit has none."""
    by_quality: dict[str, int]
    """Milligrams by data-quality status."""

    @property
    def quality(self) -> str:
        """The status that has the most milligrams, credits counted as milligrams too; the first by name of equals."""
        return min(self.by_quality, key=lambda name: (-abs(self.by_quality[name]), name), default="")


def account_facts(totals: pa.Table, basis: str) -> dict[str, AccountFacts]:
    """Return by account what a run's totals say beside mass.

    Args:
        totals: the run's table of totals inside the boundary.
        basis: `location` or `market`; rows without a basis belong to both.
    """
    found: dict[str, AccountFacts] = {}
    for row in _summed(totals, ("account", "basis", "unit", "quality"), ("co2e", "rows", "quantity")):
        if row["basis"] not in ("none", basis):
            continue
        known = found.get(row["account"], AccountFacts(0, {}, {}))
        quantities, by_quality = dict(known.quantities), dict(known.by_quality)
        if row["unit"]:
            quantities[row["unit"]] = quantities.get(row["unit"], Decimal(0)) + (row["quantity"] or 0)
        by_quality[row["quality"]] = by_quality.get(row["quality"], 0) + int(row["co2e"])
        found[row["account"]] = AccountFacts(known.rows + int(row["rows"]), quantities, by_quality)
    return found


def _summed(totals: pa.Table, keys: Sequence[str], amounts: Sequence[str]) -> list[dict[str, Any]]:
    """Add rows of one key up before they become Python's: sites, months and projects make many."""
    grouped = totals.group_by([*keys], use_threads=False).aggregate([(name, "sum") for name in amounts])
    found: list[dict[str, Any]] = grouped.rename_columns(
        [name.removesuffix("_sum") for name in grouped.column_names]
    ).to_pylist()
    return found


def _on_basis(totals: pa.Table, basis: str) -> int:
    return sum(int(row["co2e"]) for row in _summed(totals, ("basis",), ("co2e",)) if row["basis"] in ("none", basis))


def _lines(standard: Standard, own: dict[str, dict[str, int]]) -> list[Line]:
    depth: dict[str, int] = {}
    sums: dict[str, int] = defaultdict(int)
    for heading in standard.headings:
        depth[heading.id] = 0 if heading.parent is None else depth[heading.parent] + 1
        amount = sum(own[heading.id].values())
        at: str | None = heading.id
        while at is not None:
            sums[at] += amount
            at = standard.heading(at).parent
    return [Line(h, depth[h.id], sums[h.id], dict(own[h.id])) for h in standard.headings]


def share(part: int, whole: int) -> Decimal:
    """Return part ÷ whole (0 when there is no whole)."""
    return Decimal(part) / Decimal(whole) if whole else Decimal(0)
