"""Verifying a bundle that somebody brought. It is hostile until proven otherwise: a process of its own does it, with limits on
work, time, memory and disk, in a folder that is gone afterwards. It is given no secret and no other folder.

Of the bundle nothing is kept. What was found is told to the person who brought it, and thrown away after a day.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trede
from trede.kernel.disk import disk, file_hash
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue, Location
from trede.workspace import Workspace
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.runs.proving import MOST_TOLD, ProofShown, proof_shown, stored_day
from trede_web.bridge.speaking import Told, Voice
from trede_web.bridge.vanishing import written

if TYPE_CHECKING:
    from trede_web.work.models import Job

CHILD = Path(__file__).with_name("examine_child.py")
FOLDER = "examined"
SECONDS, PATIENCE = 600, 900
"""Seconds of work that a bundle may take, and of waiting on a busy machine."""
MEGABYTES = 4096
"""Of memory that is written to."""
DAY = 24 * 3600.0


@dataclass(frozen=True)
class Published:
    """A publication that a bundle tells of."""

    version: int
    period: str
    person: str
    day: str
    reason: str


@dataclass(frozen=True)
class Examined:
    """What was found of a bundle. `proof` is there when its list could be read; without it `told` says why not."""

    name: str
    size: int
    sha256: str
    run: str
    period: str
    made_by: str
    files: int
    originals: bool
    published: list[Published]
    proof: ProofShown | None
    told: list[Told]

    @property
    def good(self) -> bool:
        """Whether everything agrees."""
        return self.proof is not None and self.proof.good


def examine_bundle(workspace: Workspace, job: Job) -> Outcome:
    """Verify the bundle that came with a job; what was found lies beside the workspaces for a day."""
    bundle = job.upload / "data"
    found: dict[str, Any] = {
        "size": bundle.stat().st_size,
        "sha256": file_hash(bundle),
        "name": job.file("name").decode(),
    }
    found |= examine(bundle)
    place = _place(workspace.layout.root, str(job.pk))
    disk.make_dir(place.parent)
    _sweep(place.parent)
    disk.write_bytes(place, canonical_json(found))
    place.chmod(0o600)
    return Outcome({})


def examine(
    bundle: Path, *, seconds: int = SECONDS, patience: float = PATIENCE, megabytes: int = MEGABYTES
) -> dict[str, Any]:
    """Have a bundle verified by a process of its own; whatever that does, the answer is what was found."""
    with tempfile.TemporaryDirectory(prefix="trede-examine-") as folder:
        asked = [str(Path(trede.__file__).parents[1]), str(bundle), str(seconds), str(megabytes), str(MOST_TOLD)]
        try:
            done = subprocess.run(  # noqa: S603 - our own program
                [sys.executable, "-I", str(CHILD), *asked], capture_output=True, env={"TMPDIR": folder}, cwd=folder,
                timeout=patience, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return _ended("job_examine_slow")
    if done.returncode:
        return _ended("job_examine_slow" if done.returncode < 0 else "job_examine_broken")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _ended(code: str) -> dict[str, Any]:
    return {"issues": [Issue.error(code, Location()).to_json()]}


def examined(workspace: Workspace, ident: str, voice: Voice) -> Examined | None:
    """Return what was found of a bundle; None when that was thrown away."""
    try:
        found = json.loads(_place(workspace.layout.root, ident).read_bytes())
    except FileNotFoundError:
        return None
    proof = proof_shown(found, found["issues"], voice) if "run" in found else None
    told = proof.told if proof else voice.told_all(Issue.from_json(issue) for issue in found["issues"])
    return Examined(
        found["name"], found["size"], found["sha256"], found.get("run", ""), found.get("period", ""),
        found.get("made_by", ""), found.get("files", 0), found.get("originals", False),
        [
            Published(each["version"], each["period"], each["person"], stored_day(each["made_at"], voice), each["reason"])
            for each in found.get("published", ())
        ],
        proof, told,
    )  # fmt: skip


def _place(root: Path, ident: str) -> Path:
    return root.parent.parent / FOLDER / root.name / f"{ident}.json"


def _sweep(folder: Path) -> None:
    """Throw away what was found longer than a day ago."""
    for path in folder.glob("*.json"):
        if written(path) < time.time() - DAY:
            path.unlink(missing_ok=True)
