"""Certificates: which kilowatt-hours they cover, settled before the plan (accounting rules, section 2).

Per market and calendar year, and apart for what stands outside the boundary: credits of consumption are taken off consumption
of their own activity type, and credits of claims off the claims that they take back (those of the same meter, technology and
proof); then claims that name a meter serve that meter; then the others serve what
is left, pro rata over consumption in whole watt-hours with the largest remainder. A claim without proof of cancellation covers
nothing; what exceeds the consumption is unused and has no effect. Power that others bought for the organisation (a hotel, a
carrier) or that it sold on is no consumption of its own; a leased asset's is. A covered record becomes parts: one for each
claim and the rest, which add up to it exactly. Only the market basis of a covered part changes.

The whole year is settled, whatever part of it the run looks at: so the parts of a year add up to the year. A record that the
run cuts is covered within the run in proportion to its quantity there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

import duckdb
import pyarrow as pa

from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import CERTIFICATES
from trede.engine.activities import OF_YEARS
from trede.engine.approach import MARK
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue
from trede.kernel.periods import split_quantity
from trede.kernel.quantities import QUANTUM
from trede.kernel.sharing import share_out

CLAIM = CERTIFICATES
CONSUMPTION = ("electricity", "electricity-vehicle", "own-generation-sold")
Settle = Literal["calendar-year", "period"]
_RECORD = ("record_id", "batch", "row")
COVERED_PART = 100
"""Covered parts are numbered from here, a hundred apart by claim, so that parts of a split period stay apart."""


@dataclass
class _Use:
    """A consumption record, or its part in one calendar year, and what is claimed of it, in watt-hours."""

    row: dict[str, Any]
    per_unit: Decimal
    left: int
    covered: list[tuple[dict[str, Any], int]] = field(default_factory=list)


@dataclass
class _Claim:
    """A claim or a credit of one, or its part in one calendar year, and what is left of it, in watt-hours."""

    row: dict[str, Any]
    left: Decimal


def _market(row: dict[str, Any]) -> tuple[str, int, bool]:
    """Return what is settled together: a market in a calendar year, what counts apart from what does not."""
    return row["geography"], row["start"].year, row["share"] > 0


def _per_unit(row: dict[str, Any]) -> Decimal:
    return unit_registry().multiplier("electricity", row["unit"], "Wh")


def cover(con: duckdb.DuckDBPyConnection, settle: Settle = "calendar-year") -> list[Issue]:
    """Settle the certificates among loaded activities; the view `activity` then gives covered records in parts.

    Args:
        settle: what is settled together; `period` leaves out what stands outside the period, as version 0.1.0 did.

    Returns:
        Issues: `certificates_without_proof`, `certificates_exceed_consumption`, `certificates_without_consumption`,
        `certificates_credit_without_claim`.
    """
    if not con.execute(f"SELECT 1 FROM counted WHERE activity_type = '{CLAIM}' LIMIT 1").fetchall():
        return []
    order = 'ORDER BY record_id, part, batch, "row"'
    view = OF_YEARS if settle == "calendar-year" else "activity"
    found = con.sql(f"SELECT * FROM {view} WHERE activity_type = '{CLAIM}' {order}").to_arrow_table()
    if found.num_rows == 0:
        return []
    claims = [_Claim(row, row["quantity"] * _per_unit(row)) for row in found.to_pylist()]
    types = ", ".join(f"'{name}'" for name in CONSUMPTION)
    own = f"""(attributes NOT LIKE '%{MARK}%' OR attributes LIKE '%{MARK}:"%-leased.power"%')"""
    table = con.sql(f"SELECT * FROM {view} WHERE activity_type IN ({types}) AND {own} {order}").to_arrow_table()
    uses: dict[tuple[str, int, bool], list[_Use]] = defaultdict(list)
    for row in table.to_pylist():
        per_unit = _per_unit(row)
        uses[_market(row)].append(_Use(row, per_unit, int(row["quantity"] * per_unit)))
    for group in uses.values():
        for alike in _alike(group) if settle == "calendar-year" else [group]:
            _net_credits(alike)
    # Version 0.1.0 did not net claims (what a credit did hung on the order), and netted consumption of every type together.
    issues = _net_claims(claims) if settle == "calendar-year" else []
    for claim in sorted(claims, key=lambda claim: claim.row["meter"] is None):
        row = claim.row
        issues += _settle(claim, uses.get(_market(row), []))
    touched = [use for group in uses.values() for use in group if use.covered]
    if touched:
        _replace(con, table.schema, touched)
    return issues


def _alike(uses: Sequence[_Use]) -> list[list[_Use]]:
    """Divide consumption by activity type: a credit takes back nothing but what its own invoice was about."""
    by_type: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        by_type[use.row["activity_type"]].append(use)
    return list(by_type.values())


def _net_credits(uses: Sequence[_Use]) -> None:
    """Take credits off the consumption that can be covered: first on the same meter, then anywhere in the market and year."""
    for same_meter in (True, False):
        for credit in (use for use in uses if use.left < 0):
            for use in uses:
                if use.left > 0 and (not same_meter or use.row["meter"] == credit.row["meter"]):
                    taken = min(use.left, -credit.left)
                    use.left -= taken
                    credit.left += taken


def _net_claims(claims: list[_Claim]) -> list[Issue]:
    """Take credits off the claims on the same certificates, in whatever order they came; leave the claims with something left.

    Returns:
        For each credit of more than was claimed an error `certificates_credit_without_claim`.
    """
    same: dict[tuple[Any, ...], list[_Claim]] = defaultdict(list)
    for claim in claims:
        row, said = claim.row, json.loads(claim.row["attributes"])
        key = row["meter"], said["technology"], said["proof"], *_market(row)
        same[key].append(claim)
    issues = []
    for (meter, technology, proof, market, year, _), group in same.items():
        credits = [claim for claim in group if claim.left < 0]
        credited = -sum((credit.left for credit in credits), Decimal(0))
        for claim in group:
            taken = min(max(claim.left, Decimal(0)), credited)
            claim.left -= taken
            credited -= taken
        if credited:
            facts = {"meter": meter, "technology": technology, "proof": proof, "market": market, "year": year}
            records = [credit.row["record_id"] for credit in credits]
            over = f"{(credited / 1000).normalize():f}"
            issues.append(Issue.error("certificates_credit_without_claim", **facts, records=records, quantity=over))
    claims[:] = [claim for claim in claims if claim.left > 0]
    return issues


def _settle(claim: _Claim, uses: Sequence[_Use]) -> list[Issue]:
    row = claim.row
    facts: dict[str, Any] = {"record": row["record_id"], "year": row["start"].year, "market": row["geography"]}
    if json.loads(row["attributes"])["proof"] != "cancelled":
        return [Issue.warning("certificates_without_proof", **facts)]
    volume = int(claim.left)
    served = [use for use in uses if use.left > 0 and (row["meter"] is None or use.row["meter"] == row["meter"])]
    capacity = sum(use.left for use in served)
    for use, part in zip(served, _pro_rata(min(volume, capacity), [use.left for use in served]), strict=True):
        if part:
            use.covered.append((row, part))
            use.left -= part
    if volume <= capacity:
        return []
    code = "certificates_exceed_consumption" if capacity else "certificates_without_consumption"
    unused = Decimal(volume - min(volume, capacity)) / 1000
    return [Issue.warning(code, **facts, unused=f"{unused.normalize():f}", meter=row["meter"])]


def _pro_rata(total: int, weights: Sequence[int]) -> list[int]:
    """Split whole watt-hours by weight; where nothing weighs, nothing is split."""
    return share_out(total, weights) if any(weights) else [0] * len(weights)


def _replace(con: duckdb.DuckDBPyConnection, schema: pa.Schema, touched: Sequence[_Use]) -> None:
    """Put the covered parts in the place of what `activity` has of the touched records."""
    pieces = list(_pieces(con, schema, touched))
    rows = [row for use, piece in pieces for row in _parts(use, piece)]
    con.register("covered_parts", pa.Table.from_pylist(rows, schema=schema))
    con.register("covered_keys", _keys(schema, [piece for _, piece in pieces], (*_RECORD, "part")))
    names = ", ".join(f'"{name}"' for name in schema.names)
    con.execute("ALTER VIEW activity RENAME TO activity_uncovered")
    con.execute(f"""
        CREATE VIEW activity AS
        SELECT {names} FROM activity_uncovered ANTI JOIN covered_keys USING (record_id, batch, "row", part)
        UNION ALL SELECT {names} FROM covered_parts
    """)


def _pieces(
    con: duckdb.DuckDBPyConnection, schema: pa.Schema, touched: Sequence[_Use]
) -> Iterator[tuple[_Use, dict[str, Any]]]:
    """Yield what `activity` has of the touched records: each whole, or the one piece of it inside the run."""
    con.register("touched_records", _keys(schema, [use.row for use in touched], _RECORD))
    query = 'SELECT * FROM activity SEMI JOIN touched_records USING (record_id, batch, "row")'
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in con.sql(query).to_arrow_table().to_pylist():
        found[tuple(row[name] for name in _RECORD)].append(row)
    for use in touched:
        for row in found[tuple(use.row[name] for name in _RECORD)]:
            if use.row["start"] <= row["start"] and row["end"] <= use.row["end"]:
                yield use, row


def _keys(schema: pa.Schema, rows: Sequence[dict[str, Any]], names: Sequence[str]) -> pa.Table:
    return pa.table({name: pa.array([row[name] for row in rows], schema.field(name).type) for name in names})


def _parts(use: _Use, piece: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a piece as one part for each claim and the rest; what a claim covers is shared with the days outside the run."""
    # Kilowatt-hours hold a whole watt-hour exactly.
    unit, per_kwh = ("Wh", Decimal(1)) if piece["unit"] == "Wh" else ("kWh", Decimal(1000))
    inside, whole = ((row["quantity"] * use.per_unit / per_kwh).quantize(QUANTUM) for row in (piece, use.row))
    outside = max(whole - inside, Decimal(0))
    first = piece["start"] == use.row["start"]
    for number, (claim, part) in enumerate(use.covered, start=1):
        claimed = (Decimal(part) / per_kwh).quantize(QUANTUM)
        weights = [int(inside / QUANTUM), int(outside / QUANTUM)]
        # In the order of time, so that both sides of a border round alike.
        shared = split_quantity(claimed, weights if first else weights[::-1])
        quantity, elsewhere = shared if first else shared[::-1]
        inside, outside = inside - quantity, outside - elsewhere
        if not quantity:
            continue
        instrument = json.loads(claim["attributes"])["technology"]
        attributes = {**json.loads(piece["attributes"]), "claim": claim["record_id"], "instrument": instrument}
        yield {
            **piece,
            "part": piece["part"] + COVERED_PART * number,
            "attributes": canonical_json(attributes).decode(),
            "quantity": quantity,
            "unit": unit,
        }
    if inside:
        yield {**piece, "quantity": inside, "unit": unit}
