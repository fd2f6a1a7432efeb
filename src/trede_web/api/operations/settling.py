"""Double counts, factor lists of years, and publishing."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Status
from pydantic import Field

from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import work
from trede_web.bridge.books import Period
from trede_web.bridge.ledger.doubles import doubles as doubles_of
from trede_web.bridge.runs.calculating import lists
from trede_web.bridge.runs.publishing import checklist as checklist_of
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice

router = Router()
YEAR = "/organisations/{organisation}/years/{year:year}"


class Settlement(work.Given):
    """Whether a finding counts twice (`cover`) or both stay (`keep`), and why."""

    choice: Literal["cover", "keep"]
    reason: work.Reason


class Pin(work.Given):
    """Which factor list counts for a year that it is not of, and why."""

    library: Annotated[str, Field(max_length=120)]
    reason: work.Reason


class Publishing(work.Given):
    """Why, and why months without records do not stand in the way."""

    reason: work.Reason
    incomplete: Annotated[str, Field(max_length=work.LONGEST)] = ""


@operation(router, "GET", f"{YEAR}/doubles", work.Doubles)
def doubles(request: HttpRequest, organisation: str, year: int) -> Any:
    """List what probably counts twice.

    The open findings of a year with the tonnes at stake.
    """
    return {"items": doubles_of(seat_of(request).books, Period.year(year), plain_voice())}


@operation(router, "POST", f"{YEAR}/doubles/{{finding}}", work.Job, power=Power.WORK, status=202)
def settle(request: HttpRequest, organisation: str, year: int, finding: str, given: Settlement) -> Any:
    """Settle a finding.

    A job: the records of the finding are covered by those beside it, or both stay.
    """
    seat = seat_of(request)
    if finding not in {each.id for each in doubles_of(seat.books, Period.year(year), plain_voice())}:
        raise Http404
    return Status(202, ask(seat, "settle", finding, year=year, finding=finding, **given.model_dump()))


@operation(router, "POST", f"{YEAR}/lists", work.Job, power=Power.WORK, status=202)
def pin(request: HttpRequest, organisation: str, year: int, given: Pin) -> Any:
    """Choose a factor list for a year.

    A job. Which lists can be chosen stands in the calculation of the year.
    """
    seat = seat_of(request)
    if given.library not in {choice.id for choice in lists(seat.books)}:
        raise Http404
    return Status(202, ask(seat, "pin", given.library, library=given.library, years=[year], reason=given.reason))


@operation(router, "GET", f"{YEAR}/publications", work.Checklist)
def publications(request: HttpRequest, organisation: str, year: int) -> Any:
    """Read the checklist and the publications of a year.

    What stands in the way of publishing, and what was published, the last first.
    """
    return checklist_of(seat_of(request).books, year, plain_voice())


@operation(router, "POST", f"{YEAR}/publications", work.Job, power=Power.PUBLISH, status=202)
def publish(request: HttpRequest, organisation: str, year: int, given: Publishing) -> Any:
    """Publish a year, or restate one that is published.

    A job; it fails with the obstacles when something stands in the way.
    """
    seat = seat_of(request)
    restates = bool(seat.books.publications_of(str(year)))
    return Status(202, ask(seat, "publish", str(year), year=year, restates=restates, **given.model_dump()))
