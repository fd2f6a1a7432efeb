"""A backup is made while people work, put back into an empty place, and a published footprint there verifies."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
import web_postgres
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import connections
from django.test import RequestFactory
from django.utils import timezone
from web_api import program
from web_site import OURS, PASSWORD, SERVER, Site

from trede.workspace.findings import open_findings
from trede.workspace.verifying import check_files, verify
from trede_web.api.models import Token
from trede_web.bridge.books import open_books
from trede_web.keeping.backup import KeepingError, back_up
from trede_web.keeping.restoring import restore
from trede_web.pages.welcome.welcome import found_organisation
from trede_web.people.models import Invitation, LogEntry, Membership, Organisation, Reset, User, log
from trede_web.roles import Role
from trede_web.state import prepare
from trede_web.work.models import Job
from workspaces import read_example

Place = Callable[[], None]


@pytest.fixture
def emptied(tmp_path: Path) -> Place:
    """Return what makes the installation as it is before its first start: tables, but nobody."""

    def empty() -> None:
        connections.close_all()
        shutil.rmtree(settings.DATA)
        if SERVER:
            web_postgres.make(SERVER, OURS)
        prepare()
        call_command("migrate", verbosity=0)

    return empty


def run(*command: str, fails: bool = False, **changed: str) -> str:
    """Run a command of the application, with changes in its environment."""
    asked = [sys.executable, "-m", "trede_web", *command]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env={**os.environ, **changed})
    assert bool(done.returncode) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def stored(site: Site) -> dict[str, bytes]:
    """Return what is stored of our organisation; the lock is none of it."""
    found = [path for path in site.ours.folder.rglob("*") if path.is_file() and path.name != ".lock"]
    return {str(path.relative_to(settings.DATA)): path.read_bytes() for path in found}


def publish_2022(site: Site) -> None:
    """Publish a year of the example."""
    for finding in open_findings(open_books(site.ours.folder)):
        Job.ask(site.ours, site.person(), "settle", finding=finding.id, choice="keep", year=2022, reason="a reason")
    Job.ask(site.ours, site.person(), "publish", year=2022, incomplete="", restates=False, reason="jaarverslag")
    site.work()


def test_a_published_footprint_verifies_after_a_restore(site: Site, emptied: Place, tmp_path: Path) -> None:
    """By the commands: everything is back, and goes on from there."""
    publish_2022(site)
    for _ in range(3):
        Job.ask(site.ours, site.person(), "import", "tankpas.csv", {"data": read_example("tankpas-2024.csv")})
    people, entries = User.objects.count(), list(LogEntry.objects.values_list("pk", "what", "details"))
    before = stored(site)
    published = open_books(site.ours.folder).publications_of("2022")[-1].publication
    file = tmp_path / "all.tar.gz"
    assert "2 organisations" in run("backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    emptied()
    assert not User.objects.exists()
    assert "2 organisations" in run("restore", str(file))
    assert User.objects.count() == people
    assert list(LogEntry.objects.values_list("pk", "what", "details")) == entries
    assert stored(site) == before
    books = open_books(site.ours.folder)
    again = books.publications_of("2022")[-1].publication
    assert (again.run, again.totals) == (published.run, published.totals)
    assert verify(books, books.find_run(again.run)).good
    assert authenticate(RequestFactory().get("/"), email="owner@ours.example", password=PASSWORD) == site.person()
    assert site.work() == 3
    assert {job.state for job in Job.objects.filter(kind="import")} == {"done"}
    log(site.ours, site.person(), "invited", email="a number of its own")
    with pytest.raises(Exception, match="cannot be edited"):
        LogEntry.objects.update(what="x")


def test_a_backup_is_whole_while_people_work(site: Site, emptied: Place, tmp_path: Path) -> None:
    """Organisations are founded and jobs done while it is made: whatever is in the copy fits together."""
    stop, going = threading.Event(), threading.Event()

    def work() -> None:
        year = 1990
        while not stop.is_set():
            year += 1
            made = found_organisation(site.person(), f"Nieuw {year}", None)
            Job.ask(made, site.person(), "source", source="gas", year=year, status="none", reason="geen")
            site.work()
            if year > 1992:
                going.set()
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    going.wait(30)
    try:
        made = back_up(tmp_path / "busy.tar.gz")
    finally:
        stop.set()
        worker.join()
    emptied()
    assert restore(tmp_path / "busy.tar.gz").organisations == made.organisations > 3
    site.work()
    for organisation in Organisation.objects.all():
        assert check_files(open_books(organisation.folder)) == []
        assert organisation.memberships.exists()


def test_nothing_is_restored_over_people(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "x.tar.gz"
    back_up(file)
    with pytest.raises(KeepingError, match="in use"):
        restore(file)
    with pytest.raises(KeepingError, match="there already"):
        back_up(file)


def changed(name: str, data: bytes | None) -> Callable[[str, bytes], bytes | None]:
    """Return what replaces one file of a backup (None: leaves it out)."""
    return lambda at, was: data if at == name else was


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None], extra: str = "") -> None:
    """Write a backup again with a change."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for entry in old:
            data = change(entry.name, old.extractfile(entry).read())  # type: ignore[union-attr]
            if data is not None:
                entry.size = len(data)
                new.addfile(entry, io.BytesIO(data))
        if extra:
            new.addfile(tarfile.TarInfo(extra), io.BytesIO(b""))


