"""The report of a year or another period: have it made, its contents, its chapters, its files; and pages of a PDF as pictures."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import reporting, work
from trede_web.bridge.evidence.papers import original, page_picture
from trede_web.bridge.results.periods import earlier_years, read_period, say_period
from trede_web.bridge.results.report import FILES, Report, find_report, runs_of
from trede_web.pages.evidence.papers import looked, paper, waiting
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask, ask_once
from trede_web.seat import Seat
from trede_web.words import voice

router = Router()
HERE = "/organisations/{organisation}"
REPORT = f"{HERE}/years/{{year:year}}/report"
PAGE = f"{HERE}/evidence/{{hash:digest}}/pages/{{int:number}}"
ANY_FILE = "application/octet-stream"
PNG = "image/png"


class Period(work.Given):
    """Which period (empty: the year), and the earliest one that it is held against (empty: none)."""

    period: Annotated[str, Field(max_length=30)] = ""
    since: Annotated[str, Field(max_length=30)] = ""


def _asked(seat: Seat, year: int, given: Period) -> tuple[str, list[str]]:
    """Return the period, and the earlier ones in their order.

    Raises:
        Http404: it is not calculated.
    """
    period = read_period(given.period, year)
    if seat.books.run_of(period.name) is None:
        raise Http404
    earlier = [each.name for each in earlier_years(seat.books, period)]
    if given.since and given.since not in earlier:
        raise Http404
    return period.name, earlier[: earlier.index(given.since) + 1][::-1] if given.since else []


def _found(seat: Seat, year: int, given: Period) -> Report:
    period, since = _asked(seat, year, given)
    found = find_report(seat.books, runs_of(seat.books, period, since), voice())
    if found is None:
        raise ProblemError("not_ready")
    return found


@operation(router, "GET", REPORT, reporting.Report, problems=("not_ready",))
def report(request: HttpRequest, organisation: str, year: int, given: Query[Period]) -> Any:
    """Read the report of a year.

    Its cover and contents in the language asked for. `not_ready` until `make_report` made it, and again when something that it
    tells of changed.
    """
    return reporting.Report.of(_found(seat_of(request), year, given).cover)


@operation(router, "POST", REPORT, work.Job, status=202)
def make_report(request: HttpRequest, organisation: str, year: int, given: Period) -> Any:
    """Have a report made.

    A job that changes nothing, so a token that reads may ask for it.
    """
    seat = seat_of(request)
    period, since = _asked(seat, year, given)
    text = say_period(read_period(given.period, year), voice())
    asked: dict[str, Any] = {
        "year": year,
        "period": period,
        "since": since,
        "language": voice().language,
        "address": "",
    }
    return Status(202, ask_once(seat, "report", text, **asked))


@operation(router, "GET", f"{REPORT}/chapters/{{slug:chapter}}", reporting.Chapter, problems=("not_ready",))
def report_chapter(request: HttpRequest, organisation: str, year: int, chapter: str, given: Query[Period]) -> Any:
    """Read a chapter of a report.

    Its texts, tables and charts as they are written there; each amount has its milligrams and its question.
    """
    found = _found(seat_of(request), year, given).chapter(chapter)
    if found is None:
        raise Http404
    return {"title": found["title"], "number": found["number"], "parts": found["parts"]}


@operation(router, "GET", f"{REPORT}/files/{{slug:kind}}", None, file=ANY_FILE, problems=("not_ready",))
def report_file(request: HttpRequest, organisation: str, year: int, kind: str, given: Query[Period]) -> HttpResponse:
    """Download a report.

    `pdf` or `xlsx`: the file that `trede report` writes.
    """
    if kind not in FILES:
        raise Http404
    found = _found(seat_of(request), year, given)
    return download(f"{voice().word('report.file')}-{given.period or year}.{kind}", found.file(kind), FILES[kind])


@operation(router, "GET", PAGE, None, file=PNG, problems=("gone", "not_ready"))
def evidence_page(request: HttpRequest, organisation: str, digest: str, number: int) -> HttpResponse:
    """Look at a page of a kept PDF.

    As a picture, once `draw_page` drew it. It may name people, so the change log says who looked.
    """
    seat = seat_of(request)
    original(seat.books, digest, waiting(seat, digest))
    found = page_picture(seat.books, digest, number)
    if found is None:
        raise ProblemError("not_ready")
    looked(seat, digest, number)
    return HttpResponse(found, content_type=PNG)


@operation(router, "POST", PAGE, work.Job, status=202, problems=("gone",))
def draw_page(request: HttpRequest, organisation: str, digest: str, number: int) -> Any:
    """Have a page of a PDF drawn.

    A job that changes nothing, so a token that reads may ask for it.
    """
    seat = seat_of(request)
    found = paper(seat, digest, number)
    if found is None or found.kind != "pdf":
        raise Http404
    return Status(202, ask(seat, "draw", found.name, digest=digest, page=number))
