"""The grid of what emissions are divided by: a row for each figure and site, a column for each year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from trede.kernel.errors import TredeError
from trede.organisation.editing import with_thing
from trede.organisation.model import Organisation
from trede.organisation.parts import Denominator, Quality
from trede.organisation.writing import to_toml
from trede.workspace import Workspace
from trede_web.bridge.boundary.editing import Posted, UnfitError, require_base
from trede_web.bridge.boundary.organisation import plain_year
from trede_web.bridge.boundary.parts import UnreadError, read_number
from trede_web.bridge.boundary.proposing import Proposal, base_of, propose
from trede_web.bridge.speaking import Voice

WHOLE = "all"
"""What stands for the whole organisation where a site stands."""


@dataclass(frozen=True)
class Cell:
    """The figure of a year on the form."""

    name: str
    year: int
    given: str
    error: str


@dataclass(frozen=True)
class GridRow:
    """A denominator of the whole organisation, or of a site; `others` are figures of other periods, which stay as they are."""

    name: str
    unit: str
    site: str
    cells: list[Cell]
    others: list[tuple[str, str]]


@dataclass(frozen=True)
class Grid:
    """The form; `by_site` are denominators that could have rows for sites and have none yet."""

    years: list[int]
    rows: list[GridRow]
    by_site: list[tuple[str, str]]
    qualities: list[tuple[str, str]]
    source: str
    quality: str
    base: str


def grid(
    workspace: Workspace, years: Sequence[int], opened: str, voice: Voice, posted: Posted | None = None,
    errors: Mapping[str, str] | None = None,
) -> Grid:  # fmt: skip
    """Return the grid as it is, or as it was sent with what is wrong.

    Args:
        years: columns beside those that have a figure.
        opened: the id of a denominator that gets rows for sites.
    """
    now, wrong = workspace.organisation, errors or {}
    columns = sorted({*years, *(year for d in now.denominator for v in d.value if (year := plain_year(v.period)))})
    sites = {site.id: site.name for site in now.site}
    rows, bare = [], []
    for number, each in enumerate(now.denominator):
        places = _places(each, now, opened, number, posted)
        if places == [None] and sites:
            bare.append((each.id, each.name))
        for site in places:
            values = {value.period: value.value for value in each.value if value.site == site}
            cells = []
            for year in columns:
                name = _cell(number, site, year)
                stored = voice.number(values[str(year)]) if str(year) in values else ""
                given = (posted.get(name) or [""])[0] if posted is not None else stored
                cells.append(Cell(name, year, given, wrong.get(name, "")))
            others = [(period, voice.number(value)) for period, value in values.items() if plain_year(period) is None]
            rows.append(GridRow(each.name, each.unit, sites.get(site or "", ""), cells, others))
    sent = posted or {}
    return Grid(
        columns, rows, bare, [(q, voice.word(f"choice.{q}")) for q in get_args(Quality)], (sent.get("source") or [""])[0],
        (sent.get("quality") or [""])[0], base_of(workspace),
    )  # fmt: skip


def grid_proposal(workspace: Workspace, posted: Posted, voice: Voice) -> Proposal:
    """Return what the grid proposes. A figure that changes gets the source and quality of the form; an emptied one goes.

    Raises:
        UnfitError: with what is wrong, cell by cell.
    """
    require_base(workspace, posted, voice)
    now = after = workspace.organisation
    errors: dict[str, str] = {}
    for number, each in enumerate(now.denominator):
        changed = dict(_changed(number, each, now, posted, voice, errors))
        if changed:
            after = _with(after, each, changed, posted, errors, voice)
    if errors:
        raise UnfitError(errors)
    try:
        return propose(workspace, to_toml(after), base_of(workspace), voice)
    except TredeError as error:
        raise UnfitError({"": " ".join(voice.tell(issue) for issue in error.issues)}) from error


def _places(each: Denominator, now: Organisation, opened: str, number: int, posted: Posted | None) -> list[str | None]:
    """Return the rows of a denominator: the whole organisation, and every site once any has a figure or is asked for."""
    sent = any(key.startswith(f"c-{number}-") and not key.startswith(f"c-{number}-{WHOLE}-") for key in posted or ())
    if each.id == opened or sent or any(value.site for value in each.value):
        return [None, *(site.id for site in now.site)]
    return [None]


def _cell(number: int, site: str | None, year: int) -> str:
    return f"c-{number}-{WHOLE if site is None else 's-' + site}-{year}"


def _changed(
    number: int, each: Denominator, now: Organisation, posted: Posted, voice: Voice, errors: dict[str, str]
) -> Iterator[tuple[tuple[str | None, str], Decimal | None]]:
    """Yield the figures of a denominator that are others than those stored, by site and year; None: emptied."""
    stored = {(value.site, value.period): value.value for value in each.value}
    for site in (None, *(site.id for site in now.site)):
        head = _cell(number, site, 0)[:-1]
        for name in [key for key in posted if key.startswith(head) and plain_year(key.removeprefix(head))]:
            place = (site, name.removeprefix(head))
            text = (posted[name] or [""])[0].strip()
            try:
                value = read_number(text, voice.language) if text else None
            except UnreadError as error:
                errors[name] = voice.word(error.code)
                continue
            if value is not None and value <= 0:
                errors[name] = voice.word("unread.above_zero")
            elif value != stored.get(place):
                yield place, value


def _with(
    after: Organisation, each: Denominator, changed: Mapping[tuple[str | None, str], Decimal | None], posted: Posted,
    errors: dict[str, str], voice: Voice,
) -> Organisation:  # fmt: skip
    source, quality = ((posted.get(name) or [""])[0].strip() for name in ("source", "quality"))
    if any(value is not None for value in changed.values()):
        for name, text in (("source", source), ("quality", quality if quality in get_args(Quality) else "")):
            if not text:
                errors[name] = voice.word("unread.missing")
    if errors:
        return after
    kept: list[dict[str, Any]] = []
    left = dict(changed)
    for value in each.value:
        place = (value.site, value.period)
        facts = value.model_dump(exclude_none=True)
        new = left.pop(place, value.value)
        if new is not None:
            kept.append(facts if new == value.value else {**facts, "value": new, "source": source, "quality": quality})
    for (site, period), new in left.items():
        about = {"site": site} if site else {}
        kept.append({"period": period, "value": new, **about, "source": source, "quality": quality})
    return with_thing(after, "denominator", {"value": kept}, each.id)
