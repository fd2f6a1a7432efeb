"""What counts twice between categories of scope 3, or by two methods of one, is found; near misses are not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_samples import activity

from trede.activity.records import RECORD
from trede.analysis.findings import Finding, find_double_counts
from trede.analysis.twice import DETECTORS
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period

KINDS = {known.id: known.kind for known in vocabulary().types.values()}
Find = Callable[..., list[tuple[str, tuple[str, ...], tuple[str, ...]]]]
Record = dict[str, Any]

MARCH = (date(2024, 3, 1), date(2024, 3, 31))
APRIL = (date(2024, 4, 1), date(2024, 4, 30))


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Find what these detectors say of batches: code, the records that would post nothing, the others."""

    def found(
        *batches: list[Record], of: Collection[str] = DETECTORS
    ) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
        inputs = []
        for number, records in enumerate(batches):
            numbered = [{**record, "row": row} for row, record in enumerate(records, 2)]
            path = tmp_path / f"{number}.parquet"
            pq.write_table(pa.Table.from_pylist(numbered, schema=RECORD), path)
            inputs.append(Input(f"batch-{number}", path))
        findings: list[Finding] = find_double_counts(inputs, Period.parse("2024"), KINDS, tmp_path)
        return [(each.code, each.records, each.beside) for each in findings if each.code in of]

    return found


def record(ident: str, kind: str, unit: str, quantity: str = "10", days: Any = MARCH, **more: Any) -> Record:
    known = vocabulary()[kind]
    given = {name: more.pop(name) for name in list(more) if name in known.inputs}
    start, end = days if isinstance(days, tuple) else (days, days)
    inputs = canonical_json(given).decode() if given else None
    return {"record_id": ident, **activity(kind, quantity, unit, start=start, end=end, inputs=inputs, **more)}


def paid(ident: str, quantity: str = "1000", kind: str = "spend", day: date = MARCH[0], **more: Any) -> Record:
    given = {"category": "1", "price": "purchaser", "classification": "nace-2", "code": "62", **more}
    return record(ident, kind, given.pop("unit", "EUR"), quantity, day, **given)


def shipped(ident: str, paid_by: str, document: str | None = "CMR-1") -> Record:
    return record(
        ident, "freight-shipment", "t", mode="truck-articulated", distance="300", paid_by=paid_by, document=document
    )


def asset(ident: str, relation: str, **more: Any) -> Record:
    return record(ident, "asset-power", "kWh", relation=relation, allocation="metered", **more)


@pytest.mark.parametrize("written", ["f-0024", " F24 ", "F.024"])
def test_an_invoice_whose_number_is_written_otherwise(find: Find, written: str) -> None:
    assert find([paid("a", document="F0024"), paid("b", document=written)]) == [("invoice_twice", ("b",), ("a",))]


def test_an_invoice_with_and_without_vat(find: Find) -> None:
    gross = paid("b", "1210", "spend-with-vat", vat_rate="21", document="F1")
    assert find([paid("a", document="F1"), gross]) == [("invoice_twice", ("b",), ("a",))]


def test_an_invoice_with_two_amounts_in_two_files(find: Find) -> None:
    assert find([paid("a", "1000", document="F1")], [paid("b", "1210", document="F1")]) == [
        ("invoice_twice", ("b",), ("a",))
    ]


def test_an_invoice_in_two_files_with_one_amount(find: Find) -> None:
    gross = paid("b", "1210", "spend-with-vat", vat_rate="21", document="F1")
    for repeated in (paid("b", document="F1"), gross):
        assert find([paid("a", document="F1")], [repeated], of=["document_in_two_files"]) == [
            ("document_in_two_files", ("b",), ("a",))
        ]


def test_heat_sold_on_beside_its_purchase(find: Find) -> None:
    sold = record("a", "heat-sold-on", "GJ", network="average", site="hq")
    bought = record("b", "heat", "GJ", network="average", site="hq")
    assert find([sold, bought], of=["sold_on_beside_purchase"]) == [("sold_on_beside_purchase", ("a",), ("b",))]
    assert find([sold, record("b", "electricity", "kWh", site="hq")], of=["sold_on_beside_purchase"]) == []


@pytest.mark.parametrize(
    "other",
    [
        {"document": "F25"},
        {"document": "F-24", "supplier": "other", "quantity": "1000"},
        {"document": "F-24", "quantity": "999"},
        {"document": "F-24", "unit": "USD", "supplier": None},
        {"document": "F-24", "quantity": "-1000", "credit_of": "F24"},
    ],
    ids=["another number", "another supplier", "another amount", "another currency of nobody", "its credit"],
)  # fmt: skip
def test_lines_that_are_no_second_invoice(find: Find, other: Record) -> None:
    assert find([paid("a", document="F24", supplier="s"), paid("b", **{"supplier": "s", **other})]) == []


