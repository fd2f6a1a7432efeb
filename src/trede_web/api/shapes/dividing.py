"""Shapes of a footprint that is divided over receivers."""

from __future__ import annotations

from ninja import Schema
from pydantic import Field

from trede_web.api.problems import Remark
from trede_web.api.shapes.amounts import Amount


class Share(Schema):
    """What one receiver gets; without `id`: what the key leaves without a receiver."""

    id: str
    name: str
    key: str
    share: str
    amount: Amount


class Division(Schema):
    """An allocation with what it makes of a run. `shares` and `crossing` come to `divided`; with `beside` that is `total`."""

    id: str
    decision: str = Field(description="The decision by which it is in force; `revoke` takes it back")
    title: str
    days: str
    key: str
    nature: str
    basis: str
    receiver: str
    reason: str
    person: str
    day: str
    key_total: str
    shares: list[Share]
    crossing: Amount | None = None
    divided: Amount
    beside: Amount
    total: Amount


class Divided(Schema):
    """A period's run under each allocation that touches it. `waiting`: have it calculated first."""

    run: str
    period: str
    view: str
    waiting: bool
    items: list[Division] = Field(alias="divisions")
    issues: list[Remark] = Field(alias="told")


class StatementLine(Schema):
    """A heading (`depth` 0) or account: all that is divided, and the part of the receiver."""

    name: str
    depth: int
    whole: Amount
    part: Amount


class Statement(Schema):
    """What one receiver gets, by heading and account."""

    run: str
    period: str
    view: str
    allocation: str
    receiver: Share = Field(alias="share")
    lines: list[StatementLine]

    @staticmethod
    def resolve_allocation(obj: object) -> str:
        """Return the id of the allocation."""
        return str(obj.division.id)  # type: ignore[attr-defined]
