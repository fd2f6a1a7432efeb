"""The workbook: every section a sheet, exact milligrams beside tonnes, and nothing that acts as a formula."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook

from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint, footprint_of
from trede.report.document import Column, Document, Row, Section, Statement, Table, milligrams, tonnes
from trede.report.workbook import to_workbook
from trede.workspace import Workspace
from workspaces import EXAMPLE


@pytest.fixture(scope="module")
def bytes_of(dutch: Document) -> bytes:
    return to_workbook(dutch)


@pytest.fixture(scope="module")
def book(bytes_of: bytes) -> Any:
    return load_workbook(io.BytesIO(bytes_of))


def values(sheet: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_every_section_has_a_sheet(book: Any, dutch: Document) -> None:
    assert len(book.sheetnames) == len([s for s in dutch.sections if s.on != "page"])
    assert {"Uitkomst", "Vestigingen", "Maanden", "Rekeningen", "Energie", "Factoren", "Besluiten", "Openstaand", "Narekenen",
            "Records"} <= set(book.sheetnames)  # fmt: skip


def test_exact_milligrams_stand_beside_tonnes(book: Any, example: Workspace) -> None:
    rows = {row[0]: row for row in values(book["Uitkomst"])}
    for standard in standards().values():
        for basis in standard.bases:
            name = next(
                n for n in rows if n and n.startswith(standard.name.nl) and ("locatie" in n) == (basis == "location")
            )
            for at, year in ((1, 2022), (3, 2023), (5, 2024)):
                mg = footprint(example.find_run(str(year)).table("totals"), standard, basis).total
                assert rows[name][at + 1] == mg
                assert round(rows[name][at] * 10**9) == mg


def test_figures_are_numbers_with_a_format(book: Any) -> None:
    sheet = book["Uitkomst"]
    figures = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, int | float)]
    assert {cell.number_format for cell in figures} >= {"#,##0.00", "#,##0"}
    assert book["Maanden"].freeze_panes is not None
    assert book["Maanden"].print_title_rows is not None


def test_records_add_up_to_the_total_of_each_standard_and_to_the_ledger(book: Any, example: Workspace) -> None:
    rows = values(book["Records"])
    head = next(at for at, row in enumerate(rows) if row[0] == "Periode")
    named = {name.partition("\n")[0]: at for at, name in enumerate(rows[head]) if name}
    for year in (2022, 2023, 2024):
        own = [row for row in rows[head + 1 :] if row[0] == str(year)]
        [foot] = [row for row in rows if row[0] == f"Som van {year}"]
        run = example.find_run(str(year))
        assert len(own) == run.result["records"]
        for basis, name in (("location", "locatiebasis"), ("market", "marktbasis")):
            wanted = sum(int(row["co2e"]) for row in run.table("totals").to_pylist() if row["basis"] in ("none", basis))
            column = named[f"Hele grootboek, {name}"]
            assert sum(row[column] for row in own) == foot[column] == wanted
        for standard in standards().values():
            for basis, word in (("location", "locatiebasis"), ("market", "marktbasis")):
                if basis in standard.bases:
                    column = next(at for n, at in named.items() if n.startswith(f"{standard.name.nl}, {word}"))
                    total = footprint_of(run, standard, basis).total
                    assert sum(row[column] for row in own) == foot[column] == total


def test_every_record_names_the_cell_that_its_quantity_was_read_from(book: Any, example: Workspace) -> None:
    rows = values(book["Records"])
    head = next(at for at, row in enumerate(rows) if row[0] == "Periode")
    at = {name.partition("\n")[0]: place for place, name in enumerate(rows[head]) if name}
    gas = load_workbook(EXAMPLE / "files" / "aardgas-per-maand.xlsx", data_only=True)["Gas per maand"]
    fills = (EXAMPLE / "files" / "tankpas-2022.csv").read_text("cp1252").splitlines()
    seen = 0
    for row in rows[head + 1 :]:
        cell = row[at["Cel"]]
        if row[at["Bestand"]] == "aardgas-per-maand.xlsx":
            sheet, _, place = cell.partition("!")
            assert sheet == "'Gas per maand'"
            assert float(gas[place].value) == pytest.approx(row[at["Hoeveelheid"]])
            seen += 1
        elif row[at["Bestand"]] == "tankpas-2022.csv":
            column = ord(cell[0]) - ord("A")
            assert cell[1:] == str(row[at["Rij"]])
            assert fills[row[at["Rij"]] - 1].split(";")[column] == f"{row[at['Hoeveelheid']]:.2f}".replace(".", ",")
            seen += 1
    assert seen > 100


def test_sums_stay_in_sight_when_records_are_chosen(book: Any) -> None:
    sheet = book["Records"]
    last = int(sheet.auto_filter.ref.rpartition(":")[2].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    assert sheet.cell(last, 1).value == "2024"
    assert sheet.cell(last + 1, 1).value == "Som van 2022"


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "&G&Z"])
def test_text_never_becomes_a_formula(dutch: Document, text: str) -> None:
    table = Table(
        text,
        (Column(text), Column(text, text, figure=True)),
        (Row((text, tonnes(1))),),
        (Statement("{t}", {"t": text}),),
    )
    section = Section("t", text, text, (Statement("{t}", {"t": text}), table))
    evil = replace(dutch, organisation=text, title=text, footer=text, lead=(), sections=(*dutch.sections[:1], section))
    data = to_workbook(evil)
    sheet = load_workbook(io.BytesIO(data)).worksheets[-1]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert sum(cell.value == text.strip("\t") or cell.value == text for row in sheet.iter_rows() for cell in row) >= 4
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets"))
    if text == "&G&Z":
        footer = parts.read("xl/worksheets/sheet2.xml").decode().replace("\u2060", "")
        assert "&amp;&amp;G&amp;&amp;Z" in footer


def test_an_amount_that_a_workbook_cannot_hold_stays_exact(dutch: Document) -> None:
    amount = 1_234_567_890_123_456_789
    table = Table("t", (Column("a"), Column("b", figure=True)), (Row(("x", milligrams(amount))),))
    data = to_workbook(replace(dutch, sections=(*dutch.sections[:1], Section("s", "s", "s", (table,)))))
    found = [cell for row in values(load_workbook(io.BytesIO(data)).worksheets[-1]) for cell in row]
    assert str(amount) in found


def test_the_same_report_gives_the_same_bytes(dutch: Document, bytes_of: bytes) -> None:
    assert to_workbook(dutch) == bytes_of


def test_sheets_of_one_name_stay_two(dutch: Document) -> None:
    twins = tuple(replace(dutch.sections[0], sheet="A very long name of a sheet / with signs: 1") for _ in range(2))
    book = load_workbook(io.BytesIO(to_workbook(replace(dutch, sections=twins))))
    assert len(book.sheetnames) == len(set(book.sheetnames)) == 2
    assert all(len(name) <= 31 for name in book.sheetnames)
