"""The jobs: each asks the library for one change to a workspace folder. A job that is done twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.organisation.decided import SHORTEST_REASON
from trede.organisation.decisions import Decision, Pin, Recorded, SourceState
from trede.workspace import Workspace
from trede.workspace.correcting import correct
from trede.workspace.deciding import decision_about
from trede.workspace.findings import cover_records, find_finding, keep_both
from trede.workspace.importing import reimport
from trede.workspace.publishing import publish, require_undelivered
from trede.workspace.removing import remove_original
from trede.workspace.running import run_period
from trede_web.bridge.causes import bridge_runs
from trede_web.bridge.compared import calculate_bridge
from trede_web.bridge.example import YEARS as EXAMPLE_YEARS
from trede_web.bridge.example import renew_example
from trede_web.bridge.grid import store
from trede_web.bridge.outcome import Outcome
from trede_web.bridge.plans import plan_of
from trede_web.bridge.preparing import prepare_answers
from trede_web.bridge.taking_in import check, commit, look, mend, rename, take_in
from trede_web.bridge.viewer import attach_file

if TYPE_CHECKING:
    from trede_web.work.models import Job


class Refused(Exception):  # noqa: N818 - no fault: the library says why it cannot be done
    """The library refuses; `issues` are its codes with parameters."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = [issue.to_json() for issue in issues]
        super().__init__()


def do(job: Job) -> Outcome:
    """Do a job.

    Raises:
        Refused: with the reasons as issues.
    """
    try:
        if job.kind == "example":  # it makes the folder that the others open
            return _example(job)
        return JOBS[job.kind](Workspace(job.organisation.folder), job)
    except TredeError as error:
        raise Refused(error.issues) from error


def _example(job: Job) -> Outcome:
    renew_example(job.organisation.folder, str(job.person))
    return Outcome({"year": max(EXAMPLE_YEARS)})


def _why(workspace: Workspace, job: Job) -> dict[str, Any]:
    reason = str(job.asked.get("reason", "")).strip()
    if len(reason) < SHORTEST_REASON:
        raise TredeError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    return {"reason": reason, "person": str(job.person), "made_at": workspace.clock()}


def _decide(workspace: Workspace, job: Job, decision: Decision) -> None:
    """Record a decision; one that an earlier attempt of this job recorded already is not recorded again."""
    content = Recorded("", 0, decision).content
    known = {recorded.content for recorded in workspace.decisions.in_force()} if job.attempts > 1 else set()
    if content not in known:
        workspace.decide(decision)


def _decide_rows(workspace: Workspace, job: Job) -> Outcome:
    batch = workspace.batch_store.get(job.asked["batch"])
    try:
        decision = decision_about(
            workspace, batch, job.asked["choice"], job.asked["rows"], lambda: _why(workspace, job),
            code=job.asked.get("code") or None,
        )  # fmt: skip
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code in ("row_not_held", "row_not_rejected", "issue_of_no_row"):
            return Outcome({"batch": batch.id})  # an earlier attempt decided, and its batch took this one's place
        raise
    _decide(workspace, job, decision)
    imported = reimport(workspace, batch)
    issues = [issue.to_json() for issue in imported.issues]
    said = {
        "batch": imported.batch.id,
        "choice": job.asked["choice"],
        "rows": job.asked["rows"],
        "reason": job.asked["reason"],
    }
    return Outcome({"batch": imported.batch.id}, issues, said)


def _pin(workspace: Workspace, job: Job) -> Outcome:
    library, years = job.asked["library"], tuple(job.asked["years"])
    if library not in workspace.libraries:
        raise TredeError.of("library_unknown", library=library, known=sorted(workspace.libraries))
    _decide(workspace, job, Pin(library=library, years=years, **_why(workspace, job)))
    return Outcome({"year": years[0]}, said={"library": library, "years": list(years), "reason": job.asked["reason"]})


def _settle(workspace: Workspace, job: Job) -> Outcome:
    why = _why(workspace, job)
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


