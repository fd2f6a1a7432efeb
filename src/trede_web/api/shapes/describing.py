"""Shapes of the organisation's description: its parts, what a change of it does, and its history."""

from __future__ import annotations

import base64
from typing import Any

from ninja import Schema
from pydantic import Field


class PartField(Schema):
    """A field that a person fills in by a form; `of`: the part that its ids are of. Others stand in `things` alone."""

    name: str
    kind: str
    required: bool
    of: str
    choices: list[str]


class DescriptionPart(Schema):
    """A part of the description: its things, as `organisation.toml` has them. `base` is the description they are of."""

    part: str
    base: str
    fields: list[PartField]
    things: list[dict[str, Any]]


class FieldChanged(Schema):
    """A field before and after, in words."""

    name: str = Field(alias="label")
    before: str
    after: str


class Changed(Schema):
    """A thing that is added, removed or changed."""

    kind: str
    part: str
    name: str
    fields: list[FieldChanged] = Field(alias="lines")


class Effect(Schema):
    """Which calculated years would be calculated again, of which amounts may differ, and which are published."""

    again: list[str]
    amounts: list[str]
    published: list[str]
    names: bool


class Proposal(Schema):
    """What a change would do; nothing is stored. To store it, send `description` and `base` on with the reason."""

    description: str = Field(description="The whole description that it gives, as TOML")
    base: str = Field(description="The id of the description that it was made from")
    changes: list[Changed]
    effect: Effect
    loses_comments: bool

    @staticmethod
    def resolve_description(obj: Any) -> str:
        """Return the text."""
        return base64.b64decode(obj.description).decode()


class StoredVersion(Schema):
    """A stored description; day, person and reason are empty where nobody said them."""

    number: int
    day: str
    person: str
    reason: str


class StoredVersions(Schema):
    """Every description that was stored, the newest first."""

    items: list[StoredVersion]


class StoredVersionInFull(Schema):
    """A stored description with its text, and what it changed from the one before it."""

    version: StoredVersion = Field(alias="line")
    text: str
    changes: list[Changed]
