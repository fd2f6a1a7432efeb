"""Decisions: what a person chose, with a reason and a name. They are appended and never changed; a later one may revoke."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, Self, get_args

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
    model_validator,
)

from trede.kernel.addresses import Address, read_address
from trede.kernel.models import Strict
from trede.organisation.allocation import Allocation
from trede.organisation.decided import Decided, Omission
from trede.organisation.materiality import CategoryState, Materiality


class Pin(Decided):
    """Use one edition of a factor list for years outside its validity."""

    kind: Literal["pin"] = "pin"
    library: str
    years: tuple[int, ...] = Field(min_length=1)
    activity_types: tuple[str, ...] = ()
    """Empty: all types."""
    source_rule: str = ""
    """The rule or document that the decision rests on."""

    def covers(self, year: int, activity_type: str) -> bool:
        """Whether the pin speaks about a year and type."""
        return year in self.years and (not self.activity_types or activity_type in self.activity_types)


class Override(Decided):
    """Use one named factor for an activity type (and attributes) in given years."""

    kind: Literal["override"] = "override"
    activity_type: str
    attributes: dict[str, str] = {}
    years: tuple[int, ...] = Field(min_length=1)
    slot: Literal["main", "location", "market"] = "main"
    library: str
    factor: str
    geography: str | None = None
    """The country that it is about; None, as earlier versions recorded it: any."""

    @model_serializer(mode="wrap")
    def _without_unsaid(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave out a country that nobody named, so that a decision of an earlier version keeps its content."""
        said: dict[str, Any] = handler(self)
        if self.geography is None:
            said.pop("geography", None)
        return said

    def covers(self, year: int, activity_type: str, attributes: dict[str, str], slot: str, geography: str) -> bool:
        """Whether the override speaks about a plan key."""
        return (
            year in self.years
            and activity_type == self.activity_type
            and slot == self.slot
            and self.geography in (None, geography)
            and all(attributes.get(name) == value for name, value in self.attributes.items())
        )


class TakeIn(Decided):
    """Take one value from a library that is off by default (second-hand values)."""

    kind: Literal["take-in"] = "take-in"
    library: str
    factor: str


class Meaning(Strict):
    """What one code means for spend: a code of another classification, or why it is not counted by spend.

    `code` is as records keep it. `category` is that of scope 3, for records whose category follows from the code.
    """

    classification: str
    code: str
    to_classification: str = ""
    to_code: str = ""
    category: str = ""
    exclude: str = ""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if bool(self.to_code) == bool(self.exclude) or bool(self.to_code) != bool(self.to_classification):
            raise ValueError("either a classification and a code, or why it is not counted")
        return self


class SectorMap(Decided):
    """Say what codes of spend mean: the organisation's ledger accounts, suppliers or groups, or codes that it knows better.

    Of several maps the last that names a code holds for it.
    """

    kind: Literal["sector-map"] = "sector-map"
    name: str
    """The file that it was read from, to show."""
    entries: tuple[Meaning, ...] = Field(min_length=1)


class CoveredBy(Decided):
    """Let records post nothing, because others hold the same energy or distance already; they stay visible."""

    kind: Literal["covered-by"] = "covered-by"
    records: tuple[str, ...] = Field(min_length=1)
    covered_by: tuple[str, ...] = Field(min_length=1)
    finding: str = ""
    """The code of the finding that it settles."""


class NoDoubleCount(Decided):
    """Say of a finding that both sides are right, so that it does not come back."""

    kind: Literal["no-double-count"] = "no-double-count"
    finding: str
    records: tuple[str, ...] = Field(min_length=1)


