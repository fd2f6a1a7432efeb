"""Matching: the one place where a factor is chosen, with the reason, and with those that were not chosen and why.

The order, first that applies: an override that somebody recorded; a pin that somebody recorded; the official list of the
activity's own calendar year (its latest edition), of the publisher that speaks for the activity type in its country; a
second-hand value that somebody took in. Nothing else is ever used: no nearest year, no other fuel, no other country's grid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from trede.catalogue.bindings import HOME, Binding, bindings, countries, publishers, speaker
from trede.catalogue.library import Factor, Library
from trede.catalogue.spending import PUBLISHERS as SPEND_LISTS
from trede.catalogue.units import unit_registry
from trede.kernel.issues import Issue
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Override, Pin, TakeIn

SAME_PRODUCT = ("binding_exact", "binding_predecessor")
"""Reasons of a binding under which a second-hand value may stand in: the same product, now or under an older name."""

CERTIFIED = ("market-wind", "market-sun", "market-hydro", "market-biomass")
"""The slots of power with certificates."""

LISTED = 4
"""Candidates that an issue names; the plan keeps all of them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A factor that was looked at; `why` says why it was chosen or not."""

    library: str
    factor: str
    why: str
    total: Decimal | None
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping."""
        total = None if self.total is None else str(self.total)
        return {"library": self.library, "factor": self.factor, "why": self.why, "total": total, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class Match:
    """The chosen factor of one slot."""

    library: Library
    factor: Factor
    why: str
    decision: str
    runners_up: tuple[Candidate, ...]

    @property
    def ref(self) -> str:
        """Library and factor in one text, as ledger rows carry it."""
        return f"{self.library.id}#{self.factor.id}"


@dataclass(frozen=True)
class Shelf:
    """The libraries of a run and the decisions about them."""

    libraries: Sequence[Library]
    decisions: Sequence[Recorded] = ()
    use_pins: bool = True
    _by_id: Mapping[str, Library] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_id", {library.id: library for library in self.libraries})

    def get(self, library_id: str) -> Library | None:
        """Return a library by id."""
        return self._by_id.get(library_id)

    def match(
        self, activity_type: str, attributes: Mapping[str, str], slot: str, year: int, kind: str, geography: str = HOME
    ) -> tuple[Match | None, list[Issue]]:
        """Choose the factor for one slot of one plan key.

        Args:
            kind: the kind of quantity that the activity counts in.
            geography: the country of the activity, two letters.

        Returns:
            The match and the issues of this choice; no match always comes with an issue that lists the candidates.
        """
        subject: dict[str, Any] = {
            "activity_type": activity_type,
            "attributes": _text(attributes),
            "year": year,
            "slot": slot,
        }
        rows = bindings(activity_type, attributes, slot, geography)
        issues: list[Issue] = []
        if not rows and slot in CERTIFIED and (rows := _without_certificate(activity_type, attributes, geography)):
            subject["slot"] = slot = "market"
            issues.append(Issue.warning("certificate_without_factor", **subject, geography=geography))
        candidates = list(self._candidates(rows, year))
        override = self._override(activity_type, attributes, slot, year, geography)
        if override is not None:
            return self._overridden(*override, kind, candidates, subject)
        if not rows:
            return None, [_unbound(activity_type, geography, subject)]
        chosen = self.list_of(year, activity_type, rows[0].publisher)
        if chosen is None:
            taken = self._taken_in(rows, year)
            if taken is not None:
                return self._done(*taken, candidates, subject)
            return None, [Issue.error("factor_year_missing", **subject, **_elsewhere(candidates))]
        library, why, decision_id = chosen
        factor = next(filter(None, (library.find(*row.key, year=year) for row in _same_product(rows))), None)
        if factor is None or factor.status != "active":
            return None, [_unusable(library, factor, rows[0].name, candidates, subject)]
        issues += _told(rows[0], library, factor, geography, subject)
        match, found = self._done(library, factor, why, decision_id, candidates, subject)
        return match, [*issues, *found]

    def overridden(
        self, activity_type: str, attributes: Mapping[str, str], year: int, kind: str, geography: str = HOME
    ) -> tuple[Match | None, list[Issue]] | None:
        """Return what an override says of the main slot, as `match` does; None when nobody recorded one."""
        override = self._override(activity_type, attributes, "main", year, geography)
        if override is None:
            return None
        subject = {"activity_type": activity_type, "attributes": _text(attributes), "year": year, "slot": "main"}
        return self._overridden(*override, kind, [], subject)

    def upstream_of(
        self, match: Match, activity_type: str, attributes: Mapping[str, str], year: int, geography: str = HOME
    ) -> Match | None:
        """Return the factor in which the publisher of a direct factor gives the stage before it; None when there is none.

        Only in the list of the factor itself: what somebody recorded of his own is never completed with another's.
        """
        factor = match.factor
        if match.why == "override" or factor.direct is None or factor.upstream is not None or factor.total is not None:
            return None
        rows = bindings(activity_type, attributes, "upstream", geography)
        named = (match.library.find(*row.key, year=year) for row in (_same_product(rows) if rows else ()))
        found = next(filter(None, named), None)
        if found is None or found.status != "active":
            return None
        return Match(match.library, found, match.why, match.decision, ())

    def _overridden(
        self, recorded: Recorded, decision: Override, kind: str, candidates: list[Candidate], subject: dict[str, Any]
    ) -> tuple[Match | None, list[Issue]]:
        library = self.get(decision.library)
        factor = library.factors.get(decision.factor) if library else None
        if library is None or factor is None:
            return None, [Issue.error("override_factor_missing", **subject, factor=decision.factor)]
        if factor.kind != kind:
            return None, [
                Issue.error("override_kind_differs", **subject, factor=factor.id, unit=factor.unit, kind=kind)
            ]
        if factor.status != "active":
            return None, [_unusable(library, factor, factor.name, candidates, subject)]
        return self._done(library, factor, "override", recorded.id, candidates, subject)

    def _override(
        self, activity_type: str, attributes: Mapping[str, str], slot: str, year: int, geography: str
    ) -> tuple[Recorded, Override] | None:
        found = None
        for recorded in self.decisions:
            match recorded.decision:
                case Override() as decision if decision.covers(year, activity_type, dict(attributes), slot, geography):
                    found = (recorded, decision)
        return found

    def list_of(self, year: int, activity_type: str, publisher: str) -> tuple[Library, str, str] | None:
        """Return a publisher's list for a year: the one that was pinned, else the year's own in its latest edition.

        A pin of another publisher's list says nothing here, unless that publisher has no bindings: then the pinned list
        stands in by the names of its factors. Otherwise such a library is used by overrides only.
        """
        for recorded in reversed(self.decisions if self.use_pins else ()):
            if isinstance(recorded.decision, Pin) and recorded.decision.covers(year, activity_type):
                library = self.get(recorded.decision.library)
                if library is None or library.papers.kind == "secondhand":
                    continue
                if library.papers.publisher == publisher or library.papers.publisher not in (
                    *publishers(),
                    *SPEND_LISTS,
                ):
                    return library, "pin", recorded.id
        bound = [lib for lib in self.libraries if lib.papers.publisher == publisher]
        own = [lib for lib in bound if lib.papers.kind != "secondhand" and _valid(lib, year)]
        return (max(own, key=lambda lib: lib.papers.edition), "own-year", "") if own else None

    def _taken_in(self, rows: Sequence[Binding], year: int) -> tuple[Library, Factor, str, str] | None:
        """Return a second-hand value that somebody took in for one of these products in this year."""
        keys = {row.key for row in rows if row.reason_code in SAME_PRODUCT}
        for recorded in reversed(self.decisions):
            decision = recorded.decision
            if isinstance(decision, TakeIn) and (library := self.get(decision.library)) is not None:
                factor = library.factors.get(decision.factor)
                if factor is None or factor.status != "active" or factor.key not in keys:
                    continue
                if _valid(library, year, factor):
                    return library, factor, "taken-in", recorded.id
        return None

    def _candidates(self, rows: Sequence[Binding], year: int) -> Iterable[Candidate]:
        """Yield everything that was looked at; `why` is what speaks against each, or `eligible`."""
        for library in self.libraries:
            for binding in rows:
                for factor in library.find_all(*binding.key):
                    why = "eligible"
                    if factor.status != "active":
                        why = factor.status
                    elif binding.priority > 1:
                        why = binding.reason_code
                    elif not _valid(library, year, factor):
                        why = "other-year"
                    elif library.papers.kind == "secondhand":
                        why = "second-hand"
                    yield Candidate(library.id, factor.id, why, factor.total, factor.unit)

    def _done(
        self,
        library: Library,
        factor: Factor,
        why: str,
        decision: str,
        candidates: list[Candidate],
        subject: dict[str, Any],
    ) -> tuple[Match, list[Issue]]:
        issues = []
        if factor.direct is not None and factor.upstream is None:
            issues.append(Issue.warning("stage_missing", **subject, factor=factor.id, stage="upstream"))
        rest = tuple(c for c in candidates if (c.library, c.factor) != (library.id, factor.id))
        return Match(library, factor, why, decision, rest), issues


def unit_multiplier(kind: str, unit: str, to: str) -> Decimal:
    """Return how many of the factor's unit one unit of the record is."""
    return unit_registry().multiplier(kind, unit, to)


def _without_certificate(activity_type: str, attributes: Mapping[str, str], geography: str) -> tuple[Binding, ...]:
    """Return what the market basis of a country counts with when it has no factor for what a certificate names.

    Only where the market basis takes the location factor: a list that values certificates values all that it can.
    """
    rows = bindings(activity_type, attributes, "market", geography)
    return rows if rows and rows[0].reason_code == "binding_location_for_market" else ()


def _same_product(rows: Sequence[Binding]) -> Iterator[Binding]:
    """Yield the binding that answers, then those of the same product under the name that other editions give it."""
    yield rows[0]
    yield from (row for row in rows[1:] if row.reason_code == "binding_predecessor")


def _told(
    binding: Binding, library: Library, factor: Factor, geography: str, subject: dict[str, Any]
) -> Iterator[Issue]:
    """Yield what a reader should know of an answer, by the reason of its binding."""
    codes = {
        "binding_grid_lifecycle": "grid_factor_not_separable",
        "binding_location_for_market": "market_by_location",
        "binding_other_publisher": "factor_of_another_publisher",
    }
    if binding.reason_code in codes:
        code = codes[binding.reason_code]
        publisher = library.papers.publisher_name
        yield Issue.notice(code, **subject, geography=geography, factor=factor.id, publisher=publisher)


def _unbound(activity_type: str, geography: str, subject: dict[str, Any]) -> Issue:
    """Say that nothing answers: in this country, or anywhere."""
    known = countries(activity_type)
    if known and speaker(activity_type, geography) is None:
        return Issue.error("geography_without_factors", **subject, geography=geography, countries=known)
    return Issue.error("factor_unbound", **subject)


def _unusable(
    library: Library, factor: Factor | None, name: str, candidates: list[Candidate], subject: dict[str, Any]
) -> Issue:
    """Say why what a list has under a name (or has not) gives no value."""
    codes = {"withdrawn": "factor_withdrawn", "variable": "factor_without_value"}
    code = codes[factor.status] if factor else "factor_not_in_list"
    return Issue.error(code, **subject, library=library.id, name=name, candidates=_list(candidates))


def told_attributes(attributes: Mapping[str, str]) -> str:
    """Return attributes as issues name them."""
    return _text(attributes)


def _valid(library: Library, year: int, factor: Factor | None = None) -> bool:
    papers = library.papers
    first, last = library.validity(factor) if factor else (papers.valid_from, papers.valid_to)
    return first <= date(year, 1, 1) and date(year, 12, 31) <= last


def _text(attributes: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in sorted(attributes.items()))


def _list(candidates: Iterable[Candidate]) -> list[str]:
    return [f"{c.library}#{c.factor}" for c in candidates if c.why != "other-year"][:LISTED]


def _elsewhere(candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Say which lists have the product for another year, and which second-hand values of this year wait to be taken in."""
    other = dict.fromkeys(c.library for c in candidates if c.why == "other-year")
    waiting = [f"{c.library}#{c.factor}" for c in candidates if c.why == "second-hand"]
    return {"other_lists": list(other), "second_hand": waiting[:LISTED]}
