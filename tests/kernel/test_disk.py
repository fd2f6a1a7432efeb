"""Writing aside: the whole or nothing."""

from pathlib import Path

import pytest

from trede.kernel.disk import ASIDE, keep, new_file, stored_folders, writing_aside
from trede.kernel.errors import StoreError


class StopError(BaseException):
    """The process stops: no handler of ordinary errors runs."""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write_half(folder: Path, error: BaseException) -> None:
    with writing_aside(folder) as aside:
        (aside / "a").write_bytes(b"half")
        raise error


def test_what_is_kept_appears_whole(tmp_path: Path) -> None:
    with writing_aside(tmp_path / "runs") as aside:
        (aside / "a").write_bytes(b"1")
        (aside / "b").write_bytes(b"2")
        assert names(tmp_path / "runs") == [aside.name]
        assert aside.name.startswith(ASIDE)
        kept = keep(aside, "r1")
    assert names(tmp_path / "runs") == ["r1"]
    assert kept == tmp_path / "runs" / "r1"
    assert names(kept) == ["a", "b"]


def test_what_is_not_kept_vanishes(tmp_path: Path) -> None:
    with writing_aside(tmp_path) as aside:
        (aside / "a").write_bytes(b"1")
    assert names(tmp_path) == []


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write_half(tmp_path, ZeroDivisionError())
    assert names(tmp_path) == []


def test_a_stop_leaves_only_what_the_next_write_sweeps_away(tmp_path: Path) -> None:
    with pytest.raises(StopError):
        write_half(tmp_path, StopError())
    (tmp_path / f"{ASIDE}file").write_bytes(b"half")
    assert all(name.startswith(ASIDE) for name in names(tmp_path))
    with writing_aside(tmp_path) as aside:
        assert names(aside) == []
        keep(aside, "r1")
    assert names(tmp_path) == ["r1"]


def test_a_name_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "r1").mkdir()
    with pytest.raises(StoreError) as caught, writing_aside(tmp_path) as aside:
        keep(aside, "r1")
    assert [issue.code for issue in caught.value.issues] == ["already_stored"]
    assert names(tmp_path) == ["r1"]


def test_a_single_file(tmp_path: Path) -> None:
    new_file(tmp_path / "deep" / "x.json", b"1")
    assert names(tmp_path / "deep") == ["x.json"]
    assert (tmp_path / "deep" / "x.json").read_bytes() == b"1"


@pytest.mark.parametrize("beginning", ["*", "?", "[ab]*", "../", "../theirs/", "../*/", "/", "ab/../"])
def test_the_beginning_of_a_name_is_no_path_and_no_pattern(tmp_path: Path, beginning: str) -> None:
    for name in ("ours/abc", "ours/abd", "ours/.hidden", "theirs/xyz"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "ours" / "abfile").touch()
    assert stored_folders(tmp_path / "ours", beginning) == []
    assert [path.name for path in stored_folders(tmp_path / "ours", "ab")] == ["abc", "abd"]
    assert [path.name for path in stored_folders(tmp_path / "ours")] == ["abc", "abd"]
    assert stored_folders(tmp_path / "nothing") == []
