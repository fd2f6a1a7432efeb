"""A job: something that a person asked for and that the worker does. It is in the database, so that it outlives processes."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias

from django.conf import settings
from django.core.files import File
from django.db import models
from django.utils import timezone

from trede_web.inbox.models import Staged
from trede_web.people.models import Organisation, User
from trede_web.storable import storable
from trede_web.work.progress import place

QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
STATES = [(state, state) for state in (QUEUED, RUNNING, DONE, FAILED)]


SOON = 0.25
"""Seconds within which a job says no second time how far it is in a step."""


Brought: TypeAlias = "bytes | File[bytes]"
"""The content of a file: bytes, or what a browser sent, which may be too large to hold."""


def fault(code: str, **params: Any) -> dict[str, Any]:
    """Return what went wrong with a job as the library tells of its issues."""
    return {"code": code, "severity": "error", "location": {}, "params": params}


class FileGoneError(Exception):
    """The file of a job is not there any more."""


class Job(models.Model):
    """One job. Only the worker that holds `lease` may write its outcome."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="jobs")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200, blank=True)
    """What it is about, such as the name of a file."""
    asked = models.JSONField(default=dict)
    """The parameters."""
    state = models.CharField(max_length=8, choices=STATES, default=QUEUED)
    step = models.CharField(max_length=20, blank=True)
    """What is being done: one of `progress.DOING`."""
    percent = models.PositiveSmallIntegerField(null=True)
    """How far it is, where that is known."""
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    issues = models.JSONField(default=list)
    """Codes with parameters, as the library gave them."""
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    _advanced = 0.0

    class Meta:
        """The oldest is done first."""

        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["state", "created_at"]), models.Index(fields=["organisation", "-created_at"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.title} {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether it is waiting or being done."""
        return self.state in (QUEUED, RUNNING)

    @property
    def by(self) -> dict[str, str]:
        """The token by which it was asked for, for the change log; nothing when a person did."""
        return {"token": self.asked["token"]} if "token" in self.asked else {}

    @property
    def upload(self) -> Path:
        """The folder of the files that came with it; names of people's own are never used as paths."""
        return Path(settings.DATA) / "uploads" / str(self.id)

    @classmethod
    def ask(
        cls, organisation: Organisation, person: User, kind: str, title: str = "", files: Mapping[str, Brought] | None = None,
        ident: uuid.UUID | None = None, **asked: Any,
    ) -> Job:  # fmt: skip
        """Store a job with its files, in this order: a job in the database has its files on disk.

        Args:
            files: contents by a name of ours, such as `data`.
            ident: its id, when that is to be a certain one.
        """
        job = cls(
            id=ident or uuid.uuid4(), organisation=organisation, person=person, kind=kind, title=storable(title)[:200],
            asked=storable(asked),
        )  # fmt: skip
        if files:
            job.upload.mkdir(parents=True, exist_ok=ident is not None)
        try:
            for name, data in (files or {}).items():
                with (job.upload / name).open("wb") as file:
                    file.writelines([data] if isinstance(data, bytes) else data.chunks())
            job.save(force_insert=True)
        except BaseException:
            shutil.rmtree(job.upload, ignore_errors=True)
            raise
        return job

    def follow(self, kind: str, **asked: Any) -> None:
        """Store a job that comes after this one, for the same person."""
        Job.ask(self.organisation, self.person, kind, self.title, None, None, **asked, **self.by)

    def file(self, name: str) -> bytes:
        """Return the bytes of a file that came with it.

        Raises:
            FileGoneError: it is not there any more, as after a restore.
        """
        try:
            return (self.upload / name).read_bytes()
        except FileNotFoundError as error:
            raise FileGoneError from error

    def advance(self, step: str, share: float = 0.0, /) -> None:
        """Say how far it is, while it is this worker's: a step of its kind, and which share of it is done.

        What follows soon after something of the same step is passed over, so that it costs nothing to say much.
        """
        doing, percent = place(self.kind, step, share)
        if doing == self.step and (percent == self.percent or monotonic() - self._advanced < SOON):
            return
        self.step, self.percent, self._advanced = doing, percent, monotonic()
        Job.objects.filter(pk=self.pk, lease=self.lease).update(step=doing, percent=percent)

    @property
    def milestone(self) -> str:
        """What is said aloud once: the state, what is being done, and each quarter of the way."""
        return f"{self.state}-{self.step}-{(self.percent or 0) // 25}"

    @property
    def staged(self) -> Staged:
        """The file of the queue that it is about."""
        return self.organisation.staged.get(pk=self.asked["staged"])

    def keep_waiting(self, data: bytes, sha256: str, look: dict[str, Any], began_with: str) -> None:
        """Put its file in the queue: it waits for a person. Doing so twice changes nothing."""
        facts = {
            "organisation": self.organisation, "person": self.person, "name": self.title, "sha256": sha256,
            "size": len(data), "look": look, "draft": look["draft"], "began_with": began_with,
            **{name: self.asked.get(name, "") for name in ("replaces", "control_total", "control_rows")},
        }  # fmt: skip
        Staged.objects.get_or_create(pk=self.pk, defaults=facts)

    def clean_up(self, *, succeeded: bool) -> None:
        """Remove its files, unless they wait in the queue; of a file that is in, the library has kept the original."""
        waited = self.asked.get("staged_paper") or (self.asked["staged"] if self.kind == "commit" else None)
        if succeeded and waited:
            for staged in self.organisation.staged.filter(pk=waited):
                staged.forget()
        if not Staged.objects.filter(pk=self.pk).exists():
            shutil.rmtree(self.upload, ignore_errors=True)
