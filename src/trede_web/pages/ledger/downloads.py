"""The ledger to download: at once when it is small; a large file is made by the worker, and its page goes on when it is there."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from trede_web.bridge.ledger.asking import read_asked
from trede_web.bridge.ledger.downloads import DAYS, LedgerFile, find_file
from trede_web.bridge.ledger.exporting import KINDS, as_text, as_workbook, heads, rows
from trede_web.bridge.ledger.journals import Journal, journal_at_hand, ready_journal
from trede_web.door import door
from trede_web.pages.jobs import ask, open_job, wait_for
from trede_web.pages.showing import show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import QUEUED, RUNNING, Job

MB = 1_000_000
MOST_AT_ONCE = 3
"""Large files that are made for one person in one organisation at a time."""


@door(Power.READ)
@require_safe
def download(request: HttpRequest, seat: Seat, form: str) -> HttpResponseBase:
    """Download all records that the address asks for; of a large file that is not made yet, its page."""
    asked = read_asked(request.GET.dict(), None)
    journal = journal_at_hand(seat.books, seat.organisation.journals)
    if journal is None:
        return redirect(f"{reverse('ledger', args=[seat.organisation.slug])}?{asked.address()}")
    file = wanted(seat, journal, request.GET.dict(), form)
    answer = ready_file(seat, journal, file)
    return answer or redirect(f"{reverse('ledger_file', args=[seat.organisation.slug, form])}?{file.asked.address()}")


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def ledger_file(request: HttpRequest, seat: Seat, form: str) -> HttpResponse:
    """Show that a large file is being made, or that it is there."""
    file = wanted(seat, ready_journal(seat.books, seat.organisation.journals), request.GET.dict(), form)
    if request.method == "POST":
        job = ask_file(seat, file)
        if job is not None:
            return wait_for(request, seat, job)
        if getattr(request, "htmx", False):
            return HttpResponseClientRefresh()
    size = file.size
    busy = 0 if size or file.at_once or _at_it(seat, file) else _waiting(seat).count()
    return show(
        request, seat, "ledger/ledger_file.html", "ledger", 429 if request.method == "POST" else 200, year=file.asked.year,
        file=file,
        ready=file.at_once or size, size=voice().number(Decimal(size) / MB, 1) if size else "", days=DAYS,
        address=file.asked.address(), busy=busy if busy >= MOST_AT_ONCE else 0,
    )  # fmt: skip


def wanted(seat: Seat, journal: Journal, given: dict[str, str], form: str, year: int | None = None) -> LedgerFile:
    """Return the file that is asked for.

    Raises:
        Http404: there is no such form.
    """
    if form not in KINDS:
        raise Http404
    return find_file(seat.books, journal, read_asked(given, year), form, voice())


def ask_file(seat: Seat, file: LedgerFile) -> Job | None:
    """Ask for a large file, or return the job that is at it; None when as many as may be wait for this person here already."""
    if (found := _at_it(seat, file)) is not None:
        return found
    return ask(seat, "download", file.full_name, **_asked(file)) if _waiting(seat).count() < MOST_AT_ONCE else None


def _asked(file: LedgerFile) -> dict[str, Any]:
    """Return what a job is asked; `state` says of which state of the folder."""
    return {"form": file.form, "address": file.asked.address(), "language": voice().language, "state": file.path.stem}


def _at_it(seat: Seat, file: LedgerFile) -> Job | None:
    return open_job(seat, "download", **_asked(file))


def _waiting(seat: Seat) -> QuerySet[Job]:
    return seat.organisation.jobs.filter(kind="download", person=seat.person, state__in=[QUEUED, RUNNING])


def ready_file(seat: Seat, journal: Journal, file: LedgerFile) -> HttpResponseBase | None:
    """Answer with a file that is kept, or that is small; None when it is neither."""
    _, media = KINDS[file.form]
    if (kept := file.open()) is not None:
        return FileResponse(kept, as_attachment=True, filename=file.full_name, content_type=media)
    if not file.at_once:
        return None
    found = rows(seat.books, journal, file.asked, voice())
    if file.form == "xlsx":
        with tempfile.TemporaryDirectory(prefix="trede-ledger-") as folder:
            path = Path(folder) / file.full_name
            as_workbook(found, heads(voice()), path)
            return FileResponse(path.open("rb"), as_attachment=True, filename=file.full_name, content_type=media)
    answer = StreamingHttpResponse(as_text(found, file.asked, file.form, voice()), content_type=media)
    said = content_disposition_header(as_attachment=True, filename=file.full_name)
    answer["Content-Disposition"] = said or "attachment"
    return answer
