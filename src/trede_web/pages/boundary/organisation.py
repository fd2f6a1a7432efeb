"""The organisation and its boundary: who belongs to it, from when to when, and what counts of it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.boundary.descriptions import description_page, description_text, descriptions
from trede_web.bridge.boundary.organisation import organisation_page
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.showing import known_years, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.READ)
@require_safe
def organisation(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the description in force."""
    known = known_years(seat)
    page = organisation_page(seat.books, timezone.localdate(), known, voice())
    return show(request, seat, "boundary/organisation.html", "organisation", page=page, known=known)


@door(Power.READ)
@require_safe
def versions(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List every description that was stored."""
    return show(request, seat, "boundary/versions.html", "organisation", lines=descriptions(seat.books, voice()))


@door(Power.READ)
@require_safe
def version(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Show a stored description, and what it changed."""
    page = description_page(seat.books, number, voice())
    if page is None:
        raise Http404
    return show(request, seat, "boundary/version.html", "organisation", page=page)


@door(Power.READ)
@require_safe
def file(request: HttpRequest, seat: Seat, number: int) -> HttpResponse:
    """Download a stored description as it is."""
    data = description_text(seat.books, number)
    if data is None:
        raise Http404
    return download("organisation.toml", data, "application/toml")
