"""Shapes of people, invitations, tokens, kept files and exports."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class Person(Schema):
    """Somebody who works here; `id` is that of their place."""

    id: int
    name: str
    email: str
    role: str

    @staticmethod
    def resolve_name(obj: Any) -> str:
        """Return the name."""
        return str(obj.user.name)

    @staticmethod
    def resolve_email(obj: Any) -> str:
        """Return the address."""
        return str(obj.user.email)


class Invitation(Schema):
    """An invitation that can still be taken up."""

    id: int
    email: str
    role: str
    expires_at: datetime


class People(Schema):
    """Who works here in which role; the open invitations stand there for a token that manages."""

    people: list[Person]
    invitations: list[Invitation]


class Invited(Schema):
    """A new invitation with its link, which is told once: pass it on to who is invited."""

    invitation: Invitation
    link: str


class Token(Schema):
    """A token, without its secret; `own`: the one that asks."""

    id: int
    name: str
    power: str
    person: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    own: bool


class Tokens(Schema):
    """The tokens that the person may see: their own, an owner with a token that manages everybody's."""

    items: list[Token]


class Proof(Schema):
    """A file that proves something."""

    digest: str
    name: str
    page: int | None = None
    to: str
    target: str
    batch: str
    person: str
    day: str
    note: str


class EvidenceUse(Schema):
    """A batch that was read from a file."""

    batch: str
    file: str
    source: str
    day: str
    active: bool
    rows: int


class EvidenceRow(Schema):
    """A row of a kept file, personal cells as codes."""

    row: int
    cells: list[str]


class Evidence(Schema):
    """A kept file: `kind` is `table`, `picture` or `other`; some of its rows, from `first`, of `count`."""

    digest: str
    name: str
    size: int
    kind: str
    uses: list[EvidenceUse]
    proves: list[Proof]
    first: int
    count: int
    rows: list[EvidenceRow]


class Export(Schema):
    """A job that puts everything in one file, and whether the file is there."""

    id: UUID
    state: str
    person: str
    created_at: datetime
    there: bool = Field(description="One is kept at a time: the last")


class Exports(Schema):
    """The last exports."""

    items: list[Export]
