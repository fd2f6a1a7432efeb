"""Jobs, and the change log."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Query, Router

from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import work

router = Router()
Limit = Annotated[int, Query(ge=1, le=200)]
Number = Annotated[str, Query(pattern="^[0-9]{0,15}$")]
"""A cursor that is a number; empty: from the beginning."""


@operation(router, "GET", "/organisations/{organisation}/jobs", work.Jobs)
def jobs(request: HttpRequest, organisation: str, cursor: UUID | None = None, limit: Limit = 50) -> Any:
    """List the jobs.

    The newest first; `next` is the `cursor` of the page after this one.
    """
    every = seat_of(request).organisation.jobs
    found = every.select_related("person", "organisation").order_by("-created_at", "-id")
    if cursor is not None:
        last = every.filter(pk=cursor).first()
        if last is None:
            raise Http404
        found = found.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    items = list(found[: limit + 1])
    return {"items": items[:limit], "next": str(items[limit - 1].pk) if len(items) > limit else None}


@operation(router, "GET", "/organisations/{organisation}/jobs/{uuid:job}", work.Job)
def job(request: HttpRequest, organisation: str, job: UUID) -> Any:
    """Read a job.

    Ask again until `state` is `done` or `failed`; once a second is often enough.
    """
    found = seat_of(request).organisation.jobs.select_related("person", "organisation").filter(pk=job).first()
    if found is None:
        raise Http404
    return found


@operation(router, "GET", "/organisations/{organisation}/changes", work.Changes)
def changes(request: HttpRequest, organisation: str, cursor: Number = "", limit: Limit = 50) -> Any:
    """Read the change log.

    Who did what, the newest first; an act by a token names the token. `next` is the `cursor` of the page after this one.
    """
    found = seat_of(request).organisation.log.select_related("person").order_by("-id")
    if cursor:
        found = found.filter(pk__lt=int(cursor))
    items = list(found[: limit + 1])
    return {"items": items[:limit], "next": str(items[limit - 1].pk) if len(items) > limit else None}
