"""Choosing the factor of a line of spend: from its code to a sector, from the sector to a factor of the country's list.

The order, first that applies: an override; what a sector map of the organisation says of the code; what the Dutch reference
chart says of an account; the code itself. The list is that of the code's own classification, else that of the country of the
purchase, in the edition of the year or the one that somebody pinned. Nothing is taken that is only near.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from trede.catalogue.factor import Factor
from trede.catalogue.library import Library
from trede.catalogue.rgs import rgs_account
from trede.catalogue.spending import OWN, RGS, publisher_of, sectors_in
from trede.catalogue.vocabulary import ActivityType
from trede.factors.matching import Candidate, Match, Shelf, told_attributes
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.organisation.decisions import Meaning, SectorMap

BY_CODE = "by-code"
"""The category of a record that follows from what its code means."""

NOT_BY_SPEND = ("spend_set_aside", "spend_account_excluded")
"""Codes of records that are rightly not counted by spend: they are no open point."""

LISTED = 6
"""Sectors that an issue names."""

_BASES: Mapping[str, tuple[tuple[str | None, str | None], ...]] = {
    "purchaser": (("purchaser", "included"), ("unknown", "unknown")),
    "producer": (("producer", None), ("basic", None), ("purchaser", "excluded"), ("unknown", "unknown")),
}
"""Price of the record → the price basis and margins of factors that serve, best first; None: any."""


@dataclass(frozen=True)
class Chosen:
    """The factor of a plan key, or none; `attributes` with the category that the code decides, `why` for the plan."""

    match: Match | None
    attributes: Mapping[str, str]
    issues: list[Issue]
    why: dict[str, Any] = field(default_factory=dict)


def choose(shelf: Shelf, activity: ActivityType, attributes: Mapping[str, str], year: int, geography: str) -> Chosen:
    """Choose the factor for the attributes of a line of spend; no factor always comes with an error."""
    subject: dict[str, Any] = {
        "activity_type": activity.id, "attributes": told_attributes(attributes), "year": year,
    }  # fmt: skip
    overridden = shelf.overridden(activity.id, attributes, year, activity.kind, geography)
    try:
        classification, code, category, why = _meaning(shelf, attributes, needed=overridden is None)
        attributes = _with_category(attributes, category)
        if overridden is not None:
            return Chosen(overridden[0], attributes, overridden[1], why)
        publisher = _publisher(classification, geography)
        sector = _sector(publisher, classification, code)
        library, reason, decision = _list(shelf, activity, publisher, year)
        factor = _factor(library, sector, attributes["price"])
    except TredeError as error:
        return Chosen(None, attributes, [_about(issue, subject) for issue in error.issues])
    notices = list(_doubts(library, factor, attributes["price"], why))
    if library.papers.geography != geography:
        subject |= {"slot": "main", "geography": geography, "factor": factor.id}
        publisher = library.papers.publisher_name
        notices.append(Issue.notice("factor_of_another_publisher", **subject, publisher=publisher))
    others = tuple(
        Candidate(library.id, other.id, "other-price", other.total, other.unit)
        for other in library.factors.values()
        if other.sector == sector and other.id != factor.id
    )
    return Chosen(Match(library, factor, reason, decision, others), attributes, notices, {**why, "sector": sector})


def _about(issue: Issue, subject: Mapping[str, Any]) -> Issue:
    """Return an issue with what it is about; what is rightly not counted by spend is a notice."""
    make = Issue.notice if issue.code in NOT_BY_SPEND else Issue.error
    return make(issue.code, **{**subject, **issue.values})


def _with_category(attributes: Mapping[str, str], category: str) -> Mapping[str, str]:
    """Return attributes with the category that the code decides, where the record leaves it to the code."""
    if attributes["category"] != BY_CODE:
        return attributes
    if not category:
        raise TredeError.of("spend_category_unknown", value=attributes["code"])
    return {**attributes, "category": category}


def _publisher(classification: str, geography: str) -> str:
    """Return the publisher whose list answers a classification in a country."""
    publisher = publisher_of(classification, geography)
    if publisher is None:
        raise TredeError.of("spend_country_without_list", geography=geography)
    return publisher


def _list(shelf: Shelf, activity: ActivityType, publisher: str, year: int) -> tuple[Library, str, str]:
    """Return a publisher's list for a year, and why it is that edition."""
    found = shelf.list_of(year, activity.id, publisher)
    if found is None:
        others = [library.id for library in shelf.libraries if library.papers.publisher == publisher]
        missing: dict[str, Any] = {"slot": "main", "other_lists": others, "second_hand": []}
        raise TredeError.of("factor_year_missing", **missing)
    return found


