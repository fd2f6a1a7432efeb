"""What a file's rows mean beside what is already stored: likely duplicates and credits without an original are held."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.activity.likeness import look_alikes
from trede.activity.records import addresses, identify
from trede.kernel.addresses import Address
from trede.kernel.issues import Issue, Location

HELD_HERE = (
    "duplicate_of_stored", "document_already_in", "duplicate_across_sources", "credit_without_original", "starts_in_future",
)  # fmt: skip
"""Codes of rows that are held because of what other batches hold, or of the day on which the file came."""

DROPPED_HERE = "duplicate_dropped"
"""Code of such a row that a person decided to drop."""


@dataclass(frozen=True)
class Stored:
    """What the active batches hold, those that the new file replaces left out."""

    record_ids: Mapping[str, tuple[str, Address]]
    """Of the same source: record id → (file name, address)"""
    documents: Mapping[str, tuple[str, Address]]
    """Of the same source: document number → (file name, address)"""
    others: Sequence[Batch] = ()
    """The batches of other sources."""


@dataclass(frozen=True)
class Settled:
    """Records with ids, all physical rows with their final fates, and the issues of the rows that were held."""

    records: pa.Table
    rows: pa.Table
    counts: dict[str, int]
    issues: list[Issue]


def settle(
    mapped: pa.Table,
    rows: pa.Table,
    source: str,
    stored: Stored,
    file_name: str,
    today: date,
    choices: Mapping[Address, str] | None = None,
    *,
    unique_documents: bool = False,
    memo: Collection[str] = (),
) -> Settled:
    """Give the accepted rows of a file their identity and hold those that what is stored makes doubtful.

    Args:
        mapped: accepted rows, schema `intake.fields.MAPPED`.
        rows: every physical row (or cell) with its fate, as staged.
        today: the day of import; what starts later is held, for a year is easily mistyped.
        unique_documents: a document number occurs once in this source: one that is stored already is held.
        memo: activity types that post nothing, see `likeness.look_alikes`.
        choices: `accept` or `drop` by address, where a person decided about a row that is held here.
    """
    records = identify(mapped, source)
    issues: dict[Address, Issue] = {}
    if stored.record_ids:
        again = pc.is_in(records["record_id"], value_set=pa.array(list(stored.record_ids), pa.string()))
        for at, (ident,) in _each(records.filter(again), "record_id"):
            file, first = stored.record_ids[ident]
            where = Location(file_name, at.row, place=at.place)
            issues[at] = Issue.warning("duplicate_of_stored", where, first_file=file, first_row=first.told)
    if unique_documents and stored.documents:
        known = pc.is_in(records["document"], value_set=pa.array(list(stored.documents), pa.string()))
        for at, (document,) in _each(records.filter(known), "document"):
            file, first = stored.documents[document]
            where = Location(file_name, at.row, place=at.place)
            told = {"document": document, "first_file": file, "first_row": first.told}
            issues.setdefault(at, Issue.warning("document_already_in", where, **told))
    for at, like in look_alikes(records, stored.others, memo).items():
        where = Location(file_name, at.row, place=at.place)
        told = {"first_file": like.file, "first_row": like.at.told, "first_source": like.source}
        issues.setdefault(at, Issue.warning("duplicate_across_sources", where, **told))
    credits = records.filter(pc.is_valid(records["credit_of"]))
    if credits.num_rows:
        here = set(records["document"].to_pylist())
        for at, (of, document) in _each(credits, "credit_of", "document"):
            own = document is not None and document == of
            if own or (of not in here and of not in stored.documents):
                where = Location(file_name, at.row, place=at.place)
                issues[at] = Issue.warning("credit_without_original", where, document=of)
    late = records.filter(pc.greater(records["start"], pa.scalar(today)))
    for at, (start,) in _each(late, "start"):
        where = Location(file_name, at.row, place=at.place)
        issue = Issue.warning("starts_in_future", where, start=start.isoformat(), today=today.isoformat())
        issues.setdefault(at, issue)
    choices = choices or {}
    issues = {at: issue for at, issue in issues.items() if choices.get(at) != "accept"}
    if not issues:
        return Settled(records, rows, _counts(rows), [])
    doubtful = pa.array([at in issues for at in addresses(records)])
    kept = records.filter(pc.invert(doubtful))
    dropped = {at for at in issues if choices.get(at) == "drop"}
    final = _hold(rows, issues, dropped)
    told_of = sorted((at for at in issues if at not in dropped), key=lambda at: at.order)
    return Settled(kept, final, _counts(final), [issues[at] for at in told_of])


def _each(records: pa.Table, *names: str) -> Iterator[tuple[Address, tuple[Any, ...]]]:
    """Yield the address and some values of each record."""
    values = zip(*(records[name].to_pylist() for name in names), strict=True)
    yield from zip(addresses(records), values, strict=True)


def _hold(rows: pa.Table, issues: Mapping[Address, Issue], dropped: Collection[Address]) -> pa.Table:
    changed = {name: rows[name].to_pylist() for name in ("fate", "code", "detail")}
    for at, address in enumerate(addresses(rows)):
        if address in issues:
            changed["fate"][at] = "set_aside" if address in dropped else "held"
            changed["code"][at] = DROPPED_HERE if address in dropped else issues[address].code
            changed["detail"][at] = json.dumps(issues[address].values, sort_keys=True)
    for name, values in changed.items():
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pa.array(values, rows.schema.field(name).type))
    return rows


def _counts(rows: pa.Table) -> dict[str, int]:
    found = {entry["values"]: entry["counts"] for entry in pc.value_counts(rows["fate"]).to_pylist()}
    return {fate: int(found.get(fate, 0)) for fate in ("accepted", "set_aside", "held", "rejected")}
