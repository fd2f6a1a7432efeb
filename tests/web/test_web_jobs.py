"""Jobs: done once, taken up again when a worker dies, and without half a state."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.utils import timezone
from web_site import Site

from trede.workspace.verifying import verify
from trede_web.bridge.books import open_books
from trede_web.people.models import LogEntry, Organisation
from trede_web.work import queue, worker
from trede_web.work.models import Job
from workspaces import read_example


def offer(site: Site, name: str = "tankpas-2024-verbeterd.csv", **asked: Any) -> Job:
    """Ask for a file to be taken in."""
    return Job.ask(site.ours, site.person(), "import", name, {"data": read_example(name)}, **asked)


def batch_named(site: Site, name: str) -> str:
    """Return the id of the batch of a file."""
    return next(b.id for b in open_books(site.ours.folder).batches() if b.file_name == name)


def test_a_job_is_claimed_once(site: Site) -> None:
    offer(site)
    first, second = queue.claim(), queue.claim()
    assert first is not None
    assert second is None
    assert first.attempts == 1


def test_two_workers_at_once_share_the_jobs(site: Site) -> None:
    for _ in range(8):
        Job.ask(site.ours, site.person(), "calculate", year=2024)
    taken: list[Any] = []

    def take() -> None:
        while (job := queue.claim()) is not None:
            taken.append(job.pk)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 8


def test_the_outcome_is_fenced_by_the_lease(site: Site) -> None:
    offer(site)
    silent = queue.claim()
    assert silent is not None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = queue.claim()
    assert second is not None
    assert second.attempts == 2
    assert not queue.finish(silent, {"batch": "wrong"}, [])
    assert not queue.beat(silent)
    assert queue.finish(second, {"batch": "right"}, [])
    assert Job.objects.get().result == {"batch": "right"}


class Killed(BaseException):
    """The worker's process ends here."""


def test_a_killed_workers_job_is_taken_again(site: Site) -> None:
    job = offer(site, replaces=batch_named(site, "tankpas-2024.csv"))
    before = len(open_books(site.ours.folder).batches())
    with mock.patch("trede_web.work.worker.finish", side_effect=Killed), pytest.raises(Killed):
        worker.work_once()
    job.refresh_from_db()
    assert job.state == "running"
    assert queue.claim() is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worker.work_once()
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert len(open_books(site.ours.folder).batches()) == before + 1


DYING = """
import os, sys
from unittest import mock
import django
django.setup()
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.disk import disk
from trede.workspace.running import catalogue_hashes
from trede_web.work.worker import work_once
catalogue_hashes()
for library in shipped_libraries().values():
    library.content_hash
for line in sys.stdin:
    child = os.fork()
    if not child:
        with mock.patch.object(disk, line.strip(), side_effect=lambda *a, **k: os._exit(9)):
            work_once()
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Workers whose process ends at the first step of a kind on disk. They come of one that loaded what ships and computes nothing
itself, so that no thread is forked."""


