"""Bringing a publisher's file in as a library of this workspace."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from trede.catalogue.library import Library, library_files
from trede.factors.importers import IMPORTERS
from trede.factors.importers.own import template
from trede.kernel.disk import disk, keep, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.sealed import seal
from trede.workspace.workspace import Workspace

PUBLISHERS = tuple(sorted(IMPORTERS))
"""Whose files can be brought in; `own` is the organisation's own table."""


def read_list(publisher: str, data: bytes, name: str, checked: date) -> Library:
    """Read a publisher's file, unchanged, or the table of own factors.

    Args:
        publisher: one of `PUBLISHERS`.
        checked: the day on which the file was compared with the publisher's page.

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column.
    """
    return IMPORTERS[publisher](data, name, checked)


def own_template() -> str:
    """Return the table of own factors to start from."""
    return template()


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
