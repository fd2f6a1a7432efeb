"""What was checked of a run, check by check: everything agrees, or each kind of damage is told by the check it belongs to."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trede.kernel.disk import file_hash
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import seal, unseal
from trede.workspace import Workspace
from trede.workspace.bundling import make_bundle
from trede.workspace.proving import WHAT, Proof, checks_of, prove, sums_of
from trede.workspace.removing import remove_original
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import Again
from workspaces import build_small, run


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a year that was calculated."""
    workspace = build_small(tmp_path_factory.mktemp("proving") / "workspace")
    run(workspace, 2024)
    return workspace.layout.root


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Workspace:
    """A copy to damage."""
    shutil.copytree(whole, tmp_path / "workspace")
    return Workspace(tmp_path / "workspace")


def states(proof: Proof) -> dict[str, str]:
    """Return what each check came to."""
    return {check.what: check.state for check in proof.checks}


def test_everything_agrees_and_is_counted(copy: Workspace) -> None:
    steps: list[str] = []
    found = copy.find_run("2024")
    proof = prove(copy, found, lambda name, _share=0.0: steps.append(name))
    assert proof.good
    assert set(states(proof).values()) == {"agrees"}
    counts = {check.what: check.count for check in proof.checks}
    assert tuple(counts) == WHAT[:-1], "nothing is published"
    assert counts["ledger"] == found.table("ledger").num_rows == found.result["rows"] > 0
    assert counts["totals"] == found.table("totals").num_rows
    assert counts["originals"] == len(found.spec["batches"])
    assert counts["files"] == sum(1 for path in copy.layout.root.rglob("*") if path.is_file() and path.name != ".lock")
    assert {(each.standard, each.basis) for each in proof.sums} >= {("ladder", "market"), ("ghg", "location")}
    assert all(each.kept == each.again != 0 for each in proof.sums)
    assert steps[0] == "files"
    assert {"originals", "plan", "ledger", "totals"} <= set(steps)


def test_a_changed_file_stops_the_rest(copy: Workspace) -> None:
    path = copy.find_run("2024").folder / "ledger.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"X")
    proof = prove(copy, copy.find_run("2024"))
    assert not proof.good
    assert states(proof) == {"files": "differs", **dict.fromkeys(WHAT[1:-1], "skipped")}
    assert proof.sums == []
    assert any("ledger.parquet" in (issue.location.file or "") for issue in proof.issues)


def test_a_forged_total_that_was_sealed_again_is_found(copy: Workspace) -> None:
    """All files fit their seals; only calculating again finds it, and shows both totals."""
    found = copy.find_run("2024")
    totals = found.table("totals")
    column = totals.schema.get_field_index("co2e")
    values = totals["co2e"].to_pylist()
    values[0] += 1
    forged = totals.set_column(column, totals.schema.field("co2e"), pa.array(values, totals["co2e"].type))
    pq.write_table(forged, found.folder / "totals.parquet")
    made = unseal(found.folder / "made.json")
    made["files"]["totals.parquet"] = file_hash(found.folder / "totals.parquet")
    (found.folder / "made.json").write_bytes(seal(made))
    proof = prove(copy, copy.find_run("2024"))
    assert not proof.good
    assert states(proof)["totals"] == "differs"
    assert states(proof)["ledger"] == states(proof)["plan"] == "agrees"
    assert {abs(each.kept - each.again) for each in proof.sums} <= {0, 1}
    assert any(each.kept != each.again for each in proof.sums)


def test_a_bundle_is_told_check_by_check(copy: Workspace, tmp_path: Path) -> None:
    good = verify_bundle(make_bundle(copy, copy.find_run("2024"), tmp_path / "b.zip").path)
    assert {check.what: check.state for check in good.checks} == {
        **dict.fromkeys(WHAT[:-1], "agrees"), "originals": "skipped",
    }  # fmt: skip
    assert all(each.kept == each.again for each in good.sums)
    full = make_bundle(copy, copy.find_run("2024"), tmp_path / "full.zip", with_originals=True).path
    assert {check.state for check in verify_bundle(full).checks} == {"agrees"}


@pytest.mark.parametrize(("place", "first"), [("batches/x/records.parquet", "records"), ("libraries/x", "factors")])
def test_what_is_not_what_was_pinned_differs_and_the_rest_is_skipped(copy: Workspace, place: str, first: str) -> None:
    found = copy.find_run("2024")
    again = Again([Issue.error("content_differs", Location(file=place))])
    told = {check.what: check.state for check in checks_of(copy, found, again)}
    assert told == {
        "records": "differs" if first == "records" else "agrees",
        "factors": "differs" if first == "factors" else "skipped",
        "plan": "skipped", "ledger": "skipped", "totals": "skipped",
    }  # fmt: skip
    assert sums_of(found, again) == []


def test_a_plan_of_other_software_is_used_and_not_called_checked(copy: Workspace) -> None:
    found = copy.find_run("2024")
    again = Again([], found.table("totals"), anew=False)
    assert {check.what: check.state for check in checks_of(copy, found, again)}["plan"] == "skipped"


def test_an_original_that_was_removed_is_not_read_again(copy: Workspace) -> None:
    batch = copy.active_batches()[0]
    remove_original(copy, batch.file_sha256, "somebody asked for it", "Quality officer")
    proof = prove(copy, copy.find_run("2024"))
    assert proof.good
    read = next(check for check in proof.checks if check.what == "originals")
    assert read.count == len(copy.find_run("2024").spec["batches"]) - 1
    assert any(issue.code == "batch_without_original" for issue in proof.issues)
