"""Searching factors in words: Dutch or English, forgiving small typing errors, ranked, with reasons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from trede.catalogue.library import Factor, FactorKey, Library
from trede.catalogue.units import unit_registry
from trede.factors.words import Phrase, Term, fold, likeness, terms

FIELDS = {"name": 100, "subcategory": 70, "publisher_unit": 60, "category": 50}
"""Where a word may be found, and its weight in per cent."""

SYNONYM = 95
"""Weight in per cent of a word that was not typed but means the same."""

NOT_ACTIVE = 30
NOT_DEFAULT = 10
"""Points off for a factor without a value, and for one of a library that is off by default."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a hit is a hit: the words asked, the words found, where, and how they agree."""

    asked: str
    found: str
    field: str
    how: str


_Likeness = tuple[int, tuple[Reason, ...]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A factor that answers the search; `score` runs from 0 to 100."""

    library: Library
    factor: Factor
    score: int
    why: tuple[Reason, ...]


def search(
    libraries: Iterable[Library],
    text: str,
    *,
    year: int | None = None,
    unit: str | None = None,
    limit: int = 20,
) -> list[Hit]:
    """Return the factors in which every word of `text` is found, best first; equal scores by edition and id.

    Args:
        libraries: where to look.
        text: words in Dutch or English; nothing is found without a word.
        year: only factors meant for the whole of this calendar year.
        unit: only factors per this unit: the publisher's name, ours or an alias.
        limit: how many hits at most.
    """
    asked = terms(text)
    hits = []
    seen: dict[FactorKey, _Likeness] = {}
    for library in libraries:
        for factor in library.factors.values():
            if (year is not None and not _counts(library, factor, year)) or not _per(factor, unit):
                continue
            key = factor.key
            if key not in seen:  # the editions of a list repeat most names
                seen[key] = _likeness(factor, asked)
            score, reasons = seen[key]
            if score:
                off = NOT_ACTIVE * (factor.status != "active") + NOT_DEFAULT * (not library.papers.default)
                hits.append(Hit(library, factor, max(score - off, 1), reasons))
    hits.sort(key=lambda hit: (-hit.score, -hit.library.papers.edition.toordinal(), hit.factor.id))
    return hits[:limit]


def _likeness(factor: Factor, asked: tuple[Term, ...]) -> _Likeness:
    """Return how well a factor's names answer, and why; 0 when a word is in none of them."""
    found = []
    for term in asked:
        best = _best(term, factor)
        if best[0] == 0:
            return 0, ()
        found.append(best)
    if not found:
        return 0, ()
    reasons = tuple(reason for _, reason in found)
    named = {word for reason in reasons if reason.field == "name" for word in reason.found.split()}
    words = set(fold_cached(factor.name))
    return (80 * sum(score for score, _ in found) // len(found) + 20 * 100 * len(named) // len(words)) // 100, reasons


def _best(term: Term, factor: Factor) -> tuple[int, Reason]:
    return max(_ways(term, factor), key=lambda way: way[0])


def _ways(term: Term, factor: Factor) -> Iterator[tuple[int, Reason]]:
    for phrase in (term.asked, *term.others):
        for field, weight in FIELDS.items():
            score, found, how = _in(phrase, fold_cached(getattr(factor, field)))
            if phrase != term.asked:
                score, how = score * SYNONYM // 100, "synonym"
            yield score * weight // 100, Reason(" ".join(term.asked), " ".join(found), field, how)


@lru_cache(maxsize=65_536)
def _in(phrase: Phrase, words: Phrase) -> tuple[int, Phrase, str]:
    """Find each word of a phrase among words; the phrase is found as well as its weakest word."""
    score, found, how = 100, [], "exact"
    for asked in phrase:
        likest = max(((*likeness(asked, word), word) for word in words), key=lambda it: it[0], default=(0, "", ""))
        found.append(likest[2])
        if likest[0] < score:
            score, how = likest[0], likest[1]
    return score, tuple(found), how


@lru_cache(maxsize=65_536)
def fold_cached(text: str) -> Phrase:
    """Fold a text of the catalogue once."""
    return fold(text)


def _counts(library: Library, factor: Factor, year: int) -> bool:
    start, end = library.validity(factor)
    return start <= date(year, 1, 1) and date(year, 12, 31) <= end


def _per(factor: Factor, unit: str | None) -> bool:
    if unit is None or unit.strip().casefold() == factor.publisher_unit.casefold():
        return True
    known = unit_registry().find(factor.kind, unit)
    return known is not None and known.id == factor.unit
