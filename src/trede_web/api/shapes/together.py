"""Shapes of organisations that are added up."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from trede_web.api.shapes.amounts import Amount


class HeadingAmount(Schema):
    """A heading of the standard with its amount."""

    heading: str
    name: str
    amount: Amount


class PartTogether(Schema):
    """What one organisation adds; without `total` it is not calculated in this year."""

    organisation: str
    name: str
    state: str = Field(description="`published`, `draft`, or `never` calculated")
    run: str
    total: Amount | None = None
    headings: list[HeadingAmount]


class AddedUp(Schema):
    """Organisations added up. `notes` say what should be known of the sum, such as who is not in it."""

    year: int
    view: str
    parts: list[PartTogether]
    headings: list[HeadingAmount]
    total: Amount
    notes: list[str]
