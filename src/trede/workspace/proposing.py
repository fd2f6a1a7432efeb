"""What could answer records without a factor: a list of another year, a second-hand value, a factor by name, a sector for spend.

Nothing is chosen here. What an answer would come to is the quantity × the value of that factor, prices and certificates left as
they are: it ranks, and is no result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from trede.catalogue.bindings import bindings
from trede.catalogue.exchange import EURO
from trede.catalogue.sectors import divisions, sectors_of
from trede.catalogue.spending import LISTS, OWN, RGS, publisher_of, sectors_in
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.factors.matching import SAME_PRODUCT
from trede.factors.words import Term, fold, likeness, terms
from trede.kernel.amounts import MG_PER_KG
from trede.kernel.errors import TredeError
from trede.workspace.shelf import Shelf, Shelved

MOST = 6
"""Proposals of one group."""
_BASES = ("market", "location")
_SAY_NOTHING = ("unknown", "average", "other", "none", "controlled")
"""Values of attributes by which no factor is found."""
Way = Literal["pin", "take-in", "override", "sector"]
_LIST = "figaro"
"""The list whose values rank sectors."""
DOUBTFUL, CATEGORY_UNKNOWN = "spend_account_doubtful", "spend_category_unknown"
"""Codes of spend that counts by a sector of low confidence, and of spend whose category of scope 3 nobody chose."""
TRANSPORT = ("49", "50", "51", "52", "53")
"""Divisions of NACE, section H. Their category follows from who pays: category 4 what the organisation pays for, category 9 what
others pay after the sale (GHG Protocol, Corporate Value Chain Standard, chapter 5)."""
_CATEGORIES = ("1", "2", "4", "9", "4-storage", "9-storage", "6", "7")
_OF_TRANSPORT = ("4", "9", "4-storage", "9-storage", "6", "1", "2", "7")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One answer. `way` is the decision that it takes: a list for the year, a second-hand value, a factor by name, or what a
    code of spend means.

    `why` is a reason of a binding, `other-year`, `search` (found by the words in `found`), `own` or `name`. `mg` is about what
    the group would come to; None when that is not known.
    """

    way: Way
    library: str
    factor: str
    why: str
    value: Decimal | None = None
    unit: str = ""
    mg: int | None = None
    scheme: str = ""
    code: str = ""
    """Of a sector: the classification and the code that is meant."""
    found: str = ""
    other: str = ""
    """Of power, which has a factor for each basis: that of the same list for the location basis; `factor` is the market's."""
    category: str = ""
    """Of a sector: the category of scope 3 that goes with it, where the answer says it too."""

    @property
    def key(self) -> str:
        """What names it among the proposals of a group."""
        if self.way == "sector":
            return f"sector:{self.scheme}:{self.code}" + (f":{self.category}" if self.category else "")
        return f"pin:{self.library}" if self.way == "pin" else f"{self.way}:{self.library}#{self.factor}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Records of one activity type, attributes, unit, country and year that post nothing, with the code of the reason.

    `euros` is set for spend. `texts` are what the files call it: suppliers, notes and the code itself.
    """

    id: str
    activity_type: str
    attributes: Mapping[str, str]
    unit: str
    geography: str
    year: int
    code: str
    records: int
    quantity: Decimal
    euros: Decimal | None
    batches: tuple[tuple[str, int], ...]
    """Some of the records: batch and row."""
    texts: tuple[str, ...]
    meant: tuple[str, str] = ("", "")
    """Of spend: classification and code that it is taken for, as far as is known."""
    category: str = ""
    """Of spend that leaves the category of scope 3 to its code: the one that is proposed."""
    account: str = ""
    """Of spend that counts by a proposal: the account of the reference chart that the proposal is of."""


def propose(shelf: Shelf, words: Vocabulary, waiting: Waiting) -> list[Proposal]:
    """Return what could answer a group, best first; nothing is chosen."""
    activity = words[waiting.activity_type]
    if activity.by_sector:
        proposals = _pins(shelf, waiting) if waiting.code == "factor_year_missing" else _sectors(shelf, waiting)
    elif any(bindings(activity.id, waiting.attributes, slot, waiting.geography) for slot in _BASES):
        proposals = _for_both(shelf, activity, waiting)
    else:
        proposals = _bound(shelf, activity, waiting, "main")
    found: dict[str, Proposal] = {}
    for each in proposals:
        found.setdefault(each.key, each)
    if not found and not activity.by_sector:
        for each in _searched(shelf, activity, waiting):
            found.setdefault(each.key, each)
    return list(found.values())[: len(found) if waiting.code == CATEGORY_UNKNOWN else MOST]


def _for_both(shelf: Shelf, activity: ActivityType, waiting: Waiting) -> Iterator[Proposal]:
    """Yield what answers an activity with a factor for each basis: a list, or second-hand values for both."""
    market, location = ([*_bound(shelf, activity, waiting, slot)] for slot in _BASES)
    for each in market:
        if each.way == "pin":
            yield each
        beside = next((other for other in location if other.why == each.why == "second-hand"), None)
        if beside is not None:
            yield replace(each, way="override", other=beside.factor)


def _bound(shelf: Shelf, activity: ActivityType, waiting: Waiting, slot: str) -> Iterator[Proposal]:
    """Yield what the publisher that speaks for the activity has for it: in other years, from second hand, or for its like."""
    for row in bindings(activity.id, waiting.attributes, slot, waiting.geography):
        same = row.priority == 1 or row.reason_code in SAME_PRODUCT
        items = [item for item in shelf.named(row.publisher, row.key) if item.factor.status == "active"]
        for item in sorted(items, key=lambda item: _distance(item, waiting.year)):
            second_hand = item.library.papers.kind == "secondhand"
            if same and second_hand and waiting.year in item.years:
                way: Way = "take-in" if row.reason_code in SAME_PRODUCT else "override"
                yield _proposal(way, item, activity, waiting, "second-hand")
            elif same and not second_hand and waiting.code == "factor_year_missing":
                yield _proposal("pin", item, activity, waiting, "other-year")
            elif not same and not second_hand:
                yield _proposal("override", item, activity, waiting, row.reason_code)


def _pins(shelf: Shelf, waiting: Waiting) -> Iterator[Proposal]:
    """Yield the lists of the publisher that answers spend in a country, those of the nearest year first."""
    publisher = publisher_of(waiting.attributes["classification"], waiting.geography)
    lists = {item.library.id: item for item in shelf.of_publisher(publisher or "")}
    for item in sorted(lists.values(), key=lambda item: _distance(item, waiting.year)):
        yield Proposal("pin", item.library.id, "", "other-year")


def _distance(item: Shelved, year: int) -> tuple[int, str]:
    return min((abs(each - year) for each in item.years), default=999), item.ref


def _searched(shelf: Shelf, activity: ActivityType, waiting: Waiting) -> Iterator[Proposal]:
    """Yield factors of the same kind of quantity: the organisation's own, then those that its words find."""
    kind = {f"{activity.kind}:{unit}" for unit in unit_registry().names(activity.kind)}
    for item in shelf.browse("", {"unit": kind}).items:
        if item.library.papers.kind != "own":
            break
        yield _proposal("override", item, activity, waiting, "own")
    said = [value for value in waiting.attributes.values() if value not in _SAY_NOTHING]
    for text in (" ".join([activity.name.en, *said]), " ".join(said), activity.name.en):
        for item in shelf.browse(text, {"unit": kind}).items[:MOST]:
            if item.factor.status == "active" and item.library.papers.kind != "secondhand":
                yield _proposal("override", item, activity, waiting, "search", text)


