"""A record's page: as it was read, the cell in its file, what happened to it, what corrected it, which ledger rows it made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from trede.kernel.addresses import Address
from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.correcting import FIELDS
from trede.workspace.history import Correction, Event, History, history_of
from trede.workspace.journal import Journal
from trede.workspace.journal_asking import find_lines
from trede_web.bridge.evidence.originals import removal_of
from trede_web.bridge.evidence.viewer import Proof, proofs_of_record
from trede_web.bridge.figures import Figure
from trede_web.bridge.ledger.asking import Names
from trede_web.bridge.ledger.attributes import called_in
from trede_web.bridge.ledger.ledger import days
from trede_web.bridge.ledger.record import Sheet, sheet_of
from trede_web.bridge.results.footprint import account_name
from trede_web.bridge.speaking import Voice
from trede_web.bridge.tongues import joined, named

if TYPE_CHECKING:
    from trede.activity.batches import Batch

READ = (
    "quantity", "unit", "start", "end", "activity_type", "attributes", "inputs", "site", "entity", "department", "project",
    "geography", "quality", "document", "supplier", "meter", "vehicle", "person", "note", "custom", "credit_of", "replaces",
)  # fmt: skip
"""The fields of a record in the order in which they are shown."""
QUALITIES = ("measured", "calculated", "estimated", "extrapolated", "default")


@dataclass(frozen=True)
class Happened:
    """Something that happened to the record."""

    day: str
    time: str
    what: str
    """A member of the family `event`."""
    person: str
    reason: str
    batch: str
    file: str
    about: str
    """Another record's id, or a file's."""


@dataclass(frozen=True)
class Posted:
    """One ledger row."""

    run: str
    year: str
    account: str
    basis: str
    quantity: str
    factor: str
    """As a list and its id: `LIST#FACTOR`."""
    name: str
    """What the factor is called in its list; its id when that list is gone."""
    figure: Figure
    share: str

    @property
    def place(self) -> tuple[str, str] | None:
        """The list and the id in it; None of a factor that is in no list, such as a warming potential."""
        library, _, ident = self.factor.partition("#")
        return (library, ident) if ident and ":" not in library else None


@dataclass(frozen=True)
class Compared:
    """A field before and after the correction."""

    field: str
    old: str
    new: str
    changed: bool


@dataclass(frozen=True)
class Corrected:
    """What took the record back, and what came in its place (empty: nothing)."""

    reversal: str
    replacement: str
    person: str
    reason: str
    batch: str
    fields: list[Compared]


@dataclass(frozen=True)
class HistoryPage:
    """Everything on the page."""

    record: str
    title: str
    about: str
    quantity: str
    unit: str
    when: str
    states: list[tuple[int, str]]
    """Per year what became of it; empty while the journal is being made."""
    fields: list[tuple[str, str]]
    file: str
    file_id: str
    removed: str
    """When, by whom and why the original was removed on request; nothing when it is there."""
    batch: str
    at: str
    sheet: Sheet
    counts: bool
    events: list[Happened]
    postings: list[Posted]
    corrected: Corrected | None
    corrects: str
    correctable: bool
    closed: str
    """Why a record of a published year cannot be corrected by itself; nothing when it can."""
    now: dict[str, str]
    """What a correction starts from, by field."""
    sites: list[tuple[str, str]]
    qualities: list[tuple[str, str]]
    proofs: list[Proof]


def history_page(workspace: Workspace, journal: Journal | None, record: str, voice: Voice) -> HistoryPage:
    """Return the page of a record.

    Raises:
        TredeError: `correct_record_unknown` or `record_ambiguous`.
    """
    found = history_of(workspace, record)
    row, batch = found.record, found.batch
    names = Names(workspace, voice, {} if journal is None else journal.files)
    lines = [] if journal is None else find_lines(journal, row["record_id"])
    return HistoryPage(
        record=row["record_id"], title=names.of("activity_type", row["activity_type"]), about=names.about(row),
        quantity=voice.number(row["quantity"]), unit=row["unit"], when=days(row, voice),
        states=[(line["year"], line["state"]) for line in lines],
        fields=[(name, text) for name in READ if (text := written(name, row[name], names, voice))],
        file=batch.origin, file_id=batch.file_sha256,
        removed=removal_of(workspace, batch.file_sha256, voice), batch=batch.id,
        at=str(Address(row["row"], row["column_number"])), sheet=sheet_of(batch, row, quantity_letter(batch, row)),
        counts=found.counts, events=[_event(event) for event in found.events], postings=_postings(workspace, found, voice),
        corrected=None if found.correction is None else _corrected(row, found.correction, names, voice),
        corrects=found.corrects,
        correctable=found.counts and found.correction is None and row["quantity"] > 0 and not row["credit_of"],
        closed=_closed(workspace, row, voice), now={name: plain(row[name], voice) for name in FIELDS},
        sites=[(site.id, site.name) for site in workspace.organisation.site],
        qualities=[(name, voice.say(f"quality.{name}")) for name in QUALITIES],
        proofs=proofs_of_record(workspace, batch, row),
    )  # fmt: skip


def _closed(workspace: Workspace, row: Mapping[str, Any], voice: Voice) -> str:
    for year in range(row["start"].year, row["end"].year + 1):
        published = workspace.publications_of(str(year))
        if published:
            return voice.tell(TredeError.of("correct_published", year=year, version=len(published)).issues[0])
    return ""


def quantity_letter(batch: Batch, row: Mapping[str, Any]) -> int | None:
    """Return the index of the column that the quantity was read from; None when no column says."""
    if row["column_number"] is not None:
        return int(row["column_number"]) - 1
    heading = (batch.columns.get("quantity") or batch.columns.get("meter_reading", "")).strip().casefold()
    return next((at for at, head in enumerate(batch.headings()) if head.strip().casefold() == heading), None)


def written(name: str, value: Any, names: Names, voice: Voice) -> str:
    """Write a field of a record as people read it."""
    if value is None or value == "":
        return ""
    match name:
        case "activity_type" | "site" | "entity" | "department" | "project":
            return names.of(name, value)
        case "quality":
            return voice.say(f"quality.{value}")
        case "attributes":
            said = json.loads(value)
            return joined((joined([names.attribute(key), called_in(said, key, voice)], ": ") for key in said), "; ")
        case "inputs" | "custom":
            return ", ".join(f"{key}: {each}" for key, each in json.loads(value).items())
        case "quantity":
            return voice.number(value)
        case "start" | "end":
            return voice.day(value)
        case _:
            return str(value)


def plain(value: Any, voice: Voice) -> str:
    """Write a value so that a form can take it in again: numbers in the reader's language, without signs for thousands."""
    if isinstance(value, Decimal):
        sign = voice.number(Decimal("0.5"))[1]
        return f"{value.normalize():f}".replace(".", sign)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def _event(event: Event) -> Happened:
    at = datetime.fromisoformat(event.at).astimezone()
    return Happened(
        f"{at:%Y-%m-%d}", f"{at:%H:%M}", event.what, event.person, "" if event.reason == "-" else event.reason, event.batch,
        event.file, event.about,
    )  # fmt: skip


