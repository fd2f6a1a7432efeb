"""Which lists a run reads: those of this country, and of another publisher only what a record needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.running import is_current, make_spec
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, LIST_2026, build_small, clock, pin, run, take_in

DUTCH = [LIST_2026, "co2emissiefactoren-secondhand"]


def lists(workspace: Workspace, year: int) -> list[str]:
    spec = make_spec(workspace, Period.year(year), "pins", "AR6")
    return [entry["id"] for entry in spec["libraries"]]


@pytest.fixture
def abroad(tmp_path: Path) -> Workspace:
    """The example organisation with its second site in Belgium, and the power of two sites in two years."""
    head, name, rest = (EXAMPLE / "organisation.toml").read_text(encoding="utf-8").partition('aliases = ["Oost"]')
    organisation = head + name + rest.replace('country = "NL"', 'country = "BE"', 1)
    workspace = Workspace.create(tmp_path / "abroad", organisation.encode(), "organisation.toml", clock)
    power = "Vestiging;Jaar;kWh;Herkomst\r\nHK;2024;1000;meter\r\nOost;2024;2000;meter\r\nOost;2018;500;meter\r\n"
    take_in(workspace, "elektriciteit.csv", power.encode())
    pin(workspace)
    return workspace


def test_a_run_without_records_abroad_names_the_dutch_lists_only(tmp_path: Path) -> None:
    assert lists(build_small(tmp_path / "small"), 2024) == DUTCH


def test_a_record_abroad_brings_the_editions_of_the_period_or_all_when_there_is_none(abroad: Workspace) -> None:
    assert lists(abroad, 2024) == [*DUTCH, "ember-2024"]
    assert lists(abroad, 2018) == [*DUTCH, *(f"ember-{year}" for year in range(2019, 2025))]


def test_a_run_with_power_abroad_is_stored_current_and_verified(abroad: Workspace) -> None:
    done = run(abroad, 2024)
    factors = {row["factor"].partition("#")[0] for row in done.table("ledger").to_pylist()}
    assert factors == {LIST_2026, "ember-2024"}
    assert is_current(abroad, done)
    verdict = verify(abroad)
    assert verdict.good, verdict.issues
