"""Cross-tabs: every cell has a fate, the cells add up to the file, and totals of rows and columns are tested."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import KEY, one, refused
from workbook_samples import saved

from trede.intake import Staging, load_profile, stage
from trede.intake.headings import read_heading
from trede.kernel.addresses import Address, read_address
from trede.kernel.errors import CatalogueError

PAGE = (Path(__file__).parents[2] / "docs" / "shapes.md").read_text("utf-8")
EXAMPLES = re.findall(r"```csv\n(.*?)```\n\n(?:[^`]*?)```toml\n(id = .*?)```", PAGE, re.S)
SUPPLIER, PROFILE = EXAMPLES[0]


def staged(text: str | bytes = SUPPLIER, profile: str = PROFILE, **options: Any) -> Staging:
    data = text if isinstance(text, bytes) else text.encode()
    return stage(data, "maanden.csv", load_profile(profile.encode(), "maanden.toml"), **({"key": KEY} | options))


def cells(staging: Staging) -> list[tuple[str, Decimal, date, date]]:
    return [
        (str(Address(r["row"], r["column_number"])), r["quantity"].normalize(), r["start"], r["end"])
        for r in staging.records.to_pylist()
    ]


def refuses_profile(text: str) -> Counter[str]:
    with pytest.raises(CatalogueError) as caught:
        load_profile(text.encode(), "p.toml")
    return Counter(issue.code for issue in caught.value.issues)


def test_an_empty_line_is_one_cell_and_an_empty_row_of_a_sheet_is_as_many_as_it_has_columns(tmp_path: Path) -> None:
    shape = PROFILE[: PROFILE.index("[[totals]]")] if "[[totals]]" in PROFILE else PROFILE
    lines = SUPPLIER.splitlines()
    plain = staged("\n".join(lines[:4]), shape)
    width = lines[1].count(";") + 1
    assert staged("\n".join([*lines[:3], "", lines[3]]), shape).rows.num_rows == plain.rows.num_rows + 1
    assert (
        staged("\n".join([*lines[:3], ";" * (width - 1), lines[3]]), shape).rows.num_rows == plain.rows.num_rows + width
    )
    book = openpyxl.Workbook()
    assert book.active is not None
    for line in [*lines[:3], "", lines[3]]:
        book.active.append(line.split(";") if line else [None])
    sheet = staged(saved(book), shape)
    assert sheet.rows.num_rows == 5 * width


def test_a_supplier_s_cross_tab_gives_a_record_for_each_cell_with_a_value() -> None:
    staging = staged()

    assert cells(staging) == [
        ("3:C", Decimal("1234.5"), date(2024, 1, 1), date(2024, 1, 31)),
        ("3:D", Decimal(1100), date(2024, 2, 1), date(2024, 2, 29)),
        ("3:E", Decimal("980.25"), date(2024, 3, 1), date(2024, 3, 31)),
        ("4:C", Decimal(200), date(2024, 1, 1), date(2024, 1, 31)),
        ("4:E", Decimal("150.5"), date(2024, 3, 1), date(2024, 3, 31)),
    ]
    assert staging.records["meter"].to_pylist()[3] == "871687120000000002"
    assert staging.counts == {"accepted": 5, "set_aside": 25, "held": 0, "rejected": 0}
    codes = Counter(row["code"] for row in staging.rows.to_pylist())
    assert codes == {None: 5, "preamble": 6, "header": 6, "label": 6, "blank": 1, "row_total": 2, "total": 4}


def test_totals_of_rows_columns_and_everything_are_tested() -> None:
    controls = {str(Address(c.row or 0, c.place)): (c.stated, c.computed, c.status) for c in staged().controls}
    assert controls.keys() == {"3:F", "4:F", "5:C", "5:D", "5:E", "5:F"}
    assert {status for _, _, status in controls.values()} == {"agrees"}

    wrong = staged(SUPPLIER.replace("150,50", "160,50"))
    differing = [i.location.address for i in wrong.issues if i.code == "control_total_differs"]
    assert list(map(str, differing)) == ["4:F", "5:E", "5:F"]


def test_an_unreadable_cell_is_rejected_at_its_address_and_explains_the_totals() -> None:
    staging = staged(SUPPLIER.replace("200,00", "2oo,00"))

    issue = one(staging, "number_unreadable")
    assert (str(issue.location.address), issue.location.column) == ("4:C", "jan")
    assert staging.counts["rejected"] == 1
    assert {c.status for c in staging.controls if c.place in (3, 6) and c.row in (4, 5)} == {"explained"}


def test_an_implausible_cell_is_held_and_decided_by_its_address() -> None:
    text = SUPPLIER.replace("1.234,50", "91.234,50").replace("3.314,75", "93.314,75")
    held = staged(text)
    assert str(one(held, "implausible").location.address) == "3:C"
    assert held.counts["held"] == 1

    accepted = staged(text, accept_held={Address(3, 3): "accept"})
    assert accepted.counts["accepted"] == 5
    assert staged(text, accept_held={Address(3, 3): "drop"}).counts["accepted"] == 4
    for wrong in (Address(3), Address(3, 4), Address(3, 99), Address(99, 1)):
        refused(lambda wrong=wrong: staged(text, accept_held={wrong: "accept"}), "decision_not_held")


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("feb;mrt", "febr;mrt", "heading_not_in_profile", "febr"),
        ("feb;mrt", "feb;feb", "periods_overlap", "feb"),
        ("feb;mrt", "Q1;mrt", "periods_overlap", "Q1"),
        ("feb;mrt", "feb 2023;mrt", "heading_year_differs", "feb 2023"),
        ("jan;feb;mrt;Totaal", "jan;feb;mrt;Som", "heading_not_in_profile", "Som"),
        ("EAN;Locatie;jan;feb;mrt", "EAN;Locatie;a;b;c", "heading_not_in_profile", "a"),
        ("EAN;Locatie", "Meter;Locatie", "heading_missing", "EAN"),
    ],
)
def test_a_heading_that_nobody_accounts_for_refuses_the_file(old: str, new: str, code: str, column: str) -> None:
    text = SUPPLIER.replace(old, new)
    options = {"overrides": None}
    issue = refused(
        lambda: staged(text, PROFILE.replace("[columns", "[file]\nheader_row = 2\n[columns", 1), **options), code
    )
    assert issue.location.column == column


def test_months_without_a_year_ask_for_one() -> None:
    refused(lambda: staged(profile=PROFILE.replace("year = 2024", "")), "heading_year_missing")


def test_the_year_may_stand_in_a_column() -> None:
    text = "Jaar;Meter;Q1;Q2\n2023;M;1,5;2,5\n2024;M;3,5;\nvorig;M;1,0;1,0\n"
    profile = PROFILE.replace("year = 2024", "").replace(
        '[columns.site]\nheader = "Locatie"', '[columns.year]\nheader = "Jaar"'
    )
    profile = (
        profile.replace('header = "EAN"', 'header = "Meter"').replace('total = "Totaal"', "").split("[[totals]]")[0]
    )
    staging = staged(text, profile)

    assert [(c[0], c[2], c[3]) for c in cells(staging)] == [
        ("2:C", date(2023, 1, 1), date(2023, 3, 31)),
        ("2:D", date(2023, 4, 1), date(2023, 6, 30)),
        ("3:C", date(2024, 1, 1), date(2024, 3, 31)),
    ]
    assert [str(i.location.address) for i in staging.issues if i.code == "year_unreadable"] == ["4:C", "4:D"]


YEARED = (
    PROFILE.split("[[totals]]")[0]
    .replace('header = "EAN"', 'header = "Vestiging"')
    .replace('[columns.site]\nheader = "Locatie"', '[columns.year]\nheader = "Jaar"')
    .replace("year = 2024", "")
    .replace('total = "Totaal"', "")
)
UNYEARED = YEARED.replace('[columns.year]\nheader = "Jaar"\n', "")


def by_hand(header: str, **gives: str) -> str:
    told = ", ".join(f'"{field}" = "{value}"' for field, value in gives.items())
    return f'[[crosstab.spread]]\nheader = "{header}"\ngives = {{ {told} }}\n'


@pytest.mark.parametrize(
    ("headings", "extra", "column", "others"),
    [
        ("jan;feb;2024", "", "2024", ["feb", "jan"]),
        ("jan;jan 2024", "", "jan 2024", ["jan"]),
        ("2024 Q1;mrt", "", "mrt", ["2024 Q1"]),
        ("jan;feb;heel", by_hand("heel", period="2024"), "heel", ["feb", "jan"]),
        ("jan;half", by_hand("half", period="2024-01-16..2024-02-15", note="n", quality="estimated"), "half", ["jan"]),
        ("heel;deel", by_hand("heel", period="2024") + by_hand("deel", period="2024-07"), "deel", ["heel"]),
    ],
)
def test_the_same_months_under_two_headings_refuse_the_file_however_the_year_is_told(
    headings: str, extra: str, column: str, others: list[str]
) -> None:
    figures = ";".join("10" for _ in headings.split(";"))
    issue = refused(
        lambda: staged(f"Vestiging;Jaar;{headings}\nHK;2024;{figures}\n", YEARED + extra), "periods_overlap"
    )
    assert (issue.location.column, issue.values["others"]) == (column, others)


def test_a_period_by_hand_beside_months_with_their_year_is_compared_by_days() -> None:
    months = "Vestiging;jan 2024;feb 2024;rest\nHK;10;20;30\n"
    rest = by_hand("rest", period="2024-03-01..2024-12-31")
    assert [c[1] for c in cells(staged(months, UNYEARED + rest))] == [10, 20, 30]
    whole = by_hand("rest", period="2024")
    assert refused(lambda: staged(months, UNYEARED + whole), "periods_overlap").location.column == "rest"
    constant = UNYEARED.replace("[constants]", "[constants]\nyear = 2024")
    assert refused(lambda: staged(months, constant + whole), "periods_overlap").location.column == "rest"


def test_columns_that_differ_in_what_they_are_about_may_share_their_months() -> None:
    text = "Vestiging;Jaar;jan;zon;hoog;laag\nHK;2024;10;20;30;40\n"
    extra = by_hand("zon", period="2024-01", supplier="S") + "".join(
        by_hand(header, period="2024-02", note=header) for header in ("hoog", "laag")
    )
    assert [c[1] for c in cells(staged(text, YEARED + extra))] == [10, 20, 30, 40]
    years = "Vestiging;Jaar;jan 2023;jan 2024\nHK;2023;10;\nHK;2024;;20\n"
    assert [c[1] for c in cells(staged(years, YEARED))] == [10, 20]


def test_kinds_in_columns_give_type_and_unit() -> None:
    staging = staged(*EXAMPLES[1])
    found = [(r["row"], r["activity_type"], r["unit"], str(r["quantity"])) for r in staging.records.to_pylist()]
    assert found == [
        (2, "electricity", "kWh", "1250.000000"),
        (2, "natural-gas", "Nm3", "310.500000"),
        (3, "electricity", "kWh", "1180.000000"),
    ]


def test_years_above_months_in_text_and_in_merged_cells() -> None:
    text, profile = EXAMPLES[2]
    expected = [
        ("3:B", Decimal(10), date(2023, 11, 1)), ("3:C", Decimal(20), date(2023, 12, 1)),
        ("3:D", Decimal(30), date(2024, 1, 1)), ("3:E", Decimal(40), date(2024, 2, 1)),
    ]  # fmt: skip
    assert [c[:3] for c in cells(staged(text, profile))] == expected

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Meter", 2023, None, 2024, None])
    sheet.append([None, "nov", "dec", "jan", "feb"])
    sheet.append(["M1", 10, 20, 30, 40])
    for merged in ("A1:A2", "B1:C1", "D1:E1"):
        sheet.merge_cells(merged)
    staging = staged(saved(book), profile)
    assert [c[:3] for c in cells(staging)] == expected
    assert staging.rows.num_rows == 15

    refused(lambda: staged(text, profile.replace("header_row = 2", "")), "header_row_needed")
    refused(lambda: staged(text, profile.replace("heading_rows = 2", "heading_rows = 3")), "heading_rows_too_few")


def test_a_row_that_calls_itself_a_total_is_held_when_the_profile_does_not() -> None:
    undeclared = PROFILE.split("[[totals]]")[0]
    nameless = [i for i in staged(profile=undeclared).issues if i.code == "cell_empty"]
    assert (str(nameless[0].location.address), nameless[0].location.column) == ("5:C", "jan · Locatie")
    staging = staged(SUPPLIER.replace("Totaal;;", "Totaal;alle;"), undeclared)
    assert [str(i.location.address) for i in staging.issues if i.code == "seems_total"] == ["5:C", "5:D", "5:E"]
    assert staging.counts["accepted"] == 5


def test_a_formula_without_a_result_in_a_cell_is_rejected_there() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["EAN", "Locatie", "jan", "feb", "mrt", "Totaal"], ["1", "U", 5, "=C2*2", 7, None]):
        sheet.append(row)
    staging = staged(saved(book), PROFILE.split("[[totals]]")[0])
    assert str(one(staging, "formula_without_value").location.address) == "2:D"
    assert [c[0] for c in cells(staging)] == ["2:C", "2:E"]


def test_personal_columns_stay_out_of_all_cells() -> None:
    profile = PROFILE.replace("[columns.site]", '[columns.person]\nheader = "Naam"\npersonal = true\n[columns.site]')
    text = (
        SUPPLIER.replace("EAN;Locatie", "Naam;EAN;Locatie")
        .replace("8716", "J. Jansen;8716")
        .replace("Totaal;;1", "J. Jansen;Totaal;;1")
    )
    staging = staged(text.replace("2024;;;;;", "2024 J. Jansen;;;;;;"), profile)
    assert staging.counts["accepted"] == 5
    assert set(staging.records["person"].to_pylist()) == {staging.records["person"][0].as_py()}
    assert "Jansen" not in repr((staging.rows.to_pylist(), staging.records.to_pylist(), staging.issues))


def test_a_cross_tab_has_at_most_as_many_cells_as_a_table_has_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trede.intake.cells.MAX_ROWS", 29)
    assert refused(staged, "too_many_cells").values == {"found": 30, "limit": 29}


def test_a_value_below_no_heading_is_rejected() -> None:
    text = SUPPLIER.replace("mrt;Totaal", "mrt;").partition("Totaal;;")[0]
    staging = staged(text, PROFILE.replace('total = "Totaal"', "").split("[[totals]]")[0])
    found = [str(i.location.address) for i in staging.issues if i.code == "cell_without_heading"]
    assert found == ["3:F", "4:F"]


def test_a_row_of_another_width_is_rejected_with_all_its_cells() -> None:
    staging = staged(SUPPLIER.replace("200,00;-;", "200,00;-;x;"))
    assert one(staging, "row_width").location.row == 4
    assert staging.counts["rejected"] == 7
    assert sum(staging.counts.values()) == staging.rows.num_rows == 31


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("[crosstab]", '[unique]\nfields = ["meter"]\n[crosstab]'), "section_excluded"),
        (("[crosstab]", '[[checks]]\nproduct = ["jan"]\nequals = "feb"\n[crosstab]'), "section_excluded"),
        (("[crosstab]", '[columns.quantity]\nheader = "jan"\n[crosstab]'), "section_excluded"),
        (("[columns.meter]", '[columns.meter_reading]\nheader = "x"\n[columns.meter]'), "section_excluded"),
        (("year = 2024", 'start = "2024-01-01"'), "period_fields"),
        (("year = 2024", 'year = "24"'), "year_unreadable"),
        (("[[totals]]", '[[crosstab.spread]]\nheader = "x"\ngives = { unit = "kWh" }\n[[totals]]'), "field_twice"),
        (
            ("[[totals]]", '[[crosstab.spread]]\nheader = "x"\ngives = { note = "n" }\n[[totals]]'),
            "spread_without_period",
        ),
        (
            ("[[totals]]", '[[crosstab.spread]]\nheader = "x"\ngives = { period = "Q" }\n[[totals]]'),
            "period_form_unknown",
        ),
        (("[[totals]]", '[[crosstab.spread]]\nheader = "x"\ngives = { colour = "n" }\n[[totals]]'), "field_unknown"),
        (("periods = true", "periods = false"), "toml_value_wrong"),
        (('between = ["0", "50000"]', 'between = ["9", "1"]'), "toml_value_wrong"),
        (('total = "Totaal"', 'total = "Totaal"\naside = ["totaal"]'), "toml_value_wrong"),
        (("year = 2024", 'year = 2024\nfactor = "0,5"'), "number_other_decimal"),
    ],
)
def test_a_profile_that_contradicts_itself_does_not_load(change: tuple[str, str], code: str) -> None:
    text = PROFILE.replace(*change, 1)
    found = refuses_profile(text)
    assert code in found or (code == "toml_value_wrong" and sum(found.values()) == 1)


@pytest.mark.parametrize(
    ("heading", "text"),
    [
        ("jan", "Y-01"), ("Maart", "Y-03"), ("mrt (kWh)", "Y-03"), ("okt.", "Y-10"), ("may", "Y-05"), ("12", "Y-12"),
        ("Q3", "Y-Q3"), ("2e kwartaal", "Y-Q2"), ("kw 4", "Y-Q4"), ("1e halfjaar", "Y-H1"), ("maand 7", "Y-07"),
        ("jan-24", "2024-01"), ("Januari 2023", "2023-01"), ("2023 dec", "2023-12"), ("2024-02", "2024-02"),
        ("202411", "2024-11"), ("11-2024", "2024-11"), ("2024 Q4", "2024-Q4"), ("Q4 '2024", None), ("2022", "2022"),
        ("13", None), ("0", None), ("2024-13", None), ("2024-01-01", None), ("Totaal", None), ("januarij", None),
        ("", None), ("Meter 1", None), ("Q5", None), ("24", None), ("week 12 2024", None), ("jan-mrt 2024", None),
    ],
)  # fmt: skip
def test_headings_are_read_as_periods_or_not_at_all(heading: str, text: str | None) -> None:
    found = read_heading(heading)
    assert (found and found.text(str(found.year or "Y"))) == text


@pytest.mark.parametrize(
    ("text", "address"), [("7", (7, None)), ("7:C", (7, 3)), ("12:aa", (12, 27)), (" 3:B ", (3, 2))]
)
def test_addresses_are_read_as_they_are_written(text: str, address: tuple[int, int | None]) -> None:
    found = read_address(text)
    assert found == address
    assert read_address(str(found)) == found


@pytest.mark.parametrize("text", ["", "0", "C7", "7:", "7:3", "-1", "7:ABCD"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert read_address(text) is None


FIGURE = st.one_of(
    st.decimals(0, 99_999, places=2).map(lambda n: f"{n:.2f}".replace(".", ",")), st.sampled_from(["", "-", "x", " "])
)


@given(st.lists(st.lists(FIGURE, min_size=4, max_size=4), min_size=1, max_size=6), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_the_cells_of_any_cross_tab_add_up(rows: list[list[str]], blank: bool, misfit: bool) -> None:
    lines = ["Titel;;;;;", "EAN;Locatie;jan;feb;mrt;apr", "0;vast;1,00;1,00;1,00;1,00"]
    lines += [f"{n};L;{';'.join(row)}" for n, row in enumerate(rows, start=1)]
    lines += [";;;;;"] * blank + ["9;te;weinig"] * misfit
    profile = (
        PROFILE.replace('total = "Totaal"', "")
        .split("[[totals]]")[0]
        .replace('between = ["0", "50000"]', 'between = ["0", "90000"]')
    )

    staging = staged("\n".join(lines), profile)

    assert sum(staging.counts.values()) == sum(line.count(";") + 1 for line in lines) == staging.rows.num_rows
    assert staging.counts["accepted"] == staging.records.num_rows
    assert staging.counts["held"] == staging.held.num_rows
    told = {(r["row"], r["column_number"]): r for r in staging.rows.to_pylist()}
    assert len(told) == staging.rows.num_rows
    for record in staging.records.to_pylist():
        text = told[record["row"], record["column_number"]]["cells"][0]
        assert record["quantity"] == Decimal(text.strip().replace(",", "."))
    assert all((row["code"] is None) == (row["fate"] == "accepted") for row in told.values())
    figures = [c.strip() for row in rows for c in row]
    numbers = [Decimal(c.replace(",", ".")) for c in figures if c not in ("", "-", "x")]
    assert staging.counts["accepted"] == 4 + sum(n <= 90_000 for n in numbers)
    assert staging.counts["held"] == sum(n > 90_000 for n in numbers)
