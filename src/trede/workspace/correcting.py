"""Correcting one record: a small file of a reversal and, unless it is credited only, the record as it should be.

Nothing is edited. The file is written here, kept as evidence and taken in like any other, of the same source: its first row is
the record with the sign turned, as a credit of it, the second row says what is right. Both bear who corrected it and why.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.batches import Batch
from trede.activity.records import ID_LENGTH, RECORD
from trede.activity.stored import stored_of
from trede.intake.profile import Column, Profile
from trede.intake.settings import FileSettings
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.exporting import csv_bytes
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.organisation.decided import SHORTEST_REASON
from trede.workspace.expecting import Expected
from trede.workspace.importing import Imported, import_file, prepare, stage_decided
from trede.workspace.looking import engine, rows_where
from trede.workspace.workspace import Workspace

FIELDS = ("quantity", "start", "end", "site", "department", "project", "quality", "supplier", "note")
"""What a correction can change."""
PROFILE = "correction"
"""Id of the mapping of such a file."""
REASON, PERSON, CORRECTS = "custom.correction_reason", "custom.corrected_by", "custom.corrects"
"""Columns of the file, and custom fields of its records: why, by whom, and which record."""
_COPIED = (
    "unit", "geography", "entity", "meter", "vehicle", "person", "supplier", "note", "rating", "sample", "site", "project",
    "department",
)  # fmt: skip
_NEEDED = ("activity_type", "quantity", "unit", "start", "end")
_OF_SITE = ("entity", "geography")
_OF_READING = ("reading_from", "reading_to", "multiplied_by")
"""Custom fields that tell how a quantity was read; a correction is not read that way."""
_SHORT, _LISTED = 8, 5


def stored_versions(workspace: Workspace, record: str) -> list[tuple[Batch, dict[str, Any]]]:
    """Return the batches that hold a record, in the order in which they were made, each with the record as it stands there.

    Args:
        record: the id, or a beginning of it that is unique; of what is not there, nothing.

    Raises:
        TredeError: `record_ambiguous`.
    """
    batches = workspace.batches()
    if not batches:
        return []
    by_path = {str(batch.records_path): batch for batch in batches}
    if len(record) == ID_LENGTH:
        ids = [record]
    else:
        ids = _beginning_with(list(by_path), record)
    found = {str(path): row for path, row in rows_where(list(map(Path, by_path)), RECORD, "record_id", ids)}
    return [(batch, found[path]) for path, batch in by_path.items() if path in found]


def _beginning_with(paths: list[str], record: str) -> list[str]:
    sql = "SELECT DISTINCT record_id FROM read_parquet(?) WHERE starts_with(record_id, ?) LIMIT ?"
    ids = [i for (i,) in engine().cursor().execute(sql, [paths, record, _LISTED]).fetchall()] if record else []
    if len(ids) > 1:
        raise TredeError.of("record_ambiguous", record=record, found=sorted(ids))
    return ids


def correct(workspace: Workspace, record: str, changes: Mapping[str, str], reason: str, person: str) -> Imported:
    """Correct a record, or credit it as a whole.

    Args:
        record: its id, or a beginning of it that is unique.
        changes: fields of `FIELDS` with what they should be: numbers with a decimal point, days as 2024-03-01, sites and
            others as the organisation names them; empty for no value. Nothing changed: the record is credited.

    Returns:
        What was taken in. The same correction a second time changes nothing.

    Raises:
        TredeError: `correct_record_unknown`, `correct_not_counting`, `correct_credit_itself`, `correct_twice`,
            `correct_published`, `correct_field_unknown`, `correct_same`, `record_ambiguous`, `reason_too_short`.
        IntakeError: `correct_not_taken` and why, when the corrected record would be refused or held; nothing was stored.
    """
    batch, old = _counting(workspace, record)
    record = old["record_id"]
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise TredeError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    new = _changed(old, changes) if changes else None
    rows = [_reversal(old), *([_replacement(old, new, changes)] if new else [])]
    rows = [{**row, REASON: reason, PERSON: person, CORRECTS: record} for row in rows]
    columns = [name for name in _columns(rows) if any(row.get(name) for row in rows)]
    data = csv_bytes([columns, *([row.get(name, "") for name in columns] for row in rows)])
    name = f"correction-{record[:_SHORT]}.csv"
    profile = _profile(batch.source, columns)
    if _is_in(workspace, batch.source, data):
        return import_file(workspace, data, name, profile)
    _require_open(workspace, record, batch, old, new)
    _require_taken(workspace, data, name, profile, len(rows))
    return import_file(workspace, data, name, profile)


def loose_corrections(workspace: Workspace) -> Iterator[tuple[Batch, str]]:
    """Yield the corrections that count although their record does not any more, each with that record's id.

    That is so after the record's file was replaced or withdrawn: what the correction takes back is not there to take back.
    """
    active = workspace.active_batches()
    corrected: dict[str, list[tuple[Batch, set[str]]]] = {}
    for batch in active:
        if batch.facts["profile_id"] == PROFILE:
            of = {str(name) for name in batch.records("credit_of")["credit_of"].drop_null().to_pylist()}
            corrected.setdefault(batch.source, []).append((batch, of))
    for source, batches in corrected.items():
        there = stored_of(active, source, ()).record_ids.places({record for _, of in batches for record in of})
        for batch, of in batches:
            yield from ((batch, record) for record in sorted(of - there.keys()))


def _counting(workspace: Workspace, record: str) -> tuple[Batch, dict[str, Any]]:
    found = stored_versions(workspace, record)
    if not found:
        raise TredeError.of("correct_record_unknown", record=record)
    active = {batch.id for batch in workspace.active_batches()}
    counting = [pair for pair in found if pair[0].id in active]
    if not counting:
        raise TredeError.of("correct_not_counting", record=record, file=found[-1][0].file_name)
    batch, old = counting[-1]
    if old["quantity"] < 0 or old["credit_of"]:
        raise TredeError.of("correct_credit_itself", record=record)
    return batch, old


def _changed(old: Mapping[str, Any], changes: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(changes) - set(FIELDS))
    if unknown:
        raise TredeError.of("correct_field_unknown", fields=unknown, known=list(FIELDS))
    new = {name: text.strip() for name, text in changes.items() if text.strip() != _text(old[name])}
    if not new:
        raise TredeError.of("correct_same")
    return new


def _is_in(workspace: Workspace, source: str, data: bytes) -> bool:
    digest = sha256(data)
    return any((b.file_sha256, b.source) == (digest, source) for b in workspace.active_batches())


def _require_open(
    workspace: Workspace, record: str, batch: Batch, old: Mapping[str, Any], new: Mapping[str, str] | None
) -> None:
    """Test that nobody corrected the record yet, and that no year that it touches, before or after, is published."""
    for other in workspace.active_batches():
        if other.source == batch.source:
            read = pq.read_table(other.records_path, columns=["record_id"], filters=pc.field("credit_of") == record)
            if read.num_rows:
                raise TredeError.of("correct_twice", record=record, by=read["record_id"][0].as_py())
    periods = [Period(old["start"], old["end"])]
    if new and {"start", "end"} & set(new):
        first, last = (new.get(name, str(old[name])) for name in ("start", "end"))
        periods.append(Period.parse(first if first == last else f"{first}..{last}"))
    for year in sorted({part.start.year for period in periods for part in period.by_year()}):
        published = workspace.publications_of(str(year))
        if published:
            raise TredeError.of("correct_published", year=year, version=published[-1].publication.version)


def _require_taken(workspace: Workspace, data: bytes, name: str, profile: Profile, count: int) -> None:
    """Test that every row would be accepted; a correction of which half counts is worse than none."""
    active = workspace.active_batches()
    staging, decisions = stage_decided(workspace, data, name, profile, [], Expected(), None)
    settled, _ = prepare(workspace, staging, decisions, active, [], Expected(), None)
    if settled.counts["accepted"] != count:
        raise IntakeError(Issue.error("correct_not_taken"), *staging.issues, *settled.issues)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None or value == "not-stated" else str(value)


def _reversal(old: Mapping[str, Any]) -> dict[str, str]:
    return {**_copy(old), "quantity": _text(-old["quantity"]), "credit_of": old["record_id"]}


def _replacement(old: Mapping[str, Any], new: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    row = {**_copy(old), "quantity": _text(old["quantity"]), "document": _text(old["document"])}
    row["replaces"] = _text(old["replaces"])
    if "site" in new:
        row |= dict.fromkeys(_OF_SITE, "")  # they follow from the site
    return {**row, **changes}


def _copy(old: Mapping[str, Any]) -> dict[str, str]:
    row = {name: _text(old[name]) for name in _COPIED}
    row |= {"activity_type": old["activity_type"], "start": str(old["start"]), "end": str(old["end"])}
    row["quality"] = _text(old["quality"])
    if old["uncertainty"] is not None:
        row["uncertainty"] = _text(Decimal(old["uncertainty"]) / 100)
    for name in ("attributes", "inputs"):
        row |= {key: str(value) for key, value in json.loads(old[name] or "{}").items()}
    custom = cast(dict[str, Any], json.loads(old["custom"] or "{}"))
    return row | {f"custom.{key}": str(value) for key, value in custom.items() if key not in _OF_READING}


def _columns(rows: list[dict[str, str]]) -> Iterator[str]:
    first = (*_NEEDED, "credit_of", CORRECTS, REASON, PERSON)
    yield from first
    yield from sorted({name for row in rows for name in row} - set(first))


def _profile(source: str, columns: list[str]) -> Profile:
    settings = {
        "encoding": "utf-8", "delimiter": ";", "decimal": ".", "header_row": 1, "dates": "yyyy-mm-dd", "end_day": "included",
    }  # fmt: skip
    return Profile(
        id=PROFILE, title="Correctie / correction", source=source, file=FileSettings.model_validate(settings),
        columns={name: Column(header=(name,), optional=name not in _NEEDED) for name in columns},
    )  # fmt: skip
