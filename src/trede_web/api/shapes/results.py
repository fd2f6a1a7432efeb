"""Shapes of years, footprints, traces and bridges."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

from trede_web.api.shapes.amounts import Amount, Interval, NamedAmount, parts


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


class Gap(Schema):
    """Months that are missing at a site, or of a source that is not by site (then `site` is empty)."""

    site: str
    months: list[str]


class SourceOfYear(Schema):
    """An expected source: how many months it delivered, and where months are missing; `is_missing`: nothing came."""

    id: str
    name: str
    status: str
    said: str
    records: int
    months: int
    gaps: list[Gap]
    is_missing: bool


class Point(Schema):
    """Something that asks attention, and what is at stake: tonnes where they are known, else a number of rows or months.

    `batch` is the file that it is about, `item` the first group of the queue (see `match`), `library` the newer factor list.
    """

    kind: str = Field(
        description="`double`, `value`, `unmatched`, `doubt`, `category`, `rows`, `list`, `source` or `months`"
    )
    name: str
    hint: str
    says: str = Field(alias="amount", description="What is at stake, in words")
    tonnes: str | None = Field(None, description="As a decimal text; it ranks, it is no result")
    count: int = Field(description="Rows, records, groups or months; 0 where tonnes say it")
    batch: str
    item: str
    library: str


class Attention(Schema):
    """What asks attention, the most at stake first; `more` is how many points are not listed."""

    points: list[Point]
    more: int


class Year(Schema):
    """Where a year stands."""

    year: int
    sources: list[SourceOfYear]
    attention: Attention
    steps: list[Step]
    next: Step | None = None
    files: int
    held: int
    rejected: int
    unmatched: int
    doubles: int
    result: Result | None = None
    trend: list[Annotated[YearAmount, BeforeValidator(_of_year)]]


class PerUnit(Schema):
    """A total per person, square metre or whatever the organisation divides by; `amount` is what is divided."""

    name: str
    amount: Amount = Field(alias="figure")
    text: str
    unit: str


class QualityShare(Schema):
    """Which part of a total has a quality."""

    name: str
    share: str


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
    totals: list[NamedAmount] = Field(alias="everywhere", description="The total under every standard and basis")
    per_unit: list[PerUnit] = Field(description="The total divided by the figures of the organisation")
    rows: int = Field(description="Rows of the ledger that it adds up")
    left: int = Field(description="Records that it lacks, since nothing was found that they count with")
    qualities: list[Annotated[QualityShare, parts("name", "share")]]
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


class LeftOut(Schema):
    """How many records of a period have no factor."""

    period: str
    records: int


class BothSides(Schema):
    """What both sides are of one account; None: nothing."""

    name: str
    before: Amount | None = None
    after: Amount | None = None


class Bridge(Schema):
    """Why the total of one year differs from another's: causes that add up to the difference."""

    before_name: str
    after_name: str
    title: str
    finding: str
    description: str
    before: Amount
    after: Amount
    change: Amount
    causes: list[Cause]
    detail: Detail | None = None
    left: list[Annotated[LeftOut, parts("period", "records")]] = Field(
        description="Each side with records that have no factor: they stand in the bridge as nothing"
    )
    accounts: list[BothSides] = Field(description="Of parts of a year: what both sides consist of")
    view: str
    standard: str
    basis: str
    note: str
    interval: str
    runs: str
    citation: str
