"""What pages will ask for and takes long is made by the worker: after a calculation, and of a large organisation whenever its
folder holds something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.journal import journal_key
from trede_web.bridge.books import years
from trede_web.bridge.factors.using import has_uses, uses_of
from trede_web.bridge.jobs.answers import is_large
from trede_web.bridge.ledger.doubles import has_doubles, keep_doubles
from trede_web.bridge.ledger.journals import find_journal, keep_journal
from trede_web.bridge.results.compared import calculate_bridge
from trede_web.bridge.results.margins import has_intervals, intervals_of
from trede_web.bridge.results.scope3 import categories_of_run, has_categories

if TYPE_CHECKING:
    from trede.engine.runs import Run


STEPS = ("ledger", "doubles", "uses", "categories")
"""What is made for the pages, in this order."""


def prepare_answers(workspace: Workspace, run: Run, others: Iterable[int]) -> None:
    """Keep the interval of a run, what its factors count, its categories, and the bridges between it and other years' runs.

    A bridge is from the earlier year to the later one; one that cannot be made is left: its page says why.
    """
    intervals_of(run)
    uses_of(run)
    categories_of_run(run)
    for year in others:
        other = workspace.run_of(str(year))
        if other is None:
            continue
        first, last = sorted((run, other), key=lambda each: each.period)
        try:
            calculate_bridge(workspace, first.id, last.id)
        except TredeError:
            continue


def state_of(root: Path) -> str:
    """Return a name for what a folder holds now; it never holds the same again when something was added."""
    return journal_key(Workspace(root))


def is_prepared(root: Path, journals: Path) -> bool:
    """Whether pages find all that they need; a small organisation's pages make it themselves.

    Args:
        root: the folder of the workspace.
        journals: where the organisation's journals are kept.
    """
    if not root.exists():
        return True
    workspace = Workspace(root)
    if not is_large(workspace):
        return True
    runs = _runs(workspace)
    known = all(has_uses(run) and has_intervals(run) and has_categories(run) for run in runs)
    return known and find_journal(workspace, journals) is not None and has_doubles(workspace)


def prepare_pages(workspace: Workspace, journals: Path, begin: Callable[[str], None]) -> None:
    """Make what pages need of the folder as it stands now and do not find yet.

    Args:
        begin: called with the name of each step.
    """
    ledger, doubles, uses, categories = STEPS
    begin(ledger)
    keep_journal(workspace, journals)
    begin(doubles)
    keep_doubles(workspace)
    begin(uses)
    for run in _runs(workspace):
        uses_of(run)
        intervals_of(run)
    begin(categories)
    for run in _runs(workspace):
        categories_of_run(run)


def _runs(workspace: Workspace) -> list[Run]:
    return [run for year in years(workspace) if (run := workspace.run_of(str(year))) is not None]
