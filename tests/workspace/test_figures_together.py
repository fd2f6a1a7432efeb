"""Figures of one row that contradict each other are a fault of that row, and say what they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue.template import template
from trede.catalogue.vocabulary import vocabulary
from trede.cli.language import Speaker
from trede.cli.template_file import template_csv
from trede.intake.template import template_profile
from trede.kernel.errors import IntakeError
from trede.kernel.periods import Period
from trede.workspace.importing import Imported, import_file
from trede.workspace.running import run_period
from workspaces import create


def take_in(folder: Path, ident: str, inputs: dict[str, str]) -> Imported:
    """Take in the sample of a type with other figures."""
    kind = vocabulary()[ident]
    assert kind.sample is not None
    changed = kind.model_copy(update={"sample": kind.sample.model_copy(update={"inputs": inputs})})
    text = template_csv(Speaker("en"), {ident: changed}).decode("utf-8-sig")
    data = text.replace(template().example.marked(kind, "en"), kind.name.en).encode()
    return import_file(create(folder / "firm"), data, "own.csv", template_profile(data, "own.csv"))


@pytest.mark.parametrize(
    ("kind", "inputs", "code", "said"),
    [
        ("product-end-of-life", {"share_recycled": "0.6", "share_incinerated": "0.3"}, "shares_not_whole", "0.9"),
        ("product-end-of-life", {"share_recycled": "0.7", "share_incinerated": "0.4"}, "shares_not_whole", "1.1"),
        ("product-end-of-life", {}, "shares_not_whole", "0"),
        ("freight-fuel", {"own_load": "16", "total_load": "15"}, "part_above_whole", "16"),
        ("storage-power", {"own_volume": "500", "total_volume": "400"}, "part_above_whole", "500"),
    ],
)
def test_figures_that_cannot_stand_together(
    tmp_path: Path, kind: str, inputs: dict[str, str], code: str, said: str
) -> None:
    with pytest.raises(IntakeError) as caught:
        take_in(tmp_path, kind, inputs)
    none, reason = caught.value.issues
    assert (none.code, reason.code, reason.location.row) == ("no_row_accepted", code, 2)
    assert said in dict(reason.params).values()


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("product-end-of-life", {"share_recycled": "0.333333", "share_incinerated": "0.666667"}),
        ("freight-fuel", {"own_load": "15", "total_load": "15"}),
    ],
)
def test_figures_that_can(tmp_path: Path, kind: str, inputs: dict[str, str]) -> None:
    assert take_in(tmp_path, kind, inputs).batch.facts["counts"]["accepted"] == 1


def test_the_list_of_what_a_record_counts_as_is_read(tmp_path: Path) -> None:
    """The British list is read for a year only when a record needs it; this one does through what it is posted as."""
    kind = vocabulary()["freight-vehicle-sold"]
    text = template_csv(Speaker("en"), {kind.id: kind}).decode("utf-8-sig")
    data = text.replace(template().example.marked(kind, "en"), kind.name.en).encode()
    workspace = create(tmp_path / "firm")
    import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    found = run_period(workspace, Period.year(template().example.day.year))
    assert not found.table("unmatched").num_rows
    assert {row["factor"].partition("#")[0] for row in found.table("ledger").to_pylist()} == {"desnz-2024"}
