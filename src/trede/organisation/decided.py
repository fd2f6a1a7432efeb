"""What every decision has: why, who and when; and what those have in common that leave something out of the footprint."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from pydantic import Field, model_validator

from trede.kernel.models import Strict

SHORTEST_REASON = 3
"""Characters that a reason has at least."""


class Decided(Strict):
    """A decision: its reason, who made it and when."""

    reason: str = Field(min_length=SHORTEST_REASON)
    person: str = Field(min_length=1)
    made_at: datetime


class Omission(Decided):
    """A decision that something is not in the footprint. It may say how large that is: tonnes CO2e, and the estimate's basis."""

    estimate: Decimal | None = Field(default=None, ge=0)
    basis: str = ""

    @model_validator(mode="after")
    def _has_a_basis(self) -> Omission:
        if (self.estimate is None) != (not self.basis):
            raise ValueError("an estimate and its basis belong together")
        return self
