"""The factor of a file: metered gas becomes normal cubic metres by it and never without it, kilometres become kWh."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from intake_samples import KEY

from trede.catalogue.shelves import shipped_libraries
from trede.intake import Staging, load_profile, stage
from trede.intake.multiplying import times
from trede.kernel.errors import CatalogueError

PROFILE = """
id = "gas"
title = "Gas"
source = "gas"
[file]
decimal = ","
dates = "yyyy-mm-dd"
[columns.date]
header = "Dag"
[columns.quantity]
header = "m3"
[constants]
activity_type = "natural-gas"
unit = "m3"
"""
FROM_FILE = '[columns.reading]\nheader = "Soort"\nvalues = { "rekening" = "billed", "meter" = "meter" }\n'
FACTOR = '[columns.factor]\nheader = "Factor"\noptional = true\n'


def staged(text: str, profile: str) -> Staging:
    return stage(text.encode(), "gas.csv", load_profile(profile.encode(), "gas.toml"), key=KEY)


def test_the_factor_of_the_bill_makes_normal_cubic_metres_and_is_kept() -> None:
    staging = staged("Dag;m3\n2026-01-05;500\n", PROFILE + 'reading = "meter"\nfactor = "1.0131"\n')
    [record] = staging.records.to_pylist()
    assert (record["quantity"], record["unit"]) == (Decimal("506.55"), "Nm3")
    assert record["custom"] == '{"multiplied_by":"1.0131"}'
    assert record["attributes"] == '{"reading":"meter"}'


@pytest.mark.parametrize("kind", ["natural-gas", "green-gas"])
def test_a_profile_of_a_meter_without_its_factor_is_refused(kind: str) -> None:
    extra = 'origin = "average"\n' if kind == "green-gas" else ""
    text = PROFILE.replace("natural-gas", kind) + extra + 'reading = "meter"\n'
    with pytest.raises(CatalogueError) as caught:
        load_profile(text.encode(), "gas.toml")
    [issue] = caught.value.issues
    assert (issue.code, issue.location.column) == ("factor_missing", "constants.reading")
    load_profile((text + 'factor = "1.02"\n').encode(), "gas.toml")


def test_a_row_of_a_meter_in_a_file_without_factors_is_rejected() -> None:
    staging = staged("Dag;m3;Soort\n2026-01-05;500;rekening\n2026-02-05;400;meter\n", PROFILE + FROM_FILE)
    assert [(row["fate"], row["code"]) for row in staging.rows.to_pylist()[1:]] == [
        ("accepted", None),
        ("rejected", "factor_missing"),
    ]


def test_an_empty_factor_is_none() -> None:
    staging = staged(
        "Dag;m3;Soort;Factor\n2026-01-05;500;rekening;\n2026-02-05;400;meter;\n2026-03-05;400;meter;1,01\n",
        PROFILE + FROM_FILE + FACTOR,
    )
    assert [(row["fate"], row["code"]) for row in staging.rows.to_pylist()[1:]] == [
        ("accepted", None),
        ("rejected", "factor_missing"),
        ("accepted", None),
    ]
    assert [(r["quantity"], r["custom"]) for r in staging.records.to_pylist()] == [
        (Decimal(500), None),
        (Decimal(404), '{"multiplied_by":"1.01"}'),
    ]


def test_a_product_that_is_too_large_rejects_its_row_and_no_other() -> None:
    staging = staged(
        "Dag;m3;Soort;Factor\n2026-01-05;999999999999;meter;99999999999999\n2026-02-05;400;meter;1,01\n"
        "2026-03-05;-999999999999999;meter;999999999999999,999999\n",
        PROFILE + FROM_FILE + FACTOR,
    )
    assert [(row["fate"], row["code"]) for row in staging.rows.to_pylist()[1:]] == [
        ("rejected", "product_too_large"),
        ("accepted", None),
        ("rejected", "product_too_large"),
    ]
    issue = next(i for i in staging.issues if i.location.row == 2)
    assert issue.values == {"value": "999999999999", "factor": "99999999999999", "limit": 15}
    assert issue.location.column == "m3"


def test_the_largest_product_is_what_a_file_may_write() -> None:
    assert times(Decimal("999999999999999.999999"), Decimal("0.999999")) == Decimal("999998999999999.999999")
    assert times(Decimal("-999999999999999.999999"), Decimal(1)) == Decimal("-999999999999999.999999")
    assert times(Decimal(10) ** 14, Decimal(10)) is None


def test_kilometres_of_an_electric_car_become_kilowatt_hours_as_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "electricity.md").read_text("utf-8")
    [told] = re.findall(r"```toml\n(.*?)```", page, re.S)
    head, _ = PROFILE.split("[columns.quantity]")
    staging = staged("Dag;Kilometers\n2026-01-05;1000\n", head + told)
    [record] = staging.records.to_pylist()
    assert (record["quantity"], record["unit"], record["quality"]) == (Decimal(225), "kWh", "calculated")
    car = shipped_libraries()["co2emissiefactoren-2026-08-20"].find(
        "Personenvervoer", "Auto", "Elektrisch Gemiddelde stroommix", "voertuigkilometer", year=2026
    )
    assert car is not None
    assert car.values()["energy"] == Decimal("0.225") * Decimal("3.6")
