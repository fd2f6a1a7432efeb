"""Evidence of any kind, attached to what it proves: kept once, named by explain, checked by verify, in no result."""

import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trede.cli.main import main
from trede.kernel.errors import StoreError
from trede.organisation.decisions import Attach, Revoke
from trede.workspace import Workspace, attaching
from trede.workspace.attaching import attach, attachments, plain_name
from trede.workspace.bundling import make_bundle
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, Copy, create, decide_held, fuel_card, run, snapshot, take_in

PDF = b"%PDF-1.7 a bill of two pages"


def attached(workspace: Workspace, to: str, data: bytes = PDF, name: str = "nota.pdf", **more: Any) -> Attach:
    recorded, _ = attach(workspace, data, name, to, person="Quality officer", **more)
    assert isinstance(recorded.decision, Attach)
    return recorded.decision


def fuel(workspace: Workspace) -> Any:
    return next(batch for batch in workspace.active_batches() if batch.source == "tankpas")


def test_what_a_file_can_be_attached_to(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    batch = fuel(workspace)
    gas = next(b for b in workspace.active_batches() if b.id != batch.id)
    first, second = batch.records().to_pylist()[:2]
    for to, kind, target in (
        (first["record_id"][:10], "record", first["record_id"]),
        (batch.id[:8], "batch", batch.file_sha256),
        ("tankpas", "source", "tankpas"),
        ("B1", "document", "B1"),
    ):
        said = attached(workspace, to)
        assert (said.to, said.target) == (kind, target)
        (one,) = (a for a in attachments(workspace) if a.decision == said)
        assert one.proves(batch)
        assert one.proves(batch, first)
        assert one.proves(batch, second) is (kind in ("batch", "source"))
        assert not one.proves(gas)
    assert len(attachments(workspace)) == 4
    assert [e.name for e in workspace.evidence.all()].count("nota.pdf") == 1, "a file twice is kept once"
    assert verify(workspace).good


@pytest.mark.parametrize("to", ["", "nothing", "record:tankpas", "source:B1", "document:", "batch:tankpas"])
def test_a_target_that_is_not_there_is_refused(small: Workspace, copy: Copy, to: str) -> None:
    workspace = copy(small)
    before = snapshot(workspace.layout.root)
    with pytest.raises(StoreError) as caught:
        attached(workspace, to)
    assert caught.value.issues[0].code == "attach_target_unknown"
    assert snapshot(workspace.layout.root) == before


def test_a_name_of_two_things_is_asked_for(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    take_in(workspace, "tankpas-2.csv", fuel_card([replace(FILLS[0], document="tankpas")]))
    with pytest.raises(StoreError) as caught:
        attached(workspace, "tankpas")
    issue = caught.value.issues[0]
    assert (issue.code, issue.values["found"]) == (
        "attach_target_ambiguous",
        ["document:tankpas (tankpas)", "source:tankpas"],
    )
    assert attached(workspace, "source:tankpas").to == "source"


@pytest.mark.parametrize(
    ("data", "more", "code"),
    [(b"", {}, "attachment_empty"), (PDF, {"page": 0}, "page_unknown"), (PDF * 2, {}, "attachment_too_large")],
)
def test_a_file_that_proves_nothing_is_refused(
    small: Workspace, copy: Copy, monkeypatch: pytest.MonkeyPatch, data: bytes, more: dict[str, Any], code: str
) -> None:
    monkeypatch.setattr(attaching, "MAX_BYTES", len(PDF))
    workspace = copy(small)
    before = snapshot(workspace.layout.root)
    with pytest.raises(StoreError) as caught:
        attached(workspace, "tankpas", data, **more)
    assert caught.value.issues[0].code == code
    assert snapshot(workspace.layout.root) == before


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"), ("C:\\temp\\nota.pdf", "nota.pdf"), ("a\n\x1b[31mb.pdf", "a__[31mb.pdf"), ("..", "_"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"), ("façade ☂.jpg", "façade ☂.jpg"),
    ],
)  # fmt: skip
def test_a_name_is_only_a_name(small: Workspace, copy: Copy, name: str, plain: str) -> None:
    assert plain_name(name) == plain
    workspace = copy(small)
    assert attached(workspace, "tankpas", name=name).name == plain
    assert verify(workspace).good


def test_the_same_again_is_not_stored(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    attached(workspace, "tankpas", page=1)
    before = snapshot(workspace.layout.root)
    recorded, again = attach(workspace, PDF, "nota.pdf", "tankpas", page=1, person="Somebody else", note="again")
    assert again
    assert snapshot(workspace.layout.root) == before
    attached(workspace, "tankpas", page=2)
    workspace.decide(Revoke(decision=recorded.id, **BY))
    assert [a.decision.page for a in attachments(workspace)] == [2]


def test_no_result_depends_on_it(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    attached(workspace, "tankpas")
    assert run(workspace, 2024).id == first.id
    assert take_in(workspace, "tankpas.csv", fuel_card()).again


def test_it_outlives_a_decision_about_rows(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, FILLS[1]])).batch
    attached(workspace, batch.id)
    after = decide_held(workspace, batch, "drop")
    assert after.id != batch.id
    assert [a.proves(after) for a in attachments(workspace)] == [True]


def test_a_file_that_is_gone_or_changed_is_found(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    said = attached(workspace, "tankpas")
    folder = workspace.layout.folder("evidence") / said.file_sha256
    (folder / "original").write_bytes(b"another bill")
    assert {i.code for i in verify(workspace).issues} == {"stored_file_changed"}
    shutil.rmtree(folder)
    assert {(i.code, i.values["name"]) for i in verify(workspace).issues} == {("attachment_missing", "nota.pdf")}


def test_a_bundle_has_the_hash_and_on_request_the_file(small: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace = copy(small)
    said, other = attached(workspace, "B2"), attached(workspace, "tankpas", b"a photo", "photo.jpg")
    made = run(workspace, 2024)
    plain, full = tmp_path / "plain.zip", tmp_path / "full.zip"
    make_bundle(workspace, made, plain)
    make_bundle(workspace, made, full, with_originals=True)
    wanted = {f"evidence/{a.file_sha256}/original" for a in (said, other)}
    with zipfile.ZipFile(plain) as archive:
        assert not wanted & set(archive.namelist())
        texts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("decisions/")]
        assert any(said.file_sha256 in text for text in texts)
    with zipfile.ZipFile(full) as archive:
        assert wanted <= set(archive.namelist())
    assert verify_bundle(plain).good
    assert verify_bundle(full).good


def test_the_commands(
    small: Workspace, copy: Copy, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREDE_BY", "Quality officer")
    workspace = copy(small)
    made = run(workspace, 2024)
    record = fuel(workspace).records().to_pylist()[1]["record_id"]
    bill = tmp_path / "nota.pdf"
    bill.write_bytes(PDF)

    def trede(*words: str) -> str:
        assert main(["--lang", "en", "-w", str(workspace.layout.root), *words]) == 0
        return capsys.readouterr().out

    assert "nothing" not in trede("attach", str(bill), "--to", "B2", "--page", "3", "--note", "second page")
    assert "already attached" in trede("attach", str(bill), "--to", "B2", "--page", "3")
    listed = trede("attachments")
    assert all(
        text in listed for text in ("nota.pdf", "page 3", "document:B2 (tankpas)", "Quality officer", "second page")
    )
    shown = trede("explain", f"{made.id}/{record}")
    assert "Evidence: nota.pdf, page 3, attached by Quality officer" in shown
    assert "Attached evidence: 1" in trede("rows", fuel(workspace).id)
    assert "Attached evidence: 1" in trede("status", "2024")
    assert main(["--lang", "en", "-w", str(workspace.layout.root), "attach", str(tmp_path / "x"), "--to", "B2"]) == 1
    assert "x" in capsys.readouterr().err
