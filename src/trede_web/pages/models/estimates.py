"""Own estimates: the list, adding one by a form, and withdrawing one with a reason."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.models.estimates import NEW, estimates_page, in_force, kinds, read_estimate
from trede_web.bridge.speaking import Told
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

HERE = "estimates"


class Why(forms.Form):
    """Why an estimate is withdrawn."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def estimates(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the estimates: own ones, those that were withdrawn, those that ship."""
    return _list(request, seat)


def _list(request: HttpRequest, seat: Seat, errors: list[Problem] | None = None) -> HttpResponse:
    page = estimates_page(seat.books, voice())
    return show(request, seat, "models/estimates.html", HERE, 422 if errors else 200, page=page, errors=errors or [])


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Add an own estimate by a form."""
    if request.method != "POST":
        year = timezone.localdate().year
        begun = {"what": request.GET.get("what", ""), "first": f"{year}-01-01", "last": f"{year}-12-31"}
        return _form(request, seat, begun | {"by": str(seat.person)})
    sent = {name: str(value) for name, value in request.POST.items()}
    estimate, wrong, told = read_estimate(seat.books, sent, voice())
    if wrong or told:
        return _form(request, seat, sent, wrong, told)
    return start(seat, "estimate", estimate["name"]["nl"], estimate=estimate)


def _form(
    request: HttpRequest, seat: Seat, sent: dict[str, str], wrong: dict[str, str] | None = None,
    told: list[Told] | None = None,
) -> HttpResponse:  # fmt: skip
    errors = [Problem(text, f"f-{name}") for name, text in (wrong or {}).items()]
    return show(
        request, seat, "models/estimate_form.html", HERE, 422 if errors or told else 200, sent=sent, wrong=wrong or {},
        errors=errors, told=told or [], kinds=kinds(seat.books, voice()), new=NEW,
    )  # fmt: skip


@door(Power.WORK)
@require_POST
def withdraw(request: HttpRequest, seat: Seat, key: str) -> HttpResponse:
    """Let an own estimate answer no more."""
    ident = in_force(seat.books).get(key)
    if ident is None:
        raise Http404
    form = Why(request.POST)
    if not form.is_valid():
        return _list(request, seat, [Problem(voice().word("form.reason_needed"), f"why-{key}")])
    return start(seat, "end_estimate", ident, key=key, reason=form.cleaned_data["reason"])
