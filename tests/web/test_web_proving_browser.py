"""In a real browser, from an empty folder and a file: a year is recomputed, its bundle taken along and checked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from test_web_report_browser import begin
from web_browser import CHROMIUM, Visitor, browsing, serving

pytestmark = pytest.mark.group("browser")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_year_is_recomputed_and_its_bundle_checked(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        organisation = begin(visitor, "prove")
        bundle = recompute(visitor, organisation, tmp_path)
        examine(visitor, organisation, bundle)
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
