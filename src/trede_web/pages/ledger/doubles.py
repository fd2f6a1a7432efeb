"""What probably counts twice, and how it is settled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.books import Period
from trede_web.bridge.ledger.doubles import doubles_page
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


class Settlement(forms.Form):
    """Whether a finding counts twice, and why."""

    finding = forms.CharField(max_length=40)
    choice = forms.ChoiceField(choices=[("cover", "cover"), ("keep", "keep")])
    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def doubles(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """List the open findings of a year."""
    return _show(request, seat, year, 200)


def _show(request: HttpRequest, seat: Seat, year: int, status: int, **facts: Any) -> HttpResponse:
    page = doubles_page(seat.books, Period.year(year), request.GET.get("page", ""), voice())
    return show(request, seat, "ledger/doubles.html", "doubles", status, page=page, year=year, **facts)


@door(Power.WORK)
@require_POST
def settle(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Settle a finding."""
    form, given = Settlement(request.POST), request.POST.get("finding", "")
    if not form.is_valid():
        return _show(
            request, seat, year, 422, errors=[problem("form.reason_needed", f"reason-{given}" if given else "")]
        )
    return start(seat, "settle", form.cleaned_data["finding"], year=year, **form.cleaned_data)
