"""Staging: the bytes of a file and a profile become mapped rows, with a fate for every physical row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from trede.catalogue.vocabulary import Vocabulary, vocabulary
from trede.intake import moments
from trede.intake.cells import lay_out_cells
from trede.intake.controls import Control
from trede.intake.layout import ACCEPTED, HELD, lay_out
from trede.intake.mapping import map_rows
from trede.intake.opening import open_file
from trede.intake.outcome import Sorter
from trede.intake.profile import Profile
from trede.intake.settings import Dialect, FileSettings
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Watch, unseen

READER_VERSION = "trede-intake-3"
"""Changes whenever the same file and profile would give other records; part of a batch's identity."""

_FIRST_REASONS = 10
OPENED, MAPPED = 0.6, 0.9
"""Which share of reading a file of many rows is done when it is opened, and when its rows are mapped (measured)."""


@dataclass(frozen=True)
class Staging:
    """A file as mapped rows; nothing is stored yet.

    `rows` has one row per physical row, or per cell of a cross-tab, with the schema `outcome.ROWS` (personal cells as
    pseudonyms). `records` and `held` have the schema `fields.MAPPED`, in order of row and place. `columns` gives the heading
    by field.
    """

    name: str
    sha256: str
    dialect: Dialect
    profile: Profile
    rows: pa.Table
    records: pa.Table
    held: pa.Table
    counts: dict[str, int]
    issues: tuple[Issue, ...]
    controls: tuple[Control, ...]
    columns: dict[str, str]
    headings: tuple[str, ...] | None = None
    """Of a cross-tab: the heading of every column, all rows of headings together."""

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook that was read; None for another file."""
        return None if self.dialect.sheet is None else str(self.dialect.sheet.value)

    def summary(self) -> dict[str, Any]:
        """Return what is kept beside a batch: JSON-able, without rows."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "reader": READER_VERSION,
            "dialect": self.dialect.to_json(),
            "counts": self.counts,
            "controls": [control.to_json() for control in self.controls],
            "columns": self.columns,
        }


def stage(
    data: bytes,
    name: str,
    profile: Profile,
    *,
    key: bytes,
    sites: Mapping[str, str] | None = None,
    entities: Mapping[str, str] | None = None,
    projects: Mapping[str, str] | None = None,
    departments: Mapping[str, str] | None = None,
    control_total: Decimal | None = None,
    control_rows: int | None = None,
    overrides: FileSettings | None = None,
    accept_held: Mapping[Address, str] | None = None,
    words: Vocabulary | None = None,
    watch: Watch = unseen,
    look: bool = False,
) -> Staging:
    """Map a file.

    Args:
        data: the file's bytes.
        name: its name, for locations.
        profile: the mapping, from `load_profile`.
        key: the organisation's key for pseudonyms.
        sites: id by name or alias; None: sites are not tested.
        entities: id by name or alias; None: entities are not tested.
        projects: id by name or alias; None: projects are not tested.
        departments: id by name or alias; None: departments are not tested.
        control_total: the sum that a person expects of the quantity column.
        control_rows: the number of rows with data that a person expects.
        overrides: settings that go before the profile's.
        accept_held: `accept` or `drop` by address, for rows (or cells of a cross-tab) that are held.
        words: the activity types that rows may name; None: those that ship.
        watch: is told which share of it is done.
        look: nothing is to be stored: a file of which no row is accepted is no error, but has that among its issues.

    Returns:
        the staging. An issue of error severity about a control total in it is for the caller to decide on.

    Raises:
        IntakeError: the file cannot be read as rows, a setting is ambiguous, a heading is missing, a decision
            is about a row that is not held (or rejected), or nothing was understood: no row is accepted, held or left out
            (`no_row_accepted`, with the first reasons behind it).
    """
    words = words or vocabulary()
    opened = open_file(data, name, profile, overrides, words, lambda share: watch(share * OPENED))
    closing = None if profile.crosstab is not None else profile.closing_lines or "ask"
    layout = lay_out(opened.records, opened.header, opened.totals, closing)
    watch(OPENED)
    if profile.crosstab is not None and opened.spreading is not None:
        layout = lay_out_cells(opened.records, layout, opened.spreading, profile.crosstab, name)
    decisions = accept_held or {}
    names = {"sites": sites, "entities": entities, "projects": projects, "departments": departments}
    mapped = map_rows(opened, layout, profile, name, key=key, decisions=decisions, words=words, **names)
    watch(MAPPED)
    result = Sorter(opened, layout, mapped, name).sort(profile, control_total, decisions, control_rows)
    left_out = sum(finding.problem.code == "left_out" for finding in mapped.asides)
    nothing: list[Issue] = []
    if result.counts["accepted"] + result.counts["held"] + left_out == 0 and not decisions:
        where = Location(file=name)
        rows = len(layout.data) + len(layout.misfits)
        nothing.append(Issue.error("no_row_accepted", where, rows=rows))
        if not look:
            reasons = [issue for issue in result.issues if issue.location.row is not None]
            raise IntakeError(*nothing, *reasons[:_FIRST_REASONS])
    records = mapped.table(result.positions(layout, ACCEPTED))
    notices = _touching(records, name) if opened.end_day is None and "end" in opened.indices else []
    return Staging(
        name=name,
        sha256=sha256(data),
        dialect=opened.dialect,
        profile=profile,
        rows=result.rows,
        records=records,
        held=mapped.table(result.positions(layout, HELD)),
        counts=result.counts,
        issues=(*nothing, *result.issues, *opened.notices, *notices),
        controls=result.controls,
        columns=opened.columns,
        headings=tuple(map(opened.heading, range(len(opened.titles)))) if profile.crosstab else None,
    )


def _touching(records: pa.Table, name: str) -> list[Issue]:
    """Return a warning when some rows end on the day on which a next one begins.

    Raises:
        IntakeError: half of those that last over a day do: then the end is very probably the day after the last one, and
            each of them would lose a part to the next year or month.
    """
    met, longer = moments.touching(records)
    where = Location(file=name)
    if met and 2 * met >= longer:
        raise IntakeError(Issue.error("ends_touch_starts", where, count=met))
    return [Issue.warning("ends_touch_starts", where, count=met)] if met else []
