"""Runs of parts of a year with certificates: they add up to the year, are verified, and those of version 0.1.0 as they were."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from trede.engine.compute import compute
from trede.engine.runs import Run
from trede.workspace import Workspace, running
from trede.workspace.bundling import make_bundle
from trede.workspace.comparing import compare
from trede.workspace.importing import import_file
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import verify
from workspaces import create, pin, run

HALVES = ("2024-H1", "2024-H2")
PROFILE = b"""
id = "stroom"
title = "Stroom en certificaten"
source = "stroom"
[constants]
unit = "kWh"
quality = "measured"
entity = "voorbeeld-schoonmaak"
technology = "wind"
proof = "cancelled"
[columns.activity_type]
header = "Soort"
[columns.site]
header = "Vestiging"
optional = true
[columns.start]
header = "Van"
[columns.end]
header = "Tot en met"
[columns.quantity]
header = "kWh"
between = ["0", "500000"]
"""
FILE = b"""Soort;Vestiging;Van;Tot en met;kWh
electricity;Hoofdkantoor;2024-01-01;2024-03-31;600
electricity;Hoofdkantoor;2024-04-01;2024-06-30;200
electricity;Hoofdkantoor;2024-07-01;2024-12-31;1700
certificates;;2024-01-01;2024-12-31;1000
"""


@pytest.fixture
def metered(tmp_path: Path) -> Workspace:
    """Three bills of 2024 and certificates for 1,000 of their 2,500 kWh."""
    workspace = create(tmp_path / "workspace")
    import_file(workspace, FILE, "stroom.csv", workspace.save_profile(PROFILE, "stroom.toml"))
    pin(workspace)
    return workspace


def posted(*runs: Run) -> dict[tuple[str, str, str], int]:
    """Return milligrams by record, flow and covering part."""
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    for each in runs:
        for row in each.table("ledger").to_pylist():
            found[row["record_id"], row["flow"], row["part"]] += row["co2e"]
    return {key: mg for key, mg in found.items() if mg}


def test_halves_add_up_to_the_year_and_come_out_again(metered: Workspace, tmp_path: Path) -> None:
    year, *halves = (run(metered, period) for period in ("2024", *HALVES))

    assert posted(*halves) == posted(year)
    uncovered = {1: 480, 2: 1020}  # 800 and 1700 kWh, of which two fifths are covered
    for number, half in enumerate(halves, start=1):
        rows = [row for row in half.table("ledger").to_pylist() if row["flow"] == "market-direct" and row["co2e"]]
        assert sum(row["co2e"] for row in rows) == uncovered[number] * 401_000
    assert verify(metered).good
    made = make_bundle(metered, halves[0], tmp_path / "half.zip")
    assert verify_bundle(made.path).good


def test_a_half_year_is_compared_as_it_was_calculated(metered: Workspace) -> None:
    run(metered, "2024")
    first, second = (run(metered, half) for half in HALVES)

    bridge = compare(metered, first.id, second.id).total(lambda place: place.basis == "market")

    # A part of the year's run is what the run of that part is: 540 kWh more that is not covered.
    assert bridge.after - bridge.before == 540 * 483_000
    part = compare(metered, "2024:2024-H1", "2024:2024-H2").total(lambda place: place.basis == "market")
    assert (part.before, part.after) == (bridge.before, bridge.after)


def test_a_half_year_of_version_0_1_0_stays_what_it_was(metered: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    new = run(metered, HALVES[0])
    spec = running.make_spec
    monkeypatch.setattr(
        running, "make_spec", lambda *given: {k: v for k, v in spec(*given).items() if k != "certificates"}
    )
    monkeypatch.setattr(running, "compute", partial(compute, settle="period"))

    old = run(metered, HALVES[0])

    assert (old.settle, new.settle) == ("period", "calendar-year")
    covered = sum(row["quantity"] for row in old.table("ledger").to_pylist() if row["part"] >= 100) / 4
    assert covered == Decimal("497.267")  # 182 of the 366 days of the claim
    assert verify(metered).good
    compare(metered, old.id, new.id)
