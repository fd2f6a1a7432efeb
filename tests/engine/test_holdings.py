"""Portfolios: what is attributed, what is told of holdings that cannot be right, and columns against one by one."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import Outcome, activity, run
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.catalogue.vocabulary import vocabulary
from trede.engine import deriving
from trede.engine.deriving_alike import Alike, plain
from trede.kernel.identity import canonical_json
from trede.methods.model import shipped_methods

END = date(2026, 12, 31)
KNOWN = {"investee_scope_1": "1000", "investee_scope_2": "100"}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("holdings") for _ in itertools.count())


def figures(values: Mapping[str, str]) -> str:
    return canonical_json(dict(values)).decode()


def listed(amount: str, evic: str = "100", when: date = END, unit: str = "EUR", **more: Any) -> dict[str, Any]:
    asked = {"data_option": "1a", "scopes": "apart", "figures_in": "record"} | more.pop("chosen", {})
    inputs = figures(KNOWN | {"evic": evic} | more.pop("given", {}))
    return activity("listed-equity-bonds", amount, unit, when=when, inputs=inputs, **asked, **more)


def loan(amount: str, equity: str, debt: str, **more: Any) -> dict[str, Any]:
    inputs = figures(KNOWN | {"total_equity": equity, "total_debt": debt})
    chosen = {"data_option": "1a", "scopes": "apart", "figures_in": "record"}
    return activity("business-loans", amount, "EUR", when=END, inputs=inputs, **chosen, **more)


def told(found: Outcome) -> dict[str, int]:
    codes = (issue for issue in found.result.issues if issue.code.startswith(("holding", "derivation")))
    return {issue.code: dict(issue.params).get("count", 1) for issue in codes}  # type: ignore[misc]


def tonnes(found: Outcome, account: str = "") -> Decimal:
    return Decimal(sum(row["co2e"] for row in found.ledger if row["account"].startswith(account))) / 10**9


def test_equity_and_a_loan_of_one_company_both_count(folders: Iterator[Any]) -> None:
    found = run(next(folders), [listed("40", document="share"), listed("60", document="bond")])
    assert tonnes(found) == 1100
    assert told(found) == {}


def test_more_than_the_denominator_is_told(folders: Iterator[Any]) -> None:
    found = run(next(folders), [listed("101"), listed("100"), loan("12.5", "-3", "12"), loan("5", "4", "6")])
    assert told(found) == {"holding_above_denominator": 2, "holding_negative_equity": 1}


def test_negative_equity_counts_as_zero(folders: Iterator[Any]) -> None:
    assert tonnes(run(next(folders), [loan("3", "-2", "12")])) == Decimal(1100) * 3 / 12


def test_a_denominator_of_zero_counts_for_nothing(folders: Iterator[Any]) -> None:
    found = run(next(folders), [loan("3", "-2", "0"), loan("3", "0", "0"), loan("1", "0", "1")])
    assert [row["code"] for row in found.table("unmatched").to_pylist()] == ["derivation_undefined"] * 2
    assert tonnes(found) == 1100


def test_another_day_than_the_last_is_told(folders: Iterator[Any]) -> None:
    found = run(next(folders), [listed("10", when=date(2026, 6, 30)), listed("10")])
    assert told(found) == {"holding_not_year_end": 1}
    assert tonnes(found) == 220


def test_figures_in_another_currency_take_the_rate_of_the_balance_date(folders: Iterator[Any]) -> None:
    day = date(2026, 10, 30)
    found = run(next(folders), [listed("10", "100", when=day, chosen={"figures_in": "USD"})])
    row = found.table("derived").to_pylist()[0]
    dollars = Decimal(json.loads(row["values"])["quantity"])
    assert dollars != 10
    assert f"1 EUR = {(dollars / 10).normalize():f} USD, {day}" in json.loads(row["origins"])["quantity"]
    assert tonnes(found) == pytest.approx(dollars * 11)
    assert {row["quality"] for row in found.ledger} == {"calculated"}


def test_no_rate_is_no_guess(folders: Iterator[Any]) -> None:
    found = run(next(folders), [listed("10", chosen={"figures_in": "RUB"}), listed("10")])
    assert [row["code"] for row in found.table("unmatched").to_pylist()] == ["derivation_without_rate"]
    assert told(found) == {"derivation_without_rate": 1}
    assert tonnes(found) == 110


def test_sovereign_debt_counts_without_land_use_only(folders: Iterator[Any]) -> None:
    given = {
        "ppp_gdp": "1000",
        "country_emissions": "500",
        "country_emissions_land_use": "-100",
        "country_imports": "40",
    }
    found = run(
        next(folders), [activity("sovereign-debt", "10", "USD", when=END, data_option="1a", inputs=figures(given))]
    )
    assert tonnes(found, "investments.sovereign-debt") == 5
    assert tonnes(found, "investments-apart.sovereign-with-land-use") == -1
    assert tonnes(found, "investments-scope-3") == Decimal("0.4")


figure = st.integers(-(10**9), 10**12).map(lambda n: f"{Decimal(n).scaleb(-3).normalize():f}")
amount = figure.filter(lambda text: text != "0")
more = st.dictionaries(
    st.sampled_from(["investee_scope_3", "removals", "revenue", "sector_factor", "asset_factor"]), figure
)
option = st.sampled_from(["1a", "1b", "3a", "3b"])


def share(quantity: str, evic: str, given: Mapping[str, str], data_option: str) -> dict[str, Any]:
    return listed(quantity, evic, given=given, chosen={"data_option": data_option})


def shipment(tonnes: str, km: str) -> dict[str, Any]:
    return activity("freight-shipment", tonnes, "t", mode="truck-articulated", inputs=figures({"distance": km}))


def car(km: str) -> dict[str, Any]:
    return activity("distance-vehicle-electric", km, control="controlled", place="public")


def abroad(quantity: str, evic: str, day: date) -> dict[str, Any]:
    return listed(quantity, evic, chosen={"figures_in": "USD"}, when=day)


def bought(kilograms: str, category: str, days: int) -> dict[str, Any]:
    when = (date(2026, 3, 1), date(2026, 3, 1) + timedelta(days))
    chosen = {"goods": "steel-cans-primary", "factor_from": "own", "category": category}
    return activity("goods-material", kilograms, "kg", when=when, inputs=figures({"own_factor": "2.85"}), **chosen)


def power_of_supplier(kwh: str, share: str | None) -> dict[str, Any]:
    more = {} if share is None else {"inputs": figures({"share": share})}
    return activity("partner-electricity", kwh, "kWh", category="1", **more)


def office(kwh: str, own: str) -> dict[str, Any]:
    given = figures({"own_area": own, "total_area": "1000", "occupancy": "0.5"})
    return activity("asset-power", kwh, relation="leased-in", allocation="area", inputs=given)


def van(litres: str, own: str | None) -> dict[str, Any]:
    given = figures({"own_load": own, "total_load": "20"} if own else {})
    chosen = {"fuel": "diesel-b7", "allocation": "mass" if own else "whole", "paid_by": "us"}
    return activity("freight-fuel", litres, "l", inputs=given, delivery="none", **chosen)


def invoice(euros: str, vat: str) -> dict[str, Any]:
    chosen = {"category": "1", "price": "purchaser", "classification": "nace-2", "code": "62"}
    return activity("spend-with-vat", euros, "EUR", inputs=figures({"vat_rate": vat}), **chosen)


portfolio = st.lists(
    st.one_of(
        st.builds(abroad, amount, figure, st.dates(date(2026, 10, 26), date(2026, 11, 5))),
        st.builds(bought, amount, st.sampled_from(["1", "2"]), st.integers(0, 40)),
        st.builds(power_of_supplier, amount, st.none() | st.sampled_from(["0.25", "0.5"])),
        st.builds(office, amount, st.sampled_from(["400", "500", "600"])),
        st.builds(van, amount, st.none() | st.sampled_from(["5", "20", "25"])),
        st.builds(invoice, amount, st.sampled_from(["0", "9", "21"])),
        st.builds(share, amount, figure, more, option),
        st.builds(loan, amount, figure, figure),
        st.builds(shipment, amount, figure),
        st.builds(car, amount),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(portfolio)
def test_columns_give_what_one_by_one_gives(folders: Iterator[Any], rows: list[dict[str, Any]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        alike = run(next(folders), rows)
        patch.setattr(deriving, "derive_alike", lambda records, *_: Alike(left=list(range(records.num_rows))))
        single = run(next(folders), rows)
    assert alike.table("derived").to_pylist() == single.table("derived").to_pylist()
    assert alike.table("unmatched").to_pylist() == single.table("unmatched").to_pylist()
    assert alike.result == single.result


def test_only_types_that_name_days_are_left_to_be_derived_one_by_one() -> None:
    types = [kind for kind in vocabulary().types.values() if kind.posts]
    methods = shipped_methods()
    single = [kind for kind in types if not plain(kind, methods[kind.method])]
    assert all(any(leg.calendar for leg in methods[kind.method].leg) for kind in single)
    assert len(single) < len(types) / 8
