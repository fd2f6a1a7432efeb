"""Deriving: records with inputs become quantities of simpler types, before anything else is calculated (decision 0013).

Each leg of a record's method makes one quantity, in exact decimals rounded once at a millionth, half away from zero. It is
posted as a record of the leg's type would be: it keeps the identity, place and days of its record. Everything behind this
(certificates, cutting, boundary, factors) sees ordinary activities.
"""

from __future__ import annotations

import json
from calendar import isleap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.records import RECORD
from trede.catalogue.currencies import MONEY
from trede.catalogue.estimates import Estimates
from trede.catalogue.exchange import rate
from trede.catalogue.inputs import PostedAs
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.engine.activities import COLUMNS, COVERED_BY_OTHERS, Input
from trede.engine.deriving_alike import MAX_DERIVED, Kin, Leading, derive_alike, rate_told
from trede.engine.plan import GROUP, VIA
from trede.intake.fields import QUALITIES
from trede.kernel.errors import TredeError
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period
from trede.kernel.quantities import QUANTUM
from trede.methods.compiled import Evaluator, compile_decimal
from trede.methods.model import AS_RECORDED, Leg, Method, Methods

FIGURES_IN = "figures_in"
"""The attribute that says in which currency the figures beside an amount are; the amount is brought to it."""

NOT_APPLICABLE = "type_not_applicable"
"""The code of a record of other days or another country than its type was made for."""

DERIVED = pa.schema(
    [
        pa.field("batch", pa.string()),
        *(RECORD.field(name) for name in COLUMNS),  # as posted
        ("recorded_type", pa.string()),
        ("recorded_quantity", pa.decimal128(38, 6)),
        ("recorded_unit", pa.string()),
        ("leg", pa.string()),
        ("method", pa.string()),
        ("formula", pa.string()),
        ("values", pa.string()),  # JSON: name → exact decimal, the quantity in the method's unit among them
        ("origins", pa.string()),  # JSON: name → where a figure comes from that the record did not give
    ]
)
"""One row per record and leg, in the order of batch, row, column and leg."""

FAILED = pa.schema(
    [
        pa.field("batch", pa.string()),
        *(RECORD.field(n) for n in COLUMNS),
        ("code", pa.string()),
        ("formula", pa.string()),
    ]
)
"""Records that derive nothing, as recorded, with the code of the reason and the formula that could not be worked out."""


@dataclass(frozen=True)
class Derived:
    """What the records with inputs come to."""

    rows: pa.Table = field(default_factory=DERIVED.empty_table)
    failed: pa.Table = field(default_factory=FAILED.empty_table)


def deriving_types(vocabulary: Vocabulary) -> list[str]:
    """Return the types whose records derive others."""
    return sorted(kind.id for kind in vocabulary.types.values() if kind.posts)


def derive(inputs: Sequence[Input], vocabulary: Vocabulary, methods: Methods, estimates: Estimates) -> Derived:
    """Derive all records of the batches that have such a type; the order of the batches does not matter."""
    types = deriving_types(vocabulary)
    if not types:
        return Derived()
    made: list[pa.Table] = []
    failed: list[dict[str, Any]] = []
    with localcontext() as context:
        context.prec = 60
        maker = _Maker(vocabulary, methods, estimates)
        for source in sorted(inputs, key=lambda i: i.batch):
            records = _records(source, types)
            if records.num_rows:
                made.append(maker.derive_batch(records, failed))
    return Derived(pa.concat_tables(made) if made else DERIVED.empty_table(), _table(failed, FAILED))


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.table({name: [row[name] for row in rows] for name in schema.names}, schema=schema)


def _records(source: Input, types: Collection[str]) -> pa.Table:
    """Return the records of a batch that derive others, in the order of their rows; `batch` is among their columns."""
    known = set(pq.read_schema(source.path).names)
    if "inputs" not in known:  # a batch of an earlier version has none
        return FAILED.empty_table()
    table = _of_types(pq.ParquetFile(source.path), types, [n for n in (*COLUMNS, "inputs") if n in known])
    for name in COLUMNS:
        if name not in known:
            table = table.append_column(name, pa.nulls(table.num_rows, RECORD.field(name).type))
    return table.append_column("batch", pa.array([source.batch] * table.num_rows, pa.string()))


