"""The saved profiles and what they read."""

from __future__ import annotations

from dataclasses import dataclass

from trede.workspace import Workspace
from trede.workspace.drafting import stored_profile


@dataclass(frozen=True)
class ProfileLine:
    """A saved profile, with the batches that it read."""

    id: str
    title: str
    source: str
    versions: int
    columns: int
    files: list[tuple[str, str]]
    """Id and file of its batches, the newest first."""


def profile_lines(workspace: Workspace) -> list[ProfileLine]:
    """Return the saved profiles by title."""
    used: dict[str, list[tuple[str, str]]] = {}
    for batch in reversed(workspace.batches()):
        used.setdefault(str(batch.facts["profile_id"]), []).append((batch.id, batch.origin))
    lines = [
        ProfileLine(
            ident, profile.title, profile.source, len(workspace.profile_versions(ident).all()), len(profile.columns),
            used.get(ident, []),
        )
        for ident, profile in workspace.profiles().items()
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line.title.casefold())


def profile_text(workspace: Workspace, ident: str) -> bytes:
    """Return a profile as TOML.

    Raises:
        TredeError: `profile_unknown`.
    """
    return stored_profile(workspace, ident)
