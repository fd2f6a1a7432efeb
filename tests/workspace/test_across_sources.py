"""One activity in files of two sources is held until a person decides."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from trede.activity.likeness import look_alikes
from trede.organisation.decisions import HeldRow
from trede.workspace import Workspace
from trede.workspace.importing import Imported, import_file, reimport
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, Copy, Fill, decide_held, fuel_card, held_rows, profile_bytes, snapshot, take_in


def other_source(workspace: Workspace, fills: list[Fill]) -> Imported:
    """Import a fuel card of another source."""
    text = profile_bytes("tankpas.csv").decode().replace('source = "tankpas"', 'source = "huurauto"')
    text = text.replace('id = "tankpas"', 'id = "huurauto"')
    profile = workspace.save_profile(text.encode(), "huurauto.toml")
    return import_file(workspace, fuel_card(fills), "huurauto.csv", profile)


def test_the_same_fill_of_another_source_is_held(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    found = other_source(workspace, [*FILLS[:2], Fill("Z9", date(2024, 6, 6), "11,11")])
    assert held_rows(found.batch) == [2, 3]
    assert found.batch.counts["accepted"] == 1
    issue = next(i for i in found.issues if i.location.row == 3)
    assert (issue.code, issue.values) == (
        "duplicate_across_sources",
        {"first_file": "tankpas.csv", "first_row": 3, "first_source": "tankpas"},
    )
    assert verify(workspace).good


@pytest.mark.parametrize(
    ("change", "held"),
    [
        ({"document": "X1"}, True),  # the vehicle is the same
        ({"plate": "ZZ-999-Z"}, True),  # the document is the same
        ({"document": "X1", "plate": "ZZ-999-Z"}, False),
        ({"document": "X1", "day": date(2024, 1, 6)}, False),
        ({"day": date(2024, 1, 6)}, True),  # document and quantity
        ({"product": "Diesel B7"}, True),
        ({"litres": "38,71"}, False),
    ],
)
def test_what_makes_two_records_alike(small: Workspace, copy: Copy, change: dict[str, object], held: bool) -> None:
    found = other_source(copy(small), [replace(FILLS[1], **change)])
    assert bool(held_rows(found.batch)) is held


def test_the_decision_is_replayed(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    found = other_source(workspace, list(FILLS[:3]))
    batch = decide_held(workspace, found.batch, "drop", [2])
    batch = decide_held(workspace, batch, "accept", [3])
    assert batch.counts == {"accepted": 1, "set_aside": 3, "held": 1, "rejected": 0}
    before = snapshot(workspace.layout.root)
    assert reimport(workspace, batch).again
    assert snapshot(workspace.layout.root) == before
    assert verify(workspace).good


def test_a_batch_that_counts_no_more_makes_nothing_doubtful(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    fuel = next(batch for batch in workspace.active_batches() if batch.source == "tankpas")
    workspace.withdraw(fuel.id, "the wrong file", "Quality officer")
    assert held_rows(other_source(workspace, list(FILLS[:3])).batch) == []


def test_a_claim_may_stand_on_the_invoice_of_its_power(small: Workspace) -> None:
    fuel = next(batch for batch in small.active_batches() if batch.source == "tankpas")
    records = fuel.records()
    kind = records.schema.get_field_index("activity_type")
    claims = records.set_column(kind, "activity_type", pa.array(["certificates"] * records.num_rows))
    assert look_alikes(claims, [fuel], memo={"certificates"}) == {}
    assert len(look_alikes(claims, [fuel])) == records.num_rows
    assert look_alikes(records, []) == {}


def test_a_held_row_may_be_all_there_is(small: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace = copy(small)
    found = other_source(workspace, [FILLS[1]])
    assert found.batch.counts == {"accepted": 0, "set_aside": 2, "held": 1, "rejected": 0}
    assert verify(workspace).good
    workspace.decide(HeldRow(file_sha256=found.batch.file_sha256, row=2, choice="drop", **BY))
    assert reimport(workspace, found.batch).batch.counts["set_aside"] == 3
    assert verify(workspace).good
    assert take_in(workspace, "tankpas.csv", fuel_card()).again
