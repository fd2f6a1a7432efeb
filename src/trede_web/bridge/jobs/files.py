"""Jobs about what was taken in: rows that wait, batches, originals, records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.correcting import correct
from trede.workspace.importing import reimport
from trede.workspace.removing import remove_original
from trede_web.bridge.evidence.papers import forget_pages
from trede_web.bridge.intake.credits import decisions_about
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.recording import record, why_of
from trede_web.bridge.runs.bundles import forget_originals

if TYPE_CHECKING:
    from trede_web.work.models import Job


def decide_rows(workspace: Workspace, job: Job) -> Outcome:
    """Decide about rows of a batch, and read its file again with that."""
    batch = workspace.batch_store.get(job.asked["batch"])
    try:
        decisions = decisions_about(workspace, batch, job.asked, lambda: why_of(workspace, job))
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code in ("row_not_held", "row_not_rejected", "issue_of_no_row"):
            return Outcome({"batch": batch.id})  # an earlier attempt decided, and its batch took this one's place
        raise
    for decision in decisions:
        record(workspace, job, decision)
    imported = reimport(workspace, batch)
    issues = [issue.to_json() for issue in imported.issues]
    said = {
        "batch": imported.batch.id,
        "choice": job.asked["choice"],
        "rows": job.asked["rows"],
        "reason": job.asked["reason"],
    }
    return Outcome({"batch": imported.batch.id}, issues, said)


def withdraw(workspace: Workspace, job: Job) -> Outcome:
    """Take a batch out."""
    why = why_of(workspace, job)
    said = {"batch": job.asked["batch"], "reason": why["reason"]}
    try:
        workspace.withdraw(job.asked["batch"], why["reason"], why["person"])
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "batch_not_active":
            return Outcome({}, said=said)
        raise
    return Outcome({}, said=said)


def erase(workspace: Workspace, job: Job) -> Outcome:
    """Remove an original on request, with what was made of it."""
    why = why_of(workspace, job)
    removed = remove_original(workspace, job.asked["original"], why["reason"], why["person"])
    forget_pages(workspace.layout.root, removed.sha256)
    forget_originals(workspace.layout.root)
    said = {"file": removed.name, "sha256": removed.sha256[:12], "reason": why["reason"]}
    return Outcome({"batch": job.asked["batch"]}, said=said)


def correct_record(workspace: Workspace, job: Job) -> Outcome:
    """Correct a record, or take it back."""
    why, record = why_of(workspace, job), job.asked["record"]
    made = correct(workspace, record, job.asked["changes"], why["reason"], why["person"])
    issues = [issue.to_json() for issue in made.issues]
    said = {"record": record, "batch": made.batch.id, **job.asked["changes"], "reason": why["reason"]}
    return Outcome({"record": record}, issues, said)
