"""What a file would do to the years that it touches: real calculations, thrown away, the same as after it was taken in."""

from datetime import date
from pathlib import Path

import pytest

from trede.catalogue.standards import find_standard
from trede.engine.runs import Run
from trede.intake import load_profile
from trede.inventory.footprint import footprint_of
from trede.workspace import Workspace, weighing
from trede.workspace.importing import preview_file
from trede.workspace.weighing import standing, weigh_file
from workspaces import FILLS, Copy, Fill, create, fuel_card, pin, profile_bytes, run, snapshot, take_in

FUEL = load_profile(profile_bytes("tankpas.csv"), "tankpas.toml")


def total(of: Run | None) -> int | None:
    return of and footprint_of(of, find_standard("ladder"), "market").total


def weighed(workspace: Workspace, data: bytes, **options: str) -> dict[int, tuple[int | None, int | None, bool]]:
    """Return by year the two totals, and whether the first of them is stored."""
    ready = preview_file(workspace, data, "tankpas-extra.csv", FUEL, **options)  # type: ignore[arg-type]
    before = snapshot(workspace.layout.root)
    with weigh_file(workspace, ready) as weights:
        found = {each.year: (total(each.before), total(each.after), each.stands) for each in weights}
    assert snapshot(workspace.layout.root) == before
    return found


def test_a_first_file_is_weighed_against_nothing_and_is_the_later_calculation(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    pin(workspace)
    found = weighed(workspace, fuel_card())
    assert set(found) == {fill.day.year for fill in FILLS}
    take_in(workspace, "tankpas.csv", fuel_card())
    for year, (before, after, stands) in found.items():
        assert (before, stands) == (None, False)
        assert total(run(workspace, year)) == after


def test_a_further_file_is_weighed_against_the_stored_calculation_or_one_of_today(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    stored = run(workspace, 2024)
    more = fuel_card([Fill("N1", date(2024, 7, 1), "100,00"), Fill("N2", date(2022, 7, 1), "50,00")])
    found = weighed(workspace, more)
    before, after, stands = found[2024]
    assert stands
    assert before == total(stored)
    assert found[2022][0] is None
    assert found[2022][1]
    rested_on = standing(workspace)
    take_in(workspace, "tankpas-2.csv", fuel_card([Fill("M1", date(2024, 8, 1), "10,00")]))
    assert standing(workspace) != rested_on
    today, later, stands = weighed(workspace, more)[2024]
    assert not stands
    assert before is not None
    assert after is not None
    assert today is not None
    assert later is not None
    assert before < today
    assert later - today == after - before > 0


def test_what_a_file_replaces_counts_no_more(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    pin(workspace)
    batch = take_in(workspace, "tankpas.csv", fuel_card()).batch
    found = weighed(workspace, fuel_card(FILLS[:1]), replaces=batch.id)
    assert set(found) == {fill.day.year for fill in FILLS}, "also the years that it takes records from"
    take_in(workspace, "tankpas.csv", fuel_card(FILLS[:1]), replaces=batch.id)
    [year] = {fill.day.year for fill in FILLS[:1]}
    assert total(run(workspace, year)) == found[year][1]
    assert [after for each, (_, after, _) in found.items() if each != year] == [None]


def test_many_years_are_told_and_not_all_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weighing, "MOST_YEARS", 1)
    workspace = create(tmp_path / "w")
    data = fuel_card([Fill(f"Y{year}", date(year, 5, 1), "10,00") for year in (2022, 2024, 2023)])
    with weigh_file(workspace, preview_file(workspace, data, "jaren.csv", FUEL)) as weights:
        assert (list(weights.years), list(weights.left)) == ([2024], [2023, 2022])
