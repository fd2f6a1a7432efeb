"""A footprint divided over receivers: what each gets, the statement of one, and declaring how it is divided."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import dividing as shapes
from trede_web.api.shapes import work
from trede_web.bridge.results.declaring import LONGEST, MOST, Draft, Line, check_draft
from trede_web.bridge.results.dividing import dividing_page
from trede_web.bridge.results.periods import read_period
from trede_web.bridge.speaking import Told
from trede_web.pages.jobs import ask_once
from trede_web.pages.results import dividing as pages
from trede_web.roles import Power
from trede_web.words import plain_voice, voice_of

router = Router()
HERE = "/organisations/{organisation}"
YEAR = f"{HERE}/years/{{year:year}}/allocations"
ONE = f"{YEAR}/{{slug:allocation}}/statement"
FILE = "text/csv"

Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Names = Annotated[list[Text], Field(max_length=MOST)]
View = Annotated[str, Query(max_length=40, description="Standard and basis, such as `ladder:market`")]
PeriodName = Annotated[
    str, Query(max_length=40, description="A part of the year, such as `2024-H1`; without it the year")
]


class Receiver(work.Given):
    """A receiver with its key."""

    name: Text
    key: Annotated[Decimal, Field(ge=0, max_digits=30, decimal_places=6)]


class Selected(work.Given):
    """Which records are divided: those that fit every field that is given. Without any: all of them."""

    sources: Names = []
    sites: Names = []
    entities: Names = []
    projects: Names = []
    departments: Names = []
    activity_types: Names = []
    accounts: Names = []


class Allocation(work.Given):
    """How a footprint is divided. With the `id` of one in force it takes its place; `base` is then its decision."""

    id: Annotated[str, Field(pattern="^([a-z0-9]+(-[a-z0-9]+)*)?$", max_length=60)] = ""
    title: Text
    start: date
    end: date
    key: Text = Field(description="What the key counts, with its unit")
    nature: Literal["physical", "economic"]
    basis: Text = Field(description="Why this key, and where its values come from")
    receiver: Literal["project", "department", "entity", "site", "product", "tenant", "customer", "other"]
    receivers: Annotated[list[Receiver], Field(min_length=1, max_length=MOST)]
    whole: Annotated[Decimal, Field(gt=0, max_digits=30, decimal_places=6)] | None = None
    of: Selected = Selected()
    base: Annotated[str, Field(max_length=64)] = ""
    reason: work.Reason


@operation(router, "GET", YEAR, shapes.Divided)
def allocations(request: HttpRequest, organisation: str, year: int, view: View = "", period: PeriodName = "") -> Any:
    """Read what a year is divided into.

    Each allocation in force that touches the period, with what each receiver gets under a standard and basis.
    """
    books = seat_of(request).books
    run = books.run_of(read_period(period, year).name)
    if run is None:
        raise Http404
    return dividing_page(books, run, pages.asked_view(request), plain_voice())


@operation(router, "POST", YEAR, work.Job, status=202, problems=("not_so",))
def calculate_allocations(request: HttpRequest, organisation: str, year: int, period: PeriodName = "") -> Any:
    """Have a year divided.

    A job that changes nothing, so a token that reads may ask for it, when `waiting` is true.
    """
    seat, name = seat_of(request), read_period(period, year).name
    run = seat.books.run_of(name)
    if run is None or not dividing_page(seat.books, run, pages.asked_view(request), plain_voice()).waiting:
        raise ProblemError("not_so")
    return Status(202, ask_once(seat, "divide", name, year=year, period=name))


@operation(router, "GET", ONE, shapes.Statement)
def statement(
    request: HttpRequest, organisation: str, year: int, allocation: str,
    receiver: Annotated[str, Query(min_length=1, max_length=LONGEST)], view: View = "", period: PeriodName = "",
) -> Any:  # fmt: skip
    """Read the statement of a receiver.

    What it gets of each heading and account, beside all that is divided.
    """
    return pages.statement_of(seat_of(request), request, year, allocation, plain_voice())


@operation(router, "GET", f"{ONE}/{{slug:kind}}", None, file=FILE)
def statement_file(
    request: HttpRequest, organisation: str, year: int, allocation: str, kind: str,
    receiver: Annotated[str, Query(min_length=1, max_length=LONGEST)], view: View = "", period: PeriodName = "",
) -> HttpResponse:  # fmt: skip
    """Download the statement of a receiver.

    `csv`: in milligrams under every standard and basis; `xlsx`: as a workbook.
    """
    seat = seat_of(request)
    return pages.download_statement(seat, pages.statement_of(seat, request, year, allocation, plain_voice()), kind)


@operation(router, "POST", f"{HERE}/allocations", work.Job, power=Power.WORK, status=202, problems=("list_changed",))
def allocate(request: HttpRequest, organisation: str, given: Allocation) -> Any:
    """Say how a footprint is divided.

    A job. No total changes. `list_changed` when somebody else changed the allocation since `base`.
    """
    seat = seat_of(request)
    # a nought may have any number of noughts behind its point: it is written as one
    lines = [Line(each.name, f"{each.key or Decimal(0):f}") for each in given.receivers]
    draft = Draft(
        id=given.id, title=given.title, start=str(given.start), end=str(given.end), receiver=given.receiver, key=given.key,
        nature=given.nature, basis=given.basis, whole="" if given.whole is None else f"{given.whole:f}", lines=lines,
        of=given.of.model_dump(), base=given.base,
    )  # fmt: skip
    found, wrong = check_draft(seat.books, draft, plain_voice(), voice_of("en"))
    if found is None:
        told = [Told("error", text, f"allocation_{name}") for name, text in wrong.items()]
        raise ProblemError("invalid", issues=told)
    if found.overtaken:
        raise ProblemError("list_changed")
    return Status(202, pages.ask_division(seat, given.start.year, draft, found, given.reason))
