"""The pattern page: every component of the pages in its states, made of the parts that the pages are made of."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from trede_web.bridge.patterns import patterns as samples
from trede_web.bridge.patterns import sample_chart
from trede_web.pages.results.charts import CHART_FILES, show_picture
from trede_web.pages.showing import Problem
from trede_web.people.models import Organisation, User
from trede_web.roles import Power, Role
from trede_web.seat import Seat
from trede_web.words import voice

NOWHERE = "-"
"""In addresses the place of an organisation; none is called so, so the samples lead nowhere."""


@login_required
@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Show the components, as an owner of an invented organisation would see them."""
    invented = Organisation(name=voice().word("pattern_site.head"), slug=NOWHERE, example=True)
    seat = Seat(cast(User, request.user), invented, Role.AUDITOR, works=True, publishes=False, manages=True)
    wrong = [Problem(voice().word("unread.missing"), "f-name"), Problem(voice().word("unread.year"), "f-to_year")]
    facts = {
        "seat": seat, "year": 2024, "page": samples(voice()), "wrong": wrong, "kinds": CHART_FILES,
        "power": Power.WORK.value, "broad": True,
    }  # fmt: skip
    return render(request, "about/patterns.html", facts)


@login_required
@require_safe
def drawing(request: HttpRequest) -> HttpResponse:
    """Show the chart of the page; `narrow` asks for the drawing for a narrow window."""
    return show_picture(request, sample_chart(voice(), narrow="narrow" in request.GET))
