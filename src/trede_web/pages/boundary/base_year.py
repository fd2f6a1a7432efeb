"""The base year: how it stands, and another policy, which is checked before it is recorded."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from trede_web.bridge.boundary.base_year import (
    Check,
    Draft,
    base_year_page,
    check_draft,
    draft_now,
    draft_sent,
    trigger_choices,
)
from trede_web.door import door
from trede_web.pages.jobs import ask, follow_job, then
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import QUEUED, RUNNING


class Saving(forms.Form):
    """Why."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def base_year(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show how the base year stands; have what differs from its publication calculated when that was not done yet."""
    page = base_year_page(seat.books, voice())
    if request.method == "POST" and page.state == "waiting":
        return _start(request, seat)
    return show(request, seat, "boundary/base_year.html", "base_year", page=page)


def _start(request: HttpRequest, seat: Seat) -> HttpResponse:
    waiting = seat.organisation.jobs.filter(kind="hold", state__in=[QUEUED, RUNNING]).first()
    job = waiting or ask(seat, "hold")
    if getattr(request, "htmx", False):
        return render(request, "parts/job.html", {"seat": seat, "job": job, "told": [], "then": then(seat, job)})
    return redirect(reverse("job", args=[seat.organisation.slug, job.pk]) + "?wait")


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the form of the policy; what was sent is shown back to be checked; then have it recorded."""
    if request.method != "POST":
        return _form(request, seat, draft_now(seat.books, voice()))
    draft = draft_sent(dict(request.POST.lists()))
    if "again" in request.POST:
        return _form(request, seat, draft)
    found, errors = check_draft(seat.books, draft, voice())
    if found is None:
        return _form(request, seat, draft, errors)
    if "save" not in request.POST or found.overtaken or not found.lines:
        return _check(request, seat, draft, found)
    form = Saving(request.POST)
    if not form.is_valid():
        return _check(request, seat, draft, found, [Problem(voice().word("form.reason_needed"), "reason")])
    return follow_job(seat, ask(seat, "base_year", draft.year, reason=form.cleaned_data["reason"], **found.values))


def _form(request: HttpRequest, seat: Seat, draft: Draft, wrong: dict[str, str] | None = None) -> HttpResponse:
    errors = [Problem(text, f"f-{name}") for name, text in (wrong or {}).items()]
    return show(
        request, seat, "boundary/base_year_form.html", "base_year", 422 if errors else 200, draft=draft, wrong=wrong or {},
        errors=errors, choices=trigger_choices(voice()),
    )  # fmt: skip


def _check(
    request: HttpRequest, seat: Seat, draft: Draft, found: Check, errors: list[Problem] | None = None
) -> HttpResponse:  # fmt: skip
    sent = [("year", draft.year), ("threshold", draft.threshold), ("rule", draft.rule), ("base", found.base)]
    sent += [("triggers", name) for name in draft.triggers]
    return show(
        request, seat, "boundary/base_year_check.html", "base_year", 422 if errors else 200, page=found, sent=sent, draft=draft,
        errors=errors,
    )  # fmt: skip
