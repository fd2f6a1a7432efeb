"""A file is looked at, its draft filled in, and previewed; nothing is stored before it is taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trede.kernel.errors import TredeError
from trede.workspace.drafting import draft_of, look_at, profile_data, profile_of_draft, rename_profile, wrong_in
from trede.workspace.importing import STEPS, import_file, preview_file
from workspaces import create, read_example


def test_a_look_is_a_first_draft() -> None:
    seen = look_at(read_example("tankpas-2024.csv"), "tankpas-2024.csv", {})
    assert [column.letter for column in seen.columns[:3]] == ["A", "B", "C"]
    assert seen.columns[7].values == ["Euro 95 E10", "Diesel B7", "HVO100"]
    assert seen.draft["columns"]["quantity"]["header"] == ["Liters"]
    assert seen.draft["file"] == {"decimal": ",", "dates": "dd-mm-yyyy"}
    assert seen.rows == 1126


def test_a_file_that_needs_a_choice_says_so_and_is_read_with_it() -> None:
    data = read_example("aardgas-per-maand.xlsx")
    seen = look_at(data, "gas.xlsx", {})
    assert not seen.columns
    assert [issue["code"] for issue in seen.issues] == ["sheet_ambiguous"]
    seen = look_at(data, "gas.xlsx", {"sheet": seen.sheets[0]})
    assert sum(column.period for column in seen.columns) == 12
    assert seen.draft["file"]["sheet"] == "Gas per maand"
    assert "crosstab" in seen.draft


@pytest.mark.parametrize("chosen", [{"decimal": "x"}, {"header_row": 0}, {"dates": "??"}])
def test_a_setting_that_is_none_is_refused(chosen: dict[str, Any]) -> None:
    with pytest.raises(TredeError) as caught:
        look_at(b"a;b\n1;2\n", "a.csv", chosen)
    assert caught.value.issues[0].code == "setting_invalid"


def test_a_draft_says_what_is_wrong_until_it_is_a_profile(tmp_path: Path) -> None:
    workspace = create(tmp_path)
    data = b"Datum;Verbruik\n01-01-2024;5,5\n20-01-2024;4,5\n"
    draft = look_at(data, "meter.csv", {}).draft
    assert {issue.code for issue in wrong_in(workspace, draft)} == {"activity_type_empty", "profile_line_empty"}
    draft["constants"] |= {"activity_type": "electricity", "unit": "kWh"}
    assert wrong_in(workspace, draft) == []
    profile = profile_of_draft(workspace, draft)
    assert draft_of(profile)["columns"] == draft["columns"]
    told: list[str] = []

    def step(name: str, _share: float = 0.0, /) -> None:
        if told[-1:] != [name]:
            told.append(name)

    ready = preview_file(workspace, data, "meter.csv", profile, step=step)
    assert ready.settled.counts == {"accepted": 2, "set_aside": 1, "held": 0, "rejected": 0}
    assert told == list(STEPS[:2])
    assert workspace.batches() == []
    assert list(workspace.evidence.all()) == []
    imported = import_file(workspace, data, "meter.csv", profile, step=step)
    assert imported.batch.counts == ready.settled.counts
    assert told == [*STEPS[:2], *STEPS]
    again = preview_file(workspace, data, "meter.csv", profile)
    assert again.same is not None
    assert again.same.id == imported.batch.id


def test_a_profile_gets_another_name_and_keeps_its_remarks(tmp_path: Path) -> None:
    workspace = create(tmp_path)
    text = profile_data({
        "id": "meter", "title": "Meter", "source": "meter", "columns": {"date": {"header": "Datum"}, "quantity": {"header": "Q"}},
        "constants": {"activity_type": "electricity", "unit": "kWh"},
    })  # fmt: skip
    workspace.save_profile(b"# why\n" + text, "meter.toml")
    renamed = rename_profile(workspace, "meter", "  De \\ meter ")
    assert renamed.title == "De \\ meter"
    latest = workspace.profile_versions("meter").latest()
    assert latest is not None
    assert latest.read().startswith(b"# why\n")
    with pytest.raises(TredeError) as caught:
        rename_profile(workspace, "gas", "Gas")
    assert caught.value.issues[0].code == "profile_unknown"
