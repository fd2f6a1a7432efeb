"""An original that was removed on request: the bytes go, the hash, the records, the reason and the totals stay."""

from pathlib import Path
from unittest import mock

import pytest

from trede.cli.main import main
from trede.kernel.disk import disk
from trede.kernel.errors import StoreError
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.attaching import attach
from trede.workspace.bundling import make_bundle
from trede.workspace.deciding import decision_about
from trede.workspace.importing import import_file, profile_of, reimport
from trede.workspace.removing import remove_original
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import verify
from workspaces import BY, Copy, account_for, create, fuel_card, publish_sample, run, take_in

NAME = b"Jansen"
WHY = ("asked for by the driver", "Quality officer")


@pytest.fixture
def books(small: Workspace, copy: Copy) -> Workspace:
    """A published year, and a file that proves it."""
    workspace = copy(small)
    attach(workspace, b"%PDF of " + NAME, "nota.pdf", "source:tankpas", person="Quality officer")
    account_for(workspace, 2024)
    run(workspace, 2024)
    publish_sample(workspace, Period.year(2024))
    return workspace


def fuel(workspace: Workspace) -> str:
    return next(batch.id for batch in workspace.active_batches() if batch.source == "tankpas")


def codes(issues: object) -> list[str]:
    return [issue.code for issue in issues]  # type: ignore[attr-defined]


def refused(found: pytest.ExceptionInfo[StoreError]) -> str:
    return found.value.issues[0].code


def test_the_bytes_go_and_the_published_totals_stay(books: Workspace) -> None:
    before = run(books, 2024)
    original = books.evidence.get(books.batch_store.get(fuel(books)).file_sha256)
    data = original.read()
    found = remove_original(books, fuel(books), *WHY)
    assert found.removal is not None
    assert (found.removal.person, found.removal.reason, found.removal.at[:10]) == (WHY[1], WHY[0], "2026-11-22")
    assert (found.sha256, found.name, found.size) == (original.sha256, original.name, len(data))
    assert not any(path.read_bytes() == data for path in books.layout.root.rglob("*") if path.is_file())
    verdict = verify(books)
    assert verdict.good
    assert sorted(codes(verdict.issues)) == ["batch_without_original", "original_removed"]
    assert before.id in verdict.runs
    assert run(books, 2024).id == before.id
    assert books.publications_of("2024")[-1].publication.run == before.id


def test_what_needs_the_bytes_says_that_they_are_gone(books: Workspace) -> None:
    batch = books.batch_store.get(fuel(books))
    data, decided = books.evidence.get(batch.file_sha256).read(), books.decisions.last
    remove_original(books, batch.file_sha256[:12], *WHY)
    for act in (
        lambda: reimport(books, batch),
        lambda: books.evidence.keep(data, "again.csv"),
        lambda: attach(books, data, "again.csv", "source:tankpas", person="x"),
        lambda: decision_about(books, batch, "drop", ["2"], lambda: BY),
    ):
        with pytest.raises(StoreError) as found:
            act()
        assert refused(found) == "original_removed"
    assert books.decisions.last == decided


def test_the_same_bytes_stay_out_and_other_ones_come_in(tmp_path: Path) -> None:
    workspace = create(tmp_path / "books")
    batch = take_in(workspace, "tankpas.csv", fuel_card()).batch
    workspace.withdraw(batch.id, *WHY)
    remove_original(workspace, batch.id, *WHY)
    profile = profile_of(batch)
    again = import_file(workspace, fuel_card() + b"\n", "tankpas.csv", profile)
    assert not again.again
    assert again.batch.file_sha256 != batch.file_sha256


def test_a_removal_that_was_stopped_is_told_and_finished(books: Workspace) -> None:
    with mock.patch.object(disk, "remove", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        remove_original(books, fuel(books), *WHY)
    assert "original_not_gone" in codes(verify(books).issues)
    found = remove_original(books, fuel(books), "another reason", "Somebody else")
    assert not found.path.exists()
    assert found.removal is not None
    assert found.removal.reason == WHY[0]
    assert "original_not_gone" not in codes(verify(books).issues)


def test_a_note_of_removal_that_was_touched_shows(books: Workspace) -> None:
    found = remove_original(books, fuel(books), *WHY)
    note = found.path.with_name("removed.json")
    note.write_bytes(note.read_bytes().replace(b"driver", b"stranger"))
    assert codes(verify(books).issues) == ["stored_file_changed"]
    note.unlink()
    assert codes(verify(books).issues) == ["stored_file_missing"]


def test_a_bundle_tells_it_too(books: Workspace, tmp_path: Path) -> None:
    found = remove_original(books, fuel(books), *WHY)
    made = make_bundle(books, run(books, 2024), tmp_path / "all.zip", with_originals=True)
    verdict = verify_bundle(made.path)
    assert not [issue for issue in verdict.issues if issue.severity == "error"]
    assert {"original_removed", "batch_without_original"} <= set(codes(verdict.issues))
    assert verdict.mapped == verdict.batches - 1
    assert found.sha256.encode() in made.path.read_bytes()


@pytest.mark.parametrize(
    ("what", "reason", "code"),
    [("nothing", WHY[0], "original_unknown"), ("", WHY[0], "original_unknown"), ("tankpas", "", "reason_too_short")],
)
def test_what_cannot_be_removed(books: Workspace, what: str, reason: str, code: str) -> None:
    with pytest.raises(StoreError) as found:
        remove_original(books, what, reason, "x")
    assert refused(found) == code


def test_by_command(books: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    root = ["--lang", "en", "-w", str(books.layout.root)]
    batch = books.batch_store.get(fuel(books))
    assert main([*root, "remove-original", batch.id, "--reason", WHY[0], "--by", WHY[1]]) == 0
    removal = books.evidence.get(batch.file_sha256).removal
    assert removal is not None  # the command knows no clock but that of the machine
    said = f"{batch.file_name}: The original was removed on {removal.at[:10]} by {WHY[1]}: {WHY[0]}."
    assert said in capsys.readouterr().out
    record = batch.records().to_pylist()[0]["record_id"]
    assert main([*root, "explain", f"2024/{record}"]) == 0
    assert said in capsys.readouterr().out
    assert main([*root, "verify"]) == 0
