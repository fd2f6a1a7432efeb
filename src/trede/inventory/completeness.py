"""How complete a year is: what each expected source delivered, what is still open, and what posted nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from trede.activity.batches import Batch
from trede.kernel.periods import Period
from trede.organisation.model import Organisation


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source in one year. `months` are the calendar months that its records touch; `open_rows` wait for somebody."""

    source: str
    name: str
    year: int
    status: Literal["delivered", "missing", "not-registered"]
    records: int
    months: int
    held: int
    rejected: int


def source_status(organisation: Organisation, batches: Sequence[Batch], year: int) -> list[SourceStatus]:
    """Return the state of every expected source in a year, and of sources that delivered without being registered.

    Held and rejected rows have no certain date: they count in every year that their file has records in.
    """
    named = {source.id: source for source in organisation.source}
    found: dict[str, list[Batch]] = {}
    for batch in batches:
        found.setdefault(batch.source, []).append(batch)
    result = []
    for ident in dict.fromkeys([*named, *found]):
        source = named.get(ident)
        if source is not None and not source.expected(year) and ident not in found:
            continue
        records, months, held, rejected = _delivered(found.get(ident, []), year)
        if source is not None and not source.expected(year) and not records:
            continue
        status: Literal["delivered", "missing", "not-registered"] = "delivered" if records else "missing"
        if source is None:
            if not records:
                continue
            status = "not-registered"
        name = source.name if source else ident
        result.append(SourceStatus(ident, name, year, status, records, months, held, rejected))
    return result


def _delivered(batches: Sequence[Batch], year: int) -> tuple[int, int, int, int]:
    whole = Period.year(year)
    records = held = rejected = 0
    months: set[int] = set()
    for batch in batches:
        spans = _spans(batch.records(), whole)
        if spans:
            records += sum(spans.values())
            held += batch.counts["held"]
            rejected += batch.counts["rejected"]
            for first, last in spans:
                months |= set(range(first, last + 1))
    return records, len(months), held, rejected


def _spans(records: pa.Table, year: Period) -> dict[tuple[int, int], int]:
    """Count records by the months (first, last) of the year that they touch."""
    counts: dict[tuple[int, int], int] = {}
    days = records.group_by(["start", "end"]).aggregate([([], "count_all")]).to_pylist()
    for entry in days:
        inside = Period(entry["start"], entry["end"]).overlap(year)
        if inside is not None:
            key = (inside.start.month, inside.end.month)
            counts[key] = counts.get(key, 0) + entry["count_all"]
    return counts
