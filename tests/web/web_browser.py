"""A real browser on a server of its own, that began with an empty folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page, Response, sync_playwright

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW, ZOOMED = (1440, 1000), (375, 800), (320, 640)
"""Windows: a desk, a telephone, and 400 % zoom of 1280 pixels."""


@dataclass(frozen=True)
class Server:
    """Where the application answers."""

    address: str
    email: str
    password: str


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Make an account in an empty folder and serve, without the example."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TREDE_WEB_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "trede_web.settings"}
    command = [sys.executable, "-m", "trede_web"]
    email = "eigenaar@nieuw.example"
    made = subprocess.run(
        [*command, "person", email, "De eigenaar"], env=environment, capture_output=True, text=True, check=True
    )
    server = subprocess.Popen([*command, "serve", "--port", str(port), "--without-example"], env=environment)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                with urlopen(f"{address}/login/", timeout=5):  # noqa: S310 - our own server
                    break
            except OSError:
                time.sleep(0.2)
        yield Server(address, email, made.stdout.strip())
    finally:
        server.terminate()
        server.wait(30)


class Visitor:
    """Somebody in a browser who looks at every page twice: wide and narrow, with axe."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page, self.server = page, server
        self.faults: list[str] = []
        self.seen: list[str] = []
        page.on("console", self._said)
        page.on("request", lambda r: None if r.url.startswith(server.address) else self.faults.append(f"asked {r.url}"))

    def _said(self, message: Any) -> None:
        expected = "status of 4" in message.text
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"console: {message.text}")

    def open(self, path: str) -> Response | None:
        """Open an address."""
        return self.page.goto(self.server.address + path)

    def log_in(self, email: str, password: str) -> None:
        """Log in by the form."""
        self.open("/")
        self.page.fill("#id_login", email)
        self.page.fill("#id_password", password)
        self.page.press("#id_password", "Enter")
        self.page.wait_for_url(self.server.address + "/")

    def look(self, name: str, *, zoomed: bool = False) -> None:
        """Check the page as it stands: axe (in the narrowest window when `zoomed`), and that nothing sticks out at any width."""
        self.seen.append(name)
        self.page.evaluate(AXE)
        for width, height in (WIDE, NARROW, ZOOMED):
            self.page.set_viewport_size({"width": width, "height": height})
            out = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if out > 0:
                self.faults.append(f"{name} at {width}: {out} pixels stick out")
            if width == ZOOMED[0] and not zoomed:
                continue
            found = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
            assert found["passes"]
            self.faults += [
                f"{name} at {width}: {each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
                for each in found["violations"]
            ]
        self.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def click(self, text: str) -> None:
        """Click the first link or button with a text."""
        self.page.locator("main a, main button").filter(has_text=text).first.click()

    def wait_for(self, selector: str) -> None:
        """Wait until something is there; a worker may be busy."""
        self.page.wait_for_selector(selector, timeout=60_000)


@contextmanager
def browsing(server: Server, language: str = "nl-NL") -> Iterator[Visitor]:
    """Open a browser; its policy is set aside for axe alone, which the page itself would refuse."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = browser.new_context(locale=language, bypass_csp=True).new_page()
            page.set_default_timeout(60_000)  # of a busy machine
            page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
            yield Visitor(page, server)
        finally:
            browser.close()
