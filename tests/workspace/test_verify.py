"""Verifying: yes for what is whole; no, with the file's name, for every changed or missing one and for every forgery."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trede.catalogue.library import build_library
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.content import content_hash
from trede.kernel.disk import file_hash
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, pretty_json, sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import seal, unseal
from trede.workspace import Workspace, verifying
from trede.workspace.libraries import store_library
from trede.workspace.verifying import Verdict, verify
from workspaces import (
    FILLS,
    LIST_2026,
    Copy,
    build_small,
    clock,
    create,
    decide_held,
    fuel_card,
    pin,
    run,
    snapshot,
    take_in,
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a bit of everything that can be stored."""
    workspace = build_small(tmp_path_factory.mktemp("verify") / "workspace")
    workspace.describe(workspace.organisation_versions.all()[0].read() + b"\n# moved\n", "organisation.toml")
    later = take_in(workspace, "tankpas-later.csv", fuel_card([FILLS[4], replace(FILLS[0], document="B6")])).batch
    decide_held(workspace, later, "drop")
    shipped = shipped_libraries()[LIST_2026]
    papers = shipped.papers.model_copy(update={"id": "co2emissiefactoren-2026-09-01"})
    store_library(workspace, build_library(papers, [(Location(), f) for f in list(shipped.factors.values())[:5]]))
    pin(workspace, (2025,))
    for year in (2023, 2024):
        run(workspace, year)
    return workspace


def damaged(workspace: Workspace) -> list[Issue]:
    """Return the errors that verification finds in a folder, also when it cannot even be opened."""
    try:
        verdict = verify(Workspace(workspace.layout.root, clock))
    except StoreError as error:
        return list(error.issues)
    assert not verdict.good
    return [issue for issue in verdict.issues if issue.severity == "error"]


def files(workspace: Workspace) -> Iterator[tuple[str, Path]]:
    for name in snapshot(workspace.layout.root):
        yield name, workspace.layout.root / name


def names(issues: list[Issue], name: str) -> bool:
    return any(issue.location.file and name.endswith(issue.location.file) for issue in issues)


def test_yes(whole: Workspace) -> None:
    verdict = verify(whole)
    assert verdict.good
    assert not verdict.issues
    assert verdict == Verdict(len(snapshot(whole.layout.root)), 4, [r.id for r in whole.runs()], [])
    kinds = {name.partition("/")[0] for name in snapshot(whole.layout.root)}
    assert kinds == {
        "workspace.json", "keys", "organisation", "profiles", "decisions", "evidence", "batches", "libraries", "runs",
    }  # fmt: skip


def test_one_run_alone(whole: Workspace) -> None:
    found = whole.find_run("2024")
    assert verify(whole, found).runs == [found.id]


