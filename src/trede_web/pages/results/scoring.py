"""Materiality: the scored combinations of product and market, and filling them in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.results.scoring import Draft, draft_now, draft_sent, headings, in_force, scoring_page, table_of
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

HERE = "scope_3"


@door(Power.READ)
@require_safe
def materiality(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the combinations in their order, with why each scores as it does."""
    return show(request, seat, "results/materiality.html", HERE, page=scoring_page(seat.books, voice()))


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Fill the table in; a form with more lines is asked for by its buttons, and stores nothing."""
    if request.method != "POST":
        return _form(request, seat, draft_now(seat.books, voice()))
    draft = draft_sent({name: str(value) for name, value in request.POST.items()})
    if "more_criteria" in request.POST or "more_combinations" in request.POST:
        more = draft.filled(int("more_criteria" in request.POST), int("more_combinations" in request.POST))
        return _form(request, seat, more, reason=request.POST.get("reason", ""))
    table, wrong = table_of(draft, voice())
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        wrong["reason"] = voice().word("form.reason_needed")
    if draft.base != in_force(seat.books):
        wrong["lowest"] = voice().word("materiality.overtaken")
        draft = Draft(draft.lowest, draft.highest, draft.rule, draft.criteria, draft.combinations, in_force(seat.books))
    if wrong:
        return _form(request, seat, draft.filled(), wrong, reason)
    return start(seat, "materiality", "", table=table, reason=reason)


def _form(
    request: HttpRequest, seat: Seat, draft: Draft, wrong: dict[str, str] | None = None, reason: str = ""
) -> HttpResponse:
    errors = [Problem(text, f"f-{name}") for name, text in (wrong or {}).items()]
    return show(
        request, seat, "results/materiality_form.html", HERE, 422 if errors else 200, draft=draft, wrong=wrong or {},
        errors=errors, names=headings(draft, voice()), reason=reason,
    )  # fmt: skip
