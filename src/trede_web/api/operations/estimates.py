"""Own estimates: reading, adding and withdrawing them."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import estimates as shapes
from trede_web.api.shapes import work
from trede_web.bridge.models.estimates import estimates_page, in_force, read_estimate
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice

router = Router()
HERE = "/organisations/{organisation}/estimates"
Line = Annotated[str, Field(max_length=500)]


class NewEstimate(work.Given):
    """An estimate: what, its value with the range that somebody states, the days on which it holds, and what it rests on."""

    what: Annotated[str, Field(max_length=60, description="An `id` of `kinds`, or `new`")]
    value: Annotated[str, Field(max_length=30)]
    low: Annotated[str, Field(max_length=30)] = ""
    high: Annotated[str, Field(max_length=30)] = ""
    first: Annotated[str, Field(max_length=10, description="Such as 2026-01-01")]
    last: Annotated[str, Field(max_length=10)]
    country: Annotated[str, Field(max_length=2)] = ""
    source: Line
    url: Line = ""
    by: Line = ""
    name: Line = ""
    ident: Annotated[str, Field(max_length=60)] = ""
    unit: Annotated[str, Field(max_length=60)] = ""


class Withdrawing(work.Given):
    """Why an estimate is withdrawn."""

    reason: work.Reason


@operation(router, "GET", HERE, shapes.Estimates)
def estimates(request: HttpRequest, organisation: str) -> Any:
    """List the estimates.

    Those of the organisation, those that were withdrawn with why, and those that ship.
    """
    return estimates_page(seat_of(request).books, plain_voice())


@operation(router, "POST", HERE, work.Job, power=Power.WORK, status=202)
def add_estimate(request: HttpRequest, organisation: str, given: NewEstimate) -> Any:
    """Add an own estimate.

    A job. It answers from the next calculation on.
    """
    seat = seat_of(request)
    estimate, wrong, told = read_estimate(seat.books, given.model_dump(), plain_voice())
    if wrong or told:
        raise ProblemError("invalid", fields=[fault(name, "form") for name in wrong], issues=told)
    return Status(202, ask(seat, "estimate", estimate["name"]["nl"], estimate=estimate))


@operation(router, "POST", f"{HERE}/{{hash:key}}/withdrawal", work.Job, power=Power.WORK, status=202)
def withdraw_estimate(request: HttpRequest, organisation: str, key: str, given: Withdrawing) -> Any:
    """Withdraw an own estimate.

    A job. It stays readable, with why.
    """
    seat = seat_of(request)
    ident = in_force(seat.books).get(key)
    if ident is None:
        raise Http404
    return Status(202, ask(seat, "end_estimate", ident, key=key, reason=given.reason))
