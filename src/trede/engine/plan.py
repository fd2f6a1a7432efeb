"""The plan: every distinct key resolved once to flows with their values, with the reason. Small, and kept with the run."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.accounts import chart
from trede.catalogue.gwp import DEFAULT_GWP, gwp_set
from trede.catalogue.substances import substances
from trede.catalogue.uncertainties import NO_FACTOR, percent_parts, uncertainties
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import CERTIFICATES, ActivityType, Vocabulary, vocabulary
from trede.engine.gases import GasPart, Source, from_gwp, from_list, parts_of, totals_of, write_parts
from trede.engine.losses import LOST, with_losses
from trede.engine.money import MoneySettings, is_money, steps, write_steps
from trede.factors.matching import Match, Shelf, told_attributes, unit_multiplier
from trede.factors.spending import choose
from trede.kernel.errors import TredeError
from trede.kernel.gases import GwpSet
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue
from trede.methods.formula import names, parse
from trede.methods.model import Flow, Method, Methods
from trede.organisation.parts import Losses

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
        ("gas", pa.string()),  # the ledger column that the amount goes to; null when it is split
        ("gases", pa.string()),  # JSON: the gases of a split amount (`engine.gases`), or null
        ("gwp_basis", pa.string()),
        ("formula", pa.string()),
        ("minus", pa.string()),  # JSON: formulas whose milligrams are taken off
        ("biogenic", pa.string()),
        ("energy", pa.string()),
        ("values", pa.string()),  # JSON: symbol → exact decimal
        ("reason", pa.string()),  # JSON: why this factor, and the runners-up
        ("uncertainty", pa.string()),  # JSON: u of the factor, and of the activity by quality, each with its source
        ("carrier", pa.string()),  # of the energy; null where there is none, or the type does not say
        (
            "money",
            pa.string(),
        ),  # JSON: how an amount comes to the factor's currency and year; null where it is no money
        ("renewable", pa.string()),  # exact decimal: the part of the energy from renewable sources; null is unknown
    ]
)


VIA = "via"
"""Among the attributes of a derived activity: the type and leg that it comes from, `freight-shipment.transport`."""

GROUP = "account-group"
"""Among the attributes of a derived activity: the account group that it posts to instead of its type's own."""


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
    """The resolved keys, with the issues of each. Records of an `unresolved` key are unmatched."""

    flows: pa.Table
    unresolved: Mapping[Key, list[Issue]]
    issues: Mapping[Key, list[Issue]]


def make_plan(
    keys: Sequence[Key], vocabulary: Vocabulary, methods: Methods, shelf: Shelf, gwp: str = DEFAULT_GWP,
    money: MoneySettings | None = None, losses: Losses | None = None,
) -> Plan:  # fmt: skip
    """Resolve keys to flows.

    Args:
        keys: distinct keys; their order does not matter, numbers are given in sorted order.
        gwp: the GWP set to which values that are split by gas are brought.
        money: how amounts of money are brought to their factors.
        losses: how losses of purchased energy are counted; None: not.

    Returns:
        The plan; its table has schema `PLAN`, ordered by key and flow.
    """
    resolver = _Resolver(vocabulary, methods, shelf, gwp_set(gwp), money or MoneySettings(), losses)
    rows: list[dict[str, Any]] = []
    unresolved: dict[Key, list[Issue]] = {}
    issues: dict[Key, list[Issue]] = {}
    for number, key in enumerate(
        sorted(keys, key=lambda k: (k.activity_type, k.attributes, k.unit, k.geography, k.year))
    ):
        flows, problems = resolver.resolve(key)
        rows += [{"plan_key": number, "flow_no": at, **flow} for at, flow in enumerate(flows)]
        issues[key] = problems
        activity = vocabulary[key.activity_type]
        if not flows and (activity.refused or methods[activity.method].flow):
            unresolved[key] = problems
    columns = {name: [row[name] for row in rows] for name in PLAN.names}
    return Plan(pa.table(columns, schema=PLAN), unresolved, issues)


