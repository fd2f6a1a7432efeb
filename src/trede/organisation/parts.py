"""What an organisation is made of, table by table of `organisation.toml`. Days are whole days, the last one included."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from trede.kernel.models import Strict
from trede.kernel.periods import Period

Filled = Annotated[str, StringConstraints(min_length=1)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""A country by its two letters (ISO 3166-1)."""
Year = Annotated[int, Field(ge=1990, le=2100)]
Frequency = Literal["month", "quarter", "half-year", "year"]
"""How often a source delivers."""
Quality = Literal["measured", "calculated", "estimated", "extrapolated", "default"]


class Span(Strict):
    """Days from `from` to `to`; a side that is left out is open."""

    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")

    @property
    def days(self) -> Period:
        """The days as a period, with the ends of the calendar where a side is open."""
        return Period(self.first or date.min, self.last or date.max)

    @property
    def reversed(self) -> bool:
        """Whether the last day lies before the first."""
        return (self.last or date.max) < (self.first or date.min)


Approach = Literal["operational-control", "financial-control", "equity-share"]
"""How an organisation consolidates (GHG Protocol Corporate Standard, chapter 3)."""


class Ownership(Span):
    """Who owns an entity, and who runs it, in a period (GHG Protocol Corporate Standard, chapter 3 and table 1).

    `controlled`: operational control, the full authority to introduce and implement operating policies. `financial`: the
    ability to direct the financial and operating policies with a view to gaining economic benefits; `joint` when partners
    have it together. `share` is the organisation's part of the equity, its indirect part included.
    """

    controlled: bool
    financial: bool | Literal["joint"] | None = None
    share: Annotated[Decimal, Field(ge=0, le=1, decimal_places=6)]

    def counted(self, approach: Approach) -> Decimal:
        """Return the part that counts: under control all or nothing, under joint financial control the equity share."""
        if approach == "equity-share":
            return self.share
        if approach == "operational-control":
            return Decimal(self.controlled)
        return self.share if self.financial == "joint" else Decimal(bool(self.financial))


class LossShare(Strict):
    """What part of power or heat is lost on its way, in a country and years; `of` all that was generated, or delivered."""

    energy: Literal["electricity", "heat", "cold"] = "electricity"
    country: Country
    from_year: Year
    to_year: Year
    share: Annotated[Decimal, Field(gt=0, lt=Decimal("0.5"), decimal_places=6)]
    of: Literal["generated", "delivered"]
    source: Filled

    @property
    def of_delivered(self) -> Decimal:
        """What is lost per unit delivered, to 15 decimals: of 100 generated with 10 lost, 90 arrive, and 10 ÷ 90 is lost."""
        found = self.share if self.of == "delivered" else self.share / (1 - self.share)
        return found.quantize(Decimal("1e-15"), ROUND_HALF_UP)


class Losses(Strict):
    """Whether and how losses of purchased energy are counted (scope 3, category 3; Scope 3 Calculation Guidance, 3.3).

    `life-cycle` takes all emissions of the lost energy, as formula 3.3 asks. `generation` takes only those of generating
    it: scope 2 × loss share, as the guidance's example 3.1 and other software do.
    """

    formula: Literal["life-cycle", "generation"] = "life-cycle"
    share: tuple[LossShare, ...]

    def find(self, energy: str, country: str, year: int) -> LossShare | None:
        """Return the share that answers, the first that fits; None: nobody gave one."""
        return next(
            (s for s in self.share if (s.energy, s.country) == (energy, country) and s.from_year <= year <= s.to_year),
            None,
        )


class Lease(Span):
    """An asset that is leased, from others (`lessee`) or to others (`lessor`).

    Who accounts for its use as scope 1 and 2 hangs on the kind of lease and the approach (GHG Protocol Corporate Standard,
    appendix F). `operated`: who is the organisation to operate it; unless said, the lessee does.
    """

    id: Filled
    name: Filled
    asset: Literal["building", "vehicles"]
    kind: Literal["operating", "finance"]
    role: Literal["lessee", "lessor"] = "lessee"
    operated: bool | None = None
    site: str | None = None
    entity: str | None = None
    vehicles: tuple[Filled, ...] = ()

    def own(self, approach: Approach) -> bool:
        """Whether the use of the asset is the organisation's scope 1 and 2 under an approach; else scope 3."""
        if approach == "operational-control":
            return self.role == "lessee" if self.operated is None else self.operated
        return (self.kind == "finance") == (self.role == "lessee")


