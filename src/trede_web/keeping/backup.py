"""Making a backup: first the database, then the files. What a row names was on disk before the row, so it is in the copy."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

from django.utils import timezone

from trede_web.bridge.keeping import files_of
from trede_web.inbox.models import Staged
from trede_web.keeping.rows import kept_models, migrations, snapshot, write_rows
from trede_web.people.models import Organisation
from trede_web.work.models import QUEUED, RUNNING, Job

FORMAT = "trede-backup-1"
MANIFEST = "backup.json"
ROWS = "database"
"""The folder of the rows in a backup; the folders of the files are named as in the data folder."""


class KeepingError(Exception):
    """A backup cannot be made or restored; the message is for who gave the command."""


@dataclass
class Backup:
    """What a backup holds: hashes by name, and how many organisations."""

    files: dict[str, str] = field(default_factory=dict)
    organisations: int = 0


def back_up(target: Path) -> Backup:
    """Write a backup of everything: it appears whole under its name or not at all, readable by this user alone.

    Raises:
        KeepingError: there is a file of that name, or a stored file vanished on the way.
        OSError: the disk refuses.
    """
    if target.exists():
        raise KeepingError(f"{target} is there already; a backup never replaces another")
    made = Backup()
    aside = target.with_name(f".{target.name}.part")
    aside.unlink(missing_ok=True)
    try:
        aside.touch(mode=0o600, exist_ok=False)
        with aside.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
                _fill(_Writer(archive, made))
            file.flush()
            os.fsync(file.fileno())
        aside.rename(target)
    finally:
        aside.unlink(missing_ok=True)
    return made


def _fill(writer: _Writer) -> None:
    with tempfile.TemporaryDirectory(prefix="trede-backup-") as place, snapshot():
        for model in kept_models():
            path = Path(place) / "rows"
            write_rows(model, path)
            writer.add(f"{ROWS}/{model._meta.label_lower}.jsonl", path)
        organisations = list(Organisation.objects.order_by("pk"))
        open_jobs = Job.objects.filter(state__in=(QUEUED, RUNNING))
        waiting = sorted({job.upload for job in open_jobs} | {staged.folder for staged in Staged.objects.all()})
        known = migrations()
    for organisation in organisations:
        for name, content in files_of(organisation.folder).items():
            writer.add(f"workspaces/{organisation.pk}/{name}", content)
    for folder in waiting:
        for path in sorted(folder.glob("*")):
            writer.add(f"uploads/{folder.name}/{path.name}", path, may_vanish=True)
    writer.made.organisations = len(organisations)
    manifest = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "trede": version("trede"),
        "migrations": known,
        "organisations": len(organisations),
        "files": dict(writer.made.files),
    }
    writer.add(MANIFEST, json.dumps(manifest, indent=1).encode())


@dataclass(frozen=True)
class _Writer:
    """Adds files to an archive and remembers their hashes."""

    archive: tarfile.TarFile
    made: Backup

    def add(self, name: str, content: Path | bytes, *, may_vanish: bool = False) -> None:
        """Add one file.

        Raises:
            KeepingError: it is gone, and may not be.
        """
        try:
            with _opened(content) as source:
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = source.seek(0, io.SEEK_END), 0o600
                source.seek(0)
                reader = Hashing(source)
                self.archive.addfile(entry, reader)
        except FileNotFoundError as error:
            if may_vanish:  # its job was done meanwhile
                return
            raise KeepingError(f"{name} was removed while the backup was made; make it again") from error
        self.made.files[name] = reader.digest.hexdigest()


class Hashing(io.RawIOBase):
    """Reads a file and hashes what goes by."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        data = self.source.read(size)
        self.digest.update(data)
        return data


@contextmanager
def _opened(content: Path | bytes) -> Iterator[IO[bytes]]:
    with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as source:
        yield source
