"""What a case file says: rows, own factors, settings and expected totals, each key refused when it is not known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from trede.kernel.models import Strict, Text
from trede.kernel.periods import Period
from trede.organisation.parts import Losses

Filled = Annotated[str, Field(min_length=1)]
Year = Annotated[int, Field(ge=1900, le=2200)]
Figure = Annotated[Decimal, Field(gt=-(10**15), lt=10**15, decimal_places=10)]
"""A figure as published; within what can be compared and printed without rounding."""
Value = Annotated[Decimal, Field(gt=-(10**15), lt=10**15, decimal_places=15)]
Slot = Literal["main", "location", "market"]
Basis = Literal["location", "market"]
What = Literal["total", "heading", "account", "biogenic", "energy"]


class CaseSource(Strict):
    """Where the figures of the case were published, so that anyone can look them up."""

    publication: Filled
    address: Filled


class Settings(Strict):
    """The years that are calculated, as one period from the first to the last, and the factor lists that count for them.

    Without pins each year uses the list of its own year. `gwp` is the set for what is split by gas; `losses` counts those of
    purchased energy.
    """

    years: tuple[Year, ...] = Field(min_length=1)
    pins: tuple[Filled, ...] = ()
    gwp: Literal["AR4", "AR5", "AR6"] = "AR6"
    losses: Losses | None = None

    @property
    def period(self) -> Period:
        """From the first day of the first year to the last day of the last."""
        return Period(Period.year(min(self.years)).start, Period.year(max(self.years)).end)


class OwnFactor(Strict):
    """A factor that the case brings along: kg CO2e per `unit` (biogenic: kg CO2; energy: MJ).

    `losses`: whether a factor of power or heat has those of its grid in it. It counts for one activity type, for records that
    have all of `attributes` (and are of `geography`, when that is given), in one slot of the type's method. Without
    `total` it is the sum of `direct` and `upstream`.
    """

    name: Filled
    activity: Filled
    attributes: dict[str, str] = {}
    slot: Slot = "main"
    unit: Filled
    direct: Value | None = None
    upstream: Value | None = None
    total: Value | None = None
    biogenic: Value | None = None
    energy_mj: Value | None = None
    losses: Literal["included", "excluded", "unknown"] = "unknown"
    geography: Filled | None = None
    source: Filled


class CaseActivity(Strict):
    """One record. When it was: a `date`, a `start` and `end`, a `year`, or nothing when the case has one year."""

    type: Filled
    attributes: dict[str, str] = {}
    inputs: dict[str, Decimal] = {}
    quantity: Decimal
    unit: Filled
    date: dt.date | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    year: Year | None = None
    site: str | None = None
    project: str | None = None
    geography: Filled = "NL"
    quality: Literal["measured", "calculated", "estimated", "extrapolated", "default"] = "measured"
    document: str | None = None
    credit_of: str | None = None
    meter: str | None = None
    note: str | None = None


class Expect(Strict):
    """One expected figure. `tolerance` is in `unit`; without it, half of the last printed digit of `value`."""

    what: What
    standard: str | None = None
    heading: str | None = None
    account: str | None = None
    basis: Basis | None = None
    value: Figure
    unit: Filled
    tolerance: Annotated[Figure, Field(ge=0)] | None = None
    note: str | None = None

    @property
    def allowed(self) -> Decimal:
        """The largest difference that still holds, in `unit`."""
        if self.tolerance is not None:
            return self.tolerance
        exponent = self.value.as_tuple().exponent
        assert isinstance(exponent, int)  # a value that is no number does not load
        return Decimal(5).scaleb(min(exponent, 0) - 1)


class Case(Strict):
    """A whole case file."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    title: Filled | Text
    source: CaseSource
    settings: Settings
    factor: tuple[OwnFactor, ...] = ()
    activity: tuple[CaseActivity, ...] = Field(min_length=1)
    expect: tuple[Expect, ...] = Field(min_length=1)

    def title_in(self, language: str) -> str:
        """Return the title in `nl` or `en`; a title in one language serves both."""
        return self.title.get(language) if isinstance(self.title, Text) else self.title
