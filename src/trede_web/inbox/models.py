"""A file that waits: kept on disk as it came in, with what the person has filled in so far. It outlives tabs and processes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from trede_web.people.models import Organisation, User


class Staged(models.Model):
    """One file; its id is that of the job which brought it, and so is its folder."""

    id = models.UUIDField(primary_key=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="staged")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    look = models.JSONField(default=dict)
    """What the library saw in it."""
    chosen = models.JSONField(default=dict)
    """Settings of the file that a person chose, by name; the others are the library's guesses."""
    draft = models.JSONField(default=dict)
    """The profile as far as it is filled in."""
    began_with = models.CharField(max_length=80, blank=True)
    """The saved profile that the draft is another version of."""
    control_total = models.CharField(max_length=30, blank=True)
    control_rows = models.CharField(max_length=30, blank=True)
    replaces = models.CharField(max_length=64, blank=True)
    checked = models.JSONField(default=dict)
    """What the last check found, and of which draft."""
    created_at = models.DateTimeField(default=timezone.now)

    same_as: Staged | None = None
    """The first file that waits with this content, where a list found it."""

    class Meta:
        """The oldest is first in the queue."""

        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_paper(self) -> bool:
        """Whether it is a PDF or a photo: figures are entered from it by hand."""
        return bool(self.look.get("paper"))

    @property
    def folder(self) -> Path:
        """The folder of the file."""
        return Path(settings.DATA) / "uploads" / str(self.id)

    def read(self) -> bytes:
        """Return the file as it came in."""
        return (self.folder / "data").read_bytes()

    def note(self, **changed: Any) -> None:
        """Write some of its fields."""
        for name, value in changed.items():
            setattr(self, name, value)
        self.save(update_fields=list(changed))

    def forget(self) -> None:
        """Take it out of the queue, with its file."""
        folder = self.folder
        self.delete()
        shutil.rmtree(folder, ignore_errors=True)
