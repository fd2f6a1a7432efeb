"""The process stopped at every step on disk leaves the whole or nothing, and carrying on gives what an undisturbed one gives."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(__file__).parent / "stopping.py"
SCENARIOS = (
    "run",
    "import",
    "correct",
    "uncorrect",
    "decide",
    "init",
    "pin",
    "library",
    "publish",
    "restate",
    "attach",
)
STOPPED = 9
EXISTS = ("batches", "active", "runs", "libraries", "publications", "attached")
"""What is old or new as a whole; a decision is recorded before the import that applies it, and may stand alone."""

Found = dict[str, Any]


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Found]:
    """Return a function that stops a scenario everywhere, once; workers share the scenarios, each does those it is asked."""

    @cache
    def stop(name: str) -> Found:
        folder = tmp_path_factory.mktemp(name)
        command = [sys.executable, str(SCRIPT), name, str(folder)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SCRIPT.parents[1]), *filter(None, sys.path)])}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
        assert done.returncode == 0, done.stderr
        found: Found = json.loads(done.stdout)
        return found

    return stop


@pytest.mark.parametrize("name", SCENARIOS)
def test_whole_or_nothing(stopped: Callable[[str], Found], name: str) -> None:
    found = stopped(name)
    old, new = found["old"], found["new"]
    assert old != new
    assert len(found["steps"]) >= 4
    assert set(found["steps"]) >= {"write_bytes", "appear"}
    left_behind = []
    for outcome in found["outcomes"]:
        place = (name, outcome["at"], outcome["step"], outcome["way"])
        assert outcome["code"] == STOPPED, place
        assert outcome["sound"], (place, outcome["issues"])
        left = outcome["left"]
        sides = [side for side in (old, new) if (side is None) == (left is None)]
        matching = [side for side in sides if left is None or all(left[key] == side[key] for key in EXISTS)]
        assert matching, (place, left)
        assert left is None or left["decisions"] == new["decisions"][: len(left["decisions"])], place
        assert outcome["again"] == new, place
        assert not outcome["again_issues"], (place, outcome["again_issues"])
        assert not outcome["aside"], place
        left_behind.append(left)
    assert left_behind[0] == old
    assert left_behind[-1] == new


def test_every_way_to_stop_was_tried(stopped: Callable[[str], Found]) -> None:
    found = stopped("run")
    assert found["steps"].count("export") == 2, "ledger and index"
    assert found["steps"].count("write_table") == 7, (
        "plan, totals inside and outside, unmatched, covered, derived and rates"
    )
    assert {outcome["way"] for outcome in found["outcomes"]} == {"before", "half", "after"}
    assert [outcome["at"] for outcome in found["outcomes"] if outcome["way"] == "before"] == list(
        range(len(found["steps"]))
    )
    assert found["distinct"] > 5, "the stops leave different things behind"
