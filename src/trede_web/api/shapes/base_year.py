"""Shapes of the base year."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from trede_web.api.shapes.amounts import Amount, parts


class Trigger(Schema):
    """A cause of recalculation, and whether it counts."""

    name: str
    counts: bool


class BasePolicy(Schema):
    """A policy of the base year; `id` is that of the decision."""

    id: str
    year: int
    threshold: str
    triggers: list[Annotated[Trigger, parts("name", "counts")]]
    rule: str
    reason: str
    person: str
    day: str


class HeldTotal(Schema):
    """A total under a standard and basis, held against the threshold."""

    name: str
    published: Amount
    organic: Amount
    now: Amount
    counted: Amount
    percent: str
    significant: bool


class BaseYear(Schema):
    """How the base year stands."""

    state: str = Field(description="`none`, `unpublished`, `same`, `waiting`, `small` or `needed`")
    policy: BasePolicy | None = None
    version: int = Field(description="Of its publication; 0: not published")
    person: str = Field(description="Who published it")
    day: str
    lines: list[HeldTotal]
    earlier: list[BasePolicy]
