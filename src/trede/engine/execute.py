"""Execute: a plan as tables and as SQL that turns activities into ledger rows.

The SQL is composed from syntax trees and column names only. Amounts are products of DOUBLEs in the order of the formula's
tree, rounded once to whole milligrams; every sum is one of whole numbers. A record whose product would leave the range is
left out as a whole and becomes an issue of the run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.accounts import chart
from trede.engine.gases import read_parts
from trede.engine.money import most_of, target_of
from trede.kernel.amounts import MAX_ROW_KG, milligrams_sql, sign_sql
from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.schema import LEDGER
from trede.methods.formula import Binary, Call, Name, Node, Number, names, parse
from trede.methods.sql import to_sql

MAX_JOULES = 9.0e18
MAX_QUANTITY = 9.0e9
"""Larger records are an issue whatever their factor: beyond 2^53 millionths engines make different DOUBLEs of a decimal."""

MULTIPLIER = pa.decimal128(22, 12)
"""A multiplier as the ledger's quantities use it: its product with a quantity in range has 38 digits at most."""

TOGETHER = ("estimated", "extrapolated", "default")
"""Data qualities of which the records of one activity and site rest on one estimate: they err together."""

FLOW_TEXTS = (
    "account",
    "stage",
    "basis",
    "method",
    "flow",
    "factor",
    "decision",
    "unit",
    "gas",
    "gwp_basis",
    "carrier",
)

RESOLVED = """
    activity JOIN plan_key k ON activity.activity_type = k.activity_type AND activity.attributes = k.attributes
     AND activity.unit = k.recorded_unit AND activity.geography = k.geography
     AND CAST(extract(year FROM activity.start) AS INTEGER) = k.year
"""
"""Activities with their plan key: the one join of the engine that is as long as the activities."""

IN_RANGE = "abs(CAST(activity.quantity AS DOUBLE)) <= k.max_quantity"

WITH_RATE = """
    LEFT JOIN day_rate r ON r.currency = k.recorded_unit AND r.target = k.target AND r.start = activity.start
     AND r."end" = activity."end"
"""
"""The rate of an activity's days, where the plan leads an amount of money into another currency by it."""

HAS_RATE = "(k.target IS NULL OR r.rate IS NOT NULL)"

IN_TARGET = """CASE WHEN r.rate IS NULL THEN activity.quantity
    ELSE CAST(CAST(activity.quantity AS DECIMAL(16,6)) * r.rate AS DECIMAL(38,6)) END"""
"""An amount in the currency of its factor, exact to a millionth."""


