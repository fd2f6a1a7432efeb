"""The ledger as a file. A small one is made within the time of a page; a large one by the worker, and then it is kept.

What is kept is named after all that it rests on, so it is never out of date. It goes when the folder holds something else, and
after some days in any case.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import parse_qsl

from trede.kernel.disk import ASIDE
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.workspace import Workspace
from trede.workspace.journal import Journal, journal_key, make_journal
from trede.workspace.journal_asking import totals
from trede_web.bridge.jobs.answers import shelf
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.ledger.asking import Asked, Names, read_asked
from trede_web.bridge.ledger.exporting import KINDS, LINES, Row, as_text, as_workbook, heads, rows
from trede_web.bridge.speaking import Voice
from trede_web.bridge.vanishing import opened, size, written

if TYPE_CHECKING:
    from trede_web.work.models import Job

FOLDER = "ledgers"
AT_ONCE = 5_000
"""Records of the largest file that is made within the time of a page."""
DAYS = 7
"""How long a file is kept at most."""
MOST = 12
"""Files of an organisation that are kept, the last made."""
_DAY = 86_400.0


@dataclass(frozen=True)
class LedgerFile:
    """A file of the ledger that somebody asks for, as the folder stands now."""

    asked: Asked
    form: str
    name: str
    """What it is called, without its end."""
    records: int
    path: Path
    """Where it is kept when it is made; its end says what it is."""

    @property
    def at_once(self) -> bool:
        """Whether making it takes no longer than a page may."""
        return self.records <= AT_ONCE

    @property
    def is_kept(self) -> bool:
        """Whether it is made and kept."""
        return self.path.exists()

    @property
    def size(self) -> int:
        """Bytes of what is kept; 0 when nothing is."""
        return size(self.path)

    def open(self) -> BinaryIO | None:
        """Return what is kept, open for reading; None when nothing is."""
        return opened(self.path)

    @property
    def full_name(self) -> str:
        """What it is called as a file."""
        return f"{self.name}{self.path.suffix}"


def find_file(workspace: Workspace, journal: Journal, asked: Asked, form: str, voice: Voice) -> LedgerFile:
    """Return the file of what is asked for, made or not.

    Args:
        journal: of the folder as it stands now.
        form: one of `KINDS`.
    """
    asked = replace(asked, group="", page=1)  # a file has all records, one by one
    suffix, _ = KINDS[form]
    about = [form, voice.language, asked.address(), workspace.layout.names(["organisation"])]
    name = f"{journal.path.parent.name}-{sha256(canonical_json(about))[:SHORT]}.{suffix}"
    records = sum(each.rows for each in totals(journal, asked.question(Names(workspace, voice, journal.files))))
    title = f"{voice.word('ledger.file')}-{asked.year or voice.word('ledger.all_years')}"
    return LedgerFile(asked, form, title, records, shelf(workspace.layout.root) / FOLDER / name)


def make_file(workspace: Workspace, job: Job) -> Outcome:
    """Make the file that a job asks for, of the folder as it stands now, and keep it; one that is kept already is left."""
    voice, journal = Voice(job.asked["language"]), make_journal(workspace, job.organisation.journals)
    asked = read_asked(dict(parse_qsl(job.asked["address"])), None)
    file = find_file(workspace, journal, asked, job.asked["form"], voice)
    if not file.is_kept:
        _keep(workspace, journal, file, voice, lambda share: job.advance("writing", share))
    forget_files(workspace)
    return Outcome({"records": file.records})


def _keep(
    workspace: Workspace, journal: Journal, file: LedgerFile, voice: Voice, watch: Callable[[float], None]
) -> None:
    found = _watched(rows(workspace, journal, file.asked, voice), file.records, watch)
    file.path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=file.path.parent) as aside:
        path = Path(aside) / file.path.name
        if file.form == "xlsx":
            as_workbook(found, heads(voice), path)
        else:
            with path.open("wb") as out:
                out.writelines(as_text(found, file.asked, file.form, voice))
        path.replace(file.path)


def _watched(found: Iterator[Row], count: int, watch: Callable[[float], None]) -> Iterator[Row]:
    for number, row in enumerate(found):
        if number % LINES == 0:
            watch(number / count)
        yield row


def forget_files(workspace: Workspace) -> None:
    """Remove the files of a folder that holds something else by now, and of more than `MOST` those that were made first.

    Another worker may be doing the same.
    """
    known = _files(shelf(workspace.layout.root) / FOLDER)
    now = journal_key(workspace)
    current = sorted((path for path in known if path.name.startswith(now)), key=written)
    for path in {*known, *current} - {*current[-MOST:]}:
        path.unlink(missing_ok=True)


def forget_old_files(kept: Path) -> None:
    """Remove what is older than `DAYS` of every organisation.

    Args:
        kept: the folder in which answers about all workspaces are kept.
    """
    before = time.time() - DAYS * _DAY
    for folder in kept.glob(f"*/{FOLDER}"):
        for path in _files(folder):
            if written(path) < before:
                path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_file()] if folder.exists() else []
