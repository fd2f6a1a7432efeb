"""A site that moves to another entity or country: its records stay where they were, and every run says so."""

from pathlib import Path

import pytest

from trede.cli.main import main
from trede.kernel.errors import StoreError
from trede.kernel.issues import Issue
from trede.workspace import Workspace
from trede.workspace.moving import moved_sites
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, GAS, Copy, run, take_in

TEXT = (EXAMPLE / "organisation.toml").read_text("utf-8")
OTHER = '\n[[entity]]\nid = "dochter"\nname = "Dochter B.V."\n'
SITE = 'entity = "voorbeeld-schoonmaak"\ncountry = "NL"'
"""The head office is the first site of the description."""


def moved(entity: str = "voorbeeld-schoonmaak", country: str = "NL") -> bytes:
    return (TEXT.replace(SITE, f'entity = "{entity}"\ncountry = "{country}"', 1) + OTHER).encode()


def left_behind(workspace: Workspace, code: str) -> list[Issue]:
    return [issue for issue in run(workspace, 2024).issues if issue.code == code]


@pytest.mark.parametrize(
    ("entity", "country", "code", "column"),
    [
        ("dochter", "NL", "site_entity_changed", "entity"),
        ("voorbeeld-schoonmaak", "BE", "site_country_changed", "geography"),
    ],
)
def test_a_run_says_which_records_did_not_move_along(
    small: Workspace, copy: Copy, entity: str, country: str, code: str, column: str
) -> None:
    workspace = copy(small)
    assert left_behind(workspace, code) == []

    workspace.describe(moved(entity, country), "organisation.toml")
    told = next(issue for issue in left_behind(workspace, code) if issue.location.file == "gas.csv")

    (gas,) = [batch for batch in workspace.active_batches() if batch.source == "gas"]
    before, after = ("voorbeeld-schoonmaak", entity) if column == "entity" else ("NL", country)
    assert told.values == {"site": "hoofdkantoor", "before": before, "after": after, "count": 1, "batch": gas.id}

    with pytest.raises(StoreError, match="file_already_in"):
        take_in(workspace, "gas.csv", GAS)
    again = take_in(workspace, "gas.csv", GAS, supersede=True).batch
    assert again.records()[column].to_pylist() == [after]
    assert {issue.location.file for issue in left_behind(workspace, code)} == {"tankpas.csv"}
    assert verify(workspace).good


def test_a_description_that_moves_nothing_says_nothing(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    workspace.describe(moved(), "organisation.toml")
    assert moved_sites(workspace, workspace.active_batches()) == []


def test_the_command_says_it_when_it_stores_the_description(
    small: Workspace, copy: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = str(copy(small).layout.root)
    (tmp_path / "next.toml").write_bytes(moved("dochter"))
    assert main(["--lang", "en", "-w", root, "organisation", str(tmp_path / "next.toml")]) == 0
    out = capsys.readouterr().out
    assert "gas.csv" in out
    assert "belongs to entity dochter now; 1 record still has voorbeeld-schoonmaak" in out
    assert "--supersede" in out
