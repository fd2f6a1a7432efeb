"""The ledger: every record by filter, search, group and order."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from trede_web.bridge.ledger.asking import read_asked
from trede_web.bridge.ledger.journals import ready_journal
from trede_web.bridge.ledger.ledger import ledger_page
from trede_web.comments.models import RECORD, counts_of
from trede_web.door import door
from trede_web.pages.showing import YEAR, known_years, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.READ)
@require_safe
def ledger(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the records that the address asks for; without a year in it, of the year that was looked at last."""
    books = seat.books
    journal = ready_journal(books, seat.organisation.journals)
    if "year" not in request.GET:
        last = request.session.get(YEAR)
        year = last if last in journal.years else journal.years[0] if journal.years else None
        asked = replace(read_asked(request.GET.dict(), year), page=1)
        return redirect(f"{reverse('ledger', args=[seat.organisation.slug])}?{asked.address()}")
    asked = read_asked(request.GET.dict(), None)
    if (
        "" in request.GET.dict().values()
    ):  # fields of the form that were left empty: the address to pass on goes without
        return redirect(f"{reverse('ledger', args=[seat.organisation.slug])}?{asked.address()}")
    page = ledger_page(books, journal, asked, voice())
    said = counts_of(seat.organisation, RECORD, [line.record for line in page.lines]) if page.lines else {}
    known = journal.years or known_years(seat)
    return show(
        request,
        seat,
        "ledger/ledger.html",
        "ledger",
        page=page,
        said=said,
        year=asked.year or _year(request, known),
        known=known,
    )


def _year(request: HttpRequest, known: list[int] | None = None) -> int:
    last: int | None = request.session.get(YEAR)
    return last or (known or [2024])[0]
