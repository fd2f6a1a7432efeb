"""Gases as columns of the ledger, and sets of global warming potentials (GWP, 100 years)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

GAS_COLUMNS: tuple[str, ...] = (
    "co2", "ch4_fossil", "ch4", "n2o", "hfc", "pfc", "sf6", "nf3", "other", "unsplit",
)  # fmt: skip
"""Columns of whole milligrams CO2e. `unsplit` holds what a publisher gives as CO2e only; `other` holds HCFC, CFC
and HFE. Fossil methane has its own column: its value is for fugitive and process emissions only."""


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
