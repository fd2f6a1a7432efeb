"""The ledger in a real browser: from an empty folder and files to a record that is found, commented on and corrected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_web_first_hour import LIST, begin, record, take_in
from web_browser import CHROMIUM, Visitor, browsing, serving

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_record_is_found_commented_on_and_corrected(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        page = visitor.page
        visitor.log_in(server.email, server.password)
        organisation = _begin(visitor)
        visitor.open(f"/o/{organisation}/ledger/")
        visitor.look("ledger, empty")
        visitor.open(f"/o/{organisation}/comments/")
        visitor.look("comments, none")
        take_in(visitor, organisation, ["aardgas-per-maand.xlsx"], "aardgas")
        visitor.open(f"/o/{organisation}/2024/calculate/")
        page.select_option("#library", LIST)
        record(visitor, "Vastleggen", "de lijst van 2024 is er niet")
        visitor.wait_for("dd:has-text('de lijst van 2024 is er niet')")
        visitor.click("2024 berekenen")
        visitor.wait_for("h1:has-text('Voetafdruk 2024')")
        _find(visitor, organisation)
        _correct(visitor)
        visitor.open(f"/o/{organisation}/ledger/?year=2024")
        visitor.wait_for("a.trede-said:has-text('1')")
        visitor.open(f"/o/{organisation}/comments/")
        visitor.look("comments")
        assert visitor.faults == []


def _begin(visitor: Visitor) -> str:
    look, visitor.look = visitor.look, lambda name: None  # type: ignore[method-assign]
    organisation = begin(visitor)
    visitor.look = look  # type: ignore[method-assign]
    return organisation


def _find(visitor: Visitor, organisation: str) -> None:
    """Search, sum up, download, and open a record by keyboard."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/ledger/")
    visitor.look("ledger")
    page.focus("form summary")
    page.keyboard.press("Enter")
    page.select_option("#f-month", "2024-03")
    page.focus("#f-q")
    page.keyboard.type("ve-2024-0001")
    page.keyboard.press("Enter")
    visitor.wait_for("h2:has-text('1 record')")
    assert page.url.endswith("ledger/?year=2024&view=ladder%3Amarket&month=2024-03&q=ve-2024-0001")
    visitor.look("ledger, one record")
    page.select_option("#f-group", "month")
    visitor.click("Tonen")
    visitor.wait_for("th:has-text('maart 2024')")
    visitor.look("ledger, summed up")
    with page.expect_download() as download:
        page.click("a:has-text('JSON')")
    [row] = json.loads(Path(download.value.path()).read_text("utf-8"))["records"]
    assert row["document"] == "VE-2024-0001"
    page.fill("#f-q", "nergens")
    page.keyboard.press("Enter")
    visitor.wait_for("p:has-text('Niets gevonden')")
    visitor.look("ledger, nothing found")
    visitor.open(f"/o/{organisation}/records/{row['record']}/")


def _correct(visitor: Visitor) -> None:
    """Comment on a record, correct it wrongly, then rightly."""
    page = visitor.page
    visitor.look("record")
    page.fill("#comment", "Op de nota staat een ander getal.")
    visitor.click("Plaatsen")
    visitor.wait_for("li:has-text('Op de nota staat een ander getal.')")
    page.fill("#c-quantity", "1.234")
    page.fill("#c-reason", "verkeerd overgenomen")
    visitor.click("Correctie vastleggen")
    visitor.wait_for("[role=alert]")
    assert page.input_value("#c-quantity") == "1.234"
    visitor.look("record, correction refused")
    page.fill("#c-quantity", "250,5")
    visitor.click("Correctie vastleggen")
    visitor.wait_for("h2:has-text('Dit record is gecorrigeerd')")
    visitor.look("record, corrected")
    page.click("a:has-text('Het record zoals het moet zijn')")
    visitor.wait_for("h1:has-text('250,5')")
