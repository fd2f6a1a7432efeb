"""The report of a year, or of another period that was calculated: cover and chapters as pages, and the files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.results.periods import earlier_years, periods_of, read_period, say_period
from trede_web.bridge.results.pictures import KINDS
from trede_web.bridge.results.report import FILES, Report, find_report, runs_of
from trede_web.bridge.results.report_pages import COVER
from trede_web.door import door
from trede_web.pages.bar import Bar, Choice, Option, period_choice, with_asked
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask_once, wait_for
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.security import PICTURE_POLICY
from trede_web.words import voice


@dataclass(frozen=True)
class Wanted:
    """What an address asks for: periods by name, the one that the report is mostly about last."""

    year: int
    period: str
    text: str
    since: list[str]
    choices: list[tuple[str, str]]
    """Earlier periods to begin with: name and words; the empty name for none."""
    found: Report | None
    calculated: bool

    @property
    def first(self) -> str:
        """The earliest period; empty when it is the only one."""
        return self.since[0] if self.since else ""

    @property
    def asked(self) -> str:
        """The end of the address of each of its pages."""
        asked = {} if self.period == str(self.year) else {"period": self.period}
        return urlencode(asked | ({"from": self.first} if self.first else {}))

    def since_address(self, where: str, since: str) -> str:
        """Return the address of the same report from another period on."""
        period = "" if self.period == str(self.year) else self.period
        return with_asked(where, period=period, **{"from": since})

    def address(self, slug: str) -> str:
        """Return the address of the report."""
        return reverse("report", args=[slug, self.year]) + (f"?{self.asked}" if self.asked else "")


def _wanted(request: HttpRequest, seat: Seat, year: int) -> Wanted:
    books, period = seat.books, read_period(request.GET.get("period", ""), year)
    earlier = [each.name for each in earlier_years(books, period)]
    asked = request.GET.get("from", "")
    since = earlier[: earlier.index(asked) + 1][::-1] if asked in earlier else []
    runs, own = runs_of(books, period.name, since), books.run_of(period.name)
    choices = [("", say_period(period, voice())), *((name, f"{name} – {period.name}") for name in earlier)]
    found = find_report(books, runs, voice()) if own else None
    return Wanted(year, period.name, say_period(period, voice()), since, choices, found, own is not None)


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the cover and the contents; when the report is not made yet, have that done."""
    wanted = _wanted(request, seat, year)
    if not wanted.calculated:
        return show(
            request, seat, "results/report_empty.html", "report", year=year, wanted=wanted, bar=_bar(seat, wanted)
        )
    if request.method == "POST":
        return _start(request, seat, wanted)
    if wanted.found is None:
        return show(
            request, seat, "results/report_wait.html", "report", year=year, wanted=wanted, bar=_bar(seat, wanted)
        )
    return _page(request, seat, "results/report.html", wanted, wanted.found, page=wanted.found.cover, chapter=COVER)


@door(Power.READ)
@require_safe
def chapter(request: HttpRequest, seat: Seat, year: int, chapter: str) -> HttpResponse:
    """Show a chapter; of a report that is not made yet, its first page."""
    wanted = _wanted(request, seat, year)
    if wanted.found is None:
        return redirect(wanted.address(seat.organisation.slug))
    page = wanted.found.chapter(chapter)
    if page is None:
        raise Http404
    return _page(request, seat, "results/report_chapter.html", wanted, wanted.found, page=page, chapter=chapter)


def _page(
    request: HttpRequest, seat: Seat, template: str, wanted: Wanted, found: Report, **facts: Any
) -> HttpResponse:  # fmt: skip
    return show(
        request, seat, template, "report", year=wanted.year, wanted=wanted, bridge=found.bridge, kinds=FILES,
        bar=_bar(seat, wanted), **facts,
    )  # fmt: skip


def _bar(seat: Seat, wanted: Wanted) -> Bar:
    """Return what a report lets choose: a period that was calculated, and the earlier one that it begins with."""
    where = reverse("report", args=[seat.organisation.slug, wanted.year])
    found = periods_of(seat.books, wanted.year, read_period(wanted.period, wanted.year), voice())
    period = period_choice([each for each in found if each.calculated or each.chosen], where, "", wanted.text)
    since = [Option(text, wanted.since_address(where, name), name == wanted.first) for name, text in wanted.choices]
    text = wanted.first or wanted.text
    return Bar(after=[period, *([Choice("since", voice().word("bar.since"), text, since)] if len(since) > 1 else [])])


def _start(request: HttpRequest, seat: Seat, wanted: Wanted) -> HttpResponse:
    """Have a report made; one that is being made is not asked for again."""
    asked: dict[str, Any] = {
        "year": wanted.year, "period": wanted.period, "since": wanted.since, "language": voice().language,
        "address": wanted.asked,
    }  # fmt: skip
    return wait_for(request, seat, ask_once(seat, "report", wanted.text, **asked))


@door(Power.READ)
@require_safe
def drawing(request: HttpRequest, seat: Seat, year: int, chapter: str, number: int) -> HttpResponse:
    """Show a chart of the report as a picture."""
    wanted = _wanted(request, seat, year)
    found = wanted.found and wanted.found.drawing(chapter, number)
    if not found:
        raise Http404
    etag = f'"{hashlib.sha256(found).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": etag, "Vary": "Accept-Language, Cookie"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    headers["Content-Security-Policy"] = PICTURE_POLICY
    return HttpResponse(found, content_type=KINDS["svg"], headers=headers)


@door(Power.READ)
@require_safe
def file(request: HttpRequest, seat: Seat, year: int, kind: str) -> HttpResponse:
    """Download the report: the file that `trede report` writes."""
    if kind not in FILES:
        raise Http404
    wanted = _wanted(request, seat, year)
    if wanted.found is None:
        return redirect(wanted.address(seat.organisation.slug))
    name = "-".join([voice().word("report.file"), *([wanted.first] if wanted.first else []), wanted.period])
    return download(f"{name}.{kind}", wanted.found.file(kind), FILES[kind])
