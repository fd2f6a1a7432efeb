"""The report on screen: the chapters of the document that the files are made of, each mass with its question and a way back."""

from __future__ import annotations

import io
import os
import re
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from web_site import Element, Page, Site, kept, text_of

from trede.cli.language import Speaker
from trede.kernel.issues import Issue
from trede.organisation.decisions import Pin
from trede.report.document import Document, Table
from trede.report.pdf import to_pdf
from trede.report.wording import Wording
from trede.trace.record import RecordTrail
from trede.workspace.explaining import explain
from trede.workspace.reporting import make_report
from trede_web.bridge.books import open_books
from trede_web.bridge.results.report import tidy
from trede_web.people.models import LogEntry

CHAPTERS = ("summary", "ladder", "ghg", "iso", "site", "month", "categories", "energy", "quality", "uncertainty")


def where(chapter: str = "", year: int = 2024, **asked: str) -> str:
    """Return the address of the report or of a chapter."""
    name, parts = ("report_chapter", [chapter]) if chapter else ("report", [])
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return reverse(name, args=["ours", year, *parts]) + (f"?{query}" if query else "")


def make(site: Site, client: Client, **asked: str) -> None:
    """Have a report made."""
    client.post(where(**asked))
    assert site.work() == 1


def library(site: Site, *periods: str, language: str = "nl") -> Document:
    """Return the library's own report."""
    speaker = Speaker(language)

    def tell(issues: object) -> list[str]:
        assert isinstance(issues, list)
        return [speaker.issue(issue) for issue in issues if isinstance(issue, Issue)]

    return make_report(open_books(site.ours.folder), periods, language, tell)


def test_a_report_that_is_not_made_is_a_job_for_every_reader_and_then_stays(site: Site) -> None:
    client = site.client("auditor@ours.example")
    waiting = text_of(client.get(where()))
    assert "nog niet gemaakt" in waiting
    assert 'hx-trigger="load' in waiting
    assert client.get(where("ladder")).headers["Location"] == where()
    acts = LogEntry.objects.count()
    first, again = client.post(where()), client.post(where())
    assert first.headers["Location"] == again.headers["Location"]
    assert site.work() == 1
    assert client.get(first.headers["Location"]).headers["Location"] == where()
    assert "Inhoud" in text_of(client.get(where()))
    assert LogEntry.objects.count() == acts, "to look is no change"


def make_both(site: Site) -> Document:
    """Have the reports of one year in Dutch and of two years in English made; return what the library makes of the one."""
    make(site, site.client("auditor@ours.example"))
    make(site, site.client(language="en"), **{"from": "2023"})
    return library(site, "2024")


@pytest.fixture
def made() -> Site:
    """The application with both reports, to look at."""
    return kept("reported", make_both)[0]


@pytest.fixture
def document() -> Document:
    """The library's own report of the year."""
    return kept("reported", make_both)[1]


def test_chapters_are_those_of_the_document(made: Site, document: Document) -> None:
    client = made.client()
    printed = [section for section in document.sections if section.on != "workbook"]
    cover = Page(text_of(client.get(where())))
    links = [link for link in cover.links() if re.search(r"/report/[a-z-]+/$", link)]
    assert links == [where(section.id) for section in printed]
    words = Wording("nl")
    for section in printed:
        answer = client.get(where(section.id))
        assert answer.status_code == 200
        text = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text_of(answer))))
        assert section.title in text
        for part in section.parts:
            if isinstance(part, Table) and part.on != "workbook":
                for note in part.notes:
                    assert re.sub(r"\s+", " ", note.show(words)) in text, (section.id, note)


def test_files_are_those_of_the_library_and_the_same_twice(made: Site, document: Document) -> None:
    client = made.client()

    def get(kind: str) -> bytes:
        answer = client.get(reverse("report_file", args=["ours", 2024, kind]))
        assert f'filename="rapport-2024.{kind}"' in answer.headers["Content-Disposition"]
        return bytes(answer.content)

    pdf, book = get("pdf"), get("xlsx")
    assert pdf == get("pdf") == to_pdf(document)
    assert book == get("xlsx")
    assert len(openpyxl.load_workbook(io.BytesIO(book), read_only=True).sheetnames) > 15
    assert client.get(reverse("report_file", args=["ours", 2024, "docx"])).status_code == 404


