"""The organisation and its boundary: who belongs to it, from when to when, and what counts of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.organisation import organisation_page
from trede_web.door import Seat, door
from trede_web.pages.showing import known_years, show
from trede_web.roles import Power
from trede_web.words import voice


@door(Power.READ)
@require_safe
def organisation(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the description in force."""
    known = known_years(seat)
    page = organisation_page(seat.books, timezone.localdate(), known, voice())
    return show(request, seat, "organisation.html", "organisation", page=page, known=known)