@dataclass(frozen=True)
class Executable:
    """A compiled plan.

    `keys` has the natural keys with the range of their flows, `flows` one numbered row per key and flow. `shapes` are the
    distinct formulas with their factor values written v1, v2, ...: methods of one shape share one expression. `gases` are
    the columns of amounts that go to one column as a whole; `split` are those of amounts that are calculated by gas (their
    values are columns such as `ch4_v1`, and `split_shapes` their shapes). Without such flows nothing of it is in the SQL.
    """

    keys: pa.Table
    flows: pa.Table
    shapes: tuple[tuple[Node, ...], ...]
    gases: tuple[str, ...]
    split: tuple[str, ...]
    split_shapes: tuple[int, ...]
    scaled: bool
    qualities: tuple[str, ...]
    """Data qualities whose uncertainty is known for a flow; it stands in the flow's column `u_<quality>`."""
    exchanged: bool = False
    """Whether some amounts are led into another currency by the rate of the day (table `day_rate`)."""

    @property
    def resolved(self) -> str:
        """A FROM clause of activities with their plan key `k`, and their rate `r` where the run has any."""
        return f"{RESOLVED} {WITH_RATE}" if self.exchanged else RESOLVED

    @property
    def counts(self) -> str:
        """The condition on `resolved` that an activity can be calculated."""
        return f"{IN_RANGE} AND {HAS_RATE}" if self.exchanged else IN_RANGE

    @property
    def amount(self) -> str:
        """The quantity of an activity of `resolved` that is multiplied."""
        return IN_TARGET if self.exchanged else "activity.quantity"

    @property
    def select(self) -> str:
        """The SELECT over `activity`, `plan_key` and `plan_flow`, for any engine; rows come in no order."""
        amount = f", {self.amount} AS exchanged" if self.exchanged else ""
        joined = f"""
            (SELECT activity.*, k.plan_key, k.group_no{amount} FROM {self.resolved} WHERE {self.counts}) a
            JOIN plan_flow f ON f.plan_key = a.plan_key
        """
        return self.select_from(joined, "f")

    def select_from(self, source: str, flow: str) -> str:
        """Return the SELECT of ledger rows.

        Args:
            source: a FROM clause that gives activities as `a` (with `amount` as `exchanged`) and one plan flow for each row.
            flow: the alias under which the flow's columns stand.
        """
        plain = f"CAST({self._own} AS DOUBLE)"
        quantity = f"({plain} * {flow}.multiplier)" if self.scaled else plain
        amounts = ", ".join(self._amounts(quantity, flow))
        joules = f"(({quantity} * {flow}.energy) * 1e6)"
        biogenic = milligrams_sql(f"({quantity} * {flow}.biogenic)")
        parts = [f"part_{gas}" for gas in self.split]
        inner = f"""
            SELECT a.record_id, CAST(a.part AS SMALLINT) AS part, a.batch, a."row", a.entity, a.site, a.project, a.department,
                   a.start, a."end", a.activity_type, {", ".join(f"{flow}.{name}" for name in FLOW_TEXTS)}, {flow}.plan_key,
                   {flow}.renewable AS renewable_share, a.share, a.quality, {self._error(flow)},
                   {self._quantity(flow)} AS quantity, {amounts},
                   CASE WHEN {flow}.biogenic IS NULL THEN 0 ELSE {biogenic} END AS biogenic_co2,
                   CASE WHEN {flow}.energy IS NULL THEN 0
                        ELSE CAST({sign_sql(joules)} * floor(abs({joules}) + 0.5) AS BIGINT) END AS energy_j,
                   a.group_no, {flow}.flow_no
            FROM {source}
        """
        return f"""
            SELECT record_id, part, batch, "row", entity, site, project, department, start, "end", activity_type, account,
                   stage, basis, method, flow, factor, decision, plan_key, quantity, unit, energy_j, carrier, renewable_share,
                   {", ".join(self._gas(name) for name in GAS_COLUMNS)},
                   {" + ".join(["amount", *parts])} AS co2e, biogenic_co2,
                   CAST(share AS DECIMAL(38,6)) AS share, quality, gwp_basis,
                   uncertainty_activity, uncertainty_factor, error_group, group_no, flow_no
            FROM ({inner}) calculated
            WHERE NOT (stage = 'rounding' AND {" AND ".join(f"{part} = 0" for part in ["amount", *parts])})
        """

    def _amounts(self, quantity: str, flow: str) -> list[str]:
        """Return the columns `amount` (what goes to one column as a whole) and, for each gas of a split, `part_<gas>`."""
        whole = {i: self._amount(shape, quantity, f"{flow}.") for i, shape in enumerate(self.shapes)}
        if not self.split:
            return [f"{_case(flow, whole)} AS amount"]
        found = [f"CASE WHEN {flow}.gas IS NULL THEN 0 ELSE {_case(flow, whole)} END AS amount"]
        for gas in self.split:
            parts = {i: self._amount(self.shapes[i], quantity, f"{flow}.{gas}_") for i in self.split_shapes}
            found.append(f"CASE WHEN {flow}.gas IS NULL THEN {_case(flow, parts)} ELSE 0 END AS part_{gas}")
        return found

    def _amount(self, shape: tuple[Node, ...], quantity: str, prefix: str) -> str:
        columns = {name: f"{prefix}{name}" for tree in shape for name in names(tree)} | {"quantity": quantity}
        return " - ".join(milligrams_sql(to_sql(tree, columns)) for tree in shape)

    def _error(self, flow: str) -> str:
        """Return both uncertainties (of the activity its own, else by its data quality), and what shares the error."""
        quality = "CAST(a.quality AS VARCHAR)"
        known = " ".join(f"WHEN {quality} = '{name}' THEN {flow}.u_{name}" for name in self.qualities)
        # What a sample was extrapolated to has the error of the sample, or an unknown one: never that of its quality.
        activity = (
            f"coalesce(a.uncertainty, CASE WHEN a.sample IS NULL THEN CASE {known} END END)"
            if known
            else "a.uncertainty"
        )
        together = ", ".join(f"'{name}'" for name in TOGETHER)
        place = "coalesce(CAST(a.site AS VARCHAR), CAST(a.entity AS VARCHAR), '')"
        return f"""CAST({activity} AS INTEGER) AS uncertainty_activity, {flow}.u_factor AS uncertainty_factor,
                   CASE WHEN a.sample IS NOT NULL THEN 'sample:' || CAST(a.sample AS VARCHAR)
                        WHEN a.meter IS NOT NULL THEN 'meter:' || CAST(a.meter AS VARCHAR)
                        WHEN {quality} IN ({together})
                        THEN 'estimate:' || CAST(a.activity_type AS VARCHAR) || ':' || {place} END AS error_group"""

    @property
    def _own(self) -> str:
        return "a.exchanged" if self.exchanged else "a.quantity"

    def _quantity(self, flow: str) -> str:
        """Return the exact quantity in the factor's unit."""
        if not self.scaled:
            return self._own
        product = f"CAST({self._own} AS DECIMAL(16,6)) * {flow}.multiplier_exact"
        return f"CASE WHEN {flow}.multiplier = 1 THEN {self._own} ELSE CAST({product} AS DECIMAL(38,6)) END"

    def _gas(self, name: str) -> str:
        terms = []
        if name in self.gases:
            terms.append("amount" if len(self.gases) == 1 else f"CASE WHEN gas = '{name}' THEN amount ELSE 0 END")
        if name in self.split:
            terms.append(f"part_{name}")
        return f"{' + '.join(terms) or 'CAST(0 AS BIGINT)'} AS {name}"


