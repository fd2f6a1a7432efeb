"""Kept files: where they are used, what they prove, adding one; and taking everything along."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import File, Form, Query, Router, Status, UploadedFile

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import people as shapes
from trede_web.api.shapes import work
from trede_web.bridge.evidence.originals import batches_of
from trede_web.bridge.evidence.viewer import PROOFS, evidence_page
from trede_web.bridge.evidence.viewer import picture as picture_of
from trede_web.bridge.speaking import Told
from trede_web.keeping.export import file_of
from trede_web.pages.evidence.viewer import TARGETS
from trede_web.pages.intake.imports import fault_in, plain_name
from trede_web.pages.jobs import ask
from trede_web.pages.people.keeping import take_export
from trede_web.roles import Power

router = Router()
HERE = "/organisations/{organisation}"
ONE = f"{HERE}/evidence/{{hash:digest}}"
ZIP = "application/zip"


class Removal(work.Given):
    """Why an original has to go."""

    reason: work.Reason


@operation(router, "GET", f"{ONE}/about", shapes.Evidence, problems=("gone",))
def evidence_about(
    request: HttpRequest, organisation: str, digest: str, row: Annotated[int, Query(ge=0, le=99_999_999)] = 0,
    batch: Annotated[str, Query(max_length=64)] = "",
) -> Any:  # fmt: skip
    """Read about a kept file.

    Which batches were read from it, what it proves, and for a table the hundred rows around `row`; personal cells as codes.
    """
    page = evidence_page(seat_of(request).books, digest, batch, row, None)
    table = page.table
    names = ("digest", "name", "size", "kind", "uses", "proves")
    rows = [{"row": number, "cells": cells} for number, cells in table.rows] if table else []
    about = {"first": table.first if table else 0, "count": table.count if table else 0, "rows": rows}
    return about | {name: getattr(page, name) for name in names}


@operation(router, "GET", f"{ONE}/picture", None, file="image/*", problems=("gone",))
def picture(request: HttpRequest, organisation: str, digest: str) -> HttpResponse:
    """Look at a kept photo.

    PNG or JPEG by its first bytes; another file is not found. It may show people, so the change log says who looked.
    """
    seat = seat_of(request)
    found = picture_of(seat.books, digest)
    if found is None:
        raise Http404
    seat.note("picture_shown", sha256=digest[:12])
    kind, data = found
    return HttpResponse(data, content_type=kind)


@operation(router, "POST", f"{HERE}/evidence", work.Job, power=Power.WORK, status=202)
def attach(
    request: HttpRequest, organisation: str, file: File[UploadedFile], to: Annotated[str, Form(max_length=200)],
    page: Annotated[int | None, Form(ge=1, le=99_999_999)] = None, note: Annotated[str, Form(max_length=300)] = "",
) -> Any:  # fmt: skip
    """Add evidence.

    A job. `file` is a PDF, photo or table, `to` what it proves: `batch:` or `record:` with the id; `page` the page of it.
    """
    if not to.startswith(TARGETS):
        raise ProblemError("invalid", fields=[fault("to", "form")])
    if error := fault_in(file, PROOFS):
        raise ProblemError("invalid", issues=[Told("error", error, "file_unfit")])
    kind, _, target = to.partition(":")
    asked = {"to": to, "page": page, "note": " ".join(note.split()), "batch": target if kind == "batch" else ""}
    return Status(202, ask(seat_of(request), "attach", plain_name(file), {"data": file.read()}, **asked))


@operation(router, "POST", f"{ONE}/removal", work.Job, power=Power.MANAGE, status=202)
def erase(request: HttpRequest, organisation: str, digest: str, given: Removal) -> Any:
    """Remove an original.

    A job: when somebody in it asks for that. What was read from it stays, and so does the reason.
    """
    seat = seat_of(request)
    name, batch = batches_of(seat.books, digest)
    return Status(202, ask(seat, "erase", name, original=digest, batch=batch, reason=given.reason))


@operation(router, "GET", f"{HERE}/exports", shapes.Exports, power=Power.MANAGE)
def exports(request: HttpRequest, organisation: str) -> Any:
    """List the exports.

    The last five; the file of the last is kept.
    """
    found = (
        seat_of(request).organisation.jobs.filter(kind="export").select_related("person").order_by("-created_at")[:5]
    )
    return {
        "items": [
            {
                "id": job.pk, "state": job.state, "person": str(job.person), "created_at": job.created_at,
                "there": file_of(job).exists(),
            }
            for job in found
        ]
    }  # fmt: skip


@operation(router, "POST", f"{HERE}/exports", work.Job, power=Power.MANAGE, status=202)
def export(request: HttpRequest, organisation: str) -> Any:
    """Take everything along.

    A job that puts all that the organisation owns in one zip.
    """
    seat = seat_of(request)
    return Status(202, ask(seat, "export", seat.organisation.name))


@operation(router, "GET", f"{HERE}/exports/{{uuid:export}}/file", None, power=Power.MANAGE, file=ZIP)
def export_file(request: HttpRequest, organisation: str, export: UUID) -> HttpResponseBase:
    """Download an export.

    It names people, so the change log says who took it.
    """
    return take_export(seat_of(request), export)
