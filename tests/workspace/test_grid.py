"""Typed figures: read, kept as a file of their own, traced to a cell of it, changed without counting twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.grid import Grid, Line, grid_batch, grid_file, grid_of_batch, look_over, store_grid, stored_lines
from workspaces import create

EMPTY = ("",) * 12


def grid(*lines: Line, decimal: str = ",") -> Grid:
    """Return a grid of electricity."""
    return Grid("meterstanden", "Stroom", "electricity", {}, 2025, lines, decimal)


def line(*figures: str, meter: str = "A1", site: str = "hoofdkantoor", unit: str = "kWh") -> Line:
    """Return a line with its first months."""
    return Line(meter, site, unit, (*figures, *EMPTY)[:12])


@pytest.mark.parametrize(
    ("text", "decimal", "value", "doubtful"),
    [
        ("1.234,5", ",", "1234.5", False),
        ("1234.5", ",", "1234.5", False),
        ("1.234", ",", "1234", True),
        ("1.234", ".", "1.234", True),
        ("1,234", ".", "1234", True),
        ("12,5", ".", "12.5", False),
        ("-3", ",", "-3", False),
    ],
)
def test_a_figure_is_read_as_the_language_writes_it(text: str, decimal: str, value: str, doubtful: bool) -> None:
    looked = look_over(grid(line(text), decimal=decimal))
    assert looked.values == {(0, 0): Decimal(value)}
    assert bool(looked.doubtful) == doubtful
    assert looked.wrong == []


def test_what_cannot_be_read_has_its_place() -> None:
    looked = look_over(grid(line("12", "n.v.t."), line("1", unit="")))
    assert [(row, month, issue.code) for row, month, issue in looked.wrong] == [
        (0, 1, "number_unreadable"),
        (1, None, "grid_unit_missing"),
    ]


def test_a_figure_far_from_the_others_is_pointed_out() -> None:
    assert look_over(grid(line("100", "110", "95", "1500"))).far == [(0, 3)]


def test_a_grid_is_a_file_whose_cells_are_the_records(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    typed = grid(line("1.234,5", "-", "900"), line("10", meter="B2", unit="MWh"), line())
    imported = store_grid(workspace, typed, "Stroom 2025.csv")
    batch = imported.batch
    records = batch.records().sort_by([("row", "ascending"), ("column_number", "ascending")]).to_pylist()
    assert [(r["row"], r["column_number"], str(r["quantity"]), r["unit"]) for r in records] == [
        (2, 4, "1234.500000", "kWh"),
        (2, 6, "900.000000", "kWh"),
        (3, 4, "10.000000", "MWh"),
    ]
    assert {r["site"] for r in records} == {"hoofdkantoor"}
    original = workspace.evidence.get(batch.file_sha256).read().decode("utf-8-sig").splitlines()
    assert original[1].split(";")[3] == "1234,5"
    assert grid_file(typed) == workspace.evidence.get(batch.file_sha256).read()
    assert store_grid(workspace, typed, "Stroom 2025.csv").again


def test_a_changed_grid_takes_the_place_of_the_first(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    first = store_grid(workspace, grid(line("100", "90")), "Stroom 2025.csv").batch
    found = grid_batch(workspace, grid())
    assert found is not None
    lines = stored_lines(workspace, found)
    assert lines == [line("100", "90")]
    assert grid_of_batch(found) == grid()
    second = store_grid(workspace, grid(line("100", "95")), "Stroom 2025.csv").batch
    assert [batch.id for batch in workspace.active_batches()] == [second.id]
    kept = set(first.records()["record_id"].to_pylist()) & set(second.records()["record_id"].to_pylist())
    assert len(kept) == 1
    other = store_grid(workspace, replace(grid(line("5")), year=2024), "Stroom 2024.csv").batch
    assert {batch.id for batch in workspace.active_batches()} == {second.id, other.id}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((line(),), "grid_empty"),
        ((line("x"),), "number_unreadable"),
        ((line("1", unit=""),), "grid_unit_missing"),
    ],
)
def test_nothing_is_stored_of_a_grid_that_is_not_whole(tmp_path: Path, lines: tuple[Line, ...], code: str) -> None:
    workspace: Workspace = create(tmp_path / "w")
    with pytest.raises(TredeError) as caught:
        store_grid(workspace, grid(*lines), "x.csv")
    assert caught.value.issues[0].code == code
    assert workspace.batches() == []
    assert workspace.profiles() == {}
