"""Before a calculation: what it would come to, what would be new in it, and why its total would differ from the last one.

The calculation is a real one, in a folder that is thrown away. So what a plan says is what the calculation says when it is
kept, to the milligram and under the same id, unless something changes in between.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trede.analysis.bridge import Bridge, make_bridge
from trede.analysis.measuring import Side
from trede.catalogue.gwp import DEFAULT_GWP
from trede.engine.activities import Input
from trede.engine.runs import Run, RunStore
from trede.kernel.periods import Period
from trede.kernel.progress import Step, silent
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Pin
from trede.workspace.running import calculate, make_spec
from trede.workspace.workspace import Workspace


@dataclass(frozen=True)
class Difference:
    """What came and what went between the inputs of two calculations, each by its id in the specs."""

    came: Sequence[str]
    went: Sequence[str]


@dataclass(frozen=True)
class Planned:
    """A calculation that is not stored.

    Attributes:
        run: its tables are gone when the plan is closed.
        last: the calculation that it is held against; None: there is none.
        bridge: from the last one to this one.
        batches: files that came in or went.
        libraries: factor lists that are used or no longer used.
        decisions: by content; what was decided or taken back since.
        other: names of other entries of the spec that differ, such as `organisation` or `catalogue`.
    """

    run: Run
    last: Run | None
    bridge: Bridge | None
    batches: Difference
    libraries: Difference
    decisions: Difference
    other: Sequence[str]


OF_THEIR_OWN = frozenset({"batches", "libraries", "decisions"})
"""Entries of a spec that a plan tells one by one."""


@contextmanager
def plan_run(workspace: Workspace, period: Period, pin: Pin | None = None, step: Step = silent) -> Iterator[Planned]:
    """Calculate a period over today's files, lists and decisions without storing anything in the workspace.

    Args:
        pin: a decision that nobody recorded: what it would do.
        step: as of a calculation.

    Yields:
        What it comes to.

    Raises:
        RunError: `nothing_to_run`, or `bridge_run_differs` when the last run's batches do not give its amounts any more.
    """
    said = workspace.decisions.in_force()
    if pin is not None:
        said = [*said, Recorded("", max((recorded.number for recorded in said), default=0) + 1, pin)]
    last = workspace.calculated_run(str(period))
    spec = make_spec(workspace, period, "pins", DEFAULT_GWP, said)
    with tempfile.TemporaryDirectory(prefix="trede-plan-") as folder:
        run = calculate(workspace, spec, said, RunStore(Path(folder) / "runs"), step)
        bridge = make_bridge(_side(workspace, last), _side(workspace, run)) if last and last.id != run.id else None
        before: Mapping[str, Any] = last.spec if last else {}
        yield Planned(
            run=run, last=last, bridge=bridge, batches=_difference(before, spec, "batches"),
            libraries=_difference(before, spec, "libraries"), decisions=_difference(before, spec, "decisions"),
            other=[name for name in sorted(spec) if last and name not in OF_THEIR_OWN and last.spec.get(name) != spec[name]],
        )  # fmt: skip


def _side(workspace: Workspace, run: Run) -> Side:
    batches = [workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    return Side(run, run.period, [Input(batch.id, batch.records_path) for batch in batches])


def _difference(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> Difference:
    old, new = ([entry["id"] for entry in spec.get(name, ())] for spec in (before, after))
    return Difference([ident for ident in new if ident not in old], [ident for ident in old if ident not in new])