def _meaning(shelf: Shelf, attributes: Mapping[str, str], *, needed: bool) -> tuple[str, str, str, dict[str, Any]]:
    """Return classification, code and category that a record's code comes to, and how."""
    classification, code = attributes["classification"], attributes["code"]
    said = _said(shelf, classification, code)
    if said is not None:
        entry, decision = said
        if entry.exclude:
            raise TredeError.of("spend_set_aside", value=code, reason=entry.exclude)
        told = {"map": decision, "code": entry.to_code, "classification": entry.to_classification}
        if entry.to_classification not in (RGS, *OWN):
            return entry.to_classification, entry.to_code, entry.category, told
        classification, code = entry.to_classification, entry.to_code
    if classification == RGS and (account := rgs_account(code)) is not None:
        if account.exclude is not None:
            raise TredeError.of("spend_account_excluded", value=code, reason=account.exclude)
        told = {
            "account": account.code, "confidence": str(account.confidence), "code": str(account.nace),
            "classification": "nace-2",
        }  # fmt: skip
        return "nace-2", str(account.nace), str(account.category), told
    if classification in OWN and needed:
        raise TredeError.of("spend_unmapped", classification=classification, value=code)
    return classification, code, "", {}


def _said(shelf: Shelf, classification: str, code: str) -> tuple[Meaning, str] | None:
    wanted = classification, code.casefold()
    for recorded in reversed(shelf.decisions):
        if isinstance(recorded.decision, SectorMap):
            for entry in reversed(recorded.decision.entries):
                if (entry.classification, entry.code.casefold()) == wanted:
                    return entry, recorded.id
    return None


def _sector(publisher: str, classification: str, code: str) -> str:
    """Return the one sector of a list that a code falls in."""
    found = sectors_in(publisher, classification, code)
    if not found:
        raise TredeError.of("spend_sector_not_in_list", value=code, classification=classification, publisher=publisher)
    if len(found) > 1:
        facts: dict[str, Any] = {"value": code, "classification": classification, "publisher": publisher}
        raise TredeError.of("spend_sector_ambiguous", **facts, found=list(found[:LISTED]), count=len(found))
    return found[0]


def _factor(library: Library, sector: str, price: str) -> Factor:
    of_sector = [f for f in library.factors.values() if f.sector == sector and f.status == "active"]
    for basis, margins in _BASES[price]:
        for factor in of_sector:
            if factor.price_basis == basis and margins in (None, factor.margins):
                return factor
    raise TredeError.of("spend_price_not_in_list", library=library.id, sector=sector, price=price)


def _doubts(library: Library, factor: Factor, price: str, why: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield what a reader should know of the money: a price basis or a tax that differs or is unknown, a doubtful account.

    Without the record's subject, so that each is told once a run.
    """
    if factor.price_basis not in (price, "basic" if price == "producer" else price):
        basis = str(factor.price_basis)
        yield Issue.notice("spend_price_basis_differs", library=library.id, price=price, basis=basis)
    if library.papers.spend and library.papers.spend.vat != "excluded":
        yield Issue.notice("spend_vat_of_list", library=library.id, vat=library.papers.spend.vat)
    if why.get("confidence") == "low":
        yield Issue.notice("spend_account_doubtful", account=why["account"], sector=why["code"])
