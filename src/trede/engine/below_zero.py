"""A credit without its purchase: what adds up to less than nothing over a calendar year (accounting rules, section 6)."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import duckdb

from trede.catalogue.currencies import MONEY
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import Vocabulary
from trede.engine.activities import OF_YEARS
from trede.engine.cutting import literal
from trede.engine.instruments import CLAIM
from trede.kernel.issues import Issue
from trede.kernel.quantities import QUANTUM

_KEY = ("activity_type", "attributes", "meter", "geography", "year")


def below_zero(con: duckdb.DuckDBPyConnection, vocabulary: Vocabulary) -> list[Issue]:
    """A meter (or what has no meter), product, country and calendar year below zero inside the boundary is an error.

    The whole year counts, whatever part of it the run looks at, in the usual unit of the product's kind. The parts of records
    that are cut are rounded at a millionth of their unit: so much may be lacking for each. What is refused (a netted bill) may
    be below zero: it is an issue already. Credits of claims on certificates are looked at where those are settled.

    Returns:
        Errors `below_zero`, with the quantity in the usual unit.
    """
    left_out = ", ".join([literal(CLAIM), *(literal(kind.id) for kind in vocabulary.types.values() if kind.refused)])
    query = f"""
        SELECT * FROM (
            SELECT {", ".join(_KEY)}, unit, CAST(sum(quantity) AS DECIMAL(38,6)) AS quantity,
                   count(*) FILTER (part > 0) AS cut
            FROM (SELECT *, CAST(extract(year FROM start) AS INTEGER) AS year FROM {OF_YEARS}) dated
            WHERE share > 0 AND activity_type NOT IN ({left_out}) GROUP BY {", ".join(_KEY)}, unit
        ) summed
        QUALIFY min(quantity) OVER (PARTITION BY {", ".join(_KEY)}) < 0
        ORDER BY ALL
    """
    sums: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    rounding: dict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for row in con.sql(query).to_arrow_table().to_pylist():
        unit = _usual(vocabulary[row["activity_type"]].kind, row["unit"])
        key = (*(row[name] for name in _KEY), unit)
        per_unit = unit_registry().multiplier(vocabulary[row["activity_type"]].kind, row["unit"], unit)
        sums[key] += row["quantity"] * per_unit
        rounding[key] += row["cut"] * QUANTUM * per_unit
    issues = []
    for key, quantity in sums.items():
        if quantity + rounding[key] < 0:
            facts = dict(zip((*_KEY, "unit"), key, strict=True))
            attributes = "; ".join(f"{name}={value}" for name, value in json.loads(facts["attributes"]).items())
            facts |= {"attributes": attributes, "quantity": f"{quantity.normalize():f}"}
            issues.append(Issue.error("below_zero", **facts))
    return issues


def _usual(kind: str, recorded: str) -> str:
    """Return the unit that quantities of a kind are added up in: its usual one; of money each currency by itself."""
    return recorded if kind == MONEY else unit_registry().kinds[kind].unit
