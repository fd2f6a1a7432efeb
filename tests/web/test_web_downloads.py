"""The ledger as a file: a small one at once; a large one by the worker, kept until something that it rests on changes."""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from web_api import program
from web_site import Page, Site, text_of

from trede_web.bridge.jobs.answers import FOLDER
from trede_web.bridge.ledger import downloads, long_workbook
from trede_web.bridge.ledger.exporting import KINDS
from trede_web.bridge.ledger.long_workbook import write_workbook
from trede_web.work.models import DONE, FAILED, QUEUED, Job

ASKED = {"year": "2024", "source": "reizen"}
DAY = 86_400


@pytest.fixture
def large() -> Iterator[None]:
    """Let every file be a large one."""
    with mock.patch.object(downloads, "AT_ONCE", 0):
        yield


def take(site: Site, form: str, **more: Any) -> Any:
    """Return the answer to a download."""
    return site.client().get(reverse("ledger_download", args=["ours", form]), ASKED | more)


def kept(site: Site) -> list[Path]:
    """Return the files that are kept."""
    return sorted((settings.DATA / FOLDER / str(site.ours.pk) / downloads.FOLDER).glob("*"))


def jobs() -> list[Job]:
    """Return the jobs that make files."""
    return list(Job.objects.filter(kind="download"))


@pytest.mark.parametrize("form", KINDS)
def test_a_large_file_is_made_by_the_worker_and_says_the_same(site: Site, form: str) -> None:
    at_once = take(site, form).getvalue()
    assert not jobs()
    with mock.patch.object(downloads, "AT_ONCE", 0):
        client, page = site.client(), take(site, form).headers["Location"]
        assert 'hx-post=""' in text_of(client.get(page))
        assert not jobs(), "looking asks for nothing"
        for _ in range(2):  # a second visitor waits for the same job
            waiting = client.post(page)
        [job] = jobs()
        assert waiting.headers["Location"] == reverse("job", args=["ours", job.pk]) + "?wait"
        assert site.work() == 1
        assert client.get(waiting.headers["Location"]).headers["Location"] == page
        [link] = [link for link in Page(text_of(client.get(page))).links() if "/ledger/download/" in link]
        assert "boekingen-2024" in text_of(client.get(page))
        answer: Any = client.get(link)
        assert "attachment" in answer["Content-Disposition"]
        made = answer.getvalue()
    if form == "xlsx":
        first, second = (
            list(load_workbook(io.BytesIO(data)).worksheets[0].iter_rows(values_only=True)) for data in (at_once, made)
        )
        assert first == second
    else:
        assert made == at_once


@pytest.mark.usefixtures("large")
def test_the_page_goes_on_by_itself(site: Site) -> None:
    client, page = site.client(), take(site, "csv").headers["Location"]
    part = text_of(client.post(page, headers={"HX-Request": "true"}))
    [poll] = [e for e in Page(part).elements if e.attributes.get("id") == "job"]
    site.work()
    assert client.get(poll.attributes["hx-get"], headers={"HX-Request": "true"}).headers["HX-Redirect"] == page


@pytest.mark.usefixtures("large")
def test_what_is_kept_is_of_one_question_and_language_and_goes_with_the_figures(site: Site) -> None:
    for form, more, language in (
        ("csv", {}, "nl"),
        ("csv", {"group": "site", "page": "2"}, "nl"),
        ("csv", {}, "en"),
        ("csv", {"q": "trein"}, "nl"),
    ):
        client = site.client(language=language)
        address = reverse("ledger_file", args=["ours", form])
        client.post(f"{address}?year=2024&{'&'.join(f'{n}={v}' for n, v in more.items())}")
        site.work()
    assert len(kept(site)) == 3, "how a page groups or turns does not matter to a file"
    client = site.client()
    assert client.get(reverse("ledger_download", args=["ours", "csv"]), {"year": 2024}).status_code == 200
    Job.ask(site.ours, site.person(), "pin", library="desnz-2022", years=[2020], reason="proef")
    site.work()
    assert kept(site) == []
    assert client.get(reverse("ledger_download", args=["ours", "csv"]), {"year": 2024}).status_code == 302


