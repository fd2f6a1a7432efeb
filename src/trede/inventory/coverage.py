"""Which months each source has records of, site by site: the gaps, and the periods of one meter that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.inventory.days import DAYS, days_of, days_within, months_of
from trede.kernel.periods import Period
from trede.organisation.model import Organisation
from trede.organisation.parts import Source

_ONE_DAY = 1
"""Days that two bills may share: a reading is the last day of the one and the first of the other."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two periods of one meter that share days."""

    meter: str
    first: Period
    second: Period


@dataclass(frozen=True, slots=True)
class Coverage:
    """One source at one site (None: it is not by site). Months are named by their first day.

    Attributes:
        expected: months of the period in which the source is expected, and the site is open and inside the boundary.
        present: months that a record touches.
    """

    source: str
    name: str
    site: str | None
    expected: tuple[date, ...]
    present: frozenset[date]
    overlaps: tuple[Overlap, ...]

    @property
    def gaps(self) -> list[date]:
        """Expected months without a record."""
        return [month for month in self.expected if month not in self.present]


def coverage(organisation: Organisation, batches: Sequence[Batch], period: Period) -> list[Coverage]:
    """Look at every registered source over a period, in months.

    A source that names its sites is looked at for each of them; another for the sites that its records name, or as a whole
    when they name none. Months before a site opened or after it closed, those in which its entity is outside the boundary, and
    years in which the source is not expected, are no gaps. A month that the period only touches counts as a whole one.
    """
    months = [month.start for month in period.by_month()]
    result = []
    for source in organisation.source:
        wanted = [month for month in months if source.expected(month.year)]
        if not wanted:
            continue
        paths = [batch.records_path for batch in batches if batch.source == source.id]
        found = days_within(paths, period)
        found = found.filter(pc.invert(found["credit"]))
        metered = _metered(paths)
        for name in _places(source, found):
            here = found if name is None else found.filter(pc.equal(found["site"], name))
            opened = [m for m in wanted if name is None or organisation.counts_at(name, Period.month(m.year, m.month))]
            if opened or here.num_rows:
                present = frozenset(month.start for month in months_of(here))
                overlaps = _overlaps((s, m) for at, s, m in metered if name is None or at == name)
                shown = tuple(o for o in overlaps if o.second.overlap(period))
                result.append(Coverage(source.id, source.name, name, tuple(opened), present, shown))
    return result


def with_gaps(found: Sequence[Coverage]) -> list[Coverage]:
    """Return where months are missing of sources that delivered something; a source without any record is missing itself."""
    delivered = {each.source for each in found if each.present}
    return [each for each in found if each.gaps and each.source in delivered]


def _metered(paths: Sequence[Path]) -> set[tuple[str | None, Period, str]]:
    """Return site, days and meter of the records of meters that are no credit."""
    days = pa.concat_tables([DAYS.empty_table(), *(days_of(path) for path in paths)]).combine_chunks()
    of_meters = days.filter(pc.and_(pc.is_valid(days["meter"]), pc.invert(days["credit"])))
    rows = of_meters.group_by(["site", "start", "end", "meter"]).aggregate([]).to_pylist()
    return {(row["site"], Period(row["start"], row["end"]), row["meter"]) for row in rows}


def _places(source: Source, found: pa.Table) -> Sequence[str | None]:
    if source.sites:
        return source.sites
    named: list[str] = sorted(pc.unique(found["site"].drop_null()).to_pylist())
    return named or [None]


def _overlaps(spans: Iterator[tuple[Period, str]]) -> list[Overlap]:
    """Find periods of one meter that share more than a day. Equal periods are no overlap: a meter may have two tariffs."""
    meters: Mapping[str, set[Period]] = defaultdict(set)
    for span, meter in spans:
        meters[meter].add(span)
    found = []
    for meter, periods in sorted(meters.items()):
        longest, *others = sorted(periods)
        for span in others:
            shared = longest.overlap(span)
            if shared and shared.days > _ONE_DAY:
                found.append(Overlap(meter, longest, span))
            longest = max(longest, span, key=lambda period: period.end)
    return found
