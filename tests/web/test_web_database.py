"""The database: which one, how it is set, and what it refuses. These run on each kind of database."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from web_site import SERVER, Site

from trede_web import database
from trede_web.people.models import LogEntry, Membership, log
from trede_web.roles import Role
from trede_web.work import queue
from trede_web.work.models import Job


def test_the_tests_run_where_they_were_asked_to_run(site: Site) -> None:
    assert connection.vendor == ("postgresql" if SERVER else "sqlite")


def test_an_address_becomes_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(database.VARIABLE, "postgresql://trede:p%40ss@db.example:5433/accounts?sslmode=require")
    found = database.database(tmp_path)
    assert [found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "accounts", "trede", "p@ss", "db.example", "5433",
    ]  # fmt: skip
    assert found["OPTIONS"]["sslmode"] == "require"
    monkeypatch.setenv(database.VARIABLE, "postgresql:///trede?host=/run/postgresql")
    assert (database.database(tmp_path)["HOST"], database.database(tmp_path)["USER"]) == ("/run/postgresql", "")
    monkeypatch.delenv(database.VARIABLE)
    assert database.database(tmp_path)["NAME"] == tmp_path / "trede.sqlite3"


@pytest.mark.parametrize(
    "given", ["mysql://u:secret@h/x", "postgresql://u:secret@h", "postgresql://u:secret@h:x/y", "/x"]
)
def test_an_address_that_is_none_is_refused_without_its_password(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(database.VARIABLE, given)
    with pytest.raises(database.DatabaseAddressError) as found:
        database.database(Path())
    assert "secret" not in str(found.value)


def test_sqlite_is_set_for_many_at_once(site: Site) -> None:
    if SERVER:
        return
    with connection.cursor() as cursor:
        facts = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "busy_timeout", "foreign_keys")
        ]
    assert facts == ["wal", database.WAIT * 1000, 1]


def test_who_writes_waits_for_another_and_who_reads_does_not(site: Site) -> None:
    """A second writer waits instead of failing halfway: the first statement of its transaction takes the turn."""
    begun, free = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            log(site.ours, site.person(), "invited", email="first")
            begun.set()
            free.wait(10)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    begun.wait(10)
    assert not LogEntry.objects.exists()
    ended: list[int] = []

    def write() -> None:
        with transaction.atomic():
            LogEntry.objects.count()
            log(site.ours, site.person(), "invited", email="second")
        ended.append(LogEntry.objects.count())
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    free.set()
    for thread in (holder, writer):
        thread.join()
    assert ended
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize(
    "act", ["UPDATE people_logentry SET what = 'x'", "DELETE FROM people_logentry", "TRUNCATE people_logentry"]
)
def test_the_database_itself_refuses_to_change_the_log(site: Site, act: str) -> None:
    log(site.ours, site.person(), "invited", email="x")
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(act)
    assert LogEntry.objects.get().what == "invited"


def test_text_that_a_database_cannot_hold_is_stored_without_it(site: Site) -> None:
    odd = "a\x00b\ud800c"
    job = Job.ask(site.ours, site.person(), "import", odd, note=[odd])
    claimed = queue.claim()
    assert claimed is not None
    assert queue.finish(claimed, {"name": odd}, [{"params": {odd: odd}}])
    log(site.ours, site.person(), "invited", email=odd)
    job.refresh_from_db()
    assert (job.title, job.asked["note"], job.result["name"]) == ("a�b�c", ["a�b�c"], "a�b�c")
    assert LogEntry.objects.get().details == {"email": "a�b�c"}


def test_of_two_owners_who_remove_each_other_one_stays(site: Site) -> None:
    Membership.objects.filter(user__email="editor@ours.example").update(role=Role.OWNER.value)
    both = list(site.ours.memberships.filter(role=Role.OWNER.value).select_related("user"))
    together = threading.Barrier(2)

    def remove(who: Membership, whom: Membership) -> None:
        client = site.client(who.user.email)
        together.wait(10)
        client.post(reverse("remove", args=["ours", whom.pk]))
        connection.close()

    threads = [threading.Thread(target=remove, args=pair) for pair in (both, both[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert site.ours.memberships.filter(role=Role.OWNER.value).count() == 1