def compile_plan(plan: pa.Table) -> Executable:
    """Turn a plan (schema `engine.plan.PLAN`) into an executable."""
    rows: list[dict[str, Any]] = plan.to_pylist()
    shapes: dict[tuple[Node, ...], int] = {}
    flows: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        values = {symbol: Decimal(value) for symbol, value in json.loads(row["values"]).items()}
        symbols: dict[str, str] = {}
        uncertainty = json.loads(row.get("uncertainty") or "{}")
        by_quality = {name: parts for name, (parts, _) in uncertainty.get("activity", {}).items()}
        trees = [parse(row["formula"]), *(parse(text) for text in json.loads(row["minus"]))]
        shape = tuple(_numbered(tree, symbols) for tree in trees)
        parts = {part.column: [float(part.co2e(s)) for s in symbols] for part in read_parts(row.get("gases"))}
        flows.append(
            {
                **{name: row.get(name) for name in FLOW_TEXTS},  # plans of earlier versions name no carrier
                "renewable": None if row.get("renewable") is None else Decimal(row["renewable"]),
                "flow_no": number,
                "plan_key": row["plan_key"],
                "shape": shapes.setdefault(shape, len(shapes)),
                "multiplier": float(Decimal(row["multiplier"])),
                "multiplier_exact": Decimal(row["multiplier"]).quantize(Decimal("1e-12")),
                "biogenic": _beside(row["biogenic"], values),
                "energy": _beside(row["energy"], values),
                "values": [float(values[symbol]) for symbol in symbols],
                "u_factor": (uncertainty.get("factor") or [None])[0],
                "by_quality": by_quality,
                "parts": parts,
            }
        )
    return Executable(
        _key_table(rows, flows),
        _flow_table(flows),
        tuple(shapes),
        tuple(gas for gas in GAS_COLUMNS if any(row["gas"] == gas for row in rows)),
        tuple(gas for gas in GAS_COLUMNS if any(gas in flow["parts"] for flow in flows)),
        tuple(sorted({flow["shape"] for flow in flows if flow["parts"]})),
        any(flow["multiplier"] != 1 for flow in flows),
        tuple(sorted({name for flow in flows for name in flow["by_quality"]})),
        any(target_of(row.get("money")) for row in rows),
    )


def _numbered(tree: Node, symbols: dict[str, str]) -> Node:
    """Return a tree with its factor values renamed v1, v2, ... in the order of writing; `symbols` collects them."""
    match tree:
        case Number() | Name("quantity"):
            return tree
        case Name(name):
            return Name(symbols.setdefault(name, f"v{len(symbols) + 1}"))
        case Binary(op, left, right):
            return Binary(op, _numbered(left, symbols), _numbered(right, symbols))
        case Call(function, args):
            return Call(function, tuple(_numbered(arg, symbols) for arg in args))


