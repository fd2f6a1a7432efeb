"""Putting a backup back into an empty place. Everything is checked before anything is put; the rows come last."""

from __future__ import annotations

import json
import shutil
import tarfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from trede_web.api.models import Once, Token
from trede_web.keeping.backup import FORMAT, MANIFEST, ROWS, Hashing, KeepingError
from trede_web.keeping.rows import count_on, migrations, read_rows
from trede_web.people.models import Invitation, Reset, User
from trede_web.work.models import QUEUED, RUNNING, Job

FOLDERS = ("workspaces", "uploads")
ASIDE = ".restoring"


@dataclass(frozen=True)
class Restored:
    """What was put back, and what was ended with it, since it may have been withdrawn after the backup."""

    organisations: int
    tokens: int
    invitations: int
    links: int


def restore(source: Path) -> Restored:
    """Put a backup back. Every token, session, open invitation and link for a new password ends with it.

    Raises:
        KeepingError: the place is not empty, or the backup is not whole, or it was made by another version.
        OSError: the disk refuses.
    """
    data = Path(settings.DATA)
    if User.objects.exists() or any(_filled(data / name) for name in FOLDERS):
        raise KeepingError(f"{data} or its database is in use; restore into an empty folder and an empty database")
    aside = data / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    try:
        manifest = _unpack(source, aside)
        if manifest["migrations"] != migrations():
            raise KeepingError(
                f"the backup was made by Trede {manifest['trede']} and this is {version('trede')}, with other tables: "
                "restore it with that version, then install this one and migrate"
            )
        return _put(aside, data, int(manifest["organisations"]))
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _filled(folder: Path) -> bool:
    return folder.exists() and any(folder.iterdir())


def _unpack(source: Path, aside: Path) -> dict[str, Any]:
    """Unpack everything and compare it with the list that the backup ends with; return the list."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(source, "r:gz") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isfile() else None
                if content is None or not _ours(entry.name):
                    raise KeepingError(f"{source} holds something that no backup holds: {entry.name!r}")
                path = aside / entry.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("xb") as file:
                    reader = Hashing(content)
                    shutil.copyfileobj(reader, file)
                found[entry.name] = reader.digest.hexdigest()
        manifest: dict[str, Any] = json.loads((aside / MANIFEST).read_text("utf-8"))
    except (tarfile.TarError, EOFError, FileNotFoundError, FileExistsError, ValueError) as error:
        raise KeepingError(f"{source} is no backup, or is not whole") from error
    if manifest.get("format") != FORMAT:
        raise KeepingError(f"{source} is a backup of a kind that this version does not know")
    found.pop(MANIFEST)
    if differ := sorted(n for n in {*found, *manifest["files"]} if found.get(n) != manifest["files"].get(n)):
        raise KeepingError(f"{source} is damaged: {len(differ)} files are not what they were, the first {differ[0]!r}")
    return manifest


def _ours(name: str) -> bool:
    """Whether a name is one of a file in a backup: under our folders, and nowhere else."""
    parts = name.split("/")
    return name == MANIFEST or (
        parts[0] in (ROWS, *FOLDERS) and len(parts) > 1 and not any(p in ("", ".", "..") or "\\" in p for p in parts)
    )


def _put(aside: Path, data: Path, organisations: int) -> Restored:
    """Put files and rows in place: the files first, so that no row is there without them."""
    moved: list[Path] = []
    try:
        for name in FOLDERS:
            for folder in sorted((aside / name).glob("*")):
                moved.append(folder.rename(data / name / folder.name))
        with transaction.atomic():
            for path in sorted((aside / ROWS).glob("*.jsonl")):
                read_rows(path)
            _take_up_jobs()
            restored = _end_ways_in(organisations)
            connection.check_constraints()
            count_on()
    except BaseException:
        for folder in moved:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    return restored


def _end_ways_in(organisations: int) -> Restored:
    """End every way in without a password: nobody knows any more which were withdrawn since the backup."""
    now = timezone.now()
    Session.objects.all().delete()
    Once.objects.all().delete()
    return Restored(
        organisations,
        tokens=Token.objects.filter(withdrawn_at=None, expires_at__gt=now).update(withdrawn_at=now),
        invitations=Invitation.still_open().update(withdrawn_at=now),
        links=Reset.objects.filter(used_at=None, expires_at__gt=now).update(used_at=now),
    )


def _take_up_jobs() -> None:
    """Let jobs that were being done wait again."""
    Job.objects.filter(state=RUNNING).update(state=QUEUED, lease=None, lease_until=None)
