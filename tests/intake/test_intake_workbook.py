"""A workbook gives the same records as the same table written as CSV, and says what a sheet hides."""

from __future__ import annotations

import csv as csv_module
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import PROFILE, TOTALS, csv, one, profile, refused, staged
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from workbook_samples import ROWS, TITLES, day, parts, replaced, saved, workbook

from trede.intake import FileSettings, Staging, inspect_file, stage, starter_profile
from trede.intake.comparing import compared
from trede.kernel.issues import Location, Severity

SHEET = "xl/worksheets/sheet1.xml"
CLEAN = {"accepted": 3, "set_aside": 1, "held": 0, "rejected": 0}


def same_records(left: Staging, right: Staging) -> bool:
    return left.records.equals(right.records) and left.held.equals(right.held)


def test_a_workbook_gives_the_records_of_the_same_csv() -> None:
    text = csv(
        "15-01-2024;B1;AB-123-C;Euro 95;40,5;2;81;Utrecht;",
        "16-02-2024;B2;XY-999-Z;Diesel;1030,25;1,8;1854,45;Utrecht;",
        "17-03-2024;B3;AB-123-C;HVO100;12,125;2;24,25;Kantoor;",
    )
    staging = staged(workbook(*ROWS))
    assert staging.counts == CLEAN
    assert staging.issues == ()
    assert same_records(staging, staged(text))
    dialect = staging.dialect.to_json()
    assert {name: choice["basis"] for name, choice in dialect.items()} == {
        "encoding": "workbook",
        "delimiter": "workbook",
        "decimal": "workbook",
        "header_row": "mapped_headings",
        "dates": "workbook",
        "sheet": "only_sheet",
    }
    assert "sheet" not in staged(text).dialect.to_json()


@pytest.mark.parametrize("decimal", [",", "."])
def test_a_profile_made_for_csv_reads_the_workbook_too(decimal: str) -> None:
    file = (
        f'[file]\nencoding = "cp1252"\ndelimiter = ";"\ndecimal = "{decimal}"\ndates = "d/m/yyyy hh:mm"\n[columns.date]'
    )
    staging = staged(workbook(*ROWS), PROFILE.replace("[columns.date]", file, 1))
    assert staging.counts == CLEAN
    assert same_records(staging, staged(workbook(*ROWS)))
    assert staging.rows["cells"].to_pylist()[1][:5:4] == ["15/1/2024 00:00", f"40{decimal}5"]


PLAIN = """
id = "t"
title = "T"
source = "t"
[columns.date]
header = "Datum"
[columns.document]
header = "Bon"
optional = true
[columns.note]
header = "Noot"
optional = true
[columns.quantity]
header = "Liters"
[constants]
activity_type = "fuel-vehicle"
control = "controlled"
fuel = "diesel-b7"
unit = "l"
"""
texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), max_size=8).filter(
    lambda text: text[:1] not in ("=", "@", "+", "-", "−", "#") and "_x" not in text
)
amounts = st.decimals(0, 10**8, places=3).map(float)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))


