"""Uncertainties by kind of activity and of factor, each with its source, from `uncertainties/*.toml`.

u = half the 95 % interval ÷ value (accounting rules, section 8), in whole ten-thousandths. What has no entry is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from trede.catalogue.factor import Factor, Filled, Nature
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, Text, load

DEFAULT_SET = "default-1"
"""The set that new runs use."""

PARTS = 10_000
"""What an uncertainty counts in: 10,000 is 100 % of the value."""

NO_FACTOR = "no-factor"
"""Stands in a plan in the place of an entry where the method takes no factor, so that none can err."""


def percent_parts(percent: Decimal) -> int:
    """Return a percentage with two decimals at most in ten-thousandths."""
    return int(percent * PARTS / 100)


class Source(Strict):
    """Where figures come from; `checked` is the day on which they were held against it, None when they were not."""

    id: Filled
    title: Filled
    url: Filled
    checked: date | None = None
    note: Text


class Entry(Strict):
    """A figure with its place in a source."""

    id: Filled
    name: Text
    percent: Annotated[Decimal, Field(gt=0, le=1000, decimal_places=2)]
    source: Filled
    place: Filled

    @field_validator("percent", mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        return str(value) if isinstance(value, float) else value

    @property
    def parts(self) -> int:
        """The figure in ten-thousandths of the value."""
        return percent_parts(self.percent)


class ActivityEntry(Entry):
    """What was recorded, by kind of quantity and data quality."""

    kinds: Annotated[tuple[Filled, ...], Field(min_length=1)]
    qualities: Annotated[tuple[Filled, ...], Field(min_length=1)]


class FactorEntry(Entry):
    """A factor, by what it is about; a condition without values always holds."""

    natures: Annotated[tuple[Nature, ...], Field(min_length=1)]
    kinds: tuple[Filled, ...] = ()
    groups: tuple[Filled, ...] = ()
    radiative_forcing: Literal["included", "excluded"] | None = None

    def fits(self, factor: Factor, group: str) -> bool:
        """Whether every condition holds for a factor that posts to an account group."""
        return (
            factor.nature in self.natures
            and (not self.kinds or factor.kind in self.kinds)
            and (not self.groups or group in self.groups)
            and self.radiative_forcing in (None, factor.radiative_forcing)
        )


class _File(Strict):
    id: Filled
    name: Text
    source: tuple[Source, ...]
    activity: tuple[ActivityEntry, ...]
    factor: tuple[FactorEntry, ...]


@dataclass(frozen=True)
class Uncertainties:
    """One set of uncertainties. Lookups return the first entry that fits, or None: unknown."""

    id: str
    name: Text
    sources: Mapping[str, Source]
    activities: tuple[ActivityEntry, ...]
    factors: tuple[FactorEntry, ...]

    def of_activity(self, kind: str) -> dict[str, ActivityEntry]:
        """Return the entries for a kind of quantity by data quality; a quality that is not there is unknown."""
        found: dict[str, ActivityEntry] = {}
        for entry in self.activities:
            if kind in entry.kinds:
                found = {**dict.fromkeys(entry.qualities, entry), **found}
        return found

    def of_factor(self, factor: Factor, group: str) -> FactorEntry | None:
        """Return the entry for a factor that posts to an account group."""
        return next((entry for entry in self.factors if entry.fits(factor, group)), None)

    def ref(self, entry: Entry) -> str:
        """Return set and entry in one text, as plans carry it."""
        return f"{self.id}#{entry.id}"

    def find(self, ref: str) -> Entry | None:
        """Return the entry that a plan names, or None when it is of another set."""
        name, _, ident = ref.partition("#")
        return next((e for e in (*self.activities, *self.factors) if (name, e.id) == (self.id, ident)), None)

    def to_json(self) -> dict[str, Any]:
        """Return everything that can change a result, for hashing and pinning."""
        entries = [entry.model_dump(mode="json", exclude={"name"}) for entry in (*self.activities, *self.factors)]
        return {"id": self.id, "entries": entries}


@cache
def uncertainties(name: str = DEFAULT_SET) -> Uncertainties:
    """Load a shipped set.

    Raises:
        CatalogueError: `id_twice`, or `uncertainty_source_unknown` for a figure without its source.
    """
    path = CATALOGUE / "uncertainties" / f"{name}.toml"
    return read_uncertainties(load(_File, path), path.name)


def read_uncertainties(file: _File, name: str) -> Uncertainties:
    """Check a set as it was read; raises as `uncertainties` does."""
    sources = {source.id: source for source in file.source}
    seen: set[str] = set()
    for entry in (*file.activity, *file.factor):
        if entry.id in seen:
            raise CatalogueError.of("id_twice", Location(file=name), id=entry.id)
        if entry.source not in sources:
            raise CatalogueError.of("uncertainty_source_unknown", Location(file=name), id=entry.id, source=entry.source)
        seen.add(entry.id)
    return Uncertainties(file.id, file.name, sources, file.activity, file.factor)
