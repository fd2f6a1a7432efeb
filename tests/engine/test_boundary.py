"""The boundary in the ledger: what is inside, what is outside, and that both are the whole, to the milligram."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from engine_samples import Outcome, activity, petrol, pin, run, shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.engine.cutting import Cutting, Spread, parts
from trede.kernel.content import content_hash
from trede.kernel.periods import Period
from trede.ledger.schema import AMOUNTS
from trede.organisation.reading import load_organisation

SOLD = Cutting(controlled={"sold": (Period(date.min, date(2026, 6, 30)),)})
DAY = st.dates(date(2025, 6, 1), date(2027, 6, 30))
WINTER = Spread("winter", (6, 5, 4, 2, 1, 0, 0, 0, 1, 3, 4, 5), "a table")


def gas(quantity: str | Decimal, first: date, last: date, **given_fields: Any) -> dict[str, Any]:
    return activity("natural-gas", quantity, when=(first, last), reading="billed", **given_fields)


def inside_and_outside(found: Outcome) -> tuple[dict[str, int], dict[str, int]]:
    """Return every amount of the two tables of totals."""
    inside, outside = (
        {name: sum(int(row[name]) for row in found.table(table).to_pylist()) for name in (*AMOUNTS, "rows")}
        for table in ("totals", "outside")
    )
    return inside, outside


def test_days_before_and_after_control_count_nothing(calculate) -> None:
    rows = [
        petrol("10", when=date(2026, 6, 30), entity="sold"),
        petrol("20", when=date(2026, 7, 1), entity="sold"),
        petrol("40", when=date(2026, 7, 1)),
    ]
    found = calculate(rows, cutting=SOLD)
    shares = {row["quantity"]: row["share"] for row in found.ledger}
    assert shares == {Decimal(10): 1, Decimal(20): 0, Decimal(40): 1}
    assert found.under("ghg", "market").total == 50 * 2_794_000
    assert found.under("ghg", "market").outside == 20 * 2_794_000
    assert found.issue("outside_boundary") | {"records": None} == {"entity": "sold", "count": 1, "records": None}


def test_a_record_over_the_day_of_change_is_cut_there(calculate) -> None:
    found = calculate([gas("365", date(2026, 1, 1), date(2026, 12, 31), entity="sold")], cutting=SOLD)
    cut = {(row["part"], row["start"], row["end"], row["quantity"], row["share"]) for row in found.ledger}
    assert cut == {
        (1, date(2026, 1, 1), date(2026, 6, 30), Decimal(181), 1),
        (2, date(2026, 7, 1), date(2026, 12, 31), Decimal(184), 0),
    }


def test_an_entity_that_was_never_under_control(calculate) -> None:
    found = calculate([petrol("10", entity="far"), petrol("1", entity=None)], cutting=Cutting(controlled={"far": ()}))
    assert {row["entity"]: row["share"] for row in found.ledger} == {"far": 0, None: 1}


def test_control_that_came_back(calculate) -> None:
    twice = (Period(date(2026, 1, 1), date(2026, 1, 31)), Period(date(2026, 3, 1), date(2026, 3, 31)))
    found = calculate(
        [gas("90", date(2026, 1, 1), date(2026, 3, 31), entity="e")], cutting=Cutting(controlled={"e": twice})
    )
    assert sorted({(row["part"], row["quantity"], row["share"]) for row in found.ledger}) == [
        (1, Decimal(31), 1), (2, Decimal(28), 0), (3, Decimal(31), 1),
    ]  # fmt: skip


RECORDS = st.lists(
    st.tuples(st.sampled_from(["sold", "kept", None]), DAY, st.integers(0, 500), st.integers(-(10**9), 10**9)),
    min_size=1,
)


@given(RECORDS, DAY, DAY)
@settings(max_examples=25)
def test_inside_and_outside_are_the_whole_ledger(tmp_path_factory, records, one: date, other: date) -> None:
    """Whatever is owned when: the two tables add up to the ledger, amount by amount, and to nothing else."""
    rows = []
    for number, (entity, first, length, quantity) in enumerate(records):
        last = date.fromordinal(first.toordinal() + length)
        rows.append(gas(Decimal(quantity).scaleb(-6), first, last, entity=entity, note=str(number)))
    cutting = Cutting(controlled={"sold": (Period(min(one, other), max(one, other)),)})
    found = run(
        tmp_path_factory.mktemp("whole"), rows, Period.parse("2025..2027"), shelf(pin(2025, 2027)), cutting=cutting
    )
    inside, outside = inside_and_outside(found)
    for name in AMOUNTS:
        assert inside[name] + outside[name] == sum(row[name] for row in found.ledger)
    assert inside["rows"] + outside["rows"] == len(found.ledger)
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for row in found.ledger:
        days = Period(row["start"], row["end"])
        assert (row["share"] == 1) == (row["entity"] != "sold" or cutting.controlled["sold"][0].contains(days))
        whole[row["record_id"]] += row["quantity"] if row["stage"] == "direct" else 0
    recorded = {record["record_id"]: record["quantity"] for record in found.records.to_pylist()}
    in_years = {ident for ident, q in recorded.items() if ident in whole}
    period = Period.parse("2025..2027")
    for record in found.records.to_pylist():
        if record["record_id"] in in_years and period.contains(Period(record["start"], record["end"])):
            assert whole[record["record_id"]] == record["quantity"]


def test_without_dated_ownership_nothing_changes(calculate) -> None:
    rows = [petrol("10"), gas("365", date(2025, 7, 1), date(2026, 6, 30)), activity("electricity", "1000")]
    plain, settled = calculate(rows, on=shelf(pin(2025))), calculate(rows, on=shelf(pin(2025)), cutting=Cutting())
    assert plain.result == settled.result
    assert plain.table("outside").num_rows == 0


def test_certificates_of_what_was_sold_do_not_cover_what_was_kept(calculate) -> None:
    rows = [
        activity("electricity", "1000", entity="kept", when=date(2026, 8, 1)),
        activity("electricity", "1000", entity="sold", when=date(2026, 8, 1)),
        activity("certificates", "1000", entity="sold", when=date(2026, 8, 1), technology="wind", proof="cancelled"),
    ]
    found = calculate(rows, cutting=SOLD)
    market = {
        row["entity"]: row["co2e"] for row in found.ledger if row["basis"] == "market" and row["stage"] == "direct"
    }
    assert market["kept"] > 0
    assert market["sold"] == 0


@pytest.mark.parametrize(("opened", "closed", "code"), [
    (date(2026, 3, 15), None, "site_not_open_yet"), (None, date(2026, 3, 13), "site_closed"),
    (date(2026, 3, 14), date(2026, 3, 14), None),
])  # fmt: skip
def test_records_of_a_site_that_is_not_open_are_named_and_count(calculate, opened, closed, code) -> None:
    found = calculate([petrol("10", site="south")], cutting=Cutting(sites={"south": (opened, closed)}))
    assert found.codes == ([code] if code else [])
    assert found.under("ghg", "market").total == 27_940_000
    if code:
        assert found.issue(code)["records"] == [found.ledger[0]["record_id"]]


# --- profiles


def test_a_profile_spreads_by_its_months(calculate) -> None:
    """October to March of twelve months: weights 3, 4, 5 inside 2025 and 6, 5, 4 inside 2026."""
    record = gas("2700", date(2025, 10, 1), date(2026, 3, 31))
    cutting = Cutting(spreads={"natural-gas": WINTER})
    assert {row["quantity"] for row in calculate([record], cutting=cutting).ledger} == {Decimal(1500)}
    assert {row["quantity"] for row in calculate([record]).ledger} == {
        (Decimal(2700) * 90 / 182).quantize(Decimal("1e-6"))
    }


@given(st.tuples(DAY, DAY).map(sorted), st.decimals(-(10**6), 10**6, places=6))
def test_parts_by_profile_add_up_exactly(days: list[date], quantity: Decimal) -> None:
    whole = Period(*days)
    found = [part for year in (2025, 2026, 2027) for part in parts(whole, quantity, Period.year(year), (), WINTER)]
    assert sum(part.quantity for part in found) == quantity
    assert sum(part.days.days for part in found) == whole.days


@given(st.tuples(DAY, DAY).map(sorted))
def test_a_weight_is_additive_over_days(days: list[date]) -> None:
    whole = Period(*days)
    singles = (date.fromordinal(n) for n in range(whole.start.toordinal(), whole.end.toordinal() + 1))
    assert WINTER.weight(whole) == sum(WINTER.weight(Period(day, day)) for day in singles)


def test_days_that_a_profile_leaves_empty_count_by_days() -> None:
    whole = Period(date(2026, 6, 1), date(2026, 8, 31))
    found = [
        part.quantity
        for half in ("2026-H1", "2026-H2")
        for part in parts(whole, Decimal(92), Period.parse(half), (), WINTER)
    ]
    assert found == [30, 62]


# --- the settings as stored


def test_settings_come_from_the_description_and_are_read_back(tmp_path: Path) -> None:
    text = """
        name = "Firm"
        entity = [
          { id = "kept", name = "Kept" },
          { id = "sold", name = "Sold", ownership = [
            { to = 2026-06-30, share = 1, controlled = true },
            { from = 2026-07-01, share = 0.3, controlled = false } ] },
        ]
        split = { natural-gas = "winter", heat = "days" }
        [[site]]
        id = "south"
        name = "South"
        entity = "kept"
        closed = 2026-03-01
        [[profile]]
        id = "winter"
        months = [17.5, 15, 13, 8, 4, 2, 2, 2, 3, 8, 12, 13.5]
        source = "own meters, 2020 to 2024"
    """
    cutting = Cutting.of(load_organisation(text.encode(), "o"))
    assert cutting.controlled == SOLD.controlled
    assert cutting.sites == {"south": (None, date(2026, 3, 1))}
    assert list(cutting.spreads) == ["natural-gas"]
    assert cutting.spreads["natural-gas"].months[0] == 17_500_000
    assert Cutting.from_json(cutting.to_json()) == cutting


def test_every_setting_changes_the_content(calculate) -> None:
    rows = [gas("365", date(2025, 10, 1), date(2026, 9, 30), entity="sold", site="south")]
    hashes = {
        content_hash(calculate(rows, cutting=cutting).table("ledger"))
        for cutting in (Cutting(), SOLD, Cutting(spreads={"natural-gas": WINTER}))
    }
    assert len(hashes) == 3
