"""Shapes of what has no factor, of what a year counts with, of lists and decisions about factors."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import Field

from trede_web.api.shapes.amounts import AChoice, Amount, parts
from trede_web.api.shapes.results import Fact

AFact = Annotated[Fact, parts("name", "value")]


class Match(Schema):
    """A group that waits for an answer: `open`, `busy` (a job is settling it) or `done`. `stake` ranks, it is no result."""

    id: str
    kind: str = Field(
        description="`value`: rows wait for the meaning of a text; `match`: records without a factor; `doubt`: an account "
        "whose sector is only proposed; `category`: spend without a category of scope 3"
    )
    name: str
    facts: str
    stake: Amount | None = None
    euros: str
    state: str
    said: str


class Matches(Schema):
    """What a year asks, by kind, the largest stake first."""

    run: str
    left: int
    done: int
    items: list[Match]
    next: str | None = None


class Candidate(Schema):
    """What could answer a group: give its `key` as the answer."""

    key: str
    name: str
    title: str = Field(alias="list")
    why: str
    value: str
    stake: Amount | None = None
    library: str
    factor: str


class NumberedRow(Schema):
    """A row of a file by its number."""

    row: int
    cells: list[str]


class Sheet(Schema):
    """Some rows of the group as they stand in a file; personal cells are pseudonyms."""

    file: str
    batch: str
    headings: list[str]
    rows: list[Annotated[NumberedRow, parts("row", "cells")]]


class TextMeaning(Schema):
    """A text that means nothing yet: what it can be, what looks like it first. Give one of `choices` to `say_meaning`."""

    text: str
    column: str
    field: str
    field_name: str = Field(alias="name")
    rows: int
    choices: list[AChoice]
    may_be_new: bool = Field(description="Whether it can be a new site: answer `-new`")
    once: bool = Field(description="Whether the answer holds for these files only")

    @staticmethod
    def resolve_text(obj: Any) -> str:
        """Return the text."""
        return str(obj.unknown.text)

    @staticmethod
    def resolve_column(obj: Any) -> str:
        """Return the column that it stands in."""
        return str(obj.unknown.column)

    @staticmethod
    def resolve_rows(obj: Any) -> int:
        """Return how many rows have it."""
        return int(obj.unknown.rows)


class MatchInFull(Schema):
    """A group with what could answer it; `found` are those of the search, `sectors` all that a spend can be of.

    `category` is the one of scope 3 that counts when the answer names none. Of the kind `value` it has `meaning` instead.
    """

    match: Match = Field(alias="line")
    told: str
    facts: list[AFact] = []
    sheets: list[Sheet]
    candidates: list[Candidate] = []
    found: list[Candidate] = []
    sectors: list[AChoice] = []
    categories: list[str] = []
    category: str = ""
    spend: bool = False
    meaning: TextMeaning | None = Field(None, alias="asked")


class Decided(Schema):
    """A decision about factors; `in_force` when nobody took it back."""

    id: str
    kind: str
    what: str
    years: str
    person: str
    day: str
    reason: str
    in_force: bool


class ChosenFactor(Schema):
    """What a year counts one type of activity with; without `decided` it is the default."""

    name: str
    activity_type: str
    attributes: str
    basis: str = Field(description="`none`, `location` or `market`")
    library: str
    factor: str
    factor_name: str
    value: str
    title: str = Field(alias="list")
    amount: Amount | None = Field(None, alias="figure")
    decided: Decided | None = None

    @staticmethod
    def resolve_activity_type(obj: Any) -> str:
        """Return the type of activity."""
        return str(obj.asked.partition(":")[2].rsplit(":", 2)[0])

    @staticmethod
    def resolve_basis(obj: Any) -> str:
        """Return the basis as `factor_records` takes it."""
        return str(obj.asked.rsplit(":", 2)[1])


class Choices(Schema):
    """What a year counts with, the largest amounts first, and what was decided about it."""

    calculated: bool
    waiting: int
    items: list[ChosenFactor] = Field(alias="lines")
    decisions: list[Decided]


class ListAtHand(Schema):
    """A factor list; `used` are the years that count with it, `newer` a later one for the same."""

    id: str
    title: str
    publisher: str
    kind: str
    years: str
    factors: int
    licence: str
    used: str
    pins: list[Decided]
    newer: str


class Lists(Schema):
    """All lists at hand, and the publishers whose own files can be brought in."""

    items: list[ListAtHand]
    publishers: list[str]
    pinnable: list[str]


class Option(Schema):
    """Records that a factor can be named for: give the `key`."""

    key: str
    text: str


class Options(Schema):
    """The records that a factor could count."""

    items: list[Option]


class BesideRow(Schema):
    """A fact about each factor, in the order that was asked."""

    name: str
    values: list[str]


class Beside(Schema):
    """Factors side by side."""

    factors: list[str]
    rows: list[Annotated[BesideRow, parts("name", "values")]]
    same_unit: bool

    @staticmethod
    def resolve_factors(obj: Any) -> list[str]:
        """Return the factors by list and id."""
        return [head[3] for head in obj.heads]


class FactorRecord(Schema):
    """A record that counts with a factor."""

    amount: Amount = Field(alias="figure")
    when: str
    site: str
    quantity: str


class FactorRecords(Schema):
    """The records behind one use of a factor, the largest amounts first; at most 200."""

    library: str
    factor: str
    name: str
    items: list[FactorRecord] = Field(alias="lines")


class TakenOver(Schema):
    """An own factor as `own_factor` takes it, from a value from second hand; the reason is yours to say."""

    name: str
    unit: str
    nature: str
    total: str
    direct: str
    upstream: str
    uncertainty: str
    publisher_name: str
    url: str
    notes: str
    first_year: int
    last_year: int
    of: str


class UnitChoices(Schema):
    """What an own factor can be per, and about."""

    units: list[AChoice]
    natures: list[str]
