"""Jobs that calculate, and those that make what pages show of it: plans, bridges, reports, what takes long; publishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin
from trede.workspace import Workspace
from trede.workspace.base_year import base_year_begun
from trede.workspace.publishing import publish
from trede.workspace.running import run_period
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.preparing import prepare_answers, prepare_pages
from trede_web.bridge.jobs.recording import why_of
from trede_web.bridge.results.causes import bridge_runs
from trede_web.bridge.results.compared import calculate_bridge
from trede_web.bridge.results.report import keep_report, runs_of
from trede_web.bridge.runs.plans import plan_of
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede_web.work.models import Job


def calculate(workspace: Workspace, job: Job) -> Outcome:
    """Calculate a year or a part of one, and keep what its pages need at once."""
    year, part = job.asked["year"], job.asked.get("period")
    job.advance("choosing")
    run = run_period(workspace, Period.parse(part) if part else Period.year(year), step=job.advance)
    job.advance("answers")
    prepare_answers(workspace, run, () if part else (year - 1, year + 1))
    issues = [issue.to_json() for issue in run.issues]
    said = {"year": year, "run": run.id} | ({"period": part} if part else {})
    return Outcome(said, issues, said)


def plan_ahead(workspace: Workspace, job: Job) -> Outcome:
    """Calculate without keeping it: what would change."""
    year, library = job.asked["year"], job.asked.get("library") or None
    pin = None
    if library:
        if library not in workspace.libraries:
            raise TredeError.of("library_unknown", library=library, known=sorted(workspace.libraries))
        # Nobody decided it: the reason is only that of the proposal, and goes with it.
        pin = Pin(library=library, years=(year,), person=str(job.person), made_at=workspace.clock(), reason="proposal")
    return Outcome({"year": year, "plan": plan_of(workspace, Period.year(year), pin, job.advance)})


def publish_year(workspace: Workspace, job: Job) -> Outcome:
    """Publish a year, or restate it."""
    why, year = why_of(workspace, job), job.asked["year"]
    said = {"year": year, "reason": why["reason"]}
    try:
        publish(
            workspace, Period.year(year), why["reason"], why["person"], restates=bool(job.asked.get("restates")),
            incomplete=str(job.asked.get("incomplete", "")).strip(),
        )  # fmt: skip
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "published_same":
            return Outcome({"year": year}, said=said)
        raise
    return Outcome({"year": year}, said=said)


def make_bridge(workspace: Workspace, job: Job) -> Outcome:
    """Calculate the bridge between two periods."""
    before, after = bridge_runs(workspace, (job.asked["before"], job.asked.get("period", job.asked["year"])))
    calculate_bridge(workspace, before, after)
    return Outcome({"year": job.asked["year"]})


def make_pages(workspace: Workspace, job: Job) -> Outcome:
    """Make a report for the screen, with its files."""
    asked = job.asked
    keep_report(workspace, runs_of(workspace, asked["period"], asked["since"]), Voice(asked["language"]))
    return Outcome({"year": asked["year"]})


def hold_base_year(workspace: Workspace, job: Job) -> Outcome:
    """Calculate what differs in the base year from what is published of it."""
    found = base_year_begun(workspace)
    if found and found.published and found.later:
        calculate_bridge(workspace, found.published.publication.run, found.later.id)
    return Outcome({})


def prepare(workspace: Workspace, job: Job) -> Outcome:
    """Make what pages of a large organisation need."""
    prepare_pages(workspace, job.organisation.journals, job.advance)
    return Outcome({})
