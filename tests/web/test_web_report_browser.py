"""The report in a real browser: from an empty folder and a file to chapters that are read, in both languages, and a PDF."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_web_first_hour import LIST, record, take_in
from web_browser import CHROMIUM, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_report_is_made_read_and_taken_along(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with browsing(server) as visitor:
            organisation = begin(visitor, "report")
            _read(visitor, organisation)
            _halves(visitor, organisation)
            _base_year(visitor, organisation)
            assert visitor.faults == []
        with browsing(server, "en-GB") as reader:
            reader.log_in(server.email, server.password)
            _read_in_english(reader, organisation)
            assert reader.faults == []


def begin(visitor: Visitor, name: str) -> str:
    """Make an organisation, look at a page of a year that is not calculated, take a file in and calculate the year."""
    page, server = visitor.page, visitor.server
    visitor.log_in(server.email, server.password)
    page.fill("#name", "Voorbeeld B.V.")
    page.set_input_files("#description", EXAMPLE / "organisation.toml")
    visitor.click("Organisatie maken")
    visitor.wait_for("h1")
    organisation = page.url.split("/")[4]
    visitor.open(f"/o/{organisation}/2024/{name}/")
    visitor.look(f"{name}, not calculated")
    take_in(visitor, organisation, ["aardgas-per-maand.xlsx"], "aardgas")
    visitor.open(f"/o/{organisation}/2024/calculate/")
    page.select_option("#library", LIST)
    record(visitor, "Vastleggen", "de lijst van 2024 is er niet")
    visitor.wait_for("dd:has-text('de lijst van 2024 is er niet')")
    visitor.click("2024 berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    return organisation


def _read(visitor: Visitor, organisation: str) -> None:
    """Have the report made, go to a chapter by keyboard, follow a figure, and download."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/report/")
    visitor.wait_for("#contents")
    visitor.look("report")
    page.focus("a:has-text('CO2-Prestatieladder 3.1')")
    page.keyboard.press("Enter")
    visitor.wait_for("h1:has-text('CO2-Prestatieladder 3.1')")
    visitor.look("report, chapter")
    page.locator("tr.tot a.trede-trace").click()
    visitor.wait_for("h1:has-text('Voetafdruk 2024')")
    visitor.open(f"/o/{organisation}/2024/report/")
    with page.expect_download() as download:
        visitor.click("Download als PDF")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def _halves(visitor: Visitor, organisation: str) -> None:
    """Calculate the first half of the year on its own, and hold the second against it."""
    visitor.open(f"/o/{organisation}/2024/footprint/")
    visitor.choose("period", "H1: januari tot en met juni")
    visitor.wait_for("p:has-text('2024-H1 is nog niet apart berekend')")
    visitor.look("footprint of a half, not calculated")
    visitor.click("2024-H1 berekenen")
    visitor.wait_for("h1:has-text('Voetafdruk 2024-H1')")
    visitor.look("footprint of a half")
    visitor.open(f"/o/{organisation}/2024/bridge/?period=2024-H2")
    visitor.wait_for("h1:has-text('dan 2024-H1?')")
    visitor.look("bridge of halves")


def _base_year(visitor: Visitor, organisation: str) -> None:
    """Record a policy, at first with a threshold that is none, by keyboard."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/base-year/")
    visitor.look("base year, none")
    visitor.click("Basisjaar vastleggen")
    visitor.wait_for("#f-year")
    page.fill("#f-year", "2024")
    page.fill("#f-threshold", "0")
    page.keyboard.press("Enter")
    visitor.wait_for("[role=alert]")
    visitor.look("base year, form refused")
    page.fill("#f-threshold", "5")
    page.keyboard.press("Enter")
    visitor.wait_for("h1:has-text('Controleer het beleid')")
    visitor.look("base year, check")
    record(visitor, "Vastleggen", "het eerste volledige jaar")
    visitor.wait_for("h1:has-text('Basisjaar 2024')")
    visitor.look("base year")


def _read_in_english(visitor: Visitor, organisation: str) -> None:
    visitor.open(f"/o/{organisation}/2024/report/")
    visitor.wait_for("h2:has-text('Contents')")
    visitor.look("report in English")
