"""A next description: what it will touch, who stored it and why, and nobody's change is written over."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from unittest import mock

import pytest

from trede.cli.main import main
from trede.kernel.errors import StoreError
from trede.organisation.decisions import Describe
from trede.organisation.editing import with_facts, with_thing
from trede.organisation.writing import to_toml
from trede.workspace import Workspace
from trede.workspace.descriptions import descriptions
from trede.workspace.foreseeing import effect_of
from trede.workspace.running import freshness
from trede.workspace.verifying import verify
from workspaces import BY, EXAMPLE, WHEN, Copy

FIRM = "voorbeeld-schoonmaak"
HALF = [
    {"to": date(2023, 12, 31), "share": 1, "controlled": True},
    {"from": date(2024, 1, 1), "share": 0.5, "controlled": False},
]


def test_what_it_touches_is_what_a_calculation_shows(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    now = workspace.organisation
    assert effect_of(workspace, now).again == ()
    named = effect_of(workspace, with_thing(now, "source", {"owner": "Facilities"}, "gas"))
    assert (named.again, named.amounts, named.names) == (("2022", "2023", "2024"), (), False)
    sold = with_thing(now, "entity", {"ownership": HALF}, FIRM)
    assert effect_of(workspace, sold).amounts == ("2024",)
    shares = effect_of(workspace, with_facts(now, {"approach": "equity-share"}))
    assert shares.amounts == ("2022", "2023", "2024")
    moved = with_thing(now, "site", {"country": "BE"}, "oost")
    assert effect_of(workspace, moved).names
    workspace.describe(to_toml(sold), "organisation.toml")
    for run in workspace.runs():
        assert freshness(workspace, run) == "stale"


def test_a_description_is_kept_with_day_person_and_reason(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    after = to_toml(with_facts(workspace.organisation, {"country": "BE"}))
    workspace.describe(after, "organisation.toml", BY)
    workspace.describe(after, "organisation.toml", BY)
    workspace.describe(to_toml(with_facts(workspace.organisation, {"country": "DE"})), "organisation.toml")
    first, second, third = descriptions(workspace)
    assert (first.made_at, first.person) == (WHEN, "")
    assert (second.made_at, second.person, second.reason) == (WHEN, BY["person"], BY["reason"])
    assert (third.made_at, third.person) == (None, "")
    assert verify(workspace).good


def test_a_stop_before_the_note_is_mended_by_storing_again(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    base = descriptions(workspace)[-1].version.id
    after = to_toml(with_facts(workspace.organisation, {"country": "BE"}))
    stop = mock.patch("trede.organisation.decision_log.DecisionLog.record", side_effect=KeyboardInterrupt)
    with stop, pytest.raises(KeyboardInterrupt):
        workspace.describe(after, "organisation.toml", BY, base)
    assert workspace.organisation.country == "BE"
    workspace.describe(after, "organisation.toml", BY, base)
    assert [d.person for d in descriptions(workspace)] == ["", BY["person"]]
    assert sum(isinstance(r.decision, Describe) for r in workspace.decisions.all()) == 1


def test_a_change_that_was_made_meanwhile_is_not_written_over(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    base = descriptions(workspace)[-1].version.id
    mine = to_toml(with_facts(workspace.organisation, {"country": "BE"}))
    workspace.describe(to_toml(with_facts(workspace.organisation, {"country": "DE"})), "organisation.toml")
    with pytest.raises(StoreError) as caught:
        workspace.describe(mine, "organisation.toml", BY, base)
    assert [issue.code for issue in caught.value.issues] == ["description_overtaken"]
    assert workspace.organisation.country == "DE"


def test_the_command_keeps_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "accounts"
    description = EXAMPLE / "organisation.toml"
    assert main(["init", str(root), "--organisation", str(description)]) == 0
    options = ["--lang", "en", "-w", str(root)]
    other = tmp_path / "other.toml"
    other.write_text(description.read_text("utf-8").replace('country = "NL"', 'country = "BE"', 1), "utf-8")
    assert main([*options, "organisation", str(other), "--reason", "we moved", "--by", "Owner"]) == 0
    assert main([*options, "organisation", str(other), "--reason", "x", "--by", "Owner"]) == 1
    capsys.readouterr()
    assert main([*options, "organisation", "--versions"]) == 0
    assert "Owner  we moved" in capsys.readouterr().out