class Entity(Strict):
    """A legal entity. Without `ownership` it has been under control all the time; with it, on the controlled days only."""

    id: Filled
    name: Filled
    aliases: tuple[str, ...] = ()
    parent: str | None = None
    ownership: tuple[Ownership, ...] = ()


class Site(Strict):
    """A place with its own meters or its own count."""

    id: Filled
    name: Filled
    entity: str
    aliases: tuple[str, ...] = ()
    country: Country = "NL"
    opened: date | None = None
    closed: date | None = None

    def is_open(self, period: Period) -> bool:
        """Whether the site is open on any day of a period."""
        return (self.opened is None or self.opened <= period.end) and (
            self.closed is None or self.closed >= period.start
        )


class Unit(Strict):
    """A part of the organisation that is no legal entity: a department; `parent` makes a tree."""

    id: Filled
    name: Filled
    aliases: tuple[str, ...] = ()
    parent: str | None = None


class Project(Span):
    """A project, for a client. `award_advantage`: won with an advantage for the rung on the CO2-Prestatieladder."""

    id: Filled
    name: Filled
    aliases: tuple[str, ...] = ()
    client: str | None = None
    unit: str | None = None
    award_advantage: bool = False


class Source(Strict):
    """A source of activity data that is expected each year; `id` is the `source` of its profile.

    `sites`: those that it must have records of, each month that they are open; empty when it is not by site. `owner`: the
    person or role that sees to it that it comes. No result depends on `owner` and `frequency`.
    """

    id: Filled
    name: Filled
    from_year: Year
    to_year: Year | None = None
    sites: tuple[str, ...] = ()
    owner: Filled | None = None
    frequency: Frequency | None = None

    def expected(self, year: int) -> bool:
        """Whether the source is expected in a year."""
        return self.from_year <= year <= (self.to_year or year)


class Value(Strict):
    """One figure of a denominator: of the whole organisation, or of a site."""

    period: Filled
    value: Annotated[Decimal, Field(gt=0)]
    site: str | None = None
    source: Filled
    quality: Quality

    @property
    def days(self) -> Period:
        """The period that the figure is of.

        Raises:
            TredeError: `period_unreadable` or `period_reversed`.
        """
        return Period.parse(self.period)


class Denominator(Strict):
    """What emissions are divided by. A `stock` is there all the time (people, floor area), a `flow` adds up (revenue, hours)."""

    id: Filled
    name: Filled
    unit: Filled
    kind: Literal["stock", "flow"]
    value: tuple[Value, ...] = ()


class Profile(Strict):
    """How a year's consumption is spread over its months: twelve parts, of any sum, January first, and where they come from."""

    id: Filled
    months: Annotated[
        tuple[Annotated[Decimal, Field(ge=0, lt=1_000_000, decimal_places=6)], ...], Field(min_length=12, max_length=12)
    ]
    source: Filled


class Inflation(Strict):
    """How much prices rose in a country in one year, in percent, beyond the years of the table that ships; and who says so."""

    country: Country
    year: Year
    percent: Annotated[Decimal, Field(gt=-100, lt=1_000_000, max_digits=20, decimal_places=10)]
    source: Filled


class Certainty(Strict):
    """What the uncertainty of quantities rests on beside the default set; `ratings`: the set by which ratings of data count."""

    ratings: Literal["ecoinvent-2"] | None = None


class Money(Strict):
    """How amounts of money are brought to the currency and the year of their factor.

    `rate-first`: at the rate of the day into the factor's currency, then by the index of the factor's country; `index-first`: by
    the index of the country of the purchase, then at the average rate of the factor's year.
    """

    order: Literal["rate-first", "index-first"] = "rate-first"
    inflation: tuple[Inflation, ...] = ()
