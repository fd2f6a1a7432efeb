"""Welcome: the organisations of a person, and three doors: the example, an organisation of their own, or files that they have."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.bridge.books import TredeError, create_books
from trede_web.bridge.welcome.example import EXAMPLE_NAME, example_description
from trede_web.door import door
from trede_web.pages.intake.imports import take, unfit
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, show
from trede_web.people.codes import has_codes
from trede_web.people.models import Membership, Organisation, User, log
from trede_web.roles import Power, Role
from trede_web.seat import Seat, seat_of
from trede_web.words import voice

LARGEST = 1024 * 1024
"""Bytes of a description."""


NEEDS = ("bills", "cards", "travel", "lease", "figures")
"""What a first footprint is made of; each has its words."""


class NewOrganisation(forms.Form):
    """The name of a new organisation, or its description as a file."""

    name = forms.CharField(max_length=200, min_length=2)
    description = forms.FileField(required=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the organisations of a person and the three doors; make a new organisation."""
    if request.method != "POST":
        return _home(request)
    form = NewOrganisation(request.POST, request.FILES)
    if not form.is_valid():
        return _home(request, [Problem(voice().word("home.name_needed"), "name")])
    given = form.cleaned_data["description"]
    try:
        made = found_organisation(_person(request), form.cleaned_data["name"], given.read(LARGEST) if given else None)
    except TredeError as error:
        return _home(request, [Problem(told.text, "description") for told in voice().told_all(error.issues)])
    return redirect("overview", made.slug)


@login_required
@require_POST
def example(request: HttpRequest) -> HttpResponse:
    """Open the example of this person; the first time it is made."""
    person = _person(request)
    own = Membership.objects.filter(user=person, role=Role.OWNER.value, organisation__example=True)
    known = own.select_related("organisation").first()
    if known is not None:
        return redirect("overview", known.organisation.slug)
    made = found_organisation(person, EXAMPLE_NAME, example_description(), example=True)
    return start(_seat(person, made), "example", made.name)


@login_required
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Make an organisation and take its files in."""
    form, faults = NewOrganisation(request.POST), unfit(request, some=True)
    if not form.is_valid():
        faults.insert(0, Problem(voice().word("home.name_needed"), "bring-name"))
    if faults:
        return _home(request, faults)
    made = found_organisation(_person(request), form.cleaned_data["name"], None)
    take(request, _seat(_person(request), made))
    return redirect("imports", made.slug)


@door(Power.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Put the example back as it was."""
    if not seat.organisation.example:
        raise Http404
    if request.method == "POST":
        return start(seat, "example", seat.organisation.name)
    return show(request, seat, "welcome/restore.html", "")


def _home(request: HttpRequest, errors: list[Problem] | None = None) -> HttpResponse:
    seats = Membership.objects.filter(user=_person(request)).select_related("organisation")
    facts = {
        "seats": seats.order_by("organisation__example", "organisation__name"), "errors": errors,
        "faulty": {error.field for error in errors or ()}, "given": request.POST.get("name", ""),
        "needs": NEEDS, "broad": True, "has_example": any(each.organisation.example for each in seats),
        "has_codes": any(each.organisation.codes_required for each in seats) and has_codes(_person(request)),
    }  # fmt: skip
    return render(request, "welcome/home.html", facts, status=422 if errors else 200)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _seat(person: User, organisation: Organisation) -> Seat:
    seat = seat_of(person, organisation.slug)
    assert seat is not None
    return seat


def found_organisation(person: User, name: str, description: bytes | None, *, example: bool = False) -> Organisation:
    """Make an organisation with its folder, and its maker its owner: the folder first, so that no row is without one.

    Raises:
        TredeError: what is wrong in the description.
    """
    organisation = Organisation.named(name, example=example)
    create_books(organisation.folder, name, description)
    with transaction.atomic():
        organisation.save(force_insert=True)
        Membership.objects.create(user=person, organisation=organisation, role=Role.OWNER.value)
        log(organisation, person, "organisation_made", name=name)
    return organisation