def _proposal(way: Way, item: Shelved, activity: ActivityType, waiting: Waiting, why: str, found: str = "") -> Proposal:
    factor = item.factor
    value = next((v for v in (factor.total, factor.direct, factor.upstream) if v is not None), None)
    mg = None
    if value is not None and factor.kind == activity.kind:
        try:
            each = unit_registry().multiplier(activity.kind, waiting.unit, factor.unit)
        except TredeError:
            each = None
        mg = None if each is None else round(waiting.quantity * each * value * MG_PER_KG)
    return Proposal(way, item.library.id, factor.id, why, value, factor.publisher_unit, mg, found=found)


def _sectors(shelf: Shelf, waiting: Waiting) -> Iterator[Proposal]:
    """Yield what a code can mean: the sectors that it is too coarse for, or divisions with names like what the files say.

    Of an account of low confidence first what the reference chart proposes; of a code without a category each category.
    """
    if waiting.code == CATEGORY_UNKNOWN:
        yield from _categories(shelf, waiting)
        return
    if waiting.code == DOUBTFUL:
        chart = _division(shelf, waiting, waiting.meant[1], "chart", waiting.account)
        yield chart
        if waiting.category == "4":
            yield replace(chart, why="payer", category="9")
        alike = [each for each in _alike(waiting.texts) if each[1] != waiting.meant[1]]
        for _, division, found in alike:
            yield _division(shelf, waiting, division, "name", found)
        return
    classification, code = waiting.attributes["classification"], waiting.attributes["code"]
    publisher = publisher_of(classification, waiting.geography)
    if waiting.code == "spend_sector_ambiguous" and publisher in LISTS and classification not in (*OWN, RGS):
        for sector in sectors_in(publisher, classification, code):
            value = sector_value(shelf, publisher, sector)
            yield _meaning(waiting, publisher, sector, value, "part", code)
    elif classification in (*OWN, RGS):
        for _, division, found in _alike(waiting.texts)[:MOST]:
            yield _division(shelf, waiting, division, "name", found)


