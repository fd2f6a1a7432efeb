"""Spend through the engine: the factor of a sector, the rate of the day, the price level, credit notes, better figures."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from engine_samples import Outcome, activity, mapped, override, petrol, pin, run, shelf
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from test_second_engine import ledger, on_datafusion
from test_sql_functions import PORTABLE, Recorder, doubtful_sums, functions

from trede.activity.records import identify
from trede.catalogue.exchange import average_rate, mean_rate, rate
from trede.catalogue.prices import price_ratio
from trede.catalogue.shelves import shipped_libraries
from trede.catalogue.spending import canonical_code
from trede.catalogue.vocabulary import vocabulary
from trede.engine import compute
from trede.engine.activities import Input, load_activities
from trede.engine.execute import compile_plan
from trede.engine.money import MoneySettings
from trede.kernel.amounts import milligrams_exact
from trede.kernel.content import content_hash
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.methods.model import shipped_methods
from trede.organisation.decisions import Meaning, SectorMap

FIGARO, EPA, DEFRA = "figaro-nl-2023", "epa-supply-chain-1.3", "defra-spend-2022"
YEARS = Period.parse("2023-01-01..2024-12-31")
IT = "purchases/with-margins/j62-63-computer-programming-consultancy-and-information-service-activities/eur"
PINS = [*(pin(2022, 2023, 2024, library=name) for name in (FIGARO, EPA, DEFRA)), pin(2023, 2024)]
MILLIONTH = Decimal("1e-6")


def spend(quantity: str | Decimal, unit: str = "EUR", **given: Any) -> dict[str, Any]:
    return activity(
        "spend",
        quantity,
        unit,
        **{"category": "1", "classification": "nace-2", "code": "62", "when": date(2023, 3, 14), **given},
    )


def factor(ident: str, library: str = FIGARO) -> Decimal:
    total = shipped_libraries()[library].factors[ident].total
    assert total is not None
    return total


@pytest.fixture
def buy(tmp_path: Path):
    number = itertools.count()

    def call(*rows: dict[str, Any], period: Period = YEARS, on: Any = None, **given: Any) -> Outcome:
        return run(tmp_path / f"buy{next(number)}", rows, period, on or shelf(*PINS), **given)

    return call


def test_euros_of_the_year_of_the_list_need_no_step(buy) -> None:
    """1,210 euro of software and advice in 2023 × the published factor, which stands in the publisher's file."""
    found = buy(spend("1210"), on=shelf())
    (row,) = found.ledger
    assert row["account"] == "purchased-goods.spend.lifecycle"
    assert (row["quantity"], row["unit"]) == (Decimal("1210"), "EUR")
    assert row["co2e"] == milligrams_exact(Decimal("1210") * factor(IT))
    assert found.table("rates").num_rows == 0
    assert "spend_consumer_index" not in found.codes


def test_dollars_of_another_year_take_both_steps(buy) -> None:
    """Worked by hand from the published tables.

    14 March 2024: 1 EUR = 1.0925 USD, so 1 USD = 0.915331807780 EUR; 1,210 USD = 1,107.551487 EUR. Prices in the Netherlands
    rose 3.347542…% in 2024, so a euro of 2024 is 0.967608876383 euro of 2023: 1,071.676649… EUR of 2023.
    """
    found = buy(spend("1210", "USD", when=date(2024, 3, 14)))
    (row,) = found.ledger
    assert rate("USD", "EUR", date(2024, 3, 14)).value == Decimal("0.915331807780")
    assert price_ratio("NL", 2024, 2023) == Decimal("0.967608876383")
    euros = Decimal("1107.551487")
    assert (
        row["quantity"]
        == (euros * Decimal("0.967608876383")).quantize(MILLIONTH, ROUND_HALF_UP)
        == Decimal("1071.676650")
    )
    assert row["co2e"] == milligrams_exact(euros * Decimal("0.967608876383") * factor(IT))
    assert found.codes.count("spend_consumer_index") == 1


