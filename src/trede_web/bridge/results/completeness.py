"""What each source delivered, month by month and site by site, as the library sees it, with the files behind each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.compute as pc

from trede.inventory.completeness import SourceStatus, source_status
from trede.inventory.coverage import Coverage, coverage
from trede.inventory.days import days_within, months_of
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede_web.bridge.results.trails import month_name
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.activity.batches import Batch

State = Literal["delivered", "estimated", "overlap", "missing", "later", "accounted", "outside"]
"""Delivered; delivered, all of it estimated; delivered, with days of one meter that stand twice; missing; missing in a month
that is not over; somebody said why nothing comes; not expected."""
SIGNS: dict[State, str] = {
    "delivered": "✓", "estimated": "≈", "overlap": "2×", "missing": "!", "later": "…", "accounted": "○", "outside": "–",
}  # fmt: skip
GUESSED = frozenset({"estimated", "extrapolated", "default"})
"""Qualities of a record that was not measured or calculated."""


Place = tuple[str, str | None]
"""A source at a site; None: at any site, or at none."""


@dataclass(frozen=True)
class File:
    """A batch behind a month, with its records that touch it."""

    batch: str
    name: str
    records: int


@dataclass(frozen=True)
class Cell:
    """One month of a row."""

    month: str
    """Such as `2024-03`."""
    name: str
    state: State
    files: list[File]

    @property
    def sign(self) -> str:
        """The sign of its state."""
        return SIGNS[self.state]


@dataclass(frozen=True)
class Row:
    """One source at one site."""

    source: str
    site: str
    name: str
    place: str
    """Empty when the source is not by site."""
    cells: list[Cell]
    said: str
    """What was said of a source that delivers nothing."""

    @property
    def missing(self) -> list[Cell]:
        """The months that are missing."""
        return [cell for cell in self.cells if cell.state == "missing"]


@dataclass(frozen=True)
class Asked:
    """The cell that somebody looks into."""

    row: Row
    cell: Cell


@dataclass(frozen=True)
class CompletenessPage:
    """Everything on the page of a year."""

    months: list[str]
    rows: list[Row]
    waiting: list[tuple[str, str, int, int]]
    """Files with rows that wait or were rejected: batch, name, how many of each."""
    overlaps: list[str]
    asked: Asked | None

    @property
    def signs(self) -> list[tuple[State, str]]:
        """The states that occur, with their signs."""
        return signs_of(self.rows)

    @property
    def missing(self) -> list[Row]:
        """The rows with months that are missing, the emptiest first."""
        return sorted((row for row in self.rows if row.missing), key=lambda row: -len(row.missing))

    @property
    def gaps(self) -> int:
        """How many months are missing, of all rows together."""
        return sum(len(row.missing) for row in self.rows)


def signs_of(rows: Iterable[Row]) -> list[tuple[State, str]]:
    """Return the states that occur in rows, with their signs: what is not there needs no explanation."""
    found = {cell.state for row in rows for cell in row.cells}
    return [(state, sign) for state, sign in SIGNS.items() if state in found]


def completeness_page(
    workspace: Workspace, year: int, today: date, voice: Voice, asked: tuple[str, str, str] = ("", "", "")
) -> CompletenessPage:
    """Return what was delivered in a year.

    Args:
        today: months after this one's are not missed yet.
        asked: source, site and month of the cell to look into.
    """
    period, active = Period.year(year), workspace.active_batches()
    months = [month.start for month in period.by_month()]
    sites = {site.id: site.name for site in workspace.organisation.site}
    status = {
        s.source: s for s in source_status(workspace.organisation, active, period, workspace.decisions.in_force())
    }
    found = coverage(workspace.organisation, active, period)
    known = {each.source for each in found}
    found += [_unregistered(each, active, period) for each in status.values() if each.source not in known]
    days = days_within([batch.records_path for batch in active], period)
    touching = {active[at].id for at in pc.unique(days["file"]).to_pylist()}
    rows, by_place = [], _files(active, days)
    for each in found:
        own = status.get(each.source)
        files = by_place[each.source, each.site]
        cells = [
            Cell(f"{month:%Y-%m}", month_name(f"{month:%Y-%m}", voice), state, [file for file, _ in files[month]])
            for month in months
            for state in [_state(each, own, month, files[month], today)]
        ]
        said = "" if own is None or own.said is None else f"{own.said.decision.person}: {own.said.decision.reason}"
        rows.append(
            Row(each.source, each.site or "", each.name, sites.get(each.site or "", each.site or ""), cells, said)
        )
    return CompletenessPage(
        months=voice.word("completeness.months").split(" "), rows=rows,
        waiting=[
            (batch.id, batch.origin, batch.counts["held"], batch.counts["rejected"])
            for batch in active
            if (batch.counts["held"] or batch.counts["rejected"]) and batch.id in touching
        ],
        overlaps=[
            voice.say(
                "coverage.overlap", meter=overlap.meter, source=each.name, first=_days(overlap.first, voice),
                second=_days(overlap.second, voice),
            )
            for each in found
            for overlap in each.overlaps
        ],
        asked=next(
            (Asked(row, cell) for row in rows for cell in row.cells if (row.source, row.site, cell.month) == asked), None
        ),
    )  # fmt: skip


def _state(each: Coverage, own: SourceStatus | None, month: date, files: list[tuple[File, bool]], today: date) -> State:
    whole = Period.month(month.year, month.month)
    if month in each.present:
        for overlap in each.overlaps:
            shared = overlap.first.overlap(overlap.second)
            if shared and shared.overlap(whole):
                return "overlap"
        return "estimated" if files and all(guessed for _, guessed in files) else "delivered"
    if month not in each.expected:
        return "outside"
    if own is not None and own.status in ("none", "excluded"):
        return "accounted"
    return "missing" if whole.end < today else "later"


def _unregistered(status: SourceStatus, active: Iterable[Batch], period: Period) -> Coverage:
    """Return what a source delivered that the organisation's description does not name: nothing of it is expected."""
    days = days_within([batch.records_path for batch in active if batch.source == status.source], period)
    present = frozenset(month.start for month in months_of(days.filter(pc.invert(days["credit"]))))
    return Coverage(status.source, status.name, None, (), present, ())


