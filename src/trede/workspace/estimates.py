"""An organisation's own estimates in its workspace: one list, whose next version takes the place of the one before it."""

from __future__ import annotations

from dataclasses import dataclass

from trede.catalogue.estimates import shipped_estimates
from trede.methods.own_estimates import Own, check_estimates
from trede.workspace.workspace import Workspace


@dataclass(frozen=True)
class ImportedEstimates:
    """A stored list; `again` says that the very same text was the latest already."""

    own: Own
    version: int
    again: bool


def import_estimates(workspace: Workspace, data: bytes, name: str) -> ImportedEstimates:
    """Store a list of own estimates in the place of the one before it.

    Raises:
        CatalogueError: every fault with its line and character; nothing was stored.
    """
    with workspace.writing():
        own = check_estimates(data, name, workspace.known().vocabulary, shipped_estimates())
        last = workspace.estimate_versions.latest()
        again = last is not None and last.read() == data
        version = workspace.estimate_versions.append(data)
    return ImportedEstimates(own, version.number, again)