def test_the_other_order_is_a_setting(buy) -> None:
    """The index of the country of the purchase first, then the average rate of the factor's year."""
    found = buy(spend("1210", "USD", when=date(2024, 3, 14)), money=MoneySettings("index-first"))
    (row,) = found.ledger
    ratio, average = price_ratio("NL", 2024, 2023), average_rate("USD", "EUR", 2023)
    multiplier = (ratio * average).quantize(Decimal("1e-12"))
    assert row["quantity"] == (Decimal(1210) * multiplier).quantize(MILLIONTH, ROUND_HALF_UP)
    assert found.table("rates").num_rows == 0
    assert row["quantity"] != Decimal("1071.676650")


def test_a_weekend_has_the_rate_of_friday_and_a_year_its_average(buy) -> None:
    found = buy(
        spend("100", "USD", when=date(2023, 4, 9)), spend("100", "USD", when=(date(2023, 1, 1), date(2023, 12, 31)))
    )
    day, year = sorted(found.table("rates").to_pylist(), key=lambda row: row["end"])
    assert day["day"] == date(2023, 4, 6)  # Good Friday has no rate
    assert (Decimal(year["rate"]), year["day"]) == (average_rate("USD", "EUR", 2023), None)
    assert mean_rate("USD", "EUR", date(2023, 4, 8), date(2023, 4, 9)) == rate("USD", "EUR", date(2023, 4, 8))


def test_no_rate_and_no_index_are_never_one(buy) -> None:
    outside = Period.parse("2014-01-01..2026-12-31")
    on = shelf(pin(2014, 2024, 2026, library=FIGARO))
    found = buy(
        spend("10", "USD", when=date(2014, 5, 1), note="before the table"),
        spend("10", "EUR", when=date(2026, 5, 1), note="no index of 2026"),
        spend("10", "CLP", when=date(2024, 5, 1), note="a currency without rates"),
        spend("10", "USD", when=date(2024, 5, 1)),
        period=outside, on=on,
    )  # fmt: skip
    assert len(found.ledger) == 1
    assert sorted(found.unmatched.values()) == ["currency_without_rates", "price_year_missing", "rate_missing"]
    assert {"rate_outside_table", "price_year_missing", "currency_without_rates"} <= set(found.codes)


def test_an_organisation_may_state_inflation_beyond_the_table(buy) -> None:
    stated = MoneySettings(stated={("NL", 2025): (Decimal("3.3"), "Statistics Netherlands, CPI 2025")})
    on = shelf(pin(2025, library=FIGARO))
    found = buy(spend("1000", when=date(2025, 6, 1)), period=Period.year(2025), on=on, money=stated)
    (row,) = found.ledger
    ratio = (Decimal(1) / (Decimal("1.033") / price_ratio("NL", 2024, 2023))).quantize(Decimal("1e-9"))
    assert abs(row["quantity"] / 1000 - ratio) < Decimal("1e-8")
    (planned,) = found.table("plan").to_pylist()
    assert "Statistics Netherlands" in planned["money"]


@pytest.mark.parametrize(
    ("given", "library", "sector", "unit"),
    [
        ({"classification": "nace-2", "code": "62"}, FIGARO, "J62_63", "EUR"),
        ({"classification": "figaro", "code": "K64"}, FIGARO, "K64", "EUR"),
        ({"classification": "naics-2017", "code": "541511"}, EPA, "541511", "USD"),
        ({"classification": "nace-2", "code": "64", "geography": "GB"}, DEFRA, "64", "GBP"),
        ({"classification": "naics-2017", "code": "541511", "geography": "US"}, EPA, "541511", "USD"),
    ],
)
def test_the_list_follows_from_code_and_country(buy, given, library, sector, unit) -> None:
    (row,) = buy(spend("10", unit, **given)).ledger
    name, _, ident = row["factor"].partition("#")
    assert (name, shipped_libraries()[name].factors[ident].sector, row["unit"]) == (library, sector, unit)


