"""How complete a period is: what each expected source delivered, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.inventory.days import days_within, months_of
from trede.kernel.periods import Period
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import SourceState
from trede.organisation.model import Organisation
from trede.organisation.parts import Source

Status = Literal["delivered", "none", "excluded", "missing", "contradicted", "not-registered"]
"""Delivered, none this year (somebody said so), excluded (with a reason), missing; a delivery in spite of what somebody
said; a delivery of a source that nobody expected."""


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source in one period. `months` is the number of calendar months that its records touch.

    `said` is the decision that it delivers nothing. Records beside such a decision contradict it.
    """

    source: str
    name: str
    period: Period
    status: Status
    records: int
    months: int
    held: int
    rejected: int
    said: Recorded | None = None


def source_status(
    organisation: Organisation, batches: Sequence[Batch], period: Period, decisions: Sequence[Recorded] = ()
) -> list[SourceStatus]:
    """Return the state of every expected source in a period, and of sources that delivered without being registered.

    A source is expected in a period when it is in one of its years, and in that year one of the sites that it names is open and
    inside the boundary. Held and rejected rows have no certain date: they count
    in every period that their file has records in.

    Args:
        decisions: those in force. Of two about one source and year the later one counts; over several years a source was
            accounted for when it was in each of them.
    """
    said = {(d.source, d.year): r for r in decisions if isinstance(d := r.decision, SourceState)}
    years = range(period.start.year, period.end.year + 1)
    named = {source.id: source for source in organisation.source}
    found: dict[str, list[Batch]] = {}
    for batch in batches:
        found.setdefault(batch.source, []).append(batch)
    result = []
    for ident in dict.fromkeys([*named, *found]):
        source = named.get(ident)
        records, months, held, rejected = _delivered(found.get(ident, []), period)
        expected = [year for year in years if source is not None and _expected(organisation, source, year, period)]
        if source is not None and not expected and not records:
            continue
        if source is None and not records:
            continue
        told = [said.get((ident, year)) for year in expected]
        decision = told[-1] if told and all(told) else None
        status = "not-registered" if source is None else _status(decision, records)
        name = source.name if source else ident
        result.append(SourceStatus(ident, name, period, status, records, months, held, rejected, decision))
    return result


def _expected(organisation: Organisation, source: Source, year: int, period: Period) -> bool:
    days = Period.year(year).overlap(period)
    return (
        days is not None
        and source.expected(year)
        and (not source.sites or any(organisation.counts_at(site, days) for site in source.sites))
    )


def _status(said: Recorded | None, records: int) -> Status:
    if said is None:
        return "delivered" if records else "missing"
    assert isinstance(said.decision, SourceState)
    return "contradicted" if records else said.decision.status


def _delivered(batches: Sequence[Batch], period: Period) -> tuple[int, int, int, int]:
    days = days_within([batch.records_path for batch in batches], period)
    touching = [batches[at].counts for at in pc.unique(days["file"]).to_pylist()]
    records = pc.sum(days["records"]).as_py() or 0
    return records, len(months_of(days)), sum(c["held"] for c in touching), sum(c["rejected"] for c in touching)
