"""What the sections and units of the British flat file mean to us.

The flat file has one row a value and no formulas: its sections (`Level 1`) say what a value is about and which stage of the
life cycle it covers. Names changed a little over the years; all spellings of 2022 to 2025 are here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trede.catalogue.factor import Nature

Value = Literal["direct", "upstream", "total"]


@dataclass(frozen=True, slots=True)
class Section:
    """What a section holds: `value` is the one value of its factors."""

    nature: Nature
    value: Value


_USE = Section("transport", "direct")
_FUEL = Section("fuel", "direct")
_POWER = Section("energy", "direct")

SECTIONS: Mapping[str, Section] = {
    "fuels": _FUEL,
    "bioenergy": _FUEL,
    "refrigerant & other": Section("gas", "total"),
    "passenger vehicles": _USE,
    "delivery vehicles": _USE,
    "uk electricity": _POWER,
    "heat and steam": _POWER,
    "transmission and distribution": _POWER,
    "business travel- land": _USE,
    "business travel- sea": _USE,
    "business travel- air": Section("air", "direct"),
    "freighting goods": _USE,
    "hotel stay": Section("stay", "total"),
    "homeworking": Section("work", "total"),
    "material use": Section("material", "total"),
    "waste disposal": Section("waste", "total"),
    "water supply": Section("water", "total"),
    "water treatment": Section("wastewater", "total"),
    **dict.fromkeys(("wtt- uk electricity", "wtt- uk & overseas elec", "wtt- heat and steam"), Section("energy", "upstream")),
    **dict.fromkeys(("wtt- fuels", "wtt- bioenergy"), Section("fuel", "upstream")),
    **dict.fromkeys(("wtt- business travel- air", "wtt- business travel (air)"), Section("air", "upstream")),
    **dict.fromkeys(
        (
            "wtt- pass vehs & travel- land", "wtt- pass vehs & travel (land)", "wtt- delivery vehs & freight",
            "wtt- business travel- sea", "wtt- business travel (sea)",
        ),
        Section("transport", "upstream"),
    ),
}  # fmt: skip
"""`Level 1` in lower case → what it holds. `wtt` is well to tank: the stage before use, as factors of its own."""

OUTSIDE = "outside of scopes"
"""The section with the biogenic CO2 of fuels, joined to the fuel of the same name and unit."""

LEFT_OUT = frozenset(
    {
        "secr kwh pass & delivery vehs", "passenger and delivery vehicles- kwh factors", "secr kwh uk electricity for evs",
        "uk electricity for evs", "uk electricity t&d for evs", "managed assets- electricity", "managed assets- vehicles",
    }
)  # fmt: skip
"""Sections that are not read: kilowatt-hours per kilometre are no emissions; power of electric vehicles per kilometre follows
from the power itself; leased assets repeat the sections of vehicles and power."""

LEFT_OUT_UNIT = "miles"
"""Values per mile repeat those per kilometre; a mile is converted exactly."""

UNITS: Mapping[str, tuple[str, str]] = {
    "tonnes": ("mass", "t"),
    "kg": ("mass", "kg"),
    "litres": ("liquid-volume", "l"),
    "cubic metres": ("gas-volume", "m3"),
    "kwh": ("fuel-energy", "kWh"),
    "gj": ("fuel-energy", "GJ"),
    "kwh (net cv)": ("fuel-energy-net", "kWh"),
    "kwh (gross cv)": ("fuel-energy-gross", "kWh"),
    "km": ("vehicle-distance", "km"),
    "passenger.km": ("passenger-distance", "pkm"),
    "tonne.km": ("freight-distance", "tkm"),
    "room per night": ("hotel-night", "room-night"),
    "per fte working hour": ("working-time", "h"),
}
"""The publisher's unit → our kind and unit, but for power, heat and water."""

_WATER = {"cubic metres": ("water-volume", "m3"), "million litres": ("water-volume", "Ml")}

_UNITS_OF_NATURE: Mapping[Nature, Mapping[str, tuple[str, str]]] = {
    "energy": {"kwh": ("electricity", "kWh")},
    "water": _WATER,
    "wastewater": _WATER,
}
_HEAT = {"kwh": ("heat", "kWh")}

_GAS_OF_NAME = {
    "carbon dioxide": "co2",
    "methane": "ch4",
    "nitrous oxide": "n2o",
    "sulphur hexafluoride (sf6)": "sf6",
    "nitrogen trifluoride": "nf3",
}
_GAS_OF_START = {"hfc-": "hfc", "pfc-": "pfc", "perfluoro": "pfc"}
_GAS_OF_SUBSECTION = {"montreal protocol products": "other", "fluorinated ethers": "other", "other products": "other"}
KYOTO_ONLY = "only kyoto"
"""In a column text: the value leaves out what the Kyoto protocol does not cover."""


def plain(text: str) -> str:
    """Return a name as it is compared: lower case, single blanks."""
    return " ".join(text.split()).casefold()


def unit_of(section: str, subsection: str, unit: str) -> tuple[str, str] | None:
    """Return our kind and unit for a unit in a known section, or None when it is not known there."""
    nature = SECTIONS[plain(section)].nature
    if nature == "energy" and "heat" in plain(f"{section} {subsection}"):
        return _HEAT.get(plain(unit))
    return _UNITS_OF_NATURE.get(nature, UNITS).get(plain(unit))


def gas_of(subsection: str, name: str, column: str) -> str | None:
    """Return the ledger's column of a gas factor, or None when it cannot be told.

    A blend may hold gases of several columns. With the gases of the Kyoto protocol only it goes to `hfc`, of which all
    blends mostly consist; with everything that is in it to `other`.
    """
    if plain(subsection) == "blends":
        return "hfc" if KYOTO_ONLY in plain(column) else "other"
    starts = (gas for start, gas in _GAS_OF_START.items() if plain(name).startswith(start))
    return _GAS_OF_NAME.get(plain(name)) or next(starts, None) or _GAS_OF_SUBSECTION.get(plain(subsection))