def test_the_price_decides_the_valuation(buy) -> None:
    rows = [spend("10", price=price) for price in ("purchaser", "producer")]
    rows += [
        spend("10", "USD", price=price, classification="naics-2017", code="541511")
        for price in ("purchaser", "producer")
    ]
    found = buy(*rows)
    chosen = {row["factor"].split("/")[1] for row in found.ledger}
    assert chosen == {"with-margins", "basic-prices", "without-margins"}
    assert found.issue("spend_price_basis_differs") == {"library": EPA, "price": "producer", "basis": "purchaser"}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"code": "35"}, "spend_sector_not_in_list"),
        ({"code": "C"}, "spend_sector_ambiguous"),
        ({"geography": "BR"}, "spend_country_without_list"),
        ({"geography": "US"}, "sector_list_differs"),
        ({"classification": "account", "code": "4712"}, "spend_unmapped"),
        ({"category": "by-code"}, "spend_category_unknown"),
        ({"classification": "rgs", "code": "WBedHuiGas", "category": "by-code"}, "spend_account_excluded"),
        ({"when": date(2022, 1, 5)}, "factor_year_missing"),
    ],
)
def test_what_has_no_factor_is_said_and_posts_nothing(buy, given, code) -> None:
    found = buy(spend("10", **given), period=Period.parse("2022..2024") if "when" in given else YEARS, on=shelf())
    assert not found.ledger
    assert list(found.unmatched.values()) == [code]
    assert code in found.codes


def meaning(**given: Any) -> SectorMap:
    papers = {"reason": "for a test", "person": "a tester", "made_at": "2026-12-01T00:00:00Z"}
    return SectorMap(**papers, name="accounts.csv", entries=(Meaning(**given),))


def test_a_sector_map_says_what_an_account_means(buy) -> None:
    first = meaning(classification="account", code="4712", to_classification="nace-2", to_code="64")
    later = meaning(classification="account", code="4712", to_classification="nace-2", to_code="62", category="2")
    line = spend("10", classification="account", code="4712")
    (row,) = buy(line, on=shelf(first, later)).ledger
    assert row["factor"].endswith(IT)
    by_code = spend("10", classification="account", code="4712", category="by-code")
    assert buy(by_code, on=shelf(later)).ledger[0]["account"] == "capital-goods.spend.lifecycle"
    away = meaning(classification="account", code="4712", exclude="wages")
    found = buy(line, on=shelf(later, away))
    assert not found.ledger
    assert list(found.unmatched.values()) == ["spend_set_aside"]


def test_the_reference_chart_gives_sector_and_category(buy) -> None:
    found = buy(spend("10", classification="rgs", code="WBedKanSof", category="by-code"), on=shelf())
    (row,) = found.ledger
    assert row["factor"].endswith(IT)
    (planned,) = found.table("plan").to_pylist()
    assert '"confidence":"high"' in planned["reason"]


def test_an_override_goes_before_the_code(buy) -> None:
    chosen = override("spend", IT, 2023, library=FIGARO, attributes={"code": "4712"})
    (row,) = buy(spend("10", classification="account", code="4712"), on=shelf(chosen)).ledger
    assert (row["factor"], row["decision"]) == (f"{FIGARO}#{IT}", "d1")


def test_capital_goods_count_in_full_in_the_year_of_purchase(buy) -> None:
    days = (date(2023, 7, 1), date(2028, 6, 30))
    capital, other = spend("1000", category="2", when=days), spend("1000", category="1", when=days)
    found = buy(capital, other, period=Period.year(2023))
    rows = {row["account"]: row for row in found.ledger}
    assert rows["capital-goods.spend.lifecycle"]["quantity"] == 1000
    assert rows["purchased-goods.spend.lifecycle"]["quantity"] < 101


