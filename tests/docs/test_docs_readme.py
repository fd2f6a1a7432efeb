"""The README does what it says: its commands run, in order, on the files that it shows, and print what it shows."""

import re
import shlex
from pathlib import Path

import pytest
from docs_reading import ROOT, Block, blocks, commands

from trede.cli.main import main
from trede.workspace import Workspace

README = blocks(ROOT / "README.md")
YEARS = ("2022", "2023", "2024")


def shown_in(lines: list[str], output: str) -> list[str]:
    """Return the shown lines that the output does not have; `…` stands for anything."""
    real = output.splitlines()
    return [line for line in lines if not any(re.fullmatch(_pattern(line), other.rstrip()) for other in real)]


def _pattern(line: str) -> str:
    return ".*".join(re.escape(part) for part in line.rstrip().split("…"))


def block(label: str, name: str) -> Block:
    return next(b for b in README if (b.label, b.name) == (label, name))


def test_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    batch, ran = "", []
    for part in README:
        if part.label == "file":
            (tmp_path / part.name).write_text(part.body, encoding="utf-8")
        if part.label != "run":
            continue
        for command, lines in commands(part):
            words = shlex.split(command)
            if words[0] == "export":
                for pair in words[1:]:
                    monkeypatch.setenv(*pair.split("=", 1))
                continue
            code = main([batch if word == "BATCH" else word for word in words[1:]])
            captured = capsys.readouterr()
            assert (command, code, captured.err) == (command, 0, "")
            assert (command, shown_in(lines, captured.out)) == (command, [])
            batch = next(iter(re.findall(r"batch ([0-9a-f]{16})", captured.out)), batch)
            ran.append(words[1])
    assert ran == [
        "init", "inspect", "import", "rows", "decide", "pin", "run", "show", "explain", "status", "verify",
    ]  # fmt: skip


def test_starting_profile_is_a_beginning_of_the_finished_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, draft = tmp_path / "fuel-2024.csv", tmp_path / "fuel.toml"
    data.write_text(block("file", "fuel-2024.csv").body, encoding="utf-8")
    assert main(["inspect", str(data), "--write", str(draft)]) == 0
    finished = block("file", "fuel.toml").body
    for heading in ("[columns.document]", "[columns.date]", "[columns.fuel]", "[columns.quantity]"):
        assert heading in draft.read_text("utf-8")
        assert heading in finished
    assert capsys.readouterr().out


def test_shown_footprint_is_that_of_the_example(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["--lang", "en", "-w", str(example), "show", *YEARS]) == 0
    assert block("output", "show 2022 2023 2024").body in capsys.readouterr().out


def test_shown_explanation_is_that_of_the_example(example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = block("output", "explain a fill").body
    row = re.search(r"row (\d+)", shown)
    assert row is not None
    run = Workspace(example).find_run("2024")
    batches = {b.id for b in Workspace(example).active_batches() if b.file_name == shown.partition(",")[0]}
    rows = run.table("ledger").select(["record_id", "row", "batch"]).to_pylist()
    record = next(r["record_id"] for r in rows if r["row"] == int(row[1]) and r["batch"] in batches)
    capsys.readouterr()
    assert main(["--lang", "en", "-w", str(example), "explain", f"2024/{record}"]) == 0
    assert shown_in(shown.splitlines(), capsys.readouterr().out) == []
