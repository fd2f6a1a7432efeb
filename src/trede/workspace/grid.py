"""Figures that a person types in: a grid of months by meters. It becomes a file, which is taken in like any other.

So a typed figure has an original as well: the file that was made of the grid, and its cell.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from trede.activity.batches import Batch
from trede.intake.numbers import read_number
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.kernel.errors import StoreError
from trede.kernel.exporting import csv_bytes
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Step, silent
from trede.kernel.sealed import read_json
from trede.workspace.drafting import profile_data, profile_of_draft
from trede.workspace.importing import Imported, import_file
from trede.workspace.workspace import Workspace

HEADINGS = ("Meter", "Vestiging", "Eenheid")
"""Of the file that is made of a grid; behind them the months, such as `2025-01`."""
MONTHS = 12
FAR = 10
"""A figure that is so many times the middle one of its line, or so small a part of it, is pointed out."""
_OTHER = {",": ".", ".": ","}


@dataclass(frozen=True)
class Line:
    """A meter or a site in a unit, with a figure for each month as it was typed; an empty text is no figure."""

    meter: str
    site: str
    unit: str
    months: tuple[str, ...]

    @property
    def filled(self) -> bool:
        """Whether there is anything in it but its unit."""
        return bool(self.meter or any(self.months))


@dataclass(frozen=True)
class Grid:
    """A year of one source and activity type."""

    source: str
    title: str
    activity_type: str
    attributes: dict[str, str]
    year: int
    lines: tuple[Line, ...]
    decimal: str = ","
    """The sign in which its figures are typed; another one is understood where it can mean one thing only."""

    @property
    def profile_id(self) -> str:
        """The id of the profile that reads its file: one for each source, type and attributes."""
        words = ["invoer", self.source, self.activity_type, *(v for _, v in sorted(self.attributes.items()))]
        return "-".join(
            "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in w.lower()).split()) for w in words
        )


@dataclass(frozen=True)
class Looked:
    """What is to be said of a grid. A cell is (line, month), both from 0; an issue of a whole line has month None."""

    values: dict[tuple[int, int], Decimal]
    wrong: list[tuple[int, int | None, Issue]] = field(default_factory=list)
    doubtful: list[tuple[int, int, Decimal]] = field(default_factory=list)
    """Figures such as 1.234 that could have been meant in another way: as they are read."""
    far: list[tuple[int, int]] = field(default_factory=list)
    """Figures far from the others of their line."""

    def total(self, line: int) -> Decimal:
        """Return what a line adds up to."""
        return sum((value for (at, _), value in self.values.items() if at == line), Decimal(0))


def look_over(grid: Grid) -> Looked:
    """Read the figures of a grid; nothing is stored."""
    looked = Looked({})
    for number, line in enumerate(grid.lines):
        for month, text in enumerate(line.months):
            if text.strip() in ("", "-", "–"):
                continue
            read = read_number(text.strip(), grid.decimal)
            other = read_number(text.strip(), _OTHER[grid.decimal])
            if isinstance(read, Problem) and read.code == "number_other_decimal" and isinstance(other, Decimal):
                read = other
            if isinstance(read, Problem):
                where = Location(row=number + 1, column=f"{grid.year}-{month + 1:02}")
                looked.wrong.append((number, month, Issue.error(read.code, where, **read.params)))
                continue
            looked.values[number, month] = read
            if isinstance(other, Decimal) and other != read:
                looked.doubtful.append((number, month, read))
        if line.filled and not line.unit:
            looked.wrong.append(
                (number, None, Issue.error("grid_unit_missing", Location(row=number + 1), line=number + 1))
            )
        looked.far.extend((number, month) for month in _far(looked, number))
    return looked


def _far(looked: Looked, line: int) -> list[int]:
    sizes = {month: abs(value) for (at, month), value in looked.values.items() if at == line and value}
    if len(sizes) < 3:
        return []
    middle = sorted(sizes.values())[len(sizes) // 2]
    return [month for month, size in sizes.items() if size > FAR * middle or size * FAR < middle]


def grid_file(grid: Grid) -> bytes:
    """Return the file of a grid: CSV with `;` and decimal commas, the same bytes for the same figures."""
    looked = look_over(grid)
    months = [f"{grid.year}-{month + 1:02}" for month in range(MONTHS)]
    rows = [
        [line.meter, line.site, line.unit, *(_written(looked.values.get((number, month))) for month in range(MONTHS))]
        for number, line in enumerate(grid.lines)
        if line.filled
    ]
    return csv_bytes([[*HEADINGS, *months], *rows])


def _written(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}".replace(".", ",")


def grid_draft(grid: Grid) -> dict[str, Any]:
    """Return the profile that reads the file of a grid, as a draft."""
    meter, site, unit = HEADINGS
    columns: dict[str, Any] = {"unit": {"header": [unit]}}
    named = [line for line in grid.lines if line.filled]
    columns |= {"meter": {"header": [meter], "optional": True}} if any(line.meter for line in named) else {}
    columns |= {"site": {"header": [site], "optional": True}} if any(line.site for line in named) else {}
    left = [heading for heading, name in ((meter, "meter"), (site, "site")) if name not in columns]
    return {
        "id": grid.profile_id, "title": grid.title, "source": grid.source,
        "file": {"encoding": "utf-8-sig", "delimiter": ";", "decimal": ",", "header_row": 1},
        "columns": columns, "constants": {"activity_type": grid.activity_type, **grid.attributes},
        "crosstab": {"periods": True, **({"aside": left} if left else {})},
    }  # fmt: skip


def grid_batch(workspace: Workspace, grid: Grid) -> Batch | None:
    """Return the batch that a grid was stored as before, for the same source, type, attributes and year; None without one."""
    first = f"{grid.year}-01"
    for batch in workspace.active_batches():
        if batch.source == grid.source and batch.facts["profile_id"] == grid.profile_id and first in batch.headings():
            return batch
    return None


def grid_of_batch(batch: Batch) -> Grid | None:
    """Return the grid that a batch was typed in as, without its lines; None for a batch of any other file."""
    profile = read_json(batch.folder / "profile.json")
    kind, headings = profile["constants"].get("activity_type"), batch.headings()
    if kind is None or tuple(headings[: len(HEADINGS)]) != HEADINGS or len(headings) != len(HEADINGS) + MONTHS:
        return None
    attributes = {name: value for name, value in profile["constants"].items() if name != "activity_type"}
    year = headings[len(HEADINGS)].partition("-")[0]
    title = str(batch.made.get("profile_title") or batch.facts["profile_id"])
    grid = Grid(batch.source, title, kind, attributes, int(year) if year.isdecimal() else 0, ())
    return grid if grid.profile_id == batch.facts["profile_id"] else None


def stored_lines(workspace: Workspace, batch: Batch) -> list[Line]:
    """Return the lines of a grid that was stored, to change them; none when its file was removed."""
    try:
        data = workspace.evidence.get(batch.file_sha256).read()
    except (StoreError, OSError):
        return []
    _, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    return [Line(row[0], row[1], row[2], tuple(row[3 : 3 + MONTHS])) for row in rows if len(row) == 3 + MONTHS]


def store_grid(workspace: Workspace, grid: Grid, name: str, step: Step = silent) -> Imported:
    """Take a grid in; it takes the place of what was stored for the same source, type, attributes and year.

    Raises:
        StoreError: `grid_empty`.
        TredeError: what is wrong in a figure, or in the profile of the grid.
        IntakeError: as `import_file`.
    """
    looked = look_over(grid)
    if looked.wrong:
        raise StoreError(*(issue for _, _, issue in looked.wrong))
    if not looked.values:
        raise StoreError.of("grid_empty")
    draft = grid_draft(grid)
    profile: Profile = profile_of_draft(workspace, draft)
    before, data = grid_batch(workspace, grid), grid_file(grid)
    imported = import_file(workspace, data, name, profile, replaces=before.id if before else None, step=step)
    workspace.save_profile(profile_data(draft), f"{profile.id}.toml")
    return imported
