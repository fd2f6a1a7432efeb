"""Business travel and commuting: what somebody tells comes to what a person would have worked out by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from engine_samples import Outcome, activity, pin, run, shelf

from trede.kernel.identity import canonical_json

SAME = ("account", "stage", "basis", "factor", "quantity", "unit", "co2e")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    return (tmp_path_factory.mktemp("people") for _ in itertools.count())


def told(kind: str, quantity: str, unit: str, given: dict[str, str] | None = None, **attributes: str) -> dict[str, Any]:
    return activity(kind, quantity, unit, inputs=canonical_json(given).decode() if given else None, **attributes)


def posted(found: Outcome) -> list[tuple[Any, ...]]:
    return sorted(tuple(row[name] for name in SAME) for row in found.ledger)


@pytest.mark.parametrize(
    ("record", "by_hand"),
    [
        (
            told("flight-route", "2", "journey", route="AMS-CDG-JFK", seat="any", purpose="business"),
            [
                told("travel-air", "796", "pkm", haul="regional", purpose="business"),
                told("travel-air", "11668", "pkm", haul="intercontinental", purpose="business"),
            ],
        ),
        (
            told("flight-route", "1", "journey", route="AMS-MAD-AMS", purpose="commuting"),
            [told("travel-air", "2918", "pkm", haul="european", purpose="commuting")],
        ),
        (
            told("travel-car-shared", "240", "pkm", {"occupants": "3"}, hire="private", fuel="petrol", purpose="business"),
            [told("travel-car", "80", "km", fuel="petrol", purpose="business")],
        ),
        (
            told("travel-car-shared", "240", "pkm", {"occupants": "3"}, hire="taxi", fuel="diesel", purpose="business"),
            [told("travel-hired-car", "80", "km", hire="taxi", fuel="diesel", purpose="business", delivery="none")],
        ),
        (
            told("commute", "3", "person", {"one_way": "31", "commuting_days": "140"}, commute_mode="train", fuel="unknown"),
            [told("travel-rail", "26040", "pkm", train="average", purpose="commuting")],
        ),
        (
            told("commute", "1", "person", {"one_way": "24", "commuting_days": "150", "occupants": "2"},
                 commute_mode="car-shared", fuel="petrol"),
            [told("travel-car", "3600", "km", fuel="petrol", purpose="commuting")],
        ),
        (
            told("commute-average", "420", "person", {"mode_share": "0.35", "one_way": "8", "commuting_days": "140"},
                 commute_mode="e-bike", fuel="unknown"),
            [told("travel-two-wheeler", "329280", "km", mode="e-bike", purpose="commuting")],
        ),
    ],
    ids=["flight", "return flight", "car", "taxi", "train", "carpool", "average"],
)  # fmt: skip
def test_it_is_what_a_person_would_have_recorded(
    record: dict[str, Any], by_hand: list[dict[str, Any]], folders: Iterator[Any]
) -> None:
    found = run(next(folders), [record])

    assert posted(found) == posted(run(next(folders), by_hand))
    assert found.ledger
    assert not found.table("unmatched").num_rows


@pytest.mark.parametrize("kind", ["travel-fuel", "travel-power"])
def test_of_a_shared_vehicle_the_own_travellers_count(kind: str, folders: Iterator[Any]) -> None:
    fuel = {"fuel": "diesel-b7", "delivery": "none"} if kind == "travel-fuel" else {}
    unit = "l" if kind == "travel-fuel" else "kWh"
    heads = {"own_travellers": "2", "travellers": "3"}
    shared = run(next(folders), [told(kind, "18", unit, heads, vehicle_use="shared", purpose="commuting", **fuel)])
    whole = run(next(folders), [told(kind, "12", unit, vehicle_use="whole", purpose="commuting", **fuel)])

    assert posted(shared) == posted(whole)
    assert {row["account"].rpartition(".")[0] for row in shared.ledger} == {"commuting.energy"}


def test_a_shared_vehicle_without_its_travellers_is_an_open_point(folders: Iterator[Any]) -> None:
    found = run(next(folders), [told("travel-power", "18", "kWh", vehicle_use="shared", purpose="business")])

    (left,) = found.table("unmatched").to_pylist()
    assert left["code"] == "derivation_without_leg"


def test_hours_at_home_are_power_and_gas_with_an_estimate_for_the_power(folders: Iterator[Any]) -> None:
    found = run(next(folders), [told("telework-energy", "640", "h", {"gas_per_hour": "0.06"})])

    groups = {(row["account"].rpartition(".")[0], row["unit"]): row["quantity"] for row in found.ledger}
    assert groups == {("telework.power", "kWh"): 96, ("telework.heat", "Nm3"): Decimal("38.4")}
    assert {row["quality"] for row in found.ledger if row["unit"] == "kWh"} == {"default"}
    given = run(next(folders), [told("telework-energy", "640", "h", {"gas_per_hour": "0", "power_per_hour": "0.15"})])
    assert {row["quality"] for row in given.ledger} == {"calculated"}


def test_a_known_class_of_seat_counts_all_kilometres_with_one_factor(folders: Iterator[Any]) -> None:
    on = shelf(pin(2026, library="desnz-2025"))
    flight = told("flight-route", "2", "journey", route="AMS-CDG-JFK", seat="business", purpose="business")
    seat = told("travel-air-class", "12464", "pkm", seat="business", forcing="included", purpose="business")
    found = run(next(folders), [flight], on=on)

    assert posted(found) == posted(run(next(folders), [seat], on=on))
    assert {row["stage"] for row in found.ledger} == {"direct", "upstream"}


def test_a_hotel_night_is_its_power_and_gas(folders: Iterator[Any]) -> None:
    night = {"power_per_night": "18.5", "gas_per_night": "2.4"}
    found = run(next(folders), [told("hotel-energy", "12", "room-night", night)])

    assert {row["account"].rpartition(".")[0] for row in found.ledger} == {"hotel.energy"}
    assert {row["unit"]: row["quantity"] for row in found.ledger} == {"kWh": Decimal(222), "Nm3": Decimal("28.8")}
