"""Execute: one star join of activities and plan, into ledger rows. The SQL is composed from syntax trees and column names only.

Amounts are products of DOUBLEs in the order of the formula's tree, rounded once to whole milligrams; every sum is one of
whole numbers. A record whose product would leave the range is left out as a whole and becomes an issue of the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.accounts import chart
from trede.kernel.amounts import MAX_ROW_KG, milligrams_sql
from trede.kernel.gases import GAS_COLUMNS
from trede.methods.formula import Binary, Name, Node, names, parse
from trede.methods.sql import to_sql

MAX_JOULES = 9.0e18
MAX_QUANTITY = 1.0e21
"""Larger records are an issue whatever their factor: a quantity so large is not one."""


@dataclass(frozen=True)
class Executable:
    """A plan as tables for the join, and the SELECT over `activity`, `plan_key` and `plan_flow`."""

    keys: pa.Table
    flows: pa.Table
    select: str


def compile_plan(plan: pa.Table) -> Executable:
    """Turn a plan (schema `engine.plan.PLAN`) into an executable.

    Formulas are normalised: their factor values become v1, v2, ... in the order of writing, so that all methods of one
    shape share one expression.
    """
    rows: list[dict[str, Any]] = plan.to_pylist()
    shapes: dict[tuple[str, ...], int] = {}
    bodies: list[tuple[str, ...]] = []
    width = 0
    quantity = _quantity(rows)
    flows: list[dict[str, Any]] = []
    gases = [gas for gas in GAS_COLUMNS if any(row["gas"] == gas for row in rows)]
    order = {account: a.order for account, a in chart().accounts.items()}
    for row in rows:
        values = {symbol: Decimal(value) for symbol, value in json.loads(row["values"]).items()}
        trees = [parse(row["formula"]), *(parse(text) for text in json.loads(row["minus"]))]
        symbols: list[str] = []
        shape = tuple(_normal(tree, symbols, quantity) for tree in trees)
        width = max(width, len(symbols))
        number = shapes.setdefault(shape, len(shapes))
        if number == len(bodies):
            bodies.append(shape)
        flows.append(
            {
                "plan_key": row["plan_key"],
                "account": row["account"],
                "account_no": order[row["account"]],
                **{name: row[name] for name in ("stage", "basis", "method", "flow", "factor", "decision", "unit")},
                "multiplier": float(Decimal(row["multiplier"])),
                "multiplier_exact": Decimal(row["multiplier"]),
                "gas": row["gas"],
                "gwp_basis": row["gwp_basis"],
                "shape": number,
                "v": [float(values[symbol]) for symbol in symbols],
                "biogenic": _linear(row["biogenic"], values),
                "energy": _linear(row["energy"], values),
            }
        )
    return Executable(_key_table(rows, flows), _flow_table(flows, width), _select(bodies, gases, quantity))


def _key_table(rows: list[dict[str, Any]], flows: list[dict[str, Any]]) -> pa.Table:
    """Return the natural keys, each with the largest quantity whose every product stays in range."""
    limits: dict[int, float] = {}
    for flow in flows:
        largest = max([abs(v) for v in flow["v"]] + [abs(flow["biogenic"] or 0.0)], default=0.0)
        limit = min(
            MAX_ROW_KG / (largest * flow["multiplier"]) if largest else MAX_QUANTITY,
            MAX_JOULES / (flow["energy"] * flow["multiplier"] * 1e6) if flow["energy"] else MAX_QUANTITY,
        )
        limits[flow["plan_key"]] = min(limit, limits.get(flow["plan_key"], MAX_QUANTITY))
    keys = {row["plan_key"]: row for row in rows}
    columns: dict[str, pa.Array] = {
        "plan_key": pa.array(list(keys), pa.int32()),
        "year": pa.array([row["year"] for row in keys.values()], pa.int32()),
        "max_quantity": pa.array([limits[key] for key in keys], pa.float64()),
    }
    for name in ("activity_type", "attributes", "recorded_unit", "geography"):
        columns[name] = pa.array([row[name] for row in keys.values()], pa.string())
    return pa.table(columns)


def _quantity(rows: list[dict[str, Any]]) -> str:
    """Return the SQL of a record's quantity in the factor's unit: the first product of every formula."""
    plain = "CAST(a.quantity AS DOUBLE)"
    return plain if all(Decimal(row["multiplier"]) == 1 for row in rows) else f"({plain} * f.multiplier)"


def _normal(tree: Node, symbols: list[str], quantity: str) -> str:
    """Write a tree as SQL with factor values numbered; `symbols` collects them."""
    for name in names(tree):
        if name != "quantity" and name not in symbols:
            symbols.append(name)
    columns = {symbol: f"f.v{i}" for i, symbol in enumerate(symbols, start=1)}
    return to_sql(tree, {"quantity": quantity, **columns})


def _linear(formula: str | None, values: Mapping[str, Decimal]) -> float | None:
    """Return x of the formula `quantity * x`, the one shape of what stands beside an amount."""
    if formula is None:
        return None
    match parse(formula):
        case Binary("*", Name("quantity"), Name(symbol)):
            return float(values[symbol])
    raise ValueError(formula)


def _flow_table(flows: list[dict[str, Any]], width: int) -> pa.Table:
    text = ("account", "stage", "basis", "method", "flow", "factor", "decision", "unit", "gas", "gwp_basis")
    columns: dict[str, pa.Array] = {name: pa.array([f[name] for f in flows], pa.string()) for name in text}
    columns["plan_key"] = pa.array([f["plan_key"] for f in flows], pa.int32())
    columns["account_no"] = pa.array([f["account_no"] for f in flows], pa.int32())
    columns["shape"] = pa.array([f["shape"] for f in flows], pa.int32())
    columns["multiplier_exact"] = pa.array([f["multiplier_exact"] for f in flows], pa.decimal128(20, 12))
    for name in ("multiplier", "biogenic", "energy"):
        columns[name] = pa.array([f[name] for f in flows], pa.float64())
    for i in range(width):
        columns[f"v{i + 1}"] = pa.array([f["v"][i] if i < len(f["v"]) else None for f in flows], pa.float64())
    return pa.table(columns)


def _select(bodies: list[tuple[str, ...]], gases: list[str], quantity: str) -> str:
    exact = "a.quantity"
    if "multiplier" in quantity:
        exact = (
            "CASE WHEN f.multiplier = 1 THEN a.quantity ELSE "
            "CAST(CAST(a.quantity AS DECIMAL(22,6)) * CAST(f.multiplier_exact AS DECIMAL(16,10)) AS DECIMAL(38,6)) END"
        )
    amount = _case([" - ".join(milligrams_sql(part) for part in shape) for shape in bodies])
    joules = f"(({quantity} * f.energy) * 1e6)"
    inner = f"""
        SELECT a.record_id, CAST(a.part AS SMALLINT) AS part, a.batch, a."row", a.entity, a.site, a.project, a.start, a."end",
               a.activity_type, f.account, f.stage, f.basis, f.method, f.flow, f.factor, f.decision, f.plan_key, f.unit,
               a.quality, f.gwp_basis, f.account_no, f.gas, {exact} AS quantity, {amount} AS amount,
               CASE WHEN f.biogenic IS NULL THEN 0 ELSE {milligrams_sql(f"({quantity} * f.biogenic)")} END AS biogenic_co2,
               CASE WHEN f.energy IS NULL THEN 0
                    ELSE CAST(sign({joules}) * floor(abs({joules}) + 0.5) AS BIGINT) END AS energy_j
        FROM (SELECT activity.*, k.plan_key FROM activity JOIN plan_key k
                ON activity.activity_type = k.activity_type AND activity.attributes = k.attributes
               AND activity.unit = k.recorded_unit AND activity.geography = k.geography
               AND CAST(extract(year FROM activity.start) AS INTEGER) = k.year
               AND abs(CAST(activity.quantity AS DOUBLE)) <= k.max_quantity) a
        JOIN plan_flow f ON f.plan_key = a.plan_key
    """
    gas = []
    for name in GAS_COLUMNS:
        if name not in gases:
            gas.append(f"CAST(0 AS BIGINT) AS {name}")
        elif len(gases) == 1:
            gas.append(f"amount AS {name}")
        else:
            gas.append(f"CASE WHEN gas = '{name}' THEN amount ELSE 0 END AS {name}")
    return f"""
        SELECT record_id, part, batch, "row", entity, site, project, start, "end", activity_type, account, stage, basis,
               method, flow, factor, decision, plan_key, quantity, unit, energy_j, {", ".join(gas)}, amount AS co2e,
               biogenic_co2, CAST(1 AS DECIMAL(38,6)) AS share, quality, gwp_basis, account_no
        FROM ({inner}) calculated
    """


def _case(expressions: list[str]) -> str:
    if len(expressions) < 2:
        return expressions[0] if expressions else "CAST(0 AS BIGINT)"
    whens = " ".join(f"WHEN {i} THEN {expression}" for i, expression in enumerate(expressions))
    return f"CASE f.shape {whens} END"
