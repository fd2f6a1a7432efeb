"""Rejected rows go out with their reason, and come back mended: each counts once, and nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trede.activity.batches import Batch
from trede.kernel.errors import TredeError
from trede.kernel.exporting import csv_bytes
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.mending import mend
from workspaces import create, profile_bytes, read_example, take_in

HEADINGS = {"rij", "row"}


def why(workspace: Workspace) -> dict[str, Any]:
    """Return reason, person and time."""
    return {"reason": "mended in fixed.csv", "person": "me", "made_at": workspace.clock()}


def rejected(batch: Batch) -> list[list[str]]:
    """Return the rejected rows as they go out."""
    numbers = [row["row"] for row in batch.rows().to_pylist() if row["fate"] == "rejected"]
    return [[*batch.headings(), "rij", "reden"], *([*batch.row_cells(n), str(n), "wrong"] for n in numbers)]


def test_mended_rows_come_in_and_none_twice(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas-2024.csv").batch
    lines = rejected(batch)
    whole = sum(batch.counts.values())
    data = _mended(lines)
    mended, after = mend(workspace, batch, data, "fixed.csv", HEADINGS, why(workspace))
    assert mended.batch.counts["accepted"] == len(lines) - 1
    assert mended.batch.counts["rejected"] == 0
    assert after.batch.counts["rejected"] == 0
    assert sum(after.batch.counts.values()) == whole
    ids = [ident for each in workspace.active_batches() for ident in each.records()["record_id"].to_pylist()]
    assert len(ids) == len(set(ids)) == batch.counts["accepted"] + len(lines) - 1
    again, same = mend(workspace, batch, data, "fixed.csv", HEADINGS, why(workspace))
    assert again.again
    assert same.again
    with pytest.raises(TredeError) as caught:
        mend(workspace, after.batch, data, "fixed.csv", HEADINGS, why(workspace))
    assert caught.value.issues[0].code == "row_not_rejected"
    assert len(workspace.active_batches()) == 2


def _mended(lines: list[list[str]]) -> bytes:
    """Return the rejected fills with every fault of the example taken away."""
    title = {name: index for index, name in enumerate(lines[0])}
    found = [lines[0]]
    for number, row in enumerate(lines[1:]):
        fixed = list(row)
        fixed[title["Liters"]] = "41,50"
        fixed[title["Prijs per liter"]] = "2,000"
        fixed[title["Bedrag"]] = "83,00"
        fixed[title["Datum"]] = f"{number % 28 + 1:02}-06-2024"
        fixed[title["Product"]] = "Diesel B7"
        fixed[title["Bonnummer"]] = f"M24-{number}"
        found.append(fixed)
    return csv_bytes(found)


def test_a_code_of_a_plate_stays_the_same_code(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas-2024.csv").batch
    lines = rejected(batch)
    mended, _ = mend(workspace, batch, _mended(lines), "fixed.csv", HEADINGS, why(workspace))
    codes = set(batch.records()["vehicle"].to_pylist())
    plates = lines[0].index("Kenteken")
    sent = {row[plates] for row in lines[1:]} - {""}
    assert set(mended.batch.records()["vehicle"].drop_null().to_pylist()) == sent
    assert sent & codes
    lines[1][plates] = "XX-123-X"
    other = create(tmp_path / "other")
    first = take_in(other, "tankpas-2024.csv").batch
    lines = rejected(first)
    lines[1][plates] = "XX-123-X"
    plain, _ = mend(other, first, _mended(lines), "fixed.csv", HEADINGS, why(other))
    assert "XX-123-X" not in str(plain.batch.rows().to_pylist())


def test_rows_that_are_all_wrong_again_stay_where_they_are(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas-2024.csv").batch
    data = _mended(rejected(batch)).decode("utf-8-sig").replace("01-06-2024", "99-99-2024")
    with pytest.raises(TredeError) as caught:
        mend(workspace, batch, data.encode(), "fixed.csv", HEADINGS, why(workspace))
    assert caught.value.issues[0].code == "no_row_accepted"
    assert [each.id for each in workspace.active_batches()] == [batch.id]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"Bonnummer;Datum\nA;01-01-2024\n", "mend_without_rows"),
        (b"Bonnummer;rij\nA;\n", "mend_without_rows"),
        (b"Bonnummer;rij\nA;2\n", "row_not_rejected"),
    ],
)
def test_what_cannot_be_mended_changes_nothing(tmp_path: Path, data: bytes, code: str) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas-2024.csv").batch
    with pytest.raises(TredeError) as caught:
        mend(workspace, batch, data, "fixed.csv", HEADINGS, why(workspace))
    assert caught.value.issues[0].code == code
    assert [each.id for each in workspace.active_batches()] == [batch.id]


def test_readings_are_mended_in_the_whole_file(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    profile = workspace.save_profile(profile_bytes("meterstanden"), "meterstanden.toml")
    data = read_example("meterstanden-hoofdkantoor.csv")
    batch = import_file(workspace, data, "meterstanden.csv", profile).batch
    with pytest.raises(TredeError) as caught:
        mend(workspace, batch, b"x", "fixed.csv", HEADINGS, why(workspace))
    assert caught.value.issues[0].code == "mend_not_table"