def test_a_whole_invoice_again_in_one_file(find: Find) -> None:
    lines = [paid(ident, amount, document="F1", supplier="s") for ident, amount in (("a", "10"), ("b", "20"))]
    later = [
        {**line, "record_id": line["record_id"] + "2", "start": date(2024, 3, 9), "end": date(2024, 3, 9)}
        for line in lines
    ]
    assert find([*lines, *later]) == [("invoice_booked_twice", ("a2", "b2"), ("a", "b"))]
    assert find([*lines, later[0]]) == []  # two equal lines among others are how invoices look


def test_one_invoice_in_two_currencies(find: Find) -> None:
    bill = [
        paid(ident, amount, document="F-1", supplier="s", unit="USD") for ident, amount in (("a", "10"), ("b", "98"))
    ]
    bank = paid("c", "100.12", document="F1", supplier="s")
    assert find(bill, [bank]) == [("invoice_two_currencies", ("c",), ("a", "b"))]
    assert find([*bill, bank]) == [("invoice_two_currencies", ("c",), ("a", "b"))]
    assert find([bank], bill) == [("invoice_two_currencies", ("a", "b"), ("c",))]
    others = (
        {"supplier": "t"}, {"document": "F2"}, {"start": APRIL[0], "end": APRIL[0]}, {"supplier": None},
        {"quantity": -bank["quantity"], "credit_of": "x"},
    )  # fmt: skip
    for other in others:
        assert find(bill, [{**bank, **other}]) == [], other


def test_a_credit_note_again_in_one_file(find: Find) -> None:
    notes = [paid(ident, "-10", document="C1", supplier="s", credit_of="F1") for ident in ("b", "c")]
    assert find([paid("a", document="F1", supplier="s"), *notes]) == [("invoice_booked_twice", ("c",), ("b",))]
    notes[1]["credit_of"] = "F2"
    assert find([paid("a", document="F1", supplier="s"), *notes]) == []


def test_money_beside_a_better_figure_of_the_same_supplier(find: Find) -> None:
    figure = record(
        "b", "goods-supplier-mass", "kg", category="1", boundary="cradle-to-gate", supplier_factor="2", supplier="s",
        document="EPD",
    )  # fmt: skip
    assert find([paid("a", supplier="s", document="F1"), figure]) == [("spend_beside_supplier", ("a",), ("b",))]
    assert find([paid("a", supplier="t", document="F1"), figure]) == []
    assert find([paid("a", supplier="s", document="F1", category="2"), figure]) == []


@pytest.mark.parametrize(("category", "code"), [("6", "79"), ("1", "51"), ("1", "55.1")])
def test_travel_by_money_beside_a_flight_by_airports(find: Find, category: str, code: str) -> None:
    flight = record("b", "flight-route", "journey", "1", route="AMS-JFK", seat="any", purpose="business")
    assert find([paid("a", category=category, code=code), flight]) == [("spend_beside_measured", ("a",), ("b",))]
    assert find([paid("a", category=category, code=code, day=date(2023, 12, 31)), flight]) == []
    assert find([paid("a", category="1", code="62"), flight]) == []


@pytest.mark.parametrize(("classification", "code"), [("nace-2", "19"), ("sic-2007", "35.1"), ("naics-2017", "221100")])
def test_energy_by_money_beside_its_meter(find: Find, classification: str, code: str) -> None:
    meter = record("b", "electricity", "kWh")
    spend = paid("a", classification=classification, code=code)
    assert find([spend, meter]) == [("energy_by_spend", ("a",), ("b",))]
    assert find([spend, record("b", "waste", "t", stream="paper-recycling")]) == []


def test_waste_by_shares_beside_its_streams(find: Find) -> None:
    shares = {"share_recycled_paper": "0.5", "share_incinerated": "0.5"}
    average = record("a", "waste-average", "t", site="hq", **shares)
    assert find([average, record("b", "waste", "t", stream="paper-recycling", site="hq")]) == [
        ("average_beside_measured", ("a",), ("b",))
    ]
    assert find([average, record("b", "waste", "t", stream="paper-recycling", site="other")]) == []
    assert find([average, record("b", "waste", "t", stream="paper-recycling", site="hq", days=APRIL)]) == []


