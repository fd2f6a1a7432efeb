"""What an address of the API asks for by the same words as that of a page: a part of a year, and what it is held against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from django.http import Http404
from ninja import Schema
from pydantic import Field

from trede_web.bridge.results.periods import read_period, same_part

if TYPE_CHECKING:
    from trede.kernel.periods import Period

Name = Annotated[str, Field(max_length=30)]


class PartOfYear(Schema):
    """A part of a year."""

    period: Name = Field(
        "", description="A part of the year, such as `2024-H1`, `2024-Q3` or `2024-05`; empty: the year"
    )

    def of(self, year: int) -> Period:
        """Return the period that is asked for.

        Raises:
            TredeError: `period_unreadable`, also of a period that has no day in the year.
        """
        return read_period(self.period, year)


class Sides(PartOfYear):
    """A part of a year, and the earlier or later part that it is held against."""

    since: Name = Field(
        "",
        alias="from",
        description="The part that it is held against, of the year `before`; empty: the same part of that year",
    )

    def between(self, before: int, year: int) -> tuple[str, str]:
        """Return the names of both periods, that of `before` first.

        Raises:
            TredeError: as `PartOfYear.of`.
            Http404: a period against itself.
        """
        period = self.of(year)
        held = read_period(self.since, before) if self.since else same_part(period, before)
        if held == period:
            raise Http404
        return held.name, period.name
