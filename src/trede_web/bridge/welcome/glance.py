"""One organisation at a glance, beside the others that a person works for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trede.inventory.completeness import source_status
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.running import freshness
from trede_web.bridge.books import View, years
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.footprint import headline
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class Waits:
    """So many of something that waits, with the page on which it is done."""

    what: str
    count: int
    page: str
    year: int
    """The year that the page is of."""


@dataclass(frozen=True)
class Glance:
    """Where the newest year of an organisation stands."""

    year: int
    total: Figure | None
    state: str
    """`published`, `current`, `stale`, `older-version`, or `never` calculated."""
    waiting: list[Waits]


def glance(workspace: Workspace, today: date, voice: Voice) -> Glance | None:
    """Return where the newest year that there is something about stands; nothing without any.

    Args:
        today: whole years before it that nothing is in of wait as well, when the newest one is published.
    """
    known = years(workspace)
    if not known:
        return None
    year = known[0]
    decisions = workspace.decisions.in_force()
    found = source_status(workspace.organisation, workspace.active_batches(), Period.year(year), decisions)
    run = workspace.run_of(str(year))
    published = bool(workspace.publications_of(str(year)))
    unmatched = 0 if run is None or published else sort_unmatched(run.table("unmatched"), decisions).count
    begin = today.year - 1 - year if published else 0
    waiting = [
        Waits("sources", 0 if published else sum(each.status == "missing" for each in found), "year", year),
        Waits("rows", sum(each.held + each.rejected for each in found), "imports", year),
        Waits("unmatched", unmatched, "matching", year),
        Waits("begin", max(begin, 0), "year", year + 1),
    ]
    return Glance(
        year=year,
        total=None if run is None else headline(run, View.read(None, None), voice)[0],
        state="never" if run is None else "published" if published else freshness(workspace, run),
        waiting=[each for each in waiting if each.count],
    )
