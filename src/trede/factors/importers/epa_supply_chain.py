"""The American supply-chain factors: reads the files that the US EPA publishes by six-digit code of NAICS 2017.

There are two files of an edition, one with all gases together and one by gas, with the same headings. Each row is a commodity
and what it counts. The first file gives the value; with both (in one .zip) each value is split by gas too.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import LibraryPapers, SourceFile
from trede.catalogue.splits import MASS
from trede.factors.importers.csv_rows import number, read_rows
from trede.kernel.errors import CatalogueError
from trede.kernel.gases import BY_MASS, GwpSet, co2e_of
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.models import validate

VERSION = "epa-supply-chain 1"

BASIS = {"1.2": "AR4", "1.3": "AR5"}
"""Edition → the potentials with which the EPA made CO2e of the gases."""
ADDRESS = {"1.2": "https://doi.org/10.23719/1528686", "1.3": "https://doi.org/10.23719/1531143"}

CODE, TITLE, GHG, UNIT = "2017 NAICS Code", "2017 NAICS Title", "GHG", "Unit"
WITHOUT = "Supply Chain Emission Factors without Margins"
WITH = "Supply Chain Emission Factors with Margins"
HEADINGS = (CODE, TITLE, GHG, UNIT, WITHOUT, WITH)

ALL = "All GHGs"
UNSPECIFIED = "HFCs and PFCs, unspecified"
SPECIES = {
    "Carbon dioxide": "co2", "Methane": "ch4", "Nitrous oxide": "n2o", "Sulfur hexafluoride": "sf6",
    "Nitrogen trifluoride": "nf3", "HFC-23": "hfc-23", "HFC-32": "hfc-32", "HFC-125": "hfc-125", "HFC-134a": "hfc-134a",
    "HFC-143a": "hfc-143a", "HFC-236fa": "hfc-236fa", "Carbon tetrafluoride": "pfc-14", "Hexafluoroethane": "pfc-116",
    "Perfluoropropane": "pfc-218", "Perfluorobutane": "pfc-3-1-10", "Perfluorocyclobutane": "pfc-318",
    "Perfluorohexane": "pfc-5-1-14",
}  # fmt: skip
"""Names of gases in the file → species of our GWP sets. Methane is that of all sources together, taken at 28 as the EPA does."""

_UNIT = re.compile(r"kg(?P<co2e> CO2e)?/(?P<year>\d{4}) USD, purchaser price")
_EDITION = re.compile(r"v(\d+\.\d+)")
_ROUNDING = Decimal("0.001")
"""A value has three decimals: this much, and one percent, may its gases miss."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: kg of a gas (or CO2e) per dollar of a commodity, by name of the valuation."""

    where: Location
    place: str
    code: str
    title: str
    ghg: str
    unit: str
    values: Mapping[str, Decimal]

    @property
    def year(self) -> int | None:
        """The year of the dollars; None when the unit is not understood."""
        found = _UNIT.fullmatch(self.unit)
        together = self.ghg in (ALL, UNSPECIFIED)
        return int(found["year"]) if found and bool(found["co2e"]) == together else None


def import_files(data: bytes, file_name: str, last_checked: date) -> Library:
    """Read a file of the EPA (.csv), or both of one edition in a .zip. The edition stands in the name (`..._v1.3.0_...`).

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column; no library is made.
    """
    edition = _EDITION.search(file_name)
    if edition is None or edition[1] not in BASIS:
        raise CatalogueError.of("epa_edition_unknown", Location(file=file_name), known=sorted(BASIS))
    lines = [line for name, part in _files(data, file_name) for line in _lines(part, name)]
    source = SourceFile(name=file_name, sha256=sha256(data))
    ident = f"epa-supply-chain-{edition[1]}-{last_checked.isoformat()}"
    return make_library(ident, edition[1], last_checked, source, ("", ""), lines)


def _files(data: bytes, file_name: str) -> Iterator[tuple[str, bytes]]:
    if not data.startswith(b"PK"):
        yield file_name, data
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".csv"):
                    yield name, archive.read(name)
    except zipfile.BadZipFile as error:
        raise CatalogueError.of("table_unreadable", Location(file=file_name), detail=str(error)) from error


def _lines(data: bytes, file_name: str) -> Iterator[Line]:
    for where, cells in read_rows(data, file_name, HEADINGS):
        values = {
            "with margins": number(cells[WITH], where, WITH),
            "without margins": number(cells[WITHOUT], where, WITHOUT),
        }
        place = f"{file_name}!{where.row}"
        yield Line(where, place, cells[CODE], cells[TITLE], cells[GHG], cells[UNIT], values)