class _AboutRow(Decided):
    file_sha256: str
    row: int
    place: int | None = None
    """Of a cross-tab: the number of the cell's column."""
    sheet: str | None = None
    """Of a workbook: the sheet that the row is on."""
    source: str | None = None
    """The source whose profile read the row; None, as earlier versions recorded it: any."""
    others: tuple[str, ...] = ()
    """Further rows, or cells such as `7:C`, that the same decision is about."""

    @field_validator("others")
    @classmethod
    def _are_addresses(cls, others: tuple[str, ...]) -> tuple[str, ...]:
        if not all(map(read_address, others)):
            raise ValueError("not the address of a row or cell")
        return others

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The row and place of each row that it is about."""
        return (Address(self.row, self.place), *filter(None, map(read_address, self.others)))


class HeldRow(_AboutRow):
    """Accept or drop held rows of a file, or held cells of a cross-tab; all or none of them."""

    kind: Literal["held-row"] = "held-row"
    choice: Literal["accept", "drop"]
    credit_of: str | None = None
    """Of a negative row that is accepted: what it credits, a document number or a record id."""


class RejectedRow(_AboutRow):
    """Set rejected rows of a file, or cells of a cross-tab, aside: they are no activity, or stand elsewhere."""

    kind: Literal["rejected-row"] = "rejected-row"
    choice: Literal["set-aside"] = "set-aside"


class Withdraw(Decided):
    """Take a batch out: its records count no more, and stay readable."""

    kind: Literal["withdraw"] = "withdraw"
    batch: str


class WithdrawModel(Decided):
    """Let an own calculation model take in no more records; what it calculated stays readable and verifiable."""

    kind: Literal["withdraw-model"] = "withdraw-model"
    model: str


class Reinstate(Decided):
    """Let a batch that was withdrawn or replaced count again."""

    kind: Literal["reinstate"] = "reinstate"
    batch: str
    replaces: tuple[str, ...] = ()
    """Batches that it takes the place of, when a correction is taken back."""


class AcceptDifference(Decided):
    """Take a file in although its control total differs from its rows."""

    kind: Literal["accept-difference"] = "accept-difference"
    file_sha256: str
    difference: Decimal
    sheet: str | None = None
    """Of a workbook: the sheet that it was said of; None, as earlier versions recorded it: any."""
    what: Literal["quantity", "rows"] = "quantity"
    """Of which total: that of the quantities, or the number of rows."""


class SourceState(Omission):
    """Say that an expected source delivers nothing for a year: there is none, or it is left out."""

    kind: Literal["source"] = "source"
    source: str
    year: int
    status: Literal["none", "excluded"]


class ExcludeUnmatched(Omission):
    """Leave records out that no factor was found for; they stay visible as excluded."""

    kind: Literal["exclude"] = "exclude"
    activity_type: str
    attributes: dict[str, str] = {}
    years: tuple[int, ...] = Field(min_length=1)

    def covers(self, year: int, activity_type: str, attributes: dict[str, str]) -> bool:
        """Whether the decision speaks about records of a year, type and attributes."""
        return (
            year in self.years
            and activity_type == self.activity_type
            and all(attributes.get(name) == value for name, value in self.attributes.items())
        )


Trigger = Literal["structure", "method", "factor-edition", "error"]
"""What may ask for a base year to be calculated again. Growth and shrinking of the activity itself never do."""
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)


class BaseYear(Decided):
    """The policy on the base year: when its footprint is to be calculated again.

    Effects of the triggers count together since the base year was published: small ones add up.
    """

    kind: Literal["base-year"] = "base-year"
    year: int
    threshold: Decimal = Field(gt=0, le=100)
    """Percent of the base year's published total. There is no built-in value."""
    triggers: tuple[Trigger, ...] = Field(min_length=1)
    source_rule: str = ""
    """The rule or document that the policy rests on."""


AttachedTo = Literal["record", "batch", "source", "document"]


class Attach(Decided):
    """Attach a kept file to what it proves. No result depends on it; `reason` is a note, or `-`."""

    kind: Literal["attach"] = "attach"
    reason: str = "-"
    file_sha256: str
    name: str
    """The file's name, to show."""
    page: int | None = None
    to: AttachedTo
    target: str
    """A record id; of a batch the hash of its file, so that it outlives decisions about rows; a source; a document number."""
    source: str = ""
    """Of a document: the source in which it has that number."""


class Allocate(Decided):
    """Declare how a part of the footprint is divided over receivers. No result depends on it: it is a view of a run."""

    kind: Literal["allocate"] = "allocate"
    name: str
    """The file that it was read from, to show."""
    allocation: Allocation


class Describe(Decided):
    """Say who stored a description of the organisation, and why. No result depends on it."""

    kind: Literal["describe"] = "describe"
    description: str
    """The id of the stored description."""


class Revoke(Decided):
    """Take an earlier decision back."""

    kind: Literal["revoke"] = "revoke"
    decision: str


Decision = (
    Pin
    | Override
    | TakeIn
    | SectorMap
    | CoveredBy
    | NoDoubleCount
    | HeldRow
    | RejectedRow
    | Withdraw
    | WithdrawModel
    | Reinstate
    | AcceptDifference
    | SourceState
    | ExcludeUnmatched
    | CategoryState
    | Materiality
    | BaseYear
    | Attach
    | Allocate
    | Describe
    | Revoke
)
CHANGING = (Pin, Override, TakeIn, SectorMap, CoveredBy)
"""Decisions that can change what a run gives from the same batches: they are pinned in its spec."""
