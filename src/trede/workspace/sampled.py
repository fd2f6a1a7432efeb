"""The records that a sample design is about: gathered by stratum, unit and group, with what does not fit."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.activity.sample_design import SampleDesign
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType
from trede.engine.activities import COVERED, Input, load_activities
from trede.engine.deriving import derive
from trede.engine.duck import connect
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period
from trede.methods.known import Known
from trede.organisation.decisions import CoveredBy
from trede.workspace.workspace import Workspace

KEY = ("activity_type", "attributes", "unit", "inputs", "geography", "entity", "department", "start", "end")
"""What the records of a group have in common; days only where a method counts them."""

Key = tuple[Any, ...]
Counted = tuple[str, str]
"""Activity type and unit under which amounts are added up."""


@dataclass
class Sampled:
    """The records that a design is about: amounts by stratum, unit and group, and what does not fit.

    `posted` has by stratum, type and unit of measure what each sampled unit comes to, as it posts: a shipment as
    tonne-kilometres. `counted` says which of these the records of a stratum's group post.
    """

    design: SampleDesign
    known: Known
    amounts: dict[str, dict[str, dict[Key, Decimal]]] = field(default_factory=lambda: defaultdict(dict))
    records: dict[str, tuple[str, str, Key]] = field(default_factory=dict)
    """Record id → stratum, unit, group."""
    posted: dict[tuple[str, Counted], dict[str, Decimal]] = field(default_factory=lambda: defaultdict(dict))
    counted: dict[tuple[str, Key], set[Counted]] = field(default_factory=lambda: defaultdict(set))
    astray: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    beside: int = 0
    crossing: int = 0
    twice: int = 0

    def add(self, batch: Batch, left_out: Collection[str]) -> None:
        """Gather the records of a batch."""
        design = self.design
        table = batch.records()
        wanted = pc.and_(
            pc.is_in(table["activity_type"], value_set=pa.array(design.records.activity_types, pa.string())),
            pc.and_(pc.less_equal(table["start"], design.end), pc.greater_equal(table["end"], design.start)),
        )
        table = table.filter(pc.and_(wanted, pc.is_null(table["sample"])))
        for record in table.to_pylist():
            said = json.loads(record["attributes"])
            if record["record_id"] in left_out or not design.records.attributes.items() <= said.items():
                continue
            unit = record[design.unit]
            if design.records.source not in (None, batch.source):
                self.beside += not any(s.units and s.holds(unit, record) for s in design.stratum)
                continue
            self._sort(record, unit)

    def _sort(self, record: Mapping[str, Any], unit: str | None) -> None:
        design = self.design
        strata = [stratum for stratum in design.stratum if stratum.holds(unit, record)]
        if record["start"] < design.start or record["end"] > design.end:
            self.crossing += 1
        elif not strata:
            self.astray[unit or "–"] += 1
        elif len(strata) > 1:
            self.twice += 1
        else:
            stratum, name, key = strata[0].id, unit or record["record_id"], self._group(record)
            self.records[record["record_id"]] = stratum, name, key
            amounts = self.amounts[stratum].setdefault(name, {})
            amounts[key] = amounts.get(key, Decimal(0)) + record["quantity"]
            if not self.known.vocabulary[record["activity_type"]].posts:
                self.count(record)

    def count(self, posted: Mapping[str, Any]) -> None:
        """Count what a record of the sample posts: its own quantity, or one that is derived from it."""
        if (place := self.records.get(posted["record_id"])) is not None:
            stratum, name, key = place
            counted, factor = _measured(self.known.vocabulary[posted["activity_type"]], posted["unit"])
            amounts = self.posted[stratum, counted]
            amounts[name] = amounts.get(name, Decimal(0)) + posted["quantity"] * factor
            self.counted[stratum, key].add(counted)

    def _group(self, record: Mapping[str, Any]) -> Key:
        """Return the group of a record; what tells the units apart is not the rest's, and days only where they count."""
        kind = self.known.vocabulary[record["activity_type"]]
        days = any(leg.calendar for leg in self.known.methods[kind.method].leg)
        left_out = {self.design.unit, *(() if days else ("start", "end"))}
        return tuple(None if name in left_out else record[name] for name in KEY)


def _measured(activity: ActivityType, own: str) -> tuple[Counted, Decimal]:
    """Return under what a quantity is added up (of units that are apart, under each), and its own unit in that."""
    registry, kind = unit_registry(), activity.kind
    unit = own if registry.kinds[kind].apart else registry.kinds[kind].unit
    return (activity.id, unit), registry.multiplier(kind, own, unit)


def gathered(workspace: Workspace, design: SampleDesign) -> Sampled:
    """Gather the records of a design; those that were extrapolated, and those that others stand for, are no sample."""
    known, active = workspace.known(), workspace.active_batches()
    found = Sampled(design, known)
    inputs = [Input(batch.id, batch.records_path) for batch in active]
    left_out = _left_out(workspace, inputs, design)
    for batch in active:
        found.add(batch, left_out)
    if any(known.vocabulary[kind].posts for kind in design.records.activity_types):
        for row in derive(inputs, known.vocabulary, known.methods, known.estimates).rows.to_pylist():
            found.count(row)
    return found


def _left_out(workspace: Workspace, inputs: Sequence[Input], design: SampleDesign) -> set[str]:
    """Return the ids of records that post nothing: others cover them, or are a better figure of what was spent."""
    decided = (r.decision for r in workspace.decisions.in_force())
    covered = [ident for each in decided if isinstance(each, CoveredBy) for ident in each.records]
    with tempfile.TemporaryDirectory(prefix="trede-sample-") as folder, connect(Path(folder)) as con:
        load_activities(con, inputs, Period(design.start, design.end), covered=covered)
        return {ident for (ident,) in con.sql(f"SELECT record_id FROM {COVERED}").fetchall()}


def misfits(found: Sampled, where: Location) -> Iterator[Issue]:
    """Yield what keeps the records from fitting the design, and what counts as nothing."""
    design = found.design
    if found.crossing:
        days = {"start": str(design.start), "end": str(design.end)}
        yield Issue.error("sample_record_crosses", where, count=found.crossing, **days)
    if found.astray:
        count, named = sum(found.astray.values()), sorted(found.astray)[:5]
        yield Issue.error("sample_record_astray", where, count=count, field=design.unit, units=named)
    if found.twice:
        yield Issue.error("sample_record_in_two", where, count=found.twice)
    if found.beside:
        source = str(design.records.source)
        yield Issue.warning("sample_rest_recorded", where, count=found.beside, source=source)
    if not found.records and not (found.crossing or found.astray or found.twice):
        yield Issue.error("sample_no_records", where)
    for stratum in design.stratum:
        units = found.amounts.get(stratum.id, {})
        if len(units) > stratum.n:
            facts = {"field": design.unit, "stratum": stratum.id}
            yield Issue.error("sample_more_units", where, found=len(units), sampled=stratum.n, **facts)
        elif found.records and (silent := stratum.n - len(units)):
            named = [name for name in stratum.units if name not in units][:5]
            yield Issue.notice("sample_unit_silent", where, stratum=stratum.id, count=silent, units=named)
        for key, amount in sorted(sums(units).items(), key=repr):
            if amount < 0:
                yield Issue.error("sample_negative", where, stratum=stratum.id, type=str(key[0]))


def sums(units: Mapping[str, Mapping[Key, Decimal]]) -> dict[Key, Decimal]:
    """Add up the amounts of units by group."""
    found: dict[Key, Decimal] = defaultdict(Decimal)
    for amounts in units.values():
        for key, amount in amounts.items():
            found[key] += amount
    return found
