"""A group of tests that a machine cannot run is named at the end, and fails where all groups are asked for."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from docs_reading import ROOT

TESTS = """
import pytest

@pytest.mark.group("browser")
def test_needs_a_browser():
    pytest.skip("none here")

def test_needs_nothing():
    pass
"""


@pytest.mark.parametrize(("everything", "code"), [("0", 0), ("1", 1)])
@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_group_left_out(tmp_path: Path, everything: str, code: int, workers: str) -> None:
    (tmp_path / "conftest.py").write_text((ROOT / "conftest.py").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "test_some.py").write_text(TESTS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=tmp_path,
        env={**os.environ, "TREDE_ALL_GROUPS": everything},
    )  # fmt: skip
    assert "left out: group browser (1 tests)" in done.stdout
    assert done.returncode == code


def test_what_needs_a_browser_is_of_that_group() -> None:
    """Else it would be left out without a word where there is none."""
    files = [path for path in (ROOT / "tests" / "web").glob("test_*.py") if "browsing(" in path.read_text("utf-8")]
    assert len(files) > 8
    assert [path.name for path in files if 'mark.group("browser")' not in path.read_text("utf-8")] == []
