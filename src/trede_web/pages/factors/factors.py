"""Factors: look through all lists, one factor through the years with its papers and its use, and several side by side."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trede_web.bridge.factors.beside import compared
from trede_web.bridge.factors.choices import override_options
from trede_web.bridge.factors.factor import factor_page
from trede_web.bridge.factors.shelf import Asked, shelf_csv, shelf_json, shelf_page
from trede_web.bridge.factors.uses import records_page
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

HERE = "factors"
USE = re.compile(r"((?:199\d|20\d\d)):([a-z0-9:.-]+):(none|location|market):([a-z0-9][a-z0-9.-]*#[a-z0-9/-]+)")
"""How an address names what a year counts with a factor: year, type of activity, basis and factor."""


def asked(request: HttpRequest) -> Asked:
    """Return what the address asks for."""
    return Asked.read(dict(request.GET.lists()))


@door(Power.READ)
@require_safe
def shelf(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Look through the factors of all lists."""
    return show(request, seat, "factors/factors.html", HERE, page=shelf_page(seat.books, asked(request), voice()))


@door(Power.READ)
@require_safe
def table(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Download the factors that answer, as CSV."""
    name, data = shelf_csv(seat.books, asked(request), voice())
    return download(name, data, "text/csv; charset=utf-8")


@door(Power.READ)
@require_safe
def data(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Return the factors that answer, as JSON."""
    return HttpResponse(shelf_json(seat.books, asked(request)), content_type="application/json")


@door(Power.READ)
@require_safe
def factor(request: HttpRequest, seat: Seat, library: str, factor: str) -> HttpResponse:
    """Show one factor."""
    page = factor_page(seat.books, library, factor, voice())
    options = override_options(seat.books, library, factor, voice()) if seat.works else []
    return show(request, seat, "factors/factor.html", HERE, page=page, options=options)


@door(Power.READ)
@require_safe
def compare(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Put factors side by side."""
    refs = request.GET.getlist("f")
    found = compared(seat.books, refs, voice())
    heads = [
        (library, ident, name, urlencode([("f", other[3]) for other in found.heads if other[3] != ref]))
        for library, ident, name, ref in found.heads
    ]
    return show(request, seat, "factors/factors_compare.html", HERE, page=found, heads=heads)


@door(Power.READ)
@require_safe
def records(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the records that count with a factor."""
    use = USE.fullmatch(request.GET.get("of", ""))
    page = use and records_page(seat.books, int(use[1]), use[4], use[2], use[3], voice())
    if not page:
        raise Http404
    return show(request, seat, "factors/factor_records.html", HERE, page=page)
