"""What a check found before anything is stored: four fates that add up, problems by the repair that solves them, the rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.kernel.addresses import Address
from trede.kernel.issues import Issue
from trede.workspace import Workspace
from trede.workspace.expecting import DIFFERING
from trede.workspace.unknown import UNKNOWN
from trede_web.bridge.intake.controls import ControlLine, control_lines, controls_in, differing, may_be_subtotals
from trede_web.bridge.intake.fields import Choice, Fields
from trede_web.bridge.intake.mapping import OPTIONAL, Draft, fields_of, types_of
from trede_web.bridge.speaking import Told, Voice

if TYPE_CHECKING:
    from trede.workspace.importing import Ready

LISTED = 100
"""Rows with a problem that are kept with a check; after taking in, all of them can be downloaded."""
MOST_KINDS = 40
ACCEPTED_SHOWN = 5
TRANSLATED = UNKNOWN
"""Problems that a translation solves, once for all rows with the same text."""
CLOSING = "closing_line"
"""Lines of text below the table."""
NOTHING = "no_row_accepted"
"""Why a file cannot be taken in of which each row was looked at."""
FATES = ("accepted", "set_aside", "held", "rejected")
Checked = dict[str, Any]


def seen_in(ready: Ready) -> Checked:
    """Return what a check found, ready for JSON."""
    rows = ready.settled.rows
    kept = rows.filter(pc.is_in(rows["fate"], value_set=pa.array(["held", "rejected"])))
    fates = {_at(row): row for row in kept.to_pylist()}
    issues = [issue for issue in ready.issues if issue.location.address in fates]
    headings = list(ready.staging.headings or _headings(ready))
    first: dict[Address, Issue] = {}
    for issue in issues:
        first.setdefault(issue.location.address, issue)
    return {
        "counts": {fate: ready.settled.counts[fate] for fate in FATES},
        "in_cells": ready.staging.headings is not None,
        "headings": headings,
        "kinds": list(_kinds(issues, fates, headings)),
        "rows": [_row(row, first.get(at), headings) for at, row in list(fates.items())[:LISTED]],
        "accepted": list(_accepted(ready)),
        "sums": _sums(ready),
        "controls": controls_in(ready),
        "sheet": ready.staging.sheet,
        "remarks": [issue.to_json() for issue in ready.issues if _is_remark(issue, fates)],
        "refused": [issue.to_json() for issue in ready.issues if issue.code == NOTHING],
        "again": ready.same.id if ready.same else "",
        "replaced": ready.left_out,
    }


def refused(issues: Sequence[Issue], draft: Draft) -> Checked:
    """Return why a file as a whole cannot be taken in; of rows that are named, what would solve them."""
    named = [issue for issue in issues if issue.location.row is not None and issue.code in TRANSLATED]
    return {
        "counts": None, "refused": [issue.to_json() for issue in issues if issue not in named], "rows": [], "accepted": [],
        "sums": [],
        "kinds": list(_kinds(named, {}, [])), "headings": [], "controls": [], "remarks": [], "again": "", "replaced": [],
    }  # fmt: skip


def _is_remark(issue: Issue, fates: Mapping[Address, Any]) -> bool:
    """Whether an issue is about no row that waits, and is not told elsewhere."""
    return issue.location.address not in fates and issue.code not in (*DIFFERING, "control_total_explained", NOTHING)


def _at(row: Mapping[str, Any]) -> Address:
    return Address(row["row"], row["column_number"])


def _headings(ready: Ready) -> list[str]:
    header = ready.staging.dialect.header_row.value
    found = ready.settled.rows.filter(pc.equal(ready.settled.rows["row"], header))["cells"].to_pylist()
    return [cell.strip() for cell in found[0]] if found else []


def _kinds(issues: Sequence[Issue], fates: Mapping[Address, Any], headings: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the problems that one repair solves together, the largest first."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for issue in issues:
        row = fates.get(issue.location.address)
        text = _text(issue, row, headings) if issue.code in TRANSLATED or issue.code == "number_unreadable" else ""
        key = (issue.code, _column(issue), text)
        if key not in found:
            fate = row["fate"] if row else "rejected"
            found[key] = {
                "code": issue.code,
                "column": key[1],
                "text": text,
                "fate": fate,
                "rows": [],
                "issue": issue.to_json(),
            }
        found[key]["rows"].append(str(issue.location.address))
    ordered = sorted(found.values(), key=lambda kind: -len(kind["rows"]))
    for number, kind in enumerate(ordered[:MOST_KINDS]):
        rows = kind.pop("rows")
        yield {**kind, "number": number, "count": len(set(rows)), "examples": rows[:5]}


def _column(issue: Issue) -> str:
    """Return the heading of what is wrong; a cell of a cross-tab says its own in front of it: `jan · Location`."""
    told = issue.location.column or ""
    return told if issue.location.place is None else told.rpartition(" · ")[2]


def _text(issue: Issue, row: Mapping[str, Any] | None, headings: Sequence[str]) -> str:
    """Return the text of the cell that an issue is about, as it stands in the file."""
    column = _column(issue)
    if row is not None and column in headings and len(row["cells"]) == len(headings):
        return str(row["cells"][list(headings).index(column)]).strip()
    return str(issue.values.get("value", ""))


def _row(row: Mapping[str, Any], issue: Issue | None, headings: Sequence[str]) -> dict[str, Any]:
    marked = list(headings).index(row["column"]) if row["column"] in headings and row["column_number"] is None else None
    return {
        "address": str(_at(row)), "fate": row["fate"], "cells": row["cells"], "marked": marked, "column": row["column"] or "",
        "issue": issue.to_json() if issue else None,
    }  # fmt: skip


def _accepted(ready: Ready) -> Iterator[dict[str, Any]]:
    """Yield the first records with the cells that they were read from."""
    records, rows = ready.settled.records.slice(0, ACCEPTED_SHOWN).to_pylist(), ready.settled.rows
    wanted = rows.filter(pc.is_in(rows["row"], value_set=pa.array([r["row"] for r in records] or [0], pa.int32())))
    cells = {_at(row): row["cells"] for row in wanted.to_pylist()}
    for record in records:
        at = _at(record)
        yield {
            "address": str(at), "cells": cells.get(at, []), "type": record["activity_type"], "quantity": str(record["quantity"]),
            "unit": record["unit"], "start": str(record["start"]), "end": str(record["end"]), "site": record["site"] or "",
        }  # fmt: skip


def _sums(ready: Ready) -> list[tuple[str, str]]:
    """Return what the accepted quantities add up to, by unit."""
    records = ready.settled.records
    found = records.group_by(["unit"]).aggregate([("quantity", "sum")]).to_pylist() if records.num_rows else []
    return sorted((row["unit"], str(row["quantity_sum"])) for row in found)


@dataclass(frozen=True)
class Repair:
    """A kind of problem, and what solves it once for all rows: `translate`, `optional`, `blank`, `closing`, or nothing here."""

    number: int
    count: int
    fate: str
    text: str
    repair: str
    field: str
    cell: str
    choices: list[Choice]
    by_name: bool
    examples: list[str]
    column: str
    """The heading of the column that it is about, or nothing."""

    @property
    def may_be_new(self) -> bool:
        """Whether the text can be added as a site."""
        return self.repair == "translate" and self.field == "site"


@dataclass(frozen=True)
class RowChecked:
    """A row as it stands in the file."""

    address: str
    fate: str
    reason: str
    cells: list[str]
    marked: int | None


@dataclass(frozen=True)
class RowRead:
    """A row that was accepted, and what was read in it."""

    address: str
    cells: list[str]
    type: str
    quantity: str
    when: str


@dataclass(frozen=True)
class CheckPage:
    """Everything on the page of a check."""

    counts: dict[str, int]
    whole: int
    in_cells: bool
    sums: list[str]
    controls: list[ControlLine]
    differs: bool
    """Whether control totals differ, so that taking in asks for a reason."""
    subtotals: bool
    """Whether those may be subtotals."""
    kinds: list[Repair]
    headings: list[str]
    rows: list[RowChecked]
    accepted: list[RowRead]
    refused: list[Told]
    remarks: list[Told]
    again: str
    replaces: int

    @property
    def new_sites(self) -> int:
        """How many different texts could be added as sites."""
        return sum(kind.may_be_new for kind in self.kinds)

    @property
    def left(self) -> int:
        """How many rows are kept for later."""
        return self.counts.get("held", 0) + self.counts.get("rejected", 0)


def check_page(workspace: Workspace, checked: Checked, draft: Draft, voice: Voice) -> CheckPage:
    """Return the page of a check."""
    fields = Fields(workspace, voice)
    types = types_of(draft, fields.types)
    counts = checked["counts"] or {}
    return CheckPage(
        counts=counts, whole=sum(counts.values()), in_cells=bool(checked.get("in_cells")),
        sums=[f"{voice.number(Decimal(quantity))} {unit}" for unit, quantity in checked["sums"]],
        controls=control_lines(checked, voice), differs=bool(differing(checked)), subtotals=may_be_subtotals(checked, draft),
        kinds=[_repair(kind, draft, fields, types, voice) for kind in checked["kinds"]],
        headings=checked["headings"], rows=[_shown(row, voice) for row in checked["rows"]],
        accepted=[_read(row, fields, voice) for row in checked["accepted"]],
        refused=voice.told_stored(checked["refused"]), remarks=voice.told_stored(checked["remarks"]), again=checked["again"],
        replaces=len(checked["replaced"]),
    )  # fmt: skip


def _repair(kind: Mapping[str, Any], draft: Draft, fields: Fields, types: Sequence[Any], voice: Voice) -> Repair:
    issue = Issue.from_json(dict(kind["issue"]))
    used = fields_of(draft, kind["column"])
    how, field, choices = "", "", list[Choice]()
    if kind["code"] in TRANSLATED and used:
        field = next((name for name in used if fields.choices(name, types)), used[0])
        choices = fields.choices(field, types)
        how = "translate" if (choices or field == "site") and kind["text"] else ""
    elif (
        kind["code"] == "cell_empty"
        and used
        and used[0] in OPTIONAL | {"site", "entity", "geography", "meter", "quality"}
    ):
        how, field = "optional", used[0]
    elif kind["code"] == "number_unreadable" and "crosstab" in draft and kind["text"]:
        how = "blank"
    elif kind["code"] == CLOSING:
        how = "closing"
    return Repair(
        kind["number"], kind["count"], kind["fate"], voice.tell(issue), how, field, kind["text"], choices,
        len(choices) > MOST_KINDS, kind["examples"], kind["column"],
    )  # fmt: skip


def _shown(row: Mapping[str, Any], voice: Voice) -> RowChecked:
    reason = voice.tell(Issue.from_json(dict(row["issue"]))) if row["issue"] else ""
    return RowChecked(row["address"], row["fate"], reason, row["cells"], row["marked"])


def _read(row: Mapping[str, Any], fields: Fields, voice: Voice) -> RowRead:
    first, last = (voice.day(date.fromisoformat(row[name])) for name in ("start", "end"))
    kind = fields.types[row["type"]].name.get(voice.language) if row["type"] in fields.types else row["type"]
    return RowRead(
        row["address"], row["cells"], kind, f"{voice.number(Decimal(row['quantity']))} {row['unit']}",
        first if first == last else f"{first} – {last}",
    )  # fmt: skip


def repaired(draft: Draft, kind: Mapping[str, Any], field: str, answer: str) -> Draft:
    """Return a draft in which one kind of problem is solved.

    Args:
        field: the field of the column that is meant.
        answer: a value of the field; `-leave-out`: rows with this text are no activity; `-optional`, `-blank`; `-closing`: lines
            below the table are no data.
    """
    if answer == "-closing":
        return {**draft, "closing_lines": "set-aside"}
    if answer == "-blank":
        crosstab = draft["crosstab"]
        return {**draft, "crosstab": {**crosstab, "blanks": [*crosstab.get("blanks", []), kind["text"]]}}
    column = dict(draft["columns"][field])
    if answer == "-optional":
        column["optional"] = True
    elif answer == "-leave-out":
        column["leave_out"] = [*column.get("leave_out", []), kind["text"]]
    else:
        column["values"] = {**column.get("values", {}), kind["text"]: answer}
    return {**draft, "columns": {**draft["columns"], field: column}}
