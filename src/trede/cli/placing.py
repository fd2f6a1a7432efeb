"""Where the records of a run stand: an issue that names a record by its id says file and row as well."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.cli.context import Context
from trede.engine.runs import Run
from trede.kernel.issues import Issue, Location


def placed(context: Context, run: Run, issues: Sequence[Issue]) -> list[Issue]:
    """Return issues with the place of the record that each is about; several records have theirs behind their ids."""
    named = {ident for issue in issues for ident in _named(issue)}
    places = _places(context, run, named) if named else {}
    return [_with_place(context, issue, places) for issue in issues]


def _named(issue: Issue) -> list[str]:
    values = issue.values
    many = values.get("records")
    one = values.get("record")
    return [*([str(one)] if one else []), *(map(str, many) if isinstance(many, list | tuple) else [])]


def _places(context: Context, run: Run, named: Collection[str]) -> Mapping[str, Location]:
    found: dict[str, Location] = {}
    for pinned in run.spec["batches"]:
        batch = context.workspace.batch_store.get(pinned["id"])
        table = pq.ParquetFile(batch.records_path).read(columns=["record_id", "row"])
        here = table.filter(pc.is_in(table["record_id"], value_set=pa.array(sorted(named), pa.string())))
        for row in here.to_pylist():
            found[row["record_id"]] = Location(file=batch.file_name, row=row["row"])
    return found


def _with_place(context: Context, issue: Issue, places: Mapping[str, Location]) -> Issue:
    values = issue.values
    if isinstance(values.get("records"), list | tuple):
        values["records"] = [_told(context, ident, places.get(ident)) for ident in _named(issue)]
    where = places.get(str(values.get("record")), issue.location)
    return Issue.make(issue.severity, issue.code, where, values)


def _told(context: Context, ident: str, where: Location | None) -> str:
    if where is None:
        return ident
    return f"{ident} ({where.file}, {context.speaker.say('at_row', row=where.row)})"
