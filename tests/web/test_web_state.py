"""What lies outside the code: the secret, the folder, the years that are remembered."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from web_site import Site, text_of

from trede_web import state
from trede_web.bridge.books import open_books, years

MOUNTS = "\n".join(
    ("/dev/sda1 / ext4 rw 0 0", "server:/home /home nfs4 rw 0 0", "//nas/share /mnt/my\\040share cifs rw 0 0")
)


@pytest.mark.parametrize(
    ("folder", "kind"),
    [("/srv/trede", "ext4"), ("/home/me/trede", "nfs4"), ("/mnt/my share/x", "cifs"), ("/homes", "ext4")],
)
def test_the_file_system_of_a_folder(tmp_path: Path, folder: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS, "utf-8")
    assert state.file_system(Path(folder), mounts) == kind


def test_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(state.VARIABLE, str(tmp_path))
    monkeypatch.setattr(state, "file_system", lambda *_: "nfs4")
    with pytest.raises(state.NetworkFolderError):
        state.prepare()


def test_the_secret_is_made_once_and_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(state.VARIABLE, str(tmp_path / "data"))
    monkeypatch.delenv(state.SECRET_VARIABLE, raising=False)
    state.prepare()
    first = state.secret()
    state.prepare()
    assert state.secret() == first
    assert len(first) > 40
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    monkeypatch.setenv(state.SECRET_VARIABLE, "from the environment")
    assert state.secret() == "from the environment"


def test_years_are_those_of_records_and_runs(site: Site) -> None:
    assert years(open_books(site.ours.folder)) == [2024, 2023, 2022]
    assert years(open_books(site.theirs.folder)) == []


def test_a_lost_folder_is_told_plainly(site: Site) -> None:
    (site.ours.folder / "workspace.json").unlink()
    answer = site.client().get("/o/ours/2024/")
    assert answer.status_code == 500
    assert "Er ging iets mis" in text_of(answer)
