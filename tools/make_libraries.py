"""Make the shipped libraries of DESNZ and Ember from a folder with their files.

    .venv/bin/python tools/make_libraries.py FOLDER

FOLDER holds the workbook of 2024, the compilation of flat files of other years, and the table of Ember. Libraries that are
there already are left alone: an edition is never edited. The Dutch list has an importer of its own (`trede factors import`).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import Library, build_library, write_library
from trede.catalogue.papers import FilledText, LibraryPapers, SourceFile
from trede.factors.importers.desnz import exact, import_flat_file
from trede.factors.importers.desnz_factors import Edition, Line, make_library
from trede.kernel.identity import sha256
from trede.kernel.issues import Location

CHECKED = date(2026, 11, 22)
WORKBOOK = "official/desnz_2024_flat_v1_1.xlsx"
COMPILATION = "uk_desnz_conversion_factors_2019_2025/uk_desnz_conversion_factors_2019_2025.csv"
EMBER = "grid_ember_by_country_year/grid_ember_by_country_year.csv"

COPY_2024 = FilledText(
    nl="Uit een kopie van het bestand van de uitgever (GitHub SWASTIKA3011/Carbon-Lens), waaraan anderen twee werkbladen "
    "toevoegden; die zijn niet gelezen. ",
    en="From a copy of the publisher's file (GitHub SWASTIKA3011/Carbon-Lens) to which others added two sheets; those were not "
    "read. ",
)
COPIES = {
    2022: (
        "unknown", date(2022, 6, 22),
        "Uit een kopie van derden in CSV-vorm (GitHub graphadvantage/neo4j-ghg-emission-factors), niet uit het bestand van de "
        "uitgever; de versie staat er niet bij.",
        "From a third party's copy in CSV form (GitHub graphadvantage/neo4j-ghg-emission-factors), not from the publisher's "
        "file; the copy does not say which version it is.",
    ),
    2023: (
        "1.1", date(2023, 6, 28),
        "Uit een kopie van het bestand van de uitgever (GitHub TEC-Toolkit/cfkg), langs een verzameling in CSV-vorm.",
        "From a copy of the publisher's file (GitHub TEC-Toolkit/cfkg), by way of a compilation in CSV form.",
    ),
    2025: (
        "1.0", date(2025, 6, 10),
        "Uit een kopie van derden in CSV-vorm (GitHub Ariaryy/ibm-hackathon-aphelion), niet uit het bestand van de uitgever.",
        "From a third party's copy in CSV form (GitHub Ariaryy/ibm-hackathon-aphelion), not from the publisher's file.",
    ),
}  # fmt: skip
"""Year → version, day of publication, where the copy comes from (nl, en)."""

TEXTS = ("scope", "level1", "level2", "level3", "level4", "column_text", "uom", "ghg_unit")
"""Columns of the compilation, in the order of `Line`."""

COUNTRIES = {"BEL": "BE", "DEU": "DE", "DNK": "DK", "FRA": "FR", "GBR": "GB", "LUX": "LU"}
GRID_YEARS = range(2019, 2025)
GRID_SERIES = "OWID/Ember series"
GRID_URL = "https://ourworldindata.org/grapher/carbon-intensity-electricity"


def libraries(folder: Path) -> Iterator[Library]:
    """Make every library from the files in a folder."""
    data = (folder / WORKBOOK).read_bytes()
    library = import_flat_file(data, Path(WORKBOOK).name, CHECKED)
    notes = library.papers.notes
    left_out = FilledText(nl=COPY_2024.nl + notes.nl.partition(". ")[2], en=COPY_2024.en + notes.en.partition(". ")[2])
    yield replace(library, papers=library.papers.model_copy(update={"id": "desnz-2024", "notes": left_out}))
    compilation = (folder / COMPILATION).read_bytes()
    rows = list(csv.DictReader(compilation.decode().splitlines()))
    source = SourceFile(name=Path(COMPILATION).name, sha256=sha256(compilation))
    for year, (version, day, dutch, english) in COPIES.items():
        edition = Edition(f"desnz-{year}", year, version, day, CHECKED, source, dutch, english)
        yield make_library(edition, _lines(rows, year, source.name))
    table = (folder / EMBER).read_bytes()
    for year in GRID_YEARS:
        yield _grid(
            list(csv.DictReader(table.decode().splitlines())),
            year,
            SourceFile(name=Path(EMBER).name, sha256=sha256(table)),
        )


def _lines(rows: list[dict[str, str]], year: int, name: str) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        if row["year"] == str(year):
            texts = [row[column].strip() for column in TEXTS]
            yield Line(Location(name, number), f"csv!{number}", exact(row["factor"]), *texts)


def _grid(rows: list[dict[str, str]], year: int, source: SourceFile) -> Library:
    papers = LibraryPapers(
        id=f"ember-{year}",
        kind="official",
        publisher="ember",
        publisher_name="Ember, through Our World in Data",
        title=f"Carbon intensity of electricity {year}: Belgium, Denmark, France, Germany, Luxembourg, United Kingdom",
        edition=CHECKED,
        valid_from=date(year, 1, 1),
        valid_to=date(year, 12, 31),
        geography="BE DE DK FR GB LU",
        licence="CC BY 4.0",
        attribution=f"Ember; Our World in Data, Carbon intensity of electricity, {year}",
        url=GRID_URL,
        gwp_basis="unknown",
        gwp_note=FilledText(nl="De bron noemt het niet.", en="The source does not say."),
        uncertainty="not-published",
        importer="ember 1",
        last_checked=CHECKED,
        default=True,
        source_file=source,
        notes=FilledText(
            nl="Per kWh opgewekte stroom, over de levenscyclus van de centrales en brandstoffen: één getal, niet te splitsen "
            "in directe en ketenemissies. Uit een kopie van de reeks (GitHub Boavizta/e-footprint); de dag van uitgave is "
            "onbekend, de editie is de dag waarop de kopie is overgenomen. Netverlies: niet vermeld.",
            en="Per kWh of power generated, over the life cycle of plants and fuels: one figure, not to be split into direct and "
            "upstream. From a copy of the series (GitHub Boavizta/e-footprint); its day of publication is not known, the "
            "edition is the day on which the copy was taken. Grid losses: not stated.",
        ),
    )  # fmt: skip
    found = []
    for number, row in enumerate(rows, start=2):
        if row["iso3"] in COUNTRIES and row["year"] == str(year) and row["series"] == GRID_SERIES:
            key = FactorKey("Electricity generation", COUNTRIES[row["iso3"]], row["country"], "kWh")
            factor = Factor(
                **key._asdict(), id=factor_id(key), nature="energy", kind="electricity", unit="kWh", status="active",
                total=Decimal(row["gco2e_per_kwh"]).scaleb(-3), losses="unknown", basis="generation",
                place=f"csv!{number}", url=GRID_URL,
            )  # fmt: skip
            found.append((Location(source.name, number), factor))
    return build_library(papers, found)


def main(folder: Path) -> None:
    """Write the libraries that are not there yet."""
    for library in libraries(folder):
        target = CATALOGUE / "factors" / library.id
        if not target.exists():
            write_library(library, target)
        sys.stdout.write(f"{library.id}: {len(library.factors)} factors\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
