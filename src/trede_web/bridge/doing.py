"""The jobs: each asks the library for one change to a workspace folder. A job that is done twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.catalogue.vocabulary import vocabulary
from trede.cli.deciding import read_attributes, require_types
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.organisation.decided import SHORTEST_REASON
from trede.organisation.decisions import BaseYear, Decision, Override, Pin, Recorded, Revoke, SourceState
from trede.workspace import Workspace
from trede.workspace.base_year import base_year_begun
from trede.workspace.correcting import correct
from trede.workspace.findings import cover_records, find_finding, keep_both
from trede.workspace.importing import reimport
from trede.workspace.libraries import read_list, store_library
from trede.workspace.proposing import answer
from trede.workspace.publishing import publish, require_undelivered
from trede.workspace.queue import decisions_of, find_waiting
from trede.workspace.removing import remove_original
from trede.workspace.running import run_period
from trede.workspace.shelf import shelf_of
from trede_web.bridge.bundles import bundle_run, forget_originals
from trede_web.bridge.causes import bridge_runs
from trede_web.bridge.choices import REVOCABLE
from trede_web.bridge.compared import calculate_bridge
from trede_web.bridge.credits import decisions_about
from trede_web.bridge.declaring import division
from trede_web.bridge.dividing import divide_run, keep_years
from trede_web.bridge.downloads import make_file
from trede_web.bridge.estimates import end_estimate, store_estimate
from trede_web.bridge.examining import examine_bundle
from trede_web.bridge.example import YEARS as EXAMPLE_YEARS
from trede_web.bridge.example import renew_example
from trede_web.bridge.grid import store
from trede_web.bridge.meaning import mean
from trede_web.bridge.models import end_model, keep_model, take_record, try_out
from trede_web.bridge.outcome import Outcome
from trede_web.bridge.papers import attach_file, draw_pages, forget_pages
from trede_web.bridge.plans import plan_of
from trede_web.bridge.preparing import prepare_answers, prepare_pages
from trede_web.bridge.proving import verify_run
from trede_web.bridge.queue import NONE as NO_ANSWER
from trede_web.bridge.report import keep_report, runs_of
from trede_web.bridge.samples import take_rest, try_sample
from trede_web.bridge.scope3 import category_state
from trede_web.bridge.scoring import scored
from trede_web.bridge.speaking import Voice
from trede_web.bridge.taking_in import check, commit, look, mend, rename, take_in
from trede_web.bridge.weighing import KIND as WEIGH
from trede_web.bridge.weighing import weigh

if TYPE_CHECKING:
    from trede_web.work.models import Job


PREPARE = "prepare"
"""The kind of job that makes what pages need; nobody asks for it, it follows on others."""


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
        decisions = decisions_about(workspace, batch, job.asked, lambda: _why(workspace, job))
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code in ("row_not_held", "row_not_rejected", "issue_of_no_row"):
            return Outcome({"batch": batch.id})  # an earlier attempt decided, and its batch took this one's place
        raise
    for decision in decisions:
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
    year, part = job.asked["year"], job.asked.get("period")
    job.advance("choosing")
    run = run_period(workspace, Period.parse(part) if part else Period.year(year), step=job.advance)
    job.advance("answers")
    prepare_answers(workspace, run, () if part else (year - 1, year + 1))
    issues = [issue.to_json() for issue in run.issues]
    said = {"year": year, "run": run.id} | ({"period": part} if part else {})
    return Outcome(said, issues, said)


def _prepare(workspace: Workspace, job: Job) -> Outcome:
    prepare_pages(workspace, job.organisation.journals, job.advance)
    return Outcome({})


def _bridge(workspace: Workspace, job: Job) -> Outcome:
    before, after = bridge_runs(workspace, (job.asked["before"], job.asked.get("period", job.asked["year"])))
    calculate_bridge(workspace, before, after)
    return Outcome({"year": job.asked["year"]})


def _report(workspace: Workspace, job: Job) -> Outcome:
    """Make a report for the screen, with its files."""
    asked = job.asked
    keep_report(workspace, runs_of(workspace, asked["period"], asked["since"]), Voice(asked["language"]))
    return Outcome({"year": asked["year"]})


def _hold(workspace: Workspace, job: Job) -> Outcome:
    """Calculate what differs in the base year from what is published of it."""
    found = base_year_begun(workspace)
    if found and found.published and found.later:
        calculate_bridge(workspace, found.published.publication.run, found.later.id)
    return Outcome({})


def _base_year(workspace: Workspace, job: Job) -> Outcome:
    asked, why = job.asked, _why(workspace, job)
    policy = BaseYear(
        year=asked["year"], threshold=Decimal(asked["threshold"]), triggers=tuple(asked["triggers"]),
        source_rule=asked["rule"], **why,
    )  # fmt: skip
    _decide(workspace, job, policy)
    said = {"year": asked["year"], "threshold": asked["threshold"], "reason": why["reason"]}
    return Outcome({"year": asked["year"]}, said=said)


def _category(workspace: Workspace, job: Job) -> Outcome:
    asked = job.asked
    _decide(workspace, job, category_state(asked, _why(workspace, job)))
    said = {name: asked[name] for name in ("categories", "years", "relevance", "reason")}
    return Outcome({"year": asked["year"]}, said=said)


def _materiality(workspace: Workspace, job: Job) -> Outcome:
    why = _why(workspace, job)
    _decide(workspace, job, scored(job.asked["table"], why))
    return Outcome({}, said={"reason": why["reason"]})


def _plan(workspace: Workspace, job: Job) -> Outcome:
    year, library = job.asked["year"], job.asked.get("library") or None
    pin = None
    if library:
        if library not in workspace.libraries:
            raise TredeError.of("library_unknown", library=library, known=sorted(workspace.libraries))
        # Nobody decided it: the reason is only that of the proposal, and goes with it.
        pin = Pin(library=library, years=(year,), person=str(job.person), made_at=workspace.clock(), reason="proposal")
    return Outcome({"year": year, "plan": plan_of(workspace, Period.year(year), pin, job.advance)})


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
    forget_pages(workspace.layout.root, removed.sha256)
    forget_originals(workspace.layout.root)
    said = {"file": removed.name, "sha256": removed.sha256[:12], "reason": why["reason"]}
    return Outcome({"batch": job.asked["batch"]}, said=said)


def _correct(workspace: Workspace, job: Job) -> Outcome:
    why, record = _why(workspace, job), job.asked["record"]
    made = correct(workspace, record, job.asked["changes"], why["reason"], why["person"])
    issues = [issue.to_json() for issue in made.issues]
    said = {"record": record, "batch": made.batch.id, **job.asked["changes"], "reason": why["reason"]}
    return Outcome({"record": record}, issues, said)


def _match(workspace: Workspace, job: Job) -> Outcome:
    """Settle a group of records without a factor, as somebody answered."""
    asked = job.asked
    run, waiting = find_waiting(workspace, asked["year"], asked["item"])
    words = workspace.known_of(run.spec).vocabulary
    chosen = None if asked["answer"] == NO_ANSWER else answer(shelf_of(workspace), words, waiting, asked["answer"])
    for decision in decisions_of(words, waiting, chosen, asked.get("category", ""), _why(workspace, job)):
        _decide(workspace, job, decision)
    said = {"answer": asked["answer"], "year": asked["year"], "reason": asked["reason"]}
    return Outcome({"year": asked["year"]}, said=said)


def _override(workspace: Workspace, job: Job) -> Outcome:
    """Use one named factor for records of a type, with some attributes, in some years."""
    asked = job.asked
    item = shelf_of(workspace).get(asked["library"], asked["factor"])
    kind, attributes, years = asked["activity_type"], dict(asked["attributes"]), tuple(asked["years"])
    require_types([kind])
    pairs = [f"{name}={value}" for name, value in attributes.items()]
    if item.factor.kind != vocabulary()[kind].kind:
        raise TredeError.of(
            "override_kind_differs", activity_type=kind, attributes="; ".join(pairs), year=years[0], slot=asked["slot"],
            factor=item.factor.id, unit=item.factor.unit, kind=vocabulary()[kind].kind,
        )  # fmt: skip
    decision = Override(
        activity_type=kind, attributes=read_attributes(kind, pairs), years=years, slot=asked["slot"],
        library=asked["library"], factor=asked["factor"], geography=asked.get("country") or None,
        **_why(workspace, job),
    )  # fmt: skip
    _decide(workspace, job, decision)
    said = {"factor": item.ref, "activity_type": kind, "years": list(years), "reason": asked["reason"]}
    return Outcome({"library": asked["library"], "factor": asked["factor"]}, said=said)


def _revoke(workspace: Workspace, job: Job) -> Outcome:
    """Take a decision back: about factors, or about categories of scope 3."""
    asked = job.asked
    said = {"decision": asked["decision"], "reason": asked["reason"]}
    made = {recorded.id: recorded.decision for recorded in workspace.decisions.all()}
    if not isinstance(made.get(asked["decision"]), REVOCABLE):
        raise TredeError.of("decision_missing", decision=asked["decision"])
    try:
        workspace.decide(Revoke(decision=asked["decision"], **_why(workspace, job)))
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "decision_revoked_already":
            return Outcome({}, said=said)
        raise
    return Outcome({}, said=said)


def _allocate(workspace: Workspace, job: Job) -> Outcome:
    """Record how a footprint is divided over receivers, and divide the years that it touches."""
    _decide(workspace, job, said := division(workspace, job.asked, _why(workspace, job)))
    keep_years(workspace, said.allocation)
    return Outcome({"year": job.asked["year"]}, said={"allocation": said.allocation.id, "reason": said.reason})


def _list(workspace: Workspace, job: Job) -> Outcome:
    """Bring a publisher's file in as a list, or a table of own factors."""
    library = read_list(job.asked["publisher"], job.file("data"), job.title, workspace.clock().date())
    result = {"library": library.id, "count": len(library.factors)}
    if not (job.attempts > 1 and library.id in workspace.libraries):
        store_library(workspace, library)
    [*others, last] = library.factors
    return Outcome(result | ({} if others else {"factor": last}), said=result)


