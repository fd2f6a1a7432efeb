"""Setting an organisation up in a real browser, from an empty folder and files: welcome, boundary, sources, figures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from web_browser import CHROMIUM, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_an_organisation_is_set_up(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        visitor.log_in(server.email, server.password)
        visitor.look("welcome")
        organisation = bring(visitor)
        change_by_keyboard(visitor, organisation)
        register(visitor, organisation)
        figures(visitor, organisation)
        read_in_english(visitor, organisation)
        look_at_the_example(visitor)
        assert visitor.faults == []


def bring(visitor: Visitor) -> str:
    """Go through the third door with a name and a file."""
    page = visitor.page
    page.fill("#bring-name", "Jansen B.V.")
    page.set_input_files("#files", EXAMPLE / "files" / "reizen.csv")
    visitor.click("Maken en innemen")
    visitor.wait_for("h1:has-text('Bewijs en import')")
    found = re.search(r"/o/([^/]+)/", page.url)
    assert found
    visitor.open(f"/o/{found[1]}/")
    visitor.wait_for("ol.trede-tasks")
    assert page.locator("ol.trede-tasks li.now").inner_text().startswith("1")
    visitor.look("set-up list")
    return found[1]


def change_by_keyboard(visitor: Visitor, organisation: str) -> None:
    """Add a subsidiary with dated ownership by keyboard alone: a mistake first, then the check, then the tree."""
    page, keys = visitor.page, visitor.page.keyboard
    visitor.open(f"/o/{organisation}/organisation/")
    visitor.look("organisation, new")
    page.get_by_role("link", name="Juridisch onderdeel toevoegen").focus()
    keys.press("Enter")
    visitor.wait_for("#f-name")
    page.focus("#f-own-1-share")
    keys.type("veertig")
    page.focus("#f-name")
    keys.press("Enter")
    visitor.wait_for("[role=alert]")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    visitor.look("entity, wrong")
    page.locator("[role=alert] a").first.focus()
    keys.press("Enter")
    assert page.evaluate("document.activeElement.id") == "f-name"
    keys.type("Glas B.V.")
    page.select_option("#f-parent", label="Jansen B.V.")
    page.fill("#f-own-1-share", "40")
    page.select_option("#f-own-1-controlled", "no")
    page.fill("#f-own-1-from", "2024-07-01")
    page.get_by_role("button", name="Controleren").focus()
    keys.press("Enter")
    visitor.wait_for("#reason")
    visitor.look("check")
    store(visitor, "overgenomen in 2024")
    tree = page.locator("ul.trede-tree > li > ul > li h3")
    assert tree.inner_text() == "Glas B.V."
    assert page.locator("ul.trede-tree > li > ul .fig").inner_text() == "0\u00a0%"


def store(visitor: Visitor, reason: str) -> None:
    """Store what was checked; the page leads on when it is done."""
    visitor.page.fill("#reason", reason)
    visitor.click("Vastleggen")
    visitor.wait_for("h1:has-text('Organisatie en grens')")


def register(visitor: Visitor, organisation: str) -> None:
    """Put a source in the register, and look at its page."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/sources/")
    visitor.look("sources, none")
    visitor.click("Bron toevoegen")
    page.fill("#f-name", "Zakelijke reizen")
    page.fill("#f-id", "reizen")
    page.fill("#f-from_year", "2024")
    page.select_option("#f-frequency", "quarter")
    visitor.look("source, form")
    visitor.click("Controleren")
    store(visitor, "elk kwartaal uit de declaraties")
    visitor.open(f"/o/{organisation}/2024/sources/")
    visitor.click("Zakelijke reizen")
    visitor.wait_for("table.trede-matrix")
    visitor.look("source")


def figures(visitor: Visitor, organisation: str) -> None:
    """Add a denominator, and fill a year in."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/organisation/change/denominator/")
    page.fill("#f-name", "Medewerkers")
    page.fill("#f-unit", "fte")
    page.select_option("#f-kind", "stock")
    visitor.click("Controleren")
    store(visitor, "om te vergelijken")
    visitor.open(f"/o/{organisation}/organisation/figures/")
    cell = page.locator("table.trede-grid input").first
    cell.fill("1.234,5")
    page.fill("#f-source", "jaarverslag")
    page.select_option("#f-quality", "measured")
    visitor.look("figures")
    visitor.click("Controleren")
    assert "1.234,5" in page.inner_text("main")
    store(visitor, "uit het jaarverslag")
    assert "1.234,5" in page.inner_text("main")
    visitor.look("organisation, filled")


def read_in_english(visitor: Visitor, organisation: str) -> None:
    """Read the earlier descriptions in the other language."""
    visitor.page.locator("button[name=language][value=en]").click()
    visitor.open(f"/o/{organisation}/organisation/versions/")
    assert visitor.page.locator("tbody tr").count() == 5
    visitor.look("versions")
    visitor.open(f"/o/{organisation}/organisation/versions/2/")
    assert "Glas B.V." in visitor.page.inner_text("main")
    visitor.look("version")


def look_at_the_example(visitor: Visitor) -> None:
    """Go through the first door, and read how it is put back as it was."""
    page = visitor.page
    visitor.open("/")
    visitor.click("Look at the example")
    visitor.wait_for("a.fig")
    visitor.look("the example")
    assert "Example organisation" in page.inner_text(".trede-demo")
    page.locator(".trede-demo a").click()
    visitor.look("put the example back")
