"""The whole command `trede run` on 100,000 activities, from a cold start, against a process that reads and rewrites the same."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from bench import intake
from trede.intake.checking import load_profile
from trede.workspace import Workspace
from trede.workspace.importing import import_file

LIST = "co2emissiefactoren-2026-08-20"
YEAR = "2024"


def prepare(folder: Path, count: int) -> None:
    """Make a workspace with one fuel-card export in it and the list pinned."""
    data = folder / "fills.csv"
    intake.generate(data, count)
    workspace = Workspace.create(folder / "workspace", intake.ORGANISATION, "organisation.toml")
    import_file(workspace, data.read_bytes(), data.name, load_profile(intake.PROFILE, "bench.toml"))
    _trede(folder, "pin", LIST, "--years", YEAR, "--reason", "bench", "--by", "bench")


def ours(folder: Path) -> dict[str, float]:
    """Run the command in a process of its own; seconds from its start to its end."""
    runs = folder / "workspace" / "runs"
    for stored in runs.iterdir():
        shutil.rmtree(stored)
    start = time.perf_counter()
    _trede(folder, "run", YEAR)
    return {"command": time.perf_counter() - start}


def bound(folder: Path, target: Path) -> dict[str, float]:
    """Let another process read the same columns and rewrite the finished ledger."""
    (records,) = (folder / "workspace" / "batches").glob("*/records.parquet")
    (ledger,) = (folder / "workspace" / "runs").glob("*/ledger.parquet")
    command = [sys.executable, "-m", "bench.engine", "bound", str(records), str(ledger), str(target)]
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return {"process": time.perf_counter() - start}


def _trede(folder: Path, *words: str) -> None:
    command = [sys.executable, "-m", "trede", "-w", str(folder / "workspace"), *words]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "TREDE_LANG": "en"})


if __name__ == "__main__":
    what, *paths = sys.argv[1:]
    if what == "prepare":
        prepare(Path(paths[0]), int(paths[1]))
        found: dict[str, float] = {}
    else:
        found = ours(Path(paths[0])) if what == "ours" else bound(Path(paths[0]), Path(paths[1]))
    print(json.dumps(found))