JOBS: dict[str, Callable[[Workspace, Job], Outcome]] = {
    "import": take_in,
    "look": look,
    "check": check,
    "commit": commit,
    WEIGH: weigh,
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
    "report": _report,
    "download": make_file,
    PREPARE: _prepare,
    "hold": _hold,
    "base_year": _base_year,
    "category": _category,
    "materiality": _materiality,
    "model": keep_model,
    "end_model": lambda workspace, job: end_model(workspace, job, _why(workspace, job)),
    "enter": take_record,
    "estimate": store_estimate,
    "sample": try_sample,
    "extrapolate": take_rest,
    "end_estimate": lambda workspace, job: end_estimate(workspace, job, _why(workspace, job)),
    "try": try_out,
    "publish": _publish,
    "withdraw": _withdraw,
    "match": _match,
    "mean": mean,
    "override": _override,
    "revoke": _revoke,
    "list": _list,
    "erase": _erase,
    "correct": _correct,
    "describe": _describe,
    "draw": draw_pages,
    "allocate": _allocate,
    "divide": divide_run,
    "verify": verify_run,
    "bundle": bundle_run,
    "examine": examine_bundle,
}
KINDS = frozenset({*JOBS, "example", "export"})
"""Every kind of job."""
QUIET = frozenset(
    {"bridge", "divide", "download", "draw", "examine", "plan", "report", "hold", "sample", "try", PREPARE, WEIGH}
)
"""Those that change nothing, and so do not stand in the change log."""
FOLLOWING = frozenset({PREPARE, WEIGH})
"""Those that nobody asks for: they follow on others."""
