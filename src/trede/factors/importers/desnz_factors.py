"""From lines of the British flat file to a library: rows of one name join, and each factor gets its papers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.gwp import GWP_SETS, gwp_set
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import LibraryPapers, SourceFile
from trede.catalogue.splits import split_by_mass
from trede.factors.importers.desnz_layout import (
    LEFT_OUT,
    LEFT_OUT_UNIT,
    OUTSIDE,
    SECTIONS,
    gas_of,
    plain,
    unit_of,
)
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location, Param
from trede.kernel.models import validate

VERSION = "desnz 1"
"""Name and version of this importer; it stands in the papers of what it makes."""

TOGETHER = "kg co2e"
PARTS = {"kg co2e of co2": "co2", "kg co2e of ch4": "ch4", "kg co2e of n2o": "n2o"}
"""What a value counts → the ledger's column of that gas."""

PUBLICATION = "https://www.gov.uk/government/publications/greenhouse-gas-reporting-conversion-factors-{year}"


_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the flat file; `place` says which, `value` is in what `ghg` names per `unit`."""

    where: Location
    place: str
    value: Decimal
    scope: str
    level1: str
    level2: str
    level3: str
    level4: str
    column: str
    unit: str
    ghg: str

    @property
    def counts(self) -> str:
        """What the value counts; older files leave out the words `per unit`."""
        return plain(self.ghg).removesuffix(" per unit")

    @property
    def key(self) -> FactorKey:
        """The name that the rows of one factor share, the same in every year.

        Power and heat have the unit once more in `Level 4`, or the year of the data behind the value: no part of a name.
        """
        parts = [self.level3, self.level4, self.column]
        names = [part for part in parts if part and plain(part) != plain(self.unit) and not _YEAR.fullmatch(part)]
        return FactorKey(self.level1, self.level2, ", ".join(names) or self.level2, self.unit)


@dataclass(frozen=True, slots=True)
class Edition:
    """What the papers say of an edition; the remarks tell where the file was found."""

    id: str
    year: int
    version: str
    day: date
    last_checked: date
    source: SourceFile
    remark_nl: str
    remark_en: str


def make_library(edition: Edition, lines: Iterable[Line]) -> Library:
    """Join lines to factors and make the library.

    Raises:
        CatalogueError: every line that is not understood, with its place; nothing is built by halves.
    """
    groups: dict[FactorKey, dict[str, Line]] = defaultdict(dict)
    biogenic: dict[tuple[str, str], Decimal] = {}
    issues: list[Issue] = []
    said: set[tuple[str, str]] = set()
    for line in lines:
        if plain(line.level1) in LEFT_OUT or plain(line.unit) == LEFT_OUT_UNIT:
            continue
        if plain(line.level1) == OUTSIDE:
            biogenic[plain(line.level3), plain(line.unit)] = line.value
        elif (problem := _problem(line, groups[line.key])) is not None:
            # A section or unit that is not known is said once, not for each of its hundreds of rows.
            if (what := (problem.code, repr(problem.values))) not in said:
                said.add(what)
                issues.append(problem)
        else:
            groups[line.key][line.counts] = line
    issues += _without_total(groups)
    if issues:
        raise CatalogueError(*issues)
    basis = _gwp_basis(groups)
    factors = [_factor(key, group, basis, biogenic, edition) for key, group in groups.items()]
    return build_library(_papers(edition, basis), factors)


def _problem(line: Line, group: Mapping[str, Line]) -> Issue | None:
    """Return what is not understood of a line, or None."""

    def wrong(code: str, **params: Param) -> Issue:
        return Issue.error(code, line.where, **params)

    section = SECTIONS.get(plain(line.level1))
    if section is None:
        return wrong("desnz_section_unknown", section=line.level1)
    if _unit(line) is None:
        return wrong("desnz_unit_unknown", unit=line.unit, section=line.level1)
    if line.counts != TOGETHER and line.counts not in PARTS:
        return wrong("desnz_value_unknown", ghg=line.ghg, known=[TOGETHER, *PARTS])
    if section.nature == "gas" and gas_of(line.level2, line.level3, line.column) is None:
        return wrong("desnz_gas_unknown", name=line.level3, section=line.level2)
    if line.counts in group:
        return wrong("desnz_row_twice", name=line.key.name, unit=line.unit, first=group[line.counts].where.row)
    return None


def _without_total(groups: Mapping[FactorKey, Mapping[str, Line]]) -> Iterator[Issue]:
    for key, group in groups.items():
        for line in list(group.values())[:1]:
            if TOGETHER not in group:
                yield Issue.error("desnz_total_missing", line.where, name=key.name, unit=key.publisher_unit)


def _gwp_basis(groups: Mapping[FactorKey, Mapping[str, Line]]) -> str:
    """Return the set whose methane and nitrous oxide the list itself gives, per kilogram; else `unknown`."""
    found = {
        plain(line.level3): line.value
        for group in groups.values()
        for line in group.values()
        if SECTIONS[plain(line.level1)].nature == "gas" and line.counts == TOGETHER
    }
    for name in GWP_SETS:
        known = gwp_set(name)
        if (found.get("methane"), found.get("nitrous oxide")) == (known["ch4"], known["n2o"]):
            return name
    return "unknown"


def _factor(
    key: FactorKey,
    group: Mapping[str, Line],
    basis: str,
    biogenic: Mapping[tuple[str, str], Decimal],
    edition: Edition,
) -> tuple[Location, Factor]:
    line = group[TOGETHER]
    section = SECTIONS[plain(line.level1)]
    flight = section.nature == "air" or plain(line.level2).removeprefix("wtt- ") == "freight flights"
    unit = _unit(line)
    if unit is None:
        raise AssertionError(line)  # `_problem` looked at it
    parts = {gas: group[counts].value for counts, gas in PARTS.items() if counts in group}
    split = split_by_mass(line.value, parts, gwp_set(basis)) if parts and basis in GWP_SETS else {}
    data: dict[str, object] = {
        **key._asdict(),
        "id": factor_id(key),
        "nature": "air" if flight else section.nature,
        "kind": unit[0],
        "unit": unit[1],
        "status": "active",
        section.value: line.value,
        "gas": gas_of(line.level2, line.level3, line.column) if section.nature == "gas" else "unsplit",
        "gases": {section.value: split} if split else {},
        "place": line.place,
        "url": PUBLICATION.format(year=edition.year),
    }
    if section.nature == "fuel" and section.value == "direct":
        data["biogenic"] = biogenic.get((plain(line.level3), plain(line.unit)))
    if section.nature == "energy":
        data |= {"losses": _losses(line), "basis": "generation"}
    if flight:
        data |= {"radiative_forcing": _forcing(line), "distance_rule": "unknown"}
    return line.where, validate(Factor, data, line.where.file or "")


def _unit(line: Line) -> tuple[str, str] | None:
    return unit_of(line.level1, line.level2, line.unit)


def _losses(line: Line) -> str:
    """The list gives grid losses as lines of their own, so that every other line is without them."""
    words = plain(f"{line.level1} {line.level2}")
    return "only" if "t&d" in words or "distribution" in words else "excluded"


def _forcing(line: Line) -> str:
    return {"with rf": "included", "without rf": "excluded"}.get(plain(line.column), "unknown")


def _papers(edition: Edition, basis: str) -> LibraryPapers:
    title = f"UK Government GHG Conversion Factors for Company Reporting {edition.year}, flat file, version {edition.version}"
    papers = {
        "id": edition.id,
        "kind": "official",
        "publisher": "desnz",
        "publisher_name": "UK Department for Energy Security and Net Zero",
        "title": title,
        "edition": edition.day,
        "valid_from": date(edition.year, 1, 1),
        "valid_to": date(edition.year, 12, 31),
        "geography": "GB",
        "licence": "Open Government Licence v3.0",
        "attribution": "Contains public sector information licensed under the Open Government Licence v3.0: " + title,
        "url": PUBLICATION.format(year=edition.year),
        "gwp_basis": basis,
        "gwp_note": {
            "nl": "Afgeleid uit de waarden van een kilogram methaan en lachgas in de lijst zelf.",
            "en": "Derived from the values of a kilogram of methane and of nitrous oxide in the list itself.",
        },
        "uncertainty": "not-published",
        "importer": VERSION,
        "last_checked": edition.last_checked,
        "default": True,
        "source_file": edition.source,
        "notes": {
            "nl": f"{edition.remark_nl} Weggelaten: waarden per mijl, kilowatturen per kilometer, stroom van elektrische "
            "auto's per kilometer en geleasede middelen, die de lijst ook op een andere plaats geeft.",
            "en": f"{edition.remark_en} Left out: values per mile, kilowatt-hours per kilometre, power of electric vehicles "
            "per kilometre and leased assets, which the list also gives in another place.",
        },
    }
    return validate(LibraryPapers, papers, edition.source.name)
