"""Why the total changed between two years: the bridge by cause, and its download."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from trede_web.bridge.books import View
from trede_web.bridge.causes import bridge_csv, bridge_page, compared_years
from trede_web.door import Seat, door
from trede_web.pages.imports import download
from trede_web.pages.showing import known_years, show
from trede_web.roles import Power
from trede_web.words import voice


@door(Power.READ)
@require_safe
def bridge(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the bridge from another year to this one."""
    known = known_years(seat)
    others, before = _sides(request, seat, year, known)
    if before is None:
        return show(request, seat, "bridge_empty.html", "bridge", year=year, known=known, calculated=others is not None)
    page = bridge_page(seat.books, (before, year), _view(request), request.GET.get("cause", ""), voice())
    return show(request, seat, "bridge.html", "bridge", page=page, year=year, known=known, others=others, before=before)


@door(Power.READ)
@require_safe
def table(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Download every row of the bridge in milligrams."""
    _, before = _sides(request, seat, year, known_years(seat))
    if before is None:
        raise Http404
    name, data = bridge_csv(seat.books, (before, year), _view(request), voice())
    return download(name, data, "text/csv; charset=utf-8")


def _sides(request: HttpRequest, seat: Seat, year: int, known: list[int]) -> tuple[list[int] | None, int | None]:
    """Return the years to compare with (None: this one has no run) and the one that is asked for, else the one before."""
    found = compared_years(seat.books, known)
    if year not in found:
        return None, None
    others = [each for each in found if each != year]
    asked = request.GET.get("from", "")
    if asked in map(str, others):
        return others, int(asked)
    return others, next((each for each in others if each < year), others[-1] if others else None)


def _view(request: HttpRequest) -> View:
    standard, _, basis = request.GET.get("view", "").partition(":")
    return View.read(standard or None, basis or None)
