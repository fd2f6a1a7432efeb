"""What stands around a table: a year or a unit in a title above it, lines of text below it."""

from __future__ import annotations

import pytest
from intake_samples import KEY
from workbook_samples import workbook

from trede.intake import Staging, Starter, inspect_file, load_profile, stage, starter_profile

PROFILE = """
id = "rekening"
title = "Rekening"
source = "rekening"
[columns.meter]
header = "Meter"
[columns.period]
header = "Periode"
[columns.quantity]
header = "Verbruik"
[constants]
activity_type = "electricity"
unit = "kWh"
[[totals]]
column = "Meter"
starts_with = "Totaal"
"""
TABLE = ["Meter;Periode;Verbruik", "A1;2024-01;10", "A1;2024-02;20", "Totaal;;30"]


def staged(*below: str, profile: str = PROFILE, table: list[str] = TABLE) -> Staging:
    data = "\n".join([*table, *below, ""]).encode()
    return stage(data, "rekening.csv", load_profile(profile.encode(), "profile.toml"), key=KEY)


BELOW = ("", "Betaling binnen 30 dagen.;;", "Vragen? Bel ons", ";Met vriendelijke groet;")


def test_lines_below_the_table_are_one_question_and_then_set_aside() -> None:
    asked = staged(*BELOW)
    assert asked.counts == {"accepted": 2, "set_aside": 3, "held": 0, "rejected": 3}
    assert [(issue.code, issue.location.row) for issue in asked.issues] == [("closing_line", row) for row in (6, 7, 8)]
    assert [control.status for control in asked.controls] == ["agrees"]
    answered = staged(
        *BELOW, profile=PROFILE.replace("[columns.meter]", 'closing_lines = "set-aside"\n[columns.meter]', 1)
    )
    assert answered.counts == {"accepted": 2, "set_aside": 6, "held": 0, "rejected": 0}
    assert answered.rows.to_pylist()[6]["code"] == "closing"
    assert answered.records.equals(asked.records)


@pytest.mark.parametrize(
    ("below", "codes"),
    [
        (("Noot;;",), ["closing_line"]),
        (("Noot;;", "A1;2024-03;5"), ["cell_empty"]),
        (("", "12,50;;"), ["cell_empty"]),
        (("", "A2;2024-03;x"), ["number_unreadable"]),
    ],
)
def test_what_may_be_data_is_read_as_data(below: tuple[str, ...], codes: list[str]) -> None:
    found = staged(*below)
    assert (
        sorted({issue.code for issue in found.issues if issue.severity == "error" and issue.location.row != 4}) == codes
    )


def test_a_row_with_one_text_right_below_the_data_is_no_closing_line() -> None:
    found = staged("A2;;", table=TABLE[:3])
    assert "closing_line" not in {issue.code for issue in found.issues}


def drafted(*lines: str) -> Starter:
    return starter_profile(inspect_file("\n".join([*lines, ""]).encode(), "gas.csv"))


def test_a_title_above_the_table_gives_year_and_unit() -> None:
    found = drafted("Gasverbruik 2024 in m3;;", ";;", "Meter;Locatie;Verbruik", "A1;Oost;10", "A2;West;20")
    assert 'year = "2024"  # "Gasverbruik 2024 in m3"' in found.text
    assert 'unit = "m3"  #' in found.text
    assert {name: (each.value, each.row) for name, each in found.above.items()} == {
        "year": ("2024", 1),
        "unit": ("m3", 1),
    }


@pytest.mark.parametrize(
    ("title", "year", "unit"),
    [
        ("Verbruik 2023 en 2024 (kWh)", "", "kWh"),
        ("Afgedrukt 12-03-2024", "", ""),
        ("Stroom en gas 2024, in kWh (m3)", "2024", ""),
        ("Klant 20241", "", ""),
        ("Gas 1e kwartaal 2024", "", ""),
        ("Gas 2023-2024", "", ""),
        ("in tabel 3", "", ""),
    ],
)
def test_what_a_title_leaves_open_stays_open(title: str, year: str, unit: str) -> None:
    text = drafted(f'"{title}";;', "Meter;Locatie;Verbruik", "A1;Oost;10", "A2;West;20").text
    assert f'year = "{year}"' in text
    assert f'unit = "{unit}"' in text


def test_a_column_goes_before_a_title() -> None:
    found = drafted("Gas 2024 in m3;;", "Meter;Datum;Verbruik (kWh)", "A1;13-01-2023;10", "A2;14-01-2023;20")
    assert found.above == {}
    assert 'unit = "kWh"' in found.text


def test_the_name_of_the_sheet_gives_the_year() -> None:
    data = workbook(
        ["A1", 10], ["A2", 20], titles=["Meter", "Verbruik"], change=lambda sheet: setattr(sheet, "title", "Gas 2024")
    )
    found = starter_profile(inspect_file(data, "gas.xlsx"))
    assert (found.above["year"].value, found.above["year"].row, found.above["year"].text) == ("2024", None, "Gas 2024")
