"""The evidence viewer, and attaching evidence. What people brought is shown as text or as a picture, never run."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.evidence.viewer import PROOFS, evidence_page
from trede_web.bridge.evidence.viewer import picture as picture_of
from trede_web.door import door
from trede_web.pages.evidence.papers import facts, number_of, paper
from trede_web.pages.intake.imports import fault_in, plain_name
from trede_web.pages.jobs import ask, follow_job
from trede_web.pages.showing import show
from trede_web.people.models import LogEntry, log
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice

TARGETS = ("batch:", "record:")


@door(Power.READ)
@require_safe
def view(request: HttpRequest, seat: Seat, digest: str) -> HttpResponse:
    """Show a kept file: what it is, who brought it, where it is used, and its content at a row or page."""
    return viewer_page(request, seat, digest)


def viewer_page(request: HttpRequest, seat: Seat, digest: str, errors: list[str] | None = None) -> HttpResponse:
    """Show the page; with what is wrong about a form."""
    row, column = (number_of(request.GET.get(name, "")) for name in ("row", "column"))
    page = evidence_page(seat.books, digest, request.GET.get("batch", ""), row, column - 1 if column else None)
    named = next((each.page for each in page.proves if each.page), 1)
    shown = paper(seat, digest, number_of(request.GET.get("page", "")) or named) if page.kind == "pdf" else None
    return show(
        request, seat, "evidence/evidence.html", "imports", 422 if errors else 200, errors=errors or [], page=page,
        brought=_brought(seat, [u.batch for u in page.uses]), **facts(seat, shown),
    )  # fmt: skip


def _brought(seat: Seat, batches: list[str]) -> LogEntry | None:
    """Return the first entry of the change log about any of these batches."""
    found = seat.organisation.log.filter(what__startswith="job_", details__batch__in=batches)
    return found.select_related("person").order_by("at", "id").first()


@door(Power.READ)
@require_safe
def picture(request: HttpRequest, seat: Seat, digest: str) -> HttpResponse:
    """Show a photo that was kept, as the type that its first bytes say; it may show people, so the change log says who looked."""
    found = picture_of(seat.books, digest)
    if found is None:
        return redirect("evidence_view", seat.organisation.slug, digest)
    log(seat.organisation, seat.person, "picture_shown", sha256=digest[:12])
    kind, data = found
    return HttpResponse(data, content_type=kind)


@door(Power.WORK)
@require_POST
def attach(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Add evidence to a batch or a record."""
    file, to, page = request.FILES.get("file"), request.POST.get("to", ""), request.POST.get("page", "").strip()
    errors = [voice().word("imports.no_file")] if file is None else [e for e in (fault_in(file, PROOFS),) if e]
    if page and not number_of(page):
        errors.append(voice().word("proof.bad_page"))
    if not (errors or to.startswith(TARGETS)):
        raise Http404
    if errors or file is None:
        return show(request, seat, "evidence/refused_file.html", "imports", 422, errors=errors)
    kind, _, target = to.partition(":")
    return follow_job(
        seat,
        ask(
            seat, "attach", plain_name(file), {"data": file.read()}, to=to[:200], page=number_of(page) or None,
            note=" ".join(request.POST.get("note", "").split())[:300], batch=target if kind == "batch" else "",
        ),
    )  # fmt: skip
