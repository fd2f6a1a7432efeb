"""A case's own factors as a library with recorded choices, so that the engine takes them the way it takes any other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from trede.cases.model import Case, OwnFactor
from trede.catalogue.bindings import HOME
from trede.catalogue.currencies import MONEY
from trede.catalogue.factor import Factor, FactorKey, factor_id
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import FilledText, LibraryPapers, SpendPapers
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import vocabulary
from trede.factors.matching import Shelf
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Decision, Override, Pin

_NO_DAY = date(1970, 1, 1)
"""The library of a case is valid on one day long ago: no year takes it for its own list, only the choices do."""

_AIR = {"radiative_forcing": "unknown", "distance_rule": "unknown"}
_SPEND = {"sector": "case", "price_basis": "unknown", "margins": "unknown"}
_TOTAL_ONLY = {
    "waste": "waste",
    "waste-landfill": "waste",
    "waste-water": "wastewater",
    "waste-water-volume": "wastewater",
    "water": "water",
    "hotel-stay": "stay",
    "telework": "work",
    "material": "material",
}
"""Activity types whose factors have no stages, with what their factors are about."""


def make_shelf(case: Case, name: str) -> Shelf:
    """Return the shipped lists with the case's pins, and its own factors before them.

    Args:
        name: what errors call the file.

    Raises:
        CatalogueError: an own factor breaks a rule for factors; its table is named.
    """
    period = case.settings.period
    years = tuple(range(period.start.year, period.end.year + 1))
    papers: dict[str, Any] = {
        "reason": f"case {case.id}", "person": case.source.publication, "made_at": datetime(1970, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    decisions: list[Decision] = [Pin(**papers, library=pin, years=years) for pin in case.settings.pins]
    libraries = list(shipped_libraries().values())
    if case.factor:
        own = _library(case, name)
        libraries.append(own)
        decisions += [
            Override(
                **papers, activity_type=given.activity, attributes=given.attributes, years=years, slot=given.slot,
                library=own.id, factor=factor, geography=given.geography,
            )
            for given, factor in zip(case.factor, own.factors, strict=True)
        ]  # fmt: skip
    recorded = [Recorded(f"case-{n}", n, decision) for n, decision in enumerate(decisions, start=1)]
    return Shelf(libraries, recorded)


def _library(case: Case, name: str) -> Library:
    papers = LibraryPapers(
        id=f"case-{case.id}", kind="own", publisher="case", publisher_name=case.source.publication, title=case.id,
        edition=_NO_DAY, valid_from=_NO_DAY, valid_to=_NO_DAY, geography="unknown", licence="figures only",
        attribution=case.source.publication, url=case.source.address, gwp_basis="unknown",
        gwp_note=FilledText(nl="onbekend", en="unknown"), uncertainty="not-published", importer="case",
        last_checked=_NO_DAY, default=False, notes=FilledText(nl=case.id, en=case.id), spend=_money(case),
    )  # fmt: skip
    rows = [
        (Location(file=name, row=number), _factor(factor, case)) for number, factor in enumerate(case.factor, start=1)
    ]
    try:
        return build_library(papers, rows)
    except CatalogueError as error:
        raise CatalogueError.from_issues(_at_table(issue, name) for issue in error.issues) from error


def _money(case: Case) -> SpendPapers | None:
    """Return whose money own factors are per: that of the first year of the case."""
    if not any(vocabulary()[given.activity].kind == MONEY for given in case.factor):
        return None
    year = case.settings.period.start.year
    return SpendPapers(price_year=year, price_country=HOME, vat="excluded", classification="case")


def _at_table(issue: Issue, name: str) -> Issue:
    """Name the table and key of the file where the rules for libraries name a row and column."""
    key = f".{issue.location.column}" if issue.location.column else ""
    where = Location(file=name, column=f"factor[{issue.location.row}]{key}")
    return Issue.make(issue.severity, issue.code, where, issue.values)


def _factor(given: OwnFactor, case: Case) -> Factor:
    kind = vocabulary()[given.activity]
    place = f" {given.geography}" if given.geography else ""
    chosen = " ".join(f"{name} {value}" for name, value in sorted(given.attributes.items()))
    key = FactorKey(given.activity, f"{given.slot} {chosen}{place}".strip(), given.name, given.unit)
    unit = kind.find_unit(given.unit, given.attributes)
    assert unit is not None  # checked when the case was read
    return Factor(
        id=factor_id(key), category=key.category, subcategory=key.subcategory, name=key.name,
        publisher_unit=key.publisher_unit, kind=kind.kind, unit=unit.id, status="active", total=_total(given),
        direct=given.direct, upstream=given.upstream, biogenic=given.biogenic, energy_mj=given.energy_mj,
        place=given.source, url=case.source.address, **_nature(kind.kind, given),
    )  # fmt: skip


def _total(given: OwnFactor) -> Decimal | None:
    if given.total is None and given.direct is not None and given.upstream is not None:
        return given.direct + given.upstream
    return given.total


def _nature(kind: str, given: OwnFactor) -> Mapping[str, Any]:
    """Say what a factor is about, with the papers that go with it; a case does not know them."""
    if kind in ("electricity", "heat", "cold"):
        return {"nature": "energy", "losses": given.losses, "basis": "unknown"}
    activity = given.activity
    if activity == "travel-air":
        return {"nature": "air", **_AIR}
    if kind == MONEY:
        return {"nature": "spend", **_SPEND}
    if activity in _TOTAL_ONLY:
        return {"nature": _TOTAL_ONLY[activity]}
    moved = unit_registry().kinds[kind].dimension in ("distance", "freight")
    return {"nature": "transport" if moved else "fuel"}