def _source(workspace: Workspace, job: Job) -> Outcome:
    asked = job.asked
    state = SourceState(source=asked["source"], year=asked["year"], status=asked["status"], **_why(workspace, job))
    require_undelivered(workspace, state)
    _decide(workspace, job, state)
    said = {name: asked[name] for name in ("source", "year", "status", "reason")}
    return Outcome({"year": asked["year"]}, said=said)


def _calculate(workspace: Workspace, job: Job) -> Outcome:
    year = job.asked["year"]
    run = run_period(workspace, Period.year(year))
    prepare_answers(workspace, run, (year - 1, year + 1))
    issues = [issue.to_json() for issue in run.issues]
    return Outcome({"year": job.asked["year"], "run": run.id}, issues, {"year": job.asked["year"], "run": run.id})


def _bridge(workspace: Workspace, job: Job) -> Outcome:
    before, after = bridge_runs(workspace, (job.asked["before"], job.asked["year"]))
    calculate_bridge(workspace, before, after)
    return Outcome({"year": job.asked["year"]})


def _plan(workspace: Workspace, job: Job) -> Outcome:
    year, library = job.asked["year"], job.asked.get("library") or None
    pin = None
    if library:
        if library not in workspace.libraries:
            raise TredeError.of("library_unknown", library=library, known=sorted(workspace.libraries))
        # Nobody decided it: the reason is only that of the proposal, and goes with it.
        pin = Pin(library=library, years=(year,), person=str(job.person), made_at=workspace.clock(), reason="proposal")
    return Outcome({"year": year, "plan": plan_of(workspace, Period.year(year), pin)})


def _publish(workspace: Workspace, job: Job) -> Outcome:
    why, year = _why(workspace, job), job.asked["year"]
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


def _describe(workspace: Workspace, job: Job) -> Outcome:
    why = _why(workspace, job)
    workspace.describe(job.file("description"), "organisation.toml", why, job.asked["base"])
    return Outcome({}, said={"number": len(workspace.organisation_versions.all()), "reason": why["reason"]})


def _withdraw(workspace: Workspace, job: Job) -> Outcome:
    why = _why(workspace, job)
    said = {"batch": job.asked["batch"], "reason": why["reason"]}
    try:
        workspace.withdraw(job.asked["batch"], why["reason"], why["person"])
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "batch_not_active":
            return Outcome({}, said=said)
        raise
    return Outcome({}, said=said)


def _erase(workspace: Workspace, job: Job) -> Outcome:
    why = _why(workspace, job)
    removed = remove_original(workspace, job.asked["original"], why["reason"], why["person"])
    said = {"file": removed.name, "sha256": removed.sha256[:12], "reason": why["reason"]}
    return Outcome({"batch": job.asked["batch"]}, said=said)


def _correct(workspace: Workspace, job: Job) -> Outcome:
    why, record = _why(workspace, job), job.asked["record"]
    made = correct(workspace, record, job.asked["changes"], why["reason"], why["person"])
    issues = [issue.to_json() for issue in made.issues]
    said = {"record": record, "batch": made.batch.id, **job.asked["changes"], "reason": why["reason"]}
    return Outcome({"record": record}, issues, said)


JOBS: dict[str, Callable[[Workspace, Job], Outcome]] = {
    "import": take_in,
    "look": look,
    "check": check,
    "commit": commit,
    "mend": mend,
    "grid": store,
    "attach": attach_file,
    "rename": rename,
    "decide": _decide_rows,
    "pin": _pin,
    "settle": _settle,
    "source": _source,
    "plan": _plan,
    "calculate": _calculate,
    "bridge": _bridge,
    "publish": _publish,
    "withdraw": _withdraw,
    "erase": _erase,
    "correct": _correct,
    "describe": _describe,
}
KINDS = frozenset({*JOBS, "example", "export"})
"""Every kind of job."""
QUIET = frozenset({"bridge", "plan"})
"""Those that change nothing, and so do not stand in the change log."""
