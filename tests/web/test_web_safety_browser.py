"""Safety in a real browser, from an empty folder: one-time codes, a new password, everything in a zip, a removed file."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from web_browser import CHROMIUM, Visitor, browsing, serving

from workspaces import EXAMPLE

pytestmark = pytest.mark.group("browser")
NEW = "een splinternieuw wachtwoord"


def code_of(secret: str) -> str:
    """Return the code that an app shows; never one that is about to lapse."""
    while time.time() % 30 > 25:
        time.sleep(0.2)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_safety(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        with browsing(server, both=True) as visitor:
            recovery = turn_on(visitor)
            organisation = keep(visitor)
            link = invite_and_reset(visitor, organisation)
        with browsing(server, "en-GB", both=True) as again:
            log_in_with_code(again, recovery)
            assert not again.faults
        with browsing(server, "en-GB", both=True) as other:
            other.open(link)
            other.look("reset en")
            other.page.fill("#password", NEW)
            other.click("Change")
            other.wait_for("#id_login")
            other.open(link)
            other.look("reset gone en")
            assert not other.faults


def turn_on(visitor: Visitor) -> str:
    """Turn one-time codes on; return a recovery code."""
    page, server = visitor.page, visitor.server
    visitor.open("/password/forgotten/")
    visitor.look("forgotten")
    visitor.log_in(server.email, server.password)
    page.get_by_role("link", name="Eenmalige codes").click()
    visitor.look("codes off")
    visitor.click("Eenmalige codes aanzetten")
    visitor.look("again")
    page.fill("#id_password", server.password)
    visitor.click("Verder")
    visitor.wait_for("#secret")
    visitor.look("activate", once=True)
    page.fill("#id_code", "000000")
    visitor.click("Eenmalige codes aanzetten")
    visitor.wait_for("[role=alert]")
    visitor.look("activate failed", once=True)
    page.fill("#id_code", code_of(page.locator("#secret").inner_text()))
    visitor.click("Eenmalige codes aanzetten")
    visitor.wait_for("#recovery")
    visitor.look("recovery")
    code = page.locator("#recovery code").first.inner_text()
    visitor.open("/codes/")
    visitor.look("codes on")
    visitor.open("/codes/off/")
    visitor.look("deactivate")
    visitor.open("/codes/recovery/new/")
    visitor.look("generate")
    assert not visitor.faults
    return code


def keep(visitor: Visitor) -> str:
    """Take a file in, have everything in a zip, remove the original; return the organisation."""
    page = visitor.page
    visitor.open("/")
    page.fill("#name", "Bakkerij Jansen")
    page.set_input_files("#description", EXAMPLE / "organisation.toml")
    visitor.click("Organisatie maken")
    visitor.wait_for(".trede-nav")
    organisation = page.url.split("/o/")[1].split("/")[0]
    page.get_by_role("link", name="Gegevens en veiligheid").click()
    visitor.look("data empty")
    visitor.click("Van iedereen vragen")
    visitor.wait_for("button:has-text('Niet meer van iedereen vragen')")
    visitor.open(f"/o/{organisation}/imports/")
    page.set_input_files("#files", [EXAMPLE / "files" / "tankpas-2024.csv"])
    page.set_input_files("#profile_file", EXAMPLE / "profiles" / "tankpas.toml")
    visitor.click("Innemen")
    visitor.wait_for("#came-in th a:has-text('tankpas-2024.csv')")
    page.locator("#came-in th a").first.click()
    page.fill("#reason-erase", "verzoek van een chauffeur")
    visitor.click("Origineel verwijderen")
    visitor.wait_for("text=verzoek van een chauffeur")
    visitor.look("batch without original")
    visitor.open(f"/o/{organisation}/data/")
    visitor.click("Zip laten maken")
    visitor.wait_for("a:has-text('Downloaden')")
    visitor.look("data filled")
    with page.expect_download() as waiting:
        visitor.click("Downloaden")
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        names = archive.namelist()
    assert "database/people_logentry.csv" in names
    assert any(name.endswith("/removed.json") for name in names)
    assert not any(name.endswith("/original") for name in names)
    assert not visitor.faults
    return organisation


def invite_and_reset(visitor: Visitor, organisation: str) -> str:
    """Make a link for a new password of one's own; return its path."""
    visitor.open(f"/o/{organisation}/people/")
    visitor.click("Wachtwoord herstellen")
    visitor.wait_for("#link")
    visitor.look("people with link")
    assert not visitor.faults
    return visitor.page.locator("#link").inner_text().removeprefix(visitor.server.address)


def log_in_with_code(visitor: Visitor, recovery: str) -> None:
    """Log in with password and recovery code."""
    page, server = visitor.page, visitor.server
    visitor.open("/")
    page.fill("#id_login", server.email)
    page.fill("#id_password", server.password)
    page.press("#id_password", "Enter")
    visitor.wait_for("#id_code")
    visitor.look("code en")
    page.fill("#id_code", "000000")
    page.press("#id_code", "Enter")
    visitor.wait_for("[role=alert]")
    visitor.look("code failed en")
    page.fill("#id_code", recovery)
    page.press("#id_code", "Enter")
    page.wait_for_url(server.address + "/")
