"""Plans that never were: the activities of one side with the factors, or the methods, of the other.

A key of one side is paired with the key of the other that has the same activity type, attributes, unit and country, in the
year that stands at the same place of its period (the first year of one side with the first year of the other). Power under
a certificate is paired by the technology, not by the claim, which is another record each year. A key without a pair keeps
its own flows: whatever it gives is then a matter of activity.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.gwp import gwp_set
from trede.engine.gases import GasPart, by_symbol, parts_of, read_parts, rebased, totals_of, write_parts
from trede.engine.plan import PLAN, Key
from trede.kernel.identity import canonical_json
from trede.methods.formula import names, parse

Flow = Mapping[str, Any]
"""One row of a plan."""

KEY_COLUMNS = ("plan_key", "flow_no", "activity_type", "attributes", "recorded_unit", "geography", "year")
METHOD_COLUMNS = (
    "account", "stage", "basis", "method", "flow", "formula", "minus", "biogenic", "energy", "carrier", "renewable",
)  # fmt: skip
FACTOR_COLUMNS = (
    "factor", "decision", "unit", "multiplier", "gas", "gases", "gwp_basis", "values", "reason", "uncertainty",
    "money",
)  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """What a side's plan says of each key of its activities; no flows: there was no factor."""

    keys: Sequence[Key]
    flows: Mapping[Key, Sequence[Flow]]
    _traits: Mapping[Key, Key]
    """What a key is without the identity of a claim → the first such key."""

    @classmethod
    def read(cls, plan: pa.Table, keys: Iterable[Key]) -> Planned:
        """Read a stored plan for the keys of a side's activities."""
        found: dict[Key, list[Flow]] = {key: [] for key in sorted(keys, key=_order)}
        absent = {name: None for name in PLAN.names if name not in plan.column_names}  # of an earlier version
        for row in ({**absent, **row} for row in plan.to_pylist()):
            key = Key(row["activity_type"], row["attributes"], row["recorded_unit"], row["geography"], row["year"])
            if key in found:
                found[key].append(row)
        traits: dict[Key, Key] = {}
        for key in found:
            traits.setdefault(trait(key), key)
        return cls(list(found), found, traits)

    def pair(self, key: Key, years: int) -> Sequence[Flow] | None:
        """Return the flows of the key that stands `years` later, or None when this side has no such key."""
        found = self._traits.get(trait(replace(key, year=key.year + years)))
        return None if found is None else self.flows[found]


def own_plan(side: Planned) -> pa.Table:
    """Return a side's own plan for its own activities."""
    return _table({key: side.flows[key] for key in side.keys})


def other_plan(side: Planned, other: Planned, years: int) -> pa.Table:
    """Return the plan of a side's activities with the other side's flows; `years` lead from this side to the other."""
    found: dict[Key, Sequence[Flow]] = {}
    for key in side.keys:
        flows = other.pair(key, years)
        found[key] = side.flows[key] if flows is None else flows
    return _table(found)


def method_plan(side: Planned, before: Planned, after: Planned, years: tuple[int, int]) -> pa.Table:
    """Return the plan of a side's activities with the later side's methods and the earlier side's factors.

    Args:
        side: the side whose activities are meant, one of the two others.
        years: how many years lead from the side to the earlier and to the later one.
    """
    found: dict[Key, Sequence[Flow]] = {}
    for key in side.keys:
        old, new = before.pair(key, years[0]), after.pair(key, years[1])
        found[key] = side.flows[key] if old is None or new is None else with_method(old, new)
    return _table(found)


def potentials_of(name: str, plans: Iterable[pa.Table]) -> dict[str, Decimal]:
    """Return the potentials of a GWP set; for the species that plans were made with, as they were then."""
    found = dict(gwp_set(name).values)
    for plan in plans:
        if "gases" in plan.column_names:
            for text in plan["gases"].to_pylist():
                found |= {part.species: part.potential for part in read_parts(text) if part.species and part.potential}
    return found


