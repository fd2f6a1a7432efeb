"""Bringing a publisher's file in as a library of this workspace."""

from __future__ import annotations

from pathlib import Path

from trede.catalogue.library import Library, library_files
from trede.kernel.disk import disk, keep, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.sealed import seal
from trede.workspace.workspace import Workspace


def store_library(workspace: Workspace, library: Library) -> Path:
    """Keep an imported library; an edition is never changed.

    Raises:
        StoreError: `library_exists` when an edition of that name ships or was imported.
    """
    if library.id in workspace.libraries:
        raise StoreError.of("library_exists", library=library.id)
    with workspace.writing(), writing_aside(workspace.layout.folder("libraries")) as aside:
        files = {}
        for name, data in library_files(library).items():
            disk.write_bytes(aside / name, data)
            files[name] = sha256(data)
        disk.write_bytes(aside / "made.json", seal({"made_at": workspace.now, "files": files}))
        kept = keep(aside, library.id)
    workspace.__dict__.pop("libraries", None)
    return kept
