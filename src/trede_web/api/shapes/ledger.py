"""Shapes of records, their history, comments and factors."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field, PlainSerializer

from trede_web.api.shapes.amounts import Amount, Milligrams, parts
from trede_web.api.shapes.people import Proof
from trede_web.api.shapes.results import Fact

Exact = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
"""A decimal number as a text, so that no digit is lost."""


class Listed(Schema):
    """One record in a year. `state` says what became of it; `mg_co2e` is what it posts under the standard and basis."""

    record: str
    year: int
    start: str
    end: str
    activity_type: str
    kind: str
    attributes: str
    quantity: Exact
    unit: str
    site: str
    entity: str
    department: str
    project: str
    supplier: str
    document: str
    note: str
    quality: str
    source: str
    file: str
    batch: str
    row: str
    state: str
    corrected_by: str
    credit_of: str
    run: str
    mg_co2e: Milligrams | None = None


class Records(Schema):
    """Records in the order that was asked for."""

    items: list[Listed]
    next: str | None = None


class Together(Schema):
    """What records are together in one unit."""

    unit: str
    quantity: str


class Group(Schema):
    """Records with the same value of what they are summed up by."""

    name: str
    rows: int
    sums: list[Together]
    amount: Amount | None = Field(None, alias="figure")


class Groups(Schema):
    """Records summed up; `hidden` is how many stand in groups that are not listed."""

    groups: list[Group] = Field(alias="parts")
    rows: int
    hidden: int
    sums: list[Together]
    amount: Amount | None = Field(None, alias="figure")


class Happened(Schema):
    """Something that happened to a record."""

    day: str
    time: str
    what: str
    person: str
    reason: str
    batch: str
    file: str
    about: str


class Posted(Schema):
    """One ledger row of a record."""

    run: str
    year: str
    account: str
    basis: str
    quantity: str
    factor: str
    name: str = Field(description="What the factor is called in its list")
    amount: Amount = Field(alias="figure")
    share: str


class Corrected(Schema):
    """What took the record back, and what came in its place (empty: nothing)."""

    reversal: str
    replacement: str
    person: str
    reason: str
    batch: str


def _field(value: Any) -> Any:
    return {"name": value[0], "value": value[1]} if isinstance(value, tuple) else value


class StateOfYear(Schema):
    """What became of a record in a year; the words of the ledger."""

    year: int
    state: str


class RecordInFull(Schema):
    """A record as it was read, what happened to it, and the ledger rows that it made."""

    record: str
    title: str
    about: str
    quantity: str
    unit: str
    when: str
    states: list[Annotated[StateOfYear, parts("year", "state")]]
    fields: list[Annotated[Fact, BeforeValidator(_field)]]
    file: str
    evidence: str = Field(alias="file_id", description="Which original: see the operation `evidence`")
    removed: str = Field(description="When, by whom and why the original was removed; empty when it is there")
    batch: str
    at: str
    counts: bool
    events: list[Happened]
    postings: list[Posted]
    corrected: Corrected | None = None
    corrects: str
    correctable: bool
    closed: str = Field(description="Why a record of a published year cannot be corrected; empty when it can")
    proofs: list[Proof]
    now: dict[str, str] = Field(description="The fields that a correction can change, as they are")


class Comment(Schema):
    """What somebody said about a record, a batch, a run or a year; `note` is why it was taken back."""

    id: int
    at: datetime
    person: str
    topic: str = Field(alias="kind")
    about: str
    text: str
    note: str | None = None

    @staticmethod
    def resolve_person(obj: Any) -> str:
        """Return who said it."""
        return str(obj.person)

    @staticmethod
    def resolve_note(obj: Any) -> str | None:
        """Return why it was taken back."""
        return obj.taken_back.text if obj.taken_back else None


class Comments(Schema):
    """Comments, the newest first."""

    items: list[Comment]
    next: str | None = None


class Factor(Schema):
    """A factor of a list; numbers are texts with the digits of the publisher, in kilograms CO2e per unit."""

    library: str = Field(alias="list")
    factor: str
    name: str
    category: str
    subcategory: str
    publisher: str
    title: str
    edition: str
    valid_from: str
    valid_to: str
    unit: str
    total: str | None = None
    direct: str | None = None
    upstream: str | None = None
    biogenic: str | None = None
    energy_mj: str | None = None
    gases: str
    region: str
    licence: str
    status: str
    place: str
    url: str


class Factors(Schema):
    """Factors that answer; `count` is how many there are of all."""

    items: list[Factor]
    count: int
    next: str | None = None


class Edition(Schema):
    """The value of one edition; `values` in the order of `columns`."""

    library: str
    factor: str
    title: str = Field(alias="list")
    years: str
    values: list[str]
    change: str
    second_hand: bool
    used_for: str


class Use(Schema):
    """What the organisation counts with the factor in one year."""

    year: int
    published: bool
    name: str
    basis: str
    quantity: str
    unit: str
    amount: Amount = Field(alias="figure")
    records: int


class Newer(Schema):
    """An edition for a later year than the one that is used; `years` count with an earlier one."""

    edition: Edition
    value: str
    used: str
    years: list[int]


class GasValues(Schema):
    """A gas, with its values in the order of `gas_columns`."""

    name: str
    values: list[str]


class FactorInFull(Schema):
    """A factor with its values through the years, its gases, its papers and its use."""

    library: str
    factor: str
    name: str
    under: list[str] = Field(description="The headings of its list that it stands under")
    unit: str
    status: str
    value: str
    stage: str
    finding: str
    columns: list[str]
    editions: list[Edition]
    papers: list[Annotated[Fact, BeforeValidator(_field)]]
    source: list[Annotated[Fact, BeforeValidator(_field)]]
    url: str
    notes: str
    gas_columns: list[str]
    gases: list[Annotated[GasValues, parts("name", "values")]]
    uses: list[Use]
    newer: Newer | None = None
    own: bool
    takes_over: bool = Field(description="Whether an own factor can take it over: see `taken_over`")
