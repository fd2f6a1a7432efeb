"""The jobs: each asks the library for one change to a workspace folder. A job that is done twice changes nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.workspace import Workspace
from trede_web.bridge.evidence.papers import attach_file, draw_pages
from trede_web.bridge.intake.grid import store
from trede_web.bridge.intake.meaning import mean
from trede_web.bridge.intake.taking_in import check, commit, look, mend, rename, take_in
from trede_web.bridge.intake.weighing import KIND as WEIGH
from trede_web.bridge.intake.weighing import weigh
from trede_web.bridge.jobs.factors import bring_list, pin_list, settle_group, take_back, use_factor
from trede_web.bridge.jobs.files import correct_record, decide_rows, erase, withdraw
from trede_web.bridge.jobs.judging import (
    account_for,
    describe,
    divide_over,
    say_base_year,
    say_categories,
    score,
    settle_double,
)
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.results import (
    calculate,
    hold_base_year,
    make_bridge,
    make_pages,
    plan_ahead,
    prepare,
    publish_year,
)
from trede_web.bridge.ledger.downloads import make_file
from trede_web.bridge.models.estimates import end_estimate, store_estimate
from trede_web.bridge.models.models import end_model, keep_model, take_record, try_out
from trede_web.bridge.models.samples import take_rest, try_sample
from trede_web.bridge.results.dividing import divide_run
from trede_web.bridge.runs.bundles import bundle_run
from trede_web.bridge.runs.examining import examine_bundle
from trede_web.bridge.runs.proving import verify_run
from trede_web.bridge.welcome.example import YEARS as EXAMPLE_YEARS
from trede_web.bridge.welcome.example import renew_example

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


Doing: TypeAlias = Callable[[Workspace, "Job"], Outcome]

OF_FILES: dict[str, Doing] = {
    "import": take_in, "look": look, "check": check, "commit": commit, WEIGH: weigh, "mend": mend, "grid": store,
    "rename": rename, "mean": mean, "decide": decide_rows, "withdraw": withdraw, "correct": correct_record,
}  # fmt: skip
"""What comes in, and what becomes of its rows."""
OF_EVIDENCE: dict[str, Doing] = {"attach": attach_file, "draw": draw_pages, "erase": erase}
OF_FACTORS: dict[str, Doing] = {
    "pin": pin_list, "match": settle_group, "override": use_factor, "revoke": take_back, "list": bring_list,
}  # fmt: skip
OF_METHODS: dict[str, Doing] = {
    "model": keep_model, "end_model": end_model, "enter": take_record, "try": try_out,
    "estimate": store_estimate, "end_estimate": end_estimate, "sample": try_sample, "extrapolate": take_rest,
}  # fmt: skip
"""Own calculation models, own estimates, samples."""
OF_JUDGEMENT: dict[str, Doing] = {
    "settle": settle_double, "source": account_for, "base_year": say_base_year, "category": say_categories,
    "materiality": score, "allocate": divide_over, "describe": describe,
}  # fmt: skip
OF_RESULTS: dict[str, Doing] = {
    "calculate": calculate, "plan": plan_ahead, "publish": publish_year, "bridge": make_bridge, "report": make_pages,
    "download": make_file, "divide": divide_run, "hold": hold_base_year, PREPARE: prepare,
}  # fmt: skip
OF_PROOF: dict[str, Doing] = {"verify": verify_run, "bundle": bundle_run, "examine": examine_bundle}

JOBS: dict[str, Doing] = {
    **OF_FILES, **OF_EVIDENCE, **OF_FACTORS, **OF_METHODS, **OF_JUDGEMENT, **OF_RESULTS, **OF_PROOF,
}  # fmt: skip
KINDS = frozenset({*JOBS, "example", "export"})
"""Every kind of job."""
QUIET = frozenset(
    {"bridge", "divide", "download", "draw", "examine", "plan", "report", "hold", "sample", "try", PREPARE, WEIGH}
)
"""Those that change nothing, and so do not stand in the change log."""
FOLLOWING = frozenset({PREPARE, WEIGH})
"""Those that nobody asks for: they follow on others."""
