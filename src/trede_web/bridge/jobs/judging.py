"""Jobs that record what somebody judges: about sources, double counts, the base year, scope 3, receivers, the organisation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from trede.kernel.errors import TredeError
from trede.organisation.decisions import BaseYear, SourceState
from trede.workspace import Workspace
from trede.workspace.findings import cover_records, find_finding, keep_both
from trede.workspace.publishing import require_undelivered
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.recording import record, why_of
from trede_web.bridge.results.declaring import division
from trede_web.bridge.results.dividing import keep_years
from trede_web.bridge.results.scope3 import category_state
from trede_web.bridge.results.scoring import scored

if TYPE_CHECKING:
    from trede_web.work.models import Job


def settle_double(workspace: Workspace, job: Job) -> Outcome:
    """Settle a finding of a double count: the one is covered by the other, or both count."""
    why = why_of(workspace, job)
    said = {"finding": job.asked["finding"], "choice": job.asked["choice"], "reason": why["reason"]}
    result = {"year": job.asked["year"]}
    try:
        finding = find_finding(workspace, job.asked["finding"])
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "finding_unknown":
            return Outcome(result, said=said)
        raise
    if job.asked["choice"] == "cover":
        cover_records(workspace, finding.records, finding.beside, why["reason"], why["person"], finding.code)
    else:
        keep_both(workspace, finding, why["reason"], why["person"])
    return Outcome(result, said=said)


def account_for(workspace: Workspace, job: Job) -> Outcome:
    """Record that a source delivers nothing in a year."""
    asked = job.asked
    state = SourceState(source=asked["source"], year=asked["year"], status=asked["status"], **why_of(workspace, job))
    require_undelivered(workspace, state)
    record(workspace, job, state)
    said = {name: asked[name] for name in ("source", "year", "status", "reason")}
    return Outcome({"year": asked["year"]}, said=said)


def say_base_year(workspace: Workspace, job: Job) -> Outcome:
    """Record the policy of the base year."""
    asked, why = job.asked, why_of(workspace, job)
    policy = BaseYear(
        year=asked["year"], threshold=Decimal(asked["threshold"]), triggers=tuple(asked["triggers"]),
        source_rule=asked["rule"], **why,
    )  # fmt: skip
    record(workspace, job, policy)
    said = {"year": asked["year"], "threshold": asked["threshold"], "reason": why["reason"]}
    return Outcome({"year": asked["year"]}, said=said)


def say_categories(workspace: Workspace, job: Job) -> Outcome:
    """Record whether categories of scope 3 are relevant."""
    asked = job.asked
    record(workspace, job, category_state(asked, why_of(workspace, job)))
    said = {name: asked[name] for name in ("categories", "years", "relevance", "reason")}
    return Outcome({"year": asked["year"]}, said=said)


def score(workspace: Workspace, job: Job) -> Outcome:
    """Record the scores of combinations of product and market."""
    why = why_of(workspace, job)
    record(workspace, job, scored(job.asked["table"], why))
    return Outcome({}, said={"reason": why["reason"]})


def divide_over(workspace: Workspace, job: Job) -> Outcome:
    """Record how a footprint is divided over receivers, and divide the years that it touches."""
    record(workspace, job, said := division(workspace, job.asked, why_of(workspace, job)))
    keep_years(workspace, said.allocation)
    return Outcome({"year": job.asked["year"]}, said={"allocation": said.allocation.id, "reason": said.reason})


def describe(workspace: Workspace, job: Job) -> Outcome:
    """Change the description of the organisation."""
    why = why_of(workspace, job)
    workspace.describe(job.file("description"), "organisation.toml", why, job.asked["base"])
    return Outcome({}, said={"number": len(workspace.organisation_versions.all()), "reason": why["reason"]})
