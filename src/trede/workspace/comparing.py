"""Comparing: the sides of a bridge by name, and the bridge between them."""

from __future__ import annotations

from trede.analysis.bridge import Bridge, make_bridge
from trede.analysis.measuring import Side
from trede.engine.activities import Input
from trede.kernel.errors import RunError
from trede.kernel.periods import Period
from trede.workspace.workspace import Workspace


def compare(workspace: Workspace, before: str, after: str) -> Bridge:
    """Explain the difference between two sides, each named as `RUN` or `RUN:PERIOD`.

    Raises:
        StoreError: `run_unknown` or `run_ambiguous`.
        RunError: `period_outside_run`, or `bridge_run_differs` when a run's batches do not give its amounts any more.
    """
    return make_bridge(find_side(workspace, before), find_side(workspace, after))


def find_side(workspace: Workspace, name: str) -> Side:
    """Return the side that `RUN` or `RUN:PERIOD` names.

    Raises:
        StoreError: `run_unknown`, `run_ambiguous` or `batch_unknown`.
        RunError: `period_outside_run` when the run does not cover the whole period.
        TredeError: `period_unreadable`.
    """
    run_name, _, period_name = name.partition(":")
    run = workspace.find_run(run_name)
    period = Period.parse(period_name) if period_name else run.period
    if not run.period.contains(period):
        raise RunError.of("period_outside_run", period=str(period), run=run.id, covered=str(run.period))
    batches = [workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    return Side(run, period, [Input(batch.id, batch.records_path) for batch in batches])
