"""Charts as pictures on a page, and as files to keep."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from trede_web.bridge.footprint import read_address
from trede_web.bridge.pictures import KINDS, file_of, picture
from trede_web.door import Seat, door
from trede_web.pages.imports import download
from trede_web.roles import Power
from trede_web.security import PICTURE_POLICY
from trede_web.words import voice


@door(Power.READ)
@require_safe
def drawing(request: HttpRequest, seat: Seat, chart: str, address: str) -> HttpResponse:
    """Show a chart of a run; `narrow` asks for the drawing for a narrow window."""
    run, view = read_address(seat.books, address)
    found = picture(seat.books, run, view, chart, voice(), narrow="narrow" in request.GET)
    if found is None:
        raise Http404
    response = HttpResponse(found, content_type=KINDS["svg"])
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["ETag"] = etag = f'"{hashlib.sha256(found).hexdigest()}"'
    response.headers["Vary"] = "Accept-Language, Cookie"
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers={"ETag": etag, "Cache-Control": "private, no-cache"})
    return response


@door(Power.READ)
@require_safe
def keep(request: HttpRequest, seat: Seat, chart: str, kind: str, address: str) -> HttpResponse:
    """Download a chart: as a picture with its title and where it comes from, or its table."""
    if kind not in KINDS:
        raise Http404
    run, view = read_address(seat.books, address)
    found = file_of(seat.books, run, view, chart, kind, voice())
    if found is None:
        raise Http404
    response = download(
        f"{voice().word('chart.file')}-{chart}-{run.period.name}-{run.id[:8]}.{kind}", found, KINDS[kind]
    )
    if kind == "svg":
        response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
