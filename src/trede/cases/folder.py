"""Running every case of a file or folder; a case that cannot be read does not keep the others from being run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trede.cases.reading import load_case
from trede.cases.running import CaseResult, run_case
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.issues import Issue, Location

SHIPPED = CATALOGUE / "cases"
"""The folder of the cases that ship."""


@dataclass(frozen=True)
class Outcome:
    """One file: its result, or the reasons why there is none."""

    file: str
    result: CaseResult | None
    issues: tuple[Issue, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the file was read, and all its figures hold."""
        return self.result is not None and self.result.holds


def find_cases(path: Path) -> list[Path]:
    """Return the case file itself, or every `.toml` file in a folder and below it, by name.

    Raises:
        TredeError: `file_missing`, or `cases_none` for a folder without any.
    """
    if not path.exists():
        raise TredeError.of("file_missing", path=str(path))
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*.toml") if file.is_file())
    if not found:
        raise TredeError.of("cases_none", path=str(path))
    return found


def run_path(path: Path) -> Iterator[Outcome]:
    """Run a case file, or all of a folder, one by one.

    Raises:
        TredeError: `file_missing` or `cases_none`. What is wrong inside a file stands in its outcome.
    """
    seen: dict[str, str] = {}
    for file in find_cases(path):
        name = file.relative_to(path).as_posix() if path.is_dir() else file.name
        try:
            case = load_case(file.read_bytes(), name)
            if (first := seen.setdefault(case.id, name)) != name:
                raise CatalogueError.of("case_id_twice", Location(file=name, column="id"), id=case.id, first=first)
            yield Outcome(name, run_case(case, name))
        except TredeError as error:
            yield Outcome(name, None, error.issues)
