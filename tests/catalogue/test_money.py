"""Currencies, exchange rates and price levels: values by hand, and never a rate, year or currency in another's place."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue import exchange, prices
from trede.catalogue.currencies import currencies
from trede.catalogue.exchange import average_rate, rate, rates, read_rates
from trede.catalogue.prices import index, inflation, price_ratio, read_inflation
from trede.catalogue.units import unit_registry
from trede.kernel.errors import TredeError
from trede.kernel.money import Rate

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("TREDE_SHARED", ROOT.parent / "shared")) / "reference"
CPI = SHARED / "worldbank_cpi" / "worldbank_cpi.csv"
AVERAGES = SHARED / "ecb_fx_yearly_average" / "ecb_fx_yearly_average.csv"
shared = pytest.mark.skipif(not CPI.is_file(), reason="no publishers' files")

DAYS = st.sampled_from(rates().days[:2800])
TRADED = st.sampled_from(["EUR", "USD", "GBP", "JPY", "CHF", "IDR", "SEK", "TRY"])


def refused(action: Callable[[], object]) -> str:
    with pytest.raises(TredeError) as caught:
        action()
    (issue,) = caught.value.issues
    return issue.code


def test_every_currency_with_a_rate_is_a_unit_of_money() -> None:
    names = unit_registry().names("money")
    assert names[0] == "EUR"
    assert {"EUR", *rates().by_currency} <= set(names)
    assert len(names) == 157
    assert all(len(name) == 3 and name.isupper() for name in names)


def test_a_sign_that_several_currencies_share_is_nobodys() -> None:
    assert currencies()["€"] == "EUR"
    assert currencies()["us$"] == "USD"
    assert not {"$", "kr", "kr."} & set(currencies())


@pytest.mark.parametrize(
    ("currency", "into", "day", "value", "used"),
    [
        ("EUR", "USD", "2015-01-02", "1.2043", "2015-01-02"),
        ("EUR", "USD", "2015-01-04", "1.2043", "2015-01-02"),  # a Sunday
        ("USD", "EUR", "2015-01-02", "0.830357884248", "2015-01-02"),  # 1 / 1.2043
        ("GBP", "USD", "2015-01-02", "1.543974358974", "2015-01-02"),  # 1.2043 / 0.78
        ("USD", "USD", "1990-01-01", "1", "1990-01-01"),
    ],
)
def test_a_rate_of_a_day(currency: str, into: str, day: str, value: str, used: str) -> None:
    expected = Rate(currency, into, Decimal(value), date.fromisoformat(used))
    assert rate(currency, into, date.fromisoformat(day)) == expected


@pytest.mark.parametrize(
    ("currency", "day", "code"),
    [
        ("USD", "2014-12-31", "rate_outside_table"),
        (
            "USD",
            "2026-11-02",
            "rate_outside_table",
        ),  # a Monday after the last day: the bank has a rate that we do not know
        ("RUB", "2022-03-09", "rate_missing"),  # the last one is of 1 March
        ("HRK", "2023-02-01", "rate_missing"),
        ("AED", "2024-05-01", "currency_without_rates"),
        ("XXX", "2024-05-01", "currency_unknown"),
        ("usd", "2024-05-01", "currency_unknown"),
    ],
)
def test_no_rate_is_an_issue(currency: str, day: str, code: str) -> None:
    assert refused(lambda: rate(currency, "EUR", date.fromisoformat(day))) == code
    assert refused(lambda: rate("GBP", currency, date.fromisoformat(day))) == code


def test_the_last_rate_may_lie_seven_days_back_and_no_more() -> None:
    assert rate("RUB", "EUR", date(2022, 3, 8)).day == date(2022, 3, 1)
    last = rates().days[-1]
    assert rate("USD", "EUR", last + timedelta(days=1)).day == last  # Saturday


@given(TRADED, TRADED, DAYS)
def test_there_and_back_is_one(currency: str, into: str, day: date) -> None:
    there, back = rate(currency, into, day), rate(into, currency, day)
    assert there.day == back.day == day
    assert abs(there.value * back.value - 1) < Decimal("1e-12") * (there.value + back.value + 1)


def test_a_year_that_is_not_whole_has_no_average() -> None:
    assert refused(lambda: average_rate("USD", "EUR", 2026)) == "rate_year_incomplete"
    assert refused(lambda: average_rate("RUB", "EUR", 2022)) == "rate_year_incomplete"
    assert refused(lambda: average_rate("EUR", "USD", 2014)) == "rate_year_incomplete"
    assert average_rate("EUR", "EUR", 1990) == 1


@shared
@pytest.mark.shared
def test_averages_are_those_of_an_independent_reading() -> None:
    with AVERAGES.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if 2015 <= int(row["year"]) <= 2025 and row["currency"] in rates().by_currency and int(row["n_days"]) > 250:
                mean = average_rate("EUR", row["currency"], int(row["year"]))
                assert mean == pytest.approx(Decimal(row["avg_per_eur"]), rel=Decimal("1e-12")), row


@pytest.mark.parametrize(
    "table",
    [
        "day,USD\n2024-01-02,0\n",
        "day,USD\n2024-01-02,-1.1\n",
        "day,USD\n2024-01-02,NaN\n",
        "day,USD\n2024-01-02,1.1\n2024-01-02,1.1\n",
        "day,USD\n2024-01-03,1.1\n2024-01-02,1.1\n",
        "day,USD\n02-01-2024,1.1\n",
    ],
)
def test_a_broken_table_of_rates_does_not_load(table: str) -> None:
    assert refused(lambda: read_rates(table.encode(), "rates.csv")) == "rate_row_invalid"


def test_a_table_of_rates_names_known_currencies() -> None:
    assert refused(lambda: read_rates(b"day,XXX\n", "rates.csv")) == "currency_unknown"


def test_prices_are_chained_from_year_to_year() -> None:
    """The Netherlands: 3.83839354342808 % in 2023 and 3.34754304219953 % in 2024."""
    assert price_ratio("NL", 2023, 2024) == Decimal("1.033475430422")
    assert price_ratio("NL", 2022, 2024) == (Decimal("1.0383839354342808") * Decimal("1.0334754304219953")).quantize(
        Decimal("1e-12")
    )
    assert price_ratio("NL", 2024, 2023) == (1 / Decimal("1.0334754304219953")).quantize(Decimal("1e-12"))
    assert index("NL", 2015) == 100
    assert index("NL", 2016) == 100 * Decimal("1.00316666666666743").quantize(Decimal("1e-12"))


def test_the_same_year_needs_no_index() -> None:
    assert price_ratio("NL", 2026, 2026) == 1


@pytest.mark.parametrize(
    ("country", "years", "code"),
    [
        ("NL", (2023, 2025), "price_year_missing"),
        ("NL", (2030, 2024), "price_year_missing"),
        ("EA", (2023, 2024), "price_year_missing"),  # the euro area ends in 2023
        ("NL", (2000, 2015), "price_year_missing"),
        ("BB", (2019, 2024), "price_year_missing"),  # Barbados has a gap
        ("XX", (2020, 2021), "price_country_unknown"),
        ("nl", (2020, 2021), "price_country_unknown"),
    ],
)
def test_a_year_without_prices_is_an_issue(country: str, years: tuple[int, int], code: str) -> None:
    assert refused(lambda: price_ratio(country, *years)) == code


@given(st.sampled_from(["NL", "DE", "GB", "US"]), st.tuples(*[st.integers(2010, 2024)] * 3))
def test_two_steps_are_one(country: str, years: tuple[int, int, int]) -> None:
    first, between, last = years
    steps = price_ratio(country, first, between) * price_ratio(country, between, last)
    assert abs(steps - price_ratio(country, first, last)) < Decimal("1e-11")


@pytest.mark.parametrize("row", ["NL,NLD,many", "NL,NLD,-100", "NL,NLD,Infinity", "NL,NLD,1\nNL,NLD,1"])
def test_a_broken_table_of_prices_does_not_load(row: str) -> None:
    table = f"country,iso3,2020\n{row}\n".encode()
    assert refused(lambda: read_inflation(table, "prices.csv")) == "price_row_invalid"


def test_papers_say_what_the_figures_are() -> None:
    assert "European Central Bank" in exchange.papers().attribution
    assert exchange.papers().measure == "reference rate"
    assert prices.papers().measure == "consumer index"
    assert prices.papers().licence == "CC BY 4.0"


@shared
@pytest.mark.shared
def test_the_tool_makes_the_shipped_prices_again() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import make_money

    shipped = prices.PRICES.read_bytes()
    assert make_money.prices(CPI.read_bytes(), shipped) == shipped
    assert len(inflation()) == 194


def test_the_tool_turns_the_banks_file_into_the_table(tmp_path: Path) -> None:
    import zipfile

    sys.path.insert(0, str(ROOT / "tools"))
    import make_money

    text = "Date,USD,CYP,GBP,\n2024-01-03,1.09,N/A,0.86,\n2024-01-02,1.10,N/A,N/A,\n2014-12-31,1.2,N/A,0.7,\n"
    with zipfile.ZipFile(tmp_path / "hist.zip", "w") as archive:
        archive.writestr("eurofxref-hist.csv", text)
    made = make_money.rates((tmp_path / "hist.zip").read_bytes())
    assert made == b"day,GBP,USD\n2024-01-02,,1.10\n2024-01-03,0.86,1.09\n"
    assert read_rates(made, "rates.csv").days == (date(2024, 1, 2), date(2024, 1, 3))


def test_the_page_shows_what_the_functions_give() -> None:
    page = (ROOT / "docs" / "money.md").read_text("utf-8")
    assert str(rate("USD", "EUR", date(2024, 3, 31)).value) in page
    assert str(average_rate("EUR", "USD", 2023)) in page
    assert str(rate("GBP", "USD", date(2015, 1, 2)).value) in page
    assert str(price_ratio("NL", 2022, 2024)) in page
    assert f"{index('NL', 2016):.10f}" in page
