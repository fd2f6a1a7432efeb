"""Which months each source has records of, site by site: the gaps, and the periods of one meter that overlap."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
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
        expected: months of the period in which the source is expected and the site is open.
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
    when they name none. Months before a site opened or after it closed, and years in which the source is not expected, are
    no gaps. A month that the period only touches counts as a whole one.
    """
    months = [month.start for month in period.by_month()]
    sites = {site.id: site for site in organisation.site}
    result = []
    for source in organisation.source:
        found = _records(batch for batch in batches if batch.source == source.id)
        wanted = [month for month in months if source.expected(month.year)]
        for name in _places(source, found, period):
            spans = [span for site, span, _ in found if name is None or site == name]
            site = sites.get(name or "")
            opened = [m for m in wanted if site is None or site.is_open(Period.month(m.year, m.month))]
            if wanted and (opened or any(span.overlap(period) for span in spans)):
                present = frozenset(month.start for span in spans for month in _inside(span, period))
                overlaps = _overlaps((s, m) for at, s, m in found if name is None or at == name)
                shown = tuple(o for o in overlaps if o.second.overlap(period))
                result.append(Coverage(source.id, source.name, name, tuple(opened), present, shown))
    return result


def with_gaps(found: Sequence[Coverage]) -> list[Coverage]:
    """Return where months are missing of sources that delivered something; a source without any record is missing itself."""
    delivered = {each.source for each in found if each.present}
    return [each for each in found if each.gaps and each.source in delivered]


_Record = tuple[str | None, Period, str | None]
"""Site, days and meter of records that are no credit."""


def _records(batches: Iterator[Batch]) -> list[_Record]:
    found: dict[_Record, None] = {}
    for batch in batches:
        table = batch.records()
        bought = table.filter(pc.greater_equal(table["quantity"], pa.scalar(0, table["quantity"].type)))
        for row in bought.group_by(["site", "start", "end", "meter"]).aggregate([]).to_pylist():
            found[row["site"], Period(row["start"], row["end"]), row["meter"]] = None
    return list(found)


def _places(source: Source, found: Sequence[_Record], period: Period) -> Sequence[str | None]:
    if source.sites:
        return source.sites
    named = sorted({site for site, span, _ in found if site is not None and span.overlap(period)})
    return named or [None]


def _inside(span: Period, period: Period) -> list[Period]:
    inside = span.overlap(period)
    return inside.by_month() if inside else []


def _overlaps(spans: Iterator[tuple[Period, str | None]]) -> list[Overlap]:
    """Find periods of one meter that share more than a day. Equal periods are no overlap: a meter may have two tariffs."""
    meters: Mapping[str, set[Period]] = defaultdict(set)
    for span, meter in spans:
        if meter is not None:
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
