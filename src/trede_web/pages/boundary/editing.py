"""Changing the organisation's description: a form, a check of what changes, and only then a job that stores it."""

from __future__ import annotations

import base64
import binascii

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.bridge.books import TredeError
from trede_web.bridge.boundary.denominators import grid, grid_proposal
from trede_web.bridge.boundary.editing import (
    FormPage,
    UnfitError,
    removal_proposal,
    require_base,
    sent_form,
    thing_form,
    thing_proposal,
    told_with_field,
)
from trede_web.bridge.boundary.proposing import Proposal, base_of, propose
from trede_web.door import door
from trede_web.pages.jobs import ask, follow_job
from trede_web.pages.showing import YEAR, Problem, known_years, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

LARGEST = 512 * 1024
"""Bytes of a description."""


FORMS = ("thing", "figures")
"""Pages with a form that can be taken up again."""


class Saving(forms.Form):
    """A proposed description, the one that it was made from, and why."""

    description = forms.CharField(max_length=LARGEST * 2)
    base = forms.CharField(max_length=64, required=False)
    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def thing(request: HttpRequest, seat: Seat, part: str) -> HttpResponse:
    """Show the form of one thing; what was sent is shown back to be checked. `id` in the address: the thing to change."""
    ident, books = request.GET.get("id", ""), seat.books
    stored = thing_form(books, part, ident, voice(), request.GET.get("new", "")[:80])
    if stored is None:
        raise Http404
    if request.method != "POST":
        return _form(request, seat, stored)
    sent = dict(request.POST.lists())
    if "again" in sent or "more" in sent:
        return _form(request, seat, sent_form(books, part, ident, sent, voice()))
    try:
        if "remove" in sent and ident:
            require_base(books, sent, voice())
            return _check(request, seat, removal_proposal(books, part, ident, voice()))
        return _check(request, seat, thing_proposal(books, part, ident, sent, voice()))
    except UnfitError as unfit:
        page = stored if "remove" in sent else sent_form(books, part, ident, sent, voice(), unfit.errors)
        errors = _problems(told_with_field(part, unfit.errors, voice()))
        return _form(request, seat, page, errors)


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the grid of figures by year; what was sent is shown back to be checked."""
    books, opened = seat.books, request.GET.get("sites", "")
    now = timezone.localdate().year
    years = [*known_years(seat), now - 2, now - 1, now, request.session.get(YEAR, now)]
    sent = dict(request.POST.lists()) if request.method == "POST" else None
    errors: list[Problem] = []
    wrong: dict[str, str] = {}
    if sent is not None and "again" not in sent:
        try:
            return _check(request, seat, grid_proposal(books, sent, voice()))
        except UnfitError as unfit:
            wrong = unfit.errors
            errors = _problems(wrong)
    page = grid(books, years, opened, voice(), sent, wrong)
    return show(
        request, seat, "boundary/figures.html", "organisation", 422 if errors else 200, page=page, errors=errors
    )


@door(Power.WORK)
@require_POST
def upload(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what a description from a file changes, to be checked."""
    file = request.FILES.get("description")
    if file is None or not file.size or file.size > LARGEST:
        errors = [Problem(voice().word("propose.no_file", limit=LARGEST // 1024), "description")]
        return show(request, seat, "boundary/upload.html", "organisation", 422, errors=errors)
    try:
        return _check(request, seat, propose(seat.books, file.read(), base_of(seat.books), voice()))
    except TredeError as error:
        errors = [Problem(told.text, "description") for told in voice().told_all(error.issues)]
        return show(request, seat, "boundary/upload.html", "organisation", 422, errors=errors)


@door(Power.WORK)
@require_POST
def save(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Have a proposed description stored."""
    form = Saving(request.POST)
    try:
        description = base64.b64decode(request.POST.get("description", ""), validate=True)
    except (binascii.Error, ValueError):
        return redirect("organisation", seat.organisation.slug)
    if form.is_valid():
        asked = form.cleaned_data
        job = ask(seat, "describe", "", {"description": description}, base=asked["base"], reason=asked["reason"])
        return follow_job(seat, job)
    try:
        proposal = propose(seat.books, description, request.POST.get("base", ""), voice())
    except TredeError:
        return redirect("organisation", seat.organisation.slug)
    return _check(request, seat, proposal, [Problem(voice().word("form.reason_needed"), "reason")])


def _problems(errors: dict[str, str]) -> list[Problem]:
    return [Problem(text, f"f-{key}" if key else "") for key, text in errors.items()]


def _form(request: HttpRequest, seat: Seat, page: FormPage, errors: list[Problem] | None = None) -> HttpResponse:
    return show(request, seat, "boundary/thing.html", "organisation", 422 if errors else 200, page=page, errors=errors)


def _check(request: HttpRequest, seat: Seat, proposal: Proposal, errors: list[Problem] | None = None) -> HttpResponse:
    """Show what changes. What the form held goes along, so that it can be taken up again."""
    aside = ("csrfmiddlewaretoken", "description", "reason")
    sent = [(name, value) for name, values in request.POST.lists() if name not in aside for value in values]
    home = reverse("organisation", args=[seat.organisation.slug])
    came_from = request.get_full_path() if request.resolver_match and request.resolver_match.url_name in FORMS else home
    filled = sent if came_from != home and "remove" not in request.POST else []
    return show(
        request, seat, "boundary/proposal.html", "organisation", 422 if errors else 200, page=proposal, sent=filled,
        errors=errors,
        back=came_from,
    )  # fmt: skip
