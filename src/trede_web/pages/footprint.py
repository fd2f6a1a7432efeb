"""The footprint of a year under a standard, and the trace: from any figure down to the cell of a file."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trede_web.bridge.books import View
from trede_web.bridge.charts import charts
from trede_web.bridge.footprint import FootprintPage, footprint_page, read_address
from trede_web.bridge.record import RecordPage
from trede_web.bridge.sites import compare_sites
from trede_web.bridge.trails import SHOWN, follow
from trede_web.door import Seat, door
from trede_web.pages.charts import CHART_FILES
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.words import voice

NAME = r"[A-Za-z0-9][A-Za-z0-9:._-]*"
ADDRESS = rf"{NAME}(?:/{NAME}(?:/site:[^/]*)?(?:/{NAME})*)?"
"""What an address of a figure looks like: names with `/` between them, none of which begins with a point; sites are free."""

MOST = 5000
"""Records on one page."""


@door(Power.READ)
@require_safe
def footprint(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show a year's total by heading and account."""
    books = seat.books
    run = books.run_of(str(year))
    standard, _, basis = request.GET.get("view", "").partition(":")
    view = View.read(standard or None, basis or None)
    if run is None:
        return show(request, seat, "footprint_empty.html", "footprint", year=year)
    return _whole(request, seat, footprint_page(books, run, view, voice()), year=year)


@door(Power.READ)
@require_safe
def trace(request: HttpRequest, seat: Seat, address: str) -> HttpResponse:
    """Show where a figure comes from."""
    asked = request.GET.get("shown", "")
    shown = min(int(asked), MOST) if asked.isdecimal() and len(asked) < 6 else SHOWN
    page = follow(seat.books, address, voice(), shown)
    if isinstance(page, FootprintPage):
        return _whole(request, seat, page)
    if isinstance(page, RecordPage):
        way = request.GET.get("from", "")
        way = way if re.fullmatch(ADDRESS, way) else ""
        return show(request, seat, "record.html", "footprint", page=page, way=way)
    return show(request, seat, "trail.html", "footprint", page=page)


def _whole(request: HttpRequest, seat: Seat, page: FootprintPage, **facts: int) -> HttpResponse:
    """Show a total with its charts."""
    run, view = read_address(seat.books, f"{page.run}/{page.view}")
    drawn = charts(seat.books, run, view, voice())
    compared = compare_sites(seat.books, run, view, voice())
    return show(
        request,
        seat,
        "footprint.html",
        "footprint",
        page=page,
        charts=drawn,
        sites=compared,
        kinds=CHART_FILES,
        **facts,
    )