def make_library(
    ident: str, edition: str, checked: date, source: SourceFile, remarks: tuple[str, str], lines: Iterable[Line]
) -> Library:
    """Join the rows of a commodity and make the library; `remarks` (nl, en) say where the files were found.

    Raises:
        CatalogueError: every row that is not understood, and every commodity without a value or whose gases do not add up to it.
    """
    gwp = gwp_set(BASIS[edition])
    groups: dict[str, dict[str, Line]] = defaultdict(dict)
    issues: list[Issue] = []
    years: set[int] = set()
    for line in lines:
        if line.ghg not in (ALL, UNSPECIFIED) and line.ghg not in SPECIES:
            issues.append(Issue.error("epa_gas_unknown", line.where, gas=line.ghg))
        elif line.year is None:
            issues.append(Issue.error("epa_unit_unknown", line.where, unit=line.unit))
        elif line.ghg in groups[line.code]:
            first = groups[line.code][line.ghg].where.row
            issues.append(Issue.error("epa_row_twice", line.where, commodity=line.code, gas=line.ghg, first=first))
        else:
            groups[line.code][line.ghg] = line
            years.add(line.year)
    if len(years) != 1:
        found = sorted(str(year) for year in years)
        issues.append(Issue.error("epa_years_differ", Location(file=source.name), years=found))
    for code, group in groups.items():
        where = next(iter(group.values())).where if group else Location(file=source.name)
        if ALL not in group:
            issues.append(Issue.error("epa_total_missing", where, commodity=code))
        elif not _adds(group, gwp):
            issues.append(Issue.error("epa_gases_do_not_add", group[ALL].where, commodity=code))
    if issues:
        raise CatalogueError(*issues)
    split = any(len(group) > 1 for group in groups.values())
    papers = _papers(ident, edition, years.pop(), checked, source, remarks, split=split)
    made = (_factor(group, basis, gwp, papers.url) for group in groups.values() for basis in group[ALL].values)
    return build_library(papers, made)


def _adds(group: Mapping[str, Line], gwp: GwpSet) -> bool:
    if len(group) == 1:
        return True
    for basis, value in group[ALL].values.items():
        parts = sum(
            (
                line.values[basis] * (gwp[SPECIES[ghg]] if ghg in SPECIES else 1)
                for ghg, line in group.items()
                if ghg != ALL
            ),
            Decimal(0),
        )
        if abs(parts - value) > _ROUNDING + value / 100:
            return False
    return True


def _factor(group: Mapping[str, Line], basis: str, gwp: GwpSet, url: str) -> tuple[Location, Factor]:
    line = group[ALL]
    key = FactorKey("Supply chain", basis, f"{line.code} {line.title}", "USD")
    split = _split(group, basis, gwp)
    factor = Factor(
        **key._asdict(), id=factor_id(key), nature="spend", kind="money", unit="USD", status="active",
        total=line.values[basis], gases={"total": split} if split else {}, place=line.place, url=url, sector=line.code,
        price_basis="purchaser", margins="included" if basis == "with margins" else "excluded",
    )  # fmt: skip
    return line.where, factor


def _split(group: Mapping[str, Line], basis: str, gwp: GwpSet) -> dict[str, Decimal]:
    """Return kg of each gas that has a column of its own, kg CO2e of the others by column, and under `unsplit` the rest.

    The rest is what the EPA gives as CO2e only and its rounding of the value.
    """
    found: dict[str, Decimal] = defaultdict(Decimal)
    for ghg, line in group.items():
        if (species := SPECIES.get(ghg)) is not None and line.values[basis]:
            column = gwp.columns[species]
            found[column] += line.values[basis] * (1 if column in BY_MASS else gwp[species])
    rounded = {column: amount.quantize(MASS) for column, amount in found.items()}
    parts = sum((co2e_of(a, gwp[c]) if c in BY_MASS else a for c, a in rounded.items()), Decimal(0))
    if rounded:
        rounded["unsplit"] = group[ALL].values[basis] - parts
    return {column: Decimal(format(amount.normalize(), "f")) for column, amount in rounded.items() if amount}


def _papers(
    ident: str, edition: str, year: int, checked: date, source: SourceFile, remarks: tuple[str, str], *, split: bool
) -> LibraryPapers:
    title = f"Supply Chain Greenhouse Gas Emission Factors v{edition} by NAICS-6, {year} USD"
    gases = (
        ("Per gas gesplitst; HFK's en PFK's zonder naam en de afronding van de uitgever staan bij «unsplit».",
         "Split by gas; HFCs and PFCs without a name and the publisher's rounding stand under «unsplit».")
        if split
        else ("Niet per gas.", "Not by gas.")
    )  # fmt: skip
    data = {
        "id": ident,
        "kind": "official",
        "publisher": "epa-supply-chain",
        "publisher_name": "US Environmental Protection Agency, Office of Research and Development",
        "title": title,
        "edition": checked,
        "valid_from": date(year, 1, 1),
        "valid_to": date(year, 12, 31),
        "geography": "US",
        "licence": "Public domain in the United States (work of the federal government)",
        "attribution": f"US EPA, {title}",
        "url": ADDRESS[edition],
        "gwp_basis": BASIS[edition],
        "gwp_note": {
            "nl": "Volgens de uitgever." + (" De gassen tellen met deze waarden op tot het totaal." if split else ""),
            "en": "As the publisher says." + (" With these potentials the gases add up to the total." if split else ""),
        },
        "uncertainty": "not-published",
        "importer": VERSION,
        "last_checked": checked,
        "default": False,
        "source_file": source,
        "notes": {
            "nl": f"{remarks[0]}{gases[0]} De editie is de dag waarop het bestand is overgenomen.",
            "en": f"{remarks[1]}{gases[1]} The edition is the day on which the file was taken.",
        },
        "spend": {"price_year": year, "price_country": "US", "vat": "unknown", "classification": "NAICS 2017"},
    }
    return validate(LibraryPapers, data, source.name)