def test_a_backup_that_is_not_what_it_was_is_refused_and_leaves_nothing(
    site: Site, emptied: Place, tmp_path: Path
) -> None:
    good, bad = tmp_path / "good.tar.gz", tmp_path / "bad.tar.gz"
    made = back_up(good)
    original = next(name for name in made.files if name.endswith("/original"))
    with tarfile.open(good) as archive:
        manifest = json.loads(archive.extractfile("backup.json").read())  # type: ignore[union-attr]
    older = json.dumps({**manifest, "migrations": manifest["migrations"][:-1]}).encode()
    emptied()
    for change, extra in (
        (changed(original, b"other"), ""),
        (changed(original, None), ""),
        (changed("backup.json", None), ""),
        (changed("backup.json", older), ""),
        (changed("", b""), "workspaces/../../outside"),
        (changed("", b""), "/outside"),
        (changed("", b""), "workspaces/extra/file"),
    ):
        rewrite(good, bad, change, extra)
        with pytest.raises(KeepingError):
            restore(bad)
        assert not User.objects.exists()
        assert not any((Path(settings.DATA) / "workspaces").iterdir())
    bad.write_bytes(good.read_bytes()[:-500])
    assert "not whole" in run("restore", str(bad), fails=True)
    assert restore(good).organisations == 2
    assert Membership.objects.count() == 5


def test_a_restore_that_stops_leaves_nothing(site: Site, emptied: Place, tmp_path: Path) -> None:
    back_up(tmp_path / "x.tar.gz")
    emptied()
    with mock.patch("trede_web.keeping.restoring.count_on", side_effect=OSError), pytest.raises(OSError):  # noqa: PT011
        restore(tmp_path / "x.tar.gz")
    assert not User.objects.exists()
    assert not any((Path(settings.DATA) / "workspaces").iterdir())
    assert restore(tmp_path / "x.tar.gz").organisations == 2


def test_a_backup_that_stops_leaves_no_file(site: Site, tmp_path: Path) -> None:
    with mock.patch("os.fsync", side_effect=OSError("no space left")):
        assert not (tmp_path / "x.tar.gz").exists()
        with pytest.raises(OSError, match="no space"):
            back_up(tmp_path / "x.tar.gz")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not SERVER, reason="on PostgreSQL, in test_web_postgres.py")
def test_who_began_on_sqlite_goes_on_with_postgres(emptied: Place, tmp_path: Path) -> None:
    small = {"TREDE_WEB_DATA": str(tmp_path / "small"), "TREDE_WEB_DATABASE": ""}
    run("person", "first@ours.example", "De eerste", **small)
    run("backup", str(tmp_path / "small.tar.gz"), **small)
    emptied()
    assert restore(tmp_path / "small.tar.gz").organisations == 0
    User.objects.create_user("second@ours.example", "De tweede", PASSWORD)
    assert [user.name for user in User.objects.order_by("pk")] == ["De eerste", "De tweede"]


def test_a_restore_revives_no_way_in(site: Site, emptied: Place, tmp_path: Path) -> None:
    """A token, an invitation and a link that were withdrawn after the backup, and a session: none works after the restore."""
    programs = [program(site), program(site, "owner@theirs.example")]
    _, invitation = Invitation.offer(site.ours, "new@ours.example", Role.AUDITOR, site.person())
    link, browser = Reset.offer(site.person()), site.client()
    assert {who.send("GET", "jobs").status_code for who in programs} == {200}
    back_up(tmp_path / "all.tar.gz")
    Token.objects.update(withdrawn_at=timezone.now())
    emptied()
    said = run("restore", str(tmp_path / "all.tar.gz"))
    assert "all sessions, 2 tokens, 1 invitations, 1 links" in said
    assert {who.send("GET", "jobs").status_code for who in programs} == {401}
    assert Invitation.open_for(invitation) is None
    assert Reset.open_for(link) is None
    assert browser.get("/").status_code == 302
    assert program(site).send("GET", "jobs").status_code == 200
