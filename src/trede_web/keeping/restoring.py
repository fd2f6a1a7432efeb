"""Putting a backup back into an empty place. Everything is checked before anything is put; the rows come last."""

from __future__ import annotations

import json
import shutil
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from trede_web.keeping.backup import FORMAT, MANIFEST, ROWS, Hashing, KeepingError
from trede_web.keeping.rows import count_on, migrations, read_rows
from trede_web.people.models import User
from trede_web.work.models import QUEUED, RUNNING, Job

FOLDERS = ("workspaces", "uploads")
ASIDE = ".restoring"


def restore(source: Path) -> int:
    """Put a backup back; return how many organisations it holds.

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
        _put(aside, data)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return int(manifest["organisations"])


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


def _put(aside: Path, data: Path) -> None:
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
            connection.check_constraints()
            count_on()
    except BaseException:
        for folder in moved:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _take_up_jobs() -> None:
    """Let jobs that were being done wait again."""
    Job.objects.filter(state=RUNNING).update(state=QUEUED, lease=None, lease_until=None)
