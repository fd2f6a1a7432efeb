"""Calculate a year; footprints, where each figure comes from, and why a total changed."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from trede_web.api.asking import PartOfYear, Sides
from trede_web.api.problems import ProblemError
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import results, work
from trede_web.bridge.books import View
from trede_web.bridge.results.causes import bridge_page, bridge_runs
from trede_web.bridge.results.footprint import footprint_page
from trede_web.bridge.results.periods import is_year
from trede_web.bridge.results.trails import SHOWN, follow
from trede_web.bridge.runs.calculating import calculating
from trede_web.pages.jobs import ask
from trede_web.pages.results.causes import ask_bridge
from trede_web.pages.results.footprint import ADDRESS, MOST
from trede_web.roles import Power
from trede_web.words import plain_voice

router = Router()
YEAR = "/organisations/{organisation}/years/{year:year}"


@operation(router, "GET", f"{YEAR}/calculation", work.Calculation)
def calculation(request: HttpRequest, organisation: str, year: int) -> Any:
    """Read where the calculation of a year stands.

    Whether a new one would say something else, what the last one remarked, and which records have no factor.
    """
    return calculating(seat_of(request).books, year, plain_voice())


@operation(router, "POST", f"{YEAR}/calculation", work.Job, power=Power.WORK, status=202)
def calculate(request: HttpRequest, organisation: str, year: int, part: Query[PartOfYear]) -> Any:
    """Calculate a year.

    Or a part of it by itself. A job; its `result` names the run.
    """
    found = part.of(year)
    more: dict[str, Any] = {} if is_year(found) else {"period": found.name}
    return Status(202, ask(seat_of(request), "calculate", found.name, year=year, **more))


@operation(router, "GET", f"{YEAR}/footprint", results.Footprint)
def footprint(
    request: HttpRequest, organisation: str, year: int, part: Query[PartOfYear], standard: str | None = None,
    basis: str | None = None,
) -> Any:  # fmt: skip
    """Read the footprint of a year.

    The total by heading and account under a standard (`ladder`, `ghg`, `iso`) and basis (`market`, `location`), of the
    calculation that answers for the year: what is published, else the last one. A part of a year has the calculation that was
    made of it. What is not calculated is not found.
    """
    books = seat_of(request).books
    run = books.run_of(part.of(year).name)
    if run is None:
        raise Http404
    return footprint_page(books, run, View.read(standard, basis), plain_voice())


@operation(
    router,
    "GET",
    "/organisations/{organisation}/trace/{path:address}",
    results.Footprint | results.Trail | results.Record,
)
def trace(request: HttpRequest, organisation: str, address: str, shown: int = SHOWN) -> Any:
    """Explain a figure.

    Give the `query` of an amount without what stands behind `#`: the answer is its parts, down to the record with the cell
    of its file, the sum, the factor and why; `kind` says which. The same as the command `trede explain`. `shown`: how many
    records of a month are listed, at most 5000.
    """
    if not re.fullmatch(ADDRESS, address):
        raise Http404
    return follow(seat_of(request).books, address, plain_voice(), max(1, min(shown, MOST)))


@operation(router, "GET", f"{YEAR}/bridge/{{year:before}}", results.Bridge, problems=("not_ready",))
def bridge(
    request: HttpRequest, organisation: str, year: int, before: int, sides: Query[Sides], standard: str | None = None,
    basis: str | None = None, cause: str = "",
) -> Any:  # fmt: skip
    """Read why a total differs from another year's.

    An exact bridge by cause, from the year `before` to this one, or between parts of them; with `cause`, that cause is taken
    apart. Both years must be calculated: a part that has no calculation of its own is cut from that of its year. `not_ready`
    until the bridge between the two was asked for by `calculate_bridge`; it is kept.
    """
    asked = sides.between(before, year)
    found = bridge_page(seat_of(request).books, asked, View.read(standard, basis), cause, plain_voice())
    if found is None:
        raise ProblemError("not_ready")
    return found


@operation(router, "POST", f"{YEAR}/bridge/{{year:before}}", work.Job, status=202)
def calculate_bridge(request: HttpRequest, organisation: str, year: int, before: int, sides: Query[Sides]) -> Any:
    """Calculate a bridge.

    A job that changes nothing, so a token that reads may ask for it; one that is waiting or being done is not asked for again.
    """
    seat, asked = seat_of(request), sides.between(before, year)
    bridge_runs(seat.books, asked)
    return Status(202, ask_bridge(seat, year, asked, View.read(None, None)))
