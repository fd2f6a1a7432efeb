"""Where a year stands: what was delivered, what is missing, the steps to publication and which of them is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from trede.inventory.completeness import SourceStatus, source_status
from trede.inventory.coverage import coverage
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.running import freshness
from trede_web.bridge.books import View, years_of
from trede_web.bridge.figures import Figure
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.ledger.doubles import open_doubles
from trede_web.bridge.results.charts import ChartShown, shown_chart
from trede_web.bridge.results.footprint import Line, headings, headline, totals
from trede_web.bridge.results.margins import Margin
from trede_web.bridge.speaking import Freshness, Voice

if TYPE_CHECKING:
    from trede.engine.runs import Run

State = Literal["done", "todo", "open", "waiting"]
"""A step is done, is the next to do, is to be looked at, or waits for one before it."""


@dataclass(frozen=True)
class Gap:
    """Months that are missing, such as `2024-03`, at a site; of a source that is not by site it is empty."""

    site: str
    months: list[str]

    def __str__(self) -> str:
        place = f"{self.site}: " if self.site else ""
        return place + ", ".join(month[-2:] for month in self.months)


@dataclass(frozen=True)
class SourceLine:
    """An expected source in the year."""

    id: str
    name: str
    status: str
    said: str
    records: int
    months: int
    gaps: list[Gap]
    is_missing: bool

    @property
    def missing(self) -> list[str]:
        """The months that are missing, a text for each site."""
        return [str(gap) for gap in self.gaps]


@dataclass(frozen=True)
class Step:
    """One step of the year. `count` is what is open in it."""

    name: str
    state: State
    count: int


@dataclass(frozen=True)
class Result:
    """What the calculation of the year gives."""

    run: str
    total: Figure
    margin: Margin
    standard: str
    lines: list[Line]
    totals: list[tuple[str, Figure]]
    records: int
    fresh: Freshness
    published: bool


@dataclass(frozen=True)
class Overview:
    """Everything on the page of a year."""

    year: int
    sources: list[SourceLine]
    steps: list[Step]
    result: Result | None
    trend: list[tuple[int, Figure]]
    drawn: ChartShown | None
    """The trend up to this year as a chart."""
    files: int
    held: int
    rejected: int
    unmatched: int
    doubles: int | None
    """None while they are being looked for."""

    @property
    def next(self) -> Step | None:
        """The step to do now."""
        return next((step for step in self.steps if step.state == "todo"), None)

    @property
    def missing(self) -> int:
        """How many expected sources delivered nothing."""
        return sum(source.is_missing for source in self.sources)

    @property
    def open_rows(self) -> int:
        """How many rows wait or were rejected."""
        return self.held + self.rejected

    @property
    def open_steps(self) -> int:
        """How many steps are not done."""
        return sum(step.state != "done" for step in self.steps)


def overview(workspace: Workspace, year: int, known: list[int], voice: Voice) -> Overview:
    """Return where a year stands.

    Args:
        known: the years that there is something about; those that were calculated make the trend.
    """
    period = Period.year(year)
    active, decisions = workspace.active_batches(), workspace.decisions.in_force()
    found = source_status(workspace.organisation, active, period, decisions)
    gaps: dict[str, list[Gap]] = {}
    for each in coverage(workspace.organisation, active, period):
        if each.gaps:
            gaps.setdefault(each.source, []).append(Gap(each.site or "", [f"{month:%Y-%m}" for month in each.gaps]))
    files = sum(year in years_of(batch.records_path) for batch in active)
    sources = [_source(status, gaps.get(status.source, []), voice) for status in found]
    held, rejected = sum(status.held for status in found), sum(status.rejected for status in found)
    run = workspace.run_of(str(year))
    published = bool(workspace.publications_of(str(year)))
    unmatched = 0 if run is None or published else sort_unmatched(run.table("unmatched"), decisions).count
    fresh = None if run is None else freshness(workspace, run)
    doubles = _doubles(workspace, period) if run is not None else 0
    view = View.read(None, None)
    return Overview(
        year=year, sources=sources,
        steps=_steps(
            described=is_described(workspace), registered=len(workspace.organisation.source),
            missing=sum(source.is_missing for source in sources), delivered=bool(files), rows=held + rejected,
            calculated=run is not None and (fresh == "current" or published), unmatched=unmatched, doubles=doubles,
            published=published,
        ),
        result=_result(run, view, published, fresh, voice),
        trend=[
            (each, Figure(headline(other, view, voice)[0].mg, f"{other.id}/{view.name}"))
            for each in sorted(known)
            if (other := workspace.run_of(str(each))) is not None
        ],
        drawn=None if run is None else shown_chart(workspace, run, view, "trend", voice),
        files=files, held=held, rejected=rejected, unmatched=unmatched, doubles=doubles,
    )  # fmt: skip


def _doubles(workspace: Workspace, period: Period) -> int | None:
    try:
        return len(open_doubles(workspace, period))
    except NotReadyError:
        return None


def _source(found: SourceStatus, gaps: list[Gap], voice: Voice) -> SourceLine:
    said = "" if found.said is None else f"{found.said.decision.person}: {found.said.decision.reason}"
    missing = gaps if found.status == "delivered" else []
    return SourceLine(
        found.source, found.name, voice.say(f"source.{found.status}"), said, found.records, found.months, missing,
        found.status == "missing",
    )  # fmt: skip


def _result(run: Run | None, view: View, published: bool, fresh: Freshness | None, voice: Voice) -> Result | None:  # noqa: FBT001
    if run is None or fresh is None:
        return None
    total, margin = headline(run, view, voice)
    return Result(
        run=run.id, total=total, margin=margin, standard=view.standard.name.get(voice.language),
        lines=headings(run, view, voice), totals=totals(run, voice), records=int(run.result["records"]), fresh=fresh,
        published=published,
    )  # fmt: skip


def is_described(workspace: Workspace) -> bool:
    """Whether somebody said more of the organisation than its name: later, or in the description that it was made from."""
    latest, now = workspace.organisation_versions.latest(), workspace.organisation
    return (latest is not None and latest.number > 1) or bool(now.site or now.source or now.entity[0].ownership)


def _steps(
    *, described: bool, registered: int, missing: int, delivered: bool, rows: int, calculated: bool, unmatched: int,
    doubles: int | None, published: bool,
) -> list[Step]:  # fmt: skip
    """Return the steps in order; the first that is not done is the next, later ones wait for it."""
    facts = [
        ("organisation", described, 0),
        ("sources", registered > 0, 0),
        ("collect", delivered and not missing and not rows, missing + rows),
        ("calculate", calculated, 0),
        ("factors", calculated and not unmatched, unmatched),
        ("review", calculated and doubles == 0, doubles or 0),
        ("publish", published, 0),
    ]
    steps: list[Step] = []
    reached = False
    for name, done, count in facts:
        unknown = name == "review" and doubles is None
        later: State = "waiting" if reached and not count else "open" if reached else "todo"
        state: State = "done" if done or published else "waiting" if unknown else later
        reached = reached or state == "todo"
        steps.append(Step(name, state, 0 if published else count))
    return steps
