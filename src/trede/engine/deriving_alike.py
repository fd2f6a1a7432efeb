"""Deriving records that are alike all at once: a portfolio of loans has a few kinds of record, each many times.

Alike are records of one type with the same attributes, unit, data quality and names of inputs: they have the same legs, so
their figures are columns. What they come to is what `deriving` makes of them one by one. Records about which a type, method or
leg says more than this module knows, and records for which a formula has no sound result, are left to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from trede.catalogue.currencies import MONEY
from trede.catalogue.exchange import papers, rate
from trede.catalogue.inputs import PostedAs
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType
from trede.kernel.errors import TredeError
from trede.kernel.identity import canonical_json
from trede.kernel.money import Rate
from trede.kernel.quantities import QUANTUM
from trede.methods.columns import Columns
from trede.methods.model import Leg, Method

KNOWN: Mapping[str, frozenset[str]] = {
    "ActivityType": frozenset(
        {
            "id", "name", "kind", "method", "attributes", "inputs", "posts", "sample", "best_quality", "in_full", "measures",
            "parts", "refusal", "shares", "unit_aliases",
        }
    ),
    "Attribute": frozenset({"name", "values", "default", "codes", "like", "values_from"}),
    "Input": frozenset(
        {
            "name", "unit", "kind", "optional", "needed_when", "above", "at_least", "at_most", "default", "source", "estimate",
            "whole", "zero_or_at_least",
        }
    ),
    "PostedAs": frozenset({"leg", "type", "attributes", "group", "when", "stages"}),
    "Method": frozenset(
        {"id", "version", "name", "reference", "explanation", "category", "rank", "boundary", "quantity", "inputs", "leg", "time"}
    ),
    "Leg": frozenset({"id", "formula", "requires", "gives", "unit"}),
}  # fmt: skip
"""What this module knows of each part of the catalogue. A field outside it means something that it does not do."""

MAX_DERIVED = Decimal(10) ** 15
"""No derived quantity may reach it."""

CANONICAL = r'^\{("[a-z0-9_]+":"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?",?)*\}$'
"""Inputs whose figures are written as the run writes them, so that their text can be taken over."""

FIGURE = r':"[^"]*"'
"""A figure in them, with the colon before it."""


@dataclass(frozen=True)
class Leading:
    """One leg as it applies to records that are alike: what is the same for all of them."""

    posted: PostedAs
    leg: Leg
    constants: Mapping[str, str]
    """Column → value: type, attributes, unit, quality and where it comes from."""


@dataclass(frozen=True)
class Kin:
    """What records of one type with the same attributes, unit and quality share.

    Attributes:
        legs: those that apply, whatever the inputs.
        counted: the unit in which the method counts; of money another currency than the recorded one takes a rate.
        in_full: whether they count in full on their first day.
        measures: figures that follow from the attributes.
    """

    legs: Sequence[Leading]
    counted: str
    in_full: bool
    measures: Mapping[str, Decimal]


Ways = Callable[[ActivityType, str, str, str], Kin | None]
"""(type, attributes, unit, quality) → what such records share, or None when they must be derived one by one."""


@dataclass
class Alike:
    """What records that are alike come to: by leg, the positions of the records and the two columns that differ."""

    at: list[np.ndarray] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    quantities: list[list[Decimal]] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    constants: list[Mapping[str, str]] = field(default_factory=list)
    in_full: list[bool] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    """Positions of the records that are left to be derived one by one."""

    def table(self, records: pa.Table, schema: pa.Schema) -> tuple[pa.Table, np.ndarray]:
        """Return the rows in the order of records and legs, and the position of the record of each."""
        if not self.at:
            return schema.empty_table(), np.empty(0, np.int64)
        sizes = [len(at) for at in self.at]
        at, leg = np.concatenate(self.at), np.repeat(np.array(self.order), sizes)
        sorting = np.lexsort((leg, at))
        at, kind = at[sorting], np.repeat(np.arange(len(sizes)), sizes)[sorting]
        order = pa.array(sorting)
        columns: dict[str, Any] = {
            "quantity": pa.chunked_array(self.quantities, schema.field("quantity").type).take(order),
            "values": pa.chunked_array(self.values, pa.string()).take(order),
            "uncertainty": pc.if_else(pc.is_valid(records["sample"]), records["uncertainty"], None).take(pa.array(at)),
        }
        for name in self.constants[0]:
            columns[name] = pa.array([each[name] for each in self.constants], pa.string()).take(pa.array(kind))
        missing = [name for name in schema.names if name not in columns and not name.startswith("recorded_")]
        copied = records.select(list(dict.fromkeys([*missing, "quantity", "unit"]))).take(pa.array(at))
        columns["recorded_quantity"], columns["recorded_unit"] = copied["quantity"], copied["unit"]
        columns |= {name: copied[name] for name in missing}
        if any(self.in_full):
            full = pa.array(np.array(self.in_full)[kind])
            columns["end"] = pc.if_else(full, columns["start"], columns["end"])
        rows = pa.table({name: columns[name] for name in schema.names}, schema=schema)
        return rows, at


def plain(activity: ActivityType, method: Method) -> bool:
    """Whether all that the catalogue says of a type, its method and their parts is known here."""
    parts: Iterator[BaseModel] = iter(
        (activity, method, *activity.attributes.values(), *activity.inputs.values(), *activity.posts, *method.leg)
    )
    known = all(part.model_fields_set <= KNOWN[type(part).__name__] for part in parts)
    return known and not any(leg.calendar for leg in method.leg)  # days differ from record to record


def derive_alike(
    records: pa.Table, types: Mapping[str, ActivityType], methods: Mapping[str, Method], ways: Ways
) -> Alike:
    """Derive the records of a batch that can be derived together.

    Args:
        records: with the columns of a batch, `inputs` among them.
        types: the types that derive, and
        methods: their methods, both by the type's id.
    """
    found = Alike()
    simple = pa.array([ident for ident, kind in types.items() if plain(kind, methods[ident])], pa.string())
    clean = pc.fill_null(pc.match_substring_regex(records["inputs"], CANONICAL), fill_value=False)
    known = pc.and_(clean, pc.is_in(records["activity_type"], value_set=simple)).to_numpy()
    found.left = np.flatnonzero(~known).tolist()
    for (ident, attributes, unit, quality), places in _groups(records, np.flatnonzero(known)):
        activity, method, at = types[ident], methods[ident], pa.array(places)
        figures = _figures(records["inputs"].take(at))
        kin = ways(activity, attributes, unit, quality)
        legs = _applying(activity, kin, figures) if kin else None
        if kin is None or legs is None:
            found.left += places.tolist()
            continue
        quantities = records["quantity"].take(at).to_pylist()
        family = _Family(activity, method, kin, unit, legs, places, figures, quantities)
        if activity.kind == MONEY and kin.counted != unit:
            for each in family.by_day(records["end"].take(at).to_pylist(), found):
                _together(found, each)
        else:
            _together(found, family)
    found.left.sort()
    return found


def _groups(records: pa.Table, places: np.ndarray) -> Iterator[tuple[list[str], np.ndarray]]:
    """Yield type, attributes, unit and quality of records that share them and the names of their inputs, with their places."""
    if not places.size:
        return
    columns = [records[name].take(pa.array(places)) for name in ("activity_type", "attributes", "unit", "quality")]
    named = pc.replace_substring_regex(records["inputs"].take(pa.array(places)), pattern=FIGURE, replacement="")
    group = np.zeros(len(places), np.int64)
    for column in (*columns, named):
        codes = column.combine_chunks().dictionary_encode().indices.to_numpy()
        _, group = np.unique(group * (codes.max() + 1) + codes, return_inverse=True)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        yield [column[int(rows[0])].as_py() for column in columns], places[rows]


def _figures(inputs: pa.ChunkedArray) -> dict[str, list[str]]:
    """Return the figures of records that have the same inputs, as columns of texts: a name, a colon, a figure, and so on."""
    parts = pc.split_pattern(inputs.combine_chunks(), '"')
    width = len(parts[0])
    texts = parts.flatten()
    return {
        texts[at].as_py(): texts.take(pa.array(np.arange(at + 2, len(texts), width))).to_pylist()
        for at in range(1, width - 1, 4)
    }


def rate_told(found: Rate) -> str:
    """Return the text that tells at which rate the amount of a record was brought to another currency."""
    return f"1 {found.currency} = {found.value.normalize():f} {found.into}, {found.day}: {papers().attribution}"


@dataclass(frozen=True)
class _Family:
    """Records that are alike, with the legs that are made of their inputs; all columns have one entry for each record."""

    activity: ActivityType
    method: Method
    kin: Kin
    unit: str
    legs: Sequence[tuple[int, Leading]]
    places: np.ndarray
    figures: Mapping[str, Sequence[str]]
    quantities: Sequence[Decimal]
    rate: Rate | None = None

    def only(self, rows: Sequence[int], at: Rate | None = None) -> _Family:
        """Return some of the records."""
        return replace(
            self,
            places=self.places[list(rows)],
            figures={name: [column[row] for row in rows] for name, column in self.figures.items()},
            quantities=[self.quantities[row] for row in rows],
            rate=at or self.rate,
        )

    def by_day(self, days: Sequence[date], found: Alike) -> Iterator[_Family]:
        """Yield the records of each day with its rate, and leave those whose day has none."""
        rows: dict[date, list[int]] = defaultdict(list)
        for row, day in enumerate(days):
            rows[day].append(row)
        for day, of_day in rows.items():
            try:
                at = rate(self.unit, self.kin.counted, day)
            except TredeError:
                found.left += self.places[of_day].tolist()
            else:
                yield self.only(of_day, at)

    def counted(self) -> Sequence[Decimal]:
        """Return the quantities as the method counts them."""
        if self.rate:
            return [quantity * self.rate.value for quantity in self.quantities]
        registry = unit_registry()
        one, other = (registry.require(self.activity.kind, unit).factor for unit in (self.unit, self.kin.counted))
        return self.quantities if one == other else [quantity * one / other for quantity in self.quantities]


def _applying(activity: ActivityType, kin: Kin, given: Mapping[str, Any]) -> list[tuple[int, Leading]] | None:
    """Return the legs that are made of these inputs with their places.

    None when one lacks what it needs, when none is made, or when a share or part would be left over.
    """
    known = {*given, *kin.measures, *(name for name, each in activity.inputs.items() if each.whole)}
    legs, used = [], set[str]()
    for place, way in enumerate(kin.legs):
        lacking = [activity.inputs[name] for name in way.leg.symbols if name not in known]
        if any(each.default is not None or each.estimate is not None or not each.optional for each in lacking):
            return None
        if not lacking:
            legs.append((place, way))
            used.update(way.leg.symbols)
    if (known & {*activity.shares, *activity.parts}) - used:
        return None
    return legs or None


def _together(found: Alike, family: _Family) -> None:
    """Derive records that are alike, and leave those for which a formula has no sound result or a condition does not hold."""
    legs, rows = family.legs, len(family.places)
    values: dict[str, Sequence[Decimal]] = {"quantity": family.counted()}
    texts: dict[str, Sequence[str]] = {"quantity": [f"{quantity.normalize():f}" for quantity in values["quantity"]]}
    fixed = {name: f"{value.normalize():f}" for name, value in family.kin.measures.items()}
    for name in dict.fromkeys(name for _, way in legs for name in way.leg.symbols):
        texts[name] = family.figures.get(name) or [fixed.get(name, "1")] * rows
        values[name] = list(map(Decimal, texts[name]))
    columns = Columns(values, rows)
    results = [columns.evaluate(way.leg.tree) for _, way in legs]
    unsound = {
        row for column in results for row, value in enumerate(column) if value is None or abs(value) >= MAX_DERIVED
    }
    for tree in dict.fromkeys(tree for _, way in legs for tree in way.leg.conditions):
        unsound.update(row for row, holds in enumerate(columns.evaluate(tree)) if not holds)
    if unsound:
        found.left += family.places[sorted(unsound)].tolist()
        if kept := [row for row in range(rows) if row not in unsound]:
            _together(found, family.only(kept))
        return
    told = {"origins": canonical_json({"quantity": rate_told(family.rate)}).decode()} if family.rate else {}
    for (place, way), column in zip(legs, results, strict=True):
        names = sorted(("quantity", *way.leg.symbols))
        form = "{" + ",".join(f'"{name}":"%s"' for name in names) + "}"
        found.at.append(family.places)
        found.order.append(place)
        found.quantities.append([value.quantize(QUANTUM, ROUND_HALF_UP) for value in column if value is not None])
        found.values.append([form % row for row in zip(*(texts[name] for name in names), strict=True)])
        found.constants.append({**way.constants, **told})
        found.in_full.append(family.kin.in_full)