def _categories(shelf: Shelf, waiting: Waiting) -> Iterator[Proposal]:
    """Yield what a code means with each category of scope 3 that it may be in, the likely ones first."""
    scheme, code = waiting.meant
    publisher = publisher_of(scheme, waiting.geography)
    try:
        sectors = sectors_in(publisher, scheme, code) if publisher else ()
    except TredeError:
        sectors = ()
    value = sector_value(shelf, str(publisher), sectors[0]) if len(sectors) == 1 else None
    transport = any(code.startswith(division) for division in TRANSPORT) and scheme != RGS
    for category in _OF_TRANSPORT if transport else _CATEGORIES:
        why = "payer" if transport and category in ("4", "9") else "category"
        yield replace(_meaning(waiting, scheme, code, value, why, ""), category=category)


def _division(shelf: Shelf, waiting: Waiting, division: str, why: str, found: str) -> Proposal:
    value = sector_value(shelf, _LIST, sectors_of(_LIST, "nace-2", division)[0])
    return _meaning(waiting, "nace-2", division, value, why, found)


@cache
def choosable() -> tuple[str, ...]:
    """Return the divisions of NACE that a code of spend can mean: those that are one sector of the Dutch list."""
    return tuple(code for code in divisions() if len(sectors_of(_LIST, "nace-2", code)) == 1)


def _meaning(waiting: Waiting, scheme: str, code: str, value: Decimal | None, why: str, found: str) -> Proposal:
    mg = None if value is None or waiting.euros is None else round(waiting.euros * value * MG_PER_KG)
    return Proposal("sector", "", "", why, value, EURO, mg, scheme, code, found)


@lru_cache(maxsize=4096)
def _alike(texts: tuple[str, ...], *, typed: bool = False) -> Sequence[tuple[int, str, str]]:
    """Return divisions of NACE whose names are like one of some texts, the best first: score, code, text.

    Args:
        typed: somebody types them now: a typing error is forgiven. In the names of a file it is not: `banden` is no `banken`.
    """
    asked = [(text, terms(text)) for text in texts]
    scored = ((*_best(asked, code, typed=typed), code) for code in choosable())
    return sorted(((-score, code, text) for score, text, code in scored if score))


def _best(asked: Sequence[tuple[str, Sequence[Term]]], code: str, *, typed: bool) -> tuple[int, str]:
    name = divisions()[code].name
    names = (*fold(name.nl), *fold(name.en))
    best = 0, ""
    for text, words in asked:
        score = 0
        for term in words:
            phrases = [phrase for phrase in (term.asked, *term.others) if all(len(word) > 3 for word in phrase)]
            found = [
                min(max(_alikeness(word, name, typed=typed) for name in names) for word in phrase) for phrase in phrases
            ]
            score += max(found, default=0)
        best = max(best, (score, text))
    return best


def _alikeness(word: str, name: str, *, typed: bool) -> int:
    score, how = likeness(word, name)
    return 0 if how == "spelling" and not typed else score


def sector_value(shelf: Shelf, publisher: str, sector: str) -> Decimal | None:
    """Return the kg CO2e per unit of money of a sector, in what a buyer pays, in the last edition of a list."""
    return _values(shelf, publisher).get(sector)


def _values(shelf: Shelf, publisher: str) -> Mapping[str, Decimal]:
    found: dict[str, Decimal] = {}
    for item in shelf.of_publisher(publisher):
        factor = item.factor
        wanted = factor.price_basis in ("purchaser", "unknown") and factor.margins in ("included", "unknown")
        if wanted and factor.sector and factor.total is not None:
            found.setdefault(factor.sector, factor.total)
    return found


def search_answers(shelf: Shelf, words: Vocabulary, waiting: Waiting, text: str) -> list[Proposal]:
    """Return what somebody searches for a group by words: factors of its kind of quantity, or sectors for spend."""
    activity = words[waiting.activity_type]
    if activity.by_sector:
        return [_division(shelf, waiting, code, "search", text) for _, code, _ in _alike((text,), typed=True)[:MOST]]
    kind = {f"{activity.kind}:{unit}" for unit in unit_registry().names(activity.kind)}
    items = [item for item in shelf.browse(text, {"unit": kind}).items if item.factor.status == "active"]
    return [_proposal("override", item, activity, waiting, "search", text) for item in items[: MOST * 2]]


def answer(shelf: Shelf, words: Vocabulary, waiting: Waiting, key: str) -> Proposal:
    """Return the proposal that a key names, of those that are proposed or of everything that could answer the group.

    Raises:
        TredeError: `answer_unfit` when it names nothing that can answer.
    """
    known = {each.key: each for each in propose(shelf, words, waiting)}
    if key in known:
        return known[key]
    way, _, rest = key.partition(":")
    activity = words[waiting.activity_type]
    scheme, _, code = rest.partition(":")
    if way == "sector" and activity.by_sector and scheme == "nace-2" and code in choosable():
        return _division(shelf, waiting, code, "search", "")
    library, _, ident = rest.partition("#")
    if way == "override" and not activity.by_sector:
        item = shelf.get(library, ident)
        if item.factor.kind == activity.kind and item.factor.status == "active":
            return _proposal("override", item, activity, waiting, "search")
    raise TredeError.of("answer_unfit", answer=key, activity_type=activity.id)
