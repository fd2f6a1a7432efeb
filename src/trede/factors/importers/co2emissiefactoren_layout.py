"""What the headings of the Dutch list mean: the same column is another thing in another section."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from trede.catalogue.factor import Nature

UNITS: Mapping[str, tuple[str, str]] = {
    "liter": ("liquid-volume", "l"),
    "kg": ("mass", "kg"),
    "kg ds": ("dry-mass", "kg-ds"),
    "nm3": ("gas-volume-normal", "Nm3"),
    "kwh": ("electricity", "kWh"),
    "gj": ("heat", "GJ"),
    "voertuigkilometer": ("vehicle-distance", "km"),
    "reizigerskilometer": ("passenger-distance", "pkm"),
    "tonkilometer": ("freight-distance", "tkm"),
    "ton": ("mass", "t"),
    "vervuilingseenheid": ("wastewater-load", "VE"),
}
"""The publisher's unit → our kind and unit."""

UNIT_HEADING = "eenheid"
ENERGY_HEADING = "conversie mj"
NO_COLUMN = "-"
"""Heading of a column that a section does not use."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What a section holds.

    `roles` maps a heading to `total`, `direct`, `upstream`, `biogenic` or `memo.<name>`; `needs` are the
    roles without which the section cannot be read.
    """

    nature: Nature
    roles: Mapping[str, str]
    needs: frozenset[str]
    units: frozenset[str]


_STAGES = {
    "totaal (wtw)": "total",
    "wtw": "total",
    "verbrandingsemissies (ttw)": "direct",
    "ttw": "direct",
    "ketenemissies (wtt)": "upstream",
    "wtt": "upstream",
}
_SPLIT = frozenset({"total", "direct", "upstream"})
_TOTAL = frozenset({"total"})
_FUEL_UNITS = frozenset({"liter", "kg", "kg ds", "nm3"})
_FUEL = Layout("fuel", {**_STAGES, "biogene emissies": "biogenic"}, _SPLIT, _FUEL_UNITS)
_GASES = Layout("gas", {"gwp100": "total", "montreal protocol (ar4)": "memo.ar4"}, _TOTAL, frozenset({"kg"}))
_FREIGHT_UNITS = frozenset({"tonkilometer"})
_TRAVEL_UNITS = frozenset({"voertuigkilometer", "reizigerskilometer"})

LAYOUTS: Mapping[tuple[str, str | None], Layout] = {
    ("brandstoffen voertuigen en schepen", None): _FUEL,
    ("brandstoffen energieopwekking", None): _FUEL,
    ("elektriciteit", None): Layout(
        "energy",
        {
            "totaal": "total",
            "productie-emissies energiecentrale": "direct",
            "ketenemissies productie energiedragers": "upstream",
            "infrastructuur (lca benadering)": "memo.infrastructure",
        },
        _SPLIT,
        frozenset({"kwh"}),
    ),
    ("warmtelevering", None): Layout(
        "energy",
        {"totaal": "total", "productie-emissies": "direct", "ketenemissies": "upstream"},
        _SPLIT,
        frozenset({"gj"}),
    ),
    ("koudemiddelen", None): _GASES,
    ("overige emissies", None): _GASES,
    ("personenvervoer", None): Layout("transport", _STAGES, _SPLIT, _TRAVEL_UNITS),
    ("personenvervoer", "vliegtuig"): Layout("air", _STAGES, _SPLIT, _TRAVEL_UNITS),
    ("goederenvervoer", None): Layout("transport", _STAGES, _SPLIT, _FREIGHT_UNITS),
    ("goederenvervoer", "bulk- en stukgoederen - luchtvracht"): Layout("air", _STAGES, _SPLIT, _FREIGHT_UNITS),
    ("afval", None): Layout(
        "waste",
        {
            "ghg protocol (inzameling en verwerking)": "total",
            "ghg protocol (inzameling en verbranding)": "total",
            "transport naar recycling": "memo.transport",
            "emissies van recycling": "memo.processing",
            "emissies door verbranding": "memo.processing",
            "vermeden emissies": "memo.avoided",
            "vermeden emissies door recycling materialen": "memo.avoided",
            "vermeden emissies door energieterugwinning": "memo.avoided",
        },
        _TOTAL,
        frozenset({"ton"}),
    ),
    ("afval", "afvalwater"): Layout(
        "wastewater",
        {"totaal": "total", "co2": "memo.co2", "methaan": "memo.ch4", "lachgas": "memo.n2o"},
        _TOTAL,
        frozenset({"vervuilingseenheid"}),
    ),
}
"""(section, subsection) → layout; None stands for every subsection that has no layout of its own."""

_GAS_OF_SUBSECTION = {
    ("koudemiddelen", "blends"): "hfc",
    ("koudemiddelen", "hfc's"): "hfc",
    ("koudemiddelen", "hcfk's"): "other",
    ("koudemiddelen", "overige koudemiddelen"): "other",
    ("overige emissies", "anesthesiegassen"): "other",
}
_GAS_OF_NAME = {
    "r744": "co2",
    "(n2o)": "n2o",
    "(ch4) niet fossiel": "ch4",
    "(ch4) fossiel": "ch4_fossil",
    "(nf3)": "nf3",
    "(sf6)": "sf6",
}


def plain(text: str) -> str:
    """Return a heading as it is compared: lower case, single blanks, subscripts as digits."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def layout_of(category: str, subcategory: str) -> Layout | None:
    """Return how a section is read, or None for a section that is not known."""
    section = plain(category)
    return LAYOUTS.get((section, plain(subcategory))) or LAYOUTS.get((section, None))


def gas_of(category: str, subcategory: str, name: str) -> str | None:
    """Return the ledger's gas column of a gas factor; None when the list does not say what gas it is."""
    found = [gas for part, gas in _GAS_OF_NAME.items() if part in plain(name)]
    if found:
        return found[0]
    return _GAS_OF_SUBSECTION.get((plain(category), plain(subcategory)))
