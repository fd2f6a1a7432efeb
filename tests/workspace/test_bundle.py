"""Bundles: the same bytes from the same run, verified without a workspace, and no harm from a hostile or forged one."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trede.catalogue.library import build_library
from trede.catalogue.shelves import shipped_libraries
from trede.cli.main import main
from trede.engine.runs import Run
from trede.intake.fields import MAPPED
from trede.kernel.content import content_hash
from trede.kernel.disk import disk, file_hash
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, canonical_json, pretty_json, sha256
from trede.kernel.issues import Location
from trede.kernel.sealed import seal, unseal
from trede.workspace import Workspace, unbundling, verifying
from trede.workspace.bundling import FORMAT, MANIFEST, make_bundle, write_zip
from trede.workspace.libraries import store_library
from trede.workspace.pseudonyms import recode
from trede.workspace.unbundling import BundleVerdict, verify_bundle
from workspaces import FILLS, KEY, LIST_2026, Copy, build_small, fuel_card, run, snapshot, take_in

Contents = dict[str, bytes]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with two years calculated, a list of its own, and a file that is not in the run."""
    workspace = build_small(tmp_path_factory.mktemp("bundle") / "workspace")
    shipped = shipped_libraries()[LIST_2026]
    papers = shipped.papers.model_copy(update={"id": "co2emissiefactoren-2026-09-01"})
    store_library(workspace, build_library(papers, [(Location(), f) for f in list(shipped.factors.values())[:5]]))
    run(workspace, 2023)
    run(workspace, 2024)
    later = take_in(workspace, "tankpas-later.csv", fuel_card([FILLS[0].__class__("C1", FILLS[0].day, "9,00")])).batch
    workspace.withdraw(later.id, "not ours", "Quality officer")
    return workspace


@pytest.fixture(scope="module")
def plain(whole: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of 2024 without originals."""
    return make_bundle(whole, whole.find_run("2024"), tmp_path_factory.mktemp("plain") / "b.zip").path


@pytest.fixture(scope="module")
def full(whole: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of 2024 with originals."""
    target = tmp_path_factory.mktemp("full") / "b.zip"
    return make_bundle(whole, whole.find_run("2024"), target, with_originals=True).path


def contents(path: Path) -> Contents:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rebuilt(path: Path, files: Contents, **changes: Any) -> Path:
    """Write a bundle of changed files with a list and a seal that fit."""
    manifest = json.loads(files.pop(MANIFEST))
    manifest |= {"files": {name: sha256(data) for name, data in files.items()}, **changes}
    manifest.pop("seal")
    write_zip(path, {**files, MANIFEST: seal(manifest)})
    return path


def codes(verdict: BundleVerdict) -> list[tuple[str, str | None]]:
    return [(issue.code, issue.location.file) for issue in verdict.issues]


def refusal(path: Path) -> tuple[str, str | None]:
    with pytest.raises(StoreError) as caught:
        verify_bundle(path)
    (issue,) = caught.value.issues
    return issue.code, issue.location.file


# -- what is in it


def test_a_bundle_has_what_the_run_rests_on_and_nothing_else(whole: Workspace, plain: Path, full: Path) -> None:
    found = whole.find_run("2024")
    names = set(contents(plain))
    batches = {entry["id"] for entry in found.spec["batches"]}
    assert {name.split("/")[1] for name in names if name.startswith("batches/")} == batches
    assert len(list(whole.batch_store.all())) == len(batches) + 1
    assert {name.split("/")[1] for name in names if name.startswith("runs/")} == {found.id}
    libraries = {entry["id"] for entry in found.spec["libraries"]}
    assert {name.split("/")[1] for name in names if name.startswith("libraries/")} == libraries
    assert {LIST_2026, "co2emissiefactoren-2026-09-01"} <= libraries
    assert {name.split("/")[0] for name in names} == {
        MANIFEST, "batches", "decisions", "libraries", "organisation", "profiles", "runs",
    }  # fmt: skip
    originals = {f"evidence/{batch.file_sha256}/original" for batch in whole.batches() if batch.id in batches}
    assert {name for name in contents(full) if name.endswith("/original")} == originals


def test_the_key_is_never_in_it(whole: Workspace, plain: Path, full: Path) -> None:
    assert whole.key == KEY
    for path in (plain, full):
        assert not [name for name in contents(path) if "key" in name]
        data = path.read_bytes()
        for secret in (KEY, KEY.hex().encode(), sha256(KEY).encode()):
            assert secret not in data


def test_personal_data_are_in_it_only_with_the_originals(plain: Path, full: Path) -> None:
    assert b"Bestuurder 09" not in b"".join(contents(plain).values())
    assert b"Bestuurder 09" in b"".join(contents(full).values())


def test_the_same_bytes_twice_and_from_a_copy(whole: Workspace, copy: Copy, plain: Path, tmp_path: Path) -> None:
    again = make_bundle(whole, whole.find_run("2024"), tmp_path / "again.zip").path
    moved = copy(whole)
    from_copy = make_bundle(moved, moved.find_run("2024"), tmp_path / "copy.zip").path
    assert plain.read_bytes() == again.read_bytes() == from_copy.read_bytes()
    with zipfile.ZipFile(plain) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.compress_type) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), zipfile.ZIP_STORED)
    }


