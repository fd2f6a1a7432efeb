"""Double counts are found, near misses are not, and the tonnes at stake are those of the ledger."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_samples import activity

from trede.activity.records import RECORD
from trede.analysis.findings import DETECTORS, FACTS, Finding, find_double_counts
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.kernel.identity import canonical_json
from trede.kernel.periods import Period

DAY = date(2024, 5, 1)
KINDS = {known.id: known.kind for known in vocabulary().types.values()}
Find = Callable[..., list[Finding]]


def charge(ident: str, day: date = date(2024, 5, 1), **other: Any) -> dict[str, Any]:
    """A charging session at the office."""
    facts = {"control": "controlled", "place": "office", "site": "hq", **other}
    return {"record_id": ident, **activity("electricity-vehicle", "25", start=day, end=day, **facts)}


def power(ident: str, start: date = date(2024, 1, 1), end: date = date(2024, 12, 31), **other: Any) -> dict[str, Any]:
    """A meter's power at a site."""
    return {"record_id": ident, **activity("electricity", "9000", start=start, end=end, **{"site": "hq", **other})}


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Find double counts in batches of records, given in the order in which they came."""

    def found(*batches: list[dict[str, Any]], period: str = "2024", **options: Any) -> list[Finding]:
        inputs = []
        for number, records in enumerate(batches):
            # The names run against the order: it is the order of coming that counts.
            path = tmp_path / f"{9 - number}.parquet"
            pq.write_table(pa.Table.from_pylist(records, schema=RECORD), path)
            inputs.append(Input(f"batch-{9 - number}", path))
        return find_double_counts(inputs, Period.parse(period), KINDS, tmp_path, **options)

    return found


def test_every_detector_says_by_what_its_pairs_are_gathered() -> None:
    assert set(DETECTORS) == set(FACTS)


def purchase(ident: str, kind: str, document: str | None = "C-1", **given: Any) -> dict[str, Any]:
    """A record of goods that were bought, or of what a supplier used for them."""
    figures = {
        "goods-supplier": {"supplier_factor": "3"},
        "goods-average": {"average_factor": "4"},
        "hybrid-remainder": {"cradle_factor": "6", "producer_factor": "1"},
        "hybrid-material": {"own_factor": "2"},
    }.get(kind)
    attributes: dict[str, Any] = {"category": "1"}
    attributes |= {"boundary": "cradle-to-gate"} if kind == "goods-supplier" else {}
    attributes |= {"goods": "other", "factor_from": "own"} if kind == "hybrid-material" else {}
    inputs = canonical_json(figures).decode() if figures else None
    return {"record_id": ident, **activity(kind, "10", document=document, inputs=inputs, **{**attributes, **given})}


def test_one_document_by_two_methods(find: Find) -> None:
    precise = purchase("a", "goods-supplier", when=DAY)
    coarse = purchase("b", "goods-average", when=DAY)
    [finding] = find([precise, coarse])
    assert (finding.code, finding.records, finding.beside) == ("goods_by_two_methods", ("b",), ("a",))
    assert finding.facts == {"document": "C-1"}

    told = purchase("c", "reported-emissions", when=DAY)
    hybrid = purchase("d", "partner-electricity", when=DAY)
    assert {f.records: f.beside for f in find([told, hybrid, coarse])} == {("b", "d"): ("c",)}


@pytest.mark.parametrize(
    "other",
    [
        {"document": "C-2"}, {"document": None}, {"entity": "daughter"}, {"kind": "goods-supplier"},
        {"kind": "partner-electricity", "category": "10"},
    ],
)  # fmt: skip
def test_other_purchases_are_no_finding(other: dict[str, Any], find: Find) -> None:
    kind = other.pop("kind", "goods-average")
    assert find([purchase("a", "goods-supplier", when=DAY), purchase("b", kind, when=DAY, **other)]) == []


def test_the_rest_of_a_chain_beside_its_materials(find: Find) -> None:
    rest, part = purchase("r", "hybrid-remainder", when=DAY), purchase("p", "hybrid-material", when=DAY)
    [finding] = find([rest, part])
    assert (finding.code, finding.records, finding.beside) == ("hybrid_rest_beside_parts", ("r",), ("p",))
    assert find([rest, purchase("p", "partner-electricity", when=DAY)]) == []


def test_a_leak_beside_the_gas_contained(find: Find) -> None:
    def gas(ident: str, kind: str, species: str = "r-134a", **figures: str) -> dict[str, Any]:
        more = {"lifetime": "years"} if kind == "product-leak" else {}
        inputs = canonical_json(figures).decode()
        made = activity(kind, "5", when=DAY, document="S-1", inputs=inputs, species=species, **more)
        return {"record_id": ident, **made}

    leak = gas("l", "product-leak", leak_per_year="0.1", lifetime_years="9")
    [finding] = find([leak, gas("c", "product-contained-gas", gas_per_product="1")])
    assert (finding.code, finding.records, finding.beside) == ("leak_beside_contained", ("l",), ("c",))
    assert find([leak, gas("c", "product-contained-gas", "r-32", gas_per_product="1")]) == []


def test_power_of_products_is_no_office_meter(find: Find) -> None:
    figures = {"power_per_use": "1", "uses_per_life": "2"}
    inputs = canonical_json(figures).decode()
    sold = {"record_id": "p", **activity("product-power", "5", lifetime="uses", site="hq", inputs=inputs, when=DAY)}
    assert find([charge("c1", DAY), sold]) == []


def test_charging_at_the_office_beside_its_meter(find: Find) -> None:
    [finding] = find([charge("c1"), charge("c2", date(2024, 6, 1)), power("m1")])

    assert (finding.code, finding.records, finding.beside) == ("charging_beside_meter", ("c1", "c2"), ("m1",))
    assert (finding.quantity, finding.unit) == (Decimal(50), "kWh")
    assert finding.facts == {"site": "hq", "year": "2024"}
    assert finding.period == Period(date(2024, 5, 1), date(2024, 6, 1))


@pytest.mark.parametrize(
    ("session", "meter"),
    [
        (charge("c", place="home"), power("m")),
        (charge("c", site="plant"), power("m")),
        (charge("c", geography="BE"), power("m")),
        (charge("c", date(2024, 8, 1)), power("m", end=date(2024, 6, 30))),
    ],
    ids=["at home", "another site", "another country", "after the meter"],
)
def test_charging_that_no_meter_of_the_office_can_have_counted(
    find: Find, session: dict[str, Any], meter: dict[str, Any]
) -> None:
    assert find([session, meter]) == []


def test_charging_without_a_site_is_held_against_every_meter(find: Find) -> None:
    [finding] = find([charge("c", site=None), power("m1"), power("m2", site="plant")])

    assert finding.beside == ("m1", "m2")
    assert finding.facts == {"year": "2024"}


def car(ident: str, vehicle: str = "v", day: date = date(2024, 5, 1)) -> dict[str, Any]:
    """A trip by car."""
    return {"record_id": ident, **activity("travel-car", "80", start=day, end=day, vehicle=vehicle, purpose="business")}


def fill(ident: str, vehicle: str = "v", day: date = date(2024, 1, 1)) -> dict[str, Any]:
    """A fill."""
    return {
        "record_id": ident,
        **activity("fuel-vehicle", "40", start=day, end=day, vehicle=vehicle, fuel="petrol-e10", control="controlled"),
    }


def test_kilometres_beside_the_litres_of_one_vehicle(find: Find) -> None:
    [finding] = find([car("k"), fill("f1"), fill("f2", day=date(2024, 9, 1))])

    assert (finding.code, finding.records, finding.beside) == ("kilometres_beside_litres", ("k",), ("f1", "f2"))


def test_kilometres_of_another_vehicle_or_another_time_are_no_double_count(find: Find) -> None:
    fills = [fill("f1"), fill("f2", day=date(2024, 3, 1))]

    assert find([car("k", "w"), *fills]) == []
    assert find([car("k", day=date(2024, 6, 1)), *fills]) == []
    assert find([{**car("k"), "vehicle": None}, *fills]) == []


def test_a_document_in_two_files_repeats_in_the_later_one(find: Find) -> None:
    one = {**fill("a", "v1"), "document": "F-1"}
    again = {**fill("b", "v1"), "document": "F-1"}

    [finding] = find([one], [again])

    assert (finding.code, finding.records, finding.beside) == ("document_in_two_files", ("b",), ("a",))
    assert find([one, again]) == []
    assert find([one], [{**again, "quantity": Decimal(41)}]) == []
    assert find([one], [{**again, "document": None}]) == []


def test_periods_of_one_meter_that_overlap(find: Find) -> None:
    half = power("half", end=date(2024, 6, 30), meter="m")
    quarter = power("quarter", date(2024, 4, 1), date(2024, 6, 30), meter="m")

    [finding] = find([half, quarter])

    assert (finding.code, finding.records, finding.beside) == ("meter_twice", ("quarter",), ("half",))
    assert find([half, {**quarter, "meter": "n"}]) == []
    assert find([half, power("next", date(2024, 6, 30), meter="m")]) == [], "a day that both share is a reading"
    assert find([half, {**quarter, "quantity": Decimal(-100)}]) == [], "a credit"


def test_two_tariffs_of_a_meter_are_right_and_a_second_delivery_is_not(find: Find) -> None:
    high = power("high", end=date(2024, 1, 31), meter="m")
    low = {**power("low", end=date(2024, 1, 31), meter="m"), "quantity": Decimal(4000)}
    later = power("later", date(2024, 2, 1), date(2024, 2, 29), meter="m")
    quarters = [power(f"q{n}", date(2024, 1, 5), date(2024, 1, 5), meter="p4") for n in range(3)]
    revised = [power(f"r{n}", date(2024, 1, 5), date(2024, 1, 5), meter="p4") for n in range(3)]

    assert find([high, low, later, *quarters]) == []
    [finding] = find([*quarters], [*revised])

    assert (finding.code, finding.records, finding.beside) == ("meter_twice", ("r0", "r1", "r2"), ("q0",))


@pytest.mark.parametrize(("early", "late"), [("a", "b"), ("b", "a")])
def test_of_periods_over_several_years_one_begins_later(find: Find, early: str, late: str) -> None:
    """In the second year both have the same days; it is still the record that began later that repeats."""
    records = [
        power(early, date(2023, 7, 1), date(2024, 12, 31), meter="m"),
        power(late, date(2023, 8, 1), date(2025, 3, 31), meter="m"),
    ]

    [finding] = find(records, period="2023..2025")

    assert (finding.records, finding.beside) == ((late,), (early,))
    assert (finding.quantity, finding.period) == (Decimal(9000), Period(date(2023, 8, 1), date(2025, 3, 31)))


def test_what_is_covered_or_kept_is_found_no_more(find: Find) -> None:
    records = [charge("c1"), charge("c2"), power("m")]

    assert [f.records for f in find(records, covered=["c1"])] == [("c2",)]
    assert [f.records for f in find(records, kept=[("charging_beside_meter", "c2")])] == [("c1",)]
    assert [f.records for f in find(records, kept=[("meter_twice", "c2")])] == [("c1", "c2")]


def test_the_id_of_a_finding_is_that_of_its_records(find: Find) -> None:
    [before] = find([charge("c1"), power("m")])
    [after] = find([charge("c1"), power("m")], [fill("f"), car("k", "w")])
    [more] = find([charge("c1"), charge("c2"), power("m")])

    assert before.id == after.id != more.id


def netted(ident: str, start: date = date(2024, 1, 1), end: date = date(2024, 12, 31), **other: Any) -> dict[str, Any]:
    """A bill of purchase minus feed-in."""
    facts = {"site": "hq", "meter": "m", **other}
    return {"record_id": ident, **activity("electricity-netted", "-50", start=start, end=end, **facts)}


def test_a_netted_bill_beside_the_gross_purchase(find: Find) -> None:
    halves = [power("g1", end=date(2024, 6, 30)), power("g2", start=date(2024, 7, 1))]
    [finding] = find([netted("n"), *halves])

    assert (finding.code, finding.records, finding.beside) == ("netted_beside_gross", ("n",), ("g1", "g2"))
    assert finding.facts == {"site": "hq", "meter": "m", "year": "2024"}
    assert (finding.quantity, finding.unit) == (Decimal(-50), "kWh")


@pytest.mark.parametrize(
    "gross",
    [
        power("g", end=date(2024, 6, 30)),  # half of the days
        power("g", site="elsewhere"),
        power("g", meter="another"),
        power("g", geography="DE"),
    ],
)
def test_a_netted_bill_stays_open_without_its_own_gross_purchase(find: Find, gross: dict[str, Any]) -> None:
    assert find([netted("n"), gross]) == []


def test_a_meter_tells_a_netted_bill_without_a_site(find: Find) -> None:
    [finding] = find([netted("n", site=None), power("g", site=None, meter="m")])
    assert finding.facts == {"meter": "m", "year": "2024"}


def by_area(ident: str, allocation: str = "area", **other: Any) -> dict[str, Any]:
    """Power of a leased asset, by its area of the building."""
    figures = '{"occupancy":"1","own_area":"100","total_area":"1000"}' if allocation == "area" else None
    facts = {"relation": "leased-in", "allocation": allocation, "site": "hq", "inputs": figures, **other}
    days = {"start": date(2024, 1, 1), "end": date(2024, 12, 31)}
    return {"record_id": ident, **activity("asset-power", "9000", **days, **facts)}


def test_a_share_by_area_beside_the_sites_own_meter(find: Find) -> None:
    [finding] = find([by_area("share"), power("m")])

    assert (finding.code, finding.records, finding.beside) == ("area_share_beside_meter", ("share",), ("m",))
    assert (finding.quantity, finding.unit) == (Decimal(900), "kWh")
    assert [f.records for f in find([by_area("share"), by_area("own", "metered")])] == [("share",)]


@pytest.mark.parametrize(
    "others",
    [
        [power("m", site="elsewhere")],
        [power("m", start=date(2023, 1, 1), end=date(2023, 12, 31))],
        [by_area("other")],
        [{"record_id": "g", **activity("natural-gas", "5", reading="billed", site="hq", when=date(2024, 5, 1))}],
    ],
)
def test_a_share_by_area_beside_something_else(find: Find, others: list[dict[str, Any]]) -> None:
    assert find([by_area("share"), *others]) == []


def sold_on(ident: str, **given: Any) -> dict[str, Any]:
    """Return power that was bought and sold on in May."""
    at: dict[str, Any] = {"site": "hq", "when": date(2024, 5, 1), **given}
    return {"record_id": ident, **activity("electricity-sold-on", "900", origin="purchased", **at)}


def test_power_sold_on_beside_its_purchase(find: Find) -> None:
    [finding] = find([sold_on("sold"), power("m")])
    assert (finding.code, finding.records, finding.beside) == ("sold_on_beside_purchase", ("sold",), ("m",))
    assert (finding.quantity, finding.unit) == (Decimal(900), "kWh")
    assert find([sold_on("sold"), power("m", site="elsewhere")]) == []
    assert find([sold_on("sold", meter="m-1"), power("m", meter="m-2")]) == []
    assert find([sold_on("sold"), sold_on("other")]) == []


def trip(ident: str, kind: str, quantity: str, unit: str, given: str | None = None, **other: Any) -> dict[str, Any]:
    """A journey of one document."""
    return {
        "record_id": ident,
        **activity(kind, quantity, unit, when=date(2024, 5, 1), inputs=given, **{"document": "T-1", **other}),
    }


def test_a_flight_of_one_document_as_airports_and_as_kilometres(find: Find) -> None:
    airports = trip("a", "flight-route", "1", "journey", route="AMS-CDG-JFK", purpose="business")
    kilometres = trip("k", "travel-air", "6200", "pkm", haul="intercontinental", purpose="business")

    [finding] = find([airports, kilometres])

    assert (finding.code, finding.records, finding.beside) == ("journey_in_two_ways", ("k",), ("a",))
    assert finding.facts == {"document": "T-1"}
    assert find([airports, {**kilometres, "document": "T-2"}]) == []
    assert find([airports, {**kilometres, "document": None}]) == []
    assert find([airports]) == []


def test_a_hotel_night_by_its_average_beside_its_energy(find: Find) -> None:
    energy = trip("e", "hotel-energy", "2", "room-night", '{"gas_per_night":"2","power_per_night":"18"}')
    average = trip("n", "hotel-stay", "2", "room-night", country="nl", purpose="business")

    [finding] = find([energy], [average])

    assert (finding.code, finding.records, finding.beside) == ("journey_in_two_ways", ("n",), ("e",))


def test_car_kilometres_beside_the_fuel_of_the_journey(find: Find) -> None:
    fuel = trip(
        "f", "travel-fuel", "9", "l", fuel="petrol-e10", delivery="none", purpose="business", vehicle_use="whole"
    )
    shared = trip(
        "s", "travel-car-shared", "240", "pkm", '{"occupants":"3"}', hire="private", fuel="petrol", purpose="business"
    )

    [finding] = find([fuel, shared])

    assert (finding.code, finding.records, finding.beside) == ("journey_in_two_ways", ("s",), ("f",))


def test_commuting_beside_the_charging_of_the_same_car(find: Find) -> None:
    sessions = [charge(i, day, place="home", site=None, vehicle="v") for i, day in
                (("c1", date(2024, 1, 1)), ("c2", date(2024, 9, 1)))]  # fmt: skip
    days = {"commute_mode": "car", "fuel": "electric-mix", "vehicle": "v", "document": None}
    commute = trip("w", "commute", "1", "person", '{"commuting_days":"10","one_way":"12"}', **days)

    [finding] = find([commute, *sessions])

    assert (finding.code, finding.records, finding.beside) == ("travel_beside_charging", ("w",), ("c1", "c2"))
    assert find([{**commute, "vehicle": "other"}, *sessions]) == []


def holding(ident: str, day: date = date(2024, 12, 31), amount: str = "10", **more: Any) -> dict[str, Any]:
    """A share in a listed company, by its ISIN."""
    chosen = {"data_option": "1a", "scopes": "apart", "figures_in": "record"}
    inputs = '{"evic":"100","investee_scope_1":"500","investee_scope_2":"50"}'
    row = activity("listed-equity-bonds", amount, "EUR", start=day, end=day, inputs=inputs, **chosen)
    return {"record_id": ident, **row, "document": "NL0000000001", **more}


def test_a_holding_on_two_days_of_a_year_is_counted_twice(find: Find) -> None:
    [finding] = find([holding("june", date(2024, 6, 30)), holding("end")])

    assert (finding.code, finding.records, finding.beside) == ("holding_twice", ("june",), ("end",))
    assert find([holding("last", date(2023, 12, 31)), holding("end")]) == []
    assert find([holding("one"), holding("other", document="NL0000000002")]) == []
    assert find([holding("one"), holding("other", entity="b")]) == []


def test_equal_holdings_of_one_day_are_counted_twice_and_two_amounts_are_two_lots(find: Find) -> None:
    [finding] = find([holding("a"), holding("b")])

    assert (finding.code, finding.records, finding.beside) == ("holding_twice", ("b",), ("a",))
    assert find([holding("a"), holding("b", amount="7")]) == []
