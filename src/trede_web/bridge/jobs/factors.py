"""Jobs about factors: lists, what answers the queue, a factor for some records, and taking a choice back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trede.catalogue.vocabulary import vocabulary
from trede.cli.deciding import read_attributes, require_types
from trede.kernel.errors import TredeError
from trede.organisation.decisions import Override, Pin, Revoke
from trede.workspace import Workspace
from trede.workspace.libraries import read_list, store_library
from trede.workspace.proposing import answer
from trede.workspace.queue import decisions_of, find_waiting
from trede.workspace.shelf import shelf_of
from trede_web.bridge.factors.choices import REVOCABLE
from trede_web.bridge.factors.queue import NONE as NO_ANSWER
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.recording import record, why_of

if TYPE_CHECKING:
    from trede_web.work.models import Job


def pin_list(workspace: Workspace, job: Job) -> Outcome:
    """Record that a list counts for years."""
    library, years = job.asked["library"], tuple(job.asked["years"])
    if library not in workspace.libraries:
        raise TredeError.of("library_unknown", library=library, known=sorted(workspace.libraries))
    record(workspace, job, Pin(library=library, years=years, **why_of(workspace, job)))
    return Outcome({"year": years[0]}, said={"library": library, "years": list(years), "reason": job.asked["reason"]})


def settle_group(workspace: Workspace, job: Job) -> Outcome:
    """Settle a group of records without a factor, as somebody answered."""
    asked = job.asked
    run, waiting = find_waiting(workspace, asked["year"], asked["item"])
    words = workspace.known_of(run.spec).vocabulary
    chosen = None if asked["answer"] == NO_ANSWER else answer(shelf_of(workspace), words, waiting, asked["answer"])
    for decision in decisions_of(words, waiting, chosen, asked.get("category", ""), why_of(workspace, job)):
        record(workspace, job, decision)
    said = {"answer": asked["answer"], "year": asked["year"], "reason": asked["reason"]}
    return Outcome({"year": asked["year"]}, said=said)


def use_factor(workspace: Workspace, job: Job) -> Outcome:
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
        **why_of(workspace, job),
    )  # fmt: skip
    record(workspace, job, decision)
    said = {"factor": item.ref, "activity_type": kind, "years": list(years), "reason": asked["reason"]}
    return Outcome({"library": asked["library"], "factor": asked["factor"]}, said=said)


def take_back(workspace: Workspace, job: Job) -> Outcome:
    """Take a decision back: about factors, or about categories of scope 3."""
    asked = job.asked
    said = {"decision": asked["decision"], "reason": asked["reason"]}
    made = {recorded.id: recorded.decision for recorded in workspace.decisions.all()}
    if not isinstance(made.get(asked["decision"]), REVOCABLE):
        raise TredeError.of("decision_missing", decision=asked["decision"])
    try:
        workspace.decide(Revoke(decision=asked["decision"], **why_of(workspace, job)))
    except TredeError as error:
        if job.attempts > 1 and error.issues[0].code == "decision_revoked_already":
            return Outcome({}, said=said)
        raise
    return Outcome({}, said=said)


def bring_list(workspace: Workspace, job: Job) -> Outcome:
    """Bring a publisher's file in as a list, or a table of own factors."""
    library = read_list(job.asked["publisher"], job.file("data"), job.title, workspace.clock().date())
    result = {"library": library.id, "count": len(library.factors)}
    if not (job.attempts > 1 and library.id in workspace.libraries):
        store_library(workspace, library)
    [*others, last] = library.factors
    return Outcome(result | ({} if others else {"factor": last}), said=result)
