"""`trede compare` on workspaces: the example's years, a corrected delivery, another list, and what is refused."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from bridge_samples import causes, edition, everything, raised

from trede.analysis.bridge import CAUSES, Bridge
from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.footprint import footprint
from trede.kernel.errors import RunError, StoreError
from trede.workspace import Workspace
from trede.workspace.comparing import compare
from trede.workspace.libraries import store_library
from workspaces import FILLS, Copy, fuel_card, pin, run, take_in

LADDER = find_standard("ladder")


def ladder(bridge: Bridge) -> dict[str, int]:
    """Return the causes under the ladder."""
    return causes(bridge.total(lambda p: p.basis in ("none", "market") and p.account in LADDER.heading_of))


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run a command and return what it prints."""
    capsys.readouterr()
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_the_example_grew_by_activity_alone(example: Workspace) -> None:
    bridge = compare(example, "2022", "2024")
    before, after = (
        footprint(example.find_run(year).table("totals"), LADDER, "market").total for year in ("2022", "2024")
    )
    assert ladder(bridge) == {"activity": after - before}, "one list is pinned for all years"
    # A site that closed is activity too, and all entities are in both years.
    assert causes(bridge.group(lambda place: place.site)["zuid"]).keys() == {"activity"}


def test_the_command_prints_the_bridge_and_its_order(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    text = told(capsys, "--lang", "en", "-w", str(example.layout.root), "compare", "2022", "2024")
    head = "2022  corrections  boundary  method  GWP set  factors  activity    2024"
    assert head in text
    assert re.search(r"Total +118\.24 +0\.00 +0\.00 +0\.00 +0\.00 +0\.00 +49\.75 +167\.99\n", text)
    assert "from 118,240,106,000 to 167,986,353,000 mg CO2e" in text
    assert re.search(r"activity +\+49,746,247,000 +\+42\.1", text)
    assert "Order: corrections, boundary, method; then GWP set, factors and activity" in text
    assert "shown rounded" in text
    addresses = re.findall(r"(20\d\d/ladder:market/\S+direct)", text)
    assert [address[:4] for address in addresses] == ["2022", "2024"]
    for address in addresses:
        assert "mg = " in told(capsys, "--lang", "en", "-w", str(example.layout.root), "explain", address)


def test_the_other_way_round_is_the_negation(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    there, back = compare(example, "2022", "2024"), compare(example, "2024", "2022")
    assert ladder(back) == {cause: -mg for cause, mg in ladder(there).items()}
    text = told(capsys, "--lang", "nl", "-w", str(example.layout.root), "compare", "2024", "2022")
    assert re.search(r"activiteit +−49\.746\.247\.000 +−29,6", text)
    assert "van daar naar de eerste gerekend" in text


@pytest.mark.parametrize("by", ["heading", "account", "site", "entity", "type"])
def test_every_table_ends_in_the_same_total(example: Workspace, capsys: pytest.CaptureFixture[str], by: str) -> None:
    names = ("2023:2023-H1", "2024:2024-H1", "--by", by, "--standard", "ghg")
    text = told(capsys, "--lang", "en", "-w", str(example.layout.root), "compare", *names)
    bridge = compare(example, *names[:2])
    total = bridge.total(lambda p: p.basis in ("none", "location") and p.account in find_standard("ghg").heading_of)
    line = next(line for line in text.splitlines() if line.startswith("  Total"))
    figures = [Decimal(part) for part in line.replace("−", "-").split()[1:]]
    exact = [total.before, *total.causes.values(), total.after]
    assert figures == [round(Decimal(mg) / 10**9, 2) for mg in exact]
    assert "2023-H1" in text
    assert "2024-H1" in text


def test_a_corrected_delivery_is_a_correction(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    sent = next(batch for batch in workspace.active_batches() if batch.file_name == "tankpas.csv")
    mended = [replace(fill, litres="48,70") if fill.document == "B2" else fill for fill in FILLS]
    take_in(workspace, "tankpas-2024.csv", fuel_card(mended), replaces=sent.id)
    second = run(workspace, 2024)
    bridge = compare(workspace, first.id, second.id)
    assert ladder(bridge) == {"corrections": 27_940_000}, "ten litres of petrol at 2.794 kg/l"
    back = compare(workspace, second.id, first.id)
    assert ladder(back) == {"corrections": -27_940_000}
    assert back.turned != bridge.turned, "of one period, too, one of the two goes first"


def test_another_list_is_factors(small: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    store_library(workspace, edition("next-edition", lambda _, factor: raised(factor, Decimal("0.1"))))
    pin(workspace, (2024,), "next-edition")
    second = run(workspace, 2024)
    found = causes(everything(compare(workspace, first.id, second.id)))
    litres_and_m3 = Decimal("38.70") + Decimal("55.78") + Decimal("12.50") + Decimal("50.05") + Decimal("770.765027")
    assert found.keys() == {"factors"}
    assert abs(found["factors"] - litres_and_m3 * 100_000) <= 5
    text = told(capsys, "--lang", "en", "-w", str(workspace.layout.root), "compare", first.id, second.id)
    assert f"2024 ({first.id[:8]})" in text
    assert f"2024 ({second.id[:8]})" in text
    assert "Both cover the same period" in text


def test_what_cannot_be_compared_is_refused(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    for name, error, code in (
        ("2024:2023", RunError, "period_outside_run"),
        ("2024:2024-07-01..2025-01-31", RunError, "period_outside_run"),
        ("2019", StoreError, "run_unknown"),
    ):
        with pytest.raises(error) as raised_:
            compare(example, "2022", name)
        assert [issue.code for issue in raised_.value.issues] == [code]
    assert main(["--lang", "en", "-w", str(example.layout.root), "compare", "2022", "2024:2023"]) == 1
    assert "trede run 2023" in capsys.readouterr().err


def test_every_cause_has_a_name_in_both_languages(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    for language, first in (("en", "corrections"), ("nl", "correcties")):
        text = told(capsys, "--lang", language, "-w", str(example.layout.root), "compare", "2022", "2023")
        assert first in text
        assert not [cause for cause in CAUSES if f"cause.{cause}" in text]
