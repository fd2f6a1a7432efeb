"""What rejected rows ask: a text in a column that means nothing yet, each asked once for all files of one profile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.batches import Batch
from trede.intake.profile import Profile
from trede.kernel.errors import TredeError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.kernel.issues import Issue, Location
from trede.workspace.importing import profile_of
from trede.workspace.workspace import Workspace

UNKNOWN = frozenset(
    {
        "value_unknown", "value_unknown_closest", "site_unknown", "entity_unknown", "department_unknown", "project_unknown",
        "activity_type_unknown", "attribute_value_unknown", "unit_not_of_type", "quality_unknown", "reading_kind_unknown",
    }
)  # fmt: skip
"""Codes of rows that say with what they are solved: the meaning of a text, for all rows that have it."""
MOST = 200
"""Texts of one file that are asked."""


@dataclass(frozen=True)
class Asker:
    """A batch of which rows ask: how many, and the first of them."""

    batch: str
    rows: int
    first: int


@dataclass(frozen=True)
class Unknown:
    """A text that nobody said the meaning of; `fields` are those that its column fills, `issue` that of the first row."""

    id: str
    profile: str
    column: str
    text: str
    fields: tuple[str, ...]
    issue: Issue
    askers: tuple[Asker, ...]

    @property
    def rows(self) -> int:
        """How many rows ask."""
        return sum(asker.rows for asker in self.askers)


def unknown_values(workspace: Workspace) -> list[Unknown]:
    """Return what the rejected rows of the batches that count ask, the most rows first.

    Files whose original was removed are left out, for they cannot be read again; and so are columns with personal data.
    """
    found: dict[str, list[Unknown]] = {}
    for batch in workspace.active_batches():
        if batch.counts["rejected"] and workspace.evidence.get(batch.file_sha256).removal is None:
            for each in _asked(batch):
                found.setdefault(each.id, []).append(each)
    merged = [
        Unknown(
            first.id, first.profile, first.column, first.text, first.fields, first.issue,
            tuple(asker for each in same for asker in each.askers),
        )
        for same in found.values() for first in same[:1]
    ]  # fmt: skip
    return sorted(merged, key=lambda each: (-each.rows, each.id))


def find_unknown(workspace: Workspace, ident: str) -> Unknown:
    """Return what is asked under an id.

    Raises:
        TredeError: `question_gone`: it is asked no more.
    """
    for each in unknown_values(workspace):
        if each.id == ident:
            return each
    raise TredeError.of("question_gone")


@lru_cache(maxsize=1024)
def _read(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the texts that rows of a batch ask for; a batch never changes."""
    wanted = pc.is_in(pc.field("code"), value_set=pa.array(sorted(UNKNOWN)))
    rows = pq.read_table(folder / "rows.parquet", columns=["row", "column", "code", "detail"], filters=wanted)
    grouped = rows.group_by(["code", "column", "detail"]).aggregate([("row", "count_distinct"), ("row", "min")])
    return tuple(
        grouped.sort_by([("row_count_distinct", "descending"), ("row_min", "ascending")]).slice(0, MOST).to_pylist()
    )


def _asked(batch: Batch) -> list[Unknown]:
    found = _read(batch.folder)
    if not found:
        return []
    profile, headings = profile_of(batch), [heading.strip() for heading in batch.headings()]
    cells_of, asked = batch.cells_of({group["row_min"] for group in found}), dict[str, Unknown]()
    for group in found:
        column, detail = group["column"] or "", json.loads(group["detail"] or "{}")
        fields = fields_of(profile, column)
        if not fields or any(profile.columns[name].personal for name in fields):
            continue
        cells = cells_of[group["row_min"]]
        place = headings.index(column.strip()) if column.strip() in headings else len(cells)
        text = (cells[place] if place < len(cells) else str(detail.get("value", ""))).strip()
        ident = sha256(canonical_json([profile.id, batch.source, column, _plain(text)]))[:SHORT]
        issue = Issue.error(group["code"], Location(batch.file_name, group["row_min"], column), **detail)
        if text and ident not in asked:
            asker = Asker(batch.id, group["row_count_distinct"], group["row_min"])
            asked[ident] = Unknown(ident, profile.id, column, text, fields, issue, (asker,))
    return list(asked.values())


def fields_of(profile: Profile, heading: str) -> tuple[str, ...]:
    """Return the fields that a column fills."""
    wanted = _plain(heading)
    return tuple(name for name, column in profile.columns.items() if wanted in map(_plain, column.header))


def texts_of(batch: Batch, column: str) -> list[str]:
    """Return the different texts that stand in a column below its heading."""
    headings = [heading.strip() for heading in batch.headings()]
    if column.strip() not in headings:
        return []
    index, rows = headings.index(column.strip()), batch.rows("accepted", "held", "rejected")
    if batch.in_cells:
        every = batch.rows()
        cells = every.filter(pc.equal(every["column_number"], index + 1))["cells"]
        index = 0
    else:
        cells = rows["cells"]
    cells = cells.filter(pc.greater(pc.list_value_length(cells), index))
    texts = pc.unique(pc.list_element(cells, index)).to_pylist() if len(cells) else []
    return sorted({text.strip() for text in texts if text and text.strip()} - set(headings))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
