"""How complete a year is: sources and sites by month."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.results.completeness import completeness_page
from trede_web.door import door
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.READ)
@require_safe
def completeness(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the matrix of a year, with what is missing first."""
    asked = (request.GET.get("source", ""), request.GET.get("site", ""), request.GET.get("month", ""))
    page = completeness_page(seat.books, year, timezone.localdate(), voice(), asked)
    return show(request, seat, "results/completeness.html", "completeness", page=page, year=year, signs=page.signs)
