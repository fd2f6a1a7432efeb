"""Faults around the application: a killed worker, a full disk, a database that is away. Nothing is lost, and it says so."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections
from django.urls import reverse
from django.utils import timezone
from web_site import OURS, SERVER, Site, text_of

from trede.kernel.disk import disk
from trede.workspace.verifying import verify
from trede_web.bridge.books import open_books
from trede_web.people.models import LogEntry
from trede_web.work import worker
from trede_web.work.models import Job
from workspaces import read_example

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
STUCK = """
import sys, time
from pathlib import Path
from unittest import mock
import django
django.setup()
from trede.kernel.disk import disk
from trede_web.work.worker import work_once
whole = getattr(disk, "write_table")
def half(path, *rest, **more):
    whole(path, *rest, **more)
    Path(sys.argv[1]).touch()
    time.sleep(600)
with mock.patch.object(disk, "write_table", half):
    work_once()
"""
"""A worker that stops in the middle of writing, says so, and waits to be killed."""


def until(fact: Callable[[], bool]) -> None:
    """Wait until something is so."""
    for _ in range(6000):
        if fact():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be")


def imported(site: Site) -> Job:
    """Ask for a corrected file to be taken in."""
    replaced = next(b.id for b in open_books(site.ours.folder).batches() if b.file_name == "tankpas-2024.csv")
    name = "tankpas-2024-verbeterd.csv"
    return Job.ask(site.ours, site.person(), "import", name, {"data": read_example(name)}, replaces=replaced)


@pytest.mark.parametrize("kind", ["import", "calculate"])
def test_a_worker_that_is_killed_leaves_no_half_state_and_another_goes_on(
    site: Site, kind: str, tmp_path: Path
) -> None:
    """With processes as they run on a server: one is killed outright, one takes its job up and is told to stop."""
    if kind == "import":
        job = imported(site)
    else:
        batch = open_books(site.ours.folder).batches()[-1].id
        Job.ask(site.ours, site.person(), "withdraw", batch=batch, reason="so that there is something to calculate")
        assert site.work() == 1
        job = Job.ask(site.ours, site.person(), "calculate", year=2024)
    books = open_books(site.ours.folder)
    before = [b.id for b in books.active_batches()], [r.id for r in books.runs()]
    connection.close()
    mark = tmp_path / "half"
    first = subprocess.Popen([sys.executable, "-c", STUCK, str(mark)])
    until(mark.exists)
    first.send_signal(signal.SIGKILL)
    assert first.wait(30) == -signal.SIGKILL
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)
    assert ([b.id for b in books.active_batches()], [r.id for r in books.runs()]) == before
    assert "Jaaroverzicht" in text_of(site.client().get("/o/ours/2024/"))
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    connection.close()
    second = subprocess.Popen([sys.executable, "-m", "trede_web", "work"])
    try:
        until(lambda: not Job.objects.get(pk=job.pk).is_open)
    finally:
        second.terminate()
        assert second.wait(60) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert verify(books).good


@pytest.mark.parametrize("step", ["write_bytes", "write_table", "appear"])
def test_a_full_disk_lets_a_job_wait_and_then_it_is_done(site: Site, step: str) -> None:
    job, books = imported(site), open_books(site.ours.folder)
    before = [b.id for b in books.batches()]
    for _ in range(5):
        with mock.patch.object(disk, step, side_effect=FULL), pytest.raises(OSError, match="No space"):
            worker.work_once()
    job.refresh_from_db()
    assert (job.state, [issue["code"] for issue in job.issues]) == ("queued", ["job_disk_full"])
    assert job.upload.exists()
    assert [b.id for b in books.batches()] == before
    page = text_of(site.client().get(reverse("job", args=["ours", job.pk])))
    assert "De schijf van de server is vol" in page
    assert site.work() == 1
    job.refresh_from_db()
    assert (job.state, job.upload.exists()) == ("done", False)
    assert "job_disk_full" not in [issue["code"] for issue in job.issues]
    assert verify(books).good


@pytest.mark.parametrize(("language", "said"), [("nl", "schijf van de server is vol"), ("en", "disk is full")])
def test_a_full_disk_gives_a_clear_page_and_records_nothing(site: Site, language: str, said: str) -> None:
    client = site.client(language=language)
    client.raise_request_exception = False
    opened, uploads = Path.open, Path(settings.DATA) / "uploads"

    def full(path: Path, *how: Any, **more: Any) -> Any:
        file = opened(path, *how, **more)
        if uploads in path.parents and how == ("wb",):
            file.close()
            raise FULL
        return file

    with mock.patch.object(Path, "open", full):
        sent = {"files": [SimpleUploadedFile("reizen.csv", b"a;b\n1;2\n")]}
        answer = client.post(reverse("imports", args=["ours"]), sent)
    assert (answer.status_code, answer["Retry-After"]) == (507, "60")
    assert said in text_of(answer)
    assert not Job.objects.exists()
    assert not LogEntry.objects.exists()
    assert not list(uploads.iterdir())


@contextmanager
def database_away() -> Iterator[None]:
    """Take the database away for real: the file is moved, or the server lets nobody in."""
    connections.close_all()
    if SERVER:
        with psycopg.connect(SERVER, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {OURS} ALLOW_CONNECTIONS false".encode())
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [OURS])
            try:
                yield
            finally:
                admin.execute(f"ALTER DATABASE {OURS} ALLOW_CONNECTIONS true".encode())
        return
    file = Path(settings.DATA) / "trede.sqlite3"
    kept = file.with_suffix(".away")
    shutil.move(file, kept)
    file.mkdir()
    try:
        yield
    finally:
        connections.close_all()
        file.rmdir()
        shutil.move(kept, file)


@pytest.mark.parametrize(("language", "said"), [("nl", "niet bereikbaar"), ("en", "cannot be reached")])
def test_a_lost_database_gives_a_clear_page_and_comes_back(site: Site, language: str, said: str) -> None:
    client = site.client(language=language)
    client.raise_request_exception = False
    where = reverse("year", args=["ours", 2024])
    assert client.get(where).status_code == 200
    with database_away():
        for path in (where, "/", "/login/code/", reverse("imports", args=["ours"])):
            answer = client.get(path)
            assert (answer.status_code, answer["Retry-After"]) == (503, "60"), path
            assert said in text_of(answer)
    assert client.get(where).status_code == 200


def test_a_worker_waits_for_its_database_and_goes_on(site: Site) -> None:
    job = imported(site)
    stop, lost = threading.Event(), threading.Event()

    def go() -> None:
        worker.work(stop)
        connection.close()

    def away() -> None:
        lost.set()
        raise OperationalError("the server went away")

    thread = threading.Thread(target=go)
    with mock.patch.object(worker, "TROUBLE", 0.05):
        with mock.patch.object(worker, "claim", away):
            thread.start()
            assert lost.wait(10)
        until(lambda: not Job.objects.get(pk=job.pk).is_open)
        stop.set()
        thread.join()
    assert Job.objects.get(pk=job.pk).state == "done"


def test_an_outcome_that_could_not_be_written_is_found_again(site: Site) -> None:
    job, books = imported(site), open_books(site.ours.folder)
    before = len(books.batches())
    with mock.patch.object(worker, "finish", side_effect=OperationalError), pytest.raises(OperationalError):
        worker.work_once()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert site.work() == 1
    assert Job.objects.get(pk=job.pk).state == "done"
    assert len(books.batches()) == before + 1
