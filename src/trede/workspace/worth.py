"""What rows are worth that do not count yet: about the tonnes that they would come to, or the euros.

Rows that only lack a place (a site, an entity, a department, a project) are read once more without testing it, and so are rows
that were held. Their quantity × the value of the list that speaks for them ranks; it is no result.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.catalogue.bindings import HOME
from trede.catalogue.exchange import EURO
from trede.catalogue.vocabulary import Vocabulary
from trede.intake.comparing import compared
from trede.intake.settings import FileSettings
from trede.intake.staging import stage
from trede.kernel.errors import TredeError
from trede.kernel.exporting import csv_bytes
from trede.workspace.importing import profile_of
from trede.workspace.naming import PARTS
from trede.workspace.proposing import Waiting, propose
from trede.workspace.shelf import shelf_of
from trede.workspace.unknown import Unknown, unknown_values
from trede.workspace.workspace import Workspace

MOST = 5_000
"""Rows of one file that are read for it; of more the first ones count."""


@dataclass(frozen=True, slots=True)
class Worth:
    """About how many milligrams CO2e, and how many euros of spend, rows would come to; None when that is not known."""

    mg: int | None = None
    euros: Decimal | None = None


@dataclass(frozen=True, slots=True)
class _Amount:
    activity_type: str
    attributes: str
    unit: str
    year: int
    quantity: Decimal


def ranked_unknown(workspace: Workspace) -> list[tuple[Unknown, Worth]]:
    """Return what rejected rows ask with what the rows are worth: by tonnes, then by euros, then by the number of rows."""
    found = [(each, worth(workspace, each)) for each in unknown_values(workspace)]
    return sorted(found, key=_rank)


def _rank(pair: tuple[Unknown, Worth]) -> tuple[bool, int, Decimal, int, str]:
    each, value = pair
    return value.mg is None, -abs(value.mg or 0), -abs(value.euros or Decimal(0)), -each.rows, each.id


def worth(workspace: Workspace, unknown: Unknown) -> Worth:
    """Return what the rows that ask for a text would come to."""
    if not set(unknown.fields) <= set(PARTS):
        return Worth()
    read = (
        each for asker in unknown.askers for each in _read(_Asked(asker.batch, unknown.column, unknown.text, workspace))
    )
    return _come_to(workspace, read)


def held_worth(workspace: Workspace, batch: str) -> Worth:
    """Return what the rows of a batch would come to that wait for a decision."""
    return _come_to(workspace, _read(_Asked(batch, "", "", workspace)))


def _come_to(workspace: Workspace, amounts: Iterable[_Amount]) -> Worth:
    shelf, words = shelf_of(workspace), workspace.words
    found: list[int] = []
    euros: list[Decimal] = []
    for each in amounts:
        if each.activity_type in words.types and words[each.activity_type].by_sector:
            euros += [each.quantity] if each.unit == EURO else []
            continue
        waiting = Waiting(
            "", each.activity_type, json.loads(each.attributes), each.unit, HOME, each.year, "factor_year_missing", 1,
            each.quantity, None, (), (),
        )  # fmt: skip
        mg = next((p.mg for p in propose(shelf, words, waiting) if p.mg is not None), None)
        found += [] if mg is None else [mg]
    return Worth(sum(found) if found else None, sum(euros, Decimal(0)) if euros else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Rejected rows of a batch with a text in a column; without a column those that are held.

    Whatever workspace it is read in, the answer is the same.
    """

    batch: str
    column: str
    text: str
    workspace: Workspace = field(compare=False)


@lru_cache(maxsize=1024)
def _read(asked: _Asked) -> tuple[_Amount, ...]:
    """Read rows of a batch that do not count; a batch never changes."""
    workspace = asked.workspace
    batch = workspace.batch_store.get(asked.batch)
    profile = profile_of(batch)
    if batch.in_cells or profile.readings is not None:
        return ()
    headings = batch.headings()
    cells = _with_text(batch, headings, asked) if asked.column else _cells(batch, "held")
    if not cells:
        return ()
    settings = {name: choice.get("value") for name, choice in batch.facts["dialect"].items()}
    plain = FileSettings(
        delimiter=";", encoding="utf-8-sig", header_row=1, decimal=settings.get("decimal"), dates=settings.get("dates"),
        end_day=profile.file.end_day,
    )  # fmt: skip
    alone = profile.model_copy(update={"file": plain, "totals": (), "unique": None, "checks": ()})
    try:
        staged = stage(csv_bytes([headings, *cells]), "rows.csv", alone, key=workspace.key, words=workspace.words)
    except TredeError:
        return ()
    return tuple(_sums(staged.records, workspace.words))


def _cells(batch: Batch, fate: str) -> list[list[str]]:
    return [row for row in batch.rows(fate).slice(0, MOST)["cells"].to_pylist() if row]


def _with_text(batch: Batch, headings: Sequence[str], asked: _Asked) -> list[list[str]]:
    """Return the rejected rows that have the text in the column."""
    place = next((n for n, heading in enumerate(headings) if compared(heading) == compared(asked.column)), None)
    if place is None:
        return []
    text = compared(asked.text)
    return [row for row in _cells(batch, "rejected") if len(row) > place and compared(row[place]) == text]


def _sums(records: pa.Table, words: Vocabulary) -> list[_Amount]:
    table = records.select(["activity_type", "attributes", "unit", "quantity"])
    table = table.append_column("year", pc.year(records["start"]))
    grouped = table.group_by(["activity_type", "attributes", "unit", "year"]).aggregate([("quantity", "sum")])
    return [
        _Amount(row["activity_type"], row["attributes"], row["unit"], row["year"], row["quantity_sum"])
        for row in grouped.to_pylist()
        if row["activity_type"] in words.types
    ]
