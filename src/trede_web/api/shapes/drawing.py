"""Shapes of charts, the comparison of sites, and plans of calculations."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from trede_web.api.shapes.amounts import Amount, Milligrams, parts


class Value(Schema):
    """A value of a chart's table, exact and plain; `amount` when it is an amount that can be explained."""

    value: str
    amount: Amount | None = Field(None, alias="figure")


class ChartLine(Schema):
    """A chart that there is. `address` is the calculation, standard and basis that it is of."""

    name: str
    title: str
    subtitle: str
    alt: str
    address: str


class Charts(Schema):
    """The charts of a calculation that have something to show."""

    items: list[ChartLine]


class Chart(Schema):
    """A chart with its table. Masses are whole milligrams, as `columns` say; `title` and `alt` are as on the page."""

    name: str
    title: str
    subtitle: str
    alt: str
    citation: str
    address: str
    columns: list[str]
    rows: list[list[Value]]
    specification: dict[str, Any] = Field(alias="spec", description="Vega-Lite 5, its data in it")


class SiteBeside(Schema):
    """A site: this year, the year before, and per unit in the order of `denominators`, in kilograms."""

    name: str
    now: Amount | None = None
    before: Amount | None = None
    change: str
    per_unit: list[str]


class Denominator(Schema):
    """What the amounts of sites are divided by, with the unit of the outcome."""

    name: str
    unit: str


class SitesBeside(Schema):
    """Sites beside each other; nothing in `sites` when records name fewer than two."""

    now: str
    before: str
    denominators: list[Annotated[Denominator, parts("name", "unit")]]
    sites: list[SiteBeside] = Field(alias="lines")


class Planned(Schema):
    """An amount of a calculation that is not kept."""

    mg: Milligrams
    query: str


class PlannedView(Schema):
    """The total under a standard and basis: as it is, as it would be, and what each cause does in the order of `causes`."""

    name: str
    last: Amount | None = None
    next: Planned
    difference: Planned
    causes: list[Planned]


class PlannedCause(Schema):
    """A cause, and what it means."""

    name: str
    says: str


class PlannedPart(Schema):
    """One of the largest parts of the difference."""

    cause: str
    name: str
    amount: Planned


class PlannedFile(Schema):
    """A file that came in or went since the last calculation."""

    batch: str
    name: str
    records: int


class Plan(Schema):
    """What a new calculation would change. `stands`: whether the last one is still the one that it was held against."""

    run: str
    last: str
    same: bool
    stands: bool
    library: str
    records: int
    unmatched: int
    causes: list[Annotated[PlannedCause, parts("name", "says")]]
    views: list[PlannedView] = Field(alias="lines")
    parts: list[Annotated[PlannedPart, parts("cause", "name", "amount")]]
    files_came: list[PlannedFile] = Field(alias="came")
    files_went: list[PlannedFile] = Field(alias="went")
    lists_came: list[str]
    lists_went: list[str]
    decisions: list[str]
    taken_back: list[str]
    other: list[str]