@pytest.mark.usefixtures("large")
def test_files_are_not_many_and_not_old(site: Site) -> None:
    client, address = site.client(), reverse("ledger_file", args=["ours", "json"])
    with mock.patch.object(downloads, "MOST", 2):
        for year in (2022, 2023, 2024):
            client.post(f"{address}?year={year}")
            site.work()
    [old, young] = sorted(kept(site), key=lambda path: path.stat().st_mtime)
    before = time.time() - (downloads.DAYS + 1) * DAY
    os.utime(old, (before, before))
    downloads.forget_old_files(settings.DATA / FOLDER)
    assert kept(site) == [young]


@pytest.mark.usefixtures("large")
def test_a_neighbour_finds_only_what_is_theirs(site: Site) -> None:
    client = site.client()
    page = take(site, "csv").headers["Location"]
    client.post(page)
    site.work()
    assert "records" in text_of(client.get(page))
    neighbour = site.client("owner@theirs.example")
    for where in (page, page.replace("/file/", "/download/")):
        assert neighbour.get(where).status_code == 404
    theirs: Any = neighbour.get(reverse("ledger_download", args=["theirs", "csv"]), ASKED)
    assert list(csv.reader(io.StringIO(theirs.getvalue().decode())))[1:] == []


@pytest.mark.usefixtures("large")
def test_a_program_asks_again_until_the_file_is_there(site: Site) -> None:
    asking, path = program(site, power="read"), "records/files/csv?year=2024&source=reizen"
    for _ in range(2):
        answer = asking.send("GET", path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert [job.state for job in jobs()] == [QUEUED]
    site.work()
    data = asking.send("GET", path).getvalue()
    assert [job.state for job in jobs()] == [DONE]
    assert data == take(site, "csv").getvalue()


@pytest.mark.usefixtures("large")
def test_a_file_that_cannot_be_made_is_told(site: Site) -> None:
    asking, path = program(site, power="read"), "records/files/json?year=2024"
    asking.send("GET", path)
    with mock.patch("trede_web.bridge.ledger.downloads.rows", side_effect=RuntimeError):
        site.work()
    for _ in range(2):
        answer = asking.send("GET", path)
        assert answer.status_code == 500
        assert answer.json()["issues"][0]["code"] == "job_broken"
    assert [job.state for job in jobs()] == [FAILED]
    assert kept(site) == [], "nothing half-made stays"
    client, page = site.client(), reverse("ledger_file", args=["ours", "json"]) + "?year=2024"
    client.post(page)
    site.work()
    assert [job.state for job in jobs()] == [FAILED, DONE], "a person may try again"
    assert asking.send("GET", path).status_code == 200


STRANGE = ["=1+1", "<b> & c", " twee  blanco ", "regel\neen", "bel\x07", "_x0007_", "a\rb", "é🚲", "0012", "x" * 40_000]


def test_a_workbook_keeps_every_text_and_number(tmp_path: Path) -> None:
    rows = [[text, Decimal("12.50"), None, ""] for text in STRANGE] + [["", 2024, "zelfde", "een"]] * 2
    with mock.patch.object(long_workbook, "MOST_SHARED", 3):
        write_workbook(rows, ["tekst", "getal", "c", "d"], tmp_path / "one.xlsx")
        write_workbook(iter(rows), ["tekst", "getal", "c", "d"], tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()
    [sheet] = load_workbook(tmp_path / "one.xlsx").worksheets
    assert sheet.freeze_panes == "A2"
    [head, *read] = sheet.iter_rows(values_only=True)
    assert head == ("tekst", "getal", "c", "d")
    told = [unescape(str(text)) for text, *_ in read[: len(STRANGE)]]
    assert told == [text[:32_767] for text in STRANGE]
    assert {row[1:] for row in read[: len(STRANGE)]} == {(12.5, None, None)}
    assert read[len(STRANGE) :] == [(None, 2024, "zelfde", "een")] * 2


@pytest.mark.parametrize(("count", "sheets"), [(0, [1]), (2, [3]), (3, [3, 2]), (5, [3, 3, 2])])
def test_many_rows_go_on_on_another_sheet(tmp_path: Path, count: int, sheets: list[int]) -> None:
    with mock.patch.object(long_workbook, "MOST_ROWS", 3):
        write_workbook(([str(number)] for number in range(count)), ["kop"], tmp_path / "book.xlsx")
    found = [list(sheet.iter_rows(values_only=True)) for sheet in load_workbook(tmp_path / "book.xlsx").worksheets]
    assert [len(rows) for rows in found] == sheets
    assert all(rows[0] == ("kop",) for rows in found)
    assert [row for rows in found for row in rows[1:]] == [(str(number),) for number in range(count)]
