"""What a bridge stands between: two periods, each a calculation of its own or a part of that of its year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede_web.bridge.books import View
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.periods import is_year, same_part

if TYPE_CHECKING:
    from trede.engine.runs import Run


@dataclass(frozen=True)
class Side:
    """One side: a run, and the period that is looked at."""

    run: Run
    period: Period

    @property
    def is_part(self) -> bool:
        """Whether it is a part of its run."""
        return self.period != self.run.period

    @property
    def name(self) -> str:
        """As the library names it: `RUN`, or `RUN:2024-H1`."""
        return f"{self.run.id}:{self.period.name}" if self.is_part else self.run.id

    def figure(self, mg: int, view: View, *below: str) -> Figure:
        """Return an amount of this side; of a part it leads to the same heading or account of its run."""
        return Figure(mg, "/".join([self.name, view.name, *below]))


def side_of(workspace: Workspace, period: Period) -> Side:
    """Return the side of a period: the run that answers for it, else its part of the run of its calendar year.

    Raises:
        TredeError: `run_unknown` when neither is calculated.
    """
    own = workspace.run_of(period.name)
    if own is not None:
        return Side(own, period)
    [year, *others] = period.by_year()
    if others:
        return Side(workspace.find_run(period.name), period)
    return Side(workspace.find_run(str(year.start.year)), period)


def comparable(workspace: Workspace, period: Period, years: Iterable[int]) -> list[Period] | None:
    """Return what a period can be compared with, the latest first: the same part of other years, and the part before it.

    None when the period itself is not calculated.
    """
    known = {run.period for run in workspace.runs()}

    def answered(each: Period) -> bool:
        return each in known or (len(each.by_year()) == 1 and Period.year(each.start.year) in known)

    if not answered(period):
        return None
    wanted = {same_part(period, year) for year in years} | ({_before(period)} - {None})
    return sorted((each for each in wanted - {period} if each is not None and answered(each)), reverse=True)


def usual(others: Sequence[Period], period: Period) -> str | None:
    """Return the name of what a period is compared with when nobody chose: the same part of the latest earlier year.

    Without one, what lies before it, else the earliest after it; None when there is nothing.
    """
    earlier = [each for each in others if each < period]
    alike = [each for each in earlier if each.start.month == period.start.month]
    found = [*alike, *earlier, *reversed(others)]
    return found[0].name if found else None


def _before(period: Period) -> Period | None:
    """Return the half, quarter or month before one; of another period nothing."""
    name = period.name
    if is_year(period) or ".." in name:
        return None
    months = len(period.by_month())
    first = period.start.year * 12 + period.start.month - 1 - months
    return Period(
        Period.month(first // 12, first % 12 + 1).start,
        Period.month((first + months - 1) // 12, (first + months - 1) % 12 + 1).end,
    )
