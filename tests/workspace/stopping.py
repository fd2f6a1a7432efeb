"""Stop a process at every step on disk, and tell what is left; run as a script with a scenario and a folder.

A fresh process loads what ships, forks once per stop and never computes by itself, so that no thread is forked. The
child carries the scenario out with `trede.kernel.disk.disk` rigged to end the process (`os._exit`, nothing is cleaned up)
before, in the middle of, or after its n-th step. A second child then opens what is left and carries it out again.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from trede.catalogue.bindings import home_publishers
from trede.catalogue.library import build_library
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.disk import disk
from trede.kernel.errors import StoreError
from trede.kernel.issues import Location
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.attaching import attach, attachments
from trede.workspace.libraries import store_library
from trede.workspace.running import catalogue_hashes
from trede.workspace.verifying import check_files, verify
from workspaces import (
    FILLS,
    GAS,
    LIST_2026,
    account_for,
    active_ids,
    build_small,
    clock,
    create,
    decide_held,
    fuel_card,
    pin,
    publish_sample,
    run,
    snapshot,
    take_in,
)

STEPS = ("make_dir", "write_bytes", "write_table", "export", "appear", "sweep")
"""All of `Disk` but `flush`, which changes nothing that another process could see."""
WRITERS = ("write_bytes", "write_table", "export")
STOPPED = 9
MENDED = fuel_card([*FILLS[:2], replace(FILLS[2], litres="57,78"), *FILLS[3:]])
TWICE = fuel_card([*FILLS, FILLS[1]])


@dataclass(frozen=True)
class Scenario:
    """What stands before, and the one change that is stopped."""

    prepare: Callable[[Path], object]
    change: Callable[[Path], object]


def opened(root: Path) -> Workspace:
    return Workspace(root, clock)


def with_held_row(root: Path) -> None:
    take_in(create(root), "tankpas.csv", TWICE)


def corrected(root: Path) -> None:
    workspace = build_small(root)
    take_in(workspace, "tankpas.csv", MENDED, replaces=of_fuel(workspace))


def of_fuel(workspace: Workspace) -> str:
    return next(batch.id for batch in workspace.active_batches() if batch.source == "tankpas")


def import_anew(root: Path, data: bytes) -> None:
    """Import in the place of the fuel card that counts, unless it is the one that counts already."""
    workspace = opened(root)
    counting = next(b for b in workspace.active_batches() if b.source == "tankpas")
    replaced = None if workspace.evidence.get(counting.file_sha256).read() == data else counting.id
    take_in(workspace, "tankpas.csv", data, replaces=replaced)


def decide(root: Path) -> None:
    workspace = opened(root)
    (batch,) = workspace.active_batches()
    decide_held(workspace, batch, "drop")


def keep_library(root: Path) -> None:
    shipped = shipped_libraries()[LIST_2026]
    papers = shipped.papers.model_copy(update={"id": "co2emissiefactoren-2026-09-01"})
    workspace = opened(root)
    if papers.id not in workspace.libraries:
        store_library(workspace, build_library(papers, [(Location(), f) for f in list(shipped.factors.values())[:3]]))


def attach_bill(root: Path) -> None:
    attach(opened(root), b"%PDF-1.7 a bill", "bill.pdf", "source:tankpas", person="Quality officer", page=2)


def initialise(root: Path) -> None:
    if not (root / "workspace.json").exists():
        create(root)


def complete(root: Path) -> Workspace:
    """A calculated year of which every source is accounted for."""
    workspace = build_small(root)
    account_for(workspace, 2024)
    run(workspace, 2024)
    return workspace


def published(root: Path) -> None:
    workspace = complete(root)
    publish_sample(workspace, Period.year(2024))
    workspace.withdraw(of_fuel(workspace), "not ours", "Quality officer")
    account_for(workspace, 2024)
    run(workspace, 2024)


def make_public(root: Path, *, restates: bool) -> None:
    """Publish 2024; again, that says that it was published."""
    try:
        publish_sample(opened(root), Period.year(2024), restates=restates)
    except StoreError as error:
        if error.issues[0].code != "published_same":
            raise


SCENARIOS = {
    "init": Scenario(lambda root: root.mkdir(), initialise),
    "import": Scenario(create, lambda root: take_in(opened(root), "gas.csv", GAS)),
    "correct": Scenario(build_small, lambda root: import_anew(root, MENDED)),
    "uncorrect": Scenario(corrected, lambda root: import_anew(root, fuel_card())),
    "decide": Scenario(with_held_row, decide),
    "pin": Scenario(build_small, lambda root: pin(opened(root), (2025,))),
    "library": Scenario(create, keep_library),
    "publish": Scenario(complete, lambda root: make_public(root, restates=False)),
    "restate": Scenario(published, lambda root: make_public(root, restates=True)),
    "attach": Scenario(build_small, attach_bill),
    "run": Scenario(build_small, lambda root: run(opened(root), 2024)),
}


def rig(way: str, at: int) -> list[str]:
    """Let the process end at the n-th step (from 0; −1: never); returns the list in which steps are noted."""
    taken: list[str] = []
    for name in STEPS:
        setattr(disk, name, _rigged(getattr(disk, name), name, way, at, taken))
    return taken


def _rigged(step: Callable[..., Any], name: str, way: str, at: int, taken: list[str]) -> Callable[..., Any]:
    def rigged(*args: Any, **options: Any) -> Any:
        if _idle(name, args[0]):
            return step(*args, **options)
        here = len(taken) == at
        taken.append(name)
        if here and way == "before":
            os._exit(STOPPED)
        result = step(*args, **options)
        if here:
            if way == "half":
                written = Path(args[0])
                os.truncate(written, written.stat().st_size // 2)
            os._exit(STOPPED)
        return result

    return rigged


def _idle(name: str, path: Path) -> bool:
    """Tell a step that has nothing to do: a folder that is there, nothing to sweep away."""
    return (name == "make_dir" and path.is_dir()) or (name == "sweep" and not any(path.glob(".aside-*")))


def ways(step: str, *, last: bool) -> tuple[str, ...]:
    """Return how to stop at a step; after one that gives nothing a name is the same as before the next."""
    if step in WRITERS:
        return ("before", "half", "after")
    return ("before", "after") if last or step == "appear" else ("before",)


def in_child(work: Callable[[], Any], report: Path) -> int:
    """Carry something out in a forked process; what it returns is written to `report`."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    try:
        result = work()
        report.write_text(json.dumps(result))
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def state(root: Path) -> dict[str, Any]:
    """Return what exists: batches, those that count, runs, decisions, libraries."""
    workspace = opened(root)
    return {
        "batches": sorted(b.id for b in workspace.batches()),
        "active": sorted(active_ids(workspace)),
        "runs": sorted(r.id for r in workspace.runs()),
        "decisions": [r.id for r in workspace.decisions.all()],
        "libraries": sorted(workspace.libraries),
        "publications": [published.id for published in workspace.publications.all()],
        "attached": [workspace.evidence.get(a.decision.file_sha256).name for a in attachments(workspace)],
    }