@settings(max_examples=10, phases=set(Phase) - {Phase.shrink}, deadline=None)
@given(
    amount=st.decimals("0.000001", 10_000_000, places=6),
    currency=st.sampled_from(["EUR", "USD", "GBP", "JPY", "HUF", "CHF"]),
    bought=st.dates(date(2023, 1, 1), date(2024, 12, 31)),
    later=st.integers(0, 2000),
)
def test_a_credit_note_cancels_its_invoice(tmp_path_factory, amount, currency, bought, later) -> None:
    """To the milligram, whenever it comes: it follows the rate and the period of its invoice."""
    lines = [
        spend(amount, currency, when=bought, document="F1", supplier="A"),
        spend(-amount, currency, when=bought + timedelta(days=later), credit_of="F1", document="C1", supplier="A"),
    ]
    found = run(tmp_path_factory.mktemp("credit"), lines, YEARS, shelf(*PINS))
    assert len(found.ledger) == 2
    assert sum(row["co2e"] for row in found.ledger) == 0
    assert sum(row["quantity"] for row in found.ledger) == 0
    assert {row["start"] for row in found.ledger} == {bought}
    assert "below_zero" not in found.codes


def test_a_credit_note_of_an_unknown_invoice_keeps_its_day(buy) -> None:
    lines = [
        spend("100", document="F1", supplier="A", when=date(2023, 1, 5)),
        spend("100", document="F1", supplier="B", when=date(2023, 2, 5)),
        spend("-10", credit_of="F1", when=date(2023, 3, 5)),
        spend("-10", credit_of="F2", when=date(2023, 3, 5)),
        spend("-10", credit_of="F1", supplier="B", when=date(2023, 3, 5)),
    ]
    found = buy(*lines)
    credits = sorted(row["start"] for row in found.ledger if row["quantity"] < 0)
    assert credits == [date(2023, 2, 5), date(2023, 3, 5), date(2023, 3, 5)]
    assert found.issue("credit_of_several_days")["documents"] == ["F1"]
    assert found.issue("credit_without_invoice")["documents"] == ["F2"]


def test_credit_above_its_invoice_is_told_and_counts(buy) -> None:
    lines = [
        spend("100", document="F1", supplier="A"),
        spend("-60", document="C1", credit_of="F1", supplier="A"),
        spend("-60", document="C2", credit_of="F1", supplier="A"),
        spend("60", document="F2", supplier="A"),
        spend("40", document="F2", supplier="A"),
        spend("-100", credit_of="F2", supplier="A"),
        spend("100", document="F3", supplier="A"),
        spend("-120", unit="USD", credit_of="F3", supplier="A"),
    ]
    found = buy(*lines)
    assert found.issue("credit_above_invoice") == {"documents": ["F1"], "count": 1}
    assert sorted(row["quantity"] for row in found.ledger if row["quantity"] < 0)[-2:] == [-60, -60]


def test_a_better_figure_takes_the_place_of_the_spend(buy) -> None:
    lines = [
        spend("100", document="F1", supplier="A"),
        spend("-20", credit_of="F1", supplier="A"),
        spend("55", document="F2"),
        petrol("10", when=date(2023, 3, 20), replaces="F1", supplier="A"),
    ]
    found = buy(*lines)
    posted = {row["record_id"] for row in found.ledger}
    covered = {row["record_id"]: row["quantity"] for row in found.table("covered").to_pylist()}
    assert sorted(covered.values()) == [-20, 100]
    assert not posted & set(covered)
    assert sum(row["quantity"] for row in found.ledger if row["activity_type"] == "spend") == 55
    assert "replaces_unknown" not in found.codes


