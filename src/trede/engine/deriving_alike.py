"""Deriving records that are alike all at once: a portfolio of loans has a few kinds of record, each many times.

Alike are records of one type with the same attributes, unit, data quality and names of inputs: they have the same legs, so
their figures are columns. What they come to is what `deriving` makes of them one by one. Records about which a type, method or
leg says more than this module knows, and records for which a formula has no sound result, are left to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
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
from trede.methods.bounded import Bounded, Figures
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

QUANTITY = pa.decimal128(38, 6)

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


@dataclass(frozen=True)
class _Made:
    """What one leg makes of records that are alike."""

    at: np.ndarray
    """Positions of the records."""
    order: int
    """Place of the leg among those of its method."""
    quantities: pa.Array
    values: pa.Array
    constants: Mapping[str, str]
    in_full: bool


@dataclass
class Alike:
    """What records that are alike come to: by leg, the positions of the records and the two columns that differ."""

    made: list[_Made] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    """Positions of the records that are left to be derived one by one."""

    def table(self, records: pa.Table, schema: pa.Schema) -> tuple[pa.Table, np.ndarray]:
        """Return the rows in the order of records and legs, and the position of the record of each."""
        if not self.made:
            return schema.empty_table(), np.empty(0, np.int64)
        sizes = [len(made.at) for made in self.made]
        legs = 1 + max(made.order for made in self.made)
        sorting = np.argsort(np.concatenate([made.at * legs + made.order for made in self.made]), kind="stable")
        at = np.concatenate([made.at for made in self.made])[sorting]
        kind = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[sorting]
        order, source, of = pa.array(sorting), pa.array(at), pa.array(kind)
        ways: dict[str, Callable[[], Any]] = {
            "values": lambda: pa.concat_arrays([made.values for made in self.made]).take(order),
            "quantity": lambda: pa.concat_arrays([made.quantities for made in self.made]).take(order),
            "uncertainty": lambda: _take(
                pc.if_else(pc.is_valid(records["sample"]), records["uncertainty"], None), source
            ),
            "recorded_quantity": lambda: _take(records["quantity"], source),
            "recorded_unit": lambda: _take(records["unit"], source),
        }
        for name in self.made[0].constants:
            ways[name] = partial(_spread, [made.constants[name] for made in self.made], of)
        ways |= {name: partial(_take, records[name], source) for name in schema.names if name not in ways}
        with ThreadPoolExecutor(2) as pool:
            columns = dict(zip(ways, pool.map(lambda way: way(), ways.values()), strict=True))
        if any(made.in_full for made in self.made):
            full = pa.array(np.array([made.in_full for made in self.made])[kind])
            columns["end"] = pc.if_else(full, columns["start"], columns["end"])
        rows = pa.table({name: columns[name] for name in schema.names}, schema=schema)
        return rows, at


def _spread(values: Sequence[str], of: pa.Array) -> pa.Array:
    """Return the value of each row's leg."""
    return pa.array(values, pa.string()).take(of)


def _take(column: pa.ChunkedArray, places: pa.Array) -> pa.Array | pa.ChunkedArray:
    """Return a column's values at these places; most columns of most files are empty."""
    return pa.nulls(len(places), column.type) if column.null_count == len(column) else column.take(places)


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
        quantities = records["quantity"].take(at).combine_chunks()
        family = _Family(activity, method, kin, unit, legs, places, figures, quantities)
        if activity.kind == MONEY and kin.counted != unit:
            for each in family.by_day(records["end"].take(at).combine_chunks(), found):
                _together(found, each)
        else:
            _together(found, family)
    found.left.sort()
    return found


