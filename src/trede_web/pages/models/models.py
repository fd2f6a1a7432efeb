"""Calculation models: the list, the page of each, making one, trying it, taking a record in, withdrawing it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from trede_web.bridge.models.models import (
    method_page,
    model_faults,
    model_page,
    model_template,
    model_text,
    models_page,
    read_record,
)
from trede_web.bridge.speaking import Told
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask, follow_job, start
from trede_web.pages.showing import Problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import DONE

HERE = "models"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 100_000
"""Bytes of a model."""


class Why(forms.Form):
    """Why a model is withdrawn."""

    reason = forms.CharField(min_length=3, max_length=500)


@door(Power.READ)
@require_safe
def models(request: HttpRequest, seat: Seat) -> HttpResponse:
    """List the own models, and the methods that ship."""
    return show(request, seat, "models/models.html", HERE, page=models_page(seat.books, voice()))


@door(Power.READ)
@require_safe
def method(request: HttpRequest, seat: Seat, method: str) -> HttpResponse:
    """Show a method that ships."""
    page = method_page(seat.books, method, voice())
    if page is None:
        raise Http404
    return show(request, seat, "models/method.html", HERE, page=page)


@door(Power.READ)
@require_safe
def model(request: HttpRequest, seat: Seat, model: str) -> HttpResponse:
    """Show an own model."""
    return _one(request, seat, model)


def _one(
    request: HttpRequest,
    seat: Seat,
    ident: str,
    sent: dict[str, str] | None = None,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    page = model_page(seat.books, ident, voice())
    errors = [Problem(text, f"f-{name}") for name, text in (wrong or {}).items()]
    return show(
        request, seat, "models/model.html", HERE, 422 if errors else 200, page=page, sent=page.sample if sent is None else sent,
        wrong=wrong or {}, errors=errors,
    )  # fmt: skip


@door(Power.READ)
@require_safe
def text(request: HttpRequest, seat: Seat, model: str) -> HttpResponse:
    """Download the text of a model."""
    return download(f"{model}.toml", model_text(seat.books, model).encode(), "application/toml")


@door(Power.READ)
@require_safe
def template(request: HttpRequest, seat: Seat, model: str) -> HttpResponse:
    """Download the workbook to fill in with records of a model."""
    return download(f"{model}.xlsx", model_template(seat.books, model, voice()), WORKBOOK)


@door(Power.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Write a model, or the next version of one: try it on its own example, keep it, or go on with what was tried."""
    if request.method != "POST":
        return _form(request, seat, model_text(seat.books, request.GET.get("of", "")))
    file = request.FILES.get("file")
    if max(file.size or 0 if file else 0, len(request.POST.get("text", ""))) > LARGEST:
        return _form(request, seat, "", [Problem(voice().word("model.too_large"), "f-text")])
    typed = file.read().decode("utf-8", "replace") if file else request.POST.get("text", "").replace("\r\n", "\n")
    if "again" in request.POST:
        return _form(request, seat, typed)
    ident, told = model_faults(seat.books, typed, voice())
    if told:
        return _form(request, seat, typed, [], told)
    if "keep" in request.POST:
        return follow_job(seat, ask(seat, "model", ident, {"model": typed.encode()}))
    return start(seat, "try", ident, text=typed, record={})


def _form(
    request: HttpRequest, seat: Seat, typed: str, errors: list[Problem] | None = None, told: list[Told] | None = None
) -> HttpResponse:
    return show(
        request, seat, "models/model_form.html", HERE, 422 if errors or told else 200, typed=typed, errors=errors or [],
        told=told or [],
    )  # fmt: skip


@door(Power.WORK)
@require_POST
def use(request: HttpRequest, seat: Seat, model: str) -> HttpResponse:
    """Calculate a record with a model to see what it comes to, or take it in."""
    sent = {name: str(value) for name, value in request.POST.items()}
    record, wrong = read_record(seat.books, model, sent, voice())
    if wrong:
        return _one(request, seat, model, sent, wrong)
    if "keep" in request.POST:
        return start(seat, "enter", model, model=model, record=record)
    record.pop("note", None)
    return start(seat, "try", model, model=model, record=record)


@door(Power.READ)
@require_safe
def tried(request: HttpRequest, seat: Seat, tried: str) -> HttpResponse:
    """Show what a record came to; nothing of it was stored."""
    job = seat.organisation.jobs.filter(pk=tried, kind="try", state=DONE).first()
    if job is None:
        raise Http404
    facts: dict[str, Any] = {
        "found": job.result["tried"][voice().language], "told": voice().told_stored(job.issues), "title": job.title,
        "typed": job.asked.get("text", ""), "model": job.result["model"],
    }  # fmt: skip
    return show(request, seat, "models/tried.html", HERE, **facts)


@door(Power.WORK)
@require_POST
def withdraw(request: HttpRequest, seat: Seat, model: str) -> HttpResponse:
    """Let a model take in no more records."""
    form = Why(request.POST)
    if not form.is_valid():
        return _one(request, seat, model, None, {"reason": voice().word("form.reason_needed")})
    if not model_page(seat.books, model, voice()).in_use:
        return redirect(reverse("model", args=[seat.organisation.slug, model]))
    return start(seat, "end_model", model, model=model, reason=form.cleaned_data["reason"])
