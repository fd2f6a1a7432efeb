"""The accessibility statement: what is aimed at, what was tested and how, and what was not. A test holds it to the tests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

AXE = "4.10.3"
"""The version of axe-core."""
WIDTHS, BETWEEN = (1440, 320), 375
"""Pixels of the windows in which axe looks, and of one between in which nothing may stick out either."""
SCREENS = (
    "login", "code", "codes", "codes_steps", "password", "forgotten", "reset", "invitation", "welcome", "overview",
    "organisations", "go", "organisation", "form", "change", "versions", "amounts", "sources", "imports", "waiting",
    "columns", "check", "profiles", "paper", "grid", "batch", "evidence", "ledger", "record", "correction",
    "comments", "queue", "queue_keys", "controls", "choices", "factors", "factor", "own_factor", "lists",
    "calculate", "plan", "doubles", "footprint", "trace", "bridge", "completeness", "publish", "report", "period",
    "base_year", "scope_3",
    "materiality", "models", "estimates", "samples", "prove", "examine", "receivers", "together", "people",
    "changes", "data", "tokens", "api", "not_here", "patterns", "accessibility",
)  # fmt: skip
"""The screens that the tests look at in a browser, each in both languages."""
STATES = (
    "filled", "empty", "partial", "done", "waiting", "failed", "wrong", "many", "reading", "gone", "account", "month",
)  # fmt: skip
"""The states in which a page is looked at, where it can be in them."""
TROUBLES = (
    "not_found", "only_does", "forbidden", "refused", "codes_needed", "gone", "broken", "fault", "full", "away",
)  # fmt: skip
"""Pages that say what cannot be done or shown."""
CHECKS = ("headings", "names", "tables", "errors", "live", "spacing", "covered", "movement", "nodes")
"""What the tests look for in each state, besides what axe does."""
KEYBOARD = ("begin", "entity", "months", "find", "match", "queue", "go", "token")
"""Paths that the tests walk with keys alone."""
SHORT = ("wide_tables", "drawings", "files", "english", "names", "samples", "dark")
"""What is known to fall short."""
NOT_TESTED = ("screen_reader", "speech", "colours", "browsers", "people", "other_screens", "reports")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the statement; anybody may read it."""
    facts = {
        "axe": AXE, "widths": [str(width) for width in WIDTHS], "between": BETWEEN, "screens": SCREENS,
        "keyboard": KEYBOARD, "states": STATES, "troubles": TROUBLES, "checks": CHECKS,
        "short": SHORT, "not_tested": NOT_TESTED, "broad": True,
    }  # fmt: skip
    return render(request, "about/accessibility.html", facts)
