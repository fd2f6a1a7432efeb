"""Tokens: what programs come in with. Each is of one person, who makes and withdraws it; owners see and withdraw all."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from trede_web.api.models import LONGEST, Token, kinds_for
from trede_web.door import door
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

USUAL = timedelta(days=90)
"""How long a token is valid when nobody says otherwise."""


class NewToken(forms.Form):
    """What a token is for, what it may, and until when."""

    name = forms.CharField(min_length=2, max_length=80)
    power = forms.CharField()
    until = forms.DateField(input_formats=["%Y-%m-%d"])


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the tokens; make one, whose secret is shown once."""
    if request.method != "POST":
        return _tokens(request, seat)
    form = NewToken(request.POST)
    errors = _faults(form, seat)
    if errors:
        return _tokens(request, seat, 422, errors=errors)
    asked = form.cleaned_data
    end = timezone.make_aware(datetime.combine(asked["until"], time.max))
    with transaction.atomic():
        made, secret = Token.issue(seat.organisation, seat.person, asked["name"], asked["power"], end)
        seat.note("token_made", name=made.name, power=made.power, until=asked["until"].isoformat())
    return _tokens(request, seat, made=made, secret=secret)


def _faults(form: NewToken, seat: Seat) -> list[Problem]:
    word, today = voice().word, timezone.localdate()
    form.is_valid()
    asked, faults = form.cleaned_data, []
    if "name" not in asked:
        faults.append(Problem(word("tokens.name_needed"), "name"))
    if asked.get("power") not in kinds_for(seat.role):
        faults.append(Problem(word("tokens.power_needed"), f"power-{kinds_for(seat.role)[0]}"))
    if "until" not in asked or not today <= asked["until"] <= today + LONGEST:
        faults.append(Problem(word("tokens.until_needed"), "until"))
    return faults


def _tokens(request: HttpRequest, seat: Seat, status: int = 200, **facts: object) -> HttpResponse:
    today = timezone.localdate()
    return show(
        request, seat, "people/tokens.html", "tokens", status, tokens=open_tokens(seat).select_related("person"),
        kinds=kinds_for(seat.role), first=today.isoformat(), last=(today + LONGEST).isoformat(),
        given={"name": request.POST.get("name", ""), "until": request.POST.get("until") or (today + USUAL).isoformat()}
        if status == 422 else {"name": "", "until": (today + USUAL).isoformat()},
        address=request.build_absolute_uri("/api/"), **facts,
    )  # fmt: skip


def open_tokens(seat: Seat) -> QuerySet[Token]:
    """Return the tokens that somebody may see and withdraw: their own, an owner everybody's."""
    found = Token.objects.filter(organisation=seat.organisation, withdrawn_at=None, expires_at__gt=timezone.now())
    return found if seat.manages else found.filter(person=seat.person)


@door(Power.READ)
@require_POST
def withdraw_token(request: HttpRequest, seat: Seat, token: int) -> HttpResponse:
    """Withdraw a token: from now on nobody comes in with it."""
    found = open_tokens(seat).filter(pk=token).first()
    if found is None:
        raise Http404
    with transaction.atomic():
        if open_tokens(seat).filter(pk=token).update(withdrawn_at=timezone.now()):
            seat.note("token_withdrawn", name=found.name, power=found.power)
    return redirect("tokens", seat.organisation.slug)