def test_a_better_figure_of_what_is_not_there_replaces_nothing(buy) -> None:
    lines = [
        spend("100", document="F1", supplier="A"),
        spend("100", document="F1", supplier="B"),
        petrol("10", when=date(2023, 3, 20), replaces="F1"),
        petrol("11", when=date(2023, 3, 20), replaces="F9"),
        spend("100", document="F7", replaces="F1"),
    ]
    found = buy(*lines)
    assert found.table("covered").num_rows == 0
    assert found.issue("replaces_several")["documents"] == ["F1"]
    assert found.issue("replaces_unknown")["documents"] == ["F1", "F9"]


AMOUNTS = st.decimals(-1_000_000, 1_000_000, places=2) | st.decimals(-1000, 1000, places=6)
LINES = st.builds(
    lambda amount, currency, day, code, n: spend(
        amount, currency, when=day, code=code, document=f"D{n}", credit_of="X"
    ),
    AMOUNTS,
    st.sampled_from(["EUR", "USD", "GBP", "JPY", "IDR", "HUF"]),
    st.dates(date(2023, 1, 1), date(2024, 12, 31)),
    st.sampled_from(["62", "64", "01", "49"]),
    st.integers(0, 10**9),
)


@settings(max_examples=8, phases=set(Phase) - {Phase.shrink}, deadline=None)
@given(rows=st.lists(LINES, min_size=1, max_size=30), data=st.data())
def test_every_row_is_what_exact_arithmetic_gives_in_any_order(tmp_path_factory, rows, data) -> None:
    """Recorded × rate, rounded at a millionth; × ratio × factor as in the plan: row by row, and however they are ordered."""
    found = run(tmp_path_factory.mktemp("oracle"), rows, YEARS, shelf(*PINS))
    records = {row["record_id"]: row for row in found.records.to_pylist()}
    plan = {row["plan_key"]: row for row in found.table("plan").to_pylist()}
    assert len(found.ledger) == len(records)
    for row in found.ledger:
        record, planned = records[row["record_id"]], plan[row["plan_key"]]
        euros = record["quantity"]
        if record["unit"] != "EUR":
            euros = (euros * rate(record["unit"], "EUR", row["start"]).value).quantize(MILLIONTH, ROUND_HALF_UP)
        quantity = euros * Decimal(planned["multiplier"])
        assert row["quantity"] == quantity.quantize(MILLIONTH, ROUND_HALF_UP)
        assert abs(row["co2e"] - milligrams_exact(quantity * factor(row["factor"].partition("#")[2]))) <= 1
    mixed = data.draw(st.permutations(rows))
    again = run(tmp_path_factory.mktemp("oracle"), mixed, YEARS, shelf(*PINS))
    assert sorted((r["quantity"], r["co2e"]) for r in again.ledger) == sorted(
        (r["quantity"], r["co2e"]) for r in found.ledger
    )


def test_parts_of_a_period_add_up_to_the_record(buy) -> None:
    line = spend("1000.01", "EUR", when=(date(2023, 11, 3), date(2024, 2, 9)))
    found = buy(line, on=shelf(pin(2024, library=FIGARO)))
    deflated = {row["start"].year: row["quantity"] for row in found.ledger}
    assert deflated[2023] + deflated[2024] / price_ratio("NL", 2024, 2023) - Decimal("1000.01") < Decimal("2e-6")


def lines_of_all_kinds() -> list[dict[str, Any]]:
    return [
        spend(Decimal(n * 7919 % 100_003) / 997, unit, when=date(2023, 1, 1) + timedelta(days=n), code=code).copy()
        | {"quantity": (Decimal(n * 7919 % 100_003) / 100)}
        for n, (unit, code) in enumerate(itertools.product(["EUR", "USD", "JPY", "GBP"], ["62", "64", "01", "43"]), 1)
    ] + [spend("8.5", "USD", classification="naics-2017", code="541511"), petrol("12", when=date(2023, 1, 1))]


