"""Credits: rows below zero, which count once somebody says what they credit, and the decisions that such an answer is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from trede.kernel.issues import Issue
from trede.organisation.decisions import HeldRow, RejectedRow
from trede.workspace import Workspace
from trede.workspace.deciding import decision_about

if TYPE_CHECKING:
    from trede.activity.batches import Batch

CREDIT = "negative_without_credit"
"""The code of rows below zero of which nobody has said what they credit."""
Candidate = tuple[str, str]
"""What an answer names, a document or a record, and where it stands."""


def candidates_of(issue: Issue | None) -> list[Candidate] | None:
    """Return what a row that waits may be a credit of; None of a row that waits for another reason."""
    if issue is None or issue.code != CREDIT:
        return None
    named = issue.values.get("candidates", ())
    return [(each.rpartition(" (")[0], each) for each in map(str, named if isinstance(named, list | tuple) else ())]


def decisions_about(
    workspace: Workspace, batch: Batch, asked: Mapping[str, Any], why: Callable[[], dict[str, Any]]
) -> list[HeldRow | RejectedRow]:
    """Return the decisions that somebody asks for about rows of a batch: one for each credit, one for the other rows.

    Raises:
        TredeError: as of `trede.workspace.deciding.decision_about`; then none of them is meant to be recorded.
    """
    credits: Mapping[str, str] = asked.get("credits") or {}
    others = [row for row in asked["rows"] if row not in credits]
    made = [decision_about(workspace, batch, "accept", [row], why, credit_of=of) for row, of in credits.items()]
    if others or not made:
        made.append(decision_about(workspace, batch, asked["choice"], others, why, code=asked.get("code") or None))
    return made
