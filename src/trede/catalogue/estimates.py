"""Estimates: dated figures that stand in for an input nobody gave, from `estimates/*.toml`, each with its source.

A kilometre of an electric car is so many kilowatt-hours; a night in a hotel takes so much power and gas. An estimate is an
entry of a library like any other: valid for years, for a country, with its papers. Its use caps the data quality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from trede.catalogue.factor import Filled
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import Strict, Text, load

OWN = "own:"
"""What stands before the id of an own estimate where a source is told."""

ANYWHERE = "*"
"""The geography of an estimate that holds in any country without one of its own."""


class Estimate(Strict):
    """One figure. `attributes` are those of the record that choose it; the most specific entry answers."""

    id: Filled
    name: Text
    value: Decimal
    unit: str
    attributes: dict[str, str] = {}
    geography: Filled = ANYWHERE
    valid_from: date
    valid_to: date
    source: Filled
    url: Filled
    licence: Filled

    @field_validator("value", mode="before")
    @classmethod
    def _exact(cls, value: Any) -> Any:
        return str(value) if isinstance(value, float) else value

    @model_validator(mode="after")
    def _in_order(self) -> Estimate:
        if self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def fits(self, attributes: Mapping[str, str], geography: str, day: date) -> bool:
        """Whether it may answer for a record of that day."""
        return (
            self.geography in (geography, ANYWHERE)
            and self.valid_from <= day <= self.valid_to
            and all(attributes.get(name) == value for name, value in self.attributes.items())
        )

    def rivals(self, other: Estimate) -> bool:
        """Whether another entry of the same id could answer with equal right."""
        same = (self.id, self.attributes, self.geography) == (other.id, other.attributes, other.geography)
        return same and self.valid_from <= other.valid_to and other.valid_from <= self.valid_to

    @property
    def told(self) -> str:
        """How an explanation names it: an own one by `own:` and its id, with its source."""
        return f"{OWN if isinstance(self, OwnEstimate) else ''}{self.id}: {self.source}"

    @property
    def rank(self) -> tuple[bool, int]:
        """What goes before: the country's own, then the more attributes."""
        return self.geography != ANYWHERE, len(self.attributes)


class OwnEstimate(Estimate):
    """An organisation's own figure: its source is needed, its address and licence are not.

    `low` and `high` are the range that `by` stated beside it: shown as theirs, nothing is calculated with it.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
    url: str = ""
    licence: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    by: str = ""

    @field_validator("low", "high", mode="before")
    @classmethod
    def _exact_bounds(cls, value: Any) -> Any:
        return str(value) if isinstance(value, float) else value

    @model_validator(mode="after")
    def _within_its_range(self) -> OwnEstimate:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high go together")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError("value is not between low and high")
        return self


class WithdrawnEstimate(OwnEstimate):
    """An own figure that answers no more: why, who said so, and on which day. It stays in the list to be read."""

    reason: str = Field(min_length=3)
    withdrawn_by: Filled
    withdrawn_on: date


class _File(Strict):
    estimate: tuple[Estimate, ...]


@dataclass(frozen=True)
class Estimates:
    """All estimates by id; several entries of one id differ in attributes, country or years."""

    entries: Mapping[str, Sequence[Estimate]]
    own: Mapping[str, Sequence[OwnEstimate]] = field(default_factory=dict)
    """Those of the organisation itself: where one of them fits, none that ships is asked."""

    def of(self, ident: str) -> list[Estimate]:
        """Return all entries of an id, own ones first."""
        return [*self.own.get(ident, ()), *self.entries.get(ident, ())]

    def find(self, ident: str, attributes: Mapping[str, str], geography: str, day: date) -> Estimate | None:
        """Return the entry that answers, or None: never that of another year or country. Own entries go first."""
        for entries in (self.own, self.entries):
            fitting = [entry for entry in entries.get(ident, ()) if entry.fits(attributes, geography, day)]
            if fitting:
                return max(fitting, key=lambda entry: entry.rank)
        return None

    def to_json(self) -> list[Any]:
        """Return everything that ships and can change a result."""
        return [
            entry.model_dump(mode="json", exclude={"name", "source", "url", "licence"})
            for _, entries in sorted(self.entries.items())
            for entry in entries
        ]


@cache
def shipped_estimates() -> Estimates:
    """Load the shipped estimates.

    Raises:
        CatalogueError: `estimates_overlap` when two entries would answer for one record with equal right.
    """
    found: dict[str, list[Estimate]] = {}
    for path in sorted((CATALOGUE / "estimates").glob("*.toml")):
        for entry in load(_File, path).estimate:
            if any(entry.rivals(other) for other in found.setdefault(entry.id, [])):
                raise CatalogueError.of("estimates_overlap", Location(file=path.name), id=entry.id)
            found[entry.id].append(entry)
    return Estimates(found)
