"""What a person expects of a file, and the control totals that keep it out until somebody accepts the difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from trede.activity.batches import Batch
from trede.intake.staging import Staging
from trede.kernel.issues import Issue
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import AcceptDifference

DIFFERING = ("control_total_differs", "subtotal_differs", "control_rows_differ")
"""Issues that keep a file out until a person accepts the difference."""


@dataclass(frozen=True)
class Expected:
    """What a person says that a file adds up to."""

    total: Decimal | None = None
    rows: int | None = None

    @classmethod
    def of(cls, batch: Batch) -> Expected:
        """Return what was said of a batch's file."""
        total = batch.facts["control_total"]
        return cls(None if total is None else Decimal(total), batch.facts.get("control_rows"))


def differing(staging: Staging, decisions: Sequence[Recorded]) -> list[Issue]:
    """Return the issues of control totals that differ, when nobody accepted all the differences."""
    said = [r.decision for r in decisions]
    accepted = {(d.what, d.difference) for d in said if isinstance(d, AcceptDifference)}
    if all((c.what, c.difference) in accepted for c in staging.controls if c.status == "differs"):
        return []
    return [issue for issue in staging.issues if issue.code in DIFFERING]
