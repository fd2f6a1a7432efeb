"""The accessibility statement: what is aimed at, what was tested and how, and what was not. A test holds it to the tests."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

AXE = "4.10.3"
"""The version of axe-core."""
WIDTHS, NARROWEST = (1440, 375), 320
"""Pixels of the windows in which axe looks, and of the one in which nothing may stick out."""
BOTH, DUTCH, ENGLISH = ("nl", "en"), ("nl",), ("en",)
SCREENS: Mapping[str, tuple[str, ...]] = {
    "login": DUTCH, "code": ENGLISH, "codes": BOTH, "codes_steps": DUTCH, "password": DUTCH, "forgotten": BOTH,
    "reset": ENGLISH, "invitation": ENGLISH, "welcome": BOTH, "organisations": BOTH, "go": BOTH, "overview": BOTH,
    "organisation": BOTH, "form": DUTCH,
    "change": DUTCH, "versions": ENGLISH, "amounts": DUTCH, "sources": DUTCH, "imports": BOTH, "waiting": DUTCH,
    "columns": DUTCH, "check": DUTCH, "profiles": DUTCH, "grid": DUTCH, "batch": DUTCH, "evidence": DUTCH,
    "ledger": DUTCH, "record": BOTH, "correction": DUTCH, "comments": DUTCH, "queue": DUTCH, "choices": DUTCH,
    "factors": DUTCH, "factor": DUTCH, "own_factor": ENGLISH, "lists": ENGLISH, "calculate": BOTH, "plan": DUTCH,
    "doubles": BOTH, "footprint": BOTH, "trace": DUTCH, "bridge": BOTH, "completeness": BOTH, "publish": BOTH,
    "report": BOTH,
    "people": BOTH, "changes": BOTH, "data": BOTH, "tokens": BOTH, "api": BOTH, "not_here": DUTCH, "patterns": BOTH,
    "accessibility": BOTH,
}  # fmt: skip
"""Each screen with the languages in which the tests in a browser look at it."""
KEYBOARD = ("begin", "entity", "months", "find", "match", "go", "token")
"""Paths that the tests walk with keys alone."""
SHORT = ("wide_tables", "drawings", "files", "english", "samples")
"""What is known to fall short."""
NOT_TESTED = ("screen_reader", "speech", "colours", "browsers", "people", "other_screens", "reports")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the statement; anybody may read it."""
    facts = {
        "axe": AXE, "widths": [str(width) for width in WIDTHS], "narrowest": NARROWEST, "screens": SCREENS.items(),
        "keyboard": KEYBOARD, "short": SHORT, "not_tested": NOT_TESTED, "broad": True,
    }  # fmt: skip
    return render(request, "accessibility.html", facts)
