"""Charts: their data, their Vega-Lite specification, and their pictures and tables as files; sites beside each other."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from trede_web.api.asking import Sides
from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import drawing
from trede_web.bridge.books import View
from trede_web.bridge.boundary.sites import compare_sites
from trede_web.bridge.results.causes import bridge_chart, bridge_csv
from trede_web.bridge.results.chart_data import bridge_data, chart_data
from trede_web.bridge.results.charts import chart_of, charts, origin_of, title_of
from trede_web.bridge.results.footprint import read_address
from trede_web.pages.intake.imports import download
from trede_web.pages.results.charts import download_chart
from trede_web.seat import Seat
from trede_web.words import plain_voice, voice

router = Router()
HERE = "/organisations/{organisation}"
BRIDGE = f"{HERE}/years/{{year:year}}/bridge/{{year:before}}"
ANY_FILE = "application/octet-stream"
CSV = "text/csv; charset=utf-8"


@operation(router, "GET", f"{HERE}/charts/{{address:address}}", drawing.Charts)
def charts_of_run(request: HttpRequest, organisation: str, address: str) -> Any:
    """List the charts of a calculation.

    `address` is the calculation with standard and basis, as in the `query` of a total. Those that have something to show.
    """
    books = seat_of(request).books
    run, view = read_address(books, address)
    return {"items": charts(books, run, view, plain_voice())}


@operation(router, "GET", f"{HERE}/chart/{{slug:chart}}/{{address:address}}", drawing.Chart)
def chart(request: HttpRequest, organisation: str, chart: str, address: str) -> Any:
    """Read a chart.

    Its table with exact values, the question of each amount, its text alternative, how to cite it, and the specification
    (Vega-Lite) by which the page and the report draw it.
    """
    books = seat_of(request).books
    run, view = read_address(books, address)
    found = chart_data(books, run, view, chart, plain_voice())
    if found is None:
        raise Http404
    return found


@operation(router, "GET", f"{HERE}/chart-files/{{slug:kind}}/{{slug:chart}}/{{address:address}}", None, file=ANY_FILE)
def chart_file(request: HttpRequest, organisation: str, kind: str, chart: str, address: str) -> HttpResponse:
    """Download a chart.

    As a picture (`svg`, `png`) with its title and where it comes from, or its table (`csv`, `xlsx`).
    """
    books = seat_of(request).books
    run, view = read_address(books, address)
    found = chart_of(books, run, view, chart, voice())
    if found is None:
        raise Http404
    origin = origin_of(books, [run], view, voice(), title_of(found, voice()))
    return download_chart(found, kind, f"{chart}-{run.period.name}-{run.id[:8]}", origin)


@operation(router, "GET", f"{HERE}/sites/{{address:address}}", drawing.SitesBeside)
def sites(request: HttpRequest, organisation: str, address: str) -> Any:
    """Compare the sites of a calculation.

    This year, the year before, and per unit of what each site has figures of. `address` as of `charts_of_run`.
    """
    books = seat_of(request).books
    run, view = read_address(books, address)
    found = compare_sites(books, run, view, plain_voice())
    return found or {"now": run.period.name, "before": "", "denominators": [], "lines": []}


@operation(router, "GET", f"{BRIDGE}/chart", drawing.Chart, problems=("not_ready",))
def bridge_picture(
    request: HttpRequest, organisation: str, year: int, before: int, sides: Query[Sides], standard: str | None = None,
    basis: str | None = None,
) -> Any:  # fmt: skip
    """Read the chart of a bridge.

    The waterfall as a table and as its specification, once the bridge is calculated.
    """
    seat, view = seat_of(request), View.read(standard, basis)
    return _ready(seat, bridge_data(seat.books, sides.between(before, year), view, plain_voice()))


@operation(router, "GET", f"{BRIDGE}/files/{{slug:kind}}", None, file=ANY_FILE, problems=("not_ready",))
def bridge_file(
    request: HttpRequest, organisation: str, year: int, before: int, kind: str, sides: Query[Sides],
    standard: str | None = None, basis: str | None = None,
) -> HttpResponse:  # fmt: skip
    """Download a bridge.

    The chart as `svg`, `png`, `csv` or `xlsx`, or every row of the bridge in milligrams as CSV (`rows`).
    """
    seat, view, asked = seat_of(request), View.read(standard, basis), sides.between(before, year)
    if kind == "rows":
        name, data = _ready(seat, bridge_csv(seat.books, asked, view, voice()))
        return download(name, data, CSV)
    found, origin = _ready(seat, bridge_chart(seat.books, asked, view, voice()))
    return download_chart(found, kind, f"{voice().word('bridge.file')}-{asked[1]}", origin)


def _ready(seat: Seat, found: Any) -> Any:
    if found is None:
        raise ProblemError("not_ready")
    return found
