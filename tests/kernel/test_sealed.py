"""A sealed file shows any change of its bytes."""

from pathlib import Path

import pytest

from trede.kernel.sealed import check_seal, seal, unseal

DATA = {"name": "Café", "rows": 3, "files": {"b": "2", "a": "1"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "made.json"
    file.write_bytes(seal(DATA))
    return file


def codes(path: Path) -> list[str]:
    issues = check_seal(path, "runs/1/made.json")
    assert {issue.location.file for issue in issues} <= {"runs/1/made.json"}
    return [issue.code for issue in issues]


def test_whole(path: Path) -> None:
    assert unseal(path) == DATA
    assert codes(path) == []


def test_the_order_of_keys_plays_no_part() -> None:
    assert seal(dict(reversed(DATA.items()))) == seal(DATA)


def test_every_byte_counts(path: Path) -> None:
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert codes(path) == ["stored_file_changed"], at


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"null", b"{", seal(DATA)[:-1], seal(DATA) + b"\n", b"\xff", b'{"seal": "x"}']
)
def test_what_is_not_what_was_sealed(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    assert codes(path) == ["stored_file_changed"]


def test_missing(path: Path) -> None:
    path.unlink()
    assert codes(path) == ["stored_file_missing"]
