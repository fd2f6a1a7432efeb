"""Subtotals are tested against the rows since the one before them."""

from __future__ import annotations

from decimal import Decimal

from intake_samples import KEY, one
from test_crosstab import EXAMPLES

from trede.intake import Staging, load_profile, stage

TEXT, PROFILE = EXAMPLES[5]


def staged(text: str = TEXT, profile: str = PROFILE) -> Staging:
    return stage(text.encode(), "kosten.csv", load_profile(profile.encode(), "p.toml"), key=KEY)


def test_each_subtotal_is_of_its_own_block_and_the_total_of_all() -> None:
    staging = staged()
    assert [(c.row, c.since, c.computed, c.status) for c in staging.controls] == [
        (4, 2, Decimal(191), "agrees"),
        (6, 5, Decimal(40), "agrees"),
        (7, None, Decimal(231), "agrees"),
    ]
    assert (staging.counts["accepted"], staging.counts["set_aside"]) == (3, 4)


def test_a_subtotal_that_does_not_fit_names_its_first_row() -> None:
    issue = one(staged(TEXT.replace("40,0\nTotaal", "41,0\nTotaal")), "subtotal_differs")
    assert (issue.location.row, issue.values["since"], issue.values["difference"]) == (6, 5, "1")


def test_an_unreadable_row_explains_only_the_totals_that_count_it() -> None:
    staging = staged(TEXT.replace("100,5", "1oo,5"))
    assert [c.status for c in staging.controls] == ["explained", "agrees", "explained"]


def test_without_a_scope_a_subtotal_differs() -> None:
    codes = [(i.code, i.location.row) for i in staged(profile=PROFILE.replace('scope = "block"', "")).issues]
    assert codes == [("control_total_differs", 4), ("control_total_differs", 6)]


def test_a_cross_tab_has_subtotals_too() -> None:
    text, profile = EXAMPLES[0]
    with_blocks = profile + '\n[[totals]]\ncolumn = "EAN"\nstarts_with = "Sub"\nscope = "block"\n'
    lines = text.splitlines()
    lines.insert(3, "Subtotaal;;1.234,50;1.100,00;980,25;3.314,75")
    lines.insert(5, "Subtotaal;;200,00;;150,50;350,50")
    staging = staged("\n".join(lines), with_blocks)
    blocks = [c for c in staging.controls if c.since is not None]
    assert [(c.row, c.place, c.since) for c in blocks] == [
        (4, 3, 3), (4, 4, 3), (4, 5, 3), (4, 6, 3), (6, 3, 5), (6, 5, 5), (6, 6, 5),
    ]  # fmt: skip
    assert {c.status for c in staging.controls} == {"agrees"}


BILL = """van;tot;soort;verbruik;eenheid
2024-01-01;2024-01-31;Stroom;4210;kWh
2024-01-01;2024-01-31;Gas;1820,5;m³
2024-02-01;2024-02-29;Stroom;3980;kWh
2024-02-01;2024-02-29;Gas;1650,25;m³
Totaal stroom;;;8190;kWh
Totaal gas;;;3470,75;m3
"""
BILLED = """id = "nota"
title = "Nota"
source = "nota"
[file]
delimiter = ";"
decimal = ","
dates = "yyyy-mm-dd"
[columns]
start.header = "van"
end.header = "tot"
quantity.header = "verbruik"
unit.header = "eenheid"
activity_type.header = "soort"
activity_type.values = { Stroom = "electricity", Gas = "natural-gas" }
[constants]
reading = "billed"
[[totals]]
column = "van"
starts_with = "Totaal"
"""


def test_a_total_that_names_a_unit_is_of_the_rows_with_that_unit() -> None:
    found = staged(BILL, BILLED).controls
    assert [(c.stated, c.computed, c.unit, c.status) for c in found] == [
        (Decimal(8190), Decimal(8190), "kWh", "agrees"),
        (Decimal("3470.75"), Decimal("3470.75"), "m3", "agrees"),
    ]
    one(staged(BILL.replace(";8190;", ";8191;"), BILLED), "control_total_differs")


def test_a_total_without_a_unit_is_of_all_rows() -> None:
    found = staged(BILL.replace("3470,75;m3", "11660,75;"), BILLED).controls
    assert [(c.computed, c.unit) for c in found] == [(Decimal(8190), "kWh"), (Decimal("11660.75"), None)]
