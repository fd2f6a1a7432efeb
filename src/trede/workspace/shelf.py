"""Everything on the shelf: the factors of all libraries of a workspace, to look through by words and by what they are.

The libraries are immutable, so what is looked up in them is kept in memory: a mask per value of a facet, 12,000 factors long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from trede.catalogue.bindings import ANY, bindings_for, home_publishers, publishers
from trede.catalogue.factor import Factor, FactorKey
from trede.catalogue.library import Library
from trede.catalogue.shelves import Libraries, folders_in, shipped_libraries
from trede.factors.matching import SAME_PRODUCT
from trede.factors.search import search
from trede.kernel.errors import TredeError
from trede.workspace.workspace import Workspace

Facet = Literal["publisher", "year", "list", "activity", "nature", "unit", "gases", "stages", "region", "licence"]
FACETS: tuple[Facet, ...] = get_args(Facet)
"""By what factors are sorted out. `year` is the calendar year that a factor is meant for, `activity` the types of activity
that it answers, `gases` whether the publisher splits a value by gas."""

Mask = np.ndarray[Any, np.dtype[np.bool_]]
SEARCHES = 64


@dataclass(frozen=True, slots=True)
class Shelved:
    """A factor with its library, and its values of each facet."""

    library: Library
    factor: Factor
    facets: Mapping[Facet, tuple[str, ...]]

    @property
    def ref(self) -> str:
        """As ledger rows name it: `list#factor`."""
        return f"{self.library.id}#{self.factor.id}"

    @property
    def years(self) -> tuple[int, ...]:
        """The calendar years that it is meant for."""
        return tuple(int(year) for year in self.facets["year"])


@dataclass(frozen=True)
class Found:
    """What answers: the factors in order, and per facet how many there would be with another value of that facet."""

    items: Sequence[Shelved]
    counts: Mapping[Facet, Mapping[str, int]]


@dataclass(frozen=True)
class Shelf:
    """The factors of some libraries, those that the tool's users need first in front."""

    items: Sequence[Shelved]
    _searches: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = field(default_factory=dict, repr=False)

    @cached_property
    def _masks(self) -> Mapping[Facet, Mapping[str, Mask]]:
        masks: dict[Facet, dict[str, Mask]] = {facet: {} for facet in FACETS}
        for position, item in enumerate(self.items):
            for facet, values in item.facets.items():
                for value in values:
                    if value not in masks[facet]:
                        masks[facet][value] = np.zeros(len(self.items), bool)
                    masks[facet][value][position] = True
        return masks

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {item.ref: position for position, item in enumerate(self.items)}

    def get(self, library: str, factor: str) -> Shelved:
        """Return a factor.

        Raises:
            TredeError: `library_unknown` or `factor_unknown`.
        """
        position = self._places.get(f"{library}#{factor}")
        if position is None:
            known = {item.library.id for item in self.items}
            if library not in known:
                raise TredeError.of("library_unknown", library=library, known=sorted(known))
            raise TredeError.of("factor_unknown", factor=factor, library=library)
        return self.items[position]

    def browse(
        self,
        text: str = "",
        chosen: Mapping[Facet, Collection[str]] | None = None,
        *,
        among: Collection[str] | None = None,
        first: Collection[str] = (),
    ) -> Found:
        """Return the factors with every word of `text` and, of each facet that something is chosen of, one of those values.

        Args:
            text: words in Dutch or English; best first. Without: in the order of the shelf.
            chosen: values by facet; an unknown value is found nowhere.
            among: only these factors (`list#factor`).
            first: factors that come before the others when there is no text.
        """
        scores = self._scores(text)
        base = np.ones(len(self.items), bool) if scores is None else scores > 0
        if among is not None:
            base &= self._named(among)
        picked = {facet: self._any(facet, values) for facet, values in (chosen or {}).items() if values}
        counts: dict[Facet, Mapping[str, int]] = {}
        for facet in FACETS:
            rest = base.copy()
            for other, mask in picked.items():
                if other != facet:
                    rest &= mask
            found = ((value, int(np.count_nonzero(mask & rest))) for value, mask in self._masks[facet].items())
            counts[facet] = {value: count for value, count in found if count}
        for mask in picked.values():
            base &= mask
        positions = np.flatnonzero(base)
        if scores is None:
            order = np.argsort(~self._named(first)[positions], kind="stable") if first else np.arange(len(positions))
        else:
            order = np.argsort(-scores[positions], kind="stable")
        return Found([self.items[position] for position in positions[order]], counts)

    def editions(self, item: Shelved) -> list[Shelved]:
        """Return the same product in every list of its publisher, oldest first: under its name, or the one that it had before.

        Of one year the latest edition comes last, and a second-hand value before the publisher's own.
        """
        publisher = item.library.papers.publisher
        keys = _same(publisher).get(item.factor.key, frozenset({item.factor.key}))
        same = [
            each for key in keys for each in self._by_key.get((publisher, key), ())
            if each.factor.status == "active" and each.factor.unit == item.factor.unit
            and each.factor.gas == item.factor.gas
        ]  # fmt: skip
        if publisher == "own":
            same = [each for each in same if each.library.id == item.library.id]
        ranked = sorted(same, key=lambda each: (each.years[:1], each.library.papers.kind != "secondhand",
                                                each.library.papers.edition, each.ref))  # fmt: skip
        return ranked or [item]

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, FactorKey], Sequence[Shelved]]:
        found: dict[tuple[str, FactorKey], list[Shelved]] = defaultdict(list)
        for item in self.items:
            found[item.library.papers.publisher, item.factor.key].append(item)
        return found

    def named(self, publisher: str, key: FactorKey) -> Sequence[Shelved]:
        """Return the factors of a publisher under one name, in every list."""
        return self._by_key.get((publisher, key), ())

    def of_publisher(self, publisher: str) -> Sequence[Shelved]:
        """Return all factors of a publisher."""
        return self._by_publisher.get(publisher, ())

    @cached_property
    def _by_publisher(self) -> Mapping[str, Sequence[Shelved]]:
        found: dict[str, list[Shelved]] = defaultdict(list)
        for item in self.items:
            found[item.library.papers.publisher].append(item)
        return found

    def _any(self, facet: Facet, values: Collection[str]) -> Mask:
        mask = np.zeros(len(self.items), bool)
        for value in values:
            if value in self._masks[facet]:
                mask |= self._masks[facet][value]
        return mask

    def _named(self, refs: Collection[str]) -> Mask:
        mask = np.zeros(len(self.items), bool)
        mask[[self._places[ref] for ref in refs if ref in self._places]] = True
        return mask

    def _scores(self, text: str) -> np.ndarray[Any, np.dtype[np.int64]] | None:
        """Return how well each factor answers, 0 to 100; None without a word."""
        asked = " ".join(text.split()).casefold()
        if not asked:
            return None
        if asked not in self._searches:
            while len(self._searches) >= SEARCHES:
                self._searches.pop(next(iter(self._searches)), None)
            libraries = {item.library.id: item.library for item in self.items}
            scores = np.zeros(len(self.items), np.int64)
            for hit in search(libraries.values(), asked, limit=len(self.items)):
                scores[self._places[f"{hit.library.id}#{hit.factor.id}"]] = hit.score
            self._searches[asked] = scores
        return self._searches[asked]


