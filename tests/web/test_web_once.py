"""What is counted over all processes, and requests that come twice: neither a second process nor a fault makes two of one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.test import override_settings
from django.utils import timezone
from web_api import Program, program
from web_site import PASSWORD, Site

from trede_web.api.models import Once
from trede_web.comments.models import Comment
from trede_web.counts.models import Remembered
from trede_web.people.models import LogEntry
from trede_web.work.models import Job
from workspaces import read_example

ELSEWHERE = """
import django
django.setup()
from django.core.cache import cache
from django.test import Client, override_settings
from trede_web.api.rates import seconds_to_wait
{doing}
"""


def elsewhere(doing: str) -> str:
    """Do something in a process of its own, on the same database."""
    connections.close_all()
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE.format(doing=doing)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_requests_are_counted_over_processes(site: Site) -> None:
    who = program(site)
    with override_settings(API_REQUESTS=(3, 86_400)):
        assert [who.send("GET", "jobs").status_code for _ in range(2)] == [200, 200]
        asked = f'Client().get("/api/v1/organisations", headers={{"authorization": "Bearer {who.secret}"}}).status_code'
        inside = f"with override_settings(API_REQUESTS=(3, 86_400), ALLOWED_HOSTS=['*']):\n    print([{asked} for _ in range(2)])"
        assert elsewhere(inside) == "[200, 429]"
        assert who.send("GET", "jobs").status_code == 429


def test_failed_log_ins_are_counted_over_processes(site: Site) -> None:
    wrong = '{"login": "owner@ours.example", "password": "not this one"}'
    tries = f"[Client().post('/login/', {wrong}).status_code for _ in range(7)]"
    inside = f"with override_settings(ALLOWED_HOSTS=['*']):\n    print({tries})"
    assert elsewhere(inside).startswith("[200")
    client = site.client(None)
    client.post("/login/", {"login": "owner@ours.example", "password": PASSWORD})
    assert client.get("/").status_code == 302


def test_nothing_is_lost_when_many_count_at_once(site: Site) -> None:
    counts: list[int] = []

    def count() -> None:
        counts.extend(Remembered.count("x", time.time() + 60) for _ in range(10))
        connections.close_all()

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 41))


def test_what_is_remembered_ends(site: Site) -> None:
    assert cache.add("a", [1.5], 60)
    assert not cache.add("a", "other", 60)
    assert cache.get("a") == [1.5]
    assert cache.touch("a", -1)
    assert cache.get("a", "gone") == "gone"
    assert cache.add("a", "other", 60)
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1, None)
    assert cache.get("b") == 1
    assert [Remembered.count("c", time.time() - 1) for _ in range(2)] == [1, 1]
    Remembered.sweep()
    assert [found.name for found in Remembered.objects.all()] == [cache.make_key("b")]


def with_key(who: Program, path: str, key: str, data: Any, *, form: bool = False) -> Any:
    """Ask with a key."""
    return who.send("POST", path, data, form=form, headers={"Idempotency-Key": key})


def test_an_import_that_comes_twice_is_taken_in_once(site: Site) -> None:
    who = program(site)

    def send(name: str = "reizen.csv", key: str = "one") -> Any:
        return with_key(
            who, "imports", key, {"files": [SimpleUploadedFile(name, read_example("reizen.csv"))]}, form=True
        )

    first, again = send(), send()
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert "Idempotency-Replayed" not in first.headers
    assert again["Idempotency-Replayed"] == "true"
    assert Job.objects.count() == 1
    site.work()
    assert send().json() == first.json()
    assert (send("other.csv").status_code, send("other.csv").json()["code"]) == (422, "key_used")
    assert with_key(who, "imports", "spaces in it", {}).json()["fields"][0]["field"] == "Idempotency-Key"
    assert Job.objects.count() == 1
    assert send(key="two").json() != first.json()
    assert Job.objects.count() == 2
    assert LogEntry.objects.filter(what="asked_import").count() == 2


def test_a_key_is_of_one_token(site: Site) -> None:
    """Who knows a key learns nothing of what another token asked with it."""
    said = {"topic": "year", "about": "2024", "text": "Klopt de huur?"}
    first = with_key(program(site), "comments", "shared", said)
    other = with_key(program(site, "editor@ours.example"), "comments", "shared", {**said, "text": "Iets anders"})
    neighbour = program(site, "owner@theirs.example")
    theirs = with_key(neighbour, "comments", "shared", said)
    assert {answer.status_code for answer in (first, other, theirs)} == {201}
    assert len({answer.json()["id"] for answer in (first, other, theirs)}) == 3
    assert Comment.objects.count() == 3


def test_what_was_refused_can_be_sent_again_mended(site: Site) -> None:
    who = program(site)
    assert with_key(who, "years/2024/publications", "k", {"reason": "x"}).status_code == 422
    assert with_key(who, "years/2024/publications", "k", {"reason": "jaarverslag"}).status_code == 202
    assert program(site, power="read").send("POST", "years/2024/calculation").status_code == 403


def test_of_two_at_once_one_is_done(site: Site) -> None:
    who, answers = program(site), []

    def ask() -> None:
        answers.append(with_key(who, "years/2024/calculation", "k", {}))
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert {answer.json().get("code", "key_busy") for answer in answers} == {"key_busy"}
    assert Job.objects.count() == 1


def test_a_request_that_a_fault_cut_off_makes_no_second_job(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends after the job is stored and before the answer is: who sends it again gets that job."""
    who = program(site)
    with monkeypatch.context() as patched:
        patched.setattr(Once, "done", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            with_key(who, "years/2024/calculation", "k", {})
    assert Job.objects.count() == 1
    busy = with_key(who, "years/2024/calculation", "k", {})
    assert (busy.status_code, busy.json()["code"], busy["Retry-After"]) == (409, "key_busy", "5")
    Once.objects.update(busy_until=timezone.now() - timedelta(seconds=1))
    again = with_key(who, "years/2024/calculation", "k", {})
    assert (again.status_code, again.json()["id"]) == (202, str(Job.objects.get().pk))
    assert LogEntry.objects.filter(what="asked_calculate").count() == 1
    Once.objects.update(at=timezone.now() - timedelta(days=2))
    assert with_key(who, "years/2024/calculation", "k", {}).json()["id"] != again.json()["id"]
