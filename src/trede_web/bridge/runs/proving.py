"""Calculations that anyone can make again: which there are of a year, doing it, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.proving import Check, Sum, prove
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.results.periods import say_period
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede_web.work.models import Job

MOST_TOLD = 100
"""Findings that are kept; more say nothing new."""


@dataclass(frozen=True)
class Provable:
    """A calculation of a year, or of a part of it. `version` is 0 of one that is not published."""

    run: str
    period: str
    text: str
    version: int
    day: str
    total: Figure


@dataclass(frozen=True)
class TotalShown:
    """A total as it is kept and as it came out again."""

    name: str
    kept: Figure
    again: Figure

    @property
    def agrees(self) -> bool:
        """Whether they are the same, to the milligram."""
        return self.kept.mg == self.again.mg


@dataclass(frozen=True)
class ProofShown:
    """What was checked of a calculation, and what came of it."""

    good: bool
    checks: list[Check]
    totals: list[TotalShown]
    told: list[Told]


def provable(workspace: Workspace, year: int, voice: Voice) -> list[Provable]:
    """Return the calculations of a year: by period what was published, the last first, and what is calculated beside that."""
    return list(_provable(workspace, year, voice))


def _provable(workspace: Workspace, year: int, voice: Voice) -> Iterator[Provable]:
    runs = {run.id: run for run in workspace.runs()}
    periods = sorted({run.period for run in runs.values() if run.period.start.year == year}, key=_whole_first)
    view = View.read(None, None)

    def line(ident: str, version: int, day: str) -> Provable:
        total = footprint_of(runs[ident], view.standard, view.basis).total
        period = runs[ident].period
        return Provable(
            ident, period.name, say_period(period, voice), version, day, Figure(total, f"{ident}/{view.name}")
        )

    for period in periods:
        published = [each.publication for each in workspace.publications_of(period.name)]
        latest = workspace.calculated_run(period.name)
        for each in reversed(published):
            if each.run in runs:
                yield line(each.run, each.version, voice.day(each.made_at.date()))
        if latest is not None and latest.id not in {each.run for each in published}:
            yield line(latest.id, 0, stored_day(latest.made["made_at"], voice))


def _whole_first(period: Period) -> tuple[int, Period]:
    return (-(period.end - period.start).days, period)


def stored_day(moment: str, voice: Voice) -> str:
    """Write the day of a stored moment."""
    return voice.day(date.fromisoformat(moment[:10]))


def verify_run(workspace: Workspace, job: Job) -> Outcome:
    """Check a calculation and make it again; that it differs is an outcome, no failure."""
    run = workspace.find_run(job.asked["run"])
    proof = prove(workspace, run, job.advance)
    result = {
        "year": job.asked["year"], "run": run.id, "period": run.period.name,
        **proof_kept(proof.checks, proof.sums, good=proof.good),
    }  # fmt: skip
    said = {"run": run.id, "differences": sum(issue.severity == "error" for issue in proof.issues)}
    return Outcome(result, [issue.to_json() for issue in proof.issues[:MOST_TOLD]], said)


def proof_kept(checks: Sequence[Check], sums: Sequence[Sum], *, good: bool) -> dict[str, Any]:
    """Return what is stored of a check."""
    return {"good": good, "checks": [asdict(each) for each in checks], "sums": [asdict(each) for each in sums]}


def proof_shown(result: Mapping[str, Any], issues: Sequence[Mapping[str, Any]], voice: Voice) -> ProofShown:
    """Return what was stored of a check as it is shown."""
    totals = []
    for each in result["sums"]:
        view = View(find_standard(each["standard"]), each["basis"])
        query = f"{result['run']}/{view.name}"
        totals.append(
            TotalShown(titled(view, voice), Figure(each["kept"], query), Figure(each["again"], f"{query}#again"))
        )
    told = voice.told_all(Issue.from_json(dict(issue)) for issue in issues)
    return ProofShown(result["good"], [Check(**each) for each in result["checks"]], totals, told)
