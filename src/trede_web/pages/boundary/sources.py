"""The register of sources that are expected, and the page of each."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from trede_web.bridge.boundary.sources import register, source_page
from trede_web.bridge.results.completeness import signs_of
from trede_web.door import door
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.READ)
@require_safe
def sources(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """List the sources of a year with what came of them."""
    page = register(seat.books, year, voice())
    return show(request, seat, "boundary/sources.html", "sources", page=page, year=year)


@door(Power.READ)
@require_safe
def one(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show a source in a year; `id` in the address says which. Without one, the register."""
    ident = request.GET.get("id") or request.GET.get("source", "")
    if not ident:
        return redirect("sources", seat.organisation.slug, year)
    page = source_page(seat.books, ident, year, timezone.localdate(), voice(), _cell(request))
    return show(request, seat, "boundary/source.html", "sources", page=page, year=year, signs=signs_of(page.rows))


def _cell(request: HttpRequest) -> tuple[str, str]:
    return request.GET.get("site", ""), request.GET.get("month", "")
