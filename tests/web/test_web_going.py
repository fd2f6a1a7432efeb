"""Going somewhere by its name and by keyboard, the same page of another year, organisations beside each other."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from web_browser import CHROMIUM, Visitor, browsing, serving
from web_site import Page, Site, text_of

from trede.workspace import Workspace
from trede_web.bridge.books import open_books, years
from trede_web.bridge.speaking import Voice
from trede_web.bridge.welcome.glance import glance
from trede_web.menu import MENU


def test_pages_sites_sources_and_files_are_found_by_a_part_of_their_name(site: Site) -> None:
    client = site.client()
    page = text_of(client.get("/o/ours/go/", {"q": "voetaf"}))
    assert "/o/ours/2025/footprint/" in Page(page).links() or "/o/ours/2024/footprint/" in Page(page).links()
    one = text_of(client.get("/o/ours/go/", {"q": "oost"}, headers={"hx-request": "true"}))
    assert any(link.startswith("/o/ours/ledger/?year=") and "site=" in link for link in Page(one).links())
    assert "<html" not in one
    assert any("year=all&q=oost" in link for link in Page(one).links())


def test_what_has_another_name_is_not_found_and_the_searches_stay(site: Site) -> None:
    found = Page(text_of(site.client().get("/o/ours/go/", {"q": "zzqx <b>"}, headers={"hx-request": "true"})))
    assert found.links() == ["/o/ours/ledger/?year=all&q=zzqx+%3Cb%3E", "/o/ours/factors/?q=zzqx+%3Cb%3E"]
    assert not found.find("b")


def test_every_letter_leads_to_one_page(site: Site) -> None:
    keys = [entry.key for entry in MENU if entry.key]
    assert len(keys) == len(set(keys))
    assert not {"g", "j", "n"} & set(keys)
    client = site.client()
    for link in Page(text_of(client.get("/o/ours/go/", headers={"hx-request": "true"}))).links():
        assert client.get(link, follow=True).status_code == 200, link


@pytest.mark.parametrize("name", ["footprint", "completeness", "sources", "publish"])
def test_choosing_another_year_stays_on_the_page_under_the_same_view(site: Site, name: str) -> None:
    links = Page(text_of(site.client().get(f"/o/ours/2025/{name}/?view=ghg:location&span=x"))).links()
    assert f"/o/ours/2024/{name}/?view=ghg%3Alocation" in links


def test_the_ledger_keeps_its_filter_in_another_year_and_begins_at_its_first_page(site: Site) -> None:
    links = Page(text_of(site.client().get("/o/ours/ledger/?year=2025&q=gas&page=2"))).links()
    assert "/o/ours/ledger/?year=2024&q=gas" in links


def test_organisations_stand_beside_each_other_and_each_asks_for_its_own_row(site: Site) -> None:
    client = site.client()
    rows = [e for e in Page(text_of(client.get("/"))).find("tr") if "hx-get" in e.attributes]
    assert [row.attributes["hx-get"] for row in rows] == ["/o/ours/glance/"]
    row = text_of(client.get("/o/ours/glance/"))
    [total] = Page(row).find("data")
    assert int(total.attributes["value"]) > 0
    assert client.get("/o/theirs/glance/").status_code == 404
    assert "Nog geen gegevens" in text_of(site.client("owner@theirs.example").get("/o/theirs/glance/"))


def test_behind_a_published_year_the_next_one_waits_once_it_is_over(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Workspace, "publications_of", lambda self, name: ("jaarverslag",))
    monkeypatch.setattr(Workspace, "run_of", lambda self, name: None)
    books = open_books(site.ours.folder)
    year = years(books)[0]
    for now, expected in ((year + 1, []), (year + 2, [(1, year + 1)])):
        found = glance(books, date(now, 11, 1), Voice("nl"))
        assert found is not None
        assert [(each.count, each.year) for each in found.waiting if each.what == "begin"] == expected


def choose_in_the_bar(visitor: Visitor) -> None:
    """Open a list of the bar and close it again by keyboard, and copy the address of the page."""
    page = visitor.page
    page.focus("#bar-year summary")
    page.keyboard.press("Enter")
    assert page.locator("#bar-year a").first.is_visible()
    visitor.look("a list of the bar", once=True)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    assert not page.locator("#bar-year a").first.is_visible()
    assert page.evaluate("document.activeElement.matches('#bar-year summary')")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy]").click()
    visitor.wait_for("#copied:has-text('gekopieerd')")
    assert page.evaluate("navigator.clipboard.readText()") == page.url


@pytest.mark.group("browser")
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
def test_somebody_goes_through_the_house_by_keyboard(tmp_path: Path) -> None:
    with serving(tmp_path) as server, browsing(server) as visitor:
        page = visitor.page
        visitor.log_in(server.email, server.password)
        page.fill("#name", "Toetsenbord BV")
        page.press("#name", "Enter")
        page.wait_for_url(re.compile("/o/[^/]+/[0-9]{4}/$"))
        where = urlsplit(page.url).path.rsplit("/", 2)[0] + "/"
        choose_in_the_bar(visitor)
        page.keyboard.press("Control+k")
        visitor.wait_for("dialog[open] #go-found a")
        visitor.look("go to")
        page.keyboard.type("volledig")
        page.wait_for_function("document.querySelectorAll('#go-found a').length === 3")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/completeness/")
        page.keyboard.press("g")
        page.keyboard.press("f")
        page.wait_for_url("**/factors/")
        page.keyboard.press("/")
        page.keyboard.type("g")  # in a field it is a letter
        page.keyboard.type("f")
        assert page.input_value("main input[type=search]") == "gf"
        page.keyboard.press("Escape")
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        visitor.wait_for("dialog[open]")
        page.click("[data-single]")
        page.keyboard.press("Escape")
        page.keyboard.press("?")
        assert page.query_selector("dialog[open]") is None
        page.goto(server.address + "/")
        visitor.wait_for("text=Nog geen gegevens")
        visitor.look("organisations")
        visitor.open(f"{where}go/?q=site")
        visitor.look("go to, found")
        assert visitor.faults == []