def _beside(formula: str | None, values: Mapping[str, Decimal]) -> float | None:
    """Return x of the formula `quantity * x`, the one shape of what stands beside an amount."""
    if formula is None:
        return None
    match parse(formula):
        case Binary("*", Name("quantity"), Name(symbol)):
            return float(values[symbol])
        case Binary("*", Name("quantity"), Number(value, _)):
            return float(value)
    raise ValueError(formula)


def _key_table(rows: list[dict[str, Any]], flows: list[dict[str, Any]]) -> pa.Table:
    """Return the natural keys with their flows, and the largest quantity whose every product stays in range."""
    first: dict[str, int] = {}
    for account in chart().accounts.values():
        first.setdefault(account.group, account.order)
    keys: dict[int, dict[str, Any]] = {}
    for row, flow in zip(rows, flows, strict=True):
        key = keys.setdefault(
            row["plan_key"],
            {**row, "first": flow["flow_no"], "limit": MAX_QUANTITY, "group_no": first[chart()[row["account"]].group]},
        )
        key["last"] = flow["flow_no"]
        amounts = [*flow["values"], *(v for values in flow["parts"].values() for v in values)]
        largest = max([abs(v) for v in amounts] + [abs(flow["biogenic"] or 0.0)], default=0.0)
        if largest:
            key["limit"] = min(key["limit"], MAX_ROW_KG / (largest * flow["multiplier"]))
        if target := target_of(row.get("money")):
            key["target"] = target
            key["limit"] = min(key["limit"], key["limit"] / float(most_of(row["recorded_unit"], target)))
        if flow["energy"]:
            key["limit"] = min(key["limit"], MAX_JOULES / (flow["energy"] * flow["multiplier"] * 1e6))
    columns: dict[str, pa.Array] = {
        "plan_key": pa.array(list(keys), pa.int32()),
        "year": pa.array([key["year"] for key in keys.values()], pa.int32()),
        "first_flow": pa.array([key["first"] for key in keys.values()], pa.int32()),
        "last_flow": pa.array([key["last"] for key in keys.values()], pa.int32()),
        "group_no": pa.array([key["group_no"] for key in keys.values()], pa.int32()),
        "max_quantity": pa.array([key["limit"] for key in keys.values()], pa.float64()),
    }
    for name in ("activity_type", "attributes", "recorded_unit", "geography", "target"):
        columns[name] = pa.array([key.get(name) for key in keys.values()], pa.string())
    return pa.table(columns)


def _flow_table(flows: list[dict[str, Any]]) -> pa.Table:
    columns: dict[str, pa.Array] = {name: pa.array([f[name] for f in flows], pa.string()) for name in FLOW_TEXTS}
    for name in ("plan_key", "flow_no", "shape"):
        columns[name] = pa.array([f[name] for f in flows], pa.int32())
    columns["renewable"] = pa.array([f["renewable"] for f in flows], LEDGER.field("renewable_share").type)
    columns["multiplier_exact"] = pa.array([f["multiplier_exact"] for f in flows], MULTIPLIER)
    for name in ("multiplier", "biogenic", "energy"):
        columns[name] = pa.array([f[name] for f in flows], pa.float64())
    columns["u_factor"] = pa.array([f["u_factor"] for f in flows], pa.int32())
    for name in sorted({name for f in flows for name in f["by_quality"]}):
        columns[f"u_{name}"] = pa.array([f["by_quality"].get(name) for f in flows], pa.int32())
    for i in range(max((len(f["values"]) for f in flows), default=0)):
        values = [f["values"][i] if i < len(f["values"]) else None for f in flows]
        columns[f"v{i + 1}"] = pa.array(values, pa.float64())
    split = [flow for flow in flows if flow["parts"]]
    for i in range(max((len(f["values"]) for f in split), default=0)):
        for gas in dict.fromkeys(gas for flow in split for gas in flow["parts"]):
            values = [f["parts"][gas][i] if gas in f["parts"] and i < len(f["values"]) else 0.0 for f in flows]
            columns[f"{gas}_v{i + 1}"] = pa.array(values, pa.float64())
    return pa.table(columns)


def _case(flow: str, expressions: Mapping[int, str]) -> str:
    if len(expressions) < 2:
        return next(iter(expressions.values()), "CAST(0 AS BIGINT)")
    whens = " ".join(f"WHEN {shape} THEN {expression}" for shape, expression in expressions.items())
    return f"CASE {flow}.shape {whens} END"
