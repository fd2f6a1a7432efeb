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
    earlier: bool = Field(description="Whether an earlier one of the same id holds again when it is taken back")
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
    title: str
    key: str
    basis: str
    whole: Amount = Field(description="All that is divided")
    receiver: Share = Field(alias="share")
    lines: list[StatementLine]

    @staticmethod
    def resolve_allocation(obj: object) -> str:
        """Return the id of the allocation."""
        return str(obj.division.id)  # type: ignore[attr-defined]

    @staticmethod
    def resolve_title(obj: object) -> str:
        """Return the name of the allocation."""
        return str(obj.division.title)  # type: ignore[attr-defined]

    @staticmethod
    def resolve_key(obj: object) -> str:
        """Return what is counted to divide by."""
        return str(obj.division.key)  # type: ignore[attr-defined]

    @staticmethod
    def resolve_basis(obj: object) -> str:
        """Return why this key, and where its values come from."""
        return str(obj.division.basis)  # type: ignore[attr-defined]
