"""Deriving records that are alike all at once: a portfolio of loans has a few kinds of record, each many times.

Alike are records of one type with the same attributes, unit, data quality and names of inputs: they have the same legs, so
their figures are columns. What they come to is what `deriving` makes of them one by one. Records about which a type, method or
leg says more than this module knows, and records for which a formula has no sound result, are left to it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel

from trede.catalogue.inputs import PostedAs
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType
from trede.kernel.quantities import QUANTUM
from trede.methods.columns import Columns
from trede.methods.model import Leg, Method

KNOWN: Mapping[str, frozenset[str]] = {
    "ActivityType": frozenset({"id", "name", "kind", "method", "attributes", "inputs", "posts", "sample", "best_quality"}),
    "Attribute": frozenset({"name", "values", "default"}),
    "Input": frozenset(
        {"name", "unit", "kind", "optional", "needed_when", "above", "at_least", "at_most", "default", "source", "estimate"}
    ),
    "PostedAs": frozenset({"leg", "type", "attributes", "group", "when", "stages"}),
    "Method": frozenset(
        {"id", "version", "name", "reference", "explanation", "category", "rank", "boundary", "quantity", "inputs", "leg"}
    ),
    "Leg": frozenset({"id", "formula", "gives", "unit"}),
}  # fmt: skip
"""What this module knows of each part of the catalogue. A field outside it means something that it does not do."""

MAX_DERIVED = Decimal(10) ** 15
"""No derived quantity may reach it."""

CANONICAL = r'^\{("[a-z0-9_]+":"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?",?)*\}$'
"""Inputs whose figures are written as the run writes them, so that their text can be taken over."""


@dataclass(frozen=True)
class Leading:
    """One leg as it applies to records that are alike: what is the same for all of them."""

    posted: PostedAs
    leg: Leg
    constants: Mapping[str, str]
    """Column → value: type, attributes, unit, quality and where it comes from."""


Ways = Callable[[ActivityType, str, str, str], "Sequence[Leading] | None"]
"""(type, attributes, unit, quality) → the legs of such records, or None when they must be derived one by one."""


@dataclass
class Alike:
    """What records that are alike come to: by leg, the positions of the records and the two columns that differ."""

    at: list[np.ndarray] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    quantities: list[list[Decimal]] = field(default_factory=list)
    values: list[list[str]] = field(default_factory=list)
    constants: list[Mapping[str, str]] = field(default_factory=list)
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
            "uncertainty": pa.nulls(len(at), schema.field("uncertainty").type),
        }
        for name in self.constants[0]:
            columns[name] = pa.array([each[name] for each in self.constants], pa.string()).take(pa.array(kind))
        missing = [name for name in schema.names if name not in columns and not name.startswith("recorded_")]
        copied = records.select(list(dict.fromkeys([*missing, "quantity", "unit"]))).take(pa.array(at))
        columns["recorded_quantity"], columns["recorded_unit"] = copied["quantity"], copied["unit"]
        columns |= {name: copied[name] for name in missing}
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
    found, parse = Alike(), json.JSONDecoder().raw_decode
    canonical = pc.match_substring_regex(records["inputs"], CANONICAL).to_pylist()  # None: no inputs
    simple = {ident for ident, kind in types.items() if plain(kind, methods[ident])}
    kinds = zip(*(records[n].to_pylist() for n in ("activity_type", "attributes", "unit", "quality")), strict=True)
    groups: dict[tuple[Any, ...], tuple[list[int], list[dict[str, str]]]] = defaultdict(lambda: ([], []))
    for at, (kind, text, clean) in enumerate(zip(kinds, records["inputs"].to_pylist(), canonical, strict=True)):
        if kind[0] not in simple or not clean:
            found.left.append(at)
            continue
        given, _ = parse(text)
        places, figures = groups[(*kind, *given)]
        places.append(at)
        figures.append(given)
    quantities = records["quantity"].to_pylist() if groups else []
    for key, (places, figures) in groups.items():
        activity = types[key[0]]
        legs = _applying(activity, ways(activity, *key[1:4]), figures[0])
        if legs is None:
            found.left += places
        else:
            _together(
                found, activity, methods[key[0]], key[2], legs, places, figures, [quantities[at] for at in places]
            )
    found.left.sort()
    return found


def _applying(
    activity: ActivityType, ways: Sequence[Leading] | None, given: Mapping[str, str]
) -> list[tuple[int, Leading]] | None:
    """Return the legs that are made of these inputs with their places; None when one lacks what it needs, or none is made."""
    legs = []
    for place, way in enumerate(ways or ()):
        lacking = [activity.inputs[name] for name in way.leg.symbols if name not in given]
        if any(each.default is not None or each.estimate is not None or not each.optional for each in lacking):
            return None
        if not lacking:
            legs.append((place, way))
    return legs or None


def _together(
    found: Alike, activity: ActivityType, method: Method, recorded: str, legs: Sequence[tuple[int, Leading]],
    places: list[int], figures: Sequence[Mapping[str, str]], quantities: list[Decimal],
) -> None:  # fmt: skip
    """Derive records that are alike, and leave those for which a formula has no sound result."""
    used = dict.fromkeys(name for _, way in legs for name in way.leg.symbols)
    texts = {name: [given[name] for given in figures] for name in used}
    values: dict[str, list[Decimal]] = {name: list(map(Decimal, column)) for name, column in texts.items()}
    registry = unit_registry()
    named = registry.find(activity.kind, method.quantity)
    counted = named.id if named else registry.kinds[activity.kind].unit
    if registry.kinds[activity.kind].apart:
        counted = recorded
    one, other = registry.require(activity.kind, recorded).factor, registry.require(activity.kind, counted).factor
    values["quantity"] = quantities if one == other else [quantity * one / other for quantity in quantities]
    texts["quantity"] = [f"{quantity.normalize():f}" for quantity in values["quantity"]]
    columns = Columns(values, len(places))
    results = [columns.evaluate(way.leg.tree) for _, way in legs]
    unsound = {
        row for column in results for row, value in enumerate(column) if value is None or abs(value) >= MAX_DERIVED
    }
    if unsound:
        found.left += [places[row] for row in sorted(unsound)]
        kept = [row for row in range(len(places)) if row not in unsound]
        if kept:
            rest = [places[row] for row in kept], [figures[row] for row in kept], [quantities[row] for row in kept]
            _together(found, activity, method, recorded, legs, *rest)
        return
    for (place, way), column in zip(legs, results, strict=True):
        names = sorted(("quantity", *way.leg.symbols))
        form = "{" + ",".join(f'"{name}":"%s"' for name in names) + "}"
        found.at.append(np.array(places))
        found.order.append(place)
        found.quantities.append([value.quantize(QUANTUM, ROUND_HALF_UP) for value in column if value is not None])
        found.values.append([form % row for row in zip(*(texts[name] for name in names), strict=True)])
        found.constants.append(way.constants)
