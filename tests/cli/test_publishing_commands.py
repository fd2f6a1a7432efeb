"""The commands around publication as a user gives them: status, source, exclude, publish, show, compare, base-year, verify."""

from collections.abc import Callable
from pathlib import Path

import pytest

from trede.cli.main import main
from trede.workspace import Workspace
from workspaces import Copy, account_for, run

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def trede(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give a command in English, as a named person; returns exit code, output and messages."""
    monkeypatch.setenv("TREDE_BY", "Board")
    monkeypatch.setenv("TREDE_LANG", "en")

    def give(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return give


@pytest.fixture
def root(small: Workspace, copy: Copy, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with 2024 calculated, of which three sources are still missing."""
    workspace = copy(small)
    run(workspace, 2024)
    monkeypatch.setenv("TREDE_WORKSPACE", str(workspace.layout.root))
    return workspace.layout.root


WHY = ("--reason", "annual report 2024", "--incomplete", "a sample of the year")


def test_from_missing_to_published(root: Path, trede: Run) -> None:
    code, _, messages = trede("publish", 2024, *WHY)
    assert code == 1
    assert messages.count("is missing for 2024") == 3
    assert "trede source reizen 2024 --none" in messages

    assert trede("source", "reizen", 2024, "--none", "--reason", "nobody travelled")[0] == 0
    excluded = ("--excluded", "--estimate", "1,25", "--basis", "the year before", "--reason", "provider gone")
    assert trede("source", "laadpas", 2024, *excluded)[0] == 0
    _, status, _ = trede("status", 2024)
    assert "2024: none this year, says Board: nobody travelled. Its size was not estimated." in status
    assert "left out of the footprint, says Board: provider gone. Estimated size: 1.25 tonnes CO2e" in status
    assert "trede publish" not in status

    account_for(Workspace(root), 2024)
    assert "You can publish 2024" in trede("status", 2024)[1]
    code, out, messages = trede("publish", 2024, *WHY)
    assert (code, messages) == (0, "")
    assert "2024, version 1: published by Board on" in out
    assert "provider gone" in out
    assert "2024 was published by Board" in trede("status", 2024)[1]
    assert "published already" not in out
    assert trede("publish", 2024, *WHY)[0] == 1


def test_show_holds_on_to_what_is_published(root: Path, trede: Run) -> None:
    workspace = Workspace(root)
    account_for(workspace, 2024)
    trede("publish", 2024, *WHY)
    published = workspace.find_run("2024").id
    before = trede("show", 2024, "--standard", "ladder")[1]
    assert "Published, version 1: by Board on" in before
    assert "Since this publication" not in before

    gas = next(b.id for b in workspace.active_batches() if b.source == "gas")
    trede("withdraw", gas, "--reason", "of another firm")
    assert "Calculate a proposal with: trede run 2024" in trede("show", 2024, "--standard", "ladder")[1]
    trede("source", "gas", 2024, "--none", "--reason", "no gas here")
    trede("run", 2024)
    shown = trede("show", 2024, "--standard", "ladder")[1]
    later = workspace.calculated_run("2024")
    assert later is not None
    assert later.id != published
    assert f"trede compare {published} {later.id}" in shown
    assert "Since this publication" not in shown
    table = shown.partition("2024 · run")[0]
    assert table == before.partition("2024 · run")[0]
    assert f"trede compare {published} {later.id}" in trede("status", 2024)[1]
    assert trede("compare", published, later.id, "--standard", "ladder")[0] == 0

    code, _, _ = trede("publish", 2024, "--restates", "--reason", "gas was not ours", *WHY[2:])
    assert code == 0
    shown = trede("show", 2024, "--standard", "ladder")[1]
    assert "Also published, version 1: by Board on" in shown
    assert f"run {published}. annual report 2024" in shown
    listed = trede("publications")[1]
    assert (
        listed.index("2024, version 1")
        < listed.index("This publication was restated by Board")
        < listed.index("2024, version 2")
    )
    assert trede("verify")[0] == 0


def test_a_bundle_says_who_published(root: Path, trede: Run, tmp_path: Path) -> None:
    account_for(Workspace(root), 2024)
    trede("publish", 2024, *WHY)
    target = tmp_path / "2024.zip"
    trede("bundle", 2024, target)
    code, out, _ = trede("verify", target)
    assert code == 0
    assert "published by Board on" in out
    assert "annual report 2024" in out


def test_the_base_year_is_named_and_held_against_its_threshold(root: Path, trede: Run) -> None:
    workspace = Workspace(root)
    assert "No base year" in trede("base-year")[1]
    code, _, messages = trede("base-year", 2024, "--reason", "first year")
    assert code == 1
    assert "no built-in value" in messages
    assert trede("base-year", 2024, "--threshold", "0", "--reason", "first year")[0] == 1
    assert trede("base-year", 2024, "--threshold", "2,5", "--reason", "first year")[0] == 0
    assert "was not published yet" in trede("base-year")[1]
    account_for(workspace, 2024)
    trede("publish", 2024, *WHY)
    assert "Recalculation is not needed" in trede("base-year")[1]
    assert "Base year: 2024, recalculate from 2.5 %" in trede("show", 2024)[1]

    gas = next(b.id for b in workspace.active_batches() if b.source == "gas")
    trede("withdraw", gas, "--reason", "of another firm")
    trede("run", 2024)
    out = trede("base-year", "--standard", "ladder")[1]
    assert "The threshold is 2.5 %: recalculation needed." in out
    assert "trede publish 2024 --restates" in out


def test_excluded_records_stay_visible(root: Path, trede: Run) -> None:
    workspace = Workspace(root)
    (pinned,) = (r.id for r in workspace.decisions.in_force() if r.decision.kind == "pin")
    trede("revoke", pinned, "--reason", "no list yet")
    assert trede("run", 2024)[0] == 1
    made = workspace.calculated_run("2024")
    assert made is not None
    kinds = sorted({row["activity_type"] for row in made.table("unmatched").to_pylist()})
    assert len(kinds) > 1
    for kind in kinds:
        assert trede("exclude", kind, "--years", 2024, "--reason", "no list at hand")[0] == 0
    for command in ("run", "show", "status"):
        code, out, _ = trede(command, 2024)
        assert code == 0
        assert out.count("left out of the footprint, says Board: no list at hand") == len(kinds), command
    assert trede("exclude", "nonsense", "--years", 2024, "--reason", "no list at hand")[0] == 1
    bad = trede("exclude", kinds[0], "--years", 2024, "--estimate", "2", "--reason", "no list at hand")
    assert bad[0] == 1
    assert "belong together" in bad[2]
