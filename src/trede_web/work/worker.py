"""The worker: takes jobs one by one, gives signs of life while it works, and writes what came of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection

from trede_web.bridge.books import open_books
from trede_web.bridge.jobs.answers import FOLDER
from trede_web.bridge.jobs.doing import PREPARE, QUIET, Refused, do
from trede_web.bridge.jobs.outcome import Outcome
from trede_web.bridge.jobs.preparing import is_prepared
from trede_web.bridge.ledger.downloads import forget_files, forget_old_files
from trede_web.keeping.export import export, forget_exports
from trede_web.people.models import log
from trede_web.trouble import is_away, is_full
from trede_web.work.allowed import may_begin
from trede_web.work.models import FileGoneError, Job, fault
from trede_web.work.preparing import prepare_later
from trede_web.work.queue import LEASE, beat, claim, finish, put_back

LOGGER = logging.getLogger("trede_web.work")
TROUBLE = 15.0
"""Seconds that the worker waits when the disk is full or the database is away."""
TIDY = 3600.0
"""Seconds between two looks for kept files that are too old."""
PAUSE = 0.3
"""Seconds between two looks at an empty queue."""


def work(stop: threading.Event) -> None:
    """Do jobs until `stop` is set. A full disk, or a database that is away, is waited out."""
    tidied = -TIDY
    while not stop.is_set():
        close_old_connections()
        if monotonic() - tidied > TIDY:
            forget_old_files(settings.DATA / FOLDER)
            tidied = monotonic()
        try:
            if not work_once():
                stop.wait(PAUSE)
        except Exception as error:
            if not (is_full(error) or is_away(error)):
                raise
            LOGGER.exception("the worker waits")
            connection.close()
            stop.wait(TROUBLE)


def work_once() -> bool:
    """Do one job; False when there was none. No transaction is open while the library works."""
    job = claim()
    if job is None:
        return False
    succeeded = False
    with _signs_of_life(job):
        try:
            outcome = _outcome(job)
        except Refused as refused:
            done = finish(job, {}, refused.issues, failed=True)
        except NotAllowedError:
            done = finish(job, {}, [fault("job_not_allowed")], failed=True)
        except FileGoneError:
            done = finish(job, {}, [fault("job_file_gone", file=job.title)], failed=True)
        except Exception as error:
            if is_full(error):
                put_back(job, [fault("job_disk_full")])
                raise
            if is_away(error):
                raise
            LOGGER.exception("job %s failed", job.pk)
            done = finish(job, {}, [fault("job_broken", job=str(job.pk)[:8])], failed=True)
        else:
            succeeded = done = finish(job, outcome.result, outcome.issues)
            if done and job.kind not in QUIET:
                said = {**outcome.said, **job.by}
                log(job.organisation, job.person, f"job_{job.kind}", title=job.title, job=str(job.pk), **said)
    if done:
        job.clean_up(succeeded=succeeded)
        if (
            job.kind not in QUIET and job.organisation.folder.exists()
        ):  # an example may have failed before there was one
            forget_files(open_books(job.organisation.folder))
        if job.kind != PREPARE and not is_prepared(job.organisation.folder, job.organisation.journals):
            prepare_later(job.organisation, job.person)
    return True


class NotAllowedError(Exception):
    """Who asked for the job may do so no more."""


def _outcome(job: Job) -> Outcome:
    if not may_begin(job):
        raise NotAllowedError
    if job.kind == "export":
        return export(job)
    outcome = do(job)
    if job.kind == "erase":  # before it is done: whoever takes the job up again removes them too
        forget_exports(job.organisation)
    return outcome


@contextmanager
def _signs_of_life(job: Job) -> Iterator[None]:
    """Renew the lease in a thread of its own, with its own connection."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(LEASE.total_seconds() / 4):
            try:
                beat(job)
            except DatabaseError:
                LOGGER.exception("no sign of life of job %s", job.pk)
                connection.close()
        connection.close()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
