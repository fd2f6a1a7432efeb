"""The saved profiles: what reads which supplier's files, what used it, its name, its text."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.intake.profiles import profile_lines, profile_text
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import start
from trede_web.pages.showing import problem, show
from trede_web.roles import Power
from trede_web.seat import Seat


class Title(forms.Form):
    """What a profile is called."""

    title = forms.CharField(max_length=120)


@door(Power.READ)
@require_safe
def profiles(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the profiles."""
    return show(request, seat, "intake/profiles.html", "imports", lines=profile_lines(seat.books))


@door(Power.WORK)
@require_POST
def rename(request: HttpRequest, seat: Seat, profile: str) -> HttpResponse:
    """Give a profile another name."""
    form, lines = Title(request.POST), profile_lines(seat.books)
    if profile not in {line.id for line in lines}:
        raise Http404
    if not form.is_valid():
        errors = [problem("need.title", f"title-{profile}")]
        return show(request, seat, "intake/profiles.html", "imports", 422, lines=lines, errors=errors)
    return start(seat, "rename", form.cleaned_data["title"], profile=profile, name=form.cleaned_data["title"])


@door(Power.READ)
@require_safe
def text(request: HttpRequest, seat: Seat, profile: str) -> HttpResponse:
    """Download a profile as the commands read it."""
    return download(f"{profile}.toml", profile_text(seat.books, profile), "application/toml")
