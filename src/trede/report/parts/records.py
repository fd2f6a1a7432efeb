"""Every record with its amounts, for the workbook: where its figure stands, and what it counts for under each standard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.catalogue.standards import Standard, standards
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.addresses import letter
from trede.kernel.gases import GAS_COLUMNS
from trede.ledger.consolidating import counted_co2e
from trede.report.document import Cell, Column, Row, Section, Table, milligrams, number, percent
from trede.report.frame import Frame
from trede.report.matter import Covered

MOST = 50_000
"""Records that a workbook lists; a larger run has its totals only, and the sheet says so."""

_FACTS = ("batch", "row", "entity", "site", "project", "department", "activity_type", "quality", "share")
_BASES = (("location", "market"), ("market", "location"))
"""A basis and the other one."""
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*")


def records(frame: Frame) -> Section:
    """One row per record of every run, with what it counts for under each standard, and the sums of each run."""
    words = frame.words
    amount = words.word("unit.milligrams")
    totals = (
        *(frame.standard_name(standard, basis) for standard, basis in _views()),
        *(words.word("head.outside", basis=words.word(f"basis.{basis}")) for basis, _ in _BASES),
        *(words.word("head.ledger", basis=words.word(f"basis.{basis}")) for basis, _ in _BASES),
        words.word("row.biogenic"),
    )
    columns = (
        *(Column(words.word(f"head.{name}")) for name in ("period", "record", "file")),
        Column(words.word("head.row"), figure=True),
        *(Column(words.word(f"head.{name}")) for name in ("cell", "entity", "site", "project", "department", "activity")),
        *(Column(words.word(f"head.{name}")) for name in ("start", "end")),
        Column(words.word("head.quantity"), figure=True), Column(words.word("head.unit")),
        Column(words.word("head.quality")), Column(words.word("head.boundary")),
        *(Column(name, amount, figure=True) for name in totals),
    )  # fmt: skip
    count = sum(covered.run.result["records"] for covered in frame.matter.runs)
    if count > MOST:
        parts: tuple[Any, ...] = (words.statement("say.too_many_records", count=str(count), most=str(MOST)),)
    else:
        found = [(covered, _amounts(covered)) for covered in frame.matter.runs]
        rows = [row for covered, amounts in found for row in _rows(frame, covered, amounts)]
        rows += [_sums(frame, covered, amounts, len(columns)) for covered, amounts in found]
        notes = (
            words.statement("note.records"), words.statement("note.records_cell"), words.statement("note.records_sums"),
        )  # fmt: skip
        parts = (Table(words.word("title.records"), columns, tuple(rows), notes),)
    return frame.section("records", parts, on="workbook")


def _views() -> list[tuple[Standard, str]]:
    return [(standard, basis) for standard in standards().values() for basis in standard.bases]


def _sum_names() -> list[str]:
    """The columns of `_amounts` that are sums, in the order in which they are shown."""
    views = [f"{standard.id} {basis}" for standard, basis in _views()]
    beside = [f"{what} {basis}" for what in ("outside", "ledger") for basis, _ in _BASES]
    return [*views, *beside, "biogenic"]


def _rows(frame: Frame, covered: Covered, amounts: pa.Table) -> Iterator[Row]:
    words = frame.words
    files = {batch.id: batch.file_name for batch in covered.batches}
    recorded = _recorded(covered)
    for found in amounts.to_pylist():
        quantity, unit, cell = recorded[found["batch"], found["record_id"]]
        cells: tuple[Cell, ...] = (
            frame.run_name(covered), found["record_id"], files.get(found["batch"], found["batch"]),
            number(found["row"], 0), cell, found["entity"], found["site"], found["project"],
            found["department"],
            vocabulary()[found["activity_type"]].name.get(words.language), found["start_min"], found["end_max"],
            number(quantity), unit, words.name("quality", found["quality"]),
            standing(frame, found["share"]),
            *(milligrams(found[f"{name}_sum"]) for name in _sum_names()),
        )  # fmt: skip
        yield Row(cells)


def standing(frame: Frame, share: Decimal) -> str:
    """Say whether a record counts: in full, not at all, or the part that does."""
    if 0 < share < 1:
        return frame.words.word("boundary.partly", share=percent(share, 1))
    return frame.words.word("boundary.inside" if share else "boundary.outside")


def _sums(frame: Frame, covered: Covered, amounts: pa.Table, width: int) -> Row:
    """Add up the records of one run, column by column: a column is one standard, or says by its name that it is none."""
    sums = [milligrams(pc.sum(amounts[f"{name}_sum"]).as_py() or 0) for name in _sum_names()]
    name = frame.words.word("row.sum_of", period=frame.run_name(covered))
    return Row((name, *(None for _ in range(width - len(sums) - 1)), *sums), 0, "total")


def _recorded(covered: Covered) -> dict[tuple[str, str], tuple[Any, str, str]]:
    """Return quantity and unit of every record as they were recorded, and the cell that the quantity was read from."""
    found: dict[tuple[str, str], tuple[Any, str, str]] = {}
    for batch in covered.batches:
        table = batch.records().select(["record_id", "quantity", "unit", "row", "column_number"]).to_pydict()
        common = _amount_column(batch)
        for ident, quantity, unit, row, place in zip(*table.values(), strict=True):
            column = common if place is None else letter(place - 1)
            found[batch.id, ident] = (quantity, unit, _address(batch.sheet, f"{column}{row}"))
    return found


def _amount_column(batch: Batch) -> str:
    """Return the letter of the column that holds the figures; nothing when no one column does."""
    field = "quantity" if "quantity" in batch.columns else "meter_reading"
    heading = batch.columns.get(field, "").strip().casefold()
    if batch.in_cells or not heading:
        return ""
    places = {name.strip().casefold(): at for at, name in enumerate(batch.headings())}
    return letter(places[heading]) if heading in places else ""


def _address(sheet: str | None, cell: str) -> str:
    """Write an address as a spreadsheet does: `C7`, or `Gas!C7`, with quotes round a name of more than one word."""
    if sheet is None:
        return cell
    name = sheet if _PLAIN_SHEET.fullmatch(sheet) else "'" + sheet.replace("'", "''") + "'"
    return f"{name}!{cell}"


def _amounts(covered: Covered) -> pa.Table:
    """Sum the ledger by record: whole milligrams under each standard, outside the boundary, and of the whole ledger."""
    names = ["record_id", *_FACTS, "start", "end", "account", "basis", *GAS_COLUMNS, "co2e", "biogenic_co2"]
    ledger = covered.run.table("ledger").select(names)
    nothing = pa.scalar(0, pa.int64())
    counted = counted_co2e(ledger)
    for basis, other in _BASES:
        amount = pc.if_else(pc.equal(ledger["basis"], other), nothing, ledger["co2e"])
        ledger = ledger.append_column(f"ledger {basis}", amount)
        inside = pc.if_else(pc.equal(ledger["basis"], other), nothing, counted)
        ledger = ledger.append_column(f"inside {basis}", inside)
        ledger = ledger.append_column(f"outside {basis}", pc.subtract(amount, inside))
    for standard, basis in _views():
        headed = pc.is_in(ledger["account"], value_set=pa.array(sorted(standard.heading_of), pa.string()))
        amount = pc.if_else(headed, ledger[f"inside {basis}"], nothing)
        ledger = ledger.append_column(f"{standard.id} {basis}", amount)
    beside = pc.if_else(pc.equal(ledger["basis"], "location"), nothing, ledger["biogenic_co2"])
    sums = ledger.append_column("biogenic", beside).group_by(["record_id", *_FACTS], use_threads=False)
    wanted = [("start", "min"), ("end", "max"), *((name, "sum") for name in _sum_names())]
    order = [(name, "ascending") for name in ("activity_type", "start_min", "record_id")]
    return sums.aggregate(wanted).sort_by(order)
