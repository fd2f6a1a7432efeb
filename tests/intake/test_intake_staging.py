"""Every rule of staging has its code, with file, row and column; nothing of a file is lost."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import HEADER, KEY, PROFILE, ROWS, TOTALS, changed, csv, one, profile, refused, staged

from trede.intake import FileSettings, Staging, load_profile, stage
from trede.intake.fields import FATES, MAPPED
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError
from trede.kernel.identity import pseudonym
from trede.kernel.issues import Location, Severity

WITH_TOTALS = PROFILE + TOTALS


def test_a_clean_file() -> None:
    staging = staged(csv(*ROWS))
    assert staging.counts == {"accepted": 3, "set_aside": 1, "held": 0, "rejected": 0}
    assert staging.issues == ()
    assert staging.records.schema.equals(MAPPED)
    assert staging.held.schema.equals(MAPPED)
    first, second, third = staging.records.to_pylist()
    assert first["row"] == 2
    assert first["quantity"] == Decimal("40.5")
    assert first["start"].isoformat() == first["end"].isoformat() == "2024-01-15"
    assert json.loads(first["attributes"]) == {
        "control": "controlled",
        "delivery": "none",
        "fuel": "petrol-e10",
    }
    assert second["quantity"] == Decimal("1030.25")
    assert json.loads(third["attributes"])["delivery"] == "fuel-card"
    assert [r["site"] for r in (first, second, third)] == ["ut", "ut", "ut"]
    assert first["credit_of"] is None
    assert staging.columns["quantity"] == "Liters"
    assert staging.columns["date"] == "Datum"
    assert staging.dialect.decimal.value == ","
    assert staging.dialect.dates.value == "dd-mm-yyyy"
    assert json.loads(json.dumps(staging.summary()))["counts"] == staging.counts


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (changed(c4=""), "cell_empty", "Liters"),
        (changed(c1=" "), "cell_empty", "Bon"),
        (changed(c4="€ 40,50"), "number_unreadable", "Liters"),
        (changed(c4="4,05E+01"), "number_unreadable", "Liters"),
        (changed(c4="48.32"), "number_other_decimal", "Liters"),
        (changed(c4="40,5000001"), "number_too_precise", "Liters"),
        (changed(c4="9999999999999999"), "number_too_large", "Liters"),
        (changed(c4="=A1*2"), "cell_is_formula", "Liters"),
        (changed(c4="+SOM(A1:A2)"), "cell_is_formula", "Liters"),
        (changed(c1="@B1"), "cell_is_formula", "Bon"),
        (changed(c7="#N/B"), "cell_is_error", "Vestiging"),
        (changed(c0="31-02-2024"), "date_not_real", "Datum"),
        (changed(c0="2024-01-15"), "date_unreadable", "Datum"),
        (changed(c0="15-01-1985"), "date_out_of_range", "Datum"),
        (changed(c3="LPG"), "value_unknown", "Product"),
        (changed(c7="Parijs"), "site_unknown", "Vestiging"),
        (changed(c6="91,00"), "row_does_not_add", "Bedrag"),
        (changed(c5="abc"), "number_unreadable", "Prijs per liter"),
        (changed(c5=""), "cell_empty", "Prijs per liter"),
        (ROWS[0] + ";extra", "row_width", None),
        (";".join(ROWS[0].split(";")[:-1]), "row_width", None),
    ],
)
def test_a_row_is_rejected(row: str, code: str, column: str | None) -> None:
    staging = staged(csv(*ROWS[1:], row), overrides=FileSettings(decimal=",", dates="dd-mm-yyyy"))
    assert staging.counts == {"accepted": 2, "set_aside": 1, "held": 0, "rejected": 1}
    issue = one(staging, code)
    assert issue.severity is Severity.ERROR
    assert issue.location == Location("tank.csv", 4, column)
    kept = staging.rows.to_pylist()[3]
    assert (kept["row"], kept["fate"]) == (4, "rejected")
    assert kept["code"] in {i.code for i in staging.issues}


GAS = """
id = "gas"
title = "Gas"
source = "gas"
[columns.date]
header = "Datum"
[columns.quantity]
header = "Gas"
[columns.unit]
header = "Eenheid"
[columns.geography]
header = "Land"
[constants]
activity_type = "natural-gas"
READING
"""


def gas(*rows: str, reading: str = 'reading = "billed"') -> Staging:
    data = "\r\n".join(["Datum;Gas;Eenheid;Land", "14-01-2024;1,5;Nm3;NL", *rows]).encode()
    return stage(data, "gas.csv", load_profile(GAS.replace("READING", reading).encode(), "gas.toml"), key=KEY)


def test_a_unit_that_may_be_two_things_asks_which() -> None:
    assert gas("15-01-2024;2,5;m3;NL").records["unit"].to_pylist() == ["Nm3", "Nm3"]
    with pytest.raises(IntakeError) as caught:
        gas("15-01-2024;2,5;m3;NL", reading="")
    (issue,) = (issue for issue in caught.value.issues if issue.code == "unit_needs_attribute")
    assert issue.values == {
        "value": "m3", "type": "natural-gas", "attribute": "reading", "allowed": ["billed", "meter"],
    }  # fmt: skip
    assert "m3" in one(gas("15-01-2024;2,5;liter;NL"), "unit_not_of_type").values["allowed"]  # type: ignore[operator]


def test_a_country_is_one_of_the_list() -> None:
    staging = gas("15-01-2024;2,5;m3;be", "16-01-2024;2,5;m3;ZZ", "17-01-2024;2,5;m3;België")
    assert staging.records["geography"].to_pylist() == ["NL", "BE"]
    told = [(i.code, i.location.row, i.location.column, i.values) for i in staging.issues]
    assert told == [
        ("country_unknown", 4, "Land", {"value": "ZZ"}),
        ("country_unknown", 5, "Land", {"value": "België"}),
    ]


def test_plain_signs_are_no_formula() -> None:
    credit = changed(c1="C1", c4="−10,00", c6="-20,00", c8="B1")
    plus = changed(c1="B9", c4="+10,00", c6="20,00")
    staging = staged(csv(*ROWS, credit, plus))
    assert staging.counts["accepted"] == 5
    assert staging.records["quantity"].to_pylist()[3:] == [Decimal(-10), Decimal(10)]
    assert staging.records["credit_of"].to_pylist()[3] == "B1"


def test_every_physical_row_has_a_fate() -> None:
    data = csv(
        "Rapport over 2024",
        "",
        HEADER,
        ROWS[0],
        ";;;;;;;;",
        HEADER.upper(),
        *ROWS[1:],
        ROWS[2],
        changed(c0="?"),
        "Totaal;;;;1.135,50;;;;",
        header="Lease BV",
    )
    staging = staged(data, WITH_TOTALS)
    rows = staging.rows.to_pylist()
    assert [(r["fate"], r["code"]) for r in rows] == [
        ("set_aside", "preamble"),
        ("set_aside", "preamble"),
        ("set_aside", "blank"),
        ("set_aside", "header"),
        ("accepted", None),
        ("set_aside", "blank"),
        ("set_aside", "repeated_header"),
        ("accepted", None),
        ("accepted", None),
        ("held", "duplicate_in_file"),
        ("rejected", "date_unreadable"),
        ("set_aside", "total"),
    ]
    assert one(staging, "duplicate_in_file").values == {"first_row": 9}
    assert sum(staging.counts.values()) == len(rows) == 12
    assert staging.controls[0].status == "agrees"
    assert staging.held["row"].to_pylist() == [10]


def test_control_totals() -> None:
    total = "Totaal;;;;1.082,875;;;;"
    staging = staged(csv(*ROWS, total), WITH_TOTALS, control_total=Decimal("1082.875"))
    assert [(c.row, c.status) for c in staging.controls] == [(5, "agrees"), (None, "agrees")]
    assert staging.issues == ()
    staging = staged(csv(*ROWS, total.replace("875", "874")), WITH_TOTALS)
    assert staging.controls[0].difference == Decimal("-0.001")
    issue = one(staging, "control_total_differs")
    assert (issue.severity, issue.location) == (Severity.ERROR, Location("tank.csv", 5, "Liters"))
    staging = staged(csv(*ROWS, changed(c4="4o,00"), total.replace("1.082", "1.122")), WITH_TOTALS)
    assert staging.controls[0].status == "explained"
    assert staging.controls[0].unreadable == (5,)
    assert one(staging, "control_total_explained").values["rows"] == ["5"]
    # A rejected row that can be read counts: the sender's total has it too.
    rejected = changed(c1="B8", c7="Parijs", c4="10,00", c6="20,00")
    staging = staged(csv(*ROWS, rejected, "TOTAAL liters;;;;1.092,875;;;;"), WITH_TOTALS)
    assert staging.controls[0].status == "agrees"
    staging = staged(csv(*ROWS, "Totaal;;;;veel;;;;"), WITH_TOTALS)
    assert one(staging, "number_unreadable").location.row == 5
    assert staging.counts["rejected"] == 1


def test_a_declared_total_that_is_missing_is_told() -> None:
    issue = one(staged(csv(*ROWS), WITH_TOTALS), "total_missing")
    assert (issue.severity, issue.location) == (Severity.WARNING, Location("tank.csv", None, "Datum"))


def test_held_rows_and_decisions() -> None:
    data = csv(*ROWS, ROWS[0], changed(c1="B7", c4="0,10", c6="0,20"))
    staging = staged(data)
    assert staging.counts == {"accepted": 3, "set_aside": 1, "held": 2, "rejected": 0}
    assert one(staging, "duplicate_in_file").severity is Severity.WARNING
    assert one(staging, "implausible").location == Location("tank.csv", 6, "Liters")
    decided = staged(data, accept_held={Address(5): "drop", Address(6): "accept"})
    assert decided.counts == {"accepted": 4, "set_aside": 2, "held": 0, "rejected": 0}
    assert decided.rows["code"].to_pylist()[4:] == ["dropped_by_decision", "accepted_by_decision"]
    assert decided.records["row"].to_pylist() == [2, 3, 4, 6]
    assert decided.issues == ()
    assert refused(lambda: staged(data, accept_held={Address(2): "accept"}), "decision_not_held").location.row == 2
    assert refused(lambda: staged(data, accept_held={Address(99): "accept"}), "decision_not_held").location.row == 99
    refused(lambda: staged(data, accept_held={Address(5): "perhaps"}), "decision_unknown")


def test_personal_values_never_leave() -> None:
    name = "tank.csv"
    data = csv(
        *ROWS,
        changed(c1="B5", c2="=QQ-111-Q"),
        "16-02-2024;B6;QQ-222-Q",
        "Totaal QQ-333-Q;;QQ-444-Q;;1.123,375;;;;",
        header=f"Bestuurder QQ-555-Q\n{HEADER}",
    )
    staging = staged(data, WITH_TOTALS)
    assert staging.records["vehicle"].to_pylist()[0] == pseudonym(KEY, "vehicle", "ab123c")
    cells = staging.rows["cells"].to_pylist()
    assert cells[2][2] == staging.records["vehicle"].to_pylist()[0]
    assert cells[2][3] == "Euro 95"
    stored = repr((cells, staging.rows["detail"].to_pylist(), staging.issues, staging.summary()))
    for plain in ("AB-123-C", "XY-999-Z", "QQ-111-Q", "QQ-222-Q", "QQ-444-Q", "QQ-555-Q"):
        assert plain not in stored
    assert one(staging, "cell_is_formula").location == Location(name, 6, "Kenteken")
    raw = staging.rows["cells"].combine_chunks().values.to_pylist()
    assert not any("QQ-222" in cell for cell in raw)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("decimal", [",", "."])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_same_content_written_otherwise_gives_the_same_records(
    codec: str, delimiter: str, decimal: str, newline: str
) -> None:
    swap = str.maketrans({",": decimal, ".": "," if decimal == "." else "."})
    lines = []
    for row in (HEADER.replace("Credit", "Crédit"), *ROWS):
        cells = row.translate(swap).split(";")
        lines.append(delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in cells))
    text = PROFILE.replace("Credit van", "Crédit van")
    staging = staged((newline.join(lines) + newline).encode(codec), text)
    plain = staged(csv(*ROWS, header=HEADER.replace("Credit", "Crédit")), text)
    assert staging.records.equals(plain.records)
    assert (staging.dialect.delimiter.value, staging.dialect.decimal.value) == (delimiter, decimal)


GARBAGE = st.text(alphabet='0159,.-;"\n\r\té€ aTotaal=@', max_size=120)


@given(GARBAGE)
@settings(max_examples=200)
def test_the_four_fates_add_up_for_any_text(text: str) -> None:
    data = csv(*ROWS, text)
    try:
        staging = staged(data, WITH_TOTALS, overrides=FileSettings(delimiter=";", decimal=",", dates="dd-mm-yyyy"))
    except IntakeError as error:
        assert error.issues[0].code == "quote_broken"  # noqa: PT017 - a refusal is the other honest outcome
        return
    counts = staging.counts
    assert sum(counts.values()) == staging.rows.num_rows
    assert staging.rows["row"].to_pylist() == list(range(1, staging.rows.num_rows + 1))
    for fate in FATES:
        assert pc.sum(pc.equal(staging.rows["fate"], fate)).as_py() == counts[fate]
    assert staging.records.num_rows == counts["accepted"] >= 3
    assert staging.held.num_rows == counts["held"]
    for row in staging.rows.to_pylist():
        assert (row["code"] is None) == (row["fate"] == "accepted")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        staged(data)
    except IntakeError as error:
        assert error.issues  # noqa: PT017


def test_headings_are_tested_before_any_row() -> None:
    issue = refused(lambda: staged(csv(*ROWS, header=HEADER.replace("Liters", "Literz"))), "heading_missing")
    assert issue.location == Location("tank.csv", 1, "Liters")
    assert issue.values["closest"] == ["Literz"]
    assert "Kenteken" in str(issue.values["found"])
    twice = csv(*ROWS, header=HEADER.replace("Bedrag", "Liters"))
    refused(lambda: staged(twice), "heading_twice")
    swapped = csv(*ROWS, header=HEADER.replace("Datum;Bon", "Bon;Datum"))
    assert refused(lambda: staged(swapped), "dates_not_found").location.column == "Datum"
    refused(lambda: staged(csv(*ROWS), overrides=FileSettings(header_row=40)), "header_row_missing")
    refused(lambda: staged(b"1;2\n3;4\n"), "header_not_found")


def test_what_the_values_leave_open_is_asked_for() -> None:
    open_decimal = csv("15-01-2024;B1;AB;Diesel;1.234;1;1.234;Utrecht;")
    issue = refused(lambda: staged(open_decimal), "decimal_ambiguous")
    assert issue.location.column == "Liters"
    assert issue.values["samples"] == ["1.234"]
    for decimal, litres in ((",", "1234"), (".", "1.234")):
        staging = staged(open_decimal, overrides=FileSettings(decimal=decimal))  # type: ignore[arg-type]
        assert staging.records["quantity"].to_pylist() == [Decimal(litres)]
        assert staging.dialect.decimal.basis == "chosen"
    open_dates = csv("03-04-2024;B1;AB;Diesel;1,5;1;1,5;Utrecht;")
    assert refused(lambda: staged(open_dates), "dates_ambiguous").location.column == "Datum"
    staging = staged(open_dates, PROFILE.replace("[columns.date]", '[file]\ndates = "mm-dd-yyyy"\n[columns.date]'))
    assert staging.records["start"].to_pylist()[0].isoformat() == "2024-03-04"
    assert staging.dialect.dates.basis == "profile"


FILE = '[file]\ndecimal = ","\ndates = "dd-mm-yyyy"\nencoding = "cp1252"\n[columns.date]'
EXPECTING = PROFILE.replace("[columns.date]", FILE)


def test_a_file_that_contradicts_its_profile_is_refused() -> None:
    american = [f"0{n}-2{n}-2024;C{n};AB;Diesel;1,50;2,00;3,00;Utrecht;" for n in range(1, 5)]
    issue = refused(lambda: staged(csv(*ROWS, *american), EXPECTING), "dates_contradicted")
    assert (issue.location, issue.values["samples"]) == (
        Location("tank.csv", None, "Datum"),
        ["01-21-2024", "02-22-2024", "03-23-2024"],
    )
    points = [row.replace(".", "").replace(",", ".") for row in ROWS]
    issue = refused(lambda: staged(csv(*points), EXPECTING), "decimal_contradicted")
    assert issue.location == Location("tank.csv", None, "Liters")
    accents = csv(changed(c2="é"))
    assert refused(lambda: staged(accents, EXPECTING), "encoding_contradicted").location.row == 2
    # A person's own choice stands: the rows that do not fit are rejected one by one.
    chosen = FileSettings(decimal=",", dates="dd-mm-yyyy")
    staging = staged(csv(*ROWS, *american), EXPECTING, overrides=chosen)
    assert [issue.code for issue in staging.issues] == ["date_not_real"] * 4


def test_a_cell_that_swallows_rows_is_rejected_and_not_kept() -> None:
    text = EXPECTING.replace('encoding = "cp1252"', "")
    swallowing = changed(c7='"Utrecht')
    closing = changed(c1="B9", c2="QQ-777-Q", c7='Kantoor"')
    staging = staged(csv(*ROWS[1:], swallowing, closing), text)
    assert one(staging, "cell_swallows_rows").location == Location("tank.csv", 4, "Vestiging")
    assert [issue.code for issue in staging.issues] == ["cell_swallows_rows"]
    assert "QQ-777-Q" not in repr((staging.rows.to_pylist(), staging.issues))
    remark = changed(c7='"Utrecht\n"')
    assert staged(csv(*ROWS[1:], remark), text).counts["accepted"] == 3


def test_accents_written_apart_are_the_same_text() -> None:
    text = PROFILE.replace('"Diesel"', '"Diésel"')
    plain = staged(csv(ROWS[0], ROWS[1].replace("Diesel", "Diésel")), text)
    apart = staged(csv(ROWS[0], ROWS[1].replace("Diesel", "Die\u0301sel")), text)
    assert apart.records.equals(plain.records)
    assert plain.counts["accepted"] == 2


def test_no_row_accepted_tells_the_first_reasons() -> None:
    data = csv(changed(c7="Parijs"), changed(c7="Rome"))
    with pytest.raises(IntakeError) as caught:
        staged(data)
    assert [issue.code for issue in caught.value.issues] == [
        "no_row_accepted",
        "site_unknown",
        "site_unknown",
    ]
    assert refused(lambda: staged(csv()), "no_row_accepted").values == {"rows": 0}


def test_a_file_with_held_rows_only_waits_for_decisions() -> None:
    found = staged(csv(changed(c4="0,10", c6="0,20")))
    assert found.counts == {"accepted": 0, "set_aside": 1, "held": 1, "rejected": 0}
    assert (found.records.num_rows, found.held.num_rows) == (0, 1)


def test_two_sheets_in_one_sign_line() -> None:
    staging = staged(b"sep=;\r\n" + csv(*ROWS))
    assert staging.dialect.delimiter.basis == "sep_line"
    assert staging.rows["code"].to_pylist()[:2] == ["preamble", "header"]


TRAVEL = """
id = "reizen"
title = "Reizen"
source = "reizen"
[columns.activity_type]
header = "Soort"
values = { "auto" = "travel-car", "trein" = "travel-rail" }
[columns.fuel]
header = "Brandstof"
optional = true
[columns.purpose]
header = "Doel"
optional = true
[columns.quantity]
header = "Afstand"
[columns.unit]
header = "Eenheid"
[columns.start]
header = "Van"
[columns.end]
header = "Tot"
[columns.quality]
header = "Kwaliteit"
optional = true
[columns.custom.reden]
header = "Reden"
optional = true
"""


def travel(*rows: str, text: str = TRAVEL) -> Any:
    data = csv(*rows, header="Soort;Brandstof;Doel;Afstand;Eenheid;Van;Tot;Kwaliteit;Reden")
    return stage(data, "reis.csv", profile(text), key=KEY)


def test_types_attributes_and_units_follow_the_vocabulary() -> None:
    good = 'auto;diesel;business;12,5;km;01-01-2024;31-01-2024;measured;bezoek "klant"'
    staging = travel(
        good,
        "trein;diesel;commuting;100;km;01-01-2024;31-12-2024;;",
        "auto;;commuting;7;km;13-01-2024;13-01-2024;;",
        "auto;diesel;;7;km;13-01-2024;13-01-2024;;",
        "auto;stoom;business;7;km;13-01-2024;13-01-2024;;",
        "fiets;;business;7;km;13-01-2024;13-01-2024;;",
        "auto;;business;7;liter;13-01-2024;13-01-2024;;",
        "auto;;business;7;km;13-01-2024;12-01-2024;;",
        "auto;;business;7;km;13-01-2024;13-01-2024;gokje;",
        "auto;;business;7;;13-01-2024;13-01-2024;;",
    )
    first, rail, default = staging.records.to_pylist()
    assert json.loads(first["attributes"]) == {"fuel": "diesel", "purpose": "business"}
    assert first["unit"] == "km"
    assert json.loads(first["custom"]) == {"reden": 'bezoek "klant"'}
    assert (rail["unit"], rail["custom"]) == ("pkm", None)
    assert json.loads(rail["attributes"]) == {"purpose": "commuting", "train": "average"}
    assert json.loads(default["attributes"])["fuel"] == "unknown"
    found = {issue.location.row: (issue.code, issue.location.column) for issue in staging.issues}
    assert found == {
        5: ("attribute_missing", "Doel"),
        6: ("attribute_value_unknown", "Brandstof"),
        7: ("value_unknown", "Soort"),
        8: ("unit_not_of_type", "Eenheid"),
        9: ("end_before_start", "Tot"),
        10: ("quality_unknown", "Kwaliteit"),
        11: ("cell_empty", "Eenheid"),
    }
    assert one(staging, "attribute_missing").values["allowed"] == ["business", "commuting", "subcontractor"]


def test_a_billed_cubic_metre_is_normal_only_when_the_profile_says_so() -> None:
    text = """