@given(st.lists(st.tuples(days, texts, texts, amounts), min_size=1, max_size=8), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_same_table_as_csv_and_as_workbook(table: list[tuple[date, str, str, float]], shared: bool) -> None:
    titles = ["Datum", "Bon", "Noot", "Liters"]
    out = io.StringIO(newline="")
    writer = csv_module.writer(out, delimiter="\t")
    writer.writerow(titles)
    book = openpyxl.Workbook(write_only=not shared)
    sheet = book.create_sheet("T", 0)
    sheet.append(titles)
    for when, document, note, amount in table:
        writer.writerow([when.isoformat(), document, note, f"{Decimal(repr(amount)):f}"])
        sheet.append([when, document or None, note or None, amount])
    loaded = profile(PLAIN)
    chosen = FileSettings(decimal=".", dates="yyyy-mm-dd", delimiter="\t", encoding="utf-8", header_row=1)
    left = stage(out.getvalue().encode(), "t.csv", loaded, key=b"k", overrides=chosen)
    right = stage(saved(book), "t.xlsx", loaded, key=b"k", overrides=FileSettings(header_row=1))
    assert same_records(left, right)
    assert left.counts == right.counts


def changed(position: int, value: Any) -> list[Any]:
    row = list(ROWS[0])
    row[position] = value
    return row


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (changed(7, "#N/A"), "cell_is_error", "Vestiging"),
        (changed(4, "#VALUE!"), "cell_is_error", "Liters"),
        (changed(4, True), "number_unreadable", "Liters"),
        (changed(4, "=40*2"), "formula_without_value", "Liters"),
        (changed(1, '=CONCAT("B";1)'), "formula_without_value", "Bon"),
        (changed(4, None), "cell_empty", "Liters"),
        (changed(4, "40,5"), "number_other_decimal", "Liters"),
        (changed(4, 1 / 3), "number_too_precise", "Liters"),
        (changed(0, "gisteren"), "date_unreadable", "Datum"),
        (changed(0, date(1985, 1, 1)), "date_out_of_range", "Datum"),
        (changed(0, 12.5), "date_unreadable", "Datum"),
        (changed(4, date(2024, 1, 1)), "number_unreadable", "Liters"),
    ],
)
def test_a_row_is_rejected_at_its_cell(row: list[Any], code: str, column: str) -> None:
    if isinstance(row[4], float):
        row[6] = None
    staging = staged(workbook(*ROWS[1:], row), overrides=FileSettings(decimal="."))
    assert staging.counts == {"accepted": 2, "set_aside": 1, "held": 0, "rejected": 1}
    issue = one(staging, code)
    assert (issue.severity, issue.location) == (Severity.ERROR, Location("tank.csv", 4, column))


def test_dates_as_text_and_as_dates_in_one_column() -> None:
    rows = [ROWS[0], ["28-02-2024", *ROWS[1][1:]], [day("04-03-2024") + timedelta(hours=13, minutes=45), *ROWS[2][1:]]]
    staging = staged(workbook(*rows))
    assert staging.dialect.dates.value == "dd-mm-yyyy"
    assert [start.isoformat() for start in staging.records["start"].to_pylist()] == [
        "2024-01-15",
        "2024-02-28",
        "2024-03-04",
    ]
    refused(lambda: staged(workbook(ROWS[0], ["03-04-2024", *ROWS[1][1:]])), "dates_ambiguous")


def test_text_numbers_settle_the_decimal_sign_or_are_asked_for() -> None:
    rows = [ROWS[0], ROWS[1], [*ROWS[2][:4], "12,125", None, None, *ROWS[2][7:]]]
    loose = PROFILE[: PROFILE.index("[[checks]]")]
    refused(lambda: staged(workbook(*rows), loose), "decimal_ambiguous")
    rows[2][4] = "1.012,12"
    staging = staged(workbook(*rows), loose)
    assert staging.records["quantity"].to_pylist() == [Decimal("40.5"), Decimal("1030.25"), Decimal("1012.12")]


def test_the_calendar_of_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for row in (TITLES, *ROWS):
        sheet.append(row)
    data = saved(book)
    assert b'date1904="1"' in parts(data)["xl/workbook.xml"]
    assert same_records(staged(data), staged(workbook(*ROWS)))
    wrong = replaced(data, "xl/workbook.xml", (b'date1904="1"', b'date1904="0"'))
    assert staged(wrong).records["start"].to_pylist()[0].year == 2020


