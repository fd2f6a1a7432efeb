"""Shapes of calculations that were made again, and of bundles."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from trede_web.api.problems import Remark
from trede_web.api.shapes.amounts import Amount


class ProofCheck(Schema):
    """One check: how many were looked at, and what came of it. `skipped`: it could not be done."""

    what: str = Field(
        description="`files`, `originals`, `records`, `factors`, `plan`, `ledger`, `totals` or `publications`"
    )
    count: int
    state: Literal["agrees", "differs", "skipped"]


class ProvenTotal(Schema):
    """A total under a standard and basis, as it is kept and as it came out again."""

    name: str
    kept: Amount
    again: Amount
    agrees: bool


class RunProof(Schema):
    """What was checked, and what came of it: `good` when everything agrees."""

    good: bool
    checks: list[ProofCheck]
    totals: list[ProvenTotal]
    issues: list[Remark] = Field(alias="told")


class Proven(Schema):
    """The last time that a calculation was made again, and by whom."""

    person: str
    at: datetime
    proof: RunProof


class Provable(Schema):
    """A calculation. `version` is that of its publication; 0 of one that is not published."""

    run: str
    period: str
    version: int
    day: str
    total: Amount
    last: Proven | None = None


class Provables(Schema):
    """The calculations of a year: by period what was published, the last first, and what is calculated beside that."""

    items: list[Provable]


class Bundle(Schema):
    """A bundle that can be downloaded."""

    id: UUID
    name: str
    run: str
    period: str
    originals: bool = Field(description="Whether the original files are in it, with the personal data in them")
    size: int
    sha256: str
    person: str
    at: datetime


class Bundles(Schema):
    """The bundles of a year, the last made first."""

    items: list[Bundle]


class PublicationProven(Schema):
    """A publication that a bundle tells of."""

    version: int
    period: str
    person: str
    day: str
    reason: str


class Found(Schema):
    """What was found of a bundle. Without `proof` its list could not be read: `issues` say why."""

    good: bool
    name: str
    size: int
    sha256: str
    run: str
    period: str
    made_by: str = Field(description="The version of Trede that made the calculation")
    files: int
    originals: bool
    published: list[PublicationProven]
    proof: RunProof | None = None
    issues: list[Remark] = Field(alias="told")


class Examination(Schema):
    """The verification of a bundle. `found` is there when it is `done`, for a day."""

    state: str
    found: Found | None = None


def proven(job: Any, found: Any) -> dict[str, Any]:
    """Return who had a calculation made again, and what came of it."""
    return {"person": str(job.person), "at": job.finished_at, "proof": found}
