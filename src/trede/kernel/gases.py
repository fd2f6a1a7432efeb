"""Gases as columns of the ledger, and sets of global warming potentials (GWP, 100 years)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

GAS_COLUMNS: tuple[str, ...] = (
    "co2", "ch4_fossil", "ch4", "n2o", "hfc", "pfc", "sf6", "nf3", "other", "unsplit",
)  # fmt: skip
"""Columns of whole milligrams CO2e. `unsplit` holds what a publisher gives as CO2e only; `other` holds HCFC, CFC
and HFE. Fossil methane has its own column: its value is for fugitive and process emissions only."""

BY_MASS = frozenset({"co2", "ch4_fossil", "ch4", "n2o", "sf6", "nf3"})
"""Columns that hold one gas: what is split by gas counts those in kg of the gas. The others mix gases, and count kg CO2e."""

REBASED = Decimal("1e-9")
"""Precision of `co2e_of`: a split has twelve decimals of a kilogram of gas, and a potential takes three of them."""


def co2e_of(mass: Decimal, potential: Decimal) -> Decimal:
    """Return kg CO2e of kg of a gas, with nine decimals (`REBASED`)."""
    with localcontext() as context:
        context.prec = 40
        return (mass * potential).quantize(REBASED)


@dataclass(frozen=True, slots=True)
class GwpSet:
    """One report's potentials: kg CO2e per kg of a species.

    `conflicts` names species for which sources disagree, with what was taken and why.
    """

    id: str
    title: str
    source: str
    url: str
    licence: str
    values: Mapping[str, Decimal]
    columns: Mapping[str, str]
    conflicts: Mapping[str, str]

    def __getitem__(self, species: str) -> Decimal:
        return self.values[species]
