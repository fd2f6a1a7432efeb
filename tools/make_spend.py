"""Make the shipped spend libraries and the American hub from a folder with tables of their figures.

    .venv/bin/python tools/make_spend.py FOLDER

FOLDER holds the tables of FIGARO, Defra, and the EPA. Libraries that are there already are left alone: an edition is never
edited. The publishers' own files are read by the importers `figaro` and `epa-supply-chain`, whose rules these tables pass too.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from epa_hub import make_hub
from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import Library, build_library, write_library
from trede.catalogue.papers import FilledText, LibraryPapers, SourceFile, SpendPapers
from trede.factors.importers import epa_supply_chain, figaro
from trede.factors.importers.csv_rows import number
from trede.kernel.identity import sha256
from trede.kernel.issues import Location

CHECKED = date(2026, 11, 22)
FIGARO = "figaro_nl_spend_2023/figaro_nl_spend_2023.csv"
DEFRA = "uk_defra_spend_by_sic_2022/uk_defra_spend_by_sic_2022.csv"
TOGETHER = "epa_supply_chain_co2e/epa_supply_chain_co2e.csv"
BY_GAS = "epa_supply_chain_by_gas_v1_3/epa_supply_chain_by_gas_v1_3.csv"
HUB = "epa_ef_hub_2025/epa_ef_hub_2025.csv"

DEFRA_URL = "https://www.gov.uk/government/statistics/uks-carbon-footprint"
FIGARO_REMARKS = (
    "Uit het bestand van de uitgever (GitHub guicol57/figaro-emission-factors), de rijen van Nederland van 2023, overgetypt en "
    "nagerekend; de versie staat er niet bij en geldt daarom als 2026.5.",
    "From the publisher's file (GitHub guicol57/figaro-emission-factors), the rows of the Netherlands of 2023, transcribed and "
    "recalculated; it bears no version and so counts as 2026.5.",
)
EPA = {"1.2": (TOGETHER,), "1.3": (TOGETHER, BY_GAS)}
EPA_REMARKS = {
    "1.2": (
        "Uit een kopie van het bestand van de uitgever (GitHub rupakrish78/GHG-Astair). ",
        "From a copy of the publisher's file (GitHub rupakrish78/GHG-Astair). ",
    ),
    "1.3": (
        "Uit kopieën van de twee bestanden van de uitgever (GitHub sungkomp/mcp-csv-agent); dat per gas heeft SHA-256 {sha256}. ",
        "From copies of the publisher's two files (GitHub sungkomp/mcp-csv-agent); the one by gas has SHA-256 {sha256}. ",
    ),
}


def libraries(folder: Path) -> Iterator[Library]:
    """Make every library from the files in a folder."""
    yield figaro.make_library("figaro-nl-2023", CHECKED, _source(folder, FIGARO), FIGARO_REMARKS, _figaro(folder))
    yield _defra(folder)
    for edition, tables in EPA.items():
        lines = (line for table in tables for line in _epa(folder, table, edition))
        remarks = [text.format(sha256=_source(folder, tables[-1]).sha256) for text in EPA_REMARKS[edition]]
        yield epa_supply_chain.make_library(
            f"epa-supply-chain-{edition}", edition, CHECKED, _source(folder, tables[0]), (remarks[0], remarks[1]), lines
        )
    yield make_hub(_rows(folder, HUB), _source(folder, HUB), CHECKED)


def _source(folder: Path, name: str) -> SourceFile:
    return SourceFile(name=Path(name).name, sha256=sha256((folder / name).read_bytes()))


def _rows(folder: Path, name: str) -> list[tuple[Location, dict[str, str]]]:
    text = (folder / name).read_text("utf-8")
    return [(Location(Path(name).name, n), row) for n, row in enumerate(csv.DictReader(text.splitlines()), start=2)]


def _figaro(folder: Path) -> Iterator[figaro.Line]:
    shares = ("share_basic_value", "share_margins", "share_taxes")
    values = ("kgco2e_per_keur_basic", "kgco2e_per_keur_purchaser_rebased", "kgco2e_per_keur_purchaser_with_margins")
    for where, row in _rows(folder, FIGARO):
        basic, margins, taxes = (number(row[name], where, name) for name in shares)
        found, rebased, whole = (number(row[name], where, name) for name in values)
        yield figaro.Line(
            where, f"csv!{where.row}", int(row["year"]), row["nace"], row["product"], (basic, margins, taxes),
            (found, rebased, whole),
        )  # fmt: skip


def _epa(folder: Path, table: str, edition: str) -> Iterator[epa_supply_chain.Line]:
    for where, row in _rows(folder, table):
        if row["version"] == f"v{edition}.0":
            values = {
                "with margins": number(row["ef_with_margins"], where, "ef_with_margins"),
                "without margins": number(row["ef_without_margins"], where, "ef_without_margins"),
            }
            yield epa_supply_chain.Line(
                where, f"csv!{where.row}", row["naics2017"], row["title"], row["ghg"], row["unit"], values
            )


def _defra(folder: Path) -> Library:
    papers = LibraryPapers(
        id="defra-spend-2022",
        kind="official",
        publisher="defra-spend",
        publisher_name="UK Department for Environment, Food & Rural Affairs, with the University of Leeds",
        title="UK and England's carbon footprint: conversion factors by SIC code, kgCO2e per pound spent, 2022",
        edition=CHECKED,
        valid_from=date(2022, 1, 1),
        valid_to=date(2022, 12, 31),
        geography="GB",
        licence="Open Government Licence v3.0",
        attribution="Contains public sector information licensed under the Open Government Licence v3.0: Defra and the "
        "University of Leeds, UK and England's carbon footprint to 2022",
        url=DEFRA_URL,
        gwp_basis="unknown",
        gwp_note=FilledText(nl="Het bestand noemt het niet.", en="The file does not say."),
        uncertainty="not-published",
        importer="defra-spend 1",
        last_checked=CHECKED,
        default=False,
        source_file=_source(folder, DEFRA),
        notes=FilledText(
            nl="Uit een kopie van het bestand van de uitgever (GitHub DrivingImpact/Hemera). Prijsbasis, marges en btw staan "
            "niet in het bestand. Codes als 10.2-3 en 25OTHER zijn groepen van de uitgever. De editie is de dag waarop de "
            "kopie is overgenomen.",
            en="From a copy of the publisher's file (GitHub DrivingImpact/Hemera). Price basis, margins and VAT are not stated "
            "in the file. Codes such as 10.2-3 and 25OTHER are the publisher's groups. The edition is the day on which the "
            "copy was taken.",
        ),
        spend=SpendPapers(price_year=2022, price_country="GB", vat="unknown", classification="SIC 2007, 110 groups"),
    )  # fmt: skip
    return build_library(papers, (_defra_factor(where, row) for where, row in _rows(folder, DEFRA)))


def _defra_factor(where: Location, row: dict[str, str]) -> tuple[Location, Factor]:
    sector = row["sic"].replace(" ", "")
    key = FactorKey("Products", "", f"{sector} {row['product'].strip()}", "GBP")
    factor = Factor(
        **key._asdict(), id=factor_id(key), nature="spend", kind="money", unit="GBP", status="active",
        total=Decimal(row["kgco2e_per_gbp"]), place=f"csv!{where.row}", url=DEFRA_URL, sector=sector, price_basis="unknown",
        margins="unknown",
    )  # fmt: skip
    return where, factor


def main(folder: Path) -> None:
    """Write the libraries that are not there yet."""
    for library in libraries(folder):
        target = CATALOGUE / "factors" / library.id
        if not target.exists():
            write_library(library, target)
        sys.stdout.write(f"{library.id}: {len(library.factors)} factors\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
