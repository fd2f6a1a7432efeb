"""Credits that name no document: the records that they may belong to, and the one that a person named.

Negative quantities stand only as a credit to a named record or of a meter (accounting rules, section 6). A credit names the
document of its record, or, where the source has no documents, the record's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from functools import reduce
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.records import addresses
from trede.catalogue.currencies import MONEY
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.addresses import Address
from trede.kernel.issues import Issue, Location, Param

UNNAMED_CREDIT = "negative_without_credit"
"""The code that accepting alone does not settle: the record that is credited has to be named."""

MOST = 5
"""Candidates that are named, the latest first."""

SEARCHED = 200
"""Credits of a file for which larger records of their supplier are looked for."""

_SAME = ("activity_type", "attributes", "unit")
_MARKS = ("vehicle", "person")
_READ = ("record_id", *_SAME, *_MARKS, "quantity", "start", "document", "credit_of", "row", "column_number", "supplier")


def unnamed(records: pa.Table) -> pa.Table:
    """Return the negative records that name neither what they credit nor a meter."""
    zero = pa.scalar(0, records["quantity"].type)
    open_ends = pc.and_(pc.is_null(records["credit_of"]), pc.is_null(records["meter"]))
    return records.filter(pc.and_(pc.less(records["quantity"], zero), open_ends))


def credited(records: pa.Table, named: Mapping[Address, str]) -> pa.Table:
    """Return records with what a person named as credited. It is no part of their ids: those say what the file says."""
    if not named:
        return records
    told = pa.array([named.get(at) for at in addresses(records)], pa.string())
    at = records.schema.get_field_index("credit_of")
    return records.set_column(at, records.schema.field("credit_of"), pc.coalesce(records["credit_of"], told))


def open_credits(
    records: pa.Table, file_name: str, stored: Sequence[tuple[str, Callable[[], pa.Table]]]
) -> dict[Address, Issue]:
    """Return, for each record of a file that is an unnamed credit, an issue with the records that it may belong to.

    Those have the same activity type, attributes, unit and quantity, no later day, and the same vehicle and person where the
    credit has one; what another record credits already is left out. Where there is none, a credit of money may be of a part of a
    larger record of the same supplier.

    Args:
        records: the rows of a file, schema `activity.records.RECORD`.
        file_name: the file's name.
        stored: of the batches of the same source the file's name, and what reads its records.

    Returns:
        Warnings `negative_without_credit`; the candidates are names such as `B2 (fuel-2024.csv:3)`, the latest first.
    """
    credits = unnamed(records).select(_READ)
    if not credits.num_rows:
        return {}
    tables = [(file_name, records), *((name, read()) for name, read in stored)]
    done = {name for _, table in tables for name in table["credit_of"].drop_null().to_pylist()}
    found: dict[tuple[Any, ...], list[tuple[str, dict[str, Any]]]] = {}
    wanted = pc.unique(pc.negate(credits["quantity"]))
    for name, table in tables:
        likely = table.filter(pc.is_in(table["quantity"], value_set=wanted)).select(_READ)
        for row in likely.to_pylist():
            if not done & {row["record_id"], row["document"]}:
                found.setdefault((*(row[n] for n in _SAME), row["quantity"]), []).append((name, row))
    issues: dict[Address, Issue] = {}
    for at, credit in zip(addresses(credits), credits.to_pylist(), strict=True):
        like = [
            (name, row)
            for name, row in found.get((*(credit[n] for n in _SAME), -credit["quantity"]), [])
            if row["start"] <= credit["start"] and all(credit[m] in (None, row[m]) for m in _MARKS)
        ]
        if not like and credit["supplier"] and len(issues) < SEARCHED and _is_money(credit["activity_type"]):
            like = [pair for name, table in tables for pair in _larger(credit, name, table, done)]
        like.sort(key=lambda pair: pair[1]["start"], reverse=True)
        named = [_name(file, row) for file, row in like[:MOST]]
        told: dict[str, Param] = {"value": f"{credit['quantity'].normalize():f}", "candidates": named}
        issues[at] = Issue.warning(UNNAMED_CREDIT, Location(file_name, at.row, place=at.place), **told)
    return issues


def _is_money(activity_type: str) -> bool:
    """Whether records of a type are of money: a bill is credited in part, a fill of fuel as a whole."""
    kind = vocabulary().types.get(activity_type)
    return kind is not None and kind.kind == MONEY


def _larger(
    credit: Mapping[str, Any], name: str, table: pa.Table, done: Set[str | None]
) -> list[tuple[str, dict[str, Any]]]:
    """Return the latest records of a table that a credit may be of a part of: more of the same, of the same supplier."""
    alike = [pc.equal(table[column], credit[column]) for column in (*_SAME, "supplier")]
    size = pa.scalar(-credit["quantity"], table["quantity"].type)
    fits = [pc.greater(table["quantity"], size), pc.less_equal(table["start"], pa.scalar(credit["start"]))]
    rows = table.filter(reduce(pc.and_, [*alike, *fits])).select(_READ).sort_by([("start", "descending")])
    found = (row for row in rows.to_pylist() if not done & {row["record_id"], row["document"]})
    return [(name, row) for row in islice(found, MOST)]


def _name(file_name: str, row: dict[str, Any]) -> str:
    return f"{row['document'] or row['record_id']} ({file_name}:{Address(row['row'], row['column_number'])})"
