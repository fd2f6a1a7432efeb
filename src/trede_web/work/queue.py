"""Claiming a job and writing its outcome: each is one conditional update, so that two workers never do the same."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.db.models import Case, F, Q, When
from django.utils import timezone

from trede_web.storable import storable
from trede_web.work.models import DONE, FAILED, QUEUED, RUNNING, Job, fault

LEASE = timedelta(seconds=60)
"""How long a worker that gives no sign of life keeps a job."""

LAST = ("weigh", "download", "examine")
"""Kinds of jobs that look ahead, or take long and change nothing: those that change something go before them."""
_TURN = Case(When(kind__in=LAST, then=1), default=0)

ATTEMPTS = 3
"""A job that was taken up this often without an outcome has failed."""


def claim() -> Job | None:
    """Take the oldest job that waits, or whose worker fell silent; None when there is none."""
    now = timezone.now()
    free = Q(state=QUEUED) | Q(state=RUNNING, lease_until__lt=now)
    while (job := Job.objects.filter(free).order_by(_TURN, "created_at", "id").first()) is not None:
        if job.attempts >= ATTEMPTS:
            given_up = fault("job_given_up", attempts=job.attempts)
            Job.objects.filter(free, pk=job.pk, attempts=job.attempts).update(
                state=FAILED, issues=[given_up], lease=None, finished_at=now
            )
            continue
        lease = uuid.uuid4()
        taken = Job.objects.filter(free, pk=job.pk, attempts=job.attempts).update(
            state=RUNNING, lease=lease, lease_until=now + LEASE, attempts=F("attempts") + 1, step="", percent=None
        )
        if taken:
            return Job.objects.get(pk=job.pk, lease=lease)
    return None


def beat(job: Job) -> bool:
    """Say that the worker lives; False when the job is somebody else's by now."""
    held = Job.objects.filter(pk=job.pk, lease=job.lease, state=RUNNING)
    return bool(held.update(lease_until=timezone.now() + LEASE))


def put_back(job: Job, issues: list[dict[str, Any]]) -> bool:
    """Let a job wait that could not be done now, through no fault of its own.

    However often this happens it counts as one attempt: the job is not given up, and what is done next knows that something
    may have been done before.
    """
    held = Job.objects.filter(pk=job.pk, lease=job.lease, state=RUNNING)
    return bool(held.update(state=QUEUED, lease=None, lease_until=None, issues=storable(issues), attempts=1))


def finish(job: Job, result: dict[str, Any], issues: list[dict[str, Any]], *, failed: bool = False) -> bool:
    """Write the outcome, if the job is still this worker's; False when it is not, and then nothing was written."""
    held = Job.objects.filter(pk=job.pk, lease=job.lease, state=RUNNING)
    return bool(
        held.update(
            state=FAILED if failed else DONE, result=storable(result), issues=storable(issues), lease=None, lease_until=None,
            finished_at=timezone.now(),
        )
    )  # fmt: skip
