"""The bridge and completeness on screen: word for word and milligram for milligram what the library says."""

from __future__ import annotations

import csv
import io
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Element, Page, Site, text_of

from trede.analysis.bridge import CAUSES, Steps
from trede.catalogue.standards import find_standard
from trede.inventory.coverage import coverage
from trede.inventory.footprint import footprint_of
from trede.kernel.periods import Period
from trede.workspace.comparing import compare
from trede_web.bridge.books import Workspace, open_books
from trede_web.bridge.results.completeness import completeness_page
from trede_web.bridge.results.waterfall import BOTTOM, TOP, draw
from trede_web.bridge.speaking import Voice
from trede_web.people.models import LogEntry
from workspaces import read_example

VIEWS = ["ladder:market", "ghg:location", "iso:market"]


def library(books: Workspace, before: int, after: int, view: str) -> Steps:
    """Return the library's bridge of the totals."""
    standard, _, basis = view.partition(":")
    found = find_standard(standard)
    return compare(books, str(before), str(after)).total(
        lambda place: place.basis in ("none", basis) and place.account in found.heading_of
    )


def look(site: Site, year: int, language: str = "nl", **asked: str) -> Page:
    """Return a bridge page."""
    site.bridged(int(asked.get("from", year - 1)), year)
    answer = site.client(language=language).get(reverse("bridge", args=["ours", year]), asked)
    assert answer.status_code == 200
    return Page(text_of(answer))


def table(page: Page, row: str) -> list[Element]:
    """Return the amounts in the rows of a class."""
    return [
        element
        for element in page.find("data")
        if any(tag == "tr" and attributes.get("class") == row for tag, attributes in element.inside)
    ]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(("before", "after"), [(2022, 2024), (2023, 2022)])
def test_the_bridge_is_the_librarys_and_adds_up(site: Site, before: int, after: int, view: str) -> None:
    page = look(site, after, **{"from": str(before), "view": view})
    steps = library(open_books(site.ours.folder), before, after, view)
    shown = {e.attributes["data-query"].partition("#")[2]: int(e.attributes["value"]) for e in table(page, "grp")}
    assert shown == steps.causes
    [last] = table(page, "tot")
    assert int(last.attributes["value"]) == steps.after == steps.before + sum(shown.values())
    parts: dict[str, int] = dict.fromkeys(CAUSES, 0)
    for element in table(page, "sub"):
        cause = element.attributes["data-query"].partition("#")[2].partition("/")[0]
        parts[cause] += int(element.attributes["value"])
    assert parts == shown


def test_the_sides_are_those_of_the_footprint(site: Site) -> None:
    books = open_books(site.ours.folder)
    page = look(site, 2024, **{"from": "2022", "view": "ghg:location"})
    for year in (2022, 2024):
        run = books.find_run(str(year))
        total = footprint_of(run, find_standard("ghg"), "location").total
        assert f"{run.id}/ghg:location" in [
            e.attributes["data-query"] for e in page.find("data") if e.attributes["value"] == str(total)
        ]


def test_a_bridge_that_is_not_calculated_is_a_job_and_then_stays(site: Site) -> None:
    client = site.client("auditor@ours.example")
    where = reverse("bridge", args=["ours", 2024]) + "?from=2022&view=ghg%3Alocation"
    waiting = text_of(client.get(where))
    assert "nog niet berekend" in waiting
    assert 'hx-trigger="load' in waiting
    table_of = reverse("bridge_table", args=["ours", 2024]) + "?from=2022&view=ghg%3Alocation"
    assert client.get(table_of).headers["Location"] == where
    acts = LogEntry.objects.count()
    first, again = client.post(where), client.post(where)
    assert first.headers["Location"] == again.headers["Location"]
    assert site.work() == 1
    assert client.get(first.headers["Location"]).headers["Location"] == where
    assert "Watervaldiagram" in text_of(client.get(where))
    assert "Watervaldiagram" in text_of(client.get(reverse("bridge", args=["ours", 2022]) + "?from=2024"))
    assert LogEntry.objects.count() == acts, "to look is no change"


def test_every_amount_has_a_question_and_one_link(site: Site) -> None:
    page = look(site, 2024, cause="activity")
    amounts = page.find("data")
    assert len(amounts) > 20
    for element in amounts:
        assert element.attributes["data-query"]
        assert len([tag for tag, _ in element.inside if tag == "a"]) == 1