def test_calculated_values_are_read_and_marked() -> None:
    data = workbook(*ROWS)
    cell = b'<c r="E2" t="n"><v>40.5</v></c>'
    calculated = b'<c r="E2"><f>SUM(A1:A2)*2</f><v>40.499999999999993</v></c>'
    staging = staged(replaced(data, SHEET, (cell, calculated)))
    assert same_records(staging, staged(data))
    notice = one(staging, "cell_from_formula")
    assert (notice.severity, notice.values) == (Severity.NOTICE, {"count": 1, "columns": ["E"]})
    marked = staging.rows.to_pylist()[1]
    assert (marked["fate"], json.loads(marked["detail"])) == ("accepted", {"formula": ["Liters"]})
    assert [row["detail"] for row in staging.rows.to_pylist()[2:]] == [None, None]
    bare = staged(replaced(data, SHEET, (cell, b'<c r="E2"><f>SUM(A1:A2)</f><v></v></c>')))
    assert one(bare, "formula_without_value").location.column == "Liters"
    assert not [issue for issue in bare.issues if issue.code == "cell_from_formula"]


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("48.320000000000000284", "48.32"),
        ("246.29000000000002", "246.29"),
        ("0.1", "0.1"),
        ("1E-3", "0.001"),
        ("1.5E+3", "1500"),
        ("-0.0", "0"),
        ("100", "100"),
        ("12.50", "12.5"),
        ("871687120050123456", "871687120050123456"),
        ("123456789.123456", "123456789.123456"),
    ],
)
def test_numbers_are_read_as_the_spreadsheet_shows_them(stored: str, read: str) -> None:
    cell = f'<c r="E2" t="n"><v>{stored}</v></c>'.encode()
    data = replaced(workbook(*ROWS), SHEET, (b'<c r="E2" t="n"><v>40.5</v></c>', cell))
    assert staged(data, overrides=FileSettings(decimal=".")).rows["cells"].to_pylist()[1][4] == read


def test_headings_below_a_preamble_and_a_total_below() -> None:
    def change(sheet: Any) -> None:
        sheet.insert_rows(1, 3)
        sheet["A1"] = "Lease BV, overzicht 2024"
        sheet.merge_cells("A1:I1")
        sheet.append(["Totaal", None, None, None, 1082.875])
        sheet["Z40"].number_format = "0.00"  # styled, but empty: no row and no column

    staging = staged(workbook(*ROWS, change=change), PROFILE + TOTALS)
    assert staging.counts == {"accepted": 3, "set_aside": 5, "held": 0, "rejected": 0}
    assert staging.rows["code"].to_pylist() == ["preamble", "blank", "blank", "header", None, None, None, "total"]
    assert [control.status for control in staging.controls] == ["agrees"]
    assert staging.records["row"].to_pylist() == [5, 6, 7]
    assert {len(cells) for cells in staging.rows["cells"].to_pylist()} == {9}


def test_a_total_without_a_saved_value_is_rejected() -> None:
    staging = staged(workbook(*ROWS, ["Totaal", None, None, None, "=SUM(E2:E4)"]), PROFILE + TOTALS)
    assert one(staging, "formula_without_value").location == Location("tank.csv", 5, "Liters")


def merged(*areas: str) -> bytes:
    return workbook(*ROWS, change=lambda sheet: [sheet.merge_cells(area) for area in areas] and None)


def test_merged_data() -> None:
    staging = staged(merged("H2:H3"))
    found = [issue for issue in staging.issues if issue.code == "cell_merged"]
    assert [issue.location for issue in found] == [Location("tank.csv", row, "Vestiging") for row in (2, 3)]
    assert staging.counts["rejected"] == 2
    repeat = PROFILE.replace("[columns.date]", '[file]\nmerged = "repeat"\n[columns.date]', 1)
    repeated = staged(merged("H2:H3"), repeat)
    assert repeated.counts == CLEAN
    assert repeated.records["site"].to_pylist() == ["ut", "ut", "ut"]
    assert staged(merged("A2:A4"), repeat).records["start"].to_pylist() == [date(2024, 1, 15)] * 3
    quantity = staged(merged("E2:E3"), repeat)
    assert [i.location.row for i in quantity.issues if i.code == "cell_merged"] == [2, 3]
    across = staged(merged("H2:I2"), repeat)
    assert across.counts == CLEAN