def test_one_changed_byte_is_found_in_every_file(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    tried = 0
    for name, path in files(whole):
        original = path.read_bytes()
        target = workspace.layout.root / name
        for at in {0, len(original) // 2, len(original) - 1}:
            changed = bytearray(original)
            changed[at] ^= 1
            target.write_bytes(changed)
            issues = damaged(workspace)
            assert names(issues, name), (name, at, issues)
            assert {issue.code for issue in issues} <= {"stored_file_changed", "stored_file_missing"}
            tried += 1
        target.write_bytes(original)
    assert tried > 100
    assert verify(workspace).good


def test_a_shortened_or_lengthened_file_is_found(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    for name, path in files(whole):
        original = path.read_bytes()
        target = workspace.layout.root / name
        for changed in (original + b"\n", original[:-1], b""):
            target.write_bytes(changed)
            assert names(damaged(workspace), name), (name, len(changed))
        target.write_bytes(original)


def test_a_missing_file_is_found(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    for name, path in files(whole):
        target = workspace.layout.root / name
        target.unlink()
        issues = damaged(workspace)
        # The name of a version holds a hash of its content; of a missing one the number is known, the hash may not be.
        numbered = re.sub(r"/(\d{4})-[0-9a-f]{16}\.", r"/\1-*.", name)
        missing = [issue for issue in issues if issue.code != "stored_file_changed"]
        unopened = name == "workspace.json" and issues[0].code == "workspace_missing"
        assert names(missing, name) or names(missing, numbered) or unopened, (name, issues)
        target.write_bytes(path.read_bytes())


def test_exchanged_files_are_found(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    for kind in ("batches", "evidence", "runs"):
        one, two = sorted(workspace.layout.folder(kind).iterdir())[:2]
        for name in sorted(path.name for path in one.iterdir()):
            a, b = (one / name).read_bytes(), (two / name).read_bytes()
            if a == b:
                continue
            (one / name).write_bytes(b)
            (two / name).write_bytes(a)
            told = {issue.location.file or "" for issue in damaged(workspace)}
            for folder in (one, two):
                assert any(file.startswith(f"{kind}/{folder.name}/") for file in told), (kind, name, told)
            (one / name).write_bytes(a)
            (two / name).write_bytes(b)
    assert verify(workspace).good


def test_a_file_that_does_not_belong_here_is_told_and_nothing_is_skipped(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    (workspace.layout.root / "notes.txt").write_text("call the garage")
    verdict = verify(workspace)
    assert verdict.good
    assert [(issue.code, issue.location.file) for issue in verdict.issues] == [("stored_file_unknown", "notes.txt")]
    assert len(verdict.runs) == 2
    assert verdict.batches == 4


# -- forgeries: every hash of a file made anew, so that only recomputing shows them


def resealed(folder: Path, manifest: str, change: Callable[[dict[str, Any]], None]) -> Path:
    """Change a manifest, make the hashes of the folder's files anew and give the folder the name that then fits."""
    facts = json.loads((folder / manifest).read_bytes())
    change(facts)
    (folder / manifest).write_bytes(pretty_json(facts))
    made = unseal(folder / "made.json")
    made["files"] = {name: file_hash(folder / name) for name in made["files"]}
    (folder / "made.json").write_bytes(seal(made))
    return folder.rename(folder.with_name(sha256(pretty_json(facts))[:SHORT]))


def one_more(path: Path, column: str) -> pa.Table:
    """Add one to the first value of a column of a stored table."""
    table = pq.read_table(path)
    at = table.schema.get_field_index(column)
    first, *rest = table[column].to_pylist()
    field = table.schema.field(column)
    table = table.set_column(at, field, pa.array([first + 1, *rest], field.type))
    pq.write_table(table, path)
    return table


def forge_run(workspace: Workspace, name: str, column: str) -> str:
    found = workspace.find_run("2024")
    table = one_more(found.folder / f"{name}.parquet", column)
    told = {f"{name}_content": content_hash(table)}
    return resealed(found.folder, "run.json", lambda facts: facts["result"].update(told)).name


@pytest.mark.parametrize(("name", "column"), [("ledger", "co2e"), ("totals", "rows"), ("plan", "flow_no")])
def test_a_forged_run_does_not_come_out_again(whole: Workspace, copy: Copy, name: str, column: str) -> None:
    workspace = copy(whole)
    ident = forge_run(workspace, name, column)
    told = [(issue.code, issue.location.file) for issue in damaged(workspace)]
    assert ("content_differs", f"runs/{ident}/{name}.parquet") in told


def test_a_forged_ledger_under_a_newer_catalogue_does_not_either(
    whole: Workspace, copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = copy(whole)
    ident = forge_run(workspace, "ledger", "co2e")
    monkeypatch.setattr(verifying, "catalogue_hashes", lambda: {"methods": "another"})
    assert ("content_differs", f"runs/{ident}/ledger.parquet") in [
        (issue.code, issue.location.file) for issue in damaged(workspace)
    ]


def test_a_run_of_an_earlier_catalogue_is_recomputed_with_its_stored_plan(
    whole: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = verifying.catalogue_hashes()
    monkeypatch.setattr(verifying, "catalogue_hashes", lambda: {**now, "methods": "another"})
    verdict = verify(whole)
    assert verdict.good
    assert [(i.code, i.severity, i.values["changed"]) for i in verdict.issues] == [
        ("catalogue_is_newer", "notice", ["methods"])
    ] * len(whole.runs())


def test_a_forged_batch_does_not_follow_from_its_original(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas.csv", fuel_card()).batch
    table = one_more(batch.records_path, "quantity")
    told = {"records_content": content_hash(table)}
    ident = resealed(batch.folder, "batch.json", lambda facts: facts.update(told)).name
    assert [(issue.code, issue.location.file) for issue in damaged(workspace)] == [
        ("content_differs", f"batches/{ident}/records.parquet")
    ]


def test_a_run_whose_batch_is_gone_says_so(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    gone = workspace.find_run("2024").spec["batches"][0]["id"]
    shutil.rmtree(workspace.layout.folder("batches") / gone)
    assert {(issue.code, issue.values["batch"]) for issue in damaged(workspace)} == {("batch_unknown", gone)}


def test_a_run_whose_library_is_gone_says_so(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    shutil.rmtree(workspace.layout.folder("libraries") / "co2emissiefactoren-2026-09-01")
    assert {issue.code for issue in damaged(workspace)} == {"library_missing"}


def test_loose_files_among_the_stored_ones_do_no_harm(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    folders = ("batches", "runs", "evidence", "profiles", "libraries")
    for name in folders:
        (workspace.layout.folder(name) / "notes.txt").write_bytes(b"not ours")
        (workspace.layout.folder(name) / ".DS_Store").write_bytes(b"not ours")
    assert [run.id for run in workspace.runs()] == [run.id for run in whole.runs()]
    verdict = verify(workspace)
    assert verdict.good
    strange = {issue.location.file for issue in verdict.issues if issue.code == "stored_file_unknown"}
    assert strange == {f"{name}/{file}" for name in folders for file in ("notes.txt", ".DS_Store")}
