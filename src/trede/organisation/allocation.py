"""A declared allocation: which part of a footprint is divided over which receivers, by which key.

GHG Protocol Corporate Value Chain (Scope 3) Standard, chapter 8: a physical key (mass, area, units) where it reflects what
causes the emissions, an economic one (revenue, spend) where no physical relation can be found. Emissions of a receiver are the
total × its key ÷ the sum of the keys.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from trede.kernel.models import Strict
from trede.kernel.periods import Period
from trede.organisation.parts import Filled

Receiver = Literal["project", "department", "entity", "site", "product", "tenant", "customer", "other"]
"""What emissions are divided over; of the first four the organisation's description says which there are."""

Key = Annotated[Decimal, Field(max_digits=30, decimal_places=9)]
Names = tuple[Filled, ...]


class Selection(Strict):
    """Which ledger rows are divided: those that fit every field that is given. Without any: all of them."""

    sources: Names = ()
    sites: Names = ()
    entities: Names = ()
    projects: Names = ()
    departments: Names = ()
    activity_types: Names = ()
    """As recorded or as posted."""
    accounts: Names = ()
    """Accounts, or the beginnings of their names up to a point."""


class Allocation(Strict):
    """One allocation, for the days from `start` to `end`. `whole` is the key of everything, when not all of it has a receiver."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title: Filled
    start: date
    end: date
    key: Filled
    """What the key counts, with its unit."""
    nature: Literal["physical", "economic"]
    basis: Filled
    """Why this key, and where its values come from."""
    receiver: Receiver
    of: Selection = Selection()
    receivers: dict[Filled, Key]
    whole: Key | None = None

    @property
    def days(self) -> Period:
        """The days that it is for."""
        return Period(self.start, self.end)

    @property
    def total(self) -> Decimal:
        """The key of everything."""
        return sum(self.receivers.values(), Decimal(0)) if self.whole is None else self.whole

    @property
    def weights(self) -> dict[str | None, int]:
        """Whole numbers in the proportion of the keys, by receiver in the order of their names; None: no receiver."""
        keys: dict[str | None, Decimal] = {name: self.receivers[name] for name in sorted(self.receivers)}
        keys[None] = self.total - sum(self.receivers.values(), Decimal(0))
        return {name: int(key.scaleb(9)) for name, key in keys.items()}


RECEIVERS: tuple[Receiver, ...] = get_args(Receiver)