def _postings(workspace: Workspace, found: History, voice: Voice) -> list[Posted]:
    return [
        Posted(
            run=run.id, year=run.period.name, account=account_name(row["account"], voice),
            basis="" if row["basis"] == "none" else voice.say(f"basis_of.{row['basis']}"),
            quantity=f"{voice.number(row['quantity'])} {row['unit']}", factor=row["factor"] or "",
            name=_named(workspace, row["factor"] or "", voice),
            figure=Figure(row["co2e"], f"{run.id}/{row['record_id']}"), share=voice.percent(row["share"]),
        )
        for run, rows in found.postings
        for row in rows
    ]  # fmt: skip


def _named(workspace: Workspace, factor: str, voice: Voice) -> str:
    library_id, _, ident = factor.partition("#")
    library = workspace.libraries.get(library_id)
    found = library.factors.get(ident) if library else None
    return named(found.name, library.papers, voice) if library and found else ident


def _corrected(old: Mapping[str, Any], correction: Correction, names: Names, voice: Voice) -> Corrected:
    new = correction.replacement
    fields = []
    for name in READ if new else ():
        before, after = (written(name, row[name], names, voice) for row in (old, new or {}))
        if name not in ("custom", "credit_of") and (before or after):
            fields.append(Compared(name, before, after, before != after))
    return Corrected(
        correction.reversal["record_id"], new["record_id"] if new else "", correction.person, correction.reason,
        correction.batch.id, fields,
    )  # fmt: skip
