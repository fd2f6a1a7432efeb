"""Every page in every state, as axe, a screen reader, a narrow window and the keyboard find it."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError
from playwright.sync_api import Browser, Page, Route, sync_playwright
from test_web_matrix import MATRIX, PUBLIC
from test_web_trouble import FULL
from web_accounts import accounts
from web_browser import AXE, CHROMIUM, LOCALES, LOOK, OWN_TEXT, RULES, WIDE, ZOOMED, sentences_of
from web_reader import CUT, MOST, OBSCURED, READ, SPACED
from web_site import Site
from web_states import FAULTS, NO_PAGE, OWNER, STATES, State
from web_swaps import ALIKE, SWAPS, TEMPLATES, WATCH, Swap
from web_swaps import LOOK as LISTEN

from trede.kernel.errors import TredeError
from trede_web.pages.about import accessibility
from trede_web.pages.runs import calculating
from trede_web.pages.welcome import overview

STYLE = Path(__file__).parents[2] / "src" / "trede_web" / "static" / "trede" / "trede.css"
SEND = """([where, fields]) => {
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: where});
  for (const [name, value] of Object.entries(fields))
    form.append(Object.assign(document.createElement('input'), {type: 'hidden', name, value}));
  document.body.append(form);
  form.submit();
}"""
"""Sends a form by a page; the policy of pages allows forms to their own server."""
TOKEN = "a" * 32
TROUBLE: dict[str, tuple[Any, str, Exception]] = {
    "full": (calculating, "start", FULL),
    "away": (overview, "overview_of", OperationalError("the server went away")),
    "broken": (overview, "overview_of", RuntimeError("a fault of ours")),
    "fault": (overview, "overview_of", TredeError.of("stored_file_changed")),
}
"""What goes wrong, and where."""


def test_every_page_has_its_states() -> None:
    """A new route is looked at in its states, or stands among those that show no page, with the reason."""
    routes = {name for name, _, _ in MATRIX} | PUBLIC
    assert set(STATES) | set(NO_PAGE) == routes
    assert set(STATES) & set(NO_PAGE) == set()


def test_every_trouble_has_its_page() -> None:
    assert {state.trouble for state in FAULTS.values()} == {*TROUBLE, ""}


def test_the_statement_says_in_which_states() -> None:
    assert {state.name for states in STATES.values() for state in states} == set(accessibility.STATES)
    assert list(FAULTS) == list(accessibility.TROUBLES)


def test_nothing_moves_for_who_wants_no_movement() -> None:
    """Animations, transitions and smooth scrolling stand in a query that asks for leave."""
    style = STYLE.read_text("utf-8")
    leave = re.findall(r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", style)
    assert leave
    for block in leave:
        style = style.replace(block, "")
    assert re.findall(r"(?<![\w-])(?:transition|animation|scroll-behavior)\s*:", style) == []


def test_every_swap_is_tried() -> None:
    """A part that htmx replaces is tried below, or stands among those like another."""
    found = {
        str(path.relative_to(TEMPLATES)): count
        for path in TEMPLATES.rglob("*.html")
        if (count := len(re.findall(r"\bhx-(?:get|post)=", path.read_text("utf-8"))))
    }
    known = {name: len(SWAPS.get(name, ())) + ALIKE.get(name, (0, ""))[0] for name in {*SWAPS, *ALIKE}}
    assert known == found


FORCED = """() => {
  const faults = [], say = text => faults.push(text);
  const look = each => { const s = getComputedStyle(each);
    return [s.borderInlineStartColor, s.borderBlockEndWidth, s.outlineStyle, s.outlineWidth, s.textDecorationLine].join(); };
  for (const [chosen, other] of [['.trede-nav a[aria-current]', '.trede-nav a:not([aria-current])'],
      ['.trede-queue > nav a[aria-current]', '.trede-queue > nav a:not([aria-current])'],
      ['.trede-cand__one:has(input:checked)', '.trede-cand__one:not(:has(input:checked))']]) {
    const [one, two] = [chosen, other].map(each => document.querySelector(each));
    if (one && two && look(one) === look(two)) say(`${chosen} looks like another`);
  }
  const boxes = [...document.querySelectorAll('main svg')].filter(each => each.checkVisibility());
  for (const svg of boxes) if (getComputedStyle(svg).backgroundColor === 'rgba(0, 0, 0, 0)') say('a drawing on no paper');
  for (const badge of document.querySelectorAll('.utrecht-status-badge'))
    if (!badge.textContent.trim() || getComputedStyle(badge).borderStyle === 'none') say('a state by colour alone');
  for (const each of document.querySelectorAll('main a[href], main button, main input:not([type=hidden])')) {
    if (!each.checkVisibility()) continue;
    each.focus({focusVisible: true});
    const s = getComputedStyle(each);
    if (s.outlineStyle === 'none' || parseFloat(s.outlineWidth) < 2) say(`no ring on ${each.outerHTML.slice(0, 90)}`);
  }
  return [faults, boxes.length];
}"""
"""What cannot be told apart, or does not show that it has focus, when a system chooses the colours."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def answering() -> Iterator[str]:
    """Answer in this process, so that a test can have something go wrong."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Looker:
    """Somebody who looks at states of pages in one language and window, each time as who the state says."""

    def __init__(self, page: Page, language: str, address: str, known: dict[str, str], people: dict[str, str]) -> None:
        self.page, self.language, self.address, self.known, self.people = page, language, address, known, people
        self.other = next(each for each in LOCALES if each != language)
        self.faults: list[str] = []
        self.titles: dict[str, set[str]] = defaultdict(set)
        self.name = ""
        page.on("console", self._said)
        page.on("request", self._asked)
        page.goto(f"{address}/accessibility/")

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.address, "about:")):
            self.say([f"asked {request.url}"])

    def _said(self, message: Any) -> None:
        if message.type in ("error", "warning") and "status of" not in message.text:
            self.say([f"console: {message.text}"])

    def say(self, faults: list[str]) -> None:
        """Keep what was found."""
        self.faults += [f"{self.name} in {self.language}: {fault}" for fault in faults]

    def examine(self, name: str, state: State) -> None:
        """Look at a state in every way of this looker's window."""
        self.name = f"{name}, {state.name}"
        self._visit(state)
        self._axe()
        text = self.page.evaluate(OWN_TEXT)
        self.say([f"says {said}" for said in sentences_of(self.other, self.language) if said in text])
        self.say(self.page.evaluate(READ))
        if self.language == "nl":
            if state.sent is None:
                self.titles[self.page.title()].add(name)
        else:
            self._narrow()

    def _visit(self, state: State) -> None:
        where, context = self.address + state.where.format(**self.known), self.page.context
        cookies = {"csrftoken": TOKEN} | ({"sessionid": self.people[state.who]} if state.who else {})
        context.clear_cookies()
        context.add_cookies([{"name": name, "value": value, "url": self.address} for name, value in cookies.items()])
        with ExitStack() as stack:
            if state.trouble:
                module, name, error = TROUBLE[state.trouble]
                stack.enter_context(mock.patch.object(module, name, side_effect=error))
            if state.sent is None:
                answer = self.page.goto(where)
            else:
                sent = {name: value.format(**self.known) for name, value in state.sent.items()}
                with self.page.expect_navigation() as waited:
                    self.page.evaluate(SEND, [where, {"csrfmiddlewaretoken": TOKEN, **sent}])
                answer = waited.value
        assert answer is not None
        nodes = self.page.evaluate("document.querySelectorAll('*').length")
        found = (answer.status, self.page.locator(state.shows).count() > 0, nodes < MOST)
        if found != (state.status, True, True):
            self.say([f"status {found[0]}, shows {state.shows}: {found[1]}, {nodes} nodes"])

    def _axe(self) -> None:
        self.page.evaluate(AXE)
        found = self.page.evaluate(LOOK, [RULES, self.language == "nl"])
        assert found["passes"]
        self.say(found["faults"])

    def _narrow(self) -> None:
        """At 400 % nothing sticks out or is cut off, also with wide spacing, and what has focus is not covered."""
        self.say(self.page.evaluate(OBSCURED))
        self.page.add_style_tag(content=SPACED)
        self.say(self.page.evaluate(CUT))


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """What the addresses of the states are made of; all states are made first, for nothing may ask the database later."""
    return accounts()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_every_state_of_every_page(known: dict[str, str]) -> None:
    site = Site()
    who = {state.who for states in [*STATES.values(), FAULTS.values()] for state in states if state.who}
    people = {email: site.client(email).cookies["sessionid"].value for email in who}
    with answering() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            lookers = [
                Looker(page_of(browser, language, size), language, address, known, people)
                for language, size in (("nl", WIDE), ("en", ZOOMED))
            ]
            for name, states in [*STATES.items(), *((name, (state,)) for name, state in FAULTS.items())]:
                for state in states:
                    for looker in lookers:
                        looker.examine(name, state)
        finally:
            browser.close()
    assert [fault for looker in lookers for fault in looker.faults] == []
    shared = {title: names for title, names in lookers[0].titles.items() if len(names) > 1}
    assert {
        title: names for title, names in shared.items() if names != {"footprint", "trace"}
    } == {}  # of a total the same page


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_colours_of_a_system_and_parts_that_are_replaced(known: dict[str, str]) -> None:
    """Nothing is told by a background alone; who stands in a part that is replaced keeps the place and hears of it once."""
    session = Site().client(OWNER).cookies["sessionid"].value
    faults: list[str] = []
    drawings: dict[str, int] = {}
    with answering() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            page = page_of(browser, "nl", WIDE)
            page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
            page.emulate_media(forced_colors="active", color_scheme="dark")
            for name in ("year", "footprint", "bridge", "batch", "matching", "factor", "completeness", "evidence_view"):
                page.goto(address + STATES[name][0].where.format(**known))
                found, drawings[name] = page.evaluate(FORCED)
                faults += [f"{name} in forced colours: {fault}" for fault in found]
            page.emulate_media(forced_colors="none")
            for name, swaps in SWAPS.items():
                for swap in swaps:
                    faults += [f"{name}: {fault}" for fault in replaced(page, address, swap, known)]
        finally:
            browser.close()
    assert faults == []
    assert all(drawings[name] for name in ("year", "bridge", "batch", "factor")), drawings


def replaced(page: Page, address: str, swap: Swap, known: dict[str, str]) -> list[str]:
    """Hold the answer of a part back until somebody stands there and listens; return what is wrong with focus and voice."""
    held: list[Route] = []
    page.route(
        lambda where: swap.asks in where,
        lambda route: held.append(route) if route.request.headers.get("hx-request") else route.continue_(),
    )
    page.goto(address + swap.where.format(**known))
    if swap.does:
        page.evaluate(swap.does)
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(25)
    else:
        return [f"nothing asked for {swap.asks}"]
    page.locator(swap.focus).first.focus()
    page.evaluate(WATCH)
    held[0].continue_(url=re.sub(r"said=[^&]*", "said=", held[0].request.url))  # as if it went on since
    faults: list[str] = page.evaluate(LISTEN, [swap.focus, swap.lands, swap.says])
    page.unroute_all(behavior="ignoreErrors")
    page.goto("about:blank")  # a page that waits would go on asking
    return faults


def page_of(browser: Browser, language: str, size: tuple[int, int]) -> Page:
    """Open a window in a language; its policy is set aside for axe alone."""
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_context(locale=LOCALES[language], bypass_csp=True, viewport=viewport).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(60_000)  # of a busy machine
    return page
