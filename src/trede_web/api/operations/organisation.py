"""The organisation of a token, its years, its sources and what they delivered."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import registers, results, work
from trede_web.bridge.boundary.sources import register, source_page
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.results.completeness import completeness_page
from trede_web.bridge.welcome.attention import attention
from trede_web.bridge.welcome.overview import overview
from trede_web.pages.jobs import ask
from trede_web.pages.showing import known_years
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import plain_voice

router = Router()
YEAR = "/organisations/{organisation}/years/{year:year}"


class NoDelivery(work.Given):
    """That a source has nothing to deliver (`none`) or stays out (`excluded`), and why."""

    status: Literal["none", "excluded"]
    reason: work.Reason


def _reach(seat: Seat) -> dict[str, Any]:
    given = {Power.READ: True, Power.WORK: seat.works, Power.PUBLISH: seat.publishes}
    own = seat.organisation
    return {
        "slug": own.slug, "name": own.name, "example": own.example, "role": seat.role.value, "token": seat.token,
        "powers": [power.value for power, has in given.items() if has], "years": known_years(seat),
    }  # fmt: skip


@operation(router, "GET", "/organisations", list[registers.Reach])
def organisations(request: HttpRequest) -> Any:
    """List the organisations of the token.

    A token is of one organisation, so the list has one entry: where a program begins that knows its token alone.
    """
    return [_reach(seat_of(request))]


@operation(router, "GET", "/organisations/{organisation}", registers.Reach)
def organisation(request: HttpRequest, organisation: str) -> Any:
    """Read an organisation.

    Its name and years, and what the token may there.
    """
    return _reach(seat_of(request))


@operation(router, "GET", YEAR, results.Year)
def year(request: HttpRequest, organisation: str, year: int) -> Any:
    """Read the overview of a year.

    The steps from organisation to publication with what is open, what asks attention, the sources with their months, the
    total with its interval, the trend.
    """
    seat = seat_of(request)
    found = overview(seat.books, year, known_years(seat), plain_voice())
    if found.doubles is None:
        raise NotReadyError
    names = (name for name in results.Year.model_fields if name != "attention")
    facts = {name: getattr(found, name) for name in names}
    return facts | {"attention": attention(seat.books, found, plain_voice())}


@operation(router, "GET", f"{YEAR}/sources", registers.Sources)
def sources(request: HttpRequest, organisation: str, year: int) -> Any:
    """List the sources of a year.

    Each source that is expected or that delivered, with what came of it.
    """
    return register(seat_of(request).books, year, plain_voice())


@operation(router, "GET", f"{YEAR}/sources/{{source}}", registers.SourceInYear)
def source(request: HttpRequest, organisation: str, year: int, source: str) -> Any:
    """Read a source in a year.

    Its months with the files behind them, its meters, and what was decided about it.
    """
    return source_page(seat_of(request).books, source, year, timezone.localdate(), plain_voice())


@operation(router, "POST", f"{YEAR}/sources/{{source}}", work.Job, power=Power.WORK, status=202)
def account_for(request: HttpRequest, organisation: str, year: int, source: str, given: NoDelivery) -> Any:
    """Account for a source that delivers nothing.

    A job; it fails when the source did deliver.
    """
    job = ask(seat_of(request), "source", source[:80], year=year, source=source[:80], **given.model_dump())
    return Status(202, job)


@operation(router, "GET", f"{YEAR}/completeness", registers.Completeness)
def completeness(request: HttpRequest, organisation: str, year: int) -> Any:
    """Read how complete a year is.

    Sources and sites by month, with the files behind each month.
    """
    return completeness_page(seat_of(request).books, year, timezone.localdate(), plain_voice())
