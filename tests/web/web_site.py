"""The application in a folder of its own, for tests: people, organisations, and clients that are logged in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, TypeVar

import django
import web_postgres

SERVER = os.environ.get(web_postgres.USED)
"""The PostgreSQL server on which these tests are to run; without one they run on SQLite."""
OURS = f"trede_{os.getpid()}"
HOME = Path(tempfile.mkdtemp(prefix="trede-web-"))
os.environ["TREDE_WEB_DATA"] = str(HOME / "data")
os.environ["DJANGO_SETTINGS_MODULE"] = "trede_web.settings"
(HOME / "data").mkdir()
if SERVER:
    os.environ["TREDE_WEB_DATABASE"] = web_postgres.address(SERVER, OURS)
django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import cache  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from django.db.models.signals import pre_save  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from trede.organisation.allocation import Allocation  # noqa: E402
from trede.organisation.decisions import Allocate  # noqa: E402
from trede.workspace.models import add_model  # noqa: E402
from trede_web.bridge.books import create_books, open_books  # noqa: E402
from trede_web.bridge.jobs.answers import FOLDER  # noqa: E402
from trede_web.bridge.models.models import model_text  # noqa: E402
from trede_web.bridge.results.causes import bridge_runs  # noqa: E402
from trede_web.bridge.results.compared import calculate_bridge  # noqa: E402
from trede_web.bridge.results.margins import intervals_of  # noqa: E402
from trede_web.bridge.results.report import keep_report, runs_of  # noqa: E402
from trede_web.bridge.speaking import Voice, words  # noqa: E402
from trede_web.bridge.welcome.example import make_example  # noqa: E402
from trede_web.people.models import LogEntry, Membership, Organisation, User  # noqa: E402
from trede_web.roles import Role  # noqa: E402
from trede_web.work.models import Job  # noqa: E402
from trede_web.work.worker import work_once  # noqa: E402

setup_test_environment()


def _worded(instance: LogEntry, **_: Any) -> None:
    """Whatever a test makes the application write in the change log, its page can say."""
    said = {f"detail.{name}" for name, value in instance.details.items() if name != "job" and value != ""}
    assert {f"change.{instance.what}", *said} <= set(words("nl")), (instance.what, instance.details)


pre_save.connect(_worded, sender=LogEntry)
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
Fact = TypeVar("Fact")
PASSWORD = "een lang genoeg wachtwoord"
BEGINNING = "beginning"
_FACTS: dict[str, Any] = {}
"""What the states that were made are about, by name."""
_STANDING: list[str] = []
"""The state that stands, when no test changed it."""


def prepared() -> Path:
    """Make once what each test begins with: tables, the example and a neighbour, a person for each role."""
    kept = HOME / BEGINNING
    if kept.exists():
        return kept
    (Path(settings.DATA) / "uploads").mkdir(exist_ok=True)
    if SERVER:
        web_postgres.make(SERVER, OURS)
    call_command("migrate", verbosity=0)
    ours = Organisation.named("Ons bedrijf", example=True)
    theirs = Organisation.named("De buren")
    ours.slug, theirs.slug = "ours", "theirs"
    make_example(ours.folder, "Kwaliteitsmedewerker")
    create_books(theirs.folder, "De buren")
    for run in open_books(ours.folder).runs():
        intervals_of(run)
    for organisation in (ours, theirs):
        organisation.save(force_insert=True)
    for role in Role:
        person = User.objects.create_user(f"{role}@ours.example", f"De {role}", PASSWORD)
        Membership.objects.create(user=person, organisation=ours, role=role.value)
    stranger = User.objects.create_user("owner@theirs.example", "De buurman", PASSWORD)
    Membership.objects.create(user=stranger, organisation=theirs, role=Role.OWNER.value)
    _keep(BEGINNING)
    return kept


@contextmanager
def _answers() -> Iterator[None]:
    """Bring back the answers that earlier tests had calculated, and keep those of this one."""
    shelf, here = HOME / "answers", Path(settings.DATA) / FOLDER
    if shelf.exists():
        shutil.copytree(shelf, here, dirs_exist_ok=True)
    yield
    shutil.copytree(here, shelf, dirs_exist_ok=True)


@dataclass(frozen=True)
class Site:
    """The application as one test finds it."""

    def client(self, name: str | None = "owner@ours.example", language: str = "nl") -> Client:
        """Return a browser that is logged in as a person (None: nobody)."""
        client = Client(headers={"accept-language": language})
        if name is not None:
            client.force_login(User.objects.get(email=name), "allauth.account.auth_backends.AuthenticationBackend")
        return client

    @property
    def ours(self) -> Organisation:
        """The example organisation."""
        return Organisation.objects.get(slug="ours")

    @property
    def theirs(self) -> Organisation:
        """The neighbour."""
        return Organisation.objects.get(slug="theirs")

    def person(self, email: str = "owner@ours.example") -> User:
        """Return a person."""
        return User.objects.get(email=email)

    def bridged(self, before: int, after: int) -> None:
        """Have the bridge between two years of ours calculated, once for all tests of this process."""
        with _answers():
            books = open_books(self.ours.folder)
            calculate_bridge(books, *bridge_runs(books, (before, after)))

    def modelled(self) -> str:
        """Have ours declare the calculation model that everybody begins with; return its id."""
        books = open_books(self.ours.folder)
        return add_model(books, model_text(books, "").encode(), "model.toml").model.id

    def reported(self, year: int, *since: str) -> None:
        """Have the Dutch report of a year of ours made, once for all tests of this process that change nothing first."""
        with _answers():
            books = open_books(self.ours.folder)
            keep_report(books, runs_of(books, str(year), since), Voice("nl"))

    def divided(self) -> None:
        """Divide 2024 of ours over two tenants."""
        receivers = {"Boven": Decimal("100.5"), "Beneden": Decimal(33)}
        said = Allocation(
            id="huurders", title="Huurders", start=date(2024, 1, 1), end=date(2024, 12, 31), key="m2", nature="physical",
            basis="huurcontracten", receiver="tenant", receivers=receivers,
        )  # fmt: skip
        books = open_books(self.ours.folder)
        why = {"reason": "zoals in de contracten", "person": "De owner", "made_at": books.clock()}
        books.decide(Allocate(name="huurders.toml", allocation=said, **why))

    def work(self) -> int:
        """Do every job that waits; return how many there were."""
        done = 0
        while work_once():
            done += 1
        return done


WAITING = "Meter;Maand;Verbruik\nA1;2025-01;1.234,5\nA2;2025-01;20\n"
"""A file that no profile reads."""


def wait(site: Site, name: str, text: str = WAITING) -> str:
    """Bring a file that waits for a person; return its id."""
    job = Job.ask(site.ours, site.person(), "import", name, {"data": text.encode()})
    site.work()
    job.refresh_from_db()
    return str(job.result["staged"])


def _keep(name: str) -> None:
    """Keep the application as it stands now."""
    connections.close_all()
    if SERVER:
        web_postgres.make(SERVER, f"{OURS}_{name}", like=OURS)
    shutil.copytree(settings.DATA, HOME / name)


def _put_back(name: str) -> Site:
    """Put the application back as it was kept."""
    cache.clear()
    connections.close_all()
    shutil.rmtree(settings.DATA)
    shutil.copytree(HOME / name, settings.DATA)
    if SERVER:
        web_postgres.make(SERVER, OURS, like=f"{OURS}_{name}")
    _STANDING.clear()
    return Site()


def fresh() -> Site:
    """Put the application back as `prepared` left it."""
    prepared()
    return _put_back(BEGINNING)


def kept(name: str, make: Callable[[Site], Fact], *, to_change: bool = False) -> tuple[Site, Fact]:
    """Return the application as `make` once left it, with what that returned, whatever other tests did in between.

    Args:
        name: of this state; a word.
        make: done once in a process, on the application as `prepared` left it.
        to_change: the test changes it. Without, it is left standing for the next test that only looks.
    """
    if name not in _FACTS:
        _FACTS[name] = make(fresh())
        _keep(name)
    site = Site() if [name] == _STANDING and not to_change else _put_back(name)
    if not to_change:
        _STANDING[:] = [name]
    return site, _FACTS[name]


@dataclass
class Element:
    """An element of a page, with the elements that it stands in."""

    tag: str
    attributes: dict[str, str]
    inside: list[tuple[str, dict[str, str]]]
    text: str = ""


class Page(HTMLParser):
    """The elements of a page."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = Element(tag, {k: v or "" for k, v in attrs}, [(e.tag, e.attributes) for e in self._open])
        self.elements.append(found)
        if tag not in self.VOID:
            self._open.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def find(self, tag: str) -> list[Element]:
        """Return the elements of a kind."""
        return [element for element in self.elements if element.tag == tag]

    def links(self) -> list[str]:
        """Return where the page leads."""
        return [element.attributes["href"] for element in self.find("a") if "href" in element.attributes]


def text_of(response: Any) -> str:
    """Return the text of an answer."""
    found: str = response.content.decode()
    return found
