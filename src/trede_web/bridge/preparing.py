"""After a calculation: what its pages will ask for and takes long is calculated at once, while the worker has it at hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede_web.bridge.books import views
from trede_web.bridge.compared import calculate_bridge
from trede_web.bridge.footprint import interval_of

if TYPE_CHECKING:
    from trede.engine.runs import Run


def prepare_answers(workspace: Workspace, run: Run, years: Iterable[int]) -> None:
    """Keep the interval of a run, and the bridges between it and the runs of other years, from the earlier to the later one.

    A bridge that cannot be made is left: its page says why.
    """
    interval_of(run, views()[0])
    for year in years:
        other = workspace.run_of(str(year))
        if other is None:
            continue
        first, last = sorted((run, other), key=lambda each: each.period)
        try:
            calculate_bridge(workspace, first.id, last.id)
        except TredeError:
            continue
