"""What every command gets: the arguments, the language and the workspace."""

from __future__ import annotations

import os
from argparse import Namespace
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from trede.cli.language import Speaker
from trede.kernel.errors import TredeError
from trede.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """One call of the command line."""

    args: Namespace
    speaker: Speaker

    @property
    def folder(self) -> Path:
        """The workspace folder: --workspace, else TREDE_WORKSPACE, else the current folder."""
        return Path(self.args.workspace or os.environ.get("TREDE_WORKSPACE") or ".")

    @cached_property
    def workspace(self) -> Workspace:
        """The opened workspace."""
        return Workspace(self.folder)

    @property
    def person(self) -> str:
        """Who decides: --by, else TREDE_BY.

        Raises:
            TredeError: `person_missing`.
        """
        name = (getattr(self.args, "by", None) or os.environ.get("TREDE_BY") or "").strip()
        if not name:
            raise TredeError.of("person_missing")
        return name

    def say(self, code: str, **params: object) -> None:
        """Print one sentence."""
        print(self.speaker.say(code, **params))

    def line(self, text: str = "") -> None:
        """Print a line as it is."""
        print(text)


def read_file(path: Path) -> bytes:
    """Read a file that the user names.

    Raises:
        TredeError: `file_missing` or `file_unreadable`.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise TredeError.of("file_missing", path=str(path)) from error
    except OSError as error:
        raise TredeError.of("file_unreadable", path=str(path), detail=error.strerror or "") from error
