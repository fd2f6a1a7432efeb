"""A ledger: debit minus credit in one amount, accounts told from codes of branches, and what of it is proposed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from intake_samples import KEY

from trede.intake import Staging, inspect_file, load_profile, stage, starter_profile
from trede.intake.ledger_columns import classification_of
from trede.kernel.errors import CatalogueError

PROFILE = """
id = "grootboek"
title = "Grootboek"
source = "grootboek"
[file]
decimal = ","
[columns.date]
header = "Datum"
[columns.document]
header = "Stuk"
[columns.credit_of]
header = "Credit van"
optional = true
[columns.code]
header = "Grootboek"
[columns.quantity]
header = "Debet"
minus = "Credit"
[constants]
activity_type = "spend"
category = "1"
classification = "account"
unit = "EUR"
[[totals]]
column = "Datum"
starts_with = "Totaal"
"""
ROWS = (
    "03-01-2024;S1;4110;1.250,00;;",
    "28-01-2024;S2;4110;;125,00;S1",
    "02-02-2024;S3;4600;0,00;50,00;S1",
    "03-02-2024;S4;4600;70,00;0,00;",
    "04-02-2024;S5;4600;7,00;9,00;",
    "05-02-2024;S6;4600;;;",
    "06-02-2024;S7;4600;;9,x;",
)


def staged(*rows: str, profile: str = PROFILE) -> Staging:
    data = "\n".join(["Datum;Stuk;Grootboek;Debet;Credit;Credit van", *rows, ""]).encode()
    return stage(data, "grootboek.csv", load_profile(profile.encode(), "profile.toml"), key=KEY)


def test_debit_minus_credit_is_the_quantity() -> None:
    found = staged(*ROWS)
    assert {row["row"]: row["quantity"] for row in found.records.to_pylist()} == {
        2: Decimal(1250), 3: Decimal(-125), 4: Decimal(-50), 5: Decimal(70),
    }  # fmt: skip
    told = {i.location.row: (i.code, i.location.column) for i in found.issues if i.location.row}
    assert told == {
        6: ("both_sides_filled", "Debet"), 7: ("both_sides_empty", "Debet"), 8: ("number_unreadable", "Credit"),
    }  # fmt: skip
    assert found.counts == {"accepted": 4, "set_aside": 1, "held": 0, "rejected": 3}
    assert (found.columns["quantity"], found.columns["minus"]) == ("Debet", "Credit")
    kept = found.rows.to_pylist()[2]["cells"]
    assert kept[3:5] == ["", "125,00"], "both cells stay"


def test_a_credit_still_names_what_it_credits() -> None:
    [_, issue] = staged("03-01-2024;S1;4110;1.250,00;;", "28-01-2024;S2;4110;;125,00;").issues
    assert (issue.code, issue.location.row) == ("negative_without_credit", 3)


@pytest.mark.parametrize(
    ("total", "status"), [("1.320,00;175,00", "agrees"), ("1.145,00;", "agrees"), ("1,00;", "differs")]
)
def test_the_total_of_a_ledger_is_its_debit_minus_its_credit(total: str, status: str) -> None:
    [control] = staged(*ROWS[:4], f"Totaal;;;{total};").controls
    assert (control.computed, control.status) == (Decimal(1145), status)


def test_only_the_quantity_has_a_column_that_is_taken_off() -> None:
    wrong = PROFILE.replace('header = "Grootboek"', 'header = "Grootboek"\nminus = "Credit"')
    with pytest.raises(CatalogueError) as caught:
        load_profile(wrong.encode(), "profile.toml")
    assert [issue.code for issue in caught.value.issues] == ["minus_not_quantity"]
    mixed = PROFILE.replace("[constants]", '[columns.custom.bij]\nheader = "Credit"\npersonal = true\n[constants]')
    with pytest.raises(CatalogueError) as caught:
        load_profile(mixed.encode(), "profile.toml")
    assert [issue.code for issue in caught.value.issues] == ["personal_mixed"]


def test_a_ledger_is_recognised() -> None:
    text = "Boekdatum;Grootboekrekening;Relatie;Debet;Credit\n03-01-2024;4110;Staples;12,50;\n04-01-2024;4110;Staples;;2,50\n"
    found = starter_profile(inspect_file(text.encode(), "grootboek.csv"))
    assert {name: found.guesses[name] for name in ("code", "quantity", "minus", "supplier")} == {
        "code": "Grootboekrekening", "quantity": "Debet", "minus": "Credit", "supplier": "Relatie",
    }  # fmt: skip
    assert 'minus = "Credit"' in found.text
    assert 'classification = "account"' in found.text
    one = starter_profile(inspect_file(b"Date;GL account;Amount\n2024-01-03;40100;12.50\n", "gl.csv"))
    assert one.guesses["quantity"] == "Amount"
    fuel = starter_profile(inspect_file(b"Datum;Liters;Debet;Credit\n03-01-2024;12,5;1,00;\n", "pas.csv"))
    assert fuel.guesses["quantity"] == "Liters"
    assert "minus" not in fuel.guesses


@pytest.mark.parametrize(
    ("heading", "values", "found"),
    [
        ("Grootboekrekening", ["6201", "4110"], "account"),
        ("GL account", ["A-12"], "account"),
        ("Ledger account", ["4110"], "account"),
        ("Rekening", ["4110", "47100"], "account"),
        ("Rekening", ["4110", "62.01"], None),
        ("Grootboek", ["WBedAutBra", "WBedHuiOnd"], "rgs"),
        ("RGS-code", ["x"], "rgs"),
        ("SBI 2008", ["6201"], "sbi-2008"),
        ("SBI", ["62.01"], None),
        ("Code", ["62.01"], None),
        ("Code", [""], None),
    ],
)
def test_accounts_are_told_from_codes_of_branches(heading: str, values: list[str], found: str | None) -> None:
    assert classification_of(heading, values) == found