def with_gwp(plan: pa.Table, potentials: Mapping[str, Decimal]) -> pa.Table:
    """Return a plan under other potentials: the same kilograms of each gas. A species that they lack keeps its own."""
    rows = plan.to_pylist()
    for row in rows:
        parts = [rebased(part, potentials) for part in read_parts(row["gases"])]
        if parts:
            totals = totals_of(parts, by_symbol(parts))
            values = json.loads(row["values"]) | {symbol: str(value) for symbol, value in totals.items()}
            row |= {"gases": write_parts(parts), "values": json.dumps(values)}
    return pa.table({name: [row[name] for row in rows] for name in PLAN.names}, schema=PLAN)


def with_method(old: Sequence[Flow], new: Sequence[Flow]) -> Sequence[Flow]:
    """Return the flows of a new method with the factor values of the old one.

    A flow that needs a value which the old factors do not have comes with its own: there was nothing to hold it against.
    """
    if not old or not new or _same_method(old, new):
        return old
    values: dict[str, str] = {}
    papers: dict[str, Flow] = {}
    split: dict[str, list[GasPart]] = {}
    for flow in old:
        split |= by_symbol(read_parts(flow["gases"]))
        for symbol, value in json.loads(flow["values"]).items():
            values[symbol] = value
            papers.setdefault(symbol.partition(".")[0], flow)
    return [_joined(flow, values, papers, split) for flow in new]


def _same_method(old: Sequence[Flow], new: Sequence[Flow]) -> bool:
    """Whether both were made by one method; flows that a factor does not fill do not matter."""
    fixed = ("method", "account", "stage", "basis", "formula", "minus")
    known = {flow["flow"]: [flow[name] for name in fixed] for flow in old}
    shared = [flow for flow in new if flow["flow"] in known]
    methods = {flow["method"] for flow in (*old, *new)}
    return len(methods) == 1 and all(known[flow["flow"]] == [flow[name] for name in fixed] for flow in shared)


def _joined(
    flow: Flow, values: Mapping[str, str], papers: Mapping[str, Flow], split: Mapping[str, Sequence[GasPart]]
) -> Flow:
    needed = _symbols(flow["formula"], *json.loads(flow["minus"]))
    if not needed or any(symbol not in values for symbol in needed):
        return flow
    beside = {name: flow[name] if _known(flow[name], values) else None for name in ("biogenic", "energy")}
    wanted = dict.fromkeys([*needed, *_symbols(*(text for text in beside.values() if text))])
    taken = papers[needed[0].partition(".")[0]]
    factor = {name: taken.get(name) for name in FACTOR_COLUMNS}
    parts = parts_of(needed, split)
    if parts:
        factor |= {"gas": None, "gases": write_parts(parts)}
    elif factor["gases"]:
        factor |= {"gas": "unsplit", "gases": None}
    return {**flow, **factor, **beside, "values": json.dumps({symbol: values[symbol] for symbol in wanted})}


def _symbols(*formulas: str) -> list[str]:
    return [name for text in formulas for name in names(parse(text)) if "." in name]


def _known(formula: str | None, values: Collection[str]) -> bool:
    return formula is not None and all(symbol in values for symbol in _symbols(formula))


def _table(flows: Mapping[Key, Sequence[Flow]]) -> pa.Table:
    """Write flows as a plan of these keys, numbered in their order."""
    rows = [
        {**flow, "plan_key": number, "flow_no": at, "attributes": key.attributes, "year": key.year}
        for number, (key, planned) in enumerate(flows.items())
        for at, flow in enumerate(planned)
    ]
    return pa.table({name: [row.get(name) for row in rows] for name in PLAN.names}, schema=PLAN)


def trait(key: Key) -> Key:
    """Return a key without the identity of the claim that covers it."""
    attributes = json.loads(key.attributes)
    attributes.pop("claim", None)
    return replace(key, attributes=canonical_json(attributes).decode())


def _order(key: Key) -> tuple[str, str, str, str, int]:
    return key.activity_type, key.attributes, key.unit, key.geography, key.year
