"""Factors in a real browser: from an empty folder and files, by keyboard, to a year of which every record has a factor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_browser import CHROMIUM, Visitor, browsing, serving

pytestmark = pytest.mark.group("browser")
FILE = """activity_type;quantity;unit;start;end;supplier;category;classification;code;fuel
fuel-vehicle;500;l;2023-02-03;2023-02-03;Tankstation Noorderpoort;;;;diesel-b7
natural-gas;900;Nm3;2023-02-01;2023-02-28;Gas en Co;;;;
electricity;4000;kWh;2023-02-01;2023-02-28;Stroom en Co;;;;
spend;5000;EUR;2023-02-01;2023-02-01;Telecom Nederland;1;account;4712;
spend;1290;EUR;2023-03-01;2023-03-01;Drukkerij De Pers;1;product-group;drukwerk;
"""


def test_factors_by_keyboard(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        visitor.log_in(server.email, server.password)
        organisation = begin(visitor)
        deliver(visitor, organisation, tmp_path)
        work_through(visitor, organisation)
        look_at_factors(visitor, organisation)
        make_own(visitor, organisation)
        assert visitor.faults == []


def begin(visitor: Visitor) -> str:
    """Make the organisation by its name, and look at the empty pages."""
    page = visitor.page
    page.fill("#name", "Factoren B.V.")
    page.locator("main form").filter(has=page.locator("#name")).locator("button").first.click()
    page.wait_for_url(re.compile("/o/"))
    organisation = re.search(r"/o/([^/]+)/", page.url)[1]  # type: ignore[index]
    for path in ("2023/matching/", "2023/choices/", "factors/lists/", "factors/compare/"):
        visitor.open(f"/o/{organisation}/{path}")
        visitor.look(f"{path}, empty")
    return organisation


def deliver(visitor: Visitor, organisation: str, folder: Path) -> None:
    """Take the files in and calculate."""
    file = folder / "verbruik-en-inkoop.csv"
    file.write_text(FILE, "utf-8")
    visitor.open(f"/o/{organisation}/imports/")
    visitor.page.set_input_files("#files", [file])
    visitor.click("Innemen")
    visitor.wait_for(f"#came-in th a:has-text('{file.name}')")
    calculate(visitor, organisation)


def calculate(visitor: Visitor, organisation: str) -> None:
    """Calculate 2023 and wait for it."""
    visitor.open(f"/o/{organisation}/2023/calculate/")
    visitor.page.locator("main .actions form:not([action]) button").click()
    visitor.page.wait_for_url(re.compile("/2023/footprint/"), timeout=60_000)


def work_through(visitor: Visitor, organisation: str) -> None:
    """Settle every group by keyboard: move, choose, help, keys off and on, agree from a field."""
    page, queue = visitor.page, f"/o/{organisation}/2023/matching/"
    visitor.open(queue)
    visitor.look("queue")
    first = page.locator("#item").inner_text()
    page.keyboard.press("?")
    assert page.locator("dialog[data-dialog]").is_visible()
    visitor.look("keys")
    page.keyboard.press("Escape")
    page.locator("[data-switch]").click()
    page.locator("h1").click()
    page.keyboard.press("j")
    assert "at=" not in page.url, "single keys are off"
    page.locator("[data-switch]").click()
    page.locator("h1").click()
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == "item"
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.locator("#item").inner_text() == first
    page.keyboard.press("2") if page.locator("[data-number='2']").count() else None
    left = page.locator("nav ol a.open").count()
    for number in range(left):
        if number == 1:
            page.fill("#reason", "gezien en akkoord")
            with page.expect_navigation():
                page.keyboard.press("Control+Enter")
        else:
            with page.expect_navigation():
                page.keyboard.press("Enter")
    settled(visitor, queue)
    visitor.look("queue, done")
    assert page.locator("h1").inner_text() == "Alles is beantwoord"
    calculate(visitor, organisation)
    visitor.open(queue)
    while page.locator("nav ol a.open").count():  # of spend the list of the year, now that its meaning is known
        with page.expect_navigation():
            page.keyboard.press("Enter")
    settled(visitor, queue)
    calculate(visitor, organisation)
    visitor.open(queue)
    visitor.look("queue, nothing left")
    assert "heeft een factor" in page.locator("main").inner_text()
    visitor.open(f"/o/{organisation}/2023/choices/")
    visitor.look("choices")
    assert "gezien en akkoord" in page.locator("main").inner_text()


def settled(visitor: Visitor, queue: str) -> None:
    """Look at the queue until no answer is being recorded any more."""
    for _ in range(120):
        visitor.open(queue)
        if not visitor.page.locator("nav ol a.busy").count():
            return
        visitor.page.wait_for_timeout(500)


def look_at_factors(visitor: Visitor, organisation: str) -> None:
    """Search, filter, compare, and go from a use to a cell."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/factors/")
    page.fill("#q", "grijze stroom")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.look("factors, found")
    for box in page.locator("input[name=f]").all()[:2]:
        box.check()
    visitor.click("Vergelijk gekozen")
    page.wait_for_url(re.compile("/compare/"))
    visitor.look("factors, side by side")
    visitor.open(f"/o/{organisation}/factors/?used=1")
    page.locator("main th a.utrecht-link").first.click()
    visitor.wait_for("#uses")
    visitor.look("factor")
    page.locator("#uses ~ div a.trede-trace").first.click()
    visitor.wait_for("#records")
    visitor.look("factor, records")
    page.locator("main td a.trede-trace").first.click()
    visitor.wait_for("td.cell")


def make_own(visitor: Visitor, organisation: str) -> None:
    """Make an own factor in English, wrong at first, and use it."""
    page = visitor.page
    with page.expect_navigation():
        page.locator("form[action='/language/'] button").first.click()
    visitor.open(f"/o/{organisation}/factors/own/")
    visitor.look("own factor")
    page.fill("#name", "Power of the neighbour")
    page.select_option("#unit", "electricity:kWh")
    page.fill("#total", "1.234")
    page.fill("#publisher_name", "The neighbour")
    page.fill("#url", "letter of March, page 1")
    page.locator("main form button").click()
    visitor.wait_for("[role=alert]")
    visitor.look("own factor, refused")
    page.fill("#total", "0.123")
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/factors/of/own-"), timeout=60_000)
    visitor.look("own factor, made")
    page.fill("#years-of", "2023")
    page.fill("#reason", "direct line to the neighbour")
    page.locator("#use form button").click()
    page.wait_for_url(re.compile("/factors/of/own-"), timeout=60_000)
    visitor.open(f"/o/{organisation}/factors/lists/")
    visitor.look("lists")