def test_a_cause_is_taken_apart_and_leads_to_records(site: Site) -> None:
    page = look(site, 2024, cause="activity")
    where = [
        e for e in page.find("data")
        if any(a.get("id") == "detail" for _, a in e.inside) and "#activity" in e.attributes["data-query"]
    ]  # fmt: skip
    *items, whole = [int(e.attributes["value"]) for e in where]
    assert sum(items) == whole == library(open_books(site.ours.folder), 2023, 2024, "ladder:market").causes["activity"]
    client = site.client()
    [links] = [[a["href"] for tag, a in where[0].inside if tag == "a"]]
    months = Page(text_of(client.get(links[0])))
    assert any(link.count("/") > links[0].count("/") for link in months.links() if "/trace/" in link)


def test_a_bar_leads_to_its_cause_and_the_drawing_is_told_in_words(site: Site) -> None:
    page = look(site, 2024)
    bars = [a for a in page.find("a") if ("svg") in [tag for tag, _ in a.inside]]
    assert bars
    for bar in bars:
        asked = parse_qs(urlsplit(bar.attributes["href"]).query)
        assert asked["cause"][0] in CAUSES
        assert bar.attributes["tabindex"] == "-1"
    told = [p.text for p in page.find("p") if p.attributes.get("class") == "vh"]
    assert any(text.startswith("Watervaldiagram") and "2023" in text and "2024" in text for text in told)


def test_the_download_adds_up_to_both_totals(site: Site) -> None:
    site.bridged(2022, 2024)
    answer = site.client().get(reverse("bridge_table", args=["ours", 2024]), {"from": "2022", "view": "ghg:market"})
    assert answer["Content-Disposition"].endswith('filename="brug-2022-2024.csv"')
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    sums: dict[str, int] = {}
    for row in rows:
        assert len(row) == len(head)
        sums[row[0]] = sums.get(row[0], 0) + int(row[-1])
    steps = library(open_books(site.ours.folder), 2022, 2024, "ghg:market")
    assert (sums.pop("2022"), sums.pop("2024")) == (steps.before, steps.after)
    assert sum(sums.values()) == steps.after - steps.before


def test_without_another_year_it_says_so(site: Site) -> None:
    client = site.client()
    site.bridged(2023, 2024)
    assert "nog niet berekend" in text_of(client.get(reverse("bridge", args=["ours", 2021])))
    assert 'id="bar-from"' in text_of(client.get(reverse("bridge", args=["ours", 2024]), {"from": "2021"}))
    assert client.get(reverse("bridge", args=["ours", 2024]), {"view": "none:such"}).status_code == 404
    assert client.get(reverse("bridge_table", args=["theirs", 2024])).status_code == 404
    assert client.get(reverse("bridge_table", args=["ours", 2021])).status_code == 404
    assert site.client("owner@theirs.example").get(reverse("bridge_table", args=["theirs", 2024])).status_code == 404


def test_the_bridge_is_a_file_with_both_runs(site: Site) -> None:
    site.bridged(2022, 2024)
    books, client = open_books(site.ours.folder), site.client()
    asked = {"from": "2022", "view": "ghg:market"}
    whole = text_of(client.get(reverse("bridge_file", args=["ours", 2024, "svg"]), asked))
    assert all(books.find_run(year).id in whole for year in ("2022", "2024"))
    assert client.get(reverse("bridge_file", args=["ours", 2024, "png"]), asked).content.startswith(b"\x89PNG")
    assert client.get(reverse("bridge_file", args=["ours", 2024, "exe"]), asked).status_code == 404
    slim = client.get(reverse("bridge_drawing", args=["ours", 2024]), asked)
    assert slim.content.startswith(b"<svg")
    assert client.get(reverse("bridge_drawing", args=["ours", 2021])).status_code == 404


@pytest.mark.parametrize(("language", "told"), [("nl", "De stijging komt vooral door"), ("en", "The rise is mainly")])
def test_the_title_states_the_finding(site: Site, language: str, told: str) -> None:
    assert any(told in h.text for h in look(site, 2024, language).find("h2"))


