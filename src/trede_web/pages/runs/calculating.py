"""Calculate a year, and choose a factor list for a year without one."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.results.periods import is_year, read_period
from trede_web.bridge.runs.calculating import calculating, lists
from trede_web.bridge.runs.plans import plan_page
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import DONE


class ListForYear(forms.Form):
    """Which list counts for a year that it is not of, and why."""

    library = forms.CharField(max_length=120)
    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def calculate(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show where the calculation stands; start one, of another period when that is asked."""
    if request.method == "POST" and seat.works:
        period = read_period(request.POST.get("period", ""), year)
        part = {} if is_year(period) else {"period": period.name}
        return start(seat, "calculate", period.name, year=year, **part)
    page = calculating(seat.books, year, voice())
    status = 403 if request.method == "POST" else 200
    return show(request, seat, "runs/calculate.html", "calculate", status, page=page, year=year)


@door(Power.WORK)
@require_POST
def pin(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Record that a list counts for a year."""
    form = ListForYear(request.POST)
    known = {choice.id for choice in lists(seat.books)}
    if not form.is_valid() or form.cleaned_data["library"] not in known:
        page, errors = calculating(seat.books, year, voice()), [problem("form.reason_needed", "reason")]
        return show(request, seat, "runs/calculate.html", "calculate", 422, page=page, year=year, errors=errors)
    asked = form.cleaned_data
    return start(seat, "pin", asked["library"], library=asked["library"], years=[year], reason=asked["reason"])


@door(Power.WORK)
@require_POST
def look_ahead(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Have it found out what a new calculation would change: with today's data, or with another factor list."""
    library = request.POST.get("library", "")
    if library and library not in {choice.id for choice in lists(seat.books)}:
        raise Http404
    return start(seat, "plan", str(year), year=year, library=library)


@door(Power.READ)
@require_safe
def plan(request: HttpRequest, seat: Seat, plan: str) -> HttpResponse:
    """Show what a new calculation would change."""
    found = seat.organisation.jobs.filter(pk=plan, kind="plan", state=DONE).first()
    if found is None:
        raise Http404
    year = int(found.result["year"])
    page = plan_page(seat.books, year, found.result["plan"], voice())
    return show(request, seat, "runs/plan.html", "calculate", page=page, year=year)