@dataclass(frozen=True)
class _Resolver:
    vocabulary: Vocabulary
    methods: Methods
    shelf: Shelf
    gwp: GwpSet
    money: MoneySettings
    losses: Losses | None = None

    def resolve(self, key: Key) -> tuple[list[dict[str, Any]], list[Issue]]:
        activity = self.vocabulary[key.activity_type]
        method = self.methods[activity.method]
        if activity.refused:
            return [], [Issue.error(activity.refused, activity_type=activity.id, year=key.year)]
        recorded = json.loads(key.attributes)
        instrument, claim, group, via = (recorded.pop(name, None) for name in ("instrument", "claim", GROUP, VIA))
        stages = self._stages(via)
        if group:
            activity = activity.posting_to(group)
        attributes, issues = _substitute(activity, recorded, key)
        if activity.release is not None:
            return self._release(key, activity, method, attributes)
        if activity.by_sector:
            found, problems = self._spend(key, activity, method, attributes)
            return found, [*issues, *problems]
        sources: dict[str, Source] = {}
        matches: dict[str, Match] = {}
        for slot in method.slots:
            if slot == "upstream":  # only where the publisher of the main factor gives it apart
                if apart := self.shelf.upstream_of(matches["main"], activity.id, attributes, key.year, key.geography):
                    sources[slot] = from_list(slot, apart, self.gwp)
                    issues = [issue for issue in issues if issue.code != "stage_missing"]
                continue
            wanted = f"market-{instrument}" if instrument and slot == "market" else slot
            match, problems = self.shelf.match(activity.id, attributes, wanted, key.year, activity.kind, key.geography)
            issues += [issue for issue in problems if not (stages and issue.code == "stage_missing")]
            if match is None:
                return [], issues
            if activity.needs_direct and match.factor.direct == 0:
                subject: dict[str, Any] = {"activity_type": activity.id, "year": key.year, "factor": match.ref}
                return [], [*issues, Issue.error("factor_without_direct", **subject)]
            matches[slot] = match
            sources[slot] = from_list(slot, match, self.gwp)
        issues += [] if group else self._add_losses(key, activity, method, sources)
        if claim:
            attributes = {**attributes, "instrument": instrument, "claim": claim}
        flows = list(_flows(key, activity, attributes, method, sources, self.gwp))
        if not stages:
            return flows, issues
        kept = [flow for flow in flows if flow["stage"] in stages]
        if not kept:
            told: dict[str, Any] = {
                "factor": next((match.ref for match in sources.values()), ""),
                "stage": ", ".join(stages),
            }
            issues.append(Issue.error("stage_not_apart", activity_type=activity.id, year=key.year, **told))
        return kept, issues

    def _add_losses(self, key: Key, activity: ActivityType, method: Method, sources: dict[str, Source]) -> list[Issue]:
        """Give the sources of purchased energy their losses, where the organisation counts them; return what to tell."""
        issues: list[Issue] = []
        for slot in sources if self.losses else ():
            if self.losses and _has_losses(method, slot):
                sources[slot], told = with_losses(sources[slot], slot, self.losses, activity, key.geography, key.year)
                issues += told
        return issues

    def _stages(self, via: str | None) -> tuple[str, ...]:
        """Return the stages that a derived activity is limited to; none for one that posts all that its factor holds."""
        kind, _, leg = (via or "").rpartition(".")
        return self.vocabulary[kind].posted(leg).stages if kind else ()

    def _spend(
        self, key: Key, activity: ActivityType, method: Method, attributes: dict[str, str]
    ) -> tuple[list[dict[str, Any]], list[Issue]]:
        """Resolve a line of spend: its sector's factor, and the steps to that factor's currency and year."""
        chosen = choose(self.shelf, activity, attributes, key.year, key.geography)
        if chosen.match is None:
            return [], chosen.issues
        issues = list(chosen.issues)
        try:
            multiplier, told = steps(
                key.unit, key.geography, key.year, chosen.match.factor, chosen.match.library, self.money
            )
        except TredeError as error:
            subject: dict[str, Any] = {"activity_type": key.activity_type, "attributes": told_attributes(attributes)}
            return [], [*issues, *(Issue.error(i.code, **{**subject, **i.values}) for i in error.issues)]
        if "index" in told and told["index"]["measure"] != "producer index":
            issues.append(Issue.notice("spend_consumer_index", measure=told["index"]["measure"]))
        source = replace(from_list("main", chosen.match, self.gwp), beside=chosen.why)
        rows = _flows(key, activity, dict(chosen.attributes), method, {"main": source}, self.gwp)
        return [row | {"multiplier": f"{multiplier.normalize():f}", "money": write_steps(told)} for row in rows], issues

    def _release(
        self, key: Key, activity: ActivityType, method: Method, attributes: dict[str, str]
    ) -> tuple[list[dict[str, Any]], list[Issue]]:
        """Resolve a gas that is let go: by the factor that somebody chose, else species by species."""
        chosen = self.shelf.overridden(activity.id, attributes, key.year, activity.kind, key.geography)
        if chosen is not None:
            match, issues = chosen
            sources = {"main": from_list("main", match, self.gwp)} if match else {}
            return list(_flows(key, activity, attributes, method, sources, self.gwp)), issues
        assert activity.release is not None
        substance = substances()[attributes[activity.release.attribute]]
        lacking = sorted(set(substance.species) - set(self.gwp.values))
        if lacking:
            facts: dict[str, Any] = {"activity_type": activity.id, "year": key.year, "attributes": substance.name}
            return [], [Issue.error("gwp_species_missing", **facts, gwp=self.gwp.id, species=lacking)]
        rows: list[dict[str, Any]] = []
        for species, share in substance.species.items():
            source = from_gwp("main.total", species, share, self.gwp)
            rows += _flows(key, activity, attributes, method, {"main": source}, self.gwp, f".{species}")
        return rows, []


