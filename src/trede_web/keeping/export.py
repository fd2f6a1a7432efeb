"""Everything that an organisation owns, in one zip of open forms: its workspace with the originals, and its rows of the database.

`workspace/` can be opened by the commands as it is. `database/` has a table in CSV for each kind of row that is of the
organisation: people, invitations, jobs, the change log, and what later versions add. Secrets are none of them. `waiting/` has the
files that wait to be taken in, by their number in `database/inbox_staged.csv`.
"""

from __future__ import annotations

import csv
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils import timezone

from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.keeping import files_of
from trede_web.bridge.vanishing import opened
from trede_web.people.models import Organisation, User

if TYPE_CHECKING:
    from trede_web.work.models import Job

SECRET = frozenset({"digest", "password", "secret", "lease", "lease_until"})
"""Columns that are nobody's to read."""

ORIGINALS = "workspace/evidence/"
TRIES = 3
"""How often a zip is packed again since an original went meanwhile."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def folder() -> Path:
    """Return where exports wait to be downloaded."""
    return Path(settings.DATA) / "exports"


def file_of(job: Job) -> Path:
    """Return the zip of an export."""
    return folder() / f"{job.pk}.zip"


def export(job: Job) -> Outcome:
    """Write the zip of an organisation; earlier ones of it are removed, so that one at most is kept."""
    folder().mkdir(mode=0o700, exist_ok=True)
    for left in reversed(range(TRIES)):
        try:
            count, size = _pack(job)
            break
        except FileNotFoundError:  # an original was removed on request meanwhile: what is packed is of before that
            if not left:
                raise
    for earlier in job.organisation.jobs.filter(kind="export").exclude(pk=job.pk):
        file_of(earlier).unlink(missing_ok=True)
    return Outcome({"files": count, "size": size}, said={"files": count})


def forget_exports(organisation: Organisation) -> None:
    """Remove the zips of an organisation: an original that is in them was removed on request."""
    for job in organisation.jobs.filter(kind="export"):
        file_of(job).unlink(missing_ok=True)


def open_export(job: Job) -> BinaryIO | None:
    """Return the zip of an export, open for reading; None when it is not there any more."""
    return opened(file_of(job))


def _pack(job: Job) -> tuple[int, int]:
    """Write the zip; return how many files are in it, and its bytes.

    Raises:
        FileNotFoundError: something that was to be in it went meanwhile; there is no zip.
    """
    target = file_of(job)
    aside = target.with_suffix(".part")
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    try:
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            count = _fill(archive, job.organisation, lambda share: job.advance("packing", share))
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        size = aside.stat().st_size
        packed = {name.removeprefix("workspace/") for name in archive.namelist() if name.startswith(ORIGINALS)}
        aside.rename(target)  # who removes an original later than the next line removes this too
        if gone := packed - files_of(job.organisation.folder).keys():
            target.unlink(missing_ok=True)
            raise FileNotFoundError(min(gone))
    finally:
        aside.unlink(missing_ok=True)
    return count, size


def _fill(archive: zipfile.ZipFile, organisation: Organisation, watch: Callable[[float], None]) -> int:
    for model in _models():
        archive.writestr(f"database/{model._meta.db_table}.csv", table(model, organisation))
    files = files_of(organisation.folder)
    for number, (name, content) in enumerate(files.items()):
        watch(number / len(files))
        if isinstance(content, bytes):
            archive.writestr(f"workspace/{name}", content)
        else:
            archive.write(content, f"workspace/{name}")
    for staged in organisation.staged.all():
        for path in sorted(staged.folder.glob("*")):
            archive.write(path, f"waiting/{staged.pk}/{path.name}")
    about = {"organisation": organisation.name, "made_at": timezone.now().isoformat(), "trede": version("trede")}
    archive.writestr("about.json", json.dumps(about, indent=1, ensure_ascii=False))
    return len(archive.namelist())


def _models() -> Iterator[type[models.Model]]:
    """Yield the models of ours whose rows are of an organisation."""
    for model in apps.get_models():
        if model._meta.app_config is not None and model._meta.app_config.name.startswith("trede_web") and _of(model):
            yield model


def _of(model: type[models.Model]) -> str:
    """Return the name of the field that says of which organisation a row is; nothing when there is none."""
    return next((f.name for f in model._meta.concrete_fields if f.related_model is Organisation), "")


def table(model: type[models.Model], organisation: Organisation) -> str:
    """Return the organisation's rows of a table as CSV; people by name and e-mail address."""
    fields = [f for f in model._meta.concrete_fields if f.name not in SECRET and f.related_model is not Organisation]
    people = [f.name for f in fields if f.related_model is User]
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([f.name for f in fields])
    rows = model._default_manager.filter(**{_of(model): organisation}).select_related(*people).order_by("pk")
    for row in rows.iterator(chunk_size=1000):
        writer.writerow([_cell(getattr(row, f.name if f.name in people else f.attname)) for f in fields])
    return out.getvalue()


def _cell(value: Any) -> str:
    """Write one value; a text that a spreadsheet would take for a formula gets a quote before it."""
    match value:
        case None:
            return ""
        case User():
            return _cell(f"{value.name} <{value.email}>")
        case datetime():
            return value.isoformat()
        case dict() | list():
            return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
