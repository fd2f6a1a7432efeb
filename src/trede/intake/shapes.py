"""Sections of a profile for files that are no plain table: a cross-tab, and readings of meters."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from trede.intake.comparing import compared
from trede.kernel.models import Strict, of_some_length

Filled = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def exact(value: Any) -> Any:
    """Refuse binary fractions: 0.1 written without quotes is not exactly a tenth."""
    if isinstance(value, float):
        raise ValueError("write the number between quotes")  # noqa: TRY004 - pydantic collects ValueError
    return value


Exact = Annotated[Decimal, BeforeValidator(exact), AfterValidator(of_some_length)]


def in_order(between: tuple[Decimal, Decimal] | None) -> None:
    """Refuse a plausible range whose first bound is above the second."""
    if between is not None and between[0] > between[1]:
        raise ValueError("the first bound of between is above the second")


def headings(value: Any) -> Any:
    """Accept one heading where a list of them may stand."""
    return [value] if isinstance(value, str) else value


Headings = Annotated[tuple[Filled, ...], BeforeValidator(headings)]


class Spread(Strict):
    """A heading of quantities, and what it says of every quantity below it."""

    header: Filled
    gives: Annotated[dict[str, Filled], Field(min_length=1)]


class Crosstab(Strict):
    """A table whose quantities stand in several columns, one record for every cell."""

    periods: bool = False
    """Every heading that is a month, quarter, half-year or year holds the quantities of that period."""
    spread: tuple[Spread, ...] = ()
    """Headings that say something else: a product, a meter, a unit."""
    heading_rows: Annotated[int, Field(ge=1, le=5)] = 1
    """Rows of headings, the last of which is the header row: years above months."""
    total: Headings = ()
    """Columns that hold the sum of a row: set aside, and tested."""
    aside: Headings = ()
    """Columns that are not read."""
    blanks: tuple[Filled, ...] = ()
    """Texts that mean no value, such as a dash."""
    between: tuple[Exact, Exact] | None = None
    """The plausible range of one cell."""

    @model_validator(mode="after")
    def _sound(self) -> Crosstab:
        in_order(self.between)
        if not self.periods and not self.spread:
            raise ValueError("say which columns are spread: periods = true, or [[crosstab.spread]]")
        named = [compared(h) for h in (*(s.header for s in self.spread), *self.total, *self.aside)]
        if len(set(named)) != len(named):
            raise ValueError("a heading is named twice")
        return self


class Readings(Strict):
    """Readings of meters: a record is the difference between two readings that follow each other."""

    taken: Literal["start-of-day", "end-of-day"]
    """Whether a reading is that of the beginning or of the end of its date."""
    digits: Annotated[int, Field(ge=1, le=12)] | None = None
    """Digits of the counter before the decimal sign, after which it starts at zero again."""
    between: tuple[Exact, Exact] | None = None
    """The plausible range of a difference, after the factor."""

    @model_validator(mode="after")
    def _sound(self) -> Readings:
        in_order(self.between)
        return self