def _of_types(file: pq.ParquetFile, types: Collection[str], columns: Sequence[str]) -> pa.Table:
    """Return the rows of these types; never more than one group of rows of other types is in memory."""
    wanted = pa.array(types, pa.string())
    found = [file.schema_arrow.empty_table().select(columns)]
    for number in range(file.num_row_groups):
        chosen = pc.is_in(file.read_row_group(number, ["activity_type"])["activity_type"], value_set=wanted)
        if pc.any(chosen).as_py():
            found.append(file.read_row_group(number, columns).filter(chosen))
    return pa.concat_tables(found)


@dataclass(frozen=True)
class _Way:
    """One leg of one type, ready to be applied."""

    posted: PostedAs
    leg: Leg
    evaluate: Evaluator
    kind: ActivityType
    """The type that the leg is posted as."""
    conditions: tuple[tuple[str, Evaluator], ...]


class _UnderivableError(Exception):
    """One record that cannot be derived; caught in this module."""

    def __init__(self, code: str, formula: str = "") -> None:
        super().__init__(code)
        self.code, self.formula = code, formula


class _Maker:
    """Derives one record after the other; what records share is looked up once."""

    def __init__(self, vocabulary: Vocabulary, methods: Methods, estimates: Estimates) -> None:
        self.vocabulary, self.methods, self.estimates = vocabulary, methods, estimates
        self.ways: dict[str, list[_Way]] = {}
        self.attributes: dict[tuple[str, str, str], str] = {}

    def derive_batch(self, records: pa.Table, failed: list[dict[str, Any]]) -> pa.Table:
        """Return the derived rows of a batch: of records that are alike all at once, of the others one by one."""
        deriving = {kind.id: kind for kind in self.vocabulary.types.values() if kind.posts}
        methods = {ident: self.methods[kind.method] for ident, kind in deriving.items()}
        alike = derive_alike(records, deriving, methods, self.kin)
        rows, places = alike.table(records, DERIVED)
        if not alike.left:
            return rows
        single: list[dict[str, Any]] = []
        at: list[int] = []
        for place, record in zip(alike.left, records.take(pa.array(alike.left)).to_pylist(), strict=True):
            try:
                found = self.derive(record)
            except _UnderivableError as why:
                failed.append({**record, "code": why.code, "formula": why.formula})
            else:
                single += found
                at += [place] * len(found)
        order = np.argsort(np.concatenate([places, np.array(at, np.int64)]), kind="stable")
        return pa.concat_tables([rows, _table(single, DERIVED)]).take(pa.array(order))

    def kin(self, activity: ActivityType, attributes: str, unit: str, quality: str) -> Kin | None:
        """Return what records of a type with these attributes, unit and quality share, or None when they are refused."""
        chosen = _chosen(activity, attributes)
        if activity.refused_as(chosen):
            return None
        method = self.methods[activity.method]
        legs = [
            Leading(
                way.posted,
                way.leg,
                {
                    "activity_type": way.posted.type,
                    "attributes": self._attributes(activity, way.posted, attributes),
                    "unit": unit if way.leg.unit == AS_RECORDED else way.leg.unit,
                    "quality": _quality(quality, activity, {}, way),
                    "recorded_type": activity.id,
                    "leg": way.leg.id,
                    "method": method.ref,
                    "formula": way.leg.formula,
                    "origins": "{}",
                },
            )
            for way in self._ways(activity)
            if all(chosen.get(name) in allowed for name, allowed in way.posted.when.items())
        ]
        measures = {name: measure.of(chosen[measure.route]) for name, measure in activity.measures.items()}
        known = {name: value for name, value in measures.items() if value is not None}
        counted = counted_unit(activity, method.quantity, unit, chosen)
        return Kin(legs, counted, _in_full(activity, method, chosen), known)

    def derive(self, record: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the derived rows of a record: all of them or none."""
        activity = self.vocabulary[record["activity_type"]]
        method = self.methods[activity.method]
        chosen = _chosen(activity, record["attributes"])
        start, end = record["start"], record["end"]
        _require_counted(activity, chosen, record)
        origins: dict[str, str] = {}
        values: dict[str, Decimal | None] = {
            "quantity": _counted(activity, method, record, chosen, origins),
            "days": Decimal((end - start).days + 1),
            "year_days": Decimal(366 if isleap(start.year) else 365),
            "period": Period(start, end).calendar_years,
        }
        self._fill(activity, record, chosen, values, origins)
        rows = []
        left = {name for name in (*activity.shares, *activity.parts) if values.get(name)}
        for way in self._ways(activity):
            if any(chosen.get(name) not in allowed for name, allowed in way.posted.when.items()):
                continue
            lacking = [name for name in way.leg.symbols if values.get(name) is None]
            if lacking:
                if not all(name in activity.measures or activity.inputs[name].optional for name in lacking):
                    raise _UnderivableError("estimate_missing", way.leg.formula)
                continue
            for text, holds in way.conditions:
                if not holds(values):
                    raise _UnderivableError("derivation_contradicts", text)
            quantity = way.evaluate(values)
            if quantity is None:
                raise _UnderivableError("derivation_undefined", way.leg.formula)
            if abs(quantity) >= MAX_DERIVED:
                raise _UnderivableError("amount_out_of_range", way.leg.formula)
            left -= set(way.leg.symbols)
            rows.append(self._row(record, activity, way, quantity, values, origins))
        if left & set(activity.shares):  # it would be lost
            raise _UnderivableError("share_without_leg", ", ".join(sorted(left)))
        if not rows:
            raise _UnderivableError("derivation_without_leg")
        if left:  # the whole would count, and not the part
            raise _UnderivableError("part_without_leg", ", ".join(sorted(left)))
        return rows

    def _fill(
        self, activity: ActivityType, record: Mapping[str, Any], chosen: Mapping[str, str],
        values: dict[str, Decimal | None], origins: dict[str, str],
    ) -> None:  # fmt: skip
        """Add the value of each input: the record's own, else the default or the estimate of its day and country.

        And of each measure, by the record's attributes.
        """
        values |= {name: measure.of(chosen[measure.route]) for name, measure in activity.measures.items()}
        given: dict[str, str] = json.loads(record["inputs"] or "{}")
        for name, declared in activity.inputs.items():
            if name in given:
                values[name] = Decimal(given[name])
            elif declared.whole:
                values[name] = Decimal(1)
            elif declared.default is not None:
                values[name], origins[name] = declared.default, declared.source
            elif declared.estimate is not None:
                found = self.estimates.find(declared.estimate, chosen, record["geography"], record["start"])
                values[name] = found.value if found else None
                if found:
                    origins[name] = found.told
            else:
                values[name] = None

    def _ways(self, activity: ActivityType) -> list[_Way]:
        if activity.id not in self.ways:
            legs = {leg.id: leg for leg in self.methods[activity.method].leg}
            self.ways[activity.id] = [
                _Way(
                    posted,
                    leg := legs[posted.leg],
                    compile_decimal(leg.tree),
                    self.vocabulary[posted.type],
                    tuple(zip(leg.requires, map(compile_decimal, leg.conditions), strict=True)),
                )
                for posted in activity.posts
            ]
        return self.ways[activity.id]

    def _row(
        self, record: Mapping[str, Any], activity: ActivityType, way: _Way, quantity: Decimal,
        values: Mapping[str, Decimal | None], origins: Mapping[str, str],
    ) -> dict[str, Any]:  # fmt: skip
        method = self.methods[activity.method]
        in_full = _in_full(activity, method, json.loads(record["attributes"]))
        used = ("quantity", *way.leg.calendar, *way.leg.symbols)
        taken = {name: origins[name] for name in used if name in origins}
        return {
            **record,
            "activity_type": way.posted.type,
            "attributes": self._attributes(activity, way.posted, record["attributes"]),
            "quantity": quantity.quantize(QUANTUM, ROUND_HALF_UP),
            "unit": record["unit"] if way.leg.unit == AS_RECORDED else way.leg.unit,
            "end": record["start"] if in_full else record["end"],
            "quality": _quality(record["quality"], activity, taken, way),
            # What a file states is of the recorded quantity, not of what is made of it; a sample's error is of that as well.
            "uncertainty": record["uncertainty"] if record["sample"] else None,
            "recorded_type": activity.id,
            "recorded_quantity": record["quantity"],
            "recorded_unit": record["unit"],
            "leg": way.leg.id,
            "method": method.ref,
            "formula": way.leg.formula,
            "values": canonical_json({name: f"{values[name].normalize():f}" for name in used}).decode(),  # type: ignore[union-attr]
            "origins": canonical_json(taken).decode(),
        }

    def _attributes(self, activity: ActivityType, posted: PostedAs, recorded: str) -> str:
        """Return the attributes of the posted activity as canonical JSON, with the way that it came."""
        key = activity.id, posted.leg, recorded
        if key not in self.attributes:
            own = _chosen(activity, recorded)
            target = self.vocabulary[posted.type]
            found = {name: a.default for name, a in target.attributes.items() if a.default is not None}
            found |= {n: own[v[1:]] if v.startswith("@") else v for n, v in posted.attributes.items()}
            group = posted.group if isinstance(posted.group, str | None) else posted.group[own[posted.group["by"]]]
            beside = {VIA: f"{activity.id}.{posted.leg}"} | ({GROUP: group} if group else {})
            self.attributes[key] = canonical_json({**found, **beside}).decode()
        return self.attributes[key]


def _require_counted(activity: ActivityType, chosen: Mapping[str, str], record: Mapping[str, Any]) -> None:
    """Refuse a record whose attributes its type does not count, or whose days or country it was not made for."""
    if refused := activity.refused_as(chosen):
        raise _UnderivableError(refused)
    if activity.applies and not activity.applies.covers(record["start"], record["end"], record["geography"]):
        raise _UnderivableError(NOT_APPLICABLE, activity.applies.bounds)


def _chosen(activity: ActivityType, recorded: str) -> dict[str, str]:
    """Return the attributes of a record, with the defaults of those that were not there yet when it was taken in."""
    given = {name: a.default for name, a in activity.attributes.items() if a.default is not None}
    chosen: dict[str, str] = json.loads(recorded)
    return given | chosen


def counted_unit(activity: ActivityType, dimension: str, recorded: str, chosen: Mapping[str, str]) -> str:
    """Return the unit in which a method counts the record's quantity: that of its dimension, else the kind's own.

    Money counts in the currency that the method names, else in that of the figures beside it, else in the record's own.
    """
    if activity.kind == MONEY:
        named = unit_registry().find(MONEY, dimension) or unit_registry().find(MONEY, chosen.get(FIGURES_IN, ""))
        return named.id if named else recorded
    found = unit_registry().find(activity.kind, dimension)
    return found.id if found else unit_registry().kinds[activity.kind].unit


def _counted(
    activity: ActivityType, method: Method, record: Mapping[str, Any], chosen: Mapping[str, str], origins: dict[str, str]
) -> Decimal:  # fmt: skip
    """Return the quantity as the method counts it; money by the rate of the record's last day, which `origins` then tells.

    A holding is an amount on its balance date, which is the last day that the record names.
    """
    quantity: Decimal = record["quantity"]
    unit = counted_unit(activity, method.quantity, record["unit"], chosen)
    if activity.kind != MONEY or unit == record["unit"]:
        return unit_registry().convert(quantity, activity.kind, record["unit"], unit)
    try:
        found = rate(record["unit"], unit, record["end"])
    except TredeError as error:
        raise _UnderivableError("derivation_without_rate", f"{record['unit']} → {unit}") from error
    origins["quantity"] = rate_told(found)
    return quantity * found.value


def _in_full(activity: ActivityType, method: Method, chosen: Mapping[str, str]) -> bool:
    return method.time == "in-full" or activity.counts_in_full(chosen)


def _quality(recorded: str, activity: ActivityType, taken: Mapping[str, str], way: _Way) -> str:
    """Return the data quality of what was derived: never better than the type allows, nor than a figure that stood in."""
    worst = [
        recorded,
        *(["default"] if set(taken) - {"quantity"} else []),
        *(k.best_quality for k in (activity, way.kind) if k.best_quality),
    ]
    return max((quality for quality in worst if quality in QUALITIES), key=QUALITIES.index, default=recorded)


def failed_in(failed: pa.Table, period: Period, covered: Collection[str]) -> pa.Table:
    """Return the records that derive nothing and touch a period; those that others cover are no open point."""
    touching = pc.and_(pc.less_equal(failed["start"], period.end), pc.greater_equal(failed["end"], period.start))
    found = failed.filter(touching)
    settled = pc.is_in(found["record_id"], value_set=pa.array(sorted(covered), pa.string()))
    codes = pc.if_else(settled, COVERED_BY_OTHERS, found["code"])
    return found.set_column(found.schema.get_field_index("code"), "code", codes)
