"""In a real browser, from an empty folder and a file: a year is recomputed, its bundle checked, and it is divided."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from test_web_report_browser import begin
from web_browser import CHROMIUM, Visitor, browsing, serving

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_year_is_recomputed_checked_and_divided(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        organisation = begin(visitor, "prove")
        bundle = recompute(visitor, organisation, tmp_path)
        examine(visitor, organisation, bundle)
        divide(visitor, organisation)
        together(visitor)
        assert visitor.faults == []


def recompute(visitor: Visitor, organisation: str, folder: Path) -> Path:
    """Have the year recomputed by keyboard, and its bundle made and downloaded."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/prove/")
    visitor.look("recompute, not yet")
    page.focus("main .trede-proofs button")
    page.keyboard.press("Enter")
    visitor.wait_for("h2:has-text('2024: alles klopt')")
    page.check("[name=originals]")
    visitor.click("Bundel laten maken")
    visitor.wait_for("main a[href*='/bundles/']")
    visitor.look("recomputed")
    with page.expect_download() as download:
        page.click("main a[href*='/bundles/']")
    bundle = folder / download.value.suggested_filename
    download.value.save_as(bundle)
    return bundle


def examine(visitor: Visitor, organisation: str, bundle: Path) -> None:
    """Bring the bundle, as it is and with a file that was changed."""
    page = visitor.page
    visitor.click("Een bundel nagaan")
    visitor.wait_for("#bundle")
    visitor.look("examine")
    page.set_input_files("#bundle", bundle)
    visitor.click("Nagaan")
    visitor.wait_for("h1:has-text('De bundel klopt')")
    visitor.look("a good bundle")
    forged = bundle.with_name("gewijzigd.zip")
    with zipfile.ZipFile(bundle) as old, zipfile.ZipFile(forged, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"x" if name.endswith("ledger.parquet") else old.read(name))
    visitor.click("Nog een bundel nagaan")
    page.set_input_files("#bundle", forged)
    visitor.click("Nagaan")
    visitor.wait_for("h1:has-text('De bundel klopt niet')")
    visitor.look("a bad bundle")


def divide(visitor: Visitor, organisation: str) -> None:
    """Divide the year over two tenants; the shares are there while typing."""
    page = visitor.page
    visitor.open(f"/o/{organisation}/2024/receivers/")
    visitor.look("receivers, none")
    visitor.click("Verdeling maken")
    visitor.wait_for("[data-shares]")
    names, keys = page.locator("[name=name]"), page.locator("[name=amount]")
    for at, (name, key) in enumerate((("Bakkerij", "12,5"), ("Kantoor", "37,5"))):
        names.nth(at).fill(name)
        keys.nth(at).fill(key)
    assert page.locator("[data-share]").all_inner_texts()[:3] == ["25,0\u00a0%", "75,0\u00a0%", "–"]
    page.fill("#f-whole", "100")
    assert page.locator("[data-left]").inner_text() == "50,0\u00a0%"
    keys.nth(1).press("Enter")
    visitor.wait_for("[role=alert]")
    visitor.look("division, refused", once=True)
    page.fill("#f-title", "Huurders")
    page.fill("#f-key", "vloeroppervlak, m2")
    page.fill("#f-basis", "huurcontracten van 2024")
    page.select_option("#f-receiver", "tenant")
    page.press("#f-basis", "Enter")
    visitor.wait_for("h1:has-text('Controleer de verdeling')")
    visitor.look("division, check", once=True)
    page.fill("#reason", "zoals afgesproken")
    visitor.click("Vastleggen")
    visitor.wait_for("h2:has-text('Huurders')")
    visitor.look("receivers")
    page.click("tr:has-text('Kantoor') a")
    visitor.wait_for("h1:has-text('Kantoor, 2024')")
    visitor.look("statement")
    with page.expect_download() as download:
        visitor.click("Excel")
    assert Path(download.value.path()).read_bytes().startswith(b"PK")


def together(visitor: Visitor) -> None:
    """Make a second organisation, and add both up; the second has no figures yet."""
    page = visitor.page
    visitor.open("/")
    page.fill("#name", "Tweede B.V.")
    visitor.click("Organisatie maken")
    visitor.wait_for(".trede-nav")
    visitor.open("/")
    page.get_by_role("link", name="Tel deze organisaties bij elkaar op").click()
    page.select_option("#year", "2024")
    visitor.click("Optellen")
    visitor.wait_for("h2:has-text('2024: 1 organisatie samen')")
    visitor.wait_for("li:has-text('Tweede B.V.')")
    visitor.look("together")
