"""`trede check`: what it prints, and its exit code."""

from pathlib import Path

import pytest
from case_samples import SMALL, changed

from trede.cases.folder import find_cases
from trede.cli import checking
from trede.cli.main import main


def check(capsys: pytest.CaptureFixture[str], *arguments: str, lang: str = "en") -> tuple[int, str]:
    code = main(["--lang", lang, "check", *arguments])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_without_a_path_the_shipped_cases_are_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three of them: that each of all holds is tested beside this."""
    for path in find_cases(checking.SHIPPED)[:3]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(checking, "SHIPPED", tmp_path)
    code, out = check(capsys)
    assert code == 0
    assert "3 of 3 cases hold" in out
    assert "NO" not in out.split()


def test_a_figure_is_printed_with_its_difference(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(changed(("value = 81.0", "value = 80.94")), "utf-8")
    code, out = check(capsys, str(path))
    assert code == 1
    line = next(line for line in out.splitlines() if "ladder/scope-1" in line)
    assert line.split() == ["NO", "ladder/scope-1", "80.94", "±", "0.005", "81.00000", "0.06000", "kg"]
    assert "0 of 1 cases hold; 0 of 1 figures are as expected." in out
    assert "Not good: small.toml." in out


def test_in_dutch(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "small.toml"
    path.write_text(SMALL, "utf-8")
    code, out = check(capsys, str(path), lang="nl")
    assert code == 0
    assert "81,0" in out
    assert "1 van 1 casussen kloppen; 1 van 1 cijfers zijn zoals verwacht." in out


def test_a_case_that_cannot_be_read_does_not_stop_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.toml").write_text(changed(("quantity = 10", "quantty = 10")), "utf-8")
    (tmp_path / "b.toml").write_text(SMALL, "utf-8")
    code, out = check(capsys, str(tmp_path))
    assert code == 1
    assert "✗ a.toml, field activity[1], quantty:" in out
    assert "✗ a.toml, field activity[1], quantity: This key is missing." in out
    assert "1 of 2 cases hold; 1 of 1 figures are as expected." in out


def test_a_record_without_a_factor_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(SMALL.replace("2026", "2021").replace("petrol-e10", "diesel-b7", 1), "utf-8")
    code, out = check(capsys, str(tmp_path))
    assert code == 1
    assert "✗" in out
    assert "2021" in out


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out = check(capsys, str(tmp_path / "no"))
    assert code == 1
    assert "does not exist" in out
