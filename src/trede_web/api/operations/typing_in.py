"""Saved profiles, and quick entry: figures of a year by month, taken in as a file of their own."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import waiting, work
from trede_web.bridge.intake.grid import MOST_LINES, GridPage, grid_of, grid_page, readable, to_store
from trede_web.bridge.intake.profiles import profile_lines, profile_text
from trede_web.bridge.speaking import Told
from trede_web.pages.intake.imports import download
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import voice

router = Router()
HERE = "/organisations/{organisation}"
PROFILES = f"{HERE}/imports/profiles"
GRID = f"{HERE}/years/{{year:year}}/grid"
TOML = "application/toml"
Short = Annotated[str, Field(max_length=80)]
MONTHS = 12


class Title(work.Given):
    """What a profile is called."""

    title: Annotated[str, Field(min_length=1, max_length=120)]


class MonthLine(work.Given):
    """A meter or a site in a unit, with twelve figures as texts with a point; an empty text is no figure."""

    meter: Annotated[str, Field(max_length=60)] = ""
    site: Short = ""
    unit: Annotated[str, Field(max_length=20)]
    months: Annotated[
        list[Annotated[str, Field(pattern=r"^(-?[0-9]+(\.[0-9]+)?)?$", max_length=30)]],
        Field(min_length=MONTHS, max_length=MONTHS),
    ]


class GridGiven(work.Given):
    """The figures of one source and type of activity in the year; `attributes` that are not said have their usual value."""

    source: Short = ""
    type: Short
    attributes: dict[Short, Short] = {}
    lines: Annotated[list[MonthLine], Field(min_length=1, max_length=MOST_LINES)]


@operation(router, "GET", f"{PROFILES}/lines", waiting.ProfileLines)
def profiles_in_full(request: HttpRequest, organisation: str) -> Any:
    """List the profiles with their files.

    What reads which supplier's files, and which batches it read.
    """
    return {"items": profile_lines(seat_of(request).books)}


@operation(router, "GET", f"{PROFILES}/{{slug:profile}}/file", None, file=TOML)
def profile_file(request: HttpRequest, organisation: str, profile: str) -> HttpResponse:
    """Download a profile.

    As the commands read it, and as `take_in` takes it in `profile_file`.
    """
    return download(f"{profile}.toml", profile_text(seat_of(request).books, profile), TOML)


@operation(router, "POST", f"{PROFILES}/{{slug:profile}}/name", work.Job, power=Power.WORK, status=202)
def rename_profile(request: HttpRequest, organisation: str, profile: str, given: Title) -> Any:
    """Give a profile another name.

    A job; its id and what it reads stay.
    """
    seat = seat_of(request)
    if profile not in {line.id for line in profile_lines(seat.books)}:
        raise Http404
    return Status(202, ask(seat, "rename", given.title, profile=profile, name=given.title))


@operation(router, "GET", GRID, waiting.Grid)
def grid(
    request: HttpRequest, organisation: str, year: int, source: Annotated[str, Query(max_length=80)] = "",
    type: Annotated[str, Query(max_length=80)] = "",
) -> Any:  # fmt: skip
    """Read the grid of a year.

    What can be chosen; with `source` and `type` also the figures that were typed in before, by month.
    """
    return _shown(grid_page(seat_of(request).books, {"source": source, "type": type}, year, voice()))


def _shown(page: GridPage) -> dict[str, Any]:
    names = ("source", "type", "year", "attributes", "wrong", "remarks", "before", "sources", "types", "sites", "units")
    filled = [line for line in page.lines if line.meter or any(cell.text for cell in line.cells)]
    return {"lines": filled} | {name: getattr(page, name) for name in names}


def _asked(given: GridGiven, decimal: str) -> dict[str, str]:
    """Return the figures as the page's form has them, with the decimal sign of its language."""
    form = {"source": given.source, "type": given.type, "lines": str(len(given.lines))}
    form |= {f"with-{name}": value for name, value in given.attributes.items()}
    for at, line in enumerate(given.lines):
        form |= {f"meter-{at}": line.meter, f"site-{at}": line.site, f"unit-{at}": line.unit}
        form |= {f"cell-{at}-{month}": text.replace(".", decimal) for month, text in enumerate(line.months)}
    return form


@operation(router, "POST", f"{GRID}/check", waiting.Grid, power=Power.WORK)
def check_grid(request: HttpRequest, organisation: str, year: int, given: GridGiven) -> Any:
    """Check figures before they are stored.

    What is wrong, what is far from its neighbours, the totals. Nothing is stored.
    """
    asked = _asked(given, "," if voice().language == "nl" else ".")
    return _shown(grid_page(seat_of(request).books, asked, year, voice()))


@operation(router, "POST", GRID, work.Job, power=Power.WORK, status=202)
def store_grid(request: HttpRequest, organisation: str, year: int, given: GridGiven) -> Any:
    """Type figures in.

    A job: they become a file of their own, so that a figure leads to its cell; storing again replaces it. Evidence is added to
    its batch by `attach`.
    """
    seat, asked = seat_of(request), _asked(given, "," if voice().language == "nl" else ".")
    found = grid_of(seat.books, asked, year, voice())
    if found is None:
        raise ProblemError("invalid", fields=[fault("type", "choice")])
    if not readable(found):
        page = grid_page(seat.books, asked, year, voice())
        told = [Told("error", text, "grid_wrong") for text in page.wrong or [voice().word("grid.not_yet")]]
        raise ProblemError("invalid", issues=told)
    name = f"{found.title} {year}.csv".replace("/", "-")
    return Status(202, ask(seat, "grid", name, {}, grid=to_store(found), proof=""))
