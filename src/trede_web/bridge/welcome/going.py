"""Where somebody can go in an organisation: what has a name there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trede.workspace import Workspace

MOST = 8
"""Places of one kind that are named."""


@dataclass(frozen=True)
class Place:
    """Something with a name, and the filter of the ledger, the source or the file that it is."""

    kind: str
    id: str
    name: str


def places(workspace: Workspace, words: str) -> list[Place]:
    """Return what has these words in its name: sites, departments, projects, sources, files; the newest file first."""
    sought = words.casefold().split()
    organisation = workspace.organisation
    named: list[tuple[str, list[tuple[str, str, Sequence[str]]]]] = [
        ("site", [(each.id, each.name, each.aliases) for each in organisation.site]),
        ("unit", [(each.id, each.name, each.aliases) for each in organisation.unit]),
        ("project", [(each.id, each.name, each.aliases) for each in organisation.project]),
        ("source", [(each.id, each.name, ()) for each in organisation.source]),
        ("batch", [(each.id, each.file_name, ()) for each in reversed(workspace.active_batches())]),
    ]
    found: list[Place] = []
    for kind, things in named:
        fitting = [
            Place(kind, ident, name)
            for ident, name, others in things
            if all(word in " ".join((ident, name, *others)).casefold() for word in sought)
        ]
        found += fitting[:MOST]
    return found
