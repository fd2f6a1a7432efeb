"""The ledger to download: every record that the address asks for, row by row, so that no number of rows is too much."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.kernel.addresses import Address
from trede.kernel.amounts import MG_PER_KG
from trede.kernel.exporting import harmless
from trede.workspace import Workspace
from trede.workspace.journal import Journal
from trede.workspace.journal_asking import every, page
from trede_web.bridge.ledger.asking import Asked, Names
from trede_web.bridge.ledger.long_workbook import write_workbook
from trede_web.bridge.speaking import Voice

KINDS = {
    "excel": ("csv", "text/csv; charset=utf-8"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("json", "application/json"),
}
"""What can be downloaded: the end of the file's name and its type. `excel` is CSV as a Dutch Excel opens it."""
FIELDS = (
    "record", "year", "start", "end", "activity_type", "kind", "attributes", "quantity", "unit", "site", "entity",
    "department", "project", "supplier", "document", "note", "quality", "source", "file", "batch", "row", "state",
    "corrected_by", "credit_of", "run", "kg_co2e", "mg_co2e",
)  # fmt: skip
"""The columns. `kind` is the activity type in the reader's language; amounts are under the standard and basis of the address."""
NUMBERS = frozenset({"year", "quantity", "kg_co2e", "mg_co2e"})
LINES = 2_000
"""Lines that are sent at once."""

Row = dict[str, Any]


def rows(workspace: Workspace, journal: Journal, asked: Asked, voice: Voice) -> Iterator[Row]:
    """Yield every record that is asked for, with the fields `FIELDS`; numbers exact, nothing is None."""
    names = Names(workspace, voice, journal.files)
    for row in every(journal, asked.question(names)):
        yield _fields(row, names)


def some_rows(
    workspace: Workspace, journal: Journal, asked: Asked, begin: int, count: int, voice: Voice
) -> tuple[list[Row], bool]:
    """Return some of the records that are asked for, as `rows`, and whether there are more behind them.

    Args:
        begin: how many of them to pass over.
    """
    names = Names(workspace, voice, journal.files)
    found = page(journal, asked.question(names), begin, count + 1)
    return [_fields(row, names) for row in found[:count]], len(found) > count


def _fields(row: Mapping[str, Any], names: Names) -> Row:
    mg = row["mg"]
    return {
        "record": row["record_id"], "year": row["year"], "start": row["start"].isoformat(), "end": row["end"].isoformat(),
        "activity_type": row["activity_type"], "kind": names.of("activity_type", row["activity_type"]),
        "attributes": row["attributes"] or "", "quantity": row["quantity"].normalize(), "unit": row["unit"],
        **{name: row[name] or "" for name in ("site", "entity", "department", "project", "supplier", "document", "note")},
        "quality": row["quality"] or "", "source": row["source"], "file": row["file"], "batch": row["batch"],
        "row": str(Address(row["row"], row["column_number"])), "state": row["state"],
        "corrected_by": row["credited_by"] or "", "credit_of": row["credit_of"] or "", "run": row["run"] or "",
        "kg_co2e": None if mg is None else Decimal(mg) / MG_PER_KG, "mg_co2e": mg,
    }  # fmt: skip


def heads(voice: Voice) -> list[str]:
    """Return the headings of the columns in the reader's language."""
    return [voice.word(f"ledger_field.{name}") for name in FIELDS]


def as_text(found: Iterator[Row], asked: Asked, form: str, voice: Voice) -> Iterator[bytes]:
    """Yield records in a form of `KINDS` that is text."""
    return as_json(found, asked) if form == "json" else as_csv(found, heads(voice), dutch=form == "excel")


def as_csv(found: Iterator[Row], first: list[str], *, dutch: bool) -> Iterator[bytes]:
    """Yield CSV: as RFC 4180 has it, or with `;` and decimal commas, which a Dutch Excel opens. No cell is a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";" if dutch else ",")
    write = _comma if dutch else _plain
    yield "\ufeff".encode() if dutch else b""
    writer.writerow(first)
    for number, row in enumerate(found, 1):
        writer.writerow([write(row[name]) if name in NUMBERS else harmless(row[name]) for name in FIELDS])
        if number % LINES == 0:
            yield file.getvalue().encode()
            file.seek(0)
            file.truncate()
    yield file.getvalue().encode()


def as_json(found: Iterator[Row], asked: Asked) -> Iterator[bytes]:
    """Yield JSON: what was asked, and the records; numbers are written with all their digits."""
    about = {"asked": asked.address(), "view": asked.view.name, "fields": FIELDS}
    yield f'{json.dumps(about)[:-1]}, "records": [\n'.encode()
    lines: list[str] = []
    before = ""
    for row in found:
        lines.append(before + _object(row))
        before = ",\n"
        if len(lines) == LINES:
            yield "".join(lines).encode()
            lines = []
    yield ("".join(lines) + "\n]}\n").encode()


def as_workbook(found: Iterator[Row], first: list[str], path: Path) -> None:
    """Write a workbook of as many sheets as it takes; numbers are numbers, and texts never become formulas."""
    write_workbook(([row[name] for name in FIELDS] for row in found), first, path)


def _object(row: Mapping[str, Any]) -> str:
    pairs = (
        f'"{name}": {_plain(value) or "null" if name in NUMBERS else json.dumps(value)}' for name, value in row.items()
    )
    return f"{{{', '.join(pairs)}}}"


def _plain(value: Decimal | int | None) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _comma(value: Decimal | int | None) -> str:
    return _plain(value).replace(".", ",")
