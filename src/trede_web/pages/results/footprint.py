"""The footprint of a year under a standard, and the trace: from any figure down to the cell of a file."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from trede_web.bridge.books import Period, View
from trede_web.bridge.boundary.sites import compare_sites
from trede_web.bridge.ledger.record import RecordPage
from trede_web.bridge.results.charts import charts
from trede_web.bridge.results.footprint import FootprintPage, footprint_page, read_address
from trede_web.bridge.results.periods import is_year, periods_of, read_months, read_period, say_period
from trede_web.bridge.results.trails import SHOWN, TrailPage, follow
from trede_web.bridge.runs.publishing import says_other
from trede_web.door import door
from trede_web.pages.bar import Bar, Choice, boundary_choice, calculation_choice, period_choice, standards_of
from trede_web.pages.results.charts import CHART_FILES
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

NAME = r"[A-Za-z0-9][A-Za-z0-9:._-]*"
ADDRESS = rf"{NAME}(?:/{NAME}(?:/site:[^/]*)?(?:/{NAME})*)?"
"""What an address of a figure looks like: names with `/` between them, none of which begins with a point; sites are free."""

MOST = 5000
"""Records on one page."""


@door(Power.READ)
@require_safe
def footprint(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the total of a year, or of another period, by heading and account."""
    books = seat.books
    if "first" in request.GET and "last" in request.GET:
        name = read_months(request.GET["first"], request.GET["last"])
        return redirect(
            f"{reverse('footprint', args=[seat.organisation.slug, int(name[:4])])}?{urlencode({'period': name})}"
        )
    period = read_period(request.GET.get("period", ""), year)
    run = books.run_of(period.name)
    standard, _, basis = request.GET.get("view", "").partition(":")
    view = View.read(standard or None, basis or None)
    if run is None:
        return show(
            request, seat, "results/footprint_empty.html", "footprint", year=year, period=period.name, whole=is_year(period),
            text=say_period(period, voice()), bar=Bar(after=[_period(seat, year, period, view.name)]),
        )  # fmt: skip
    return _whole(request, seat, footprint_page(books, run, view, voice()), year=year)


@door(Power.READ)
@require_safe
def trace(request: HttpRequest, seat: Seat, address: str) -> HttpResponse:
    """Show where a figure comes from."""
    asked = request.GET.get("shown", "")
    shown = min(int(asked), MOST) if asked.isdecimal() and len(asked) < 6 else SHOWN
    page = follow(seat.books, address, voice(), shown)
    year = int(page.period[:4])  # a period begins with its year: the menu leads on within it
    if isinstance(page, FootprintPage):
        return _whole(request, seat, page, year=year)
    if isinstance(page, RecordPage):
        way = request.GET.get("from", "")
        way = way if re.fullmatch(ADDRESS, way) else ""
        return show(request, seat, "results/record.html", "footprint", year=year, page=page, way=way)
    return show(request, seat, "results/trail.html", "footprint", year=year, page=page, bar=_bar(seat, year, page))


def _whole(request: HttpRequest, seat: Seat, page: FootprintPage, year: int) -> HttpResponse:
    """Show a total with its charts."""
    run, view = read_address(seat.books, f"{page.run}/{page.view}")
    drawn = charts(seat.books, run, view, voice())
    compared = compare_sites(seat.books, run, view, voice())
    return show(
        request,
        seat,
        "results/footprint.html",
        "footprint",
        page=page,
        charts=drawn,
        sites=compared,
        kinds=CHART_FILES,
        bar=_bar(seat, year, page),
        permanent=reverse("trace", args=[seat.organisation.slug, f"{page.run}/{page.view}"]),
        text=say_period(run.period, voice()),
        whole=is_year(run.period),
        year=year,
        later=bool(page.publication) and says_other(seat.books, run.period.name),
    )


def _bar(seat: Seat, year: int, page: FootprintPage | TrailPage) -> Bar:
    """Return what a total, or a part of it, lets choose."""
    period = _period(seat, year, read_period(page.period, year), page.view)
    address = page.last.figure.address if isinstance(page, TrailPage) else ""
    boundary = boundary_choice(seat, page.run, page.view, address)
    site = "/site:" + address.split("/site:")[1].split("/")[0] if "/site:" in address else ""
    standard = standards_of(seat, page.run, page.view, site)
    return Bar(after=[period, *boundary, standard, calculation_choice(seat, page.run, page.view)])


def _period(seat: Seat, year: int, period: Period, view: str) -> Choice:
    where = reverse("footprint", args=[seat.organisation.slug, year])
    found = periods_of(seat.books, year, period, voice())
    return period_choice(found, where, view, say_period(period, voice()), months=where)