def test_bars_stand_on_each_other() -> None:
    drawn = draw(
        ("2022", 100, "100"),
        [("activity", "activity", "cars", 50, "+50"), ("factors", "factors", "power", -150, "−150")],
        ("2024", 0, "0"),
    )
    first, rise, fall, last = drawn.bars
    assert float(first.height) == pytest.approx(2 * float(rise.height), abs=0.2)
    assert float(rise.y) == float(fall.y) == TOP
    assert float(fall.height) == pytest.approx(BOTTOM - TOP)
    assert (rise.level, last.reach) == (rise.y, "")
    below = draw(("2022", 10, ""), [("activity", "activity", "credits", -30, "")], ("2024", -20, ""))
    assert float(below.zero) < BOTTOM
    assert float(below.bars[-1].y) == pytest.approx(float(below.zero))


@pytest.mark.parametrize("year", [2022, 2024, 2025])
def test_completeness_is_the_librarys(site: Site, year: int) -> None:
    books = open_books(site.ours.folder)
    page = completeness_page(books, year, date(2030, 1, 1), Voice("nl"))
    found = coverage(books.organisation, books.active_batches(), Period.year(year))
    assert [(row.source, row.site or None) for row in page.rows] == [(each.source, each.site) for each in found]
    for row, each in zip(page.rows, found, strict=True):
        assert [cell.month for cell in row.missing] == [f"{gap:%Y-%m}" for gap in each.gaps]
        assert {cell.month for cell in row.cells if cell.files} == {f"{month:%Y-%m}" for month in each.present}
    assert page.gaps == sum(len(each.gaps) for each in found)


def test_months_that_are_not_over_are_not_missing(site: Site) -> None:
    page = completeness_page(open_books(site.ours.folder), 2025, date(2025, 3, 31), Voice("en"))
    assert {cell.state for cell in page.rows[0].cells[:2]} == {"missing"}
    assert {cell.state for cell in page.rows[0].cells[2:]} == {"later"}


def test_each_month_leads_to_its_files_or_to_the_import(site: Site) -> None:
    client = site.client()
    for year in (2024, 2025):
        where = reverse("completeness", args=["ours", year])
        page = Page(text_of(client.get(where)))
        cells = [e for e in page.find("a") if e.attributes.get("class", "").startswith("trede-cell ")]
        assert len(cells) == 12 * len([e for e in page.find("tr") if ("tbody", {}) in e.inside])
        for cell in cells[::7]:
            assert (
                client.get(where.rpartition("?")[0] + cell.attributes["href"]).status_code == 200
                if (cell.attributes["href"].startswith("?"))
                else client.get(cell.attributes["href"]).status_code == 200
            )
            assert ":" in cell.text, "a word beside the sign"


def test_what_is_missing_comes_first(site: Site) -> None:
    text = text_of(site.client().get(reverse("completeness", args=["ours", 2025])))
    assert text.index("Wat ontbreekt") < text.index('id="matrix"')
    assert "heel 2025" in text
    auditor = text_of(site.client("auditor@ours.example").get(reverse("completeness", args=["ours", 2025])))
    assert "Bestanden innemen" not in auditor


def test_a_source_that_is_accounted_for_is_not_missing(site: Site) -> None:
    client = site.client()
    client.post(
        reverse("source", args=["ours", 2025]), {"source": "reizen", "status": "none", "reason": "geen reizen dit jaar"}
    )
    site.work()
    page = completeness_page(open_books(site.ours.folder), 2025, date(2030, 1, 1), Voice("nl"))
    [row] = [row for row in page.rows if row.source == "reizen"]
    assert {cell.state for cell in row.cells} == {"accounted"}
    assert "geen reizen dit jaar" in row.said


def test_a_month_of_more_than_one_file_lists_them(site: Site) -> None:
    client = site.client()
    again = SimpleUploadedFile("nog-eens.csv", read_example("reizen.csv").replace(b"\t147,9\t", b"\t148,1\t"))
    client.post(reverse("imports", args=["ours"]), {"files": [again]})
    site.work()
    page = completeness_page(open_books(site.ours.folder), 2022, date(2030, 1, 1), Voice("nl"))
    row, cell = next((row, cell) for row in page.rows for cell in row.cells if len(cell.files) > 1)
    asked = {"source": row.source, "site": row.site, "month": cell.month}
    text = text_of(client.get(reverse("completeness", args=["ours", 2022]), asked))
    panel = text.partition('id="cell"')[2].partition("</section>")[0]
    assert all(file.name in panel for file in cell.files)