def look(root: Path) -> dict[str, Any]:
    """Open what is left and verify it; a folder without a manifest is no workspace yet."""
    if not (root / "workspace.json").exists():
        return {"left": None, "sound": True, "issues": []}
    found = verify(opened(root))
    return {"left": state(root), "sound": found.good, "issues": [str(issue) for issue in found.issues]}


def carry_on(root: Path, scenario: Scenario) -> dict[str, Any]:
    """Carry the change out (again) on what is left."""
    scenario.change(root)
    return {
        "again": state(root),
        "again_issues": [str(issue) for issue in check_files(opened(root))],
        "aside": [path.name for path in root.rglob(".aside-*")],
    }


def main(name: str, folder: Path) -> dict[str, Any]:
    """Stop a scenario everywhere; returns its steps, old and new state, and the verdict on every distinct outcome."""
    scenario, report = SCENARIOS[name], folder / "report.json"
    # A stopped process loses nothing that the system has already taken over: flushing would only cost time here.
    os.fsync = lambda _: None
    pa.array([1])  # Arrow looks for pandas once in each process
    catalogue_hashes()  # loads nearly all that ships
    for library in shipped_libraries().of_publishers(tuple(home_publishers())):
        _ = shipped_libraries()[library].content_hash
    base, whole = folder / "base", folder / "whole"
    assert in_child(lambda: scenario.prepare(base) and None, report) == 0
    shutil.copytree(base, whole)
    old = None
    if (base / "workspace.json").exists():
        assert in_child(lambda: state(base), report) == 0
        old = json.loads(report.read_text())

    def count() -> dict[str, Any]:
        taken = rig("never", -1)
        scenario.change(whole)
        return {"steps": taken, "new": state(whole)}

    assert in_child(count, report) == 0
    counted = json.loads(report.read_text())
    looked: dict[str, dict[str, Any]] = {}
    carried: dict[str, dict[str, Any]] = {}
    outcomes = []
    for at, step in enumerate(counted["steps"]):
        for way in ways(step, last=at == len(counted["steps"]) - 1):
            root = folder / "stopped"
            shutil.rmtree(root, ignore_errors=True)
            shutil.copytree(base, root)

            def stop(root: Path = root, way: str = way, at: int = at) -> None:
                rig(way, at)
                scenario.change(root)

            code = in_child(stop, report)
            # Stops that leave the same bytes are looked at once.
            left = snapshot(root)
            whole_files = json.dumps({name: h for name, h in left.items() if ".aside-" not in name}, sort_keys=True)
            everything = json.dumps(left, sort_keys=True)
            if whole_files not in looked:
                assert in_child(lambda root=root: look(root), report) == 0, (step, at, way)
                looked[whole_files] = json.loads(report.read_text())
            if everything not in carried:
                assert in_child(lambda root=root: carry_on(root, scenario), report) == 0, (step, at, way)
                carried[everything] = json.loads(report.read_text())
            seen = {**looked[whole_files], **carried[everything]}
            outcomes.append({"step": step, "at": at, "way": way, "code": code, **seen})
    return {**counted, "old": old, "outcomes": outcomes, "distinct": len(carried)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
