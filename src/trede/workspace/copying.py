"""A copy of a workspace as it stands at one moment, taken while people work in it."""

from __future__ import annotations

from pathlib import Path

from trede.kernel.disk import ASIDE
from trede.kernel.versions import LATEST
from trede.workspace.workspace import Workspace


def moment(workspace: Workspace) -> dict[str, Path | bytes]:
    """Return every file of a workspace by its path inside, as they all are at one moment.

    What is stored never changes, so a path will do, to be read later; the one kind of file that is written again (`latest`
    of a series) comes as its bytes. Writers wait only while the names are read.
    """
    root = workspace.layout.root
    with workspace.writing():
        found = [path for path in sorted(root.rglob("*")) if path.is_file() and path != workspace.layout.lock]
        return {
            path.relative_to(root).as_posix(): path.read_bytes() if path.name == LATEST else path
            for path in found
            if not any(part.startswith(ASIDE) for part in path.relative_to(root).parts)
        }
