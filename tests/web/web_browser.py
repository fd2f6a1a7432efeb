"""A real browser on a server of its own, that began with an empty folder; it sees each page in both languages."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page, Response, sync_playwright

from trede_web.bridge.speaking import words

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW, ZOOMED = (1440, 1000), (375, 800), (320, 640)
"""Windows: a desk, a telephone, and 400 % zoom of 1280 pixels."""
LOCALES = {"nl": "nl-NL", "en": "en-GB"}
LOOK = """([rules, contrast]) => axe.run(document, {
  runOnly: rules, rules: {'color-contrast': {enabled: contrast}}, resultTypes: ['violations'], selectors: false,
}).then(found => ({
  passes: found.passes.length,
  faults: found.violations.map(each => each.id + ': ' + each.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(' ')),
}))"""
"""Only what axe finds leaves the browser: to name and send all that it passes takes as long as the looking. Contrast, which takes
most of the rest, is the same in each language."""

OWN_TEXT = """() => {
  const body = document.body.cloneNode(true);
  body.querySelectorAll('[lang]').forEach(each => each.remove());
  return body.textContent.replaceAll(/\\s+/g, ' ');
}"""
"""What a page says in its own language: what is marked as another is left out."""


KEPT = frozenset({"queue.reason"})
"""What a form proposes, and a decision then keeps in the language in which it was taken."""


@cache
def sentences_of(language: str, other: str) -> frozenset[str]:
    """Return the sentences of the pages that only one language has, without short words and those with a value in them."""
    said = {text for code, text in words(language).items() if len(text) > 18 and "{" not in text and code not in KEPT}
    return frozenset(said - set(words(other).values()))


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
    """Somebody in a browser who looks at every page: wide and as narrow as it gets, in both languages, with axe."""

    def __init__(self, page: Page, server: Server, anew: Callable[[str], Page], *, both: bool) -> None:
        self.page, self.server, self._anew, self._both = page, server, anew, both
        self.faults: list[str] = []
        self.seen: list[str] = []
        self._others: dict[str, Page] = {}
        self._watch(page)

    def _watch(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.server.address, "about:")):
            self.faults.append(f"asked {request.url}")

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

    def look(self, name: str, *, once: bool = False) -> None:
        """Check the page as it stands, and when this visitor looks in both languages its address in the other.

        The pages that `test_web_states.py` knows need it in one language: there they are looked at in both.
        In the language of the visitor axe looks in a wide and in the narrowest window, in the other in the narrowest, and there
        not at contrast. Nothing may stick out at any width, and nothing be said in the wrong language.

        Args:
            once: the address may not be opened again, since that would change what stands there.
        """
        self.seen.append(name)
        self._check(self.page, name, (WIDE, ZOOMED), contrast=True)
        language = str(self.page.get_attribute("html", "lang"))
        other = next(each for each in LOCALES if each != language)
        self._speaks(self.page, name, language, other)
        if once or not self._both:
            return
        if other not in self._others:
            self._others[other] = self._anew(LOCALES[other])
            self._watch(self._others[other])
        page = self._others[other]
        page.context.clear_cookies()
        page.context.add_cookies([each for each in self.page.context.cookies() if "language" not in each["name"]])  # type: ignore[misc]
        page.goto(self.page.url)
        assert page.get_attribute("html", "lang") == other
        self._check(page, f"{name} in {other}", (ZOOMED,), contrast=False)
        self._speaks(page, name, other, language)
        page.goto("about:blank")  # a page that waits would go on asking

    def _check(self, page: Page, name: str, with_axe: tuple[tuple[int, int], ...], *, contrast: bool) -> None:
        page.evaluate(AXE)
        for width, height in (WIDE, NARROW, ZOOMED):
            page.set_viewport_size({"width": width, "height": height})
            out = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if out > 0:
                self.faults.append(f"{name} at {width}: {out} pixels stick out")
            if (width, height) in with_axe:
                found = page.evaluate(LOOK, [RULES, contrast])
                assert found["passes"]
                self.faults += [f"{name} at {width}: {fault}" for fault in found["faults"]]
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})

    def _speaks(self, page: Page, name: str, language: str, other: str) -> None:
        text = page.evaluate(OWN_TEXT)
        self.faults += [f"{name} in {language}: {said}" for said in sentences_of(other, language) if said in text]

    def click(self, text: str) -> None:
        """Click the first link or button with a text."""
        self.page.locator("main a, main button").filter(has_text=text).first.click()

    def choose(self, name: str, text: str) -> None:
        """Choose something in the bar above the page."""
        self.page.locator(f"#bar-{name} summary").click()
        self.page.locator(f"#bar-{name} a").filter(has_text=text).first.click()

    def wait_for(self, selector: str) -> None:
        """Wait until something is there; a worker may be busy."""
        self.page.wait_for_selector(selector, timeout=60_000)


@contextmanager
def browsing(server: Server, language: str = "nl-NL", *, both: bool = False) -> Iterator[Visitor]:
    """Open a browser; its policy is set aside for axe alone, which the page itself would refuse.

    Args:
        both: see `Visitor.look`.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:

            def anew(locale: str) -> Page:
                page = browser.new_context(locale=locale, bypass_csp=True).new_page()
                page.set_default_timeout(60_000)  # of a busy machine
                page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
                return page

            yield Visitor(anew(language), server, anew, both=both)
        finally:
            browser.close()
