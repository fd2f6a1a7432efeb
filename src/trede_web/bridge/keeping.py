"""The files of an organisation's folder, for a copy of them."""

from __future__ import annotations

from pathlib import Path

from trede.workspace import Workspace
from trede.workspace.copying import moment


def files_of(folder: Path) -> dict[str, Path | bytes]:
    """Return the files of a workspace by name, as they are at one moment: a path to what never changes, else the bytes.

    Raises:
        TredeError: the folder is no workspace.
    """
    return moment(Workspace(folder))
