"""Shapes of batches, jobs, decisions, publications and the change log."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from ninja import Schema
from pydantic import BeforeValidator, Field

from trede_web.api.problems import Remark
from trede_web.api.shapes.amounts import Amount, NamedAmount, parts
from trede_web.api.shapes.people import Proof
from trede_web.words import plain_voice

SHORTEST, LONGEST = 3, 500
Reason = Annotated[str, Field(min_length=SHORTEST, max_length=LONGEST, description="Why; it is kept with your name")]


class Given(Schema):
    """What is sent: fields that are not known are refused."""

    model_config = {"extra": "forbid"}


class Job(Schema):
    """A job: `queued`, `running`, `done` or `failed`. `issues` say why it failed, or what was remarked."""

    id: UUID
    kind: str
    title: str
    state: str
    href: str = Field(description="Where to ask for it again")
    person: str
    step: str = Field(description="How far it is: one of the steps of its kind; empty before the first")
    percent: int | None = Field(None, description="How much of it is done, where that is known")
    created_at: datetime
    finished_at: datetime | None = None
    result: dict[str, Any] = Field(description="What it made, such as `batch`, `run` or `year`")
    issues: list[Remark]

    @staticmethod
    def resolve_href(obj: Any) -> str:
        """Return the address of a job."""
        return f"/api/v1/organisations/{obj.organisation.slug}/jobs/{obj.pk}"

    @staticmethod
    def resolve_person(obj: Any) -> str:
        """Return who asked for it."""
        return str(obj.person)

    @staticmethod
    def resolve_issues(obj: Any) -> Any:
        """Say what is wrong."""
        return plain_voice().told_stored(obj.issues)


class Jobs(Schema):
    """Jobs, the newest first."""

    items: list[Job]
    next: str | None = None


class Change(Schema):
    """An entry of the change log."""

    id: int
    at: datetime
    person: str
    what: str
    details: dict[str, Any]

    @staticmethod
    def resolve_person(obj: Any) -> str:
        """Return who did it."""
        return str(obj.person)


class Changes(Schema):
    """Entries of the change log, the newest first. `next` goes on where this page ends; None: nothing more."""

    items: list[Change]
    next: str | None = None


class Counts(Schema):
    """The four fates; they add up to the file."""

    accepted: int
    set_aside: int
    held: int
    rejected: int


class Batch(Schema):
    """A batch: one file as it was taken in once. `active`: whether its records count."""

    id: str
    file: str
    source: str
    made: str
    counts: Counts
    whole: int
    active: bool
    profile: str


class Batches(Schema):
    """Batches, the newest first."""

    items: list[Batch]
    next: str | None = None


class Profile(Schema):
    """A saved profile, by which files are read."""

    id: str
    title: str


def _profile(value: Any) -> Any:
    return {"id": value[0], "title": value[1]} if isinstance(value, tuple) else value


class Profiles(Schema):
    """The saved profiles."""

    items: list[Annotated[Profile, BeforeValidator(_profile)]]


class Control(Schema):
    """A control total of the file, and whether it agrees."""

    text: str
    agrees: bool


def _control(value: Any) -> Any:
    return {"text": value[0], "agrees": value[1]} if isinstance(value, tuple) else value


class Kind(Schema):
    """Rows with the same problem."""

    code: str
    fate: str
    count: int
    example: str


class Setting(Schema):
    """Something about how a file was read, in words."""

    name: str
    value: str


class BatchInFull(Schema):
    """What became of a file; `proofs` are the files that prove what stands in it."""

    batch: Batch = Field(alias="line")
    evidence: str = Field(alias="file_id", description="Which original: see the operation `evidence`")
    removed: str = Field(description="When, by whom and why the original was removed; empty when it is there")
    settings: list[Annotated[Setting, parts("name", "value")]] = Field(description="How the file was read")
    headings: list[str]
    controls: list[Annotated[Control, BeforeValidator(_control)]]
    problems: list[Kind] = Field(alias="kinds")
    proofs: list[Proof]


class FileRow(Schema):
    """A row of a file, or a cell of a cross-tab, with what became of it."""

    address: str = Field(description="To decide about it: see the operation `decide`")
    fate: str
    code: str
    reason: str
    cells: list[str]
    candidates: list[str] = Field(description="Of a credit that waits: what it may be a credit of")


class Rows(Schema):
    """Rows in the order of the file."""

    items: list[FileRow]
    next: str | None = None


class Double(Schema):
    """A finding of probable double counting; `stake` in tonnes, `examples` are addresses for `trace`."""

    id: str
    code: str
    text: str
    records: int
    beside: int
    stake: str
    examples: list[str]


class Doubles(Schema):
    """The open findings of a year."""

    items: list[Double]


class Publication(Schema):
    """One publication of a year."""

    version: int
    person: str
    day: str
    reason: str
    run: str
    totals: list[NamedAmount]
    incomplete: str


class Restated(Schema):
    """A total as it was published, and as a later calculation has it; `change` in tonnes."""

    name: str
    before: Amount
    after: Amount
    change: str


class Checklist(Schema):
    """What stands between a year and its publication; `months` are the gaps that a reason may account for."""

    run: str
    obstacles: list[Remark]
    months: list[str]
    publications: list[Publication]
    ready: bool = Field(description="Whether it is known what counts twice; until then `obstacles` has not all")
    differs: bool = Field(description="Whether a later calculation says something else than what is published")
    moved: bool = Field(description="Whether what the last calculation rests on changed since: calculate again to know")
    changes: list[Restated]


class Unmatched(Schema):
    """Records that post nothing for want of a factor."""

    name: str
    attributes: str
    facts: str = Field(description="The attributes that have another value than the usual one, in words")
    year: int
    count: int


class FactorList(Schema):
    """A factor list that can be chosen for a year."""

    id: str
    title: str


class PinnedList(Schema):
    """A list that somebody chose for the year: who, and why."""

    library: str
    said: str


class Calculation(Schema):
    """Where the calculation of a year stands. `fresh`: never, current, older-version or stale."""

    run: str
    made: str
    fresh: str
    records: int
    issues: list[Remark]
    unmatched: list[Unmatched]
    lists: list[FactorList]
    pins: list[Annotated[PinnedList, parts("library", "said")]] = Field(
        description="Lists that were chosen for the year"
    )
    listless: bool = Field(description="Whether the year has no list: none is its own, none was chosen")
