"""Decisions: what a person chose, with a reason and a name. They are appended and never changed; a later one may revoke."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    TypeAdapter,
    field_validator,
    model_serializer,
    model_validator,
)

from trede.kernel.addresses import Address, read_address
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, canonical_json, pretty_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict
from trede.kernel.versions import Version, Versions
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

_ADAPTER: TypeAdapter[Decision] = TypeAdapter(Annotated[Decision, Field(discriminator="kind")])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision with its id in the log, by which it can be taken back."""

    id: str
    number: int
    decision: Decision

    @property
    def content(self) -> str:
        """What the decision says, as an id: two decisions that say the same have the same, whoever made them and why."""
        return sha256(canonical_json(self._said()))[:SHORT]

    def _said(self) -> dict[str, Any]:
        # Without defaults, so that a field that a later version adds leaves the id of earlier decisions as it is.
        aside = {"kind", "reason", "person", "made_at"}
        facts = self.decision.model_dump(mode="json", exclude=aside, exclude_defaults=True)
        return {"kind": self.decision.kind, **facts}

    def to_json(self) -> dict[str, Any]:
        """Return what can change a result: what the decision says, under its content id."""
        return {"id": self.content, **self._said()}

    def is_named(self, entry: Mapping[str, Any]) -> bool:
        """Whether an entry of a run's spec is this decision; version 0.1.0 wrote it with its id in the log and its reason."""
        told = {"id": self.id, **self.decision.model_dump(mode="json")}
        return entry == self.to_json() or all(told.get(name) == value for name, value in entry.items())

    def made(self) -> dict[str, Any]:
        """Return who made it, when and why, with its id in the log: all that lies outside the results."""
        told = self.decision.model_dump(mode="json", include={"reason", "person", "made_at"})
        return {"recorded": self.id, **told}


def distinct(decisions: Sequence[Recorded]) -> list[Recorded]:
    """Return decisions that all say something else, in order: of those that say the same, the last, which prevails."""
    last = {recorded.content: recorded for recorded in decisions}
    return sorted(last.values(), key=lambda recorded: recorded.number)


class DecisionLog:
    """The folder `decisions/`: numbered files, each chained to the one before it."""

    def __init__(self, folder: Path) -> None:
        self.versions = Versions(folder, ".json")

    def record(self, decision: Decision) -> Recorded:
        """Append a decision.

        Raises:
            StoreError: `decision_missing` when a revocation names none, `decision_revoked_already` when it names one that
                is not in force any more.
        """
        if isinstance(decision, Revoke):
            self._require_in_force(decision.decision)
        return _read(self.versions.append(pretty_json(decision.model_dump(mode="json"))))

    def _require_in_force(self, ident: str) -> None:
        if ident not in {r.id for r in self.all()}:
            raise StoreError.of("decision_missing", decision=ident)
        standing = self.standing()
        if ident not in {r.id for r in standing}:
            by = [r for r in standing if isinstance(r.decision, Revoke) and r.decision.decision == ident]
            who = by[-1].decision
            raise StoreError.of(
                "decision_revoked_already", decision=ident, by=by[-1].id, person=who.person, reason=who.reason
            )

    def all(self) -> Iterator[Recorded]:
        """Yield every decision in order, revoked ones included."""
        for version in self.versions.all():
            yield _read(version)

    def in_force(self, without: str | None = None) -> list[Recorded]:
        """Return the decisions that nobody took back, in order; `without`: as if that one were taken back now."""
        return [r for r in self.standing(without) if not isinstance(r.decision, Revoke)]

    def standing(self, without: str | None = None) -> list[Recorded]:
        """Return the decisions in force, with the revocations that hold: one that was taken back itself revokes nothing."""
        revoked, found = {without}, []
        for recorded in reversed(list(self.all())):
            if recorded.id not in revoked:
                found.append(recorded)
                if isinstance(recorded.decision, Revoke):
                    revoked.add(recorded.decision.decision)
        return found[::-1]

    @property
    def last(self) -> int:
        """The number of the last decision; 0 before the first."""
        latest = self.versions.latest()
        return latest.number if latest else 0

    def check(self) -> list[Issue]:
        """Return an issue for each file that was changed or is missing."""
        return self.versions.check()


def _read(version: Version) -> Recorded:
    try:
        decision = _ADAPTER.validate_python(json.loads(version.read()))
    except ValueError as error:
        raise StoreError.of("stored_file_changed", Location(file=f"decisions/{version.path.name}")) from error
    return Recorded(version.id, version.number, decision)