id = "gas"
title = "Gas"
source = "gas"
[columns.quantity]
header = "Verbruik"
[columns.meter]
header = "EAN"
[constants]
activity_type = "natural-gas"
reading = "billed"
unit = "m3"
year = 2024
entity = "Holding"
"""
    data = b"EAN;Verbruik\n871;1.550,5\n871;-20,5\n"
    staging = stage(data, "gas.csv", profile(text), key=KEY, entities={"holding": "h1"})
    assert staging.records["unit"].to_pylist() == ["Nm3", "Nm3"]
    assert staging.records["entity"].to_pylist() == ["h1", "h1"]
    assert staging.records["start"].to_pylist()[0].isoformat() == "2024-01-01"
    assert staging.records["quantity"].to_pylist() == [Decimal("1550.5"), Decimal("-20.5")]
    refused(lambda: stage(data, "gas.csv", profile(text), key=KEY, entities={"bv": "x"}), "entity_unknown")
    issues = refused(
        lambda: stage(data, "gas.csv", profile(text.replace('"m3"', '"kWh"')), key=KEY), "unit_not_of_type"
    )
    assert issues.location.row == 2


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [("year", "24", "year_unreadable"), ("period", "maart", "period_form_unknown")],
)
def test_years_and_periods_have_their_codes(field: str, cell: str, code: str) -> None:
    text = TRAVEL.replace(
        '[columns.start]\nheader = "Van"\n[columns.end]\nheader = "Tot"', f'[columns.{field}]\nheader = "Van"'
    )
    staging = travel("auto;;business;7,5;km;2024;;;", f"auto;;business;7;km;{cell};;;", text=text)
    assert one(staging, code).location == Location("reis.csv", 3, "Van")
    assert staging.records["end"].to_pylist()[0].isoformat() == "2024-12-31"
