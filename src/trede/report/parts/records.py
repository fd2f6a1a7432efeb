"""Every record with its amounts, for the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.catalogue.vocabulary import vocabulary
from trede.report.document import Cell, Column, Row, Section, Table, milligrams, number
from trede.report.frame import Frame
from trede.report.matter import Covered

MOST = 50_000
"""Records that a workbook lists; a larger run has its totals only, and the sheet says so."""

_FACTS = ("batch", "row", "entity", "site", "project", "activity_type", "quality", "share")


def records(frame: Frame) -> Section:
    """One row per record of every run, with its amount on each basis."""
    words = frame.words
    columns = (
        *(Column(words.word(f"head.{name}")) for name in ("period", "record", "file")),
        Column(words.word("head.row"), figure=True),
        *(Column(words.word(f"head.{name}")) for name in ("entity", "site", "project", "activity", "start", "end")),
        Column(words.word("head.quantity"), figure=True), Column(words.word("head.unit")),
        Column(words.word("head.quality")), Column(words.word("head.boundary")),
        *(Column(words.word(f"basis.{basis}"), words.word("unit.milligrams"), figure=True) for basis in ("location", "market")),
        Column(words.word("row.biogenic"), words.word("unit.milligrams"), figure=True),
    )  # fmt: skip
    count = sum(covered.run.result["records"] for covered in frame.matter.runs)
    note = words.statement("note.records")
    if count > MOST:
        parts: tuple[Any, ...] = (words.statement("say.too_many_records", count=str(count), most=str(MOST)),)
    else:
        rows = tuple(row for covered in frame.matter.runs for row in _rows(frame, covered))
        parts = (Table(words.word("title.records"), columns, rows, (note,)),)
    return Section(words.word("section.records"), words.word("sheet.records"), parts, on="workbook")


def _rows(frame: Frame, covered: Covered) -> Iterator[Row]:
    words = frame.words
    files = {batch.id: batch.file_name for batch in covered.batches}
    recorded = _recorded(covered)
    for found in _amounts(covered).to_pylist():
        quantity, unit = recorded[found["record_id"]]
        cells: tuple[Cell, ...] = (
            frame.run_name(covered), found["record_id"], files.get(found["batch"], found["batch"]),
            number(found["row"], 0), found["entity"], found["site"], found["project"],
            vocabulary()[found["activity_type"]].name.get(words.language), found["start_min"], found["end_max"],
            number(quantity), unit, words.name("quality", found["quality"]),
            words.word("boundary.inside" if found["share"] else "boundary.outside"), milligrams(found["location_sum"]),
            milligrams(found["market_sum"]), milligrams(found["biogenic_sum"]),
        )  # fmt: skip
        yield Row(cells)


def _recorded(covered: Covered) -> dict[str, tuple[Any, str]]:
    """Return quantity and unit of every record as they were recorded."""
    found: dict[str, tuple[Any, str]] = {}
    for batch in covered.batches:
        table = batch.records().select(["record_id", "quantity", "unit"]).to_pydict()
        found |= {
            ident: (quantity, unit)
            for ident, quantity, unit in zip(table["record_id"], table["quantity"], table["unit"], strict=True)
        }
    return found


def _amounts(covered: Covered) -> pa.Table:
    """Sum the ledger by record: whole milligrams on each basis."""
    names = ["record_id", *_FACTS, "start", "end", "basis", "co2e", "biogenic_co2"]
    ledger = pq.read_table(covered.run.folder / "ledger.parquet", columns=names)
    nothing = pa.scalar(0, pa.int64())
    for basis, other in (("location", "market"), ("market", "location")):
        amount = pc.if_else(pc.equal(ledger["basis"], other), nothing, ledger["co2e"])
        ledger = ledger.append_column(basis, amount)
    beside = pc.if_else(pc.equal(ledger["basis"], "location"), nothing, ledger["biogenic_co2"])
    sums = ledger.append_column("biogenic", beside).group_by(["record_id", *_FACTS], use_threads=False)
    wanted = [("start", "min"), ("end", "max"), *((name, "sum") for name in ("location", "market", "biogenic"))]
    order = [(name, "ascending") for name in ("activity_type", "start_min", "record_id")]
    return sums.aggregate(wanted).sort_by(order)
