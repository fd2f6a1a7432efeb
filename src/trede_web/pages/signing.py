"""Before an organisation: the organisations of a person, a new one, and the language."""

from __future__ import annotations

from typing import cast

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.bridge.books import TredeError, create_books
from trede_web.bridge.speaking import LANGUAGES
from trede_web.people.models import Membership, Organisation, User, log
from trede_web.roles import Role
from trede_web.words import voice

LARGEST = 1024 * 1024
"""Bytes of a description."""


class NewOrganisation(forms.Form):
    """The name of a new organisation, or its description as a file."""

    name = forms.CharField(max_length=200, min_length=2)
    description = forms.FileField(required=False)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Show the organisations of a person; make a new one."""
    person = cast(User, request.user)
    form = NewOrganisation(request.POST or None, request.FILES or None)
    errors: list[str] = []
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["description"]
        try:
            made = found_organisation(person, form.cleaned_data["name"], given.read(LARGEST) if given else None)
        except TredeError as error:
            errors = [told.text for told in voice().told_all(error.issues)]
        else:
            return redirect("overview", made.slug)
    elif request.method == "POST":
        errors = [voice().word("home.name_needed")]
    seats = Membership.objects.filter(user=person).select_related("organisation").order_by("organisation__name")
    return render(request, "home.html", {"seats": seats, "errors": errors}, status=422 if errors else 200)


def found_organisation(person: User, name: str, description: bytes | None) -> Organisation:
    """Make an organisation with its folder, and its maker its owner: the folder first, so that no row is without one.

    Raises:
        TredeError: what is wrong in the description.
    """
    organisation = Organisation.named(name)
    create_books(organisation.folder, name, description)
    with transaction.atomic():
        organisation.save(force_insert=True)
        Membership.objects.create(user=person, organisation=organisation, role=Role.OWNER.value)
        log(organisation, person, "organisation_made", name=name)
    return organisation


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the screens."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = redirect(back if safe else "/")
    if chosen in LANGUAGES:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, chosen, max_age=365 * 24 * 3600, httponly=True, samesite="Lax",
            secure=settings.HTTPS,
        )  # fmt: skip
    return response
