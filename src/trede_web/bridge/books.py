"""The workspace of an organisation, and the years that there is something about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow.compute as pc

from trede.catalogue.standards import Standard, find_standard, standards
from trede.inventory.days import days_of
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.workspace import Workspace

__all__ = ["Period", "Standard", "TredeError", "Workspace", "create_books", "find_standard", "open_books", "years"]

DEFAULT_STANDARD = "ladder"


@dataclass(frozen=True)
class View:
    """Under which standard and basis a footprint is looked at."""

    standard: Standard
    basis: str

    @property
    def name(self) -> str:
        """As it stands in an address: `ladder:market`."""
        return f"{self.standard.short}:{self.basis}"

    @classmethod
    def read(cls, standard: str | None, basis: str | None) -> View:
        """Read what is asked; nothing asked: the first standard, on its last basis.

        Raises:
            TredeError: `standard_unknown` or `basis_unknown`.
        """
        found = find_standard(standard or DEFAULT_STANDARD)
        return cls(found, found.check_basis(basis or found.bases[-1]))


def views() -> list[View]:
    """Return every standard on each of its bases."""
    return [View(standard, basis) for standard in standards().values() for basis in standard.bases]


def open_books(folder: Path) -> Workspace:
    """Open a workspace folder.

    Raises:
        TredeError: `workspace_missing` and what else the library says of a folder.
    """
    return Workspace(folder)


def create_books(folder: Path, name: str, description: bytes | None = None) -> Workspace:
    """Make a workspace of an organisation's description; without one, of its name: one entity, no expected sources yet.

    Raises:
        TredeError: what is wrong in the description; nothing was made.
    """
    if description is not None:
        return Workspace.create(folder, description, "organisation.toml")
    quoted = name.replace("\\", " ").replace('"', "'")
    text = f'name = "{quoted}"\ncountry = "NL"\n\n[[entity]]\nid = "organisation"\nname = "{quoted}"\n'
    return Workspace.create(folder, text.encode(), "organisation.toml")


def years(workspace: Workspace) -> list[int]:
    """Return the years of records and calculations, the newest first."""
    found = {run.period.start.year for run in workspace.runs()}
    for batch in workspace.active_batches():
        found.update(years_of(batch.records_path))
    return sorted(found, reverse=True)


@lru_cache(maxsize=4096)
def years_of(path: Path) -> range:
    """Return the years of a batch's records, by the day on which they begin; a batch never changes."""
    starts = days_of(path)["start"]
    return range(pc.min(starts).as_py().year, pc.max(starts).as_py().year + 1) if len(starts) else range(0)