def test_a_building_by_average_beside_its_meter(find: Find) -> None:
    average = record("a", "asset-average-area", "m2", relation="leased-out", emissions_per_area="40", site="hq")
    assert find([average, asset("b", "leased-out", site="hq")]) == [("average_beside_measured", ("a",), ("b",))]
    assert find([average, asset("b", "leased-out", site="other")]) == []


def test_commuting_by_average_beside_journeys(find: Find) -> None:
    shares = {"mode_share": "1", "one_way": "20", "commuting_days": "200"}
    average = record("a", "commute-average", "people", commute_mode="car", fuel="petrol", **shares)
    car = record("b", "travel-car", "km", fuel="petrol", purpose="commuting")
    assert find([average, car]) == [("commuting_in_two_ways", ("a",), ("b",))]
    assert (
        find([average, {**car, "attributes": canonical_json({"fuel": "petrol", "purpose": "business"}).decode()}]) == []
    )


def test_a_transport_that_two_pay_for(find: Find) -> None:
    assert find([shipped("a", "others"), shipped("b", "us")]) == [("transport_in_4_and_9", ("a",), ("b",))]
    assert find([shipped("a", "others"), shipped("b", "us", "CMR-2")]) == []
    assert find([shipped("a", "others", None), shipped("b", "us", None)]) == []


def test_waste_of_operations_and_of_products(find: Find) -> None:
    sold = record("a", "product-end-of-life", "t", material="paper", share_recycled="1", document="W1")
    own = record("b", "waste", "t", stream="paper-recycling", document="W1")
    assert find([sold, own]) == [("waste_in_5_and_12", ("a",), ("b",))]
    assert find([sold, {**own, "document": "W2"}]) == []


def test_an_asset_that_is_bought_and_leased_or_sold_and_leased_out(find: Find) -> None:
    bought = paid("b", code="28", category="2", document="L-5")
    assert find([asset("a", "leased-in", document="L-5"), bought]) == [("sold_and_leased", ("a",), ("b",))]
    life = {"lifetime_years": "5", "uses_per_year": "240", "power_per_use": "0.3"}
    sold = record("b", "product-power", "unit", use="direct", lifetime="years", document="L-5", **life)
    assert find([asset("a", "leased-out", document="L-5"), sold]) == [("sold_and_leased", ("a",), ("b",))]
    assert find([asset("a", "leased-in", document="L-5"), sold]) == []


def test_a_building_has_one_role(find: Find) -> None:
    franchise = record(
        "b", "asset-gas", "Nm3", relation="franchise", allocation="metered", reading="billed", site="shop"
    )
    assert find([asset("a", "leased-out", site="shop"), franchise]) == [("asset_in_two_relations", ("a",), ("b",))]
    assert find([asset("a", "leased-out", site="shop", days=APRIL), franchise]) == []
    assert find([asset("a", "leased-out", site="other"), franchise]) == []


def test_a_tenant_on_the_meter_of_the_landlord(find: Find) -> None:
    own = record("b", "electricity", "kWh", meter="M1", site="hq")
    assert find([asset("a", "leased-out", meter="M1", site="hq"), own]) == [("asset_in_two_relations", ("a",), ("b",))]
    assert find([asset("a", "leased-out", meter="M2", site="hq"), own]) == []


def holding(ident: str, option: str, kind: str = "business-loans", **more: Any) -> Record:
    figures = {
        "1a": {"investee_scope_1": "100", "investee_scope_2": "10"},
        "3a": {"revenue": "1000", "sector_factor": "0.4"},
    }[option]
    whole = {"total_equity": "400", "total_debt": "600"} if kind == "business-loans" else {"evic": "1000"}
    day = date(2024, 12, 31)
    return record(
        ident, kind, "EUR", "100", day, data_option=option, scopes="apart", document="NL01", **figures, **whole, **more
    )


def test_a_holding_by_two_options_or_two_standards(find: Find) -> None:
    assert find([holding("a", "1a"), holding("b", "3a")]) == [("holding_in_two_ways", ("b",), ("a",))]
    equity = record("a", "investment-equity", "tCO2e", investee_scopes="1-2", equity_share="10", document="NL01")
    assert find([equity, holding("b", "1a")]) == [("holding_in_two_ways", ("a",), ("b",))]


def test_a_loan_and_a_share_of_one_company_are_two(find: Find) -> None:
    assert find([holding("a", "1a"), holding("b", "1a", "listed-equity-bonds")]) == []
    assert find([holding("a", "1a"), {**holding("b", "3a"), "document": "NL02"}]) == []
