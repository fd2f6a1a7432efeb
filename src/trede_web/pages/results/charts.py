"""Charts as pictures on a page, and as files to keep."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from trede_web.bridge.results.charts import Chart, Origin, chart_of, origin_of, title_of
from trede_web.bridge.results.footprint import read_address
from trede_web.bridge.results.pictures import KINDS, file_of, picture
from trede_web.door import door
from trede_web.pages.intake.imports import download
from trede_web.roles import Power
from trede_web.seat import Seat
from trede_web.security import PICTURE_POLICY
from trede_web.words import voice

CHART_FILES = [("csv", "CSV"), ("xlsx", "XLSX"), ("svg", "SVG"), ("png", "PNG")]
"""Kinds of files of a chart, with their names."""


@door(Power.READ)
@require_safe
def drawing(request: HttpRequest, seat: Seat, chart: str, address: str) -> HttpResponse:
    """Show a chart of a run; `narrow` asks for the drawing for a narrow window."""
    run, view = read_address(seat.books, address)
    return show_picture(request, chart_of(seat.books, run, view, chart, voice(), narrow="narrow" in request.GET))


@door(Power.READ)
@require_safe
def keep(request: HttpRequest, seat: Seat, chart: str, kind: str, address: str) -> HttpResponse:
    """Download a chart: as a picture with its title and where it comes from, or its table."""
    run, view = read_address(seat.books, address)
    found = chart_of(seat.books, run, view, chart, voice())
    if found is None:
        raise Http404
    origin = origin_of(seat.books, [run], view, voice(), title_of(found, voice()))
    return download_chart(found, kind, f"{chart}-{run.period.name}-{run.id[:8]}", origin)


def show_picture(request: HttpRequest, chart: Chart | None) -> HttpResponse:
    """Answer with a drawing, or with nothing when the browser has it already."""
    if chart is None:
        raise Http404
    found = picture(chart, voice())
    etag = f'"{hashlib.sha256(found).hexdigest()}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": etag, "Vary": "Accept-Language, Cookie"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponseNotModified(headers=headers)
    headers["Content-Security-Policy"] = PICTURE_POLICY
    return HttpResponse(found, content_type=KINDS["svg"], headers=headers)


def download_chart(chart: Chart, kind: str, name: str, origin: Origin) -> HttpResponse:
    """Answer with a chart as a file of a kind."""
    if kind not in KINDS:
        raise Http404
    response = download(
        f"{voice().word('chart.file')}-{name}.{kind}", file_of(chart, kind, origin, voice()), KINDS[kind]
    )
    if kind == "svg":
        response.headers["Content-Security-Policy"] = PICTURE_POLICY
    return response
