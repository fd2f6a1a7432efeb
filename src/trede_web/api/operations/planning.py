"""Before a calculation: what it would change."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import drawing, work
from trede_web.bridge.runs.calculating import lists
from trede_web.bridge.runs.plans import plan_page
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice
from trede_web.work.models import DONE

router = Router()


class Ahead(work.Given):
    """The factor list to plan with; empty: as things are."""

    library: Annotated[str, Field(max_length=120)] = ""


@operation(
    router, "POST", "/organisations/{organisation}/years/{year:year}/plans", work.Job, power=Power.WORK, status=202
)
def look_ahead(request: HttpRequest, organisation: str, year: int, given: Ahead) -> Any:
    """Plan a calculation.

    A job that finds out what a new calculation would change, with the data of now or with another factor list; its id is that of
    the plan.
    """
    seat = seat_of(request)
    if given.library and given.library not in {choice.id for choice in lists(seat.books)}:
        raise Http404
    return Status(202, ask(seat, "plan", str(year), year=year, library=given.library))


@operation(router, "GET", "/organisations/{organisation}/plans/{uuid:plan}", drawing.Plan)
def plan(request: HttpRequest, organisation: str, plan: UUID) -> Any:
    """Read a plan.

    In milligrams and by cause, under each standard and basis, from which files, lists and decisions. Nothing of it is kept as a
    result.
    """
    seat = seat_of(request)
    found = seat.organisation.jobs.filter(pk=plan, kind="plan", state=DONE).first()
    if found is None:
        raise Http404
    return plan_page(seat.books, int(found.result["year"]), found.result["plan"], plain_voice())