def _files(active: Sequence[Batch], days: pa.Table) -> Mapping[Place, Mapping[date, list[tuple[File, bool]]]]:
    """Return the files behind each month by source and site (None: anywhere), and whether all their records there are estimates.

    Credits are left out. Files stand in the order of `active`.
    """
    counts: dict[tuple[int, str | None, int], int] = defaultdict(int)
    guessed: dict[tuple[int, str | None, int], bool] = defaultdict(lambda: True)
    names = ["file", "site", "first_month", "last_month", "quality"]
    alike = days.filter(pc.invert(days["credit"])).group_by(names).aggregate([("records", "sum")])
    for at, site, first, last, quality, records in zip(
        *(alike[n].to_pylist() for n in [*names, "records_sum"]), strict=True
    ):
        for number in range(first, last + 1):
            for place in {site, None}:
                counts[at, place, number] += records
                guessed[at, place, number] &= quality in GUESSED
    found: dict[Place, dict[date, list[tuple[File, bool]]]] = defaultdict(lambda: defaultdict(list))
    named = [(batch.source, batch.id, batch.origin) for batch in active]
    for (at, site, number), records in sorted(counts.items(), key=lambda item: item[0][0]):
        (source, batch, name), month = named[at], date(number // 12, number % 12 + 1, 1)
        found[source, site][month].append((File(batch, name, records), guessed[at, site, number]))
    return found


def _days(period: Period, voice: Voice) -> str:
    return f"{voice.day(period.start)} – {voice.day(period.end)}"