def masses(page: Page) -> list[Element]:
    """Return the amounts of CO2e of a page."""
    return page.find("data")


def test_every_mass_has_a_question_and_says_what_the_library_answers(made: Site) -> None:
    client, books = made.client(), open_books(made.ours.folder)
    checked = beside = 0
    for chapter in ("", *CHAPTERS):
        for element in masses(Page(text_of(client.get(where(chapter))))):
            query = element.attributes["data-query"]
            [link] = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
            address, sign, _ = query.partition("#")
            assert link == reverse("trace", args=["ours", address])
            beside += bool(sign)
            if not sign:
                _, found = explain(books, address)
                assert not isinstance(found, RecordTrail)
                assert [rung.mg for rung in found] == [int(element.attributes["value"])], query
                checked += 1
    assert checked > 150
    assert beside > 20


def test_links_of_a_chapter_lead_somewhere(made: Site) -> None:
    client = made.client()
    page = Page(text_of(client.get(where("month"))))
    for element in masses(page)[:14]:
        [link] = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
        assert client.get(link).status_code == 200, link


def test_no_amount_stands_beside_its_figure(made: Site) -> None:
    """In the text of a chapter no number with `t` or `ton` behind it is anything but a figure."""
    for chapter in ("", "summary", "ladder", "uncertainty", "site"):
        page = Page(text_of(made.client().get(where(chapter))))
        [main] = page.find("main")
        text = main.text
        for element in masses(page):
            text = text.replace(element.text, "figure", 1)
        assert re.findall(r"\d[\d.,]*\d[ \u00a0](?:t|ton)\b", text) == []


def test_a_chart_has_its_words_and_its_table(made: Site) -> None:
    client = made.client()
    for chapter in ("", "ladder", "month", "site"):
        page = Page(text_of(client.get(where(chapter))))
        [drawn] = page.find("img")
        assert len(drawn.attributes["alt"]) > 40
        answer = client.get(drawn.attributes["src"])
        assert answer.content.startswith(b"<svg")
        assert "script" not in answer.headers["Content-Security-Policy"]
        again = client.get(drawn.attributes["src"], headers={"if-none-match": answer.headers["ETag"]})
        assert again.status_code == 304
    assert client.get(reverse("report_drawing", args=["ours", 2024, "month", 9])).status_code == 404
    assert client.get(reverse("report_drawing", args=["ours", 2024, "nothing", 1])).status_code == 404


def test_what_nobody_verified_is_marked(made: Site) -> None:
    client, words = made.client(), Wording("nl")
    assert words.word("note.unverified_here") in unescape(text_of(client.get(where("iso"))))
    assert text_of(client.get(where("summary"))).count(f"({words.word('unverified.short')})") > 2


def test_two_years_stand_beside_each_other_and_the_bridge_leads_to_its_page(made: Site) -> None:
    client = made.client(language="en")
    page = Page(text_of(client.get(where("change", **{"from": "2023"}))))
    between = [e for e in masses(page) if ".." in e.attributes["data-query"]]
    assert len(between) > 8
    for element in between:
        [link] = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
        assert urlsplit(link).path == reverse("bridge", args=["ours", 2024])
        assert "from=2023" in link
    assert client.get(where("change")).status_code == 302, "of one year no English report is made yet"
    assert client.get(where("nothing", **{"from": "2023"})).status_code == 404


def test_a_report_is_made_again_when_the_folder_says_something_else() -> None:
    made, _ = kept("reported", make_both, to_change=True)
    client = made.client()
    assert "Inhoud" in text_of(client.get(where()))
    books = open_books(made.ours.folder)
    books.decide(
        Pin(
            library="co2emissiefactoren-2026-08-20",
            years=(2021,),
            person="x",
            made_at=books.clock(),
            reason="another year",
        )
    )
    assert "nog niet gemaakt" in text_of(client.get(where()))


def test_a_year_without_a_calculation_says_what_to_do(site: Site) -> None:
    answer = site.client().get(where(year=2020))
    assert "eerst berekend" in text_of(answer)
    assert site.client().post(where(year=2020)).status_code == 200


def test_the_reports_that_were_made_longest_ago_go(tmp_path: Path) -> None:
    for at, name in enumerate(("b", "a", "c")):
        (tmp_path / name / "key").mkdir(parents=True)
        os.utime(tmp_path / name, (at, at))
    tidy(tmp_path, most=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "c"]