def test_the_same_ledger_on_a_second_engine(buy) -> None:
    found = buy(*lines_of_all_kinds())
    executable = compile_plan(found.table("plan"))
    assert executable.exchanged
    with duckdb.connect() as con:
        load_activities(con, [Input("batch", found.folder / "records.parquet")], YEARS)
        activities = con.sql("SELECT * FROM activity").to_arrow_table()
        numbers = compute.exchange_of(con, executable).numbers
    given = {"activity": activities, "plan_key": executable.keys, "plan_flow": executable.flows, "day_rate": numbers}
    again = ledger(on_datafusion(executable.select, given))
    assert content_hash(again) == found.result.ledger_content


def test_the_sql_of_money_is_portable_and_adds_no_doubles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    connect = compute.connect
    monkeypatch.setattr(compute, "connect", lambda folder: Recorder(connect(folder), texts))
    found = run(tmp_path / "sql", lines_of_all_kinds(), YEARS, shelf(*PINS))
    select = compile_plan(found.table("plan")).select
    assert functions(select) - set(PORTABLE) == set()
    sums = [text for text in texts if "sum(" in text.lower()]
    assert sums
    assert [bad for text in sums for bad in doubtful_sums(text)] == []


def test_a_run_is_made_again_from_its_plan_and_rates(buy, tmp_path: Path) -> None:
    found = buy(*lines_of_all_kinds())
    again = tmp_path / "again"
    again.mkdir()
    result = compute.compute(
        [Input("batch", found.folder / "records.parquet")], YEARS, vocabulary(), shipped_methods(), shelf(), again,
        plan=found.table("plan"), rates=found.table("rates"),
    )  # fmt: skip
    assert result.ledger_content == found.result.ledger_content


def test_gases_of_the_american_list_follow_the_gwp_set_of_the_run(buy) -> None:
    """Soybean farming with margins, kg per dollar of 2022: CO2 0.172, CH4 0.000482, N2O 0.0013, others 0.0018… as CO2e.

    With AR5 (28 and 265) the methane of 1,000 dollars is 13.496 kg and the nitrous oxide 344.5 kg CO2e; with AR6 for methane
    that is not fossil 27.0 and 273: 13.014 and 354.9 kg.
    """
    line = spend("1000", "USD", classification="naics-2017", code="111110", when=date(2022, 6, 1))
    for gwp, methane, oxide in (("AR5", 13_496_000, 344_500_000), ("AR6", 13_014_000, 354_900_000)):
        (row,) = buy(line, period=Period.year(2022), on=shelf(), gwp=gwp).ledger
        assert (row["ch4"], row["n2o"], row["co2"]) == (methane, oxide, 172_000_000)
        assert row["gwp_basis"] == gwp


@pytest.mark.parametrize(
    ("classification", "text", "code"),
    [
        ("nace-2", " J62.01 ", "6201"),
        ("nace-2", "c", "C"),
        ("figaro", "j62_63", "J62_63"),
        ("account", " 4  712", "4 712"),
    ],
)
def test_codes_are_kept_in_one_form(classification, text, code) -> None:
    assert canonical_code(classification, text) == code


@pytest.mark.parametrize(
    ("classification", "text", "close"),
    [
        ("nace-2", "6A", "62"),
        ("naics-2017", "54151", None),
        ("naics-2017", "5415119", "541511"),
        ("figaro", "J62", "J62_63"),
    ],
)
def test_an_unknown_code_lists_close_ones(classification, text, close) -> None:
    if close is None:
        assert canonical_code(classification, text) == text
        return
    with pytest.raises(TredeError) as caught:
        canonical_code(classification, text)
    assert caught.value.issues[0].code == "spend_code_unknown"
    if close != "62":
        assert close in caught.value.issues[0].values["closest"]


def test_records_keep_their_identity_without_a_better_figure() -> None:
    (plain,) = identify(mapped([petrol("1")]), "s")["record_id"].to_pylist()
    (named,) = identify(mapped([petrol("1", replaces="F1")]), "s")["record_id"].to_pylist()
    assert plain != named
