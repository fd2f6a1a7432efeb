"""What jobs that record a decision share: who, when and why; and that it is recorded once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trede.kernel.errors import TredeError
from trede.organisation.decided import SHORTEST_REASON
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Decision
from trede.workspace import Workspace

if TYPE_CHECKING:
    from trede_web.work.models import Job


def why_of(workspace: Workspace, job: Job) -> dict[str, Any]:
    """Return reason, person and time of a decision.

    Raises:
        TredeError: `reason_too_short`.
    """
    reason = str(job.asked.get("reason", "")).strip()
    if len(reason) < SHORTEST_REASON:
        raise TredeError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    return {"reason": reason, "person": str(job.person), "made_at": workspace.clock()}


def record(workspace: Workspace, job: Job, decision: Decision) -> None:
    """Record a decision; one that an earlier attempt of this job recorded already is not recorded again."""
    content = Recorded("", 0, decision).content
    known = {recorded.content for recorded in workspace.decisions.in_force()} if job.attempts > 1 else set()
    if content not in known:
        workspace.decide(decision)
