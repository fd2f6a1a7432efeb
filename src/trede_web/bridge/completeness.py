"""What each source delivered, month by month and site by site, as the library sees it, with the files behind each month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow.compute as pc

from trede.inventory.completeness import SourceStatus, source_status
from trede.inventory.coverage import Coverage, coverage
from trede.inventory.days import days_within, months_of
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede_web.bridge.speaking import Voice
from trede_web.bridge.trails import month_name

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
    def missing(self) -> list[Row]:
        """The rows with months that are missing, the emptiest first."""
        return sorted((row for row in self.rows if row.missing), key=lambda row: -len(row.missing))

    @property
    def gaps(self) -> int:
        """How many months are missing, of all rows together."""
        return sum(len(row.missing) for row in self.rows)


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
    rows = []
    for each in found:
        own = status.get(each.source)
        files = _files(active, each, period)
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
            if (batch.counts["held"] or batch.counts["rejected"]) and days_within([batch.records_path], period).num_rows
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


def _files(active: Iterable[Batch], each: Coverage, period: Period) -> Mapping[date, list[tuple[File, bool]]]:
    """Return the files behind each month of a source at a site, and whether all its records there are estimates."""
    found: dict[date, list[tuple[File, bool]]] = defaultdict(list)
    for batch in active:
        if batch.source != each.source:
            continue
        for month, (records, guessed) in _by_month(batch.records_path, each.site, period).items():
            found[month].append((File(batch.id, batch.origin, records), guessed))
    return found


@lru_cache(maxsize=4096)
def _by_month(path: Path, site: str | None, period: Period) -> Mapping[date, tuple[int, bool]]:
    """Count a batch's records at a site (None: anywhere) that touch each month, and say whether all are estimates.

    Credits are left out. A batch never changes.
    """
    days = days_within([path], period)
    days = days.filter(pc.invert(days["credit"]))
    if site is not None:
        days = days.filter(pc.equal(days["site"], site))
    counts: dict[date, int] = defaultdict(int)
    guessed: dict[date, bool] = defaultdict(lambda: True)
    alike = days.group_by(["first_month", "last_month", "quality"]).aggregate([("records", "sum")])
    for row in alike.to_pylist():
        for number in range(row["first_month"], row["last_month"] + 1):
            month = date(number // 12, number % 12 + 1, 1)
            counts[month] += row["records_sum"]
            guessed[month] &= row["quality"] in GUESSED
    return {month: (records, guessed[month]) for month, records in counts.items()}


def _days(period: Period, voice: Voice) -> str:
    return f"{voice.day(period.start)} – {voice.day(period.end)}"
