"""What a file's rows mean beside what is already stored: likely duplicates and credits without an original are held."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.records import identify
from trede.kernel.issues import Issue, Location

HELD_HERE = ("duplicate_of_stored", "document_already_in", "credit_without_original", "starts_in_future")
"""Codes of rows that are held because of what other batches hold, or of the day on which the file came."""

DROPPED_HERE = "duplicate_dropped"
"""Code of such a row that a person decided to drop."""


@dataclass(frozen=True)
class Stored:
    """What the active batches of the same source hold, those that the new file replaces left out."""

    record_ids: Mapping[str, tuple[str, int]]
    """record id → (file name, row)"""
    documents: Mapping[str, tuple[str, int]]
    """document number → (file name, row)"""


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
    choices: Mapping[int, str] | None = None,
    *,
    unique_documents: bool = False,
) -> Settled:
    """Give the accepted rows of a file their identity and hold those that what is stored makes doubtful.

    Args:
        mapped: accepted rows, schema `intake.fields.MAPPED`.
        rows: every physical row with its fate, as staged.
        today: the day of import; what starts later is held, for a year is easily mistyped.
        unique_documents: a document number occurs once in this source: one that is stored already is held.
        choices: `accept` or `drop` by row, where a person decided about a row that is held here.
    """
    records = identify(mapped, source)
    issues: dict[int, Issue] = {}
    if stored.record_ids:
        again = pc.is_in(records["record_id"], value_set=pa.array(list(stored.record_ids), pa.string()))
        for record in records.filter(again).select(["row", "record_id"]).to_pylist():
            file, row = stored.record_ids[record["record_id"]]
            issues[record["row"]] = Issue.warning(
                "duplicate_of_stored", Location(file_name, record["row"]), first_file=file, first_row=row
            )
    if unique_documents and stored.documents:
        known = pc.is_in(records["document"], value_set=pa.array(list(stored.documents), pa.string()))
        for record in records.filter(known).select(["row", "document"]).to_pylist():
            file, row = stored.documents[record["document"]]
            issues.setdefault(
                record["row"],
                Issue.warning(
                    "document_already_in",
                    Location(file_name, record["row"]),
                    document=record["document"],
                    first_file=file,
                    first_row=row,
                ),
            )
    credits = records.filter(pc.is_valid(records["credit_of"])).select(["row", "credit_of", "document"]).to_pylist()
    if credits:
        here = set(records["document"].to_pylist())
        for record in credits:
            own = record["document"] is not None and record["document"] == record["credit_of"]
            if own or (record["credit_of"] not in here and record["credit_of"] not in stored.documents):
                issues[record["row"]] = Issue.warning(
                    "credit_without_original", Location(file_name, record["row"]), document=record["credit_of"]
                )
    late = records.filter(pc.greater(records["start"], pa.scalar(today))).select(["row", "start"]).to_pylist()
    for record in late:
        issues.setdefault(
            record["row"],
            Issue.warning(
                "starts_in_future",
                Location(file_name, record["row"]),
                start=record["start"].isoformat(),
                today=today.isoformat(),
            ),
        )
    choices = choices or {}
    issues = {row: issue for row, issue in issues.items() if choices.get(row) != "accept"}
    if not issues:
        return Settled(records, rows, _counts(rows), [])
    doubtful = pa.array(sorted(issues), pa.int32())
    kept = records.filter(pc.invert(pc.is_in(records["row"], value_set=doubtful)))
    dropped = {row for row in issues if choices.get(row) == "drop"}
    final = _hold(rows, issues, dropped)
    return Settled(kept, final, _counts(final), [issues[row] for row in sorted(issues) if row not in dropped])


def _hold(rows: pa.Table, issues: Mapping[int, Issue], dropped: Collection[int]) -> pa.Table:
    changed = {name: rows[name].to_pylist() for name in ("fate", "code", "detail")}
    for at, row in enumerate(rows["row"].to_pylist()):
        if row in issues:
            changed["fate"][at] = "set_aside" if row in dropped else "held"
            changed["code"][at] = DROPPED_HERE if row in dropped else issues[row].code
            changed["detail"][at] = json.dumps(issues[row].values, sort_keys=True)
    for name, values in changed.items():
        at = rows.schema.get_field_index(name)
        rows = rows.set_column(at, name, pa.array(values, rows.schema.field(name).type))
    return rows


def _counts(rows: pa.Table) -> dict[str, int]:
    found = {entry["values"]: entry["counts"] for entry in pc.value_counts(rows["fate"]).to_pylist()}
    return {fate: int(found.get(fate, 0)) for fate in ("accepted", "set_aside", "held", "rejected")}
