"""The plan: every distinct key resolved once to flows with their values, with the reason. Small, and kept with the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.accounts import chart
from trede.catalogue.uncertainties import percent_parts, uncertainties
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.factors.matching import Match, Shelf, unit_multiplier
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue
from trede.methods.formula import names, parse
from trede.methods.model import Flow, Method, Methods

PLAN = pa.schema(
    [
        ("plan_key", pa.int32()),
        ("flow_no", pa.int16()),
        ("activity_type", pa.string()),
        ("attributes", pa.string()),  # as recorded
        ("recorded_unit", pa.string()),
        ("geography", pa.string()),
        ("year", pa.int32()),
        ("account", pa.string()),
        ("stage", pa.string()),
        ("basis", pa.string()),
        ("method", pa.string()),
        ("flow", pa.string()),
        ("factor", pa.string()),
        ("decision", pa.string()),
        ("unit", pa.string()),  # the factor's unit
        ("multiplier", pa.string()),  # exact decimal: factor's units in one recorded unit
        ("gas", pa.string()),  # the ledger column that the amount goes to
        ("gwp_basis", pa.string()),
        ("formula", pa.string()),
        ("minus", pa.string()),  # JSON: formulas whose milligrams are taken off
        ("biogenic", pa.string()),
        ("energy", pa.string()),
        ("values", pa.string()),  # JSON: symbol → exact decimal
        ("reason", pa.string()),  # JSON: why this factor, and the runners-up
        ("uncertainty", pa.string()),  # JSON: u of the factor, and of the activity by quality, each with its source
    ]
)


@dataclass(frozen=True, slots=True)
class Key:
    """What chooses factors: the records that share it are calculated alike."""

    activity_type: str
    attributes: str
    unit: str
    geography: str
    year: int


@dataclass(frozen=True)
class Plan:
    """The resolved keys. `unresolved` keys have no flow; their records are unmatched and each key has its issues."""

    flows: pa.Table
    unresolved: Mapping[Key, list[Issue]]
    issues: list[Issue]


def make_plan(keys: Sequence[Key], vocabulary: Vocabulary, methods: Methods, shelf: Shelf) -> Plan:
    """Resolve keys to flows.

    Args:
        keys: distinct keys; their order does not matter, numbers are given in sorted order.

    Returns:
        The plan; its table has schema `PLAN`, ordered by key and flow.
    """
    rows: list[dict[str, Any]] = []
    unresolved: dict[Key, list[Issue]] = {}
    issues: list[Issue] = []
    for number, key in enumerate(
        sorted(keys, key=lambda k: (k.activity_type, k.attributes, k.unit, k.geography, k.year))
    ):
        found, problems = _resolve(number, key, vocabulary, methods, shelf)
        rows += found
        issues += problems
        if not found and methods[vocabulary[key.activity_type].method].flow:
            unresolved[key] = problems
    columns = {name: [row[name] for row in rows] for name in PLAN.names}
    return Plan(pa.table(columns, schema=PLAN), unresolved, issues)


def _resolve(
    number: int, key: Key, vocabulary: Vocabulary, methods: Methods, shelf: Shelf
) -> tuple[list[dict[str, Any]], list[Issue]]:
    activity = vocabulary[key.activity_type]
    method = methods[activity.method]
    recorded = json.loads(key.attributes)
    instrument, claim = recorded.pop("instrument", None), recorded.pop("claim", None)
    attributes, issues = _substitute(activity, recorded, key)
    if key.geography != "NL" and method.slots:
        # The lists that ship are Dutch; a factor never crosses a border on its own.
        return [], [
            *issues,
            Issue.error("geography_without_factors", activity_type=activity.id, geography=key.geography),
        ]
    matches: dict[str, Match] = {}
    for slot in method.slots:
        wanted = f"market-{instrument}" if instrument and slot == "market" else slot
        match, problems = shelf.match(activity.id, attributes, wanted, key.year, activity.kind)
        issues += problems
        if match is None:
            return [], issues
        if activity.needs_direct and match.factor.direct == 0:
            subject: dict[str, Any] = {"activity_type": activity.id, "year": key.year, "factor": match.ref}
            return [], [*issues, Issue.error("factor_without_direct", **subject)]
        matches[slot] = match
    values = {f"{slot}.{name}": v for slot, match in matches.items() for name, v in match.factor.values().items()}
    if claim:
        attributes = {**attributes, "instrument": instrument, "claim": claim}
    rows: list[dict[str, Any]] = []
    for flow in method.flow:
        symbols = method.symbols(flow)
        if any(symbol not in values for symbol in symbols) or any(name in values for name in flow.unless):
            continue
        rows.append(_row(number, len(rows), key, activity, attributes, method, flow, symbols, matches, values))
    return rows, issues


def _substitute(activity: ActivityType, attributes: dict[str, str], key: Key) -> tuple[dict[str, str], list[Issue]]:
    issues = []
    for rule in activity.substitute:
        if all(attributes.get(name) in allowed for name, allowed in rule.when.items()):
            issues.append(
                Issue.warning(
                    rule.issue,
                    activity_type=activity.id,
                    year=key.year,
                    given=", ".join(attributes[name] for name in rule.set),
                    used=", ".join(rule.set.values()),
                )
            )
            attributes = {**attributes, **rule.set}
    return attributes, issues


def _row(
    number: int, flow_no: int, key: Key, activity: ActivityType, attributes: dict[str, str], method: Method, flow: Flow,
    symbols: list[str], matches: dict[str, Match], values: dict[str, Decimal],
) -> dict[str, Any]:  # fmt: skip
    group = activity.account_group(attributes)
    account = chart()[f"{group}.{flow.stage}"]
    match = matches[symbols[0].partition(".")[0]] if symbols else None
    unit = match.factor.unit if match else _canonical(activity)
    beside = [text for text in (flow.biogenic, flow.energy) if text]
    named = {s: values[s] for s in symbols} | {s: values[s] for text in beside for s in _names(text) if s in values}
    reason = {
        "why": match.why if match else "by-definition",
        "attributes": attributes,
        "runners_up": [c.to_json() for c in match.runners_up] if match else [],
    }
    return {
        "plan_key": number,
        "flow_no": flow_no,
        "activity_type": key.activity_type,
        "attributes": key.attributes,
        "recorded_unit": key.unit,
        "geography": key.geography,
        "year": key.year,
        "account": account.id,
        "stage": flow.stage,
        "basis": flow.basis,
        "method": method.ref,
        "flow": flow.id,
        "factor": match.ref if match else None,
        "decision": (match.decision or None) if match else None,
        "unit": unit,
        "multiplier": str(unit_multiplier(activity.kind, key.unit, unit).normalize()),
        "gas": match.factor.gas if match else "unsplit",
        "gwp_basis": match.library.papers.gwp_basis if match else "none",
        "formula": flow.formula,
        "minus": canonical_json([method.find_flow(other).formula for other in flow.minus]).decode(),
        "biogenic": _if_known(flow.biogenic, values),
        "energy": _if_known(flow.energy, values),
        "values": canonical_json({s: str(v) for s, v in sorted(named.items())}).decode(),
        "reason": canonical_json(reason).decode(),
        "uncertainty": _uncertainty(activity, match, group),
    }


def _uncertainty(activity: ActivityType, match: Match | None, group: str) -> str:
    """Return both uncertainties in ten-thousandths, each with what says so; what is not there is unknown.

    What the publisher says of the factor itself goes before the set.
    """
    known = uncertainties()
    factor: list[Any] | None = None
    if match and match.factor.uncertainty:
        factor = [percent_parts(match.factor.uncertainty), match.ref]
    elif match and (entry := known.of_factor(match.factor, group)):
        factor = [entry.parts, known.ref(entry)]
    by_quality = {quality: [e.parts, known.ref(e)] for quality, e in known.of_activity(activity.kind).items()}
    return canonical_json({"activity": by_quality, "factor": factor}).decode()


def _names(text: str) -> list[str]:
    return [name for name in names(parse(text)) if "." in name]


def _if_known(text: str | None, values: Mapping[str, Decimal]) -> str | None:
    return text if text and all(name in values for name in _names(text)) else None


def _canonical(activity: ActivityType) -> str:
    return unit_registry().kinds[activity.kind].unit