def _groups(records: pa.Table, places: np.ndarray) -> Iterator[tuple[list[str], np.ndarray]]:
    """Yield type, attributes, unit and quality of records that share them and the names of their inputs, with their places."""
    if not places.size:
        return
    at = pa.array(places)
    columns = [records[name].take(at) for name in ("activity_type", "attributes", "unit", "quality")]
    named = pc.replace_substring_regex(records["inputs"].take(at), pattern=FIGURE, replacement="")
    group = np.zeros(len(places), np.int64)
    for column in (*columns, named):
        codes = column.combine_chunks().dictionary_encode().indices.to_numpy()
        group = pa.array(group * (int(codes.max()) + 1) + codes).dictionary_encode().indices.to_numpy().astype(np.int64)
    order = np.argsort(group, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        yield [column[int(rows[0])].as_py() for column in columns], places[rows]


def _figures(inputs: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Return the figures of records that have the same inputs, as columns of texts: a name, a colon, a figure, and so on."""
    parts = pc.split_pattern(inputs.combine_chunks(), '"')
    width = len(parts[0])
    texts = parts.flatten()
    return {
        texts[at].as_py(): texts.take(pa.array(np.arange(at + 2, len(texts), width))) for at in range(1, width - 1, 4)
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
    figures: Mapping[str, pa.Array]
    quantities: pa.Array
    rate: Rate | None = None

    def only(self, rows: np.ndarray, at: Rate | None = None) -> _Family:
        """Return some of the records."""
        taken = pa.array(rows)
        return replace(
            self,
            places=self.places[rows],
            figures={name: column.take(taken) for name, column in self.figures.items()},
            quantities=self.quantities.take(taken),
            rate=at or self.rate,
        )

    def by_day(self, days: pa.Array, found: Alike) -> Iterator[_Family]:
        """Yield the records of each day with its rate, and leave those whose day has none."""
        known = days.dictionary_encode()
        for code, day in enumerate(known.dictionary.to_pylist()):
            rows = np.flatnonzero(known.indices.to_numpy() == code)
            try:
                at = rate(self.unit, self.kin.counted, day)
            except TredeError:
                found.left += self.places[rows].tolist()
            else:
                yield self.only(rows, at)

    def counted(self) -> list[Decimal]:
        """Return the quantities as the method counts them."""
        quantities = self.quantities.to_pylist()
        if self.rate:
            return [quantity * self.rate.value for quantity in quantities]
        one, other = self._units()
        return quantities if one == other else [quantity * one / other for quantity in quantities]

    def texts(self) -> dict[str, Figures]:
        """Return the figures that the legs are made of, as the run writes them."""
        if self.rate or len(set(self._units())) > 1:
            quantity = pa.array([f"{quantity.normalize():f}" for quantity in self.counted()], pa.string())
        else:
            quantity = pc.utf8_rtrim(pc.utf8_rtrim(self.quantities.cast(pa.string()), "0"), ".")
        fixed = {name: f"{value.normalize():f}" for name, value in self.kin.measures.items()}
        named = dict.fromkeys(name for _, way in self.legs for name in way.leg.symbols)
        given = {name: self.figures.get(name, pa.scalar(fixed.get(name, "1"))) for name in named}
        return {"quantity": quantity, **given}

    def _units(self) -> tuple[Decimal, Decimal]:
        registry = unit_registry()
        one, other = (registry.require(self.activity.kind, unit).factor for unit in (self.unit, self.kin.counted))
        return one, other


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
    """Derive records that are alike: in binary those of which that is known to be enough, the others exactly."""
    rows, texts = len(family.places), family.texts()
    bounded = Bounded(texts, rows)
    known = [bounded.quanta(way.leg.tree) for _, way in family.legs]
    conditions = dict.fromkeys(tree for _, way in family.legs for tree in way.leg.conditions)
    sure = np.logical_and.reduce([*(each for _, each in known), *map(bounded.holds, conditions)])
    if not sure.all():
        _exactly(found, family.only(np.flatnonzero(~sure)))
    if sure.any():
        millionths = [pa.array(quanta[sure]).cast(pa.decimal128(38, 0)) for quanta, _ in known]
        kept = pa.array(sure)
        texts = {name: text.filter(kept) if isinstance(text, pa.Array) else text for name, text in texts.items()}
        _add(found, family, family.places[sure], texts, [column.view(QUANTITY) for column in millionths])


def _exactly(found: Alike, family: _Family) -> None:
    """Derive in exact decimals, and leave those for which a formula has no sound result or a condition does not hold."""
    rows, texts = len(family.places), family.texts()
    values: dict[str, Sequence[Decimal]] = {
        name: list(map(Decimal, text.to_pylist())) if isinstance(text, pa.Array) else [Decimal(text.as_py())] * rows
        for name, text in texts.items()
    }
    columns = Columns(values | {"quantity": family.counted()}, rows)
    results = [columns.evaluate(way.leg.tree) for _, way in family.legs]
    unsound = {
        row for column in results for row, value in enumerate(column) if value is None or abs(value) >= MAX_DERIVED
    }
    for tree in dict.fromkeys(tree for _, way in family.legs for tree in way.leg.conditions):
        unsound.update(row for row, holds in enumerate(columns.evaluate(tree)) if not holds)
    if unsound:
        found.left += family.places[sorted(unsound)].tolist()
        if kept := [row for row in range(rows) if row not in unsound]:
            _exactly(found, family.only(np.array(kept)))
        return
    rounded = [[value.quantize(QUANTUM, ROUND_HALF_UP) for value in column if value is not None] for column in results]
    _add(found, family, family.places, texts, [pa.array(column, QUANTITY) for column in rounded])


def _add(
    found: Alike, family: _Family, places: np.ndarray, texts: Mapping[str, Figures], results: Sequence[pa.Array]
) -> None:  # fmt: skip
    """Add what each leg makes of the records at these places, with the figures that it is made of as canonical JSON."""
    told = {"origins": canonical_json({"quantity": rate_told(family.rate)}).decode()} if family.rate else {}
    for (place, way), quantities in zip(family.legs, results, strict=True):
        names = sorted(("quantity", *way.leg.symbols))
        parts = [part for name in names for part in (f',"{name}":"', texts[name], '"')]
        values = pc.binary_join_element_wise("{" + parts[0][1:], *parts[1:], "}", "")
        found.made.append(_Made(places, place, quantities, values, {**way.constants, **told}, family.kin.in_full))
