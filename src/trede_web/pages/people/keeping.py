"""What an owner keeps in hand: everything of the organisation in one file, and originals that have to go."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from trede_web.bridge.evidence.originals import batches_of
from trede_web.bridge.intake.batches import batch_page
from trede_web.door import door
from trede_web.keeping.export import file_of, open_export
from trede_web.pages.evidence.viewer import viewer_page
from trede_web.pages.intake.imports import Withdrawal
from trede_web.pages.jobs import start
from trede_web.pages.showing import problem, show
from trede_web.people.codes import has_codes
from trede_web.people.models import Organisation, log
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.words import voice


@door(Power.MANAGE)
@require_safe
def data(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show what can be taken along, and what is ready."""
    return data_page(request, seat)


def data_page(request: HttpRequest, seat: Seat, errors: list[str] | None = None) -> HttpResponse:
    """Show the page; with what is wrong about a form."""
    exports = seat.organisation.jobs.filter(kind="export").select_related("person").order_by("-created_at")[:5]
    found = [{"job": job, "there": file_of(job).exists()} for job in exports]
    return show(request, seat, "people/data.html", "data", 422 if errors else 200, exports=found, errors=errors or [])


@door(Power.MANAGE)
@require_POST
def export(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Have everything put in one file."""
    return start(seat, "export", seat.organisation.name)


@door(Power.MANAGE)
@require_safe
def take(request: HttpRequest, seat: Seat, export: str) -> HttpResponseBase:
    """Download an export."""
    return take_export(seat, export)


def take_export(seat: Seat, export: Any) -> FileResponse:
    """Answer with an export. It names people, so the change log says who took it.

    Raises:
        Http404: it is not there, or not any more.
    """
    job = seat.organisation.jobs.filter(kind="export", pk=export).first()
    file = open_export(job) if job else None
    if job is None or file is None:
        raise Http404
    seat.note("export_taken", title=job.title)
    return FileResponse(file, as_attachment=True, filename=f"{seat.organisation.slug}.zip")


@door(Power.MANAGE)
@require_POST
def codes(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Let everybody here need one-time codes, or no longer; who asks it of others has them."""
    wanted = request.POST.get("required") == "1"
    if wanted and not has_codes(seat.person):
        return data_page(request, seat, [voice().word("codes.own_first")])
    if wanted != seat.organisation.codes_required:
        with transaction.atomic():
            Organisation.objects.filter(pk=seat.organisation.pk).update(codes_required=wanted)
            if wanted:
                log(seat.organisation, seat.person, "codes_required")
            else:
                log(seat.organisation, seat.person, "codes_not_required")
    return redirect("data", seat.organisation.slug)


@door(Power.MANAGE)
@require_POST
def erase(request: HttpRequest, seat: Seat, digest: str) -> HttpResponse:
    """Remove an original on request; what was read from it stays."""
    form, (name, batch) = Withdrawal(request.POST), batches_of(seat.books, digest)
    if not form.is_valid() and not batch:
        return viewer_page(request, seat, digest, [problem("form.reason_needed", "reason-erase")])
    if not form.is_valid():
        page = batch_page(seat.books, batch, voice())
        return show(
            request,
            seat,
            "intake/batch.html",
            "imports",
            422,
            page=page,
            errors=[problem("form.reason_needed", "reason-erase")],
        )
    return start(seat, "erase", name, original=digest, batch=batch, **form.cleaned_data)
