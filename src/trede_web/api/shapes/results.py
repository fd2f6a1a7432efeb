"""Shapes of years, footprints, traces and bridges."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

from trede_web.api.shapes.amounts import Amount, Interval, NamedAmount


class Step(Schema):
    """One step of a year, from organisation to publication. `count` is what is open in it."""

    name: str
    state: Literal["done", "todo", "open", "waiting"]
    count: int


class Line(Schema):
    """A heading of the standard, or an account under it (then `account` is not empty).

    `amounts` are those on each basis of the standard. `rows` are of the ledger. `quantity` and `unit` are of an account whose
    rows have one unit; `quality` is what most of an account is.
    """

    heading: str
    account: str
    name: str
    depth: int
    amount: Amount = Field(alias="figure")
    amounts: list[Amount] = Field(alias="bases")
    interval: Interval = Field(alias="margin")
    rows: int
    quantity: Decimal | None
    unit: str
    quality: str

    @staticmethod
    def resolve_heading(obj: Any) -> str:
        """Return the id of the heading."""
        return str(obj.figure.address.split("/")[2])


class Result(Schema):
    """What the calculation of a year gives under the first standard; `totals` under each."""

    run: str
    standard: str
    total: Amount
    interval: Interval = Field(alias="margin")
    totals: list[NamedAmount]
    records: int
    fresh: str
    published: bool


class YearAmount(Schema):
    """The total of a year."""

    year: int
    amount: Amount


def _of_year(value: Any) -> Any:
    return {"year": value[0], "amount": value[1]} if isinstance(value, tuple) else value


class Year(Schema):
    """Where a year stands."""

    year: int
    steps: list[Step]
    next: Step | None = None
    files: int
    held: int
    rejected: int
    unmatched: int
    doubles: int
    result: Result | None = None
    trend: list[Annotated[YearAmount, BeforeValidator(_of_year)]]


class Footprint(Schema):
    """A run's total by heading and account under a standard and basis."""

    kind: Literal["footprint"] = "footprint"
    run: str
    period: str
    view: str
    standard: str
    basis: str
    note: str
    total: Amount
    interval: Interval = Field(alias="margin")
    lines: list[Line]
    beside: list[NamedAmount]
    records: int
    lists: list[str]
    made: str
    fresh: str
    publication: str


class Entry(Schema):
    """A part of a figure; `more` says that it stands for parts that are not listed."""

    name: str
    amount: Amount = Field(alias="figure")
    rows: int
    facts: str
    more: bool


class Rung(Schema):
    """A figure with its parts, which add up to it."""

    kind: str
    name: str
    amount: Amount = Field(alias="figure")
    parts: list[Entry] = Field(alias="entries")


class Trail(Schema):
    """A heading, account or month: the rungs from the total down to it. `more`: what to give as `shown` to see more records."""

    kind: Literal["trail"] = "trail"
    run: str
    period: str
    view: str
    standard: str
    basis: str
    rungs: list[Rung] = Field(alias="steps")
    more: int


class Cell(Schema):
    """A cell of the record's row in its file, and the field that it became."""

    heading: str
    column: str
    text: str
    field: str


class Fact(Schema):
    """Something that a record says."""

    name: str
    value: str


class Sum(Schema):
    """One amount that the record posts, with the sum that gives it."""

    account: str
    basis: str
    working: str
    kilograms: str
    amount: Amount = Field(alias="figure")
    posted: str
    biogenic: str
    gases: list[str]


class Chosen(Schema):
    """The papers of a factor, and why it was chosen."""

    name: str
    title: str
    place: str
    url: str
    method: str
    why: str
    others: list[str]
    uncertainty: list[str]


def _cell(value: Any) -> Any:
    return dict(zip(("heading", "column", "text", "field"), value, strict=True)) if isinstance(value, tuple) else value


def _fact(value: Any) -> Any:
    return {"name": value[0], "value": value[1]} if isinstance(value, tuple) else value


class Record(Schema):
    """One record: the cell that it stands in, the sum with its numbers, the factor and why."""

    kind: Literal["record"] = "record"
    run: str
    period: str
    record: str
    title: str
    quantity: str
    unit: str
    when: str
    quality: str
    facts: list[Annotated[Fact, BeforeValidator(_fact)]]
    file: str
    evidence: str = Field(alias="file_id", description="Which original: see the operation `evidence`")
    batch: str
    address: str
    cell: str
    cells: list[Annotated[Cell, BeforeValidator(_cell)]]
    steps: list[str]
    sums: list[Sum]
    factors: list[Chosen]
    nothing: str = Field(description="Why it posts nothing; empty when it posts")


class Part(Schema):
    """A group of accounts within a cause."""

    name: str
    change: Amount


class Cause(Schema):
    """A cause of the difference, with its largest parts."""

    cause: str
    name: str
    says: str
    change: Amount
    parts: list[Part]


class Item(Schema):
    """What a cause consists of: an account, and what it is about. `before` and `after` are those of the whole account."""

    account: str
    facts: str
    change: Amount
    before: Amount | None = None
    after: Amount | None = None


class Detail(Schema):
    """One cause taken apart; `rest` is what is not listed."""

    cause: Cause
    items: list[Item]
    rest: Amount | None = None
    rest_count: int


class Bridge(Schema):
    """Why the total of one year differs from another's: causes that add up to the difference."""

    title: str
    finding: str
    before: Amount
    after: Amount
    change: Amount
    causes: list[Cause]
    detail: Detail | None = None
    view: str
    standard: str
    basis: str
    note: str
    interval: str
    runs: str
