"""Why the total changed between two years, or between the same parts of years: the bridge by cause, and its download."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.books import View, views
from trede_web.bridge.results.between import comparable, usual
from trede_web.bridge.results.causes import bridge_chart, bridge_csv, bridge_page
from trede_web.bridge.results.charts import Chart, Origin
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.results.periods import PeriodChoice, read_period, say_period, year_and_parts
from trede_web.door import door
from trede_web.pages.bar import Bar, Choice, Option, period_choice, standard_choice, with_asked
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask_once, wait_for
from trede_web.pages.results.charts import CHART_FILES, download_chart, show_picture
from trede_web.pages.showing import known_years, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import Job


@dataclass(frozen=True)
class Wanted:
    """What an address asks for. `before` and `period` are names of periods; `before` is None when nothing can be compared."""

    period: str
    text: str
    before: str | None
    others: list[tuple[str, str]]
    """What it can be compared with: name and words."""
    parts: list[PeriodChoice]
    calculated: bool
    view: View

    @property
    def sides(self) -> tuple[str, str]:
        """The two periods, of which the first is known."""
        assert self.before is not None
        return self.before, self.period


def _wanted(request: HttpRequest, seat: Seat, year: int, known: list[int]) -> Wanted:
    """Read an address; without another side in it, it is the usual one."""
    books, period = seat.books, read_period(request.GET.get("period", ""), year)
    found = comparable(books, period, known)
    names = {each.name: each for each in found or ()}
    asked = request.GET.get("from", "")
    standard, _, basis = request.GET.get("view", "").partition(":")
    return Wanted(
        period.name, say_period(period, voice()), asked if asked in names else usual(found or (), period),
        [(name, say_period(each, voice())) for name, each in names.items()], year_and_parts(year, period, voice()),
        found is not None, View.read(standard or None, basis or None),
    )  # fmt: skip


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def bridge(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the bridge from another period to this one; when it is not calculated yet, have that done."""
    known = known_years(seat)
    wanted = _wanted(request, seat, year, known)
    facts: dict[str, Any] = {
        "year": year, "known": known, "wanted": wanted, "bar": _bar(seat, year, wanted),
        "permanent": _address(seat, year, wanted, wanted.before, wanted.view.name),
    }  # fmt: skip
    if wanted.before is None:
        return show(request, seat, "results/bridge_empty.html", "bridge", **facts)
    if request.method == "POST":
        return _start(request, seat, wanted, year)
    page = bridge_page(seat.books, wanted.sides, wanted.view, request.GET.get("cause", ""), voice())
    if page is None:
        return show(request, seat, "results/bridge_wait.html", "bridge", **facts)
    return show(request, seat, "results/bridge.html", "bridge", page=page, kinds=CHART_FILES[1:], **facts)


def _address(seat: Seat, year: int, wanted: Wanted, before: str | None, view: str) -> str:
    """Return the address of a bridge with both its sides and its view in it."""
    where = reverse("bridge", args=[seat.organisation.slug, year])
    period = "" if wanted.period == str(year) else wanted.period
    return with_asked(where, **{"from": before, "view": view, "period": period})


def _bar(seat: Seat, year: int, wanted: Wanted) -> Bar:
    """Return what a bridge lets choose: where it comes from and goes to, the part of the year, and the standard."""
    where, view, chosen = reverse("bridge", args=[seat.organisation.slug, year]), wanted.view.name, wanted.before
    sides = [Option(text, _address(seat, year, wanted, name, view), name == chosen) for name, text in wanted.others]
    before = (
        [Choice("from", voice().word("bar.from"), dict(wanted.others)[chosen], sides)] if chosen is not None else []
    )
    standards = [
        Option(titled(each, voice()), _address(seat, year, wanted, chosen, each.name), each.name == view)
        for each in views()
    ]
    part = period_choice(wanted.parts, where, view, wanted.text, voice().word("bar.part"))
    return Bar(before, [part, standard_choice(standards)], voice().word("bar.to"))


def _start(request: HttpRequest, seat: Seat, wanted: Wanted, year: int) -> HttpResponse:
    """Have a bridge calculated; one that is being calculated is not asked for again."""
    return wait_for(request, seat, ask_bridge(seat, year, wanted.sides, wanted.view))


def ask_bridge(seat: Seat, year: int, sides: tuple[str, str], view: View) -> Job:
    """Ask for a bridge, or return the job that is at it."""
    before, period = sides
    title = f"{before} – {period}"
    return ask_once(seat, "bridge", title, before=before, period=period, year=year, view=view.name)


@door(Power.READ)
@require_safe
def table(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Download every row of the bridge in milligrams; one that is not calculated yet is so first, on its page."""
    wanted = _wanted(request, seat, year, known_years(seat))
    if wanted.before is None:
        raise Http404
    found = bridge_csv(seat.books, wanted.sides, wanted.view, voice())
    if found is None:
        return redirect(f"{reverse('bridge', args=[seat.organisation.slug, year])}?{request.GET.urlencode()}")
    name, data = found
    return download(name, data, "text/csv; charset=utf-8")


@door(Power.READ)
@require_safe
def drawing(request: HttpRequest, seat: Seat, year: int) -> HttpResponse:
    """Show the bridge as a picture for a narrow window."""
    chart, _, _ = _chart(request, seat, year, narrow=True)
    return show_picture(request, chart)


@door(Power.READ)
@require_safe
def keep(request: HttpRequest, seat: Seat, year: int, kind: str) -> HttpResponse:
    """Download the bridge as a picture or as a table."""
    chart, origin, period = _chart(request, seat, year, narrow=False)
    return download_chart(chart, kind, f"{voice().word('bridge.file')}-{period}", origin)


def _chart(request: HttpRequest, seat: Seat, year: int, *, narrow: bool) -> tuple[Chart, Origin, str]:
    wanted = _wanted(request, seat, year, known_years(seat))
    found = wanted.before and bridge_chart(seat.books, wanted.sides, wanted.view, voice(), narrow=narrow)
    if not found:
        raise Http404
    return (*found, wanted.period)
