"""Meter readings: differences between readings, counters that start again, new meters, and what a person decides."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from intake_samples import KEY, one
from test_crosstab import EXAMPLES, refuses_profile

from trede.activity.records import identify
from trede.intake import Staging, load_profile, stage
from trede.kernel.addresses import Address

READINGS, PROFILE = EXAMPLES[3]
GAS = EXAMPLES[4]
PLAIN = """
id = "standen"
title = "Standen"
source = "standen"
[file]
decimal = ","
dates = "dd-mm-yyyy"
[columns.meter]
header = "Meter"
[columns.date]
header = "Datum"
[columns.meter_reading]
header = "Stand"
[constants]
activity_type = "electricity"
unit = "kWh"
[readings]
taken = "start-of-day"
"""


def staged(text: str = READINGS, profile: str = PROFILE, **options: Any) -> Staging:
    return stage(text.encode(), "standen.csv", load_profile(profile.encode(), "p.toml"), **({"key": KEY} | options))


def plain(*rows: str, extra: str = "", **options: Any) -> Staging:
    return staged("\n".join(["Meter;Datum;Stand", *rows, ""]), PLAIN + extra, **options)


def found(staging: Staging) -> list[tuple[int, int, str, str, str]]:
    return [
        (r["opening_row"], r["row"], f"{r['quantity'].normalize():f}", f"{r['start']:%m-%d}", f"{r['end']:%m-%d}")
        for r in staging.records.to_pylist()
    ]


def fates(staging: Staging) -> list[tuple[str, str | None]]:
    return [(row["fate"], row["code"]) for row in staging.rows.to_pylist()[1:]]


def test_rollover_new_meter_and_transformer_ratio_of_the_worked_example() -> None:
    staging = staged()

    assert found(staging) == [
        (2, 3, "5200", "01-01", "01-31"),
        (3, 4, "1300", "02-01", "02-29"),
        (4, 5, "1120", "03-01", "03-09"),
        (6, 7, "600", "03-10", "03-31"),
    ]
    assert staging.records["custom"][1].as_py() == ('{"multiplied_by":"40","reading_from":"99980","reading_to":"12.5"}')
    assert [row["code"] for row in staging.rows.to_pylist()] == [
        "header",
        "reading_opens",
        None,
        None,
        None,
        "reading_opens",
        None,
    ]
    assert staging.counts == {"accepted": 4, "set_aside": 3, "held": 0, "rejected": 0}


def test_gas_of_a_meter_takes_the_correction_of_the_bill_and_counts_to_the_end_of_the_day() -> None:
    record = staged(*GAS).records.to_pylist()[0]
    assert (record["quantity"], record["unit"]) == (Decimal("506.55"), "Nm3")
    assert (record["start"], record["end"]) == (date(2024, 1, 1), date(2024, 1, 31))


def test_order_of_rows_and_several_meters_do_not_matter() -> None:
    rows = ["A;01-03-2024;300,0", "B;01-01-2024;5,0", "A;01-01-2024;100,0", "B;01-03-2024;9,0", "A;01-02-2024;150,0"]
    assert found(plain(*rows)) == [
        (6, 2, "150", "02-01", "02-29"),
        (3, 5, "4", "01-01", "02-29"),
        (4, 6, "50", "01-01", "01-31"),
    ]


def test_a_lower_reading_without_digits_is_held_with_both_readings() -> None:
    rows = ["A;01-01-2024;99900,0", "A;01-02-2024;100,0", "A;01-03-2024;300,0", "A;01-04-2024;400,0"]
    staging = plain(*rows)
    issue = one(staging, "reading_lower")
    assert issue.values == {"value": "100", "before": "99900", "before_row": 2, "digits": "5", "rolled": "200"}
    assert [fate for fate, _ in fates(staging)] == ["set_aside", "held", "rejected", "accepted"]
    assert one(staging, "reading_after_held").values == {"held_row": 3}

    accepted = plain(*rows, accept_held={Address(3): "accept"})
    assert [q for _, _, q, _, _ in found(accepted)] == ["200", "200", "100"]
    dropped = plain(*[*rows[:2], "A;01-03-2024;99950,0", "A;01-04-2024;99990,0"], accept_held={Address(3): "drop"})
    assert found(dropped) == [(2, 4, "50", "01-01", "02-29"), (4, 5, "40", "03-01", "03-31")]


def test_a_fall_of_more_than_half_the_round_is_no_rollover() -> None:
    staging = plain(
        "A;01-01-2024;60000,0",
        "A;01-02-2024;59000,0",
        "A;01-03-2024;60500,0",
        "B;01-01-2024;1,0",
        "B;02-01-2024;2,0",
        extra="digits = 5",
    )
    assert one(staging, "reading_lower").values["rolled"] == "99000"
    assert (
        plain("A;01-01-2024;99000,0", "A;01-02-2024;500,0", extra="digits = 5").records["quantity"][0].as_py() == 1500
    )


def test_an_implausible_difference_is_held_and_its_reading_may_be_passed_over() -> None:
    rows = ["A;01-01-2024;1000,0", "A;01-02-2024;21000,0", "A;01-03-2024;1300,0", "A;01-04-2024;1400,0"]
    extra = 'between = ["0", "5000"]'
    held = plain(*rows, extra=extra)
    assert [fate for fate, _ in fates(held)] == ["set_aside", "held", "rejected", "accepted"]
    assert found(plain(*rows, extra=extra, accept_held={Address(3): "drop"}))[0] == (2, 4, "300", "01-01", "02-29")


def test_a_reading_that_cannot_be_read_is_passed_over_and_the_total_stays_right() -> None:
    staging = plain("A;01-01-2024;100,0", "A;01-02-2024;1x0,0", "A;31-02-2024;150,0", "A;01-04-2024;400,0")
    assert found(staging) == [(2, 5, "300", "01-01", "03-31")]
    assert [code for _, code in fates(staging)] == ["reading_opens", "number_unreadable", "date_not_real", None]


def kinded(*rows: str, **options: Any) -> Staging:
    kinds = '[columns.reading_kind]\nheader = "Soort"\nvalues = { e = "closing", b = "opening" }\noptional = true\n'
    sites = '[columns.site]\nheader = "Locatie"\noptional = true\n'
    profile = PLAIN.replace("[constants]", kinds + sites + "[constants]")
    text = "\n".join(["Meter;Datum;Stand;Soort;Locatie", *rows, ""])
    return staged(text, profile, sites={"Utrecht": "ut"}, **options)


GAP = ["A;01-06-2024;9000,0;;", "A;10-06-2024;0,0;b;", "A;01-07-2024;300,0;;", "A;01-08-2024;500,0;;"]


def test_a_meter_that_opens_without_a_closing_reading_before_it_is_held_with_both_readings() -> None:
    staging = kinded(*GAP)
    assert one(staging, "reading_gap").values == {"value": "0", "before": "9000", "before_row": 2, "days": 9}
    assert [fate for fate, _ in fates(staging)] == ["set_aside", "held", "rejected", "accepted"]
    assert one(staging, "reading_after_held").values == {"held_row": 3}

    accepted = kinded(*GAP, accept_held={Address(3): "accept"})
    assert found(accepted) == [
        (2, 3, "0", "06-01", "06-09"),
        (3, 4, "300", "06-10", "06-30"),
        (4, 5, "200", "07-01", "07-31"),
    ]
    dropped = kinded(*GAP, accept_held={Address(3): "drop"})
    assert one(dropped, "reading_lower").values["before_row"] == 2

    closed = kinded(*GAP, "A;10-06-2024;9040,0;e;")
    assert [q for _, _, q, _, _ in found(closed)] == ["300", "200", "40"]


@pytest.mark.parametrize(
    ("day", "kind", "held"),
    [("10", "b", False), ("11", "b", False), ("12", "b", True), ("11", "", False), ("12", "", True)],
)
def test_the_first_reading_long_after_a_closing_one_is_held(day: str, kind: str, held: bool) -> None:
    staging = kinded("A;01-06-2024;9000,0;;", "A;10-06-2024;9040,0;e;", f"A;{day}-06-2024;0,0;{kind};")
    assert [code for _, code in fates(staging)] == ["reading_opens", None, "reading_gap" if held else "reading_opens"]
    assert staging.counts["held"] == held


def test_an_opening_reading_waits_for_a_held_one_before_it() -> None:
    rows = ["A;01-05-2024;9500,0;;", *GAP]
    assert [code for _, code in fates(kinded(*rows))] == [
        "reading_opens",
        "reading_lower",
        "reading_after_held",
        None,
        None,
    ]


def test_a_reading_of_a_row_rejected_for_another_column_is_passed_over() -> None:
    rows = ["A;01-01-2024;100,0;;Utrecht", "A;01-02-2024;150,0;;Utregt", "A;01-03-2024;400,0;;Utrecht"]
    staging = kinded(*rows)
    assert [code for _, code in fates(staging)] == ["reading_opens", "site_unknown", None]
    assert found(staging) == [(2, 4, "300", "01-01", "02-29")]
    assert found(kinded(*rows, accept_held={Address(3): "set-aside"})) == found(staging)


def test_a_reading_set_aside_while_it_waits_loses_no_use() -> None:
    rows = ["A;01-01-2024;99900,0", "A;01-02-2024;100,0", "A;01-03-2024;300,0", "A;01-04-2024;400,0"]
    waiting = plain(*rows, accept_held={Address(4): "set-aside"})
    assert [fate for fate, _ in fates(waiting)] == ["set_aside", "held", "set_aside", "rejected"]
    both = plain(*rows, accept_held={Address(3): "accept", Address(4): "set-aside"})
    assert sum(Decimal(q) for _, _, q, _, _ in found(both)) == 500


def test_twice_on_a_day() -> None:
    rows = ["A;01-01-2024;100,0", "A;01-02-2024;150,0", "A;01-02-2024;150,0", "A;01-03-2024;170,0"]
    staging = plain(*rows)
    assert one_code(staging, "reading_repeated") == [4]
    assert [q for _, _, q, _, _ in found(staging)] == ["50", "20"]

    contradicting = plain(*rows[:2], "A;01-02-2024;160,0", rows[3])
    assert [i.location.row for i in contradicting.issues if i.code == "readings_contradict"] == [3, 4]
    assert found(contradicting) == [(2, 5, "70", "01-01", "02-29")]


def one_code(staging: Staging, code: str) -> list[int]:
    return [row["row"] for row in staging.rows.to_pylist() if row["code"] == code]


def test_too_many_digits_is_rejected_and_passed_over() -> None:
    staging = plain("A;01-01-2024;100,0", "A;01-02-2024;123456,0", "A;01-03-2024;300,0", extra="digits = 5")
    assert one(staging, "reading_too_long").location.row == 3
    assert [q for _, _, q, _, _ in found(staging)] == ["200"]


def test_a_difference_too_large_after_its_factor_is_rejected_and_its_reading_passed_over() -> None:
    text = "Meter;Datum;Stand;Factor\nA;01-01-2024;1,0;40\nA;01-02-2024;11,0;999999999999999\nA;01-03-2024;999999999999,0;1\n"
    profile = PLAIN.replace("[constants]", '[columns.factor]\nheader = "Factor"\n[constants]')
    staging = staged(text, profile)
    assert one(staging, "product_too_large").values == {"value": "10", "factor": "999999999999999", "limit": 15}
    assert found(staging) == [(2, 4, "999999999998", "01-01", "02-29")]


@pytest.mark.parametrize("factor", ["0", "-1"])
def test_a_factor_that_is_not_above_zero_rejects_its_row(factor: str) -> None:
    staging = staged(READINGS.replace("40,5;eindstand;40", f"40,5;eindstand;{factor}"))
    assert one(staging, "factor_not_positive").location.row == 5
    assert one(staging, "reading_gap").values["before_row"] == 4  # the closing reading is missing now
    assert staging.counts == {"accepted": 2, "set_aside": 2, "held": 1, "rejected": 2}


def test_a_control_total_is_of_the_differences() -> None:
    control = staged(control_total=Decimal(8220)).controls[0]
    assert (control.status, control.computed) == ("agrees", Decimal(8220))


def test_the_same_readings_on_other_rows_are_the_same_records() -> None:
    rows = ["A;01-01-2024;100,0", "A;01-02-2024;150,0", "A;01-03-2024;170,0"]
    first, second = plain(*rows), plain("B;01-01-2024;7,0", rows[2], rows[0], rows[1])
    ids = [set(identify(s.records, "standen")["record_id"].to_pylist()) for s in (first, second)]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (('taken = "start-of-day"', ""), None),
        (('header = "Stand"', 'header = "Stand"\n[columns.quantity]\nheader = "x"'), "section_excluded"),
        (("[readings]", '[unique]\nfields = ["meter"]\n[readings]'), "section_excluded"),
        (("[readings]", '[[totals]]\ncolumn = "Meter"\nstarts_with = "T"\n[readings]'), "section_excluded"),
        (("[columns.date]", "[columns.start]"), "readings_need_date"),
        (("[columns.meter]", "[columns.supplier]"), "field_missing"),
        (("[columns.meter_reading]", "[columns.note]"), "field_missing"),
        (
            ("[constants]", '[columns.reading_kind]\nheader = "k"\nvalues = { x = "last" }\n[constants]'),
            "reading_kind_unknown",
        ),
    ],
)
def test_a_profile_of_readings_says_what_is_needed(change: tuple[str, str], code: str | None) -> None:
    codes = refuses_profile(PLAIN.replace(*change, 1))
    assert codes
    assert code is None or code in codes


@given(st.lists(st.integers(0, 400), min_size=1, max_size=12), st.integers(0, 999), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_differences_add_up_to_what_was_counted(steps: list[int], first: int, random: Any) -> None:
    shown, total = [first], first
    for step in steps:
        total += step
        shown.append(total % 1000)
    rows = [f"A;{day:02d}-01-2024;{value}" for day, value in enumerate(shown, start=1)]
    random.shuffle(rows)

    staging = plain(*rows, extra="digits = 3")

    quantities = [r["quantity"] for r in staging.records.sort_by("start").to_pylist()]
    assert quantities == [Decimal(step) for step in steps]
    periods = staging.records.sort_by("start").to_pylist()
    assert all((b["start"] - a["end"]).days == 1 for a, b in pairwise(periods))
    assert sum(staging.counts.values()) == staging.rows.num_rows
