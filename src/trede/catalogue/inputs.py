"""Inputs: the figures beside the quantity that a method asks for, and how its results are posted.

A shipment is so many tonnes over so many kilometres: the record's quantity is the tonnes, the kilometres are an input. The
method's legs (`methods.model.Leg`) make other quantities of them, such as tonne-kilometres, and each is posted as a record of
a simpler type would be (decision 0013).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from trede.catalogue.airports import flights
from trede.kernel.models import Strict, Text, of_some_length


class Input(Strict):
    """A figure that a record gives beside its quantity.

    `unit` is the unit that formulas count in; with a `kind`, files may write any unit of that kind behind the figure. What
    is not given is taken from `default` (with its source), or from the dated estimate of that name; an input without either
    must be given, unless it is `optional`: then the legs that name it are not made. `needed_when` are the attributes with
    which an optional one must be given after all. A share that is `whole` is 1 when nobody gives one: that is no assumption,
    so it lowers no quality. `above`, `at_least` and `at_most` bound it;
    with `zero_or_at_least` it is zero or that much, since less is a share where a percentage is asked.
    """

    name: Text
    unit: str = ""
    kind: str | None = None
    optional: bool = False
    default: Decimal | None = None
    source: str = ""
    estimate: str | None = None
    whole: bool = False
    needed_when: dict[str, tuple[str, ...]] = {}
    above: Decimal | None = None
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    zero_or_at_least: Decimal | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Input:
        if (self.default is None) != (not self.source):
            raise ValueError("a default and its source go together")
        if self.default is not None and self.estimate is not None:
            raise ValueError("a default or an estimate, not both")
        if self.whole and (self.optional or self.default is not None or self.estimate is not None):
            raise ValueError("what is whole is neither optional nor estimated")
        if self.needed_when and not self.optional:
            raise ValueError("needed_when is for optional inputs")
        return self

    @property
    def needed(self) -> bool:
        """Whether each record must give it."""
        return not (self.optional or self.whole) and self.default is None and self.estimate is None

    def needed_with(self, attributes: Mapping[str, str]) -> bool:
        """Whether a record with these attributes must give it."""
        wanted = self.needed_when
        return self.needed or bool(wanted and all(attributes.get(name) in allowed for name, allowed in wanted.items()))

    def allows(self, value: Decimal) -> bool:
        """Whether a figure is within the bounds."""
        return not (
            (self.above is not None and value <= self.above)
            or (self.at_least is not None and value < self.at_least)
            or (self.at_most is not None and value > self.at_most)
            or (self.zero_or_at_least is not None and 0 < value < self.zero_or_at_least)
        )

    @property
    def bounds(self) -> str:
        """The bounds as a text for issues, such as `> 0, <= 1`."""
        parts = ((">", self.above), (">=", self.at_least), ("<=", self.at_most))
        found = [f"{sign} {bound}" for sign, bound in parts if bound is not None]
        if self.zero_or_at_least is not None:  # it says more than at least 0
            found = [f"0 | >= {self.zero_or_at_least}", *(text for text in found if text != ">= 0")]
        return ", ".join(found)


class Measure(Strict):
    """Kilometres that no file gives: those of the flights of a route, by great circle, of `at_least` to `at_most` kilometres.

    `route` is the attribute that holds the airports.
    """

    route: str
    at_least: Decimal = Decimal(0)
    at_most: Decimal | None = None

    def of(self, route: str) -> Decimal | None:
        """Return the kilometres of a canonical route, or None when none of its flights is so long."""
        found = [km for km in flights(route) if self.at_least <= km and (self.at_most is None or km <= self.at_most)]
        return sum(found, Decimal(0)) if found else None


class PostedAs(Strict):
    """How one leg of the method is posted: as a record of `type` would be.

    `attributes` are those of that type: a fixed value, or `@name` for the record's own attribute `name`. `group` is the
    account group that the leg posts to instead of the type's own: one, or one per value of an attribute (`by`);
    `downstream-freight.*` keeps the last part of the type's own group. A leg is made when the record has the attributes of
    `when`; it may be posted in several ways that exclude each other so. With `stages` only those stages
    post: what else the factor holds is counted in another place.
    """

    leg: str
    type: str
    attributes: dict[str, str] = {}
    group: str | dict[str, str] | None = None
    when: dict[str, tuple[str, ...]] = {}
    stages: tuple[Literal["direct", "upstream"], ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The account groups that it may post to instead of the type's own."""
        if isinstance(self.group, dict):
            return tuple(group for name, group in self.group.items() if name != "by")
        return (self.group,) if self.group else ()


class Applies(Strict):
    """For which records a type was made: days, both included, and countries of two letters; what is not said holds for all."""

    valid_from: date | None = None
    valid_to: date | None = None
    countries: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Applies:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def covers(self, start: date, end: date, geography: str) -> bool:
        """Whether all days of a record, and its country, are within."""
        return (
            (self.valid_from is None or start >= self.valid_from)
            and (self.valid_to is None or end <= self.valid_to)
            and (not self.countries or geography in self.countries)
        )

    @property
    def bounds(self) -> str:
        """The bounds as a text for issues, such as `>= 2026-01-01, NL`."""
        days = ((">=", self.valid_from), ("<=", self.valid_to))
        told = [f"{sign} {day.isoformat()}" for sign, day in days if day is not None]
        return ", ".join([*told, " / ".join(self.countries)] if self.countries else told)


class Sample(Strict):
    """A whole record as the template shows it: what the type is for, with figures of ordinary size."""

    quantity: Annotated[Decimal, AfterValidator(of_some_length)]
    unit: str
    attributes: dict[str, str] = {}
    inputs: dict[str, str] = {}
