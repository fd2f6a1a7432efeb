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