def test_making_one_changes_nothing_in_the_workspace(whole: Workspace, tmp_path: Path) -> None:
    before = snapshot(whole.layout.root)
    make_bundle(whole, whole.find_run("2023"), tmp_path / "b.zip")
    assert snapshot(whole.layout.root) == before
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_not_written(whole: Workspace, copy: Copy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = whole.find_run("2024")
    there = tmp_path / "there.zip"
    there.write_text("mine")
    cases: list[tuple[Workspace, str, str]] = [
        (whole, "there.zip", "bundle_exists"), (whole, "b.tar", "bundle_not_named_zip"),
    ]  # fmt: skip
    damaged = copy(whole)
    ledger = damaged.find_run("2024").folder / "ledger.parquet"
    ledger.write_bytes(ledger.read_bytes() + b"x")
    cases.append((damaged, "b.zip", "stored_file_changed"))
    for workspace, name, code in cases:
        with pytest.raises(StoreError) as caught:
            make_bundle(workspace, found, tmp_path / name)
        assert [issue.code for issue in caught.value.issues] == [code]
    assert there.read_text() == "mine"
    with monkeypatch.context() as patch:
        patch.setattr("trede.workspace.bundling.MAX_BYTES", 1000)
        with pytest.raises(StoreError, match="bundle_too_large"):
            make_bundle(whole, found, tmp_path / "b.zip")
    monkeypatch.setattr(disk, "appear", lambda *_: (_ for _ in ()).throw(OSError("stopped")))
    with pytest.raises(OSError, match="stopped"):
        make_bundle(whole, found, tmp_path / "b.zip")
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["there.zip"]


# -- yes


def test_yes_without_originals(whole: Workspace, plain: Path) -> None:
    verdict = verify_bundle(plain)
    found = whole.find_run("2024")
    assert verdict.good
    assert (verdict.run, verdict.period, verdict.batches, verdict.mapped) == (found.id, "2024", 2, 0)
    assert verdict.files == len(contents(plain)) - 1
    assert codes(verdict) == [("bundle_without_originals", None)]
    assert verdict.totals is not None
    assert verdict.totals.equals(found.table("totals"))


def test_yes_with_originals_that_are_read_again(full: Path) -> None:
    verdict = verify_bundle(full)
    assert verdict.good
    assert verdict.mapped == 2
    assert [(issue.code, issue.values["batches"]) for issue in verdict.issues] == [("bundle_without_key", 1)]


def test_in_an_empty_folder_of_a_machine_without_the_workspace(tmp_path: Path) -> None:
    workspace = build_small(tmp_path / "workspace")
    made = make_bundle(workspace, run(workspace, 2024), tmp_path / "b.zip", with_originals=True)
    shutil.rmtree(workspace.layout.root)
    here = tmp_path / "empty"
    here.mkdir()
    command = [sys.executable, "-c", "import sys; from trede.cli.main import main; sys.exit(main())"]
    environment = {"HOME": str(here), "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TREDE_LANG": "en"}
    done = subprocess.run(
        [*command, "verify", str(made.path)], cwd=here, env=environment, capture_output=True, check=False
    )
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert f"Run {made.run.id} over 2024" in told
    assert "Yes: " in told
    assert list(here.iterdir()) == []


def test_by_the_commands(
    whole: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--lang", "en", "-w", str(whole.layout.root), "bundle", "2024", "b.zip"]) == 0
    assert "trede verify b.zip" in capsys.readouterr().out
    assert main(["--lang", "en", "verify", "b.zip"]) == 0
    assert "The original files are not in the bundle." in capsys.readouterr().out
    data = bytearray(Path("b.zip").read_bytes())
    data[200] ^= 1
    Path("b.zip").write_bytes(data)
    assert main(["--lang", "en", "verify", "b.zip"]) == 1
    assert "No: " in capsys.readouterr().out
    assert main(["--lang", "en", "verify", "other.zip"]) == 1
    assert "other.zip: This bundle is not there." in capsys.readouterr().err


def test_a_bundle_of_an_earlier_catalogue(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = verifying.catalogue_hashes()
    monkeypatch.setattr(verifying, "catalogue_hashes", lambda: {**now, "methods": "another"})
    verdict = verify_bundle(plain)
    assert verdict.good
    assert [issue.code for issue in verdict.issues] == ["catalogue_is_newer", "bundle_without_originals"]


# -- damaged


def places(path: Path) -> dict[str, tuple[int, int]]:
    """Return where the bytes of each entry begin in the zip, and how many there are."""
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    return {e.filename: (e.header_offset + 30 + len(e.filename.encode()), e.file_size) for e in entries}


def test_one_changed_byte_names_the_file(full: Path, tmp_path: Path) -> None:
    data = full.read_bytes()
    target = tmp_path / "b.zip"
    for name, (start, size) in places(full).items():
        assert data[start : start + size] == contents(full)[name]
        for at in {start, start + size // 2, start + size - 1}:
            changed = bytearray(data)
            changed[at] ^= 1
            target.write_bytes(changed)
            if name == MANIFEST:
                assert refusal(target) == ("stored_file_changed", MANIFEST)
            else:
                assert codes(verify_bundle(target)) == [("stored_file_changed", name)]


def test_any_byte_around_the_files_may_be_damaged(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A damaged header is refused, named, or does not matter: then each file still has its hash."""
    reached = BundleVerdict("", "", {}, 0)
    monkeypatch.setattr(unbundling, "_recomputed", lambda *_: reached)
    data = plain.read_bytes()
    target = tmp_path / "b.zip"
    (first, _), *_ = sorted(places(plain).values())
    directory = data.index(b"PK\x01\x02")
    told = set()
    for at in [*range(first), *range(directory, directory + 100), *range(len(data) - 22, len(data))]:
        for flip in (0x01, 0x80, 0xFF):
            changed = bytearray(data)
            changed[at] ^= flip
            target.write_bytes(changed)
            try:
                verdict = verify_bundle(target)
            except StoreError as error:
                told |= {issue.code for issue in error.issues}
            else:
                assert verdict is reached or not verdict.good
                told |= {issue.code for issue in verdict.issues}
    assert told >= {"bundle_not_zip", "stored_file_changed"}


def test_missing_and_added_files_are_named(plain: Path, tmp_path: Path) -> None:
    files = contents(plain)
    gone = files.pop("decisions/latest")
    write_zip(tmp_path / "gone.zip", files)
    assert codes(verify_bundle(tmp_path / "gone.zip")) == [("stored_file_missing", "decisions/latest")]
    write_zip(tmp_path / "more.zip", {**files, "decisions/latest": gone, "decisions/0009-x.json": b"{}"})
    assert codes(verify_bundle(tmp_path / "more.zip")) == [("bundle_file_unknown", "decisions/0009-x.json")]


# -- forged: lists, hashes and seals made anew


def test_a_forged_ledger_does_not_come_out_again(whole: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace = copy(whole)
    found = workspace.find_run("2024")
    path = found.folder / "ledger.parquet"
    table = pq.read_table(path)
    at = table.schema.get_field_index("co2e")
    values = table["co2e"].to_pylist()
    table = table.set_column(
        at, table.schema.field(at), pa.array([values[0] - 1, *values[1:]], table.schema.field(at).type)
    )
    pq.write_table(table, path)
    forged = resealed(found, lambda facts: facts["result"].update(ledger_content=content_hash(table)))
    bundle = make_bundle(workspace, workspace.find_run(forged), tmp_path / "b.zip").path
    verdict = verify_bundle(bundle)
    assert not verdict.good
    assert ("content_differs", f"runs/{forged}/ledger.parquet") in codes(verdict)


def resealed(found: Run, change: Callable[[dict[str, Any]], None]) -> str:
    facts = json.loads((found.folder / "run.json").read_bytes())
    change(facts)
    (found.folder / "run.json").write_bytes(pretty_json(facts))
    made = unseal(found.folder / "made.json")
    made["files"] = {name: file_hash(found.folder / name) for name in made["files"]}
    (found.folder / "made.json").write_bytes(seal(made))
    return found.folder.rename(found.folder.with_name(sha256(pretty_json(facts))[:SHORT])).name


def test_a_library_that_the_run_did_not_use_is_found(plain: Path, tmp_path: Path) -> None:
    files = contents(plain)
    where = f"libraries/{LIST_2026}"
    files[f"{where}/library.toml"] = files[f"{where}/library.toml"].replace(b'title = "', b'title = "Better ')
    made = json.loads(files[f"{where}/made.json"])
    made.pop("seal")
    made["files"]["library.toml"] = sha256(files[f"{where}/library.toml"])
    files[f"{where}/made.json"] = seal(made)
    verdict = verify_bundle(rebuilt(tmp_path / "b.zip", files))
    assert [(issue.code, issue.values) for issue in verdict.issues] == [("library_differs", {"library": LIST_2026})]


@pytest.mark.parametrize("kind", ["batches", "libraries", "decisions", "organisation", "runs"])
def test_what_the_run_rests_on_must_be_there(plain: Path, tmp_path: Path, kind: str) -> None:
    files = {name: data for name, data in contents(plain).items() if not name.startswith(kind + "/")}
    verdict = verify_bundle(rebuilt(tmp_path / "b.zip", files))
    wrong = {issue.code for issue in verdict.issues if issue.severity == "error"}
    assert wrong
    assert wrong <= {"stored_file_missing", "content_differs"}


def test_originals_that_the_list_promises_must_be_there(plain: Path, tmp_path: Path) -> None:
    verdict = verify_bundle(rebuilt(tmp_path / "b.zip", contents(plain), originals=True))
    assert {code for code, _ in codes(verdict)} == {"stored_file_missing"}


def test_another_period_in_the_list_is_found(whole: Workspace, plain: Path, tmp_path: Path) -> None:
    verdict = verify_bundle(rebuilt(tmp_path / "b.zip", contents(plain), period="2023"))
    assert ("content_differs", f"runs/{whole.find_run('2024').id}/run.json") in codes(verdict)


def test_no_file_outside_is_looked_at(whole: Workspace, plain: Path, tmp_path: Path) -> None:
    files = contents(plain)
    name = f"runs/{whole.find_run('2024').id}/made.json"
    made = json.loads(files[name])
    made.pop("seal")
    made["files"] |= {"/dev/zero": "0", "../../secret": "0"}
    files[name] = seal(made)
    told = {file for _, file in codes(verify_bundle(rebuilt(tmp_path / "b.zip", files)))}
    folder = name.rpartition("/")[0]
    assert told == {f"{folder}//dev/zero", f"{folder}/../../secret"}


@pytest.mark.parametrize(
    "facts", [[], {}, {"spec": {}}, {"spec": {"batches": 3}}, {"spec": {"batches": [], "libraries": []}}]
)
def test_nonsense_under_right_hashes_is_a_finding(plain: Path, tmp_path: Path, facts: Any) -> None:
    files = contents(plain)
    old = json.loads(files[MANIFEST])["run"]
    data = pretty_json(facts)
    ident = sha256(data)[:SHORT]
    files = {name.replace(old, ident): content for name, content in files.items()}
    files[f"runs/{ident}/run.json"] = data
    verdict = verify_bundle(rebuilt(tmp_path / "b.zip", files, run=ident))
    assert not verdict.good
    assert {code for code, _ in codes(verdict)} <= {"bundle_unreadable", "stored_file_changed"}


# -- hostile


def hostile(path: Path, *entries: tuple[zipfile.ZipInfo | str, bytes], kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, data in entries:
            archive.writestr(name, data, kind)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "/etc/evil", "runs/../../evil", "runs/a/../evil", "C:/evil", "runs\\evil", "runs/a\\..\\evil",
        "keys/pseudonym.key", "runs/", "runs/a/b/c", "runs//a", "runs/.hidden/a", "notes.txt", "runs/a/evil\x00.txt",
    ],
)  # fmt: skip
def test_a_name_outside_is_refused(plain: Path, tmp_path: Path, name: str) -> None:
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    path = hostile(tmp_path / "b.zip", *contents(plain).items(), (entry, b"evil"))
    assert refusal(path) == ("bundle_path_outside", "b.zip")
    assert not list(tmp_path.parent.rglob("evil*"))


def test_a_name_twice_is_refused(plain: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        path = hostile(tmp_path / "b.zip", *contents(plain).items(), ("decisions/latest", b"{}"))
    assert refusal(path) == ("bundle_path_outside", "b.zip")


def test_a_link_is_refused(plain: Path, tmp_path: Path) -> None:
    link = zipfile.ZipInfo("runs/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    path = hostile(tmp_path / "b.zip", *contents(plain).items(), (link, b"/etc/passwd"))
    assert refusal(path) == ("bundle_symlink", "b.zip")


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = bytes(101_000_000)
    swelling = hostile(tmp_path / "swelling.zip", ("evidence/a/original", zeros), kind=zipfile.ZIP_DEFLATED)
    assert refusal(swelling) == ("bundle_bomb", "swelling.zip")
    with zipfile.ZipFile(tmp_path / "large.zip", "w") as archive:
        archive.writestr("evidence/a/original", b"x")
        archive.filelist[0].file_size = (4 << 30) + 1
    assert refusal(tmp_path / "large.zip") == ("bundle_bomb", "large.zip")
    monkeypatch.setattr(unbundling, "MAX_ENTRIES", 10)
    many = hostile(tmp_path / "many.zip", *((f"runs/{n}", b"") for n in range(11)))
    assert refusal(many) == ("bundle_bomb", "many.zip")
    monkeypatch.setattr(unbundling, "MAX_MANIFEST", 10)
    assert refusal(hostile(tmp_path / "list.zip", (MANIFEST, bytes(11)))) == ("bundle_bomb", "list.zip")


def test_an_ordinary_compressed_bundle_is_no_bomb(plain: Path, tmp_path: Path) -> None:
    """Someone may have packed it again: what counts is what is in it."""
    packed = hostile(tmp_path / "b.zip", *contents(plain).items(), kind=zipfile.ZIP_DEFLATED)
    assert packed.stat().st_size < plain.stat().st_size
    assert verify_bundle(packed).good


def test_what_is_no_bundle_is_refused(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    assert refusal(path) == ("bundle_missing", "b.zip")
    for data in (b"", b"PK\x03\x04", b"Bonnummer;Datum\n", plain.read_bytes()[:-30], plain.read_bytes()[: 1 << 14]):
        path.write_bytes(data)
        assert refusal(path) == ("bundle_not_zip", "b.zip")
    assert refusal(hostile(path, ("runs/a/run.json", b"{}"))) == ("bundle_manifest_missing", "b.zip")


def sealed(**data: Any) -> bytes:
    return seal(data)


@pytest.mark.parametrize(
    ("manifest", "code"),
    [
        (b"{}", "stored_file_changed"),
        (b"[" * 200_000, "stored_file_changed"),
        (b"\xff", "stored_file_changed"),
        (canonical_json({"format": FORMAT}), "stored_file_changed"),
        (sealed(format="trede-bundle-9"), "bundle_format_unknown"),
        (sealed(format=FORMAT), "stored_file_changed"),
        (sealed(format=FORMAT, run="a", period="2024", trede={"run": "1"}, files={}), "stored_file_changed"),
        (
            sealed(format=FORMAT, run="a", period="2024", trede={"run": "1", "bundle": "1"}, files=3),
            "stored_file_changed",
        ),
    ],
    ids=range(8),
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, manifest: bytes, code: str) -> None:
    assert refusal(hostile(tmp_path / "b.zip", (MANIFEST, manifest)))[0] == code


def test_nothing_of_an_encrypted_entry_is_believed(plain: Path, tmp_path: Path) -> None:
    name = "decisions/latest"
    data = bytearray(plain.read_bytes())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        data[archive.getinfo(name).header_offset + 6] |= 1
        at = data.index(name.encode(), archive.start_dir) - 46
    data[at + 8] |= 1
    (tmp_path / "b.zip").write_bytes(data)
    assert codes(verify_bundle(tmp_path / "b.zip")) == [("stored_file_changed", name)]


# -- pseudonyms without their key


def people(*codes_: str | None) -> pa.Table:
    columns = {name: [None] * len(codes_) for name in MAPPED.names}
    columns |= {"row": list(range(1, len(codes_) + 1)), "person": list(codes_)}  # type: ignore[dict-item]
    return pa.table(columns, schema=MAPPED)


A, B, X, Y = (f"p-{letter * 12}" for letter in "abcd")


def test_pseudonyms_are_compared_one_for_one() -> None:
    assert recode(people(A, B, A, None), people(X, Y, X, None)).equals(people(X, Y, X, None))
    assert recode(people(A, B, A), people(X, Y, X).slice(1)).equals(people(X, Y, X))


@pytest.mark.parametrize(("mapped", "stored"), [((A, B), (X, X)), ((A, A), (X, Y)), ((A, "plain"), (X, "other"))])
def test_two_persons_made_one_or_one_made_two_stays_different(mapped: tuple[str, str], stored: tuple[str, str]) -> None:
    assert not recode(people(*mapped), people(*stored)).equals(people(*stored))
