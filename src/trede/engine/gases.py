"""Gases in a plan: what a publisher splits by gas is calculated gas by gas, under the GWP set of the run.

A plan keeps the kilograms of each gas with the potential that was used. So anyone can see both, and a plan can be held
against the same plan under another set (`rebased`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from trede.catalogue.factor import Factor
from trede.catalogue.units import unit_registry
from trede.factors.matching import Candidate, Match
from trede.kernel.gases import BY_MASS, GAS_COLUMNS, GwpSet, co2e_of
from trede.kernel.identity import canonical_json

GWP_PREFIX = "gwp-"
"""A row that rests on a potential names the set as others name a list: `gwp-AR6#hfc-134a`."""

MJ_IN_KWH = Decimal("3.6")


@dataclass(frozen=True, slots=True)
class GasPart:
    """One gas of a flow, or of a value.

    `amounts` are by name of the value, per unit: kg of the species, or kg CO2e when there is no potential (a publisher's
    rest, or a column that mixes gases).
    """

    column: str
    species: str | None
    potential: Decimal | None
    amounts: Mapping[str, Decimal]

    def co2e(self, symbol: str) -> Decimal:
        """Return kg CO2e per unit; a value without this gas has none of it."""
        amount = self.amounts.get(symbol, Decimal(0))
        return amount if self.potential is None else co2e_of(amount, self.potential)


@dataclass(frozen=True)
class Source:
    """Where the values of a slot come from: a factor of a list, or a species under the run's GWP set.

    `values` are as published, by name (`slot.value`); `split` has the gases of those values that are known by gas.
    """

    ref: str
    why: str
    decision: str | None
    unit: str
    gas: str
    gwp_basis: str
    values: Mapping[str, Decimal]
    split: Mapping[str, Sequence[GasPart]]
    runners_up: Sequence[Candidate] = ()
    factor: Factor | None = None
    """The factor of a list; a potential has none."""
    beside: Mapping[str, object] = field(default_factory=dict)
    """What else the plan tells of the choice: of spend, what the code came to."""
    lost: Mapping[str, str] = field(default_factory=dict)
    """How losses were reckoned, where they are (`engine.losses`): the share, its basis and source, and the value they are of."""


def from_list(slot: str, match: Match, gwp: GwpSet) -> Source:
    """Return a factor of a list; what it splits by gas is meant under the potentials of `gwp`."""
    factor = match.factor
    split = {f"{slot}.{value}": _gases(f"{slot}.{value}", gases, gwp) for value, gases in factor.gases.items()}
    values = {f"{slot}.{name}": value for name, value in factor.values().items()}
    if factor.kind == "electricity" and factor.status == "active":
        # A list of grid mixes need not say what a kilowatt-hour is: 3.6 MJ (SI brochure, table 8).
        in_kwh = unit_registry().multiplier(factor.kind, factor.unit, "kWh")
        values.setdefault(f"{slot}.energy", (in_kwh * MJ_IN_KWH).normalize())
    basis = match.library.papers.gwp_basis
    return Source(
        match.ref,
        match.why,
        match.decision or None,
        factor.unit,
        factor.gas,
        basis,
        values,
        split,
        match.runners_up,
        factor,
    )


def from_gwp(symbol: str, species: str, share: Decimal, gwp: GwpSet) -> Source:
    """Return a species of a GWP set as the source of a value: kg CO2e per kg of a substance of which it is a part."""
    column, potential = gwp.columns[species], gwp[species]
    part = GasPart(column, species, potential, {symbol: share})
    ref = f"{GWP_PREFIX}{gwp.id}#{species}"
    return Source(ref, "gwp", None, "kg", column, gwp.id, {symbol: part.co2e(symbol)}, {symbol: [part]})


def _gases(symbol: str, gases: Mapping[str, Decimal], gwp: GwpSet) -> list[GasPart]:
    return [
        GasPart(gas, gas, gwp[gas], {symbol: amount}) if gas in BY_MASS else GasPart(gas, None, None, {symbol: amount})
        for gas, amount in gases.items()
    ]


def parts_of(symbols: Iterable[str], split: Mapping[str, Sequence[GasPart]]) -> list[GasPart]:
    """Return the gases of a flow that names these values.

    None at all when one of the values is known as CO2e only: its gases cannot be told from those of the others, so the
    flow is posted as published.
    """
    found: dict[str, GasPart] = {}
    for symbol in symbols:
        if symbol not in split:
            return []
        for part in split[symbol]:
            known = found.get(part.column, replace(part, amounts={}))
            found[part.column] = replace(known, amounts={**known.amounts, symbol: part.amounts[symbol]})
    return [found[gas] for gas in GAS_COLUMNS if gas in found]


def by_symbol(parts: Sequence[GasPart]) -> dict[str, list[GasPart]]:
    """Return the gases of each value of a flow: the way back from `parts_of`."""
    symbols = dict.fromkeys(symbol for part in parts for symbol in part.amounts)
    return {
        symbol: [replace(part, amounts={symbol: part.amounts[symbol]}) for part in parts if symbol in part.amounts]
        for symbol in symbols
    }


def rebased(part: GasPart, potentials: Mapping[str, Decimal]) -> GasPart:
    """Return the same kilograms under other potentials; a species that they lack keeps its own."""
    if part.species is None:
        return part
    return replace(part, potential=potentials.get(part.species, part.potential))


def totals_of(parts: Sequence[GasPart], symbols: Iterable[str]) -> dict[str, Decimal]:
    """Return the kg CO2e per unit of each value: the sum of its gases, without trailing zeros."""
    sums = {symbol: sum((part.co2e(symbol) for part in parts), Decimal(0)) for symbol in symbols}
    return {symbol: Decimal(format(value.normalize(), "f")) for symbol, value in sums.items()}


def write_parts(parts: Sequence[GasPart]) -> str:
    """Return the text that a plan keeps."""
    return canonical_json(
        [
            {
                "column": part.column,
                "species": part.species,
                "potential": None if part.potential is None else str(part.potential),
                "amounts": {symbol: format(amount, "f") for symbol, amount in part.amounts.items()},
            }
            for part in parts
        ]
    ).decode()


def read_parts(text: str | None) -> list[GasPart]:
    """Return the gases of a flow of a plan; none for a flow that is not split."""
    return [
        GasPart(
            entry["column"],
            entry["species"],
            None if entry["potential"] is None else Decimal(entry["potential"]),
            {symbol: Decimal(amount) for symbol, amount in entry["amounts"].items()},
        )
        for entry in json.loads(text or "[]")
    ]
