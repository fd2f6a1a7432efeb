"""The American hub of 2025 ("Emission Factors for Greenhouse Gas Inventories") from a long table of its figures.

Read are the tables whose unit is one of ours: fuels per short ton, gallon and standard cubic foot, power per region, travel,
freight and waste. The hub gives gases apart, so a value is their sum under its own potentials (AR5), with the split beside it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import FilledText, LibraryPapers, SourceFile
from trede.kernel.gases import co2e_of
from trede.kernel.issues import Location

URL = "https://www.epa.gov/climateleadership/ghg-emission-factors-hub"
GWP = gwp_set("AR5")
POUND = Decimal("0.45359237")
GRAM = Decimal("0.001")

UNITS = {
    "short ton": ("mass", "short-ton"),
    "gallon": ("liquid-volume", "gal-us"),
    "scf": ("gas-volume-us", "scf"),
    "vehicle-mile": ("vehicle-distance", "mi"),
    "passenger-mile": ("passenger-distance", "pmi"),
    "short ton-mile": ("freight-distance", "short-ton-mi"),
}

_GAS = re.compile(r"\(?(?P<mass>kg|g|lb) (?P<gas>CO2|CH4|N2O) (?:per|/) (?P<unit>[^)]+)\)?")
_NOTE = re.compile(r"(?<=[a-z)]) ?[A-E]$")
"""The letter of a footnote at the end of a name."""

Row = tuple[Location, dict[str, str]]


def make_hub(rows: list[Row], source: SourceFile, checked: date) -> Library:
    """Make the library."""
    papers = LibraryPapers(
        id="epa-hub-2025",
        kind="official",
        publisher="epa-hub",
        publisher_name="US EPA Center for Corporate Climate Leadership",
        title="GHG Emission Factors Hub 2025",
        edition=date(2025, 1, 15),
        valid_from=date(2025, 1, 1),
        valid_to=date(2025, 12, 31),
        geography="US",
        licence="Public domain in the United States (work of the federal government)",
        attribution="US EPA Center for Corporate Climate Leadership, GHG Emission Factors Hub, 15 January 2025",
        url=URL,
        gwp_basis="AR5",
        gwp_note=FilledText(nl="De hub noemt CH4 28 en N2O 265.", en="The hub names CH4 28 and N2O 265."),
        uncertainty="not-published",
        importer="epa-hub 1",
        last_checked=checked,
        default=False,
        source_file=source,
        notes=FilledText(
            nl="Uit een kopie van het bestand van de uitgever (GitHub SWASTIKA3011/Carbon-Lens). De hub geeft gassen apart; een "
            "waarde is hun som. Weggelaten: waarden per miljoen Btu, brandstof van voertuigen (CO2 per liter en de andere gassen "
            "per mijl), stoom, en de marginale stroommix.",
            en="From a copy of the publisher's workbook (GitHub SWASTIKA3011/Carbon-Lens). The hub gives gases apart; a value is "
            "their sum. Left out: values per million Btu, fuel of vehicles (CO2 per gallon and the other gases per mile), steam, "
            "and power that is not baseload.",
        ),
    )  # fmt: skip
    return build_library(papers, [*_by_gas(rows), *_power(rows), *_waste(rows)])


def _by_gas(rows: list[Row]) -> Iterator[tuple[Location, Factor]]:
    """Fuels (table 1), freight (8) and travel (10): the rows of one name and unit join."""
    found: dict[FactorKey, dict[str, tuple[Location, Decimal]]] = defaultdict(dict)
    for where, row in rows:
        unit = {"1": row["unit"].rpartition(" per ")[2]}.get(row["table"], row["detail"])
        match = _GAS.match(row["unit"].removeprefix(f"{row['unit'].split(' Factor (')[0]} Factor ("))
        if row["table"] in SECTIONS and match and unit in UNITS:
            key = FactorKey(SECTIONS[row["table"]], row["group"], _NOTE.sub("", row["item"]), unit)
            gas = match["gas"].lower()
            if gas in found[key]:
                raise ValueError(where)
            found[key][gas] = where, Decimal(row["value"]) * {"kg": 1, "g": GRAM}[match["mass"]]
    for key, gases in found.items():
        if set(gases) != {"co2", "ch4", "n2o"}:
            raise ValueError(key)
        masses = {gas: mass for gas, (_, mass) in gases.items()}
        bio = {"biogenic": masses.pop("co2")} if key.subcategory.startswith("Biomass") else {}
        yield gases["co2"][0], _factor(key, gases["co2"][0], masses, **bio, **_nature(key))


SECTIONS = {"1": "Stationary combustion", "8": "Freight", "10": "Business travel and commuting"}


def _nature(key: FactorKey) -> dict[str, Any]:
    if key.category == "Stationary combustion":
        return {"nature": "fuel"}
    if key.name.startswith("Air"):
        return {"nature": "air", "radiative_forcing": "unknown", "distance_rule": "unknown"}
    return {"nature": "transport"}


def _factor(key: FactorKey, where: Location, masses: Mapping[str, Decimal], **more: Any) -> Factor:
    split = {gas: Decimal(format(mass.normalize(), "f")) for gas, mass in masses.items() if mass}
    value = sum((co2e_of(mass, GWP[gas]) for gas, mass in split.items()), Decimal(0))
    kind, unit = more.pop("of", None) or UNITS[key.publisher_unit]
    return Factor(
        **key._asdict(), id=factor_id(key), kind=kind, unit=unit, status="active",
        direct=Decimal(format(value.normalize(), "f")), gases={"direct": split} if split else {},
        place=f"csv!{where.row}", url=URL, **more,
    )  # fmt: skip


def _power(rows: list[Row]) -> Iterator[tuple[Location, Factor]]:
    """Power (table 6): the first value of each gas of a region is that of all its power stations together."""
    found: dict[tuple[str, str], dict[str, tuple[Location, Decimal]]] = defaultdict(dict)
    for where, row in rows:
        if row["table"] == "6" and (match := _GAS.match(row["unit"])):
            mass = (Decimal(row["value"]) * POUND).quantize(Decimal("1e-12"))
            found[row["item"], row["detail"]].setdefault(match["gas"].lower(), (where, mass))
    for (code, name), gases in found.items():
        key = FactorKey("Electricity", code, name, "MWh")
        masses = {gas: mass for gas, (_, mass) in gases.items()}
        papers = {"nature": "energy", "losses": "excluded", "basis": "generation", "of": ("electricity", "MWh")}
        yield gases["co2"][0], _factor(key, gases["co2"][0], masses, **papers)


def _waste(rows: list[Row]) -> Iterator[tuple[Location, Factor]]:
    """Waste (table 9): tonnes CO2e per short ton, by treatment; the hub gives no gases."""
    for where, row in rows:
        if row["table"] == "9":
            treatment = _NOTE.sub("", row["unit"]) if not row["unit"].endswith("Curing)") else row["unit"]
            key = FactorKey("Waste", treatment, _NOTE.sub("", row["item"]), "short ton")
            kind, unit = UNITS["short ton"]
            yield (
                where,
                Factor(
                    **key._asdict(), id=factor_id(key), nature="waste", kind=kind, unit=unit, status="active",
                    total=Decimal(format((Decimal(row["value"]) * 1000).normalize(), "f")), place=f"csv!{where.row}", url=URL,
                ),
            )  # fmt: skip