def test_what_stands_behind_a_merged_cell_is_not_read() -> None:
    data = workbook(*[[*row[:8], "B9"] for row in ROWS])
    hidden = replaced(
        data, SHEET, (b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="H2:I2"/></mergeCells>')
    )
    assert staged(hidden).records["credit_of"].to_pylist() == [None, "B9", "B9"]


def test_merged_headings_fill_what_they_cover() -> None:
    def change(sheet: Any) -> None:
        sheet.insert_rows(1)
        for column, title in enumerate(TITLES, start=1):
            if title == "Liters":
                sheet.cell(1, column).value = "Hoeveelheid"
            else:
                sheet.cell(1, column).value, sheet.cell(2, column).value = title, None
                sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)

    staging = staged(workbook(*ROWS, change=change))
    assert (staging.dialect.header_row.value, staging.counts["accepted"]) == (2, 3)
    doubled = merged("D1:E1")
    issue = refused(lambda: staged(doubled), "heading_missing")
    assert issue.location.column == "Liters"
    assert issue.values["found"].count("Product") == 2  # type: ignore[union-attr]


def test_hidden_rows_columns_and_sheets_are_read_and_told() -> None:
    def change(sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[90].hidden = True
        sheet.column_dimensions["E"].hidden = True
        sheet.parent.create_sheet("Oud").sheet_state = "hidden"

    staging = staged(workbook(*ROWS, change=change))
    assert staging.counts == CLEAN
    assert one(staging, "hidden_rows_read").values == {"count": 1, "rows": ["3"]}
    assert one(staging, "hidden_columns_read").values == {"columns": ["E"]}
    assert one(staging, "sheets_left_out").values["others"] == ["Oud"]
    assert all(issue.severity is Severity.NOTICE for issue in staging.issues)


def several() -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(workbook(*ROWS)))
    book.create_sheet("Leeg", 0)
    book.create_sheet("2024").append(["iets"])
    return saved(book)


def test_the_sheet_is_chosen_or_asked_for() -> None:
    issue = refused(lambda: staged(several()), "sheet_ambiguous")
    assert issue.values == {"sheets": ["Sheet", "2024"]}
    for value in ("sheet", 2, "2"):
        assert (
            staged(several(), overrides=FileSettings(sheet=value)).dialect.sheet
            == staged(several(), overrides=FileSettings(sheet="Sheet")).dialect.sheet
        )
    in_profile = staged(several(), PROFILE.replace("[columns.date]", "[file]\nsheet = 2\n[columns.date]", 1))
    assert in_profile.dialect.sheet is not None
    assert (in_profile.dialect.sheet.value, in_profile.dialect.sheet.basis) == ("Sheet", "profile")
    refused(lambda: staged(several(), overrides=FileSettings(sheet="2024")), "heading_missing")
    for unknown in (4, "Blad9"):
        issue = refused(lambda u=unknown: staged(several(), overrides=FileSettings(sheet=u)), "sheet_unknown")
        assert issue.values["sheets"] == ["Leeg", "Sheet", "2024"]
    refused(lambda: staged(several(), overrides=FileSettings(sheet="Leeg")), "file_empty")
    refused(lambda: staged(saved(openpyxl.Workbook())), "file_empty")


def test_external_links_are_not_followed() -> None:
    relation = (
        b'<Relationship Id="x9" Type="http://x/relationships/externalLink" Target="externalLinks/none.xml"/></Rel'
    )
    data = replaced(workbook(*ROWS), "xl/_rels/workbook.xml.rels", (b"</Rel", relation))
    staging = staged(data)
    assert staging.counts == CLEAN
    assert one(staging, "external_links_ignored").severity is Severity.NOTICE


def test_personal_cells_of_a_workbook_are_pseudonyms() -> None:
    kept = str(staged(workbook(*ROWS)).rows.to_pylist())
    assert "AB-123-C" not in kept
    assert "Utrecht" in kept


def test_the_first_look_and_the_draft_of_a_profile() -> None:
    found = inspect_file(workbook(*ROWS), "tank.xlsx")
    assert found.headings == tuple(TITLES)
    assert found.first_rows[0][:5] == ("2024-01-15", "B1", "AB-123-C", "Euro 95", "40.5")
    assert (found.rows, found.issues) == (4, ())
    draft = starter_profile(found).text
    assert 'sheet = "Sheet"' in draft
    assert "decimal" not in draft
    assert compared("Liters") in compared(draft)
