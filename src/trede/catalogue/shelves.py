"""Libraries by id, loaded when they are asked for: most commands need one list of the many that ship."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import Library, load_library
from trede.catalogue.papers import LibraryPapers
from trede.kernel.models import load


class Libraries(Mapping[str, Library]):
    """A mapping of library ids to libraries; the folder's name is the id.

    Args:
        folders: folder by id.
        shared: libraries of another mapping, loaded there.
    """

    def __init__(self, folders: Mapping[str, Path], shared: Libraries | None = None) -> None:
        self._folders = dict(folders)
        self._shared = shared
        self._loaded: dict[str, Library] = {}
        self._papers: dict[str, LibraryPapers] = {}

    def __getitem__(self, library_id: str) -> Library:
        if library_id in self._folders:
            if library_id not in self._loaded:
                self._loaded[library_id] = load_library(self._folders[library_id])
            return self._loaded[library_id]
        if self._shared is None:
            raise KeyError(library_id)
        return self._shared[library_id]

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*(self._shared or ()), *self._folders]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, library_id: object) -> bool:
        return library_id in self._folders or (self._shared is not None and library_id in self._shared)

    def papers(self, library_id: str) -> LibraryPapers:
        """Return a library's papers without loading its factors."""
        if library_id in self._folders:
            if library_id not in self._papers:
                self._papers[library_id] = load(LibraryPapers, self._folders[library_id] / "library.toml")
            return self._papers[library_id]
        if self._shared is None:
            raise KeyError(library_id)
        return self._shared.papers(library_id)

    def of_publishers(self, names: tuple[str, ...]) -> list[str]:
        """Return the ids of the libraries of some publishers."""
        return [library_id for library_id in self if self.papers(library_id).publisher in names]


def folders_in(parent: Path) -> dict[str, Path]:
    """Return the library folders of a parent folder by id."""
    return {
        path.parent.name: path.parent for path in sorted(parent.glob("*/library.toml")) if path.parent.name[0] != "."
    }


@cache
def shipped_libraries() -> Libraries:
    """Return the libraries that ship with the package."""
    return Libraries(folders_in(CATALOGUE / "factors"))
