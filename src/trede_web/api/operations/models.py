"""Calculation models: reading, adding, trying and withdrawing them, and taking a record of one in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import models as shapes
from trede_web.api.shapes import work
from trede_web.bridge.models.models import (
    method_page,
    model_faults,
    model_page,
    model_template,
    models_page,
    read_record,
)
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask
from trede_web.pages.models.models import LARGEST, WORKBOOK
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
HERE = "/organisations/{organisation}/models"
ONE = HERE + "/{slug:model}"


class ModelText(work.Given):
    """The text of a model, as TOML."""

    text: Annotated[str, Field(min_length=1, max_length=LARGEST)]


class ModelRecord(work.Given):
    """A record of a model: its quantity in the unit of the model, its figures and choices by their id, and its days."""

    quantity: Annotated[str, Field(max_length=30)]
    figures: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=100)] = {}
    start: date
    end: date
    site: Annotated[str, Field(max_length=200)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class Ending(work.Given):
    """Why a model is withdrawn."""

    reason: work.Reason


@operation(router, "GET", HERE, shapes.Models)
def models(request: HttpRequest, organisation: str) -> Any:
    """List the calculation models.

    Those of the organisation, and the methods that ship.
    """
    return models_page(seat_of(request).books, plain_voice())


@operation(router, "GET", "/organisations/{organisation}/methods/{slug:method}", shapes.Method)
def method(request: HttpRequest, organisation: str, method: str) -> Any:
    """Read a method that ships.

    Its formulas, its source, the figures that it asks, and what it is for.
    """
    found = method_page(seat_of(request).books, method, plain_voice())
    if found is None:
        raise Http404
    return found


@operation(router, "GET", ONE, shapes.Model)
def model(request: HttpRequest, organisation: str, model: str) -> Any:
    """Read an own model.

    With its text, to change and add again.
    """
    return model_page(seat_of(request).books, model, plain_voice())


@operation(router, "GET", f"{ONE}/template", None, file=WORKBOOK)
def model_template_file(request: HttpRequest, organisation: str, model: str) -> HttpResponse:
    """Download the template of a model.

    A workbook; filled in it is taken in like any file.
    """
    return download(f"{model}.xlsx", model_template(seat_of(request).books, model, voice()), WORKBOOK)


@operation(router, "POST", HERE, work.Job, power=Power.WORK, status=202)
def add_model(request: HttpRequest, organisation: str, given: ModelText) -> Any:
    """Add a model, or the next version of one.

    A job. What is wrong in the text is told with its line and character.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "model", _sound(seat, given.text), {"model": given.text.encode()}))


@operation(router, "POST", "/organisations/{organisation}/model-trials", work.Job, power=Power.WORK, status=202)
def try_text(request: HttpRequest, organisation: str, given: ModelText) -> Any:
    """Try a model on its own example.

    A job; `tried` of its result is the working, in each language. Nothing is kept.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "try", _sound(seat, given.text), text=given.text, record={}))


@operation(router, "POST", f"{ONE}/trial", work.Job, power=Power.WORK, status=202)
def try_model(request: HttpRequest, organisation: str, model: str, given: ModelRecord) -> Any:
    """Calculate a record with a model.

    A job; `tried` of its result is the working, in each language. Nothing is kept.
    """
    seat = seat_of(request)
    record = _record(seat, model, given)
    record.pop("note", None)
    return Status(202, ask(seat, "try", model, model=model, record=record))


@operation(router, "POST", f"{ONE}/records", work.Job, power=Power.WORK, status=202)
def enter_record(request: HttpRequest, organisation: str, model: str, given: ModelRecord) -> Any:
    """Take a record of a model in.

    A job; `batch` of its result is what it became. Many records go into the template.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "enter", model, model=model, record=_record(seat, model, given)))


@operation(router, "POST", f"{ONE}/withdrawal", work.Job, power=Power.WORK, status=202)
def withdraw_model(request: HttpRequest, organisation: str, model: str, given: Ending) -> Any:
    """Withdraw a model.

    A job; it fails while records of the model count. `revoke` takes it back.
    """
    seat = seat_of(request)
    if not model_page(seat.books, model, plain_voice()).in_use:
        raise Http404
    return Status(202, ask(seat, "end_model", model, model=model, reason=given.reason))


def _sound(seat: Any, text: str) -> str:
    ident, told = model_faults(seat.books, text, voice())
    if told:
        raise ProblemError("invalid", issues=told)
    return ident


def _record(seat: Any, model: str, given: ModelRecord) -> dict[str, str]:
    facts = {"quantity": given.quantity, "site": given.site, "note": given.note}
    days = {"start": given.start.isoformat(), "end": given.end.isoformat()}
    record, wrong = read_record(seat.books, model, given.figures | facts | days, plain_voice())
    if wrong:
        raise ProblemError("invalid", fields=[fault(name, "form") for name in wrong])
    return record
