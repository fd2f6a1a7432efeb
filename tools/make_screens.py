"""Take the pictures of the web application that stand in the documentation, with Chromium.

They are the same each time: the example is made anew, and its day and codes are put aside.

usage: python tools/make_screens.py [FOLDER]      (docs/pictures when no folder is given)
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDE = {"width": 1280, "height": 900}


def wait_for(address: str) -> None:
    """Wait until the application answers; the example takes a while."""
    for _ in range(600):
        try:
            with urlopen(f"{address}/login/", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the application does not answer")


def main(folder: Path) -> None:
    """Serve the example from an empty folder, and take the pictures."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="trede-screens-") as data:
        environment = {**os.environ, "TREDE_WEB_DATA": data}
        server = subprocess.Popen([sys.executable, "-m", "trede_web", "serve", "--port", str(port)], env=environment)
        try:
            wait_for(address)
            email, password = (Path(data) / "log-in.txt").read_text("utf-8").split()
            take(folder, address, email, password)
        finally:
            server.terminate()
            server.wait()


STILL = r"""() => {
  const two = number => String(number).padStart(2, '0');
  const now = new Date(), day = `${two(now.getDate())}-${two(now.getMonth() + 1)}-${now.getFullYear()}`;
  const codes = new Map(), code = (whole, mark, digits) => {
    if (!codes.has(whole)) codes.set(whole, codes.size + 1);
    return mark + (codes.get(whole) * 2654435761 % 2 ** 32).toString(16).padStart(8, '0').repeat(2).slice(0, digits.length);
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.replaceAll(day, '03-03-2025').replaceAll(/(03-03-2025) \d\d:\d\d/g, '$1 09:30')
      .replaceAll(/\b(p-)([0-9a-f]{12})\b/g, code).replaceAll(/\b()([0-9a-f]{16})\b/g, code);
    if (text !== walk.currentNode.data) walk.currentNode.data = text;
  }
}"""
"""Makes what is new each time the same: the day of today, and codes that come from a new key."""
WAITING = """Meter;Maand;Verbruik;Eenheid
Hoofdkantoor;2025-01;1.234,5;kWh
Hoofdkantoor;2025-02;1.180,0;kWh
Hoofdkantoor;2025-03;n.v.t.;kWh
"""
"""A file that no profile reads."""
OPEN = """activity_type;quantity;unit;start;end;supplier;category;classification;code;fuel
fuel-vehicle;500;l;2024-02-03;2024-02-03;Tankstation Noorderpoort;;;;diesel-b7
spend;5000;EUR;2024-02-01;2024-02-01;Telecom Nederland;1;account;4712;
spend;1290;EUR;2024-03-01;2024-03-01;Drukkerij De Pers;1;product-group;drukwerk;
"""
"""Records of which two have no factor yet."""


class Camera:
    """Somebody in a browser who takes pictures, each as high as a screen or as far as is asked."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder = page, folder

    def take(self, name: str, height: int = WIDE["height"]) -> None:
        """Take a picture of the page as it stands, once its own pictures are there."""
        self.page.set_viewport_size({"width": WIDE["width"], "height": height})
        self.page.evaluate("document.querySelectorAll('img').forEach(each => { each.loading = 'eager' })")
        self.page.wait_for_function("[...document.images].every(each => each.complete)")
        self.page.evaluate("document.fonts.ready")
        self.page.evaluate(STILL)
        self.page.screenshot(path=self.folder / f"{name}.png", animations="disabled", caret="hide")
        self.page.set_viewport_size(WIDE)

    def go(self, text: str) -> None:
        """Follow the entry of the menu."""
        self.page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name=text, exact=True).click()

    def bring(self, name: str, text: str) -> None:
        """Bring a file."""
        self.go("Bewijs en import")
        self.page.set_input_files("#files", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
        self.page.get_by_role("button", name="Innemen").click()


def take(folder: Path, address: str, email: str, password: str) -> None:
    """Log in and take a picture of the main screens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport=WIDE, locale="nl-NL", bypass_csp=True).new_page()
        page.set_default_timeout(120_000)
        page.goto(address)
        page.fill("#id_login", email)
        page.fill("#id_password", password)
        page.press("#id_password", "Enter")
        page.get_by_role("link", name="Voorbeeld Schoonmaak B.V.", exact=True).first.click()
        camera = Camera(page, folder)
        results(camera)
        data(camera)
        browser.close()


def results(camera: Camera) -> None:
    """The year, the footprint, the way from a total to a cell, and why a total differs."""
    page = camera.page
    page.wait_for_selector("a.fig")
    camera.take("web", 1460)
    page.locator("a.fig").click()
    page.wait_for_selector("tr.sub a")
    camera.take("web-footprint", 1240)
    page.locator("tr.sub a").first.click()
    page.locator("main table.utrecht-table tbody a").first.click()
    page.wait_for_selector("h2:has-text('De records van deze maand')")
    camera.take("web-trace")
    page.locator("main table.utrecht-table tbody a").first.click()
    page.wait_for_selector("td.cell")
    camera.take("web-record")
    camera.go("Brug")
    page.wait_for_selector("svg.trede-waterfall")
    camera.take("web-bridge")
    camera.go("Volledigheid")
    page.wait_for_selector("#matrix")
    camera.take("web-completeness")


def data(camera: Camera) -> None:
    """A batch, the ledger, a factor, the check of a file and the queue of what has no factor."""
    page = camera.page
    camera.go("Bewijs en import")
    page.locator("#came-in a").filter(has_text="tankpas-2024").first.click()
    page.wait_for_selector(".trede-balance4")
    camera.take("web-batch")
    camera.go("Boekingen")
    page.locator(
        ".trede-ledger .trede-sort"
    ).last.click()  # by emissions: records of one day have no order of their own
    page.wait_for_url("**sort=*co2e*")
    camera.take("web-ledger")
    camera.go("Keuzes")
    page.locator("main tbody a").first.click()
    page.wait_for_selector("#uses")
    camera.take("web-factor", 1240)
    camera.bring("stroom-2025.csv", WAITING)
    page.locator("#waiting a").first.click()
    page.wait_for_selector("#mapping")
    page.select_option("#constant-activity_type", "electricity")
    page.wait_for_function("document.querySelector('#said').textContent.includes('Alles is ingevuld')")
    page.locator("button[value=check]").click()
    page.wait_for_selector(".trede-balance4")
    camera.take("web-check")
    camera.bring("verbruik-en-inkoop.csv", OPEN)
    page.wait_for_selector("#came-in th a:has-text('verbruik-en-inkoop.csv')")
    camera.go("Berekening")
    page.get_by_role("button", name="2024 opnieuw berekenen").click()
    page.wait_for_url("**/footprint/")
    camera.go("Koppelen")
    page.wait_for_selector(".trede-queue")
    camera.take("web-queue")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
