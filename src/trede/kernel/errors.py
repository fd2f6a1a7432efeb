"""The one exception tree. An error carries issues (codes with parameters), never a sentence."""

from __future__ import annotations

from collections.abc import Iterable

from trede.kernel.issues import Issue, Location, Param


class TredeError(Exception):
    """Something asked of the library cannot be done; `issues` say what, where and with which values."""

    def __init__(self, *issues: Issue) -> None:
        self.issues: tuple[Issue, ...] = issues
        super().__init__("; ".join(str(issue) for issue in issues))

    @classmethod
    def of(cls, code: str, location: Location | None = None, **params: Param) -> TredeError:
        """Make an error with one issue of severity `error`."""
        return cls(Issue.error(code, location, **params))

    @classmethod
    def from_issues(cls, issues: Iterable[Issue]) -> TredeError:
        """Make one error of several issues."""
        return cls(*issues)


class CatalogueError(TredeError):
    """A data file (library, vocabulary, standard, method, profile) breaks its model and is not loaded."""


class IntakeError(TredeError):
    """A file cannot be taken in: nothing of it was stored as activity."""


class RunError(TredeError):
    """A run cannot be made from what is pinned."""


class StoreError(TredeError):
    """Something stored is missing, damaged or already there."""
