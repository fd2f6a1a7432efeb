"""Rejected rows that come back mended: they come in as a file of their own, and are set aside where they were rejected."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from trede.activity.batches import Batch
from trede.intake.comparing import compared
from trede.intake.inspection import header_record
from trede.intake.problems import Choice
from trede.intake.profile import Profile
from trede.intake.reader import Records
from trede.intake.settings import FileSettings
from trede.intake.source import open_records
from trede.kernel.errors import IntakeError, TredeError
from trede.kernel.issues import Location
from trede.kernel.progress import Step, silent
from trede.organisation.decision_log import Recorded
from trede.workspace.deciding import decision_about
from trede.workspace.importing import Imported, import_file, profile_of, reimport
from trede.workspace.workspace import Workspace


def mend(
    workspace: Workspace, batch: Batch, data: bytes, name: str, row_headings: Collection[str], why: dict[str, Any],
    step: Step = silent,
) -> tuple[Imported, Imported]:  # fmt: skip
    """Take in rows that a batch rejected, mended in the file of rejected rows; none of them counts twice.

    Its headings are those of the original, with behind them the number of the row there. Each row that the file names is set
    aside in the batch, whatever became of it now: its new place is this file. Rows that it does not name stay rejected. Done
    twice it changes nothing twice, since the rows that it names are rejected no more.

    Args:
        row_headings: what the column with the number of the row may be called.
        why: reason, person and time of the decision.

    Returns:
        the mended rows, and the batch that they were rejected in with those rows set aside.

    Raises:
        TredeError: `mend_not_table` for months as columns and meter readings, whose rows are no records by themselves;
            `mend_without_rows`; `row_not_rejected` for rows that are not (any more); what `decision_about` raises.
        IntakeError: the file cannot be taken in; nothing was changed.
    """
    profile = profile_of(batch)
    where = Location(file=name)
    if batch.in_cells or profile.readings is not None:
        raise TredeError.of("mend_not_table", Location(file=batch.file_name))
    records = open_records(data, name, FileSettings(header_row=1), None).records
    column = _column(records, name, row_headings)
    named = [cells[column].strip() for cells in map(records.cells, range(1, len(records))) if len(cells) > column]
    rows = list(dict.fromkeys(text for text in named if text))
    if not rows:
        raise IntakeError.of("mend_without_rows", where, headings=sorted(row_headings))
    decision = decision_about(workspace, batch, "set-aside", rows, lambda: why)
    mended = import_file(workspace, data, name, _as_written(profile, batch, records), step=step)
    if Recorded("", 0, decision).content not in {recorded.content for recorded in workspace.decisions.in_force()}:
        workspace.decide(decision)
    return mended, reimport(workspace, batch)


def _column(records: Records, name: str, row_headings: Collection[str]) -> int:
    """Return the column with the numbers of the rows.

    Raises:
        IntakeError: `mend_without_rows`.
    """
    header = records.cells(header_record(records, Choice(1, "chosen"), name))
    known = {compared(heading) for heading in row_headings}
    found = [index for index, heading in enumerate(header) if compared(heading) in known]
    if not found:
        raise IntakeError.of("mend_without_rows", Location(file=name), headings=sorted(row_headings))
    return found[-1]


def _as_written(profile: Profile, batch: Batch, records: Records) -> Profile:
    """Return the batch's profile for a file that we wrote: the same numbers and dates, and codes that are codes already."""
    dialect = batch.facts["dialect"]
    told = {name: dialect[name]["value"] for name in ("decimal", "dates") if dialect[name]["value"] is not None}
    if profile.file.end_day is not None:
        told["end_day"] = profile.file.end_day
    titles = [compared(heading) for heading in records.cells(0)]
    codes = {text for row in batch.rows()["cells"].to_pylist() for text in row}
    columns = {}
    for field, column in profile.columns.items():
        names = {compared(heading) for heading in column.header}
        places = [index for index, title in enumerate(titles) if title in names]
        cells = (records.cells(number) for number in range(1, len(records)))
        texts = {row[index] for row in cells for index in places if index < len(row)} - {""}
        columns[field] = column.model_copy(update={"personal": column.personal and not texts <= codes})
    return profile.model_copy(update={"file": FileSettings(header_row=1, **told), "columns": columns, "totals": ()})
