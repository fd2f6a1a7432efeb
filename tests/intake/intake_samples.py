"""A small fuel-card file and its profile, to be varied by the tests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from trede.intake import Profile, Staging, load_profile, stage
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue

KEY = b"key of the test organisation"

HEADER = "Datum;Bon;Kenteken;Product;Liters;Prijs per liter;Bedrag;Vestiging;Credit van"
ROWS = (
    "15-01-2024;B1;AB-123-C;Euro 95;40,50;2,00;81,00;Utrecht;",
    "16-02-2024;B2;XY-999-Z;Diesel;1.030,25;1,80;1.854,45;Utrecht;",
    "17-03-2024;B3;AB-123-C;HVO100;12,125;2,00;24,25;Kantoor;",
)

PROFILE = """
id = "tankpas"
title = "Tankpas"
source = "tankpas"
[columns.date]
header = ["Transactiedatum", "Datum"]
[columns.document]
header = "Bon"
[columns.vehicle]
header = "Kenteken"
personal = true
[columns.fuel]
header = "Product"
values = { "Euro 95" = "petrol-e10", "Diesel" = "diesel-b7", "HVO100" = "hvo100" }
[columns.delivery]
header = "product"
values = { "HVO100" = "fuel-card", "*" = "none" }
[columns.quantity]
header = "Liters"
between = ["0.5", "5000"]
[columns.site]
header = "Vestiging"
[columns.credit_of]
header = "Credit van"
optional = true
[constants]
activity_type = "fuel-vehicle"
control = "controlled"
unit = "l"
[unique]
fields = ["document"]
[[checks]]
product = ["Liters", "Prijs per liter"]
equals = "Bedrag"
tolerance = "0.05"
"""
TOTALS = """
[[totals]]
column = "Datum"
starts_with = "Totaal"
sums = "quantity"
"""

SITES = {"Utrecht": "ut", "Kantoor": "ut", "Arnhem": "ar"}


def profile(text: str = PROFILE) -> Profile:
    return load_profile(text.encode(), "tankpas.toml")


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\r\n".join([header, *rows, ""]).encode()


def changed(**cells: str) -> str:
    """Return the first row with some cells changed, by position `c0`, `c1`, ..."""
    row = ROWS[0].split(";")
    for name, value in cells.items():
        row[int(name[1:])] = value
    return ";".join(row)


def staged(data: bytes, text: str = PROFILE, **options: Any) -> Staging:
    return stage(data, "tank.csv", profile(text), **({"key": KEY, "sites": SITES} | options))


def one(staging: Staging, code: str) -> Issue:
    found = [issue for issue in staging.issues if issue.code == code]
    assert len(found) == 1, staging.issues
    return found[0]


def refused(action: Callable[[], object], code: str) -> Issue:
    with pytest.raises(IntakeError) as caught:
        action()
    found = [issue for issue in caught.value.issues if issue.code == code]
    assert found, caught.value
    return found[0]
