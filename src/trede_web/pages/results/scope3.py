"""Scope 3: the fifteen categories of a year, the page of each, and saying whether they are relevant."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.results.scope3 import INFLUENCES, ORDERS, RELEVANCES, category_page, read_said, scope3_page
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

HERE = "scope_3"
YEARS = re.compile(r"\b(?:199[0-9]|20[0-9]{2})\b")


class Saying(forms.Form):
    """What somebody says of categories, and why."""

    relevance = forms.CharField(max_length=20, required=False)
    influence = forms.ChoiceField(choices=[("", ""), *((name, name) for name in INFLUENCES)], required=False)
    estimate = forms.CharField(max_length=30, required=False)
    basis = forms.CharField(max_length=500, required=False)
    years = forms.CharField(max_length=200, required=False)
    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def scope_3(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """List the categories of a year."""
    return _all(request, seat, year, {"years": str(year)}, {})


@door(Power.READ)
@require_safe
def category(request: HttpRequest, seat: Seat, year: int, number: int) -> HttpResponse:
    """Show a category of a year."""
    return _one(request, seat, year, str(number), {"years": str(year)}, {})


@door(Power.WORK)
@require_POST
def say(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Say whether categories are relevant."""
    form = Saying(request.POST)
    valid = form.is_valid()
    sent = {name: request.POST.get(name, "").strip() for name in Saying.base_fields}
    chosen = request.POST.getlist("categories")
    facts = sent | {"categories": chosen, "years": YEARS.findall(sent["years"])}
    asked, wrong = read_said(facts, voice())
    if not valid:
        faults = {name: voice().word("form.reason_needed") for name in form.errors if name == "reason"}
        wrong |= faults or {"relevance": voice().word("scope3.no_relevance")}
    if wrong:
        sent |= {"categories": chosen}  # type: ignore[dict-item]
        one = request.POST.get("one", "")
        return _one(request, seat, year, one, sent, wrong) if one else _all(request, seat, year, sent, wrong)
    return start(seat, "category", ", ".join(asked["categories"]), year=year, **asked)


def _all(request: HttpRequest, seat: Seat, year: int, sent: dict[str, Any], wrong: dict[str, str]) -> HttpResponse:
    page = scope3_page(seat.books, year, request.GET.get("basis", ""), request.GET.get("order", ""), voice())
    return _show(request, seat, "results/scope3.html", year, sent, wrong, page=page, orders=list(ORDERS))


def _one(
    request: HttpRequest, seat: Seat, year: int, number: str, sent: dict[str, Any], wrong: dict[str, str]
) -> HttpResponse:
    page = category_page(seat.books, year, number, request.GET.get("basis", ""), voice())
    if page is None:
        raise Http404
    return _show(request, seat, "results/category.html", year, sent, wrong, page=page, one=number)


def _show(
    request: HttpRequest,
    seat: Seat,
    template: str,
    year: int,
    sent: dict[str, Any],
    wrong: dict[str, str],
    **facts: Any,
) -> HttpResponse:
    errors = [Problem(text, f"f-{name}") for name, text in wrong.items()]
    return show(
        request, seat, template, HERE, 422 if errors else 200, year=year, sent=sent, wrong=wrong, errors=errors,
        relevances=RELEVANCES, influences=INFLUENCES, **facts,
    )  # fmt: skip
