"""What takes long is made by the worker: a page that comes before it shows its frame and waits, and shows nothing out of date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse
from test_web_matrix import MATRIX, address, facts
from web_api import program
from web_site import Page, Site, text_of

from trede.inventory.footprint import footprint_of
from trede.organisation.decisions import NoDoubleCount
from trede.trace.usage import all_uses, factors_of, records_of, uses
from trede.workspace.findings import at_stake, credits_of, open_findings, sought, with_credits
from trede_web.bridge.books import Period, open_books, views
from trede_web.bridge.jobs import answers
from trede_web.bridge.jobs.preparing import is_prepared
from trede_web.bridge.ledger import doubles
from trede_web.words import voice_of
from trede_web.work.models import DONE, FAILED, QUEUED, Job

YEAR = 2024
WAITING = "wordt gezocht naar dubbeltellingen"
MADE = "worden nu klaargezet"


@pytest.fixture
def large() -> Iterator[None]:
    """Let every organisation be a large one."""
    with mock.patch.object(answers, "SOON", 0):
        yield


def look(site: Site, name: str, *parts: Any, **asked: Any) -> str:
    """Return a page of the year."""
    answer = site.client().get(reverse(name, args=["ours", *parts]), asked)
    assert answer.status_code == 200
    return text_of(answer)


def preparing() -> list[Job]:
    """Return the jobs that make what pages need."""
    return list(Job.objects.filter(kind="prepare"))


NOT_YET = ("factor_records", "bridge_", "report_", "statement", "model_")
"""Pages of what nobody made; of their addresses some are others' beginnings."""


@pytest.mark.usefixtures("large")
def test_every_page_shows_its_frame_before_anything_is_made(site: Site) -> None:
    client, known = site.client(), facts(site)
    for journal in site.ours.journals.glob("*/facts.json"):
        journal.unlink()
    Job.objects.filter(kind="prepare").delete()
    for name in [name for name, method, _ in MATRIX if method == "GET"]:
        answer = client.get(address(name, "ours", known))
        assert answer.status_code in (
            200,
            302,
            *([404] if name.startswith(NOT_YET) or name == "model" else []),
        ), name
    assert [job.state for job in preparing()] == [QUEUED]


@pytest.mark.usefixtures("large")
def test_a_page_waits_and_goes_on(site: Site) -> None:
    for name in ("year", "publish"):
        assert WAITING in look(site, name, YEAR)
    for name in ("doubles", "choices"):
        assert MADE in look(site, name, YEAR)
    assert MADE in look(site, "ledger", year=YEAR)
    ready, client = reverse("ready", args=["ours"]), site.client()
    part = client.get(ready, headers={"HX-Request": "true"})
    assert "HX-Trigger" not in part.headers
    [poll] = [e for e in Page(text_of(part)).elements if e.attributes.get("id") == "making"]
    assert poll.attributes["hx-get"].startswith(ready)
    assert site.work() == 1
    assert client.get(ready).headers["HX-Trigger"] == "trede-ready"
    for name in ("year", "publish", "doubles", "choices", "footprint"):
        text = look(site, name, YEAR)
        assert WAITING not in text
        assert MADE not in text
    assert 'id="found"' in look(site, "ledger", year=YEAR)
    assert [job.state for job in preparing()] == [DONE]


@pytest.mark.usefixtures("large")
def test_what_stands_is_never_shown_after_a_change(site: Site) -> None:
    look(site, "year", YEAR)
    site.work()
    books = open_books(site.ours.folder)
    [first, *_] = open_findings(books, Period.year(YEAR))
    assert first.id in look(site, "doubles", YEAR)
    Job.ask(site.ours, site.person(), "settle", finding=first.id, choice="keep", reason="twee ritten", year=YEAR)
    assert site.work() == 2, "the settlement, and what pages need after it"
    assert first.id not in look(site, "doubles", YEAR)
    because = NoDoubleCount(
        finding="meter_twice", records=("0" * 24,), reason="zomaar", person="De ander", made_at=books.clock()
    )
    books.decide(because)  # behind the back of the worker, as by a command
    assert MADE in look(site, "doubles", YEAR)
    assert WAITING in look(site, "year", YEAR)
    assert site.work() == 1
    assert WAITING not in look(site, "year", YEAR)


