"""The command `trede report`: what it writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.cli.main import main
from trede.workspace import Workspace
from trede.workspace.verifying import check_files
from workspaces import Copy, snapshot


def give(workspace: Workspace, *arguments: object) -> int:
    return main(["--lang", "nl", "-w", str(workspace.layout.root), "report", *map(str, arguments)])


def test_it_writes_both_and_says_where(example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = snapshot(example.layout.root)
    pdf, xlsx = tmp_path / "new" / "r.pdf", tmp_path / "new" / "r.xlsx"
    assert give(example, 2023, "--pdf", pdf, "--xlsx", xlsx) == 0
    told = capsys.readouterr().out
    assert f"Geschreven: {pdf} (" in told
    assert f"Geschreven: {xlsx} (" in told
    assert pdf.read_bytes().startswith(b"%PDF")
    assert xlsx.read_bytes().startswith(b"PK")
    assert sorted(path.name for path in pdf.parent.iterdir()) == ["r.pdf", "r.xlsx"]
    assert snapshot(example.layout.root) == before


def test_an_existing_file_is_kept(example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pdf, xlsx = tmp_path / "r.pdf", tmp_path / "r.xlsx"
    xlsx.write_bytes(b"mine")
    assert give(example, 2023, "--pdf", pdf, "--xlsx", xlsx) == 1
    assert "bestaat al en wordt niet overschreven" in capsys.readouterr().err
    assert xlsx.read_bytes() == b"mine"
    assert not pdf.exists()


def test_it_needs_a_file_to_write(example: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    assert give(example, 2023) == 1
    assert "--pdf BESTAND" in capsys.readouterr().err


def test_an_unknown_run_is_told(example: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert give(example, 1999, "--pdf", tmp_path / "r.pdf") == 1
    assert "Er is geen berekening «1999»" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_reports_in_the_workspace_are_at_home(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    assert give(workspace, 2023, "--xlsx", workspace.layout.root / "reports" / "2023.xlsx") == 0
    assert check_files(workspace) == []
