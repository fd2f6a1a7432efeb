"""The ledger: every record by filter, search, group and order, and the same to download."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from trede_web.bridge.asking import Asked, read_asked
from trede_web.bridge.exporting import KINDS, as_csv, as_json, as_workbook, heads, rows
from trede_web.bridge.journals import Journal, ready_journal
from trede_web.bridge.ledger import ledger_page
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
        "ledger.html",
        "ledger",
        page=page,
        said=said,
        year=asked.year or _year(request, known),
        known=known,
    )


def _year(request: HttpRequest, known: list[int] | None = None) -> int:
    last: int | None = request.session.get(YEAR)
    return last or (known or [2024])[0]


@door(Power.READ)
@require_safe
def download(request: HttpRequest, seat: Seat, form: str) -> HttpResponseBase:
    """Download all records that the address asks for."""
    if form not in KINDS:
        raise Http404
    journal = ready_journal(seat.books, seat.organisation.journals)
    return download_records(seat, journal, read_asked(request.GET.dict(), None), form)


def download_records(seat: Seat, journal: Journal, asked: Asked, form: str) -> HttpResponseBase:
    """Answer with all records that are asked for, as a file of a form of `KINDS`."""
    suffix, kind = KINDS[form]
    name = f"{voice().word('ledger.file')}-{asked.year or voice().word('ledger.all_years')}.{suffix}"
    if form == "xlsx":
        return _workbook(seat, journal, asked, name, kind)
    found = rows(seat.books, journal, asked, voice())
    if form == "json":
        parts = as_json(found, asked)
    else:
        parts = as_csv(found, heads(voice()), dutch=form == "excel")
    answer = StreamingHttpResponse(parts, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return answer


def _workbook(seat: Seat, journal: Journal, asked: Asked, name: str, kind: str) -> HttpResponseBase:
    with tempfile.TemporaryDirectory(prefix="trede-ledger-") as folder:
        path = Path(folder) / "ledger.xlsx"
        as_workbook(rows(seat.books, journal, asked, voice()), heads(voice()), path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind)
