"""Spend factors of Ecodex, computed from Eurostat's FIGARO tables: the Netherlands, latest year of the file.

The file has a row per year, country and product, in kg CO2e per 1,000 euro. A row becomes three factors: in purchaser prices
with what trade and transport cause, the same without, and in basic prices. Rows must keep the publisher's own arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trede.catalogue.factor import Factor, FactorKey, PriceBasis, factor_id
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import LibraryPapers, SourceFile
from trede.factors.importers.csv_rows import number, read_rows
from trede.kernel.errors import CatalogueError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.models import validate

VERSION = "figaro 1"
COUNTRY = "NL"
URL = "https://doi.org/10.5281/zenodo.23157020"

TEXTS = ("year", "country_code", "nace_code", "product")
SHARES = ("share_basic_value", "share_trade_transport_margins", "share_taxes_less_subsidies")
VALUES = ("total_basic_prices", "total_purchaser_prices_rebased", "total_purchaser_prices_with_margins")

SHARE_ROUNDING = Decimal("0.0002")
"""Three shares of four decimals may miss 1 by this much."""
VALUE_ROUNDING = Decimal("0.0001")
"""A share of four decimals × a value: how far the product may miss, as a part of the value; beside half a hundredth."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: shares of the purchaser price (basic value, margins, taxes) and kg CO2e per 1,000 euro in three valuations."""

    where: Location
    place: str
    year: int
    nace: str
    product: str
    shares: tuple[Decimal, Decimal, Decimal]
    values: tuple[Decimal, Decimal, Decimal]

    @property
    def adds(self) -> bool:
        """Whether the shares are one and the rebased value is the basic one × its share."""
        basic, rebased, whole = self.values
        room = Decimal("0.01") + VALUE_ROUNDING * basic
        return (
            abs(sum(self.shares, Decimal(-1))) <= SHARE_ROUNDING
            and abs(basic * self.shares[0] - rebased) <= room
            and whole >= rebased
        )


def import_factors(data: bytes, file_name: str, last_checked: date) -> Library:
    """Read `figaro_purchaser_price_factors_*.csv` and make the library of the Netherlands, of the latest year in it.

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column; no library is made.
    """
    lines = []
    for where, cells in read_rows(data, file_name, (*TEXTS, *SHARES, *VALUES)):
        if cells["country_code"] == COUNTRY:
            shares = [number(cells[name], where, name) for name in SHARES]
            values = [number(cells[name], where, name) for name in VALUES]
            lines.append(
                Line(
                    where, f"csv!{where.row}", int(number(cells["year"], where, "year")), cells["nace_code"],
                    cells["product"], (shares[0], shares[1], shares[2]), (values[0], values[1], values[2]),
                )
            )  # fmt: skip
    if not lines:
        raise CatalogueError.of("figaro_country_missing", Location(file=file_name), country=COUNTRY)
    year = max(line.year for line in lines)
    source = SourceFile(name=file_name, sha256=sha256(data))
    remarks = ("Uit het bestand van de uitgever.", "From the publisher's file.")
    ident = f"figaro-nl-{year}-{last_checked.isoformat()}"
    return make_library(ident, last_checked, source, remarks, [line for line in lines if line.year == year])


def make_library(
    ident: str, checked: date, source: SourceFile, remarks: tuple[str, str], lines: Iterable[Line]
) -> Library:
    """Make the library of one year; `remarks` (nl, en) say where the file was found.

    Raises:
        CatalogueError: `figaro_row_does_not_add`, for each row that breaks the publisher's own arithmetic.
    """
    lines = list(lines)
    if wrong := [
        Issue.error("figaro_row_does_not_add", line.where, sector=line.nace) for line in lines if not line.adds
    ]:
        raise CatalogueError(*wrong)
    papers = _papers(ident, lines[0].year, checked, source, remarks)
    return build_library(papers, (made for line in lines for made in _factors(line)))


def _factors(line: Line) -> Iterator[tuple[Location, Factor]]:
    basic, rebased, whole = line.values
    memo = dict(zip(("share_basic", "share_margins", "share_taxes"), line.shares, strict=True))
    valuations: tuple[tuple[str, Decimal, PriceBasis, str, dict[str, Decimal]], ...] = (
        ("with margins", whole, "purchaser", "included", memo),
        ("without margins", rebased, "purchaser", "excluded", {}),
        ("basic prices", basic, "basic", "excluded", {}),
    )
    for name, value, basis, margins, shares in valuations:
        key = FactorKey("Purchases", name, f"{line.nace} {line.product}", "EUR")
        yield (
            line.where,
            Factor(
                **key._asdict(), id=factor_id(key), nature="spend", kind="money", unit="EUR", status="active",
                total=Decimal(format(value.scaleb(-3).normalize(), "f")), memo=shares, place=line.place, url=URL,
                sector=line.nace, price_basis=basis, margins=margins,
            ),
        )  # fmt: skip


def _papers(ident: str, year: int, checked: date, source: SourceFile, remarks: tuple[str, str]) -> LibraryPapers:
    data = {
        "id": ident,
        "kind": "official",
        "publisher": "figaro",
        "publisher_name": "Ecodex, computed from Eurostat FIGARO",
        "title": f"FIGARO monetary emission factors, 26th edition, purchases in the Netherlands {year}",
        "edition": checked,
        "valid_from": date(year, 1, 1),
        "valid_to": date(year, 12, 31),
        "geography": COUNTRY,
        "licence": "CC BY-SA 4.0",
        "attribution": "FIGARO monetary emission factors, Ecodex (https://getecodex.com), version 2026.5, "
        "DOI 10.5281/zenodo.23157020, licence CC BY-SA 4.0. Computed from Eurostat data.",
        "url": URL,
        "gwp_basis": "AR5",
        "gwp_note": {"nl": "Volgens de uitgever: CH4 28, N2O 265.", "en": "As the publisher says: CH4 28, N2O 265."},
        "uncertainty": "not-published",
        "importer": VERSION,
        "last_checked": checked,
        "default": True,
        "source_file": source,
        "notes": {
            "nl": f"{remarks[0]} Per 1.000 euro gepubliceerd, hier per euro. De editie is de dag waarop het bestand is "
            "overgenomen. Hele keten tot en met de koper, invoer inbegrepen; kapitaalgoederen en energie (D35) niet.",
            "en": f"{remarks[1]} Published per 1,000 euro, here per euro. The edition is the day on which the file was taken. "
            "The whole chain up to the buyer, imports included; capital goods and energy (D35) are not.",
        },
        "spend": {"price_year": year, "price_country": COUNTRY, "vat": "excluded", "classification": "NACE Rev. 2"},
    }
    return validate(LibraryPapers, data, source.name)
