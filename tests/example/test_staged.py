"""Each file of the example, staged with its profile: the fates, the sums and the control totals."""

import json
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from example_reading import DIALECTS, Row, dutch, profile, read, staged

from trede.intake import Staging

FATES = {
    "tankpas-2022.csv": (735, 2, 0, 0),
    "tankpas-2023.csv": (932, 2, 0, 0),
    "tankpas-2024.csv": (1121, 2, 2, 1),
    "tankpas-2024-verbeterd.csv": (1122, 2, 2, 0),
    "meterstanden-hoofdkantoor.csv": (37, 4, 0, 0),
    "verhuurder-elektriciteit.csv": (5, 3, 0, 0),
    "reizen.csv": (2032, 3, 0, 0),
    "laadpas.csv": (1891, 1, 0, 0),
}


@pytest.mark.parametrize("name", FATES)
def test_fates_add_up_to_the_file(name: str) -> None:
    found = staged(name)
    assert tuple(found.counts[fate] for fate in ("accepted", "set_aside", "held", "rejected")) == FATES[name]
    assert sum(FATES[name]) == found.rows.num_rows == len(read(name)) + DIALECTS[name][2] + 1


def test_gas_is_counted_in_cells_and_every_sum_is_tested() -> None:
    found = staged("aardgas-per-maand.xlsx")
    assert found.counts == {"accepted": 93, "set_aside": 128, "held": 0, "rejected": 0}
    assert sum(found.counts.values()) == 13 * 17
    assert [control.status for control in found.controls] == ["agrees"] * (8 + 12 + 1)
    assert {issue.code for issue in found.issues} == {"cell_from_formula", "sheets_left_out"}
    by_document = sums(found, "document")
    assert by_document["2024", "VE-2024-0001"] == 1900


def test_readings_are_months_that_touch_over_a_round_of_the_counter_and_a_new_meter() -> None:
    records = staged("meterstanden-hoofdkantoor.csv").records.to_pylist()
    assert {record["meter"] for record in records} == {"871600000000000010"}
    days = [(record["start"], record["end"]) for record in records]
    assert all(before[1] + timedelta(days=1) == after[0] for before, after in pairwise(days))
    assert (days[0][0], days[-1][1]) == (date(2022, 1, 1), date(2024, 12, 31))
    assert all((start.year, start.month) == (end.year, end.month) for start, end in days)


def sums(found: Staging, *keys: str) -> dict[tuple[str, ...], Decimal]:
    """Add accepted quantities by year and by fields or attributes of the records."""
    result: dict[tuple[str, ...], Decimal] = defaultdict(Decimal)
    for record in found.records.to_pylist():
        told = record | json.loads(record["attributes"])
        result[(str(told["start"].year), *(told[key] for key in keys))] += told["quantity"]
    return dict(result)


def test_accepted_litres_are_the_anchors() -> None:
    assert sums(staged("tankpas-2022.csv"), "fuel") == {
        ("2022", "petrol-e10"): 26914,
        ("2022", "diesel-b7"): 3655,
    }
    assert sums(staged("tankpas-2023.csv"), "fuel") == {
        ("2023", "petrol-e10"): 32750,
        ("2023", "diesel-b7"): 6120,
    }
    assert sums(staged("tankpas-2024-verbeterd.csv"), "fuel", "delivery") == {
        ("2024", "petrol-e10", "none"): 38382,
        ("2024", "diesel-b7", "none"): 8196,
        ("2024", "hvo100", "fuel-card"): 255,
    }


def test_faults_of_2024_are_named_and_explain_the_control_total() -> None:
    found = staged("tankpas-2024.csv")
    cards = read("tankpas-2024.csv")
    typo = next(n for n, row in enumerate(cards, start=2) if row["Liters"] == "4O,10")
    numbers = [row["Bonnummer"] for row in cards]
    again = [n for n, number in enumerate(numbers, start=2) if number in numbers[: n - 2]]
    assert {(i.code, i.location.row, i.location.column) for i in found.issues} == {
        ("duplicate_in_file", again[0], "Bonnummer"),
        ("duplicate_in_file", again[1], "Bonnummer"),
        ("number_unreadable", typo, "Liters"),
        ("control_total_explained", len(cards) + 1, "Liters"),
    }
    (control,) = found.controls
    assert (control.status, control.difference) == ("explained", Decimal("40.10"))
    assert control.unreadable == (typo,)
    (total,) = (row for row in cards if row["Bonnummer"] == "Totaal")
    assert control.stated == dutch(total["Liters"])


@pytest.mark.parametrize("name", [name for name in FATES if name != "tankpas-2024.csv"])
def test_every_other_control_total_agrees(name: str) -> None:
    assert [control.status for control in staged(name).controls] == ["agrees"] * len(profile(name).totals)


def test_corrected_delivery_differs_in_the_mended_record_only() -> None:
    def content(name: str) -> dict[int, Row]:
        return {record["row"]: record for record in staged(name).records.to_pylist()}

    old, new = content("tankpas-2024.csv"), content("tankpas-2024-verbeterd.csv")
    (added,) = set(new) - set(old)
    assert new[added]["quantity"] == Decimal("40.10")
    assert {row: record for row, record in new.items() if row != added} == old


def test_sites_and_years() -> None:
    metered, stated = (
        sums(staged(f"{name}.csv")) for name in ("meterstanden-hoofdkantoor", "verhuurder-elektriciteit")
    )
    assert metered == {("2022",): 15240, ("2023",): 14310, ("2024",): 14629}
    assert {year: metered[year] + stated[year] for year in stated} == {
        ("2022",): 27114, ("2023",): 22480, ("2024",): 18879,
    }  # fmt: skip
    gas = sums(staged("aardgas-per-maand.xlsx"), "site")
    volumes = {"hoofdkantoor": (1550, 1720, 1900), "oost": (450, 300, 150), "zuid": (2000, 900, None)}
    for site, expected in volumes.items():
        assert tuple(gas.get((year, site)) for year in ("2022", "2023", "2024")) == expected
    assert sums(staged("laadpas.csv")) == {("2022",): 6781, ("2023",): 18649, ("2024",): 31280}
    travelled = sums(staged("reizen.csv"), "activity_type", "purpose")
    assert travelled["2024", "travel-car", "business"] == Decimal("26180.0")
    assert travelled["2023", "travel-rail", "business"] == Decimal("11815.0")
    assert travelled["2022", "travel-human-powered", "business"] == Decimal("1180.0")
    assert len(travelled) == 9


def test_people_enter_as_pseudonyms_and_a_vehicle_keeps_one() -> None:
    for name in ("tankpas-2024.csv", "reizen.csv", "laadpas.csv"):
        found = staged(name)
        text = json.dumps([found.records.to_pylist(), found.rows.to_pylist()], default=str)
        for heading in {"Kenteken", "Bestuurder", "Kaartnummer", "Medewerker", "Laadpas"} & set(read(name)[0]):
            plain = {row[heading] for row in read(name)} - {""}
            assert not [value for value in plain if value in text], heading
    cars = [{r["vehicle"] for r in staged(f"tankpas-{year}.csv").records.to_pylist()} for year in (2022, 2023, 2024)]
    assert [len(year) for year in cars] == [27, 34, 40]
    assert cars[0] < cars[1] < cars[2]
