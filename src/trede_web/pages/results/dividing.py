"""A footprint divided over receivers: what each gets, a statement for one, and saying how it is divided."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.books import View
from trede_web.bridge.results.declaring import (
    KINDS,
    NATURES,
    Checked,
    Draft,
    check_draft,
    draft_now,
    draft_sent,
    known_receivers,
    offers,
    rows_of,
)
from trede_web.bridge.results.dividing import (
    StatementPage,
    dividing_page,
    in_force,
    statement_book,
    statement_csv,
    statement_page,
)
from trede_web.bridge.results.periods import periods_of, read_period
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask, ask_once, follow_job, then
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import Voice, voice

FILES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
"""Kinds of files of a statement, with their media types."""


class Saving(forms.Form):
    """Why."""

    reason = forms.CharField(min_length=3, max_length=500)


def asked_view(request: HttpRequest) -> View:
    """Return the standard and basis that are asked for."""
    standard, _, basis = request.GET.get("view", "").partition(":")
    return View.read(standard or None, basis or None)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def receivers(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show what a period is divided into; have that made when it takes long."""
    books, period = seat.books, read_period(request.GET.get("period", ""), year)
    run = books.run_of(period.name)
    page = dividing_page(books, run, asked_view(request), voice()) if run is not None else None
    if request.method == "POST" and page is not None and page.waiting:
        job = ask_once(seat, "divide", period.name, year=year, period=period.name)
        if getattr(request, "htmx", False):
            return render(request, "parts/job.html", {"seat": seat, "job": job, "told": [], "then": then(seat, job)})
        return follow_job(seat, job)
    return show(
        request, seat, "results/receivers.html", "receivers", year=year, page=page, period=period.name,
        periods=periods_of(books, year, period, voice()), any=bool(in_force(books)),
    )  # fmt: skip


@door(Power.READ)
@require_safe
def statement(request: HttpRequest, seat: Seat, year: int, allocation: str) -> HttpResponse:
    """Show what one receiver gets."""
    page = statement_of(seat, request, year, allocation, voice())
    asked = request.GET.copy()
    return show(
        request, seat, "results/statement.html", "receivers", year=year, page=page, kinds=FILES, asked=asked.urlencode()
    )


def statement_of(seat: Seat, request: HttpRequest, year: int, allocation: str, words: Voice) -> StatementPage:
    """Return the statement that is asked for.

    Raises:
        Http404: there is none, or it is not divided yet.
    """
    books, period = seat.books, read_period(request.GET.get("period", ""), year)
    run = books.run_of(period.name)
    receiver = request.GET.get("receiver", "")
    page = statement_page(books, run, asked_view(request), allocation, receiver, words) if run else None
    if page is None:
        raise Http404
    return page


@door(Power.READ)
@require_safe
def statement_file(request: HttpRequest, seat: Seat, year: int, allocation: str, kind: str) -> HttpResponse:
    """Download what one receiver gets: as a workbook, or in milligrams under every standard and basis."""
    return download_statement(seat, statement_of(seat, request, year, allocation, voice()), kind)


def download_statement(seat: Seat, page: StatementPage, kind: str) -> HttpResponse:
    """Answer with a statement as a file.

    Raises:
        Http404: there is no file of this kind.
    """
    if kind not in FILES:
        raise Http404
    books = seat.books
    data = (
        statement_book(books, page, voice())
        if kind == "xlsx"
        else statement_csv(books, books.run_store.get(page.run), page.division.id, page.share.id)
    )
    receiver = "-".join(re.findall(r"\w+", page.share.name))
    name = voice().word("statement.file", name=receiver, period=page.period)
    return download(f"{name}.{kind}", data or b"", FILES[kind])


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def divide(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the form of a division; what was sent is shown back with its shares; then have it recorded."""
    if request.method != "POST":
        return _form(request, seat, year, draft_now(seat.books, request.GET.get("of", ""), year, voice()))
    draft = draft_sent(dict(request.POST.lists()))
    if "again" in request.POST or "more" in request.POST:
        return _form(request, seat, year, draft)
    found, errors = check_draft(seat.books, draft, voice())
    if found is None:
        return _form(request, seat, year, draft, errors)
    if "save" not in request.POST or found.overtaken:
        return _check(request, seat, year, draft, found)
    form = Saving(request.POST)
    if not form.is_valid():
        return _check(request, seat, year, draft, found, [Problem(voice().word("form.reason_needed"), "reason")])
    return follow_job(seat, ask_division(seat, year, draft, found, form.cleaned_data["reason"]))


def ask_division(seat: Seat, year: int, draft: Draft, found: Checked, reason: str) -> Any:
    """Ask for a division to be recorded."""
    return ask(seat, "allocate", draft.title, year=year, allocation=found.id, text=found.text, reason=reason)


def _form(
    request: HttpRequest, seat: Seat, year: int, draft: Draft, wrong: dict[str, str] | None = None
) -> HttpResponse:  # fmt: skip
    errors = [Problem(text, f"f-{name}") for name, text in (wrong or {}).items()]
    offered = [(name, choices, draft.of.get(name, [])) for name, choices in offers(seat.books)]
    hidden = [(name, value) for name in ("activity_types", "accounts") for value in draft.of.get(name, [])]
    return show(
        request, seat, "results/divide.html", "receivers", 422 if errors else 200, year=year, draft=draft, wrong=wrong or {},
        errors=errors, rows=rows_of(draft, more="more" in request.POST), kinds=KINDS, natures=NATURES, offers=offered,
        hidden=hidden, suggested=known_receivers(seat.books), chosen=any(draft.of.values()),
    )  # fmt: skip


def _check(
    request: HttpRequest, seat: Seat, year: int, draft: Draft, found: Checked, errors: list[Problem] | None = None
) -> HttpResponse:  # fmt: skip
    sent = [
        (name, getattr(draft, name)) for name in ("id", "title", "start", "end", "receiver", "key", "nature", "basis")
    ]
    sent += [("whole", draft.whole)]
    now = in_force(seat.books).get(found.id)
    sent += [("base", now[0] if found.overtaken and now else draft.base)]
    sent += [(f"of-{name}", value) for name, values in draft.of.items() for value in values]
    sent += [pair for line in draft.lines for pair in (("name", line.name), ("amount", line.key))]
    return show(
        request, seat, "results/divide_check.html", "receivers", 422 if errors else 200, year=year, page=found, draft=draft,
        sent=sent, errors=errors,
    )  # fmt: skip
