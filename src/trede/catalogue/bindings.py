"""Bindings: which factor of a publisher answers which activity, and which come next, never taken unasked.

A row of `bindings/<publisher>.csv` names an activity type, the attributes that choose (`k=v;k=v`), a slot and
a factor by the publisher's own name. Priority 1 is the answer; 2 and up are runners-up: shown, with the
reason why they differ. Each country has one publisher for an activity type; where none speaks for the country, the one
that speaks for any country does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from trede.catalogue.factor import Factor, FactorKey, Filled
from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import Library
from trede.catalogue.tables import read_table, validate_row
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict

Slot = Literal[
    "main", "upstream", "location", "market", "market-wind", "market-sun", "market-hydro", "market-biomass"
]  # fmt: skip
"""Purchased energy has a factor for each basis, and one for each technology that certificates name. All else has one, and one
for `upstream` where a publisher gives that stage as a factor of its own."""


HOME = "NL"
"""The country of a bindings file that does not say."""
ANY = "*"
"""In the column `geography`: any country that no other publisher answers this activity type for."""


class Binding(Strict):
    """One row: this factor answers this activity."""

    activity_type: Filled
    attributes: str
    slot: Slot
    priority: Annotated[int, Field(ge=1)]
    category: Filled
    subcategory: str
    name: Filled
    publisher_unit: Filled
    reason_code: Filled
    geography: Filled = HOME
    publisher: Filled

    @property
    def key(self) -> FactorKey:
        """The publisher's name of the factor."""
        return FactorKey(self.category, self.subcategory, self.name, self.publisher_unit)

    @property
    def chosen_by(self) -> Mapping[str, str]:
        """The attributes that a record must have for this row."""
        return dict(part.split("=", 1) for part in self.attributes.split(";") if part)


COLUMNS = tuple(name for name in Binding.model_fields if name not in ("geography", "publisher"))
"""The columns of a bindings file; `geography` may follow them."""


@dataclass(frozen=True)
class Bindings:
    """The rows of one publisher, by (activity type, attributes as in the file, slot, geography), best first."""

    publisher: str
    rows: Mapping[tuple[str, str, str, str], tuple[Binding, ...]]
    choosing: Mapping[str, tuple[str, ...]]
    """activity type → the attributes that choose, in order"""

    def ordered(
        self, activity_type: str, attributes: Mapping[str, str], slot: str, geography: str = HOME
    ) -> tuple[Binding, ...]:
        """Return the rows for a record, best first, or nothing; its other attributes play no part."""
        chosen = ";".join(f"{name}={attributes.get(name)}" for name in self.choosing.get(activity_type, ()))
        return self.rows.get((activity_type, chosen, slot, geography), ())


@cache
def bindings_for(publisher: str) -> Bindings:
    """Load the bindings of a publisher and hold them against the vocabulary.

    They are not held against the libraries here: a publisher's lists are read when an activity needs one.

    Raises:
        CatalogueError: `bindings_missing`, or each row that names something that is not there.
    """
    path = CATALOGUE / "bindings" / f"{publisher}.csv"
    if not path.is_file():
        raise CatalogueError.of("bindings_missing", Location(file=path.name), publisher=publisher)
    return read_bindings(path.read_bytes(), path.name, publisher)


@cache
def publishers() -> tuple[str, ...]:
    """Return the publishers that have bindings."""
    return tuple(sorted(path.stem for path in (CATALOGUE / "bindings").glob("*.csv")))


@cache
def _speakers() -> Mapping[tuple[str, str], str]:
    """Return who answers an activity type in a geography."""
    every = {publisher: bindings_for(publisher) for publisher in publishers()}
    return {(kind, place): publisher for publisher, found in every.items() for kind, _, _, place in found.rows}


def speaker(activity_type: str, geography: str) -> tuple[str, str] | None:
    """Return the publisher that answers an activity type in a country and the geography of its rows, or None."""
    for place in (geography, ANY):
        if (publisher := _speakers().get((activity_type, place))) is not None:
            return publisher, place
    return None


def home_publishers() -> set[str]:
    """Return the publishers that answer for the country of the tool's users."""
    return {publisher for (_, place), publisher in _speakers().items() if place == HOME}


def countries(activity_type: str) -> list[str]:
    """Return the countries for which an activity type has bindings of their own."""
    return sorted(place for kind, place in _speakers() if kind == activity_type and place != ANY)


def bindings(
    activity_type: str, attributes: Mapping[str, str], slot: str, geography: str = HOME
) -> tuple[Binding, ...]:
    """Return the rows for a record in a country, best first: those of one publisher, or nothing."""
    found = speaker(activity_type, geography)
    if found is None:
        return ()
    publisher, place = found
    return bindings_for(publisher).ordered(activity_type, attributes, slot, place)


def read_bindings(data: bytes, name: str, publisher: str, libraries: Sequence[Library] | None = None) -> Bindings:
    """Read and check a bindings file.

    Args:
        libraries: the publisher's lists; each row must have its factor in one of them. None: not looked at.

    Raises:
        CatalogueError: every row that is wrong, with file and row.
    """
    rows: dict[tuple[str, str, str, str], list[Binding]] = defaultdict(list)
    choosing: dict[str, tuple[str, ...]] = {}
    issues: list[Issue] = []
    placed = data.partition(b"\n")[0].rstrip().endswith(b",geography")
    for where, cells in read_table(data, name, (*COLUMNS, "geography") if placed else COLUMNS):
        binding = validate_row(Binding, {**cells, "publisher": publisher}, where)
        found = list(_check(binding, where, libraries))
        names = tuple(binding.chosen_by)
        if choosing.setdefault(binding.activity_type, names) != names:
            found.append(Issue.error("binding_attributes_differ", where, activity_type=binding.activity_type))
        group = rows[binding.activity_type, binding.attributes, binding.slot, binding.geography]
        if binding.priority != len(group) + 1:
            found.append(Issue.error("binding_priority_wrong", where, expected=len(group) + 1))
        group.append(binding)
        issues += found
    if issues:
        raise CatalogueError(*issues)
    return Bindings(publisher, {key: tuple(group) for key, group in rows.items()}, choosing)


def _check(binding: Binding, where: Location, libraries: Sequence[Library] | None) -> Iterator[Issue]:
    known = vocabulary()
    if binding.activity_type not in known:
        yield Issue.error("binding_activity_unknown", where, activity_type=binding.activity_type)
        return
    activity = known[binding.activity_type]
    chosen = binding.chosen_by
    canonical = ";".join(f"{name}={value}" for name, value in sorted(chosen.items()))
    wrong = [n for n, v in chosen.items() if n not in activity.attributes or v not in activity.attributes[n].values]
    if wrong or canonical != binding.attributes:
        yield Issue.error("binding_attribute_unknown", where, attributes=binding.attributes)
    if libraries is None:
        return
    factors: list[Factor] = [factor for library in libraries for factor in library.find_all(*binding.key)]
    if not factors or (binding.priority == 1 and all(factor.status != "active" for factor in factors)):
        yield Issue.error("binding_factor_missing", where, name=binding.name, unit=binding.publisher_unit)
    for kind in sorted({factor.kind for factor in factors} - {activity.kind}):
        yield Issue.error("binding_kind_differs", where, name=binding.name, kind=kind, expected=activity.kind)
