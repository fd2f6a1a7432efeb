"""A series of immutable files shows when one was changed, removed, exchanged or slipped in."""

from pathlib import Path

import pytest

from trede.kernel.versions import Versions


@pytest.fixture
def series(tmp_path: Path) -> Versions:
    found = Versions(tmp_path / "decisions", ".json")
    for text in (b"one", b"two", b"three"):
        found.append(text)
    return found


def paths(series: Versions) -> list[Path]:
    return [version.path for version in series.all()]


def faults(series: Versions) -> list[tuple[str, str]]:
    return [(issue.code, str(issue.location.file)) for issue in series.check()]


def test_a_whole_series(series: Versions) -> None:
    assert faults(series) == []
    assert [version.read() for version in series.all()] == [b"one", b"two", b"three"]
    assert [version.number for version in series.all()] == [1, 2, 3]
    latest = series.latest()
    assert latest is not None
    assert latest.read() == b"three"


def test_an_empty_series(tmp_path: Path) -> None:
    series = Versions(tmp_path / "nothing", ".json")
    assert series.all() == []
    assert series.latest() is None
    assert faults(series) == []


def test_the_latest_again_is_not_stored_twice_and_an_earlier_one_is(series: Versions) -> None:
    assert series.append(b"three").number == 3
    assert series.append(b"one").number == 4
    assert len({version.id for version in series.all()}) == 4
    assert faults(series) == []


def test_the_same_files_have_the_same_names_everywhere(series: Versions, tmp_path: Path) -> None:
    other = Versions(tmp_path / "elsewhere", ".json")
    for text in (b"one", b"two", b"three"):
        other.append(text)
    assert [path.name for path in paths(other)] == [path.name for path in paths(series)]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_changed_file(series: Versions, at: int) -> None:
    path = paths(series)[at]
    path.write_bytes(path.read_bytes().upper())
    assert faults(series) == [("stored_file_changed", f"decisions/{path.name}")]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_removed_file(series: Versions, at: int) -> None:
    paths(series)[at].unlink()
    ((code, file),) = faults(series)
    assert code == "stored_file_missing"
    assert file.startswith(f"decisions/{at + 1:04d}-")


def test_exchanged_files(series: Versions) -> None:
    first, second, _ = paths(series)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert faults(series) == [("stored_file_changed", f"decisions/{path.name}") for path in (first, second)]


def test_exchanged_places(series: Versions) -> None:
    """The names follow the contents, the numbers do not."""
    first, second, _ = paths(series)
    one, two = first.name.partition("-")[2], second.name.partition("-")[2]
    first.rename(first.with_name("aside"))
    second.rename(second.with_name(f"0001-{two}"))
    first.with_name("aside").rename(first.with_name(f"0002-{one}"))
    assert "stored_file_changed" in {code for code, _ in faults(series)}


def test_a_file_slipped_in(series: Versions) -> None:
    (series.folder / "0004-0123456789abcdef.json").write_bytes(b"four")
    assert ("stored_file_changed", "decisions/0004-0123456789abcdef.json") in faults(series)


def test_a_write_that_was_stopped_is_no_version(series: Versions) -> None:
    (series.folder / ".aside-0004-0123456789abcdef.json").write_bytes(b"fo")
    assert len(series.all()) == 3
    assert faults(series) == []
    assert series.append(b"four").number == 4