def shelf_of(workspace: Workspace) -> Shelf:
    """Return the shelf of a workspace; kept in memory until its libraries change."""
    own = folders_in(workspace.layout.folder("libraries"))
    return _shelf(tuple(sorted(own.values())))


def shipped_shelf() -> Shelf:
    """Return the shelf of the lists that ship."""
    return _shelf(())


@lru_cache(maxsize=32)
def _shelf(own: tuple[Path, ...]) -> Shelf:
    if not own:
        return Shelf(_sorted(_shipped()))
    libraries = Libraries({folder.name: folder for folder in own})
    return Shelf(_sorted([*_shipped(), *(item for library in libraries.values() for item in _items(library))]))


@cache
def _shipped() -> Sequence[Shelved]:
    return [item for library in shipped_libraries().values() for item in _items(library)]


def _sorted(items: Sequence[Shelved]) -> list[Shelved]:
    """Put own lists first, then those of the country of the tool's users, then the others; of each the newest first."""
    home = home_publishers()

    def rank(item: Shelved) -> tuple[bool, bool, bool, bool, int]:
        papers = item.library.papers
        mine, known = papers.kind == "own", papers.publisher in publishers()
        at_home = papers.publisher in home and papers.geography == "NL"
        return not mine, not at_home, papers.kind == "secondhand", not known, -papers.edition.toordinal()

    return sorted(items, key=rank)


def _items(library: Library) -> Iterator[Shelved]:
    papers = library.papers
    bound = _bound(papers.publisher)
    for factor in library.factors.values():
        types, places = bound.get(factor.key, (frozenset(), frozenset()))
        first, last = library.validity(factor)
        regions = papers.geography.split()
        yield Shelved(library, factor, {
            "publisher": (papers.publisher_name,),
            "year": tuple(str(year) for year in range(first.year, last.year + 1)),
            "list": (library.id,),
            "activity": tuple(sorted(types | ({"spend"} if factor.nature == "spend" else frozenset()))),
            "nature": (factor.nature,),
            "unit": (f"{factor.kind}:{factor.unit}",),
            "gases": ("split" if factor.gases else "whole",),
            "stages": (factor.stages,),
            "region": tuple(sorted(places & set(regions))) or tuple(regions),
            "licence": (papers.licence,),
        })  # fmt: skip


@cache
def _bound(publisher: str) -> Mapping[FactorKey, tuple[frozenset[str], frozenset[str]]]:
    """Return per factor the types of activity that it answers, and the countries in which."""
    types: dict[FactorKey, set[str]] = defaultdict(set)
    places: dict[FactorKey, set[str]] = defaultdict(set)
    for rows in bindings_for(publisher).rows.values() if publisher in publishers() else ():
        for row in rows:
            if row.priority == 1 or row.reason_code in SAME_PRODUCT:
                types[row.key].add(row.activity_type)
                if row.geography != ANY:
                    places[row.key].add(row.geography)
    return {key: (frozenset(found), frozenset(places[key])) for key, found in types.items()}


@cache
def _same(publisher: str) -> Mapping[FactorKey, frozenset[FactorKey]]:
    """Return per factor the names under which editions of a list have that product."""
    found: dict[FactorKey, set[FactorKey]] = defaultdict(set)
    for rows in bindings_for(publisher).rows.values() if publisher in publishers() else ():
        keys = {row.key for row in rows if row.priority == 1 or row.reason_code == "binding_predecessor"}
        if any(row.reason_code == "binding_predecessor" for row in rows):
            for key in keys:
                found[key] |= keys
    return {key: frozenset(keys | {key}) for key, keys in found.items()}
