"""Many files: what is stored is read once, read again when it changes, and asked by name."""

from __future__ import annotations

import os
from unittest import mock

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from trede.activity import batches
from trede.activity.stored import Names, stored_of
from trede.inventory.completeness import source_status
from trede.inventory.days import days_within
from trede.kernel.addresses import Address
from trede.kernel.errors import StoreError
from trede.kernel.periods import Period
from trede.kernel.sealed import read_json
from trede.workspace import Workspace
from workspaces import Copy


def test_a_batch_is_read_once_and_again_when_its_file_changes(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    with mock.patch.object(batches, "read_json", side_effect=read_json) as reading:
        known = workspace.batches()
        assert [batch.id for batch in workspace.batches()] == [batch.id for batch in known]
        assert reading.call_count == len(known)
    facts = known[0].folder / "batch.json"
    facts.write_bytes(facts.read_bytes().replace(b'"source": "', b'"source": "x'))
    os.utime(facts, ns=(1, 1))
    changed = next(batch for batch in workspace.batches() if batch.id == known[0].id)
    assert changed.source == f"x{known[0].source}"
    facts.unlink()
    with pytest.raises(StoreError, match="stored_file_missing"):
        workspace.batches()


def test_names_are_places_and_the_last_counts() -> None:
    first = pa.table({"document": ["A", None, "B", ""], "row": [2, 3, 4, 5], "column_number": [None] * 4})
    second = pa.table({"document": ["B", "B"], "row": [7, 8], "column_number": pa.array([1, 2], pa.int64())})
    names = Names("document", [("one.csv", first), ("two.csv", second)])
    assert names.values.to_pylist() == ["A", "B", "B", "B"]
    assert names.places(["A", "B", "C", "", None]) == {
        "A": ("one.csv", Address(2, None)),
        "B": ("two.csv", Address(8, 2)),
    }
    assert names.places([]) == {}
    assert Names("document", []).values.to_pylist() == []


def test_what_is_stored_is_of_the_source_and_leaves_out_what_is_replaced(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    active = workspace.active_batches()
    [batch] = [each for each in active if each.source == "tankpas"]
    ids = batch.records("record_id")["record_id"].to_pylist()
    stored = stored_of(active, "tankpas", ())
    assert stored.holds([*ids, "nothing"]) == set(ids)
    assert stored_of(active, "tankpas", [batch.id]).holds(ids) == set()
    assert stored_of(active, "another", ()).holds(ids) == set()


def test_the_days_of_many_files_say_whose_they_are(example: Workspace) -> None:
    active, year = example.active_batches(), Period.year(2024)
    days = days_within([batch.records_path for batch in active], year)
    alone = [days_within([batch.records_path], year) for batch in active]
    assert days.num_rows == sum(table.num_rows for table in alone)
    assert [days.filter(pc.equal(days["file"], at)).num_rows for at in range(len(active))] == [
        table.num_rows for table in alone
    ]
    for status in source_status(example.organisation, active, year):
        own = [at for at, batch in enumerate(active) if batch.source == status.source]
        assert status.records == sum(sum(alone[at]["records"].to_pylist()) for at in own)
        touching = [active[at] for at in own if alone[at].num_rows]
        assert (status.held, status.rejected) == tuple(
            sum(batch.counts[fate] for batch in touching) for fate in ("held", "rejected")
        )
