"""Uncertainty as it is printed: below a total, of a difference, and of one record with its sources."""

from __future__ import annotations

from decimal import Decimal

import pytest

from trede.analysis.uncertainty import UNKNOWN, Interval
from trede.cli.language import Speaker
from trede.cli.main import main
from trede.cli.uncertainty import interval, whole_percent
from trede.workspace import Workspace

DUTCH = Speaker("nl")


def call(example: Workspace, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["--lang", "en", "-w", str(example.layout.root), *words]) == 0
    return capsys.readouterr().out.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("half", "text"),
    [(7, "± 7 %"), (30, "± 30 %"), (52, "−42 %, +61 %"), (0, "± 0 %")],
)
def test_an_interval_in_words(half: int, text: str) -> None:
    tonne = 10**9
    found = Interval(100 * tonne, 100 * tonne, half * tonne, Decimal(1))
    assert interval(DUTCH, found).replace("\u00a0", " ") == text


def test_unknown_is_said() -> None:
    assert interval(DUTCH, UNKNOWN) == "onbekend"


@pytest.mark.parametrize(("part", "text"), [("0.004", "< 1 %"), ("0.955", "96 %"), ("0.999", "> 99 %"), ("1", "100 %")])
def test_a_share_never_rounds_to_all_or_nothing(part: str, text: str) -> None:
    assert whole_percent(DUTCH, Decimal(part)).replace("\u00a0", " ") == text


def test_totals_and_differences_show_theirs(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    shown = call(example, capsys, "show", "2023", "2024", "--standard", "ladder")
    assert "uncertainty (95 %)     ± 7 %   ± 7 %" in shown
    assert "known for             93 %    96 %" in shown
    compared = call(example, capsys, "compare", "2023", "2024")
    assert "Uncertainty of the difference (95 %): ± " in compared


def test_a_record_shows_both_figures_with_sources(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    run = example.run_of("2024")
    assert run is not None
    rows = run.table("ledger").to_pylist()
    gas = next(r for r in rows if r["activity_type"] == "natural-gas" and r["quality"] == "estimated")
    shown = call(example, capsys, "explain", f"2024/{gas['record_id']}")
    assert "quantity  ± 10 %  Fuel and gas, estimated or extrapolated; 2006 IPCC Guidelines" in shown
    assert "factor     ± 5 %  Natural gas; ADEME, Base Carbone, version 22.0" in shown
    assert "This error is shared with other rows: estimate:natural-gas:" in shown
    car = next(r for r in rows if r["activity_type"] == "travel-car")
    shown = call(example, capsys, "explain", f"2024/{car['record_id']}")
    assert "quantity  unknown  there is no figure with a source" in shown


def test_what_decides_an_interval_is_listed(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    shown = call(example, capsys, "uncertainty", "2024", "--top", "4")
    assert "160.55" in shown
    assert "factor Benzine E10, liter (co2emissiefactoren-2026-08-20)" in shown
    assert "meter 871600000000000010: Electricity for buildings, hoofdkantoor" in shown
    assert "draws" not in shown
    listed = [line.split()[0] for line in shown.splitlines() if line.lstrip()[:2] in ("1 ", "2 ", "3 ", "4 ", "5 ")]
    assert listed == ["1", "2", "3", "4"]


def test_draws_stand_below_the_interval_of_the_formula(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("uncertainty", "2024", "--draws", "10000", "--seed", "1", "--top", "0")
    shown = call(example, capsys, *words)
    assert shown == call(example, capsys, *words)
    assert "uncertainty (95 %)                ± 7 %  149.28 to 171.83" in shown
    assert "10,000 draws, seed 1 (95 %)  −7 %, +7 %  149.64 to 172.01" in shown
    assert "What decides" not in shown
    other = call(example, capsys, "uncertainty", "2024", "--draws", "10000", "--seed", "2", "--top", "0")
    assert "149.64 to 172.01" not in other


def test_draws_out_of_range_are_refused(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "-w", str(example.layout.root), "uncertainty", "2024", "--draws", "10"]) == 1
    assert "10 draws cannot be made: ask for 1000 to 1000000." in capsys.readouterr().err
