"""The year overview: where the year stands and what to do next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.jobs.doing import QUIET
from trede_web.bridge.results.stretch import stretch
from trede_web.bridge.welcome.attention import attention
from trede_web.bridge.welcome.overview import overview as overview_of
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import YEAR, known_years, making, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


class NoDelivery(forms.Form):
    """Why an expected source delivers nothing."""

    source = forms.CharField(max_length=80)
    status = forms.ChoiceField(choices=[("none", "none"), ("excluded", "excluded")])
    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def overview(request: HttpRequest, seat: Seat, year: int | None = None) -> HttpResponse:
    """Show a year; without one, the year that was looked at last, else the newest."""
    known = known_years(seat)
    if year is None:
        last = request.session.get(YEAR)
        return redirect("year", seat.organisation.slug, last if last in known else known[0])
    page = overview_of(seat.books, year, known, voice())
    jobs = seat.organisation.jobs.filter(state__in=["queued", "running"]).exclude(kind__in=QUIET).count()
    facts: dict[str, Any] = {"making": making(seat)} if page.doubles is None else {}
    facts |= {"points": attention(seat.books, page, voice()), "waiting": seat.files_wait}
    if page.result is not None:
        facts |= {"drawn": stretch(page.result.total, page.result.margin, voice())}
    return show(
        request, seat, "welcome/overview.html", "overview", page=page, year=year, known=known, jobs=jobs, **facts
    )


@door(Power.WORK)
@require_POST
def source(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Record that a source delivers nothing in a year."""
    form = NoDelivery(request.POST)
    if not form.is_valid():
        return redirect("year", seat.organisation.slug, year)
    asked = form.cleaned_data
    return start(seat, "source", title=asked["source"], year=year, **asked)
