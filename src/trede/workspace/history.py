"""The history of one record: its deliveries, what people decided about it, what corrected it, and the ledger rows it made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from trede.activity.batches import Batch
from trede.activity.records import RECORD
from trede.engine.runs import Run
from trede.kernel.addresses import Address
from trede.kernel.errors import TredeError
from trede.ledger.schema import LEDGER
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Attach, CoveredBy, HeldRow, NoDoubleCount, Reinstate, Withdraw
from trede.workspace.attaching import Attachment, attachments
from trede.workspace.correcting import CORRECTS, PERSON, REASON, stored_versions
from trede.workspace.looking import rows_where
from trede.workspace.workspace import Workspace

What = Literal[
    "taken_in", "again", "out", "withdrawn", "reinstated", "accepted", "covered", "kept", "attached", "corrected", "credited",
    "corrects",
]  # fmt: skip


@dataclass(frozen=True)
class Event:
    """Something that happened to a record. `at` is the time as ISO text; `about` another record's id, or a file."""

    at: str
    what: What
    person: str = ""
    reason: str = ""
    batch: str = ""
    file: str = ""
    about: str = ""


@dataclass(frozen=True)
class Correction:
    """What takes a record back, and what came in its place."""

    reversal: dict[str, Any]
    replacement: dict[str, Any] | None
    batch: Batch
    person: str
    reason: str


@dataclass(frozen=True)
class History:
    """Everything that is known of a record beside its sums."""

    record: dict[str, Any]
    batch: Batch
    """The batch that the record stands in: the one that counts, else the last."""
    counts: bool
    events: list[Event]
    correction: Correction | None
    corrects: str
    """The id of the record that this one is a correction of; empty of others."""
    postings: list[tuple[Run, list[dict[str, Any]]]]
    """Per run that answers for a year the ledger rows that the record made."""


def history_of(workspace: Workspace, record: str) -> History:
    """Return the history of a record, by its id or a beginning of it.

    Raises:
        TredeError: `correct_record_unknown` or `record_ambiguous`.
    """
    versions = stored_versions(workspace, record)
    if not versions:
        raise TredeError.of("correct_record_unknown", record=record)
    active = workspace.active_batches()
    ids = {batch.id for batch in active}
    batch, row = next((pair for pair in reversed(versions) if pair[0].id in ids), versions[-1])
    correction = _correction(row, batch, active)
    of, _, _ = _custom(row)
    events = [
        *_deliveries(workspace, [each for each, _ in versions]),
        *_decisions(workspace, row, versions),
        *(_attached(a) for a in attachments(workspace) if a.proves(batch, row)),
        *_corrected(correction),
    ]
    if of:
        events.append(Event(str(batch.made["made_at"]), "corrects", *_custom(row)[1:], about=of))
    return History(
        row, batch, batch.id in ids, sorted(events, key=lambda e: e.at), correction, of, _postings(workspace, row)
    )


def _custom(row: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a record of a correction says: which record it corrects, who did it and why."""
    custom = json.loads(row["custom"] or "{}")
    corrects, person, reason = (
        str(custom.get(name.removeprefix("custom."), "")) for name in (CORRECTS, PERSON, REASON)
    )
    return corrects, person, reason


def _correction(row: dict[str, Any], batch: Batch, active: Sequence[Batch]) -> Correction | None:
    """Return the first record of the source that credits this one, with the record that came along in its place."""
    names = [name for name in (row["record_id"], row["document"]) if name]
    by_path = {other.records_path: other for other in active if other.source == batch.source}
    for path, credit in rows_where(list(by_path), RECORD, "credit_of", names):
        of, person, reason = _custom(credit)
        if of not in ("", row["record_id"]) or credit["record_id"] == row["record_id"]:
            continue
        made = by_path[path].records().to_pylist() if of else []
        new = next((r for r in made if r["credit_of"] is None and _custom(r)[0] == row["record_id"]), None)
        return Correction(credit, new, by_path[path], person, reason)
    return None


def _corrected(correction: Correction | None) -> Iterator[Event]:
    if correction is not None:
        what: What = "corrected" if correction.replacement else "credited"
        about = (correction.replacement or correction.reversal)["record_id"]
        at, file = str(correction.batch.made["made_at"]), correction.batch.origin
        yield Event(at, what, correction.person, correction.reason, correction.batch.id, file, about)


def _deliveries(workspace: Workspace, batches: Sequence[Batch]) -> Iterator[Event]:
    """Yield when the record came in, came again, and went out with its file."""
    ids = {batch.id for batch in batches}
    for number, batch in enumerate(batches):
        what: What = "again" if number else "taken_in"
        yield Event(str(batch.made["made_at"]), what, batch=batch.id, file=batch.origin)
    for other in workspace.batches():
        if other.id not in ids and ids & set(other.replaces):
            yield Event(str(other.made["made_at"]), "out", batch=other.id, file=other.origin)
    for recorded in workspace.decisions.all():
        said = recorded.decision
        if isinstance(said, Withdraw | Reinstate) and said.batch in ids:
            way: What = "withdrawn" if isinstance(said, Withdraw) else "reinstated"
            yield Event(said.made_at.isoformat(), way, said.person, said.reason, said.batch)


def _decisions(
    workspace: Workspace, row: dict[str, Any], versions: Sequence[tuple[Batch, dict[str, Any]]]
) -> Iterator[Event]:
    places = {(batch.file_sha256, Address(each["row"], each["column_number"])) for batch, each in versions}
    for recorded in workspace.decisions.in_force():
        what = _said(recorded, row["record_id"], places)
        if what:
            said = recorded.decision
            yield Event(said.made_at.isoformat(), what, said.person, said.reason)


def _said(recorded: Recorded, record: str, places: set[tuple[str, Address]]) -> What | None:
    match recorded.decision:
        case HeldRow() as said if any((said.file_sha256, at) in places for at in said.addresses):
            return "accepted"
        case CoveredBy(records=records) if record in records:
            return "covered"
        case NoDoubleCount(records=records) if record in records:
            return "kept"
        case _:
            return None


def _attached(attachment: Attachment) -> Event:
    said: Attach = attachment.decision
    return Event(said.made_at.isoformat(), "attached", said.person, said.reason, file=said.name, about=said.file_sha256)


def _postings(workspace: Workspace, row: dict[str, Any]) -> list[tuple[Run, list[dict[str, Any]]]]:
    found = []
    for year in range(row["end"].year, row["start"].year - 1, -1):
        run = workspace.run_of(str(year))
        if run is not None:
            rows = rows_where([run.folder / "ledger.parquet"], LEDGER, "record_id", [row["record_id"]])
            if rows:
                found.append((run, [found_row for _, found_row in rows]))
    return found
