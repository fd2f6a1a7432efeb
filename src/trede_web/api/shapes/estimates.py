"""Shapes of estimates."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field


class Gone(Schema):
    """Why an estimate answers no more, who said so and when."""

    reason: str
    person: str
    day: str


class Estimate(Schema):
    """An estimate; `key` tells an own one from every other. The `range` is as somebody stated it."""

    key: str
    id: str
    name: str
    value: str
    unit: str
    range: str
    holds: str
    days: str
    source: str
    url: str
    by: str
    gone: Gone | None = None


class EstimatedKind(Schema):
    """A figure that can be estimated, and the activity types that ask for it."""

    id: str
    name: str
    unit: str
    asked_by: list[str]


class Estimates(Schema):
    """The own estimates, those that were withdrawn, those that ship, and what can be estimated."""

    own: list[Estimate]
    withdrawn: list[Estimate]
    shipped: list[Estimate]
    kinds: list[EstimatedKind] = Field(
        description="Give the `id` as `what`, or `new` with an id, name and unit of your own"
    )