@pytest.fixture(scope="module")
def die() -> Iterator[Callable[[str], int]]:
    """Return what lets a worker begin and die at a step; it returns how its process ended."""
    with subprocess.Popen(
        [sys.executable, "-c", DYING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as made:
        asked, told = made.stdin, made.stdout
        assert asked is not None
        assert told is not None

        def at(step: str) -> int:
            asked.write(f"{step}\n")
            asked.flush()
            return int(told.readline())

        yield at
        asked.close()


@pytest.mark.parametrize("step", ["write_bytes", "write_table", "appear"])
@pytest.mark.parametrize("kind", ["import", "calculate"])
def test_a_process_that_dies_leaves_no_half_state(site: Site, die: Callable[[str], int], kind: str, step: str) -> None:
    if kind == "import":
        offer(site, replaces=batch_named(site, "tankpas-2024.csv"))
    else:
        library = "co2emissiefactoren-2026-08-20"
        Job.ask(site.ours, site.person(), "pin", library=library, years=[2021], reason="a reason")
        site.work()
        Job.ask(site.ours, site.person(), "calculate", year=2024)
    books = open_books(site.ours.folder)
    before = [b.id for b in books.active_batches()], [r.id for r in books.runs()]
    connection.close()
    assert die(step) == 9
    assert ([b.id for b in books.active_batches()], [r.id for r in books.runs()]) == before
    assert "Jaaroverzicht" in site.client().get("/o/ours/2024/").content.decode()
    Job.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worker.work_once()
    job = Job.objects.latest("created_at")
    assert (job.state, job.attempts) == ("done", 2)
    assert verify(books).good


@pytest.mark.parametrize("kind", ["pin", "settle", "publish", "decide", "source", "withdraw"])
def test_a_change_that_was_made_before_the_worker_died_is_not_made_twice(site: Site, kind: str) -> None:
    books = open_books(site.ours.folder)
    sent = batch_named(site, "tankpas-2024.csv")
    asked: dict[str, dict[str, Any]] = {
        "pin": {"library": "co2emissiefactoren-2026-08-20", "years": [2021]},
        "settle": {"finding": "", "choice": "keep", "year": 2024},
        "publish": {"year": 2022, "incomplete": "", "restates": False},
        "decide": {"batch": sent, "rows": ["373"], "choice": "drop"},
        "source": {"source": "reizen", "year": 2021, "status": "none"},
        "withdraw": {"batch": sent},
    }
    if kind in ("settle", "publish"):
        from trede.workspace.findings import open_findings

        found = open_findings(books)
        asked["settle"]["finding"] = found[0].id
        if kind == "publish":
            for finding in found:
                Job.ask(
                    site.ours, site.person(), "settle", finding=finding.id, choice="keep", year=2022, reason="a reason"
                )
            site.work()
    Job.ask(site.ours, site.person(), kind, reason="a reason", **asked[kind])
    with mock.patch("trede_web.work.worker.finish", side_effect=Killed), pytest.raises(Killed):
        worker.work_once()
    made = (books.decisions.last, len(books.publications.all()), len(books.batches()))
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert worker.work_once()
    job = Job.objects.get(kind=kind, attempts=2)
    assert (job.state, job.issues) == ("done", job.issues)
    assert made == (books.decisions.last, len(books.publications.all()), len(books.batches()))


def test_a_job_that_never_ends_is_given_up(site: Site) -> None:
    job = offer(site)
    for _ in range(queue.ATTEMPTS):
        assert queue.claim() is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert queue.claim() is None
    job.refresh_from_db()
    assert (job.state, job.issues[0]["code"]) == ("failed", "job_given_up")


def test_a_refusal_is_told_and_changes_nothing(site: Site) -> None:
    job = Job.ask(site.ours, site.person(), "import", "raar.csv", {"data": b"%PDF-1.7 not a table"})
    before = len(open_books(site.ours.folder).batches())
    assert site.work() == 1
    job.refresh_from_db()
    assert (job.state, job.issues[0]["code"]) == ("failed", "file_not_text")
    assert len(open_books(site.ours.folder).batches()) == before
    assert not job.upload.exists()


def test_a_fault_of_ours_is_told_without_its_details(site: Site) -> None:
    job = offer(site)
    with mock.patch("trede_web.bridge.intake.taking_in.recognise", side_effect=RuntimeError("secret path")):
        site.work()
    job.refresh_from_db()
    assert (job.state, job.issues[0]["code"]) == ("failed", "job_broken")
    assert "secret" not in str(job.issues)


def test_a_folder_that_could_not_be_made_does_not_end_the_worker(site: Site) -> None:
    organisation = Organisation.named("Een voorbeeld", example=True)
    organisation.save(force_insert=True)
    job = Job.ask(organisation, site.person(), "example")
    with mock.patch("trede_web.bridge.jobs.doing.renew_example", side_effect=RuntimeError):
        assert site.work() == 1
    job.refresh_from_db()
    assert (job.state, organisation.folder.exists()) == ("failed", False)


def test_what_a_reader_brings_waits_for_what_others_change(site: Site) -> None:
    for kind in ("examine", "describe"):
        Job.ask(site.ours, site.person(), kind)
    assert [job.kind for _ in range(2) if (job := queue.claim())] == ["describe", "examine"]


def test_no_transaction_is_open_while_the_library_works(site: Site) -> None:
    offer(site)
    seen: list[bool] = []

    def look(job: Job) -> Any:
        seen.append(connection.in_atomic_block)
        return mock.Mock(result={}, issues=[], said={})

    with mock.patch("trede_web.work.worker.do", look):
        site.work()
    assert seen == [False]


def test_the_worker_gives_signs_of_life(site: Site) -> None:
    offer(site)
    with mock.patch.object(worker, "LEASE", timedelta(seconds=0.04)), mock.patch.object(worker, "beat") as beat:

        def wait(job: Job) -> Any:
            while not beat.called:
                threading.Event().wait(0.01)
            return mock.Mock(result={}, issues=[], said={})

        with mock.patch("trede_web.work.worker.do", wait):
            site.work()
    assert beat.called


def test_the_log_tells_what_was_done_and_cannot_be_edited(site: Site) -> None:
    offer(site, replaces=batch_named(site, "tankpas-2024.csv"))
    site.work()
    entry = LogEntry.objects.filter(what="job_import").get()
    assert entry.details["rejected"] == 0
    for act in (lambda: LogEntry.objects.update(what="x"), lambda: LogEntry.objects.all().delete()):
        with pytest.raises(Exception, match="cannot be edited"):
            act()
