"""Going somewhere by its name, by keyboard: the pages of the menu, and what has a name in the organisation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.welcome.glance import glance as glance_of
from trede_web.bridge.welcome.going import Place, places
from trede_web.door import door
from trede_web.menu import Way, menu
from trede_web.pages.showing import YEAR, known_years, making, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

LONGEST = 100
"""Characters that are looked at."""


@door(Power.READ)
@require_safe
def go(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show where somebody can go; of words that were typed, what has them in its name."""
    sought = " ".join(request.GET.get("q", "").split())[:LONGEST]
    year = request.session.get(YEAR) or known_years(seat)[0]
    ways = _ways(seat, year, sought)
    if getattr(request, "htmx", False):
        return render(request, "parts/ways.html", {"ways": ways, "sought": sought})
    return show(request, seat, "welcome/go.html", "", year=year, ways=ways, sought=sought)


@door(Power.READ)
@require_safe
def glance(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show where the newest year of an organisation stands, as a row beside others."""
    try:
        facts: dict[str, Any] = {"glance": glance_of(seat.books, timezone.localdate(), voice())}
    except NotReadyError:
        facts = {"making": making(seat)}
    return render(request, "parts/glance.html", {"seat": seat, **facts})


def _ways(seat: Seat, year: int, sought: str) -> list[Way]:
    """Return the pages with these words in their name, what else has them, and a search for them."""
    slug = seat.organisation.slug
    pages = [way for way in menu(slug, year) if sought.casefold() in way.name.casefold()]
    if not sought:
        return pages
    found = [Way(each.kind, each.name, _address(slug, year, each)) for each in places(seat.books, sought)]
    ledger, factors = reverse("ledger", args=[slug]), reverse("factors", args=[slug])
    return [
        *pages,
        *found,
        Way("search", voice().word("menu.ledger"), f"{ledger}?{urlencode({'year': 'all', 'q': sought})}"),
        Way("search", voice().word("menu.factors"), f"{factors}?{urlencode({'q': sought})}"),
    ]


def _address(slug: str, year: int, place: Place) -> str:
    if place.kind == "batch":
        return reverse("batch", args=[slug, place.id])
    if place.kind == "source":
        return f"{reverse('source_page', args=[slug, year])}?{urlencode({'id': place.id})}"
    return f"{reverse('ledger', args=[slug])}?{urlencode({'year': year, place.kind: place.id})}"
