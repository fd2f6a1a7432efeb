"""Flights on a user's road: a wrong airport is named with its row and column, and explain shows the route."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.cli.main import main
from trede.intake.template import template_profile
from trede.kernel.periods import Period
from trede.workspace.importing import import_file
from trede.workspace.running import run_period
from workspaces import create

FILE = b"""Activity type,Quantity,Unit,Start,End,Quality,Route (route),Purpose (purpose)
flight-route,2,tickets,2026-03-02,2026-03-02,measured,ams - cdg - jfk,business
flight-route,1,journey,2026-03-03,2026-03-03,measured,AMS-JFX,business
flight-route,1,journey,2026-03-04,2026-03-04,measured,AMS,business
"""


def test_a_wrong_airport_is_named_and_a_right_one_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "firm")
    result = import_file(workspace, FILE, "flights.csv", template_profile(FILE, "flights.csv"))

    found = {(issue.location.row, issue.location.column): issue for issue in result.issues}
    assert {place: issue.code for place, issue in found.items()} == {
        (3, "Route (route)"): "airport_unknown",
        (4, "Route (route)"): "route_too_short",
    }
    (record,) = result.batch.records().to_pylist()
    assert '"route":"AMS-CDG-JFK"' in record["attributes"]

    run = run_period(workspace, Period.year(2026))
    assert {row["quantity"] for row in run.table("ledger").to_pylist()} == {796, 11668}
    assert main(["--lang", "en", "-w", str(tmp_path / "firm"), "explain", f"{run.id}/{record['record_id']}"]) == 0
    out = capsys.readouterr().out
    assert "ams - cdg - jfk" in out
    assert "5,834" in out
