"""One record: what was read, what happened to it, what it posted; and correcting it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.amounts import read_amount
from trede_web.bridge.ledger.history import HistoryPage, history_page
from trede_web.bridge.ledger.journals import journal_at_hand
from trede_web.comments.models import RECORD, thread_of
from trede_web.door import door
from trede_web.pages.jobs import start
from trede_web.pages.showing import Problem, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


class Correction(forms.Form):
    """What a record should be, or that it is taken back as a whole; and why."""

    what = forms.ChoiceField(choices=[("correct", "correct"), ("credit", "credit")])
    reason = forms.CharField(min_length=3, max_length=500)
    quantity = forms.CharField(max_length=40, required=False)
    start = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    end = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    site = forms.CharField(max_length=120, required=False)
    department = forms.CharField(max_length=120, required=False)
    project = forms.CharField(max_length=120, required=False)
    quality = forms.CharField(max_length=20, required=False)
    supplier = forms.CharField(max_length=200, required=False)
    note = forms.CharField(max_length=500, required=False)


@door(Power.READ)
@require_safe
def record(request: HttpRequest, seat: Seat, record: str) -> HttpResponse:
    """Show a record with its history."""
    return _show(request, seat, _page(seat, record))


def _page(seat: Seat, record: str) -> HistoryPage:
    books = seat.books
    return history_page(books, journal_at_hand(books, seat.organisation.journals), record, voice())


def _show(request: HttpRequest, seat: Seat, page: HistoryPage, status: int = 200, **facts: Any) -> HttpResponse:
    thread = thread_of(seat.organisation, RECORD, page.record)
    subject = {"thread": thread, "kind": RECORD, "about": page.record}
    return show(request, seat, "ledger/history.html", "ledger", status, page=page, **subject, **facts)


@door(Power.WORK)
@require_POST
def correct(request: HttpRequest, seat: Seat, record: str) -> HttpResponse:
    """Ask for a correction; what is as it was is no part of it."""
    page, form = _page(seat, record), Correction(request.POST)
    if page.closed:
        return _show(request, seat, page, 422, errors=[page.closed])
    errors = [] if form.is_valid() else [problem("form.reason_needed", "c-reason")]
    changes = _changes(page, form, errors) if form.is_valid() and form.cleaned_data["what"] == "correct" else {}
    if form.is_valid() and form.cleaned_data["what"] == "correct" and not changes and not errors:
        errors.append(problem("correct.nothing", f"c-{next(iter(page.now))}"))
    if errors:
        given = {name: request.POST.get(name, "") for name in page.now}
        return _show(request, seat, page, 422, errors=errors, given=given, reason=request.POST.get("reason", ""))
    return start(
        seat, "correct", page.title, record=page.record, changes=changes, reason=form.cleaned_data["reason"]
    )  # fmt: skip


def _changes(page: HistoryPage, form: Correction, errors: list[Problem]) -> dict[str, str]:
    """Return the fields that are to be different, as the library reads them."""
    changes: dict[str, str] = {}
    for name, now in page.now.items():
        given = form.data.get(name)
        if given is None or given.strip() == now:
            continue
        text = given.strip()
        if name == "quantity":
            amount = read_amount(text, voice())
            if amount is None or amount <= 0:
                errors.append(problem("correct.quantity_unreadable", "c-quantity", given=text))
                continue
            text = f"{amount:f}"
        changes[name] = text
    return changes
