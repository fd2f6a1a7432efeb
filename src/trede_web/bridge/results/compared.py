"""The bridge between two calculations, with the interval of the difference: calculated by a job, then kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from trede.analysis.bridge import Bridge, Row
from trede.analysis.measuring import Place
from trede.analysis.uncertainty import Interval, difference, under
from trede.workspace import Workspace
from trede.workspace.comparing import compare, find_side
from trede_web.bridge.books import View, views
from trede_web.bridge.jobs.answers import keep, kept

KIND = "bridge"
IN_MEMORY = 32


@dataclass(frozen=True)
class Compared:
    """What is between two calculations; `intervals` are those of the difference, by the name of a view."""

    bridge: Bridge
    intervals: dict[str, Interval]

    def interval(self, view: View) -> Interval:
        """Return the interval of the difference under a view."""
        return self.intervals[view.name]


def compared(workspace: Workspace, before: str, after: str) -> Compared | None:
    """Return the bridge between two runs, when it was calculated in either direction."""
    root = workspace.layout.root
    if kept(root, KIND, before, after) is not None:
        return _read(root, before, after)
    if kept(root, KIND, after, before) is not None:
        found = _read(root, after, before)
        turned = {
            name: replace(each, mg=-each.mg, covered=-each.covered) for name, each in found.intervals.items()
        }  # fmt: skip
        return Compared(found.bridge.back(), turned)
    return None


def calculate_bridge(workspace: Workspace, before: str, after: str) -> None:
    """Calculate the bridge between two runs and keep it; one that is kept already is left.

    Raises:
        TredeError: `bridge_run_differs` when a run's batches do not give its amounts any more.
    """
    if compared(workspace, before, after) is not None:
        return
    found, every = compare(workspace, before, after), views()
    of_views = difference(found.before, found.after, [under(view.standard, view.basis) for view in every])
    stored = {
        "rows": [[row.what, *row.place, row.mg] for row in found.rows],
        "turned": found.turned,
        "intervals": {view.name: as_json(interval) for view, interval in zip(every, of_views, strict=True)},
    }
    keep(workspace.layout.root, stored, KIND, before, after)


def as_json(interval: Interval) -> list[Any]:
    """Write an interval."""
    return [interval.mg, interval.covered, interval.half, str(interval.share), interval.difference]


def from_json(stored: list[Any]) -> Interval:
    """Read an interval."""
    mg, covered, half, share, is_difference = stored
    return Interval(mg, covered, half, Decimal(share), is_difference)


@lru_cache(maxsize=IN_MEMORY)
def _read(root: Path, before: str, after: str) -> Compared:
    workspace, stored = Workspace(root), kept(root, KIND, before, after)
    assert stored is not None
    rows = [Row(what, Place(*place), mg) for what, *place, mg in stored["rows"]]
    sides = find_side(workspace, before), find_side(workspace, after)
    intervals = {name: from_json(each) for name, each in stored["intervals"].items()}
    return Compared(Bridge(*sides, rows, stored["turned"]), intervals)
