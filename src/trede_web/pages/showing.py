"""What every page of an organisation gets: who is looking, the year, the menu."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from trede_web.bridge.books import years
from trede_web.bridge.results.periods import PARTS
from trede_web.bridge.speaking import words
from trede_web.pages.bar import Bar
from trede_web.words import voice
from trede_web.work.preparing import preparing

if TYPE_CHECKING:
    from trede_web.seat import Seat

YEAR = "year"
"""Key of the session: the year that was looked at last."""

SAME = frozenset(
    {
        "year",
        "sources",
        "calculate",
        "footprint",
        "scope_3",
        "bridge",
        "completeness",
        "doubles",
        "publish",
        "prove",
        "receivers",
        "matching",
        "choices",
        "grid",
        "report",
    }
)
"""Pages of a year that every year has: choosing another year stays on them."""

PART_OF = {"year": "overview", "record": "ledger", "trace": "footprint", "factor": "factors"}
"""Entries of the menu that pages of another name belong to."""

KEPT = ("view", "shown")
"""What is asked of such a page that holds for every year."""


class Problem(str):
    """What is wrong in a form, in words, with the field that it is about."""

    field: str

    def __new__(cls, text: str, field: str = "") -> Problem:
        """Make one; `field` is the id of the element on the page."""
        made = super().__new__(cls, text)
        made.field = field
        return made


def problem(code: str, field: str, **values: object) -> Problem:
    """Return what is wrong with a field, by the code of its sentence."""
    return Problem(voice().word(code, **values), field)


def show(request: HttpRequest, seat: Seat, template: str, here: str, status: int = 200, **facts: Any) -> HttpResponse:
    """Render a page.

    Args:
        here: the entry of the menu that the page belongs to.
        facts: what the template needs; `year` when the page is about one, `bar` with its choices beside the year, and `permanent`
            when another address than this goes on showing the same.
    """
    known = facts.pop("known", None) or known_years(seat)
    year = facts.pop("year", None) or request.session.get(YEAR) or known[0]
    if request.session.get(YEAR) != year:
        request.session[YEAR] = year
    shown = sorted({*known, *beginnings(known), year}, reverse=True)
    links = [(each, _same(request, seat, each)) for each in shown]
    bar = facts.pop("bar", None) or Bar()
    context = {"seat": seat, "here": here, "year": year, "bar": bar.choices(links, year), **facts}
    return render(request, template, context, status=status)


def _same(request: HttpRequest, seat: Seat, year: int) -> str:
    """Return the address of this page in another year, or of that year's overview when it is a page of none."""
    here = request.resolver_match
    slug = seat.organisation.slug
    kept = {name: value for name in KEPT if (value := request.GET.get(name))}
    part = request.GET.get("period", "")[5:]
    if part in PARTS:
        kept["period"] = f"{year}-{part}"
    if here and here.url_name in SAME:
        return f"{reverse(here.url_name, args=[slug, year])}{'?' if kept else ''}{urlencode(kept)}"
    if here and here.url_name == "report_chapter":
        return f"{reverse('report', args=[slug, year])}{'?' if kept else ''}{urlencode(kept)}"
    if here and here.url_name == "trace":
        _, _, view = str(here.kwargs["address"]).partition("/")
        view = view.partition("/")[0]
        asked_of = {"view": view} if ":" in view else {}
        return f"{reverse('footprint', args=[slug, year])}{'?' if asked_of else ''}{urlencode(asked_of)}"
    if here and here.url_name == "ledger":
        asked = request.GET.copy()
        asked.pop("page", None)
        asked["year"] = str(year)
        return f"{reverse('ledger', args=[slug])}?{asked.urlencode()}"
    return reverse("year", args=[slug, year])


def known_years(seat: Seat) -> list[int]:
    """Return the years that there is something about, the newest first; of empty accounts the one that is over last."""
    return years(seat.books) or [timezone.localdate().year - 1]


def beginnings(known: Sequence[int]) -> list[int]:
    """Return the years that somebody may begin with: this one and the last two, and the one before the first that is known."""
    now = timezone.localdate().year
    return [now, now - 1, now - 2, min(known) - 1]


def being_made(request: HttpRequest, seat: Seat, year: int | None) -> HttpResponse:
    """Show the frame of a page whose answer the worker makes; it goes on by itself when that is there.

    Args:
        year: of the page, when it is about one.
    """
    safe = request.method in ("GET", "HEAD")
    again = request.get_full_path() if safe else reverse("overview", args=[seat.organisation.slug])
    name = request.resolver_match.url_name if request.resolver_match else None
    here = PART_OF.get(str(name), str(name))
    title = words(voice().language).get(f"menu.{here}", "")
    return show(request, seat, "being_made.html", here, year=year, again=again, title=title, making=making(seat))


def making(seat: Seat) -> dict[str, Any]:
    """Return how far the worker is with what the pages need, for `parts/making.html`; it is asked for when nobody did."""
    job = preparing(seat.organisation, seat.person)
    return {"job": job, "told": voice().told_stored(job.issues)}
