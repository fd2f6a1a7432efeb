"""The calculations of a period, to choose which one is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trede.workspace import Workspace

MOST = 20


@dataclass(frozen=True)
class Calculation:
    """One run of a period; `answers` when it is the one that counts: published, or else made of today's data."""

    run: str
    made: datetime
    answers: bool
    chosen: bool


def calculations(workspace: Workspace, name: str) -> list[Calculation]:
    """Return the runs of the period of a run, the latest first; of many the latest, with this one and the one that answers."""
    run = workspace.find_run(name)
    answers = workspace.run_of(run.period.name)
    kept = {run.id, answers.id if answers else run.id}
    same = [each for each in reversed(workspace.runs()) if each.period == run.period]
    return [
        Calculation(
            each.id, datetime.fromisoformat(str(each.made["made_at"])), answers is not None and each.id == answers.id,
            each.id == run.id,
        )
        for number, each in enumerate(same)
        if number < MOST or each.id in kept
    ]  # fmt: skip
