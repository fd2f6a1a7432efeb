"""A token from the page, used by a program, and withdrawn; both pages in both languages, wide and narrow, with axe."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from web_browser import CHROMIUM, browsing, serving


def asked(address: str, token: str) -> tuple[int, dict[str, str]]:
    """Ask for the organisations of a token."""
    request = urllib.request.Request(f"{address}/api/v1/organisations", headers={"Authorization": f"Bearer {token}"})  # noqa: S310
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - our own server
            return answer.status, json.load(answer)[0]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


@pytest.mark.group("browser")
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium")
def test_a_token_by_keyboard_from_an_empty_database(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server, browsing(server) as visitor:
        page = visitor.page
        visitor.log_in(server.email, server.password)
        page.fill("#name", "Jansen B.V.")
        page.press("#name", "Enter")
        page.wait_for_selector(".trede-nav")
        page.locator(".trede-nav a[href$='/tokens/']").press("Enter")
        visitor.wait_for("#until")
        visitor.look("no tokens")
        page.fill("#name", "x")
        page.evaluate("document.querySelectorAll('#main form').forEach(form => form.noValidate = true)")
        page.press("#name", "Enter")
        visitor.wait_for(".utrecht-alert--error")
        visitor.look("a token that is not made")
        page.fill("#name", "Boekhouding")
        page.locator("#power-work").press("Space")
        page.press("#name", "Enter")
        visitor.wait_for("#secret")
        visitor.look("a new token")
        secret = page.inner_text("#secret")
        status, found = asked(server.address, secret)
        assert (status, found["name"], found["token"]) == (200, "Jansen B.V.", "Boekhouding")
        page.get_by_role("link", name="Wat een programma kan vragen").press("Enter")
        visitor.wait_for("#op-trace")
        visitor.look("the operations")
        page.get_by_role("button", name="English").press("Enter")
        page.wait_for_selector("html[lang=en] #op-trace")
        page.go_back()
        visitor.open(f"/o/{found['slug']}/tokens/")
        page.get_by_role("button", name="Withdraw Boekhouding").press("Enter")
        visitor.wait_for("text=There is no token yet")
        assert asked(server.address, secret)[0] == 401
        assert visitor.faults == [], visitor.faults
