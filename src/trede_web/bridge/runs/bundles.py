"""Bundles that wait to be downloaded: a calculation with all that it rests on in one file, for somebody without the application.

They can be made again, so they are in no backup. The last few of an organisation are kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from trede.kernel.disk import file_hash
from trede.workspace import Workspace
from trede.workspace.bundling import make_bundle
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.vanishing import written

if TYPE_CHECKING:
    from trede_web.work.models import Job

FOLDER = "bundles"
WITH_ORIGINALS = "-with-originals.zip"
KEPT = 3
"""Bundles of one organisation that are kept, the last made."""


def bundle_file(root: Path, ident: str, *, originals: bool) -> Path:
    """Return where a bundle is kept.

    Args:
        root: the folder of the workspace.
        ident: of the job that made it.
        originals: whether the original files are in it.
    """
    return _folder(root) / f"{ident}{WITH_ORIGINALS if originals else '.zip'}"


def bundle_run(workspace: Workspace, job: Job) -> Outcome:
    """Write the bundle of a calculation; of earlier ones the last few stay."""
    run, originals = workspace.find_run(job.asked["run"]), bool(job.asked["originals"])
    root = workspace.layout.root
    target = bundle_file(root, str(job.pk), originals=originals)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # an earlier attempt may have made it
    made = make_bundle(workspace, run, target, with_originals=originals)
    target.chmod(0o600)
    kept = sorted(_folder(root).glob("*.zip"), key=written, reverse=True)
    for earlier in [path for path in kept if path != target][KEPT - 1 :]:
        earlier.unlink(missing_ok=True)
    result = {
        "year": job.asked["year"], "run": run.id, "period": run.period.name, "originals": originals,
        "files": made.files, "size": made.size, "sha256": file_hash(target),
    }  # fmt: skip
    return Outcome(result, said={"run": run.id})


def forget_originals(root: Path) -> None:
    """Remove the bundles with originals in them: one of these was removed on request."""
    for path in _folder(root).glob(f"*{WITH_ORIGINALS}"):
        path.unlink(missing_ok=True)


def _folder(root: Path) -> Path:
    return root.parent.parent / FOLDER / root.name
