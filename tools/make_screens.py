"""Take the pictures of the web application that stand in the documentation, with Chromium.

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

from playwright.sync_api import sync_playwright

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


def take(folder: Path, address: str, email: str, password: str) -> None:
    """Log in and take a picture of the main screens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_context(viewport=WIDE, locale="nl-NL").new_page()
        page.goto(address)
        page.fill("#id_login", email)
        page.fill("#id_password", password)
        page.press("#id_password", "Enter")
        page.locator(".trede-orgs a").click()
        page.wait_for_selector("a.fig")
        page.screenshot(path=folder / "web.png", full_page=True)
        page.locator("a.fig").click()
        page.locator("tr.sub a").first.click()
        for _ in range(2):
            page.locator("main table.utrecht-table tbody a").first.click()
        page.wait_for_selector("td.cell")
        page.screenshot(path=folder / "web-record.png", clip={"x": 0, "y": 0, **WIDE})
        page.locator(".trede-nav a").nth(1).click()
        page.locator("#came-in a").filter(has_text="tankpas-2024").first.click()
        page.wait_for_selector(".trede-balance4")
        page.screenshot(path=folder / "web-batch.png", clip={"x": 0, "y": 0, **WIDE})
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
