"""The queue in a real browser: from an empty folder and a file, every kind of question is worked away by keys alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_browser import CHROMIUM, Visitor, browsing, serving

pytestmark = pytest.mark.group("browser")
FILE = """activity_type;quantity;unit;start;end;site;supplier;category;classification;code;fuel
fuel-vehicle;500;l;2023-02-03;2023-02-03;;Tankstation Noorderpoort;;;;diesel-b7
electricity;900;kWh;2023-01-01;2023-01-31;Depot Noord;Stroom en Co;;;;
electricity;4000;kWh;2023-02-01;2023-02-28;Depot Noord;Stroom en Co;;;;
electricity;300;kWh;2023-02-01;2023-02-28;Kiosk;Stroom en Co;;;;
spend;5000;EUR;2023-02-01;2023-02-01;;Telecom Nederland;by-code;account;4712;
spend;8000;EUR;2023-02-01;2023-02-01;;Zeevaart Maritiem;by-code;rgs;WBedTraOtr;
spend;2500;EUR;2023-05-01;2023-05-01;;Drukkerij De Pers;1;rgs;WBedAlkOal;
spend;1290;EUR;2023-03-01;2023-03-01;;Vrachtbrief BV;by-code;nace-2;49;
"""
TOTALS = """activity_type;quantity;unit;start;end
electricity;100;kWh;2024-02-01;2024-02-28
electricity;50;kWh;2024-01-01;2024-01-31
"""


def test_every_kind_of_question_by_keyboard(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        visitor.log_in(server.email, server.password)
        page = visitor.page
        page.fill("#name", "Wachtrij B.V.")
        page.locator("main form").filter(has=page.locator("#name")).locator("button").first.click()
        page.wait_for_url(re.compile("/o/"))
        organisation = re.search(r"/o/([^/]+)/", page.url)[1]  # type: ignore[index]
        values_alone(visitor, organisation)
        all_kinds(visitor, organisation)
        nothing_left(visitor, organisation)
        control_totals(visitor, organisation)
        assert visitor.faults == []


def bring(visitor: Visitor, organisation: str, name: str, text: str, *, first: bool = False) -> None:
    """Bring a file, to be taken in or to be checked first."""
    visitor.open(f"/o/{organisation}/imports/")
    visitor.page.set_input_files("#files", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    if first:
        visitor.page.check("#first")
    visitor.click("Innemen")


def values_alone(visitor: Visitor, organisation: str) -> None:
    """Before the first calculation the queue has one kind: what texts mean. One of them is answered."""
    page, queue = visitor.page, f"/o/{organisation}/2023/matching/"
    visitor.open(queue)
    visitor.look("queue, empty")
    bring(visitor, organisation, "verbruik-en-inkoop.csv", FILE)
    visitor.wait_for("#came-in th a:has-text('verbruik-en-inkoop.csv')")
    visitor.open(queue)
    assert kinds(visitor) == ["Wat betekent dit?"]
    visitor.look("queue, one kind")
    assert page.locator("#item").inner_text() == "‘Depot Noord’", "of more worth than ‘Kiosk’"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("#item").inner_text() == "‘Kiosk’"
    settled(visitor, queue)


def kinds(visitor: Visitor) -> list[str]:
    """Return the kinds of questions on the page."""
    return [text.strip() for text in visitor.page.locator(".trede-queue__kind").all_inner_texts()]


def calculate(visitor: Visitor, organisation: str) -> None:
    """Calculate 2023 and wait for it."""
    visitor.open(f"/o/{organisation}/2023/calculate/")
    visitor.page.locator("main .actions form:not([action]) button").click()
    visitor.page.wait_for_url(re.compile("/2023/footprint/"), timeout=60_000)


def settled(visitor: Visitor, queue: str) -> None:
    """Look at the queue until no answer is being recorded any more."""
    for _ in range(120):
        visitor.open(queue)
        if not visitor.page.locator("nav ol a.busy").count():
            return
        visitor.page.wait_for_timeout(500)


def all_kinds(visitor: Visitor, organisation: str) -> None:
    """Answer a doubtful account, who pays for freight, and the rest, with a wrong answer first."""
    page, queue = visitor.page, f"/o/{organisation}/2023/matching/"
    calculate(visitor, organisation)
    visitor.open(queue)
    assert kinds(visitor) == ["Wat betekent dit?", "Zonder factor", "Klopt de bedrijfstak?", "Welke categorie?"]
    visitor.look("queue, full")
    at(visitor, "4712")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    visitor.wait_for("[role=alert]")
    visitor.look("queue, after a wrong answer", once=True)
    while page.evaluate("document.activeElement.id") != "category":
        page.keyboard.press("Tab")
    page.keyboard.press("1")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    at(visitor, "WBedTraOtr")
    visitor.look("queue, a doubtful account")
    assert "€ 8.000" in page.locator("section[aria-labelledby=item] > p").first.inner_text()
    page.keyboard.press("2")
    assert page.locator("input[name=answer]:checked").get_attribute("value") == "sector:nace-2:49:9"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    at(visitor, "49 vervoer over land")
    visitor.look("queue, who pays")
    page.keyboard.press("2")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    while page.locator("nav ol a.open").count():
        with page.expect_navigation():
            page.keyboard.press("Enter")
    settled(visitor, queue)
    assert page.locator("h1").inner_text() == "Alles is beantwoord"
    visitor.look("queue, done")


def at(visitor: Visitor, name: str) -> None:
    """Go down the queue to a group by its name."""
    page = visitor.page
    visitor.page.locator("h1").click()
    for _ in range(20):
        if page.locator("#item").inner_text() == name:
            return
        with page.expect_navigation():
            page.keyboard.press("j" if page.locator("[data-key=j]").count() else "k")
    raise AssertionError(name)


def nothing_left(visitor: Visitor, organisation: str) -> None:
    """The next calculation follows the answers: freight after the sale in category 9, and nothing is asked any more."""
    calculate(visitor, organisation)
    visitor.open(f"/o/{organisation}/2023/matching/")
    assert visitor.page.locator("[data-queue]").count() == 0
    visitor.look("queue, nothing left")
    visitor.open(f"/o/{organisation}/2023/choices/")
    assert visitor.page.locator("main").inner_text().count("bevestigd in de wachtrij") >= 4


def control_totals(visitor: Visitor, organisation: str) -> None:
    """Check a file whose control total differs, take it in with a reason; and one that adds up."""
    page = visitor.page
    for name, total, text in (
        ("wijkt-af.csv", "151", TOTALS),
        ("klopt.csv", "170", TOTALS.replace("100;", "120;").replace("2024", "2025")),
    ):
        bring(visitor, organisation, name, text, first=True)
        visitor.wait_for(f"#waiting a[href$='/check/']:has-text('{name}')")
        page.locator("#waiting a").filter(has_text=name).click()
        visitor.wait_for("#controls")
        page.locator("details summary").filter(has_text="Controletotaal").click()
        page.fill("#control_total", total)
        page.locator("form[action$='controls/'] button").last.click()
        visitor.wait_for("#controls ~ div table")
        if name == "klopt.csv":
            assert page.locator(".utrecht-status-badge--success").count()
            visitor.look("check, totals add up")
        else:
            assert page.locator(".utrecht-status-badge--error").count()
            visitor.look("check, totals differ")
            page.fill("#reason", "de leverancier rondt af")
        page.locator("button[form=commit], #commit button").first.click()
        visitor.wait_for("dt:has-text('Vingerafdruk')")
    visitor.open(f"/o/{organisation}/imports/")
    page.locator("#came-in th a").filter(has_text="wijkt-af.csv").click()
    visitor.wait_for("text=verschil 1, door u aanvaard")
