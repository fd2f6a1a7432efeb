"""Make a year public: the checklist, the reason, and what was published."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from trede_web.bridge.runs.publishing import checklist
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.runs.proving import proofs
from trede_web.pages.showing import Problem, making, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


class Publishing(forms.Form):
    """Why, and why months without records do not stand in the way."""

    reason = forms.CharField(min_length=3, max_length=500)
    incomplete = forms.CharField(max_length=500, required=False)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the checklist; publish."""
    errors: list[Problem] = []
    if request.method == "POST":
        if not seat.publishes:
            return render(request, "refused.html", {"seat": seat, "power": "publish"}, status=403)
        form = Publishing(request.POST)
        if form.is_valid():
            restates = bool(seat.books.publications_of(str(year)))
            return start(seat, "publish", str(year), year=year, restates=restates, **form.cleaned_data)
        errors = [problem("form.reason_needed", "reason")]
    page = checklist(seat.books, year, voice())
    facts = {} if page.ready else {"making": making(seat)}
    return show(
        request, seat, "runs/publish.html", "publish", 422 if errors else 200, page=page, year=year, errors=errors,
        proofs=proofs(seat, year, voice()), waiting=seat.organisation.staged.count(), **facts,
    )  # fmt: skip