@pytest.mark.usefixtures("large")
def test_a_job_that_changes_nothing_has_nothing_made_again(site: Site) -> None:
    look(site, "year", YEAR)
    site.work()
    Job.ask(site.ours, site.person(), "settle", finding="00000000", choice="keep", reason="bestaat niet", year=YEAR)
    assert site.work() == 1


@pytest.mark.usefixtures("large")
def test_a_failure_is_told_and_not_tried_again_and_again(site: Site) -> None:
    with mock.patch("trede_web.bridge.jobs.preparing.keep_doubles", side_effect=RuntimeError):
        look(site, "doubles", YEAR)
        site.work()
    for _ in range(2):
        text = look(site, "doubles", YEAR)
        [making] = [e for e in Page(text).elements if e.attributes.get("id") == "making"]
        assert "hx-get" not in making.attributes
    assert [job.state for job in preparing()] == [FAILED]
    job = Job.ask(site.ours, site.person(), "pin", library="desnz-2022", years=[2020], reason="proef")
    site.work()
    job.refresh_from_db()
    assert job.state == DONE, job.issues
    assert is_prepared(site.ours.folder, site.ours.journals)


@pytest.mark.usefixtures("large")
def test_a_program_is_told_to_ask_again(site: Site) -> None:
    asking = program(site)
    for path in (f"years/{YEAR}", f"years/{YEAR}/doubles", "records"):
        answer = asking.send("GET", path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2"), path
    site.work()
    assert asking.read(f"years/{YEAR}/doubles")["items"]


def test_what_is_kept_is_what_the_library_says(site: Site) -> None:
    books, voice = open_books(site.ours.folder), voice_of("nl")
    year, run = Period.year(YEAR), books.find_run(str(YEAR))
    wanted = open_findings(books, year)
    for _ in range(2):
        found = doubles.doubles(books, year, voice)
        assert [(each.id, each.records) for each in found] == [(each.id, len(each.records)) for each in wanted]
        for each, finding in zip(found, wanted, strict=True):
            stake = at_stake(run, with_credits(finding.records, credits_of(books)))
            assert each.stake == doubles.shown_stake(voice, stake)
    assert doubles.open_doubles(books, year) == {each.id: len(each.records) for each in wanted}


def test_long_lists_of_double_counts_have_pages(site: Site) -> None:
    look(site, "doubles", YEAR)
    books = open_books(site.ours.folder)
    [one] = doubles._touching(doubles._findings(books, sought(books)), Period.year(YEAR))
    every = [f"{number:08x}" for number in range(3)]
    several = [{**one, "id": ident} for ident in every]
    with mock.patch.object(doubles, "AT_A_TIME", 1), mock.patch.object(doubles, "_findings", return_value=several):
        for asked, shown in (("1", every[0]), ("3", every[2]), ("x", every[0]), ("9", every[2]), ("77", every[0])):
            page = Page(look(site, "doubles", YEAR, page=asked))
            found = [e.attributes["value"] for e in page.find("input") if e.attributes.get("name") == "finding"]
            assert found == [shown], asked
        assert {"?page=1", "?page=3"} <= set(Page(look(site, "doubles", YEAR, page=2)).links())


def test_uses_of_all_factors_are_the_records_of_each(site: Site) -> None:
    run = open_books(site.ours.folder).find_run(str(YEAR))
    found = all_uses(run)
    assert set(found) == {ref for ref in factors_of(run) if uses(run, ref)}
    for ref, every in found.items():
        for use in every:
            records = records_of(run, ref, use.activity_type, use.basis, 10_000)
            assert (use.records, use.mg) == (len(records), sum(each.mg for each in records))
            assert use.quantity == sum(each.quantity for each in records)
    view = views()[0]
    assert footprint_of(run, view.standard, view.basis).total
