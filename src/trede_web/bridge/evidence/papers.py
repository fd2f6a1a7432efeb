"""Pages of a kept PDF as pictures: drawn by the worker in a process of its own, and kept beside the workspaces.

A picture can be made again at any time, so it is in no backup; it goes with the original when that is removed.
"""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from json import JSONDecodeError, loads
from pathlib import Path
from typing import TYPE_CHECKING

from trede.kernel.disk import new_file
from trede.kernel.errors import TredeError
from trede.kernel.identity import canonical_json, sha256
from trede.workspace import Workspace
from trede.workspace.attaching import attach
from trede_web.bridge.evidence.viewer import WITHIN, is_pdf, picture_kind
from trede_web.bridge.jobs.answers import FOLDER
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.vanishing import content
from trede_web.paper.process import Fault, draw

if TYPE_CHECKING:
    from trede_web.inbox.models import Staged
    from trede_web.work.models import Job

VERSION = "1"
"""Of the drawings: another one makes them anew."""
AHEAD = 1
"""Pages that are drawn along with the one that is asked for, so that going on is quick."""


@dataclass(frozen=True)
class Sheet:
    """A page as it is shown: its picture is kept, or `fault` says why there is none."""

    number: int
    count: int = 0
    width: int = 0
    height: int = 0
    text: str = ""
    cut: bool = False
    fault: str = ""

    @property
    def before(self) -> int | None:
        """The page before this one."""
        return self.number - 1 if 1 < self.number <= self.count else None

    @property
    def after(self) -> int | None:
        """The page after this one."""
        return self.number + 1 if self.number < self.count else None


@dataclass(frozen=True)
class Paper:
    """A PDF or a photo to look at. `sheet`: the page of a PDF; None when it is still to be drawn."""

    digest: str
    name: str
    kind: str
    """`pdf` or `picture`."""
    number: int
    sheet: Sheet | None = None


def sheet(root: Path, digest: str, number: int) -> Sheet | None:
    """Return a page that was drawn, or why it was not; None when nobody tried.

    Args:
        root: the folder of the workspace.
    """
    try:
        return Sheet(**loads(_path(root, digest, number, "json").read_bytes()))
    except (FileNotFoundError, JSONDecodeError, TypeError):
        return None


def page_picture(workspace: Workspace, digest: str, number: int) -> bytes | None:
    """Return the picture of a page as PNG; None when there is none."""
    return content(_path(workspace.layout.root, digest, number, "png"))


def draw_sheet(root: Path, digest: str, original: Path, number: int) -> Sheet:
    """Draw a page and keep what came of it; one that is kept already is not drawn again."""
    found = sheet(root, digest, number)
    if found is not None and found.fault != "slow":
        return found
    drawn = draw(original, number)
    if isinstance(drawn, Fault):
        made = Sheet(number, fault=drawn.code)
    else:
        made = Sheet(number, drawn.count, drawn.width, drawn.height, drawn.text, drawn.cut)
        new_file(_path(root, digest, number, "png"), drawn.picture)
    new_file(_path(root, digest, number, "json"), canonical_json(asdict(made)))
    return made


def draw_ahead(root: Path, digest: str, original: Path, number: int) -> Sheet:
    """Draw a page, and the one after it when that went well."""
    made = draw_sheet(root, digest, original, number)
    for following in range(number + 1, number + 1 + AHEAD):
        if not made.fault and following <= made.count:
            draw_sheet(root, digest, original, following)
    return made


def beside(workspace: Workspace, digest: str, number: int, waiting: Staged | None = None) -> Paper | None:
    """Return a PDF or a photo to look at; None when the file is another kind.

    Args:
        waiting: the file that waits with these bytes, if there is one.

    Raises:
        TredeError: `evidence_missing`, `original_removed`.
    """
    name, path = original(workspace, digest, waiting)
    with path.open("rb") as file:
        beginning = file.read(WITHIN)
    root = workspace.layout.root
    if is_pdf(beginning):
        return Paper(digest, name, "pdf", number, sheet(root, digest, number))
    return Paper(digest, name, "picture", 1) if picture_kind(beginning) else None


def draw_pages(workspace: Workspace, job: Job) -> Outcome:
    """Draw the page that somebody looks at.

    Raises:
        TredeError: `evidence_missing`, `original_removed`.
    """
    digest, number = job.asked["digest"], job.asked["page"]
    waiting = job.organisation.staged.filter(sha256=digest).first()
    draw_ahead(workspace.layout.root, digest, original(workspace, digest, waiting)[1], number)
    return Outcome({"digest": digest, "page": number})


def attach_file(workspace: Workspace, job: Job) -> Outcome:
    """Keep a file as evidence of a batch or record; the page of a PDF that proves it is drawn at once."""
    asked, data = job.asked, job.file("data")
    digest = attach_proof(workspace, job, data, job.title, asked["to"], asked["page"], asked["note"])
    return Outcome({"evidence": digest, "page": asked["page"]}, said={"file": job.title, "sha256": digest[:12]})


def attach_proof(
    workspace: Workspace, job: Job, data: bytes, name: str, to: str, page: int | None, note: str = ""
) -> str:
    """Attach a file and return its hash."""
    attach(workspace, data, name, to, person=str(job.person), page=page, note=note or "-")
    digest = sha256(data)
    if is_pdf(data[:WITHIN]):
        draw_ahead(workspace.layout.root, digest, workspace.evidence.get(digest).path, page or 1)
    return digest


def original(workspace: Workspace, digest: str, waiting: Staged | None) -> tuple[str, Path]:
    """Return the name and the file with these bytes: kept as evidence, else one that waits.

    Raises:
        TredeError: `evidence_missing`, `original_removed`.
    """
    try:
        kept = workspace.evidence.get(digest)
    except TredeError:
        if waiting is None:
            raise
        return waiting.name, waiting.folder / "data"
    if kept.removal is not None:
        raise TredeError(kept.removed())
    return kept.name, kept.path


def forget_pages(root: Path, digest: str) -> None:
    """Remove what was drawn of a file."""
    shutil.rmtree(_folder(root, digest), ignore_errors=True)


def _path(root: Path, digest: str, number: int, kind: str) -> Path:
    return _folder(root, digest) / f"{VERSION}-{number}.{kind}"


def _folder(root: Path, digest: str) -> Path:
    return root.parent.parent / FOLDER / root.name / "papers" / digest
