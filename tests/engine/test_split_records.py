"""Records over the end of a year or the border of a run: cut by days, exactly, and whole again over all runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from engine_samples import Outcome, activity, pin, shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.engine.cutting import parts
from trede.kernel.amounts import milligrams
from trede.kernel.periods import Period

PINNED = shelf(pin(2022, 2023, 2024, 2025))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
PERIODS = st.builds(lambda a, b: Period(min(a, b), max(a, b)), DAYS, DAYS)
QUANTITIES = st.decimals(-1_000_000, 1_000_000, places=6)


def gas(quantity: str | Decimal, first: date, last: date, **given_fields: Any) -> dict[str, Any]:
    return activity("natural-gas", quantity, when=(first, last), reading="billed", **given_fields)


def pieces(found: Outcome) -> list[tuple[int, date, date, Decimal]]:
    """Return (part, first day, last day, quantity) of the one record, in order of days."""
    rows = {(row["part"], row["start"], row["end"], row["quantity"]) for row in found.ledger}
    return sorted(rows, key=lambda row: row[1])


# --- the cut itself ---


@given(PERIODS, QUANTITIES, PERIODS)
def test_parts_are_the_days_inside(whole: Period, quantity: Decimal, run: Period) -> None:
    found = list(parts(whole, quantity, run))
    inside = whole.overlap(run)
    assert sum(piece.days for _, piece, _ in found) == (inside.days if inside else 0)
    for _, piece, part in found:
        assert inside is not None
        assert inside.contains(piece)
        assert piece.start.year == piece.end.year
        assert abs(Fraction(part) - Fraction(quantity) * piece.days / whole.days) < Fraction(1, 10**6)
    assert all(a.next_day() == b.start for (_, a, _), (_, b, _) in pairwise(found))
    assert ([number for number, _, _ in found] == [0]) == (found != [] and found[0][1] == whole)


@given(PERIODS, QUANTITIES)
def test_the_runs_of_all_years_make_the_record_whole(whole: Period, quantity: Decimal) -> None:
    yearly = [part for year in whole.by_year() for part in parts(whole, quantity, Period.year(year.start.year))]
    assert sum(part for _, _, part in yearly) == quantity
    assert yearly == list(parts(whole, quantity, Period(date(2020, 1, 1), date(2030, 12, 31))))


@given(PERIODS, QUANTITIES, PERIODS)
def test_a_credit_is_cut_like_its_invoice(whole: Period, quantity: Decimal, run: Period) -> None:
    there, back = parts(whole, quantity, run), parts(whole, -quantity, run)
    assert [part for _, _, part in there] == [-part for _, _, part in back]


# --- in a run ---


def test_a_record_within_a_year_and_the_run_stays_whole(calculate) -> None:
    found = calculate([gas("1900", date(2026, 1, 1), date(2026, 12, 31))])
    assert pieces(found) == [(0, date(2026, 1, 1), date(2026, 12, 31), Decimal("1900.000000"))]


def test_over_the_end_of_a_year(calculate) -> None:
    row = gas("88.000001", date(2025, 11, 15), date(2026, 2, 10))
    found = calculate([row], on=PINNED, period=Period.parse("2025..2026"))
    assert pieces(found) == [
        (1, date(2025, 11, 15), date(2025, 12, 31), Decimal("47.000001")),
        (2, date(2026, 1, 1), date(2026, 2, 10), Decimal("41.000000")),
    ]
    assert found.result.records == 1
    assert {(row["start"].year, row["decision"]) for row in found.ledger} == {(2025, "d1"), (2026, None)}


def test_two_runs_of_a_year_each_are_one_run_of_both(calculate) -> None:
    rows = [
        gas("1000", date(2024, 7, 1), date(2025, 6, 30)),
        gas("0.000001", date(2024, 12, 31), date(2025, 1, 1), note="cannot be halved"),
        gas("-77.7", date(2024, 12, 1), date(2025, 1, 31), note="credit"),
        activity("electricity", "12.345678", "MWh", when=(date(2024, 10, 10), date(2025, 3, 9))),
        gas("5", date(2024, 1, 1), date(2024, 12, 31)),
    ]
    both = calculate(rows, on=PINNED, period=Period.parse("2024..2025"))
    years = [calculate(rows, on=PINNED, period=Period.year(year)) for year in (2024, 2025)]
    without_key = [{**row, "plan_key": None} for found in years for row in found.ledger]
    assert sorted(map(repr, without_key)) == sorted(repr({**row, "plan_key": None}) for row in both.ledger)
    whole: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for found in years:
        for row in found.ledger:
            whole[row["record_id"], row["flow"]] += row["quantity"]
    for record in both.records.to_pylist():
        factor = 1000 if record["unit"] == "MWh" else 1
        assert {q for (ident, _), q in whole.items() if ident == record["record_id"]} == {record["quantity"] * factor}


def test_over_the_border_of_a_run_inside_a_year(calculate) -> None:
    row = gas("59", date(2026, 2, 15), date(2026, 4, 14))
    first = calculate([row], period=Period.parse("2026-Q1"))
    second = calculate([row], period=Period.parse("2026-Q2"))
    assert pieces(first) == [(1, date(2026, 2, 15), date(2026, 3, 31), Decimal("45.000000"))]
    assert pieces(second) == [(2, date(2026, 4, 1), date(2026, 4, 14), Decimal("14.000000"))]


def test_records_outside_the_period_play_no_part(calculate) -> None:
    rows = [gas("1", date(2025, 12, 31), date(2025, 12, 31)), gas("2", date(2026, 1, 1), date(2026, 1, 1))]
    found = calculate(rows, on=PINNED)
    assert found.result.records == 1
    assert pieces(found) == [(0, date(2026, 1, 1), date(2026, 1, 1), Decimal("2.000000"))]


def test_a_month_is_named_only_when_a_part_lies_in_one(calculate) -> None:
    rows = [gas("31", date(2025, 12, 20), date(2026, 1, 19)), gas("60", date(2026, 2, 20), date(2026, 3, 20))]
    found = calculate(rows)
    months = {total["month"]: total["quantity"] for total in found.table("totals").to_pylist()}
    assert months == {"2026-01": Decimal(19), None: Decimal(60)}


def test_parts_without_a_factor_are_unmatched_and_the_others_count(calculate) -> None:
    row = gas("100", date(2025, 9, 23), date(2026, 4, 10))
    found = calculate([row], period=Period.parse("2025..2026"))
    (unmatched,) = found.table("unmatched").to_pylist()
    assert (unmatched["start"], unmatched["quantity"], unmatched["code"]) == (
        date(2025, 9, 23), Decimal(50), "factor_year_missing",
    )  # fmt: skip
    assert pieces(found) == [(2, date(2026, 1, 1), date(2026, 4, 10), Decimal(50))]


def test_milligrams_of_the_parts_lie_within_half_a_milligram_each(calculate) -> None:
    """Records of one to five years with quantities that do not divide."""
    rows = []
    for n in range(200):
        first = date(2022, 1, 1) + timedelta(days=37 * n % 300)
        last = first + timedelta(days=1 + 97 * n % 1460)
        rows.append(gas(Decimal(7919 * n + 1).scaleb(-3 if n % 2 else -6) * (-1) ** n, first, last, note=str(n)))
    found = calculate(rows, on=PINNED, period=Period.parse("2022..2026"))
    records = {record["record_id"]: record for record in found.records.to_pylist()}
    amounts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in found.ledger:
        if row["stage"] != "rounding":
            amounts[row["record_id"], row["flow"]].append(row["co2e"])
    assert {len(shares) for shares in amounts.values()} == {1, 2, 3, 4, 5}
    factors = {"direct": 1.779, "upstream": 0.355}
    for (ident, flow), shares in amounts.items():
        whole = milligrams(float(records[ident]["quantity"]) * factors[flow])
        assert abs(sum(shares) - whole) * 2 <= len(shares), records[ident]


@settings(max_examples=200, deadline=None)
@given(
    first=st.dates(date(2025, 1, 1), date(2026, 12, 30)), days=st.integers(0, 700),
    quantity=st.decimals(-5000, 5000, places=6), border=st.dates(date(2026, 1, 2), date(2026, 12, 31)),
)  # fmt: skip
def test_two_runs_of_a_year_add_up_to_it_whatever_the_record_has_outside(
    first: date, days: int, quantity: Decimal, border: date
) -> None:
    whole = Period(first, first + timedelta(days))

    def inside(period: Period) -> Decimal:
        return sum((part.quantity for part in parts(whole, quantity, period)), Decimal(0))

    halves = Period(date(2026, 1, 1), border - timedelta(1)), Period(border, date(2026, 12, 31))
    assert inside(Period.year(2026)) == inside(halves[0]) + inside(halves[1])
