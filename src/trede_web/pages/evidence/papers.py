"""A page of a PDF: its picture, and the part of a page that shows it or waits until it is drawn."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from trede_web.bridge.evidence.papers import Paper, beside, original, page_picture
from trede_web.bridge.intake.batches import BatchLine, batch_lines
from trede_web.door import door
from trede_web.inbox.models import Staged
from trede_web.pages.jobs import ask, follow_job
from trede_web.pages.showing import Problem, problem, show
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice
from trede_web.work.models import FAILED, QUEUED, RUNNING, Job

AGAIN = timedelta(minutes=10)
"""Looking at the same page again within this time is one look in the change log."""
FIGURES = "grid"
"""Where the part stands, when it is not the viewer: beside figures that are being typed."""


def paper(seat: Seat, digest: str, number: int) -> Paper | None:
    """Return a PDF or a photo to look at, and write down who looked; None when the file is another kind.

    Raises:
        TredeError: `evidence_missing`, `original_removed`.
    """
    found = beside(seat.books, digest, max(number, 1), waiting(seat, digest))
    if found is not None and found.sheet is not None and not found.sheet.fault:
        looked(seat, digest, found.number)
    return found


def waiting(seat: Seat, digest: str) -> Staged | None:
    """Return the file that waits with these bytes."""
    found: Staged | None = seat.organisation.staged.filter(sha256=digest).first()
    return found


def looked(seat: Seat, digest: str, number: int) -> None:
    """Write down that somebody looked at a page: it may name people. One look is one entry."""
    about = {"sha256": digest[:12], "page": number}
    since = timezone.now() - AGAIN
    known = seat.organisation.log.filter(
        person=seat.person, what="picture_shown", at__gte=since, **{f"details__{name}": each for name, each in about.items()}
    )  # fmt: skip
    if not known.exists():
        seat.note("picture_shown", **about)


def number_of(text: str) -> int:
    """Read a whole number; 0 when it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@door(Power.READ)
@require_safe
def picture(request: HttpRequest, seat: Seat, digest: str, number: int) -> HttpResponse:
    """Show the picture of a page; one that is not drawn is waited for on the page of its file."""
    original(seat.books, digest, waiting(seat, digest))
    found = page_picture(seat.books, digest, number)
    if found is None:
        return redirect(f"{reverse('evidence_view', args=[seat.organisation.slug, digest])}?page={number}")
    looked(seat, digest, number)
    return HttpResponse(found, content_type="image/png")


@door(Power.READ)
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, seat: Seat, digest: str, number: int) -> HttpResponse:
    """Show a page, or that it is being drawn; a form has it drawn."""
    found = paper(seat, digest, number)
    if found is None:
        return redirect("evidence_view", seat.organisation.slug, digest)
    if request.method == "POST" and (found.sheet is None or found.sheet.fault == "slow"):
        job = _drawing(seat, digest, number, open_only=True) or ask(
            seat, "draw", found.name, digest=digest, page=number
        )
        if not getattr(request, "htmx", False):
            return follow_job(seat, job)
    elif not getattr(request, "htmx", False):
        return redirect(f"{reverse('evidence_view', args=[seat.organisation.slug, digest])}?page={number}")
    where = request.POST.get("at", request.GET.get("at", ""))
    return render(request, "parts/paper.html", {"seat": seat, **facts(seat, found), "at": FIGURES if where else ""})


def facts(seat: Seat, found: Paper | None) -> dict[str, Any]:
    """Return what the part needs: the file, the job that draws it, and why that failed."""
    to_draw = found is not None and found.kind == "pdf" and (found.sheet is None or found.sheet.fault == "slow")
    job = _drawing(seat, found.digest, found.number) if found is not None and to_draw else None
    failed = voice().told_stored(job.issues) if job and job.state == FAILED else []
    return {"paper": found, "drawing": job if job and job.is_open else None, "drawing_failed": failed}


def waiting_paper(request: HttpRequest, seat: Seat, found: Staged, errors: list[Problem] | None = None) -> HttpResponse:
    """Show a PDF or photo that waits beside what can be done with it; attach it to a file that is in."""
    if request.method == "POST" and not errors:
        if not seat.works:
            return render(request, "refused.html", {"seat": seat, "power": "work"}, status=403)
        page, batch = request.POST.get("page", "").strip(), request.POST.get("batch", "")
        if batch in {line.id for line in _batches(seat)} and (number_of(page) or not page):
            about = {
                "to": f"batch:{batch}",
                "page": number_of(page) or None,
                "batch": batch,
                "staged_paper": str(found.pk),
            }
            note = " ".join(request.POST.get("note", "").split())[:300]
            return follow_job(seat, ask(seat, "attach", found.name, {"data": found.read()}, note=note, **about))
        is_page = number_of(page) or not page
        errors = [problem("paper.choose_batch", "batch") if is_page else problem("proof.bad_page", "proof-page")]
    shown = paper(seat, found.sha256, number_of(request.GET.get("page", "")))
    return show(
        request, seat, "evidence/staged_paper.html", "imports", 422 if errors else 200, errors=errors or [], staged=found,
        batches=_batches(seat), **facts(seat, shown),
    )  # fmt: skip


def _batches(seat: Seat) -> list[BatchLine]:
    return [line for line in batch_lines(seat.books) if line.active]


def _drawing(seat: Seat, digest: str, number: int, *, open_only: bool = False) -> Job | None:
    states = [QUEUED, RUNNING] if open_only else [QUEUED, RUNNING, FAILED]
    found = seat.organisation.jobs.filter(kind="draw", state__in=states, asked__digest=digest, asked__page=number)
    return found.order_by("-created_at").first()
