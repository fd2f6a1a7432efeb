"""Why the total changed between two years: the bridge by cause, and its download."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.books import View
from trede_web.bridge.causes import bridge_chart, bridge_csv, bridge_page, compared_years
from trede_web.bridge.charts import Chart, Origin
from trede_web.door import Seat, door
from trede_web.pages.charts import CHART_FILES, download_chart, show_picture
from trede_web.pages.imports import download
from trede_web.pages.jobs import ask, then
from trede_web.pages.showing import known_years, show
from trede_web.roles import Power
from trede_web.words import voice
from trede_web.work.models import QUEUED, RUNNING


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def bridge(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the bridge from another year to this one; when it is not calculated yet, have that done."""
    known = known_years(seat)
    others, before = _sides(request, seat, year, known)
    if before is None:
        return show(request, seat, "bridge_empty.html", "bridge", year=year, known=known, calculated=others is not None)
    if request.method == "POST":
        return _start(request, seat, before, year)
    page = bridge_page(seat.books, (before, year), _view(request), request.GET.get("cause", ""), voice())
    if page is None:
        return show(request, seat, "bridge_wait.html", "bridge", year=year, known=known, before=before)
    facts: dict[str, Any] = {
        "page": page,
        "year": year,
        "known": known,
        "others": others,
        "before": before,
        "kinds": CHART_FILES[1:],
    }
    return show(request, seat, "bridge.html", "bridge", **facts)


def _start(request: HttpRequest, seat: Seat, before: int, year: int) -> HttpResponse:
    """Have a bridge calculated; one that is being calculated is not asked for again."""
    asked: dict[str, Any] = {"before": before, "year": year, "view": _view(request).name}
    waiting = seat.organisation.jobs.filter(kind="bridge", state__in=[QUEUED, RUNNING], asked=asked).first()
    job = waiting or ask(seat, "bridge", f"{before} – {year}", **asked)
    if getattr(request, "htmx", False):
        return render(request, "parts/job.html", {"seat": seat, "job": job, "told": [], "then": then(seat, job)})
    return redirect(reverse("job", args=[seat.organisation.slug, job.pk]) + "?wait")


@door(Power.READ)
@require_safe
def table(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Download every row of the bridge in milligrams; one that is not calculated yet is so first, on its page."""
    _, before = _sides(request, seat, year, known_years(seat))
    if before is None:
        raise Http404
    found = bridge_csv(seat.books, (before, year), _view(request), voice())
    if found is None:
        return redirect(f"{reverse('bridge', args=[seat.organisation.slug, year])}?{request.GET.urlencode()}")
    name, data = found
    return download(name, data, "text/csv; charset=utf-8")


@door(Power.READ)
@require_safe
def drawing(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the bridge as a picture for a narrow window."""
    chart, _ = _chart(request, seat, year, narrow=True)
    return show_picture(request, chart)


@door(Power.READ)
@require_safe
def keep(request: HttpRequest, seat: Seat, year: int, kind: str) -> HttpResponse:
    """Download the bridge as a picture or as a table."""
    chart, origin = _chart(request, seat, year, narrow=False)
    return download_chart(chart, kind, f"{voice().word('bridge.file')}-{year}", origin)


def _chart(request: HttpRequest, seat: Seat, year: int, *, narrow: bool) -> tuple[Chart, Origin]:
    _, before = _sides(request, seat, year, known_years(seat))
    found = before and bridge_chart(seat.books, (before, year), _view(request), voice(), narrow=narrow)
    if not found:
        raise Http404
    return found


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