def _has_losses(method: Method, slot: str) -> bool:
    return any(f"{slot}.{LOST}" in method.symbols(flow) for flow in method.flow)


def _flows(
    key: Key, activity: ActivityType, attributes: dict[str, str], method: Method, sources: Mapping[str, Source],
    gwp: GwpSet, suffix: str = "",
) -> Iterator[dict[str, Any]]:  # fmt: skip
    values = {symbol: value for source in sources.values() for symbol, value in source.values.items()}
    split = {symbol: parts for source in sources.values() for symbol, parts in source.split.items()}
    for flow in method.flow:
        symbols = method.symbols(flow)
        if any(symbol not in values for symbol in symbols) or any(name in values for name in flow.unless):
            continue
        parts = parts_of(symbols, split)
        source = sources[symbols[0].partition(".")[0]] if symbols else None
        known = values | totals_of(parts, symbols) if parts else values
        yield _row(key, activity, attributes, method, flow, source, known, parts, gwp) | {"flow": flow.id + suffix}


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
    key: Key, activity: ActivityType, attributes: dict[str, str], method: Method, flow: Flow, source: Source | None,
    values: Mapping[str, Decimal], parts: Sequence[GasPart], gwp: GwpSet,
) -> dict[str, Any]:  # fmt: skip
    group = flow.group or activity.group_of_gas(source.gas if source else "unsplit", attributes)
    account = chart()[f"{group}.{flow.stage}"]
    unit = source.unit if source else _canonical(activity)
    energy = _if_known(flow.energy, values)
    beside = [text for text in (flow.biogenic, flow.energy) if text]
    named = {s: values[s] for s in method.symbols(flow)} | {
        s: values[s] for text in beside for s in _names(text) if s in values
    }
    reason = {
        "why": source.why if source else "by-definition",
        "attributes": attributes,
        "runners_up": [c.to_json() for c in source.runners_up] if source else [],
        **({"spend": dict(source.beside)} if source and source.beside else {}),
    }
    if flow.group and source and source.lost:
        reason["losses"] = source.lost
    return {
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
        "factor": source.ref if source else None,
        "decision": source.decision if source else None,
        "unit": unit,
        "multiplier": "1"
        if is_money(activity.kind)
        else str(unit_multiplier(activity.kind, key.unit, unit).normalize()),
        "gas": None if parts else source.gas if source else "unsplit",
        "gases": write_parts(parts) if parts else None,
        "gwp_basis": gwp.id if parts else source.gwp_basis if source else "none",
        "formula": flow.formula,
        "minus": canonical_json([method.find_flow(other).formula for other in flow.minus]).decode(),
        "biogenic": _if_known(flow.biogenic, values),
        "energy": energy,
        "values": canonical_json({s: str(v) for s, v in sorted(named.items())}).decode(),
        "reason": canonical_json(reason).decode(),
        "uncertainty": _uncertainty(activity, source, group),
        "carrier": activity.carrier_of(attributes) if energy else None,
        "money": None,
        "renewable": _renewable(activity, attributes, flow) if energy else None,
    }


def _renewable(activity: ActivityType, attributes: Mapping[str, str], flow: Flow) -> str | None:
    """Return the renewable part of a flow's energy: that of the certificates that cover it (market basis), else of the type."""
    if flow.basis == "market" and "instrument" in attributes:
        return vocabulary()[CERTIFICATES].renewable_share({"technology": attributes["instrument"]})
    return activity.renewable_share(attributes)


def _uncertainty(activity: ActivityType, source: Source | None, group: str) -> str:
    """Return both uncertainties in ten-thousandths, each with what says so; what is not there is unknown.

    What the publisher says of the factor itself goes before the set. Where a method takes no factor (emissions as a partner
    states them) none can err.
    """
    known = uncertainties()
    found = source.factor if source else None
    factor: list[Any] | None = None if source else [0, NO_FACTOR]
    if source and found and found.uncertainty:
        factor = [percent_parts(found.uncertainty), source.ref]
    elif found and (entry := known.of_factor(found, group)):
        factor = [entry.parts, known.ref(entry)]
    by_quality = {quality: [e.parts, known.ref(e)] for quality, e in known.of_activity(activity.kind).items()}
    return canonical_json({"activity": by_quality, "factor": factor}).decode()


def _names(text: str) -> list[str]:
    return [name for name in names(parse(text)) if "." in name]


def _if_known(text: str | None, values: Mapping[str, Decimal]) -> str | None:
    return text if text and all(name in values for name in _names(text)) else None


def _canonical(activity: ActivityType) -> str:
    return unit_registry().kinds[activity.kind].unit
