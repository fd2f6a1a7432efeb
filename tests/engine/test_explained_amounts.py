"""What is explained is what was calculated: the stored row recomputed exactly, also when it was converted, cut or covered."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from trede.engine.runs import Run
from trede.trace.record import Posting, explain_record
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from workspaces import create, pin, run

PROFILE = b"""
id = "levering"
title = "Levering"
source = "levering"
[file]
delimiter = ";"
decimal = "."
dates = "yyyy-mm-dd"
[columns.activity_type]
header = "Soort"
[columns.document]
header = "Bon"
[columns.quantity]
header = "Hoeveelheid"
[columns.unit]
header = "Eenheid"
[columns.start]
header = "Van"
[columns.end]
header = "Tot en met"
[columns.fuel]
header = "Brandstof"
optional = true
[columns.technology]
header = "Opwek"
optional = true
[columns.proof]
header = "Bewijs"
optional = true
[columns.control]
header = "Beheer"
optional = true
"""

FILE = """Soort;Bon;Hoeveelheid;Eenheid;Van;Tot en met;Brandstof;Opwek;Bewijs;Beheer
fuel-vehicle;gallons;0.345678;gal-us;2024-03-01;2024-03-01;petrol-e10;;;controlled
fuel-vehicle;cut;1000.123457;gal-us;2023-11-01;2024-02-10;petrol-e10;;;controlled
electricity;covered;12345.678912;kWh;2024-01-01;2024-12-31;;;;
electricity;little;0.000123;Wh;2024-05-01;2024-05-01;;;;
certificates;wind;1234.5;kWh;2024-01-01;2024-12-31;;wind;cancelled;
""".replace("\n", "\r\n").encode()

GALLON = Decimal("3.785411784")
E10 = {"direct": Decimal("2.139"), "upstream": Decimal("0.655")}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = create(Path(tmp_path_factory.mktemp("explained")) / "workspace")
    batch = import_file(made, FILE, "levering.csv", made.save_profile(PROFILE, "levering.toml")).batch
    assert batch.counts["accepted"] == 5
    pin(made, (2023, 2024))
    run(made, 2024)
    run(made, 2023)
    return made


def postings(workspace: Workspace, year: int, document: str) -> list[Posting]:
    """Explain the record of a document."""
    found: Run = next(found for found in workspace.runs() if str(found.period) == str(year))
    batches = {batch.id: batch for batch in workspace.batches()}
    records = [row for batch in batches.values() for row in batch.records().to_pylist()]
    ident = next(record["record_id"] for record in records if record["document"] == document)
    return explain_record(found, ident, batches).postings


@pytest.mark.parametrize(
    ("year", "document"), [(2024, "gallons"), (2023, "cut"), (2024, "cut"), (2024, "covered"), (2024, "little")]
)
def test_every_row_comes_out_again(workspace: Workspace, year: int, document: str) -> None:
    found = postings(workspace, year, document)
    assert found
    for posting in found:
        assert posting.exact_mg == posting.row["co2e"], posting.row


def test_a_converted_quantity_is_explained_unrounded(workspace: Workspace) -> None:
    found = postings(workspace, 2024, "gallons")
    for posting in found:
        if posting.row["stage"] in E10:
            assert posting.exact_kg == Decimal("0.345678") * GALLON * E10[posting.row["stage"]]


def test_parts_of_two_years_are_explained_from_their_own_quantity(workspace: Workspace) -> None:
    whole = Decimal("1000.123457") * GALLON * E10["direct"]
    parts = [
        posting.exact_kg
        for year in (2023, 2024)
        for posting in postings(workspace, year, "cut")
        if posting.row["stage"] == "direct"
    ]
    assert len(parts) == 2
    assert sum(parts) == whole


def test_what_certificates_cover_and_leave_is_explained_apart(workspace: Workspace) -> None:
    found = [posting for posting in postings(workspace, 2024, "covered") if posting.row["flow"] == "location-direct"]
    assert sorted(posting.exact_kg for posting in found) == [
        Decimal("1234.5") * Decimal("0.200"),
        (Decimal("12345.678912") - Decimal("1234.5")) * Decimal("0.200"),
    ]
