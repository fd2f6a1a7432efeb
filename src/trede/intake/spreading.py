"""Which columns of a cross-tab hold quantities, totals or labels, and what each heading says. Nothing is left over unnamed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from trede.intake.comparing import compared
from trede.intake.dates import read_period
from trede.intake.headings import HeadingPeriod, read_heading
from trede.intake.profile import Profile
from trede.intake.reader import Records
from trede.intake.shapes import Crosstab
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location
from trede.kernel.periods import Period

_NOT_ABOUT = ("period", "unit", "note", "quality")
"""Fields that do not make another quantity of the one in the same days: kWh beside MWh are that quantity twice."""


@dataclass(frozen=True)
class SpreadColumn:
    """A column of quantities: its number (from 0), its heading with what stands above it, and what that says."""

    index: int
    title: str
    gives: dict[str, str]
    period: HeadingPeriod | None


@dataclass(frozen=True)
class Spreading:
    """The columns of a cross-tab. `totals` hold the sum of a row; `bare` have no heading; all others are labels."""

    columns: tuple[SpreadColumn, ...]
    totals: tuple[int, ...]
    bare: tuple[int, ...]
    titles: dict[int, str] = field(default_factory=dict)
    """The heading of each column with a figure, rows above included."""

    @property
    def has_periods(self) -> bool:
        """Whether headings say when."""
        return any(column.period is not None for column in self.columns)

    @property
    def indices(self) -> tuple[int, ...]:
        """The numbers of the columns of quantities."""
        return tuple(column.index for column in self.columns)


def spread_columns(
    profile: Profile, crosstab: Crosstab, records: Records, header: int, mapped: set[int], name: str
) -> Spreading:
    """Find out what every column of a cross-tab is.

    Args:
        header: number of the header record; `crosstab.heading_rows` counts it and those above.
        mapped: numbers of the columns that the profile's fields are read from.

    Raises:
        IntakeError: `heading_not_in_profile` for a heading that the profile does not account for, `heading_missing`,
            `periods_overlap`, `heading_year_missing`, `heading_year_differs`, `heading_rows_too_few`.
    """
    if header + 1 < crosstab.heading_rows:
        raise IntakeError.of(
            "heading_rows_too_few", Location(name, header + 1), expected=crosstab.heading_rows, found=header + 1
        )
    below = headings(records, header, crosstab.heading_rows)
    whole = _with_above(records, header, crosstab.heading_rows, below)
    said = {compared(spread.header): spread.gives for spread in crosstab.spread}
    totals, aside = (frozenset(map(compared, names)) for names in (crosstab.total, crosstab.aside))
    columns: list[SpreadColumn] = []
    found_totals, bare, unknown = [], [], []
    met: set[str] = set()
    for index, (short, long) in enumerate(zip(below, whole, strict=True)):
        names = {compared(short), compared(long)}
        met |= names
        gives = next((said[n] for n in sorted(names) if n in said), None)
        period = _period(short, long) if crosstab.periods else None
        if gives is not None:
            columns.append(SpreadColumn(index, long, gives, None))
        elif names & totals:
            found_totals.append(index)
        elif index in mapped or names & aside:
            continue
        elif not short:
            bare.append(index)
        elif period is not None:
            columns.append(SpreadColumn(index, long, {}, period))
        else:
            unknown.append(short)
    where = Location(name, header + 1)
    issues = [Issue.error("heading_not_in_profile", Location(name, header + 1, title)) for title in unknown]
    expected = (*(spread.header for spread in crosstab.spread), *crosstab.total, *crosstab.aside)
    shown = [title for title in below if title][:50]
    issues += [
        Issue.error(
            "heading_missing",
            Location(name, header + 1, title),
            field="crosstab",
            expected=[title],
            found=shown,
            closest=[],
        )
        for title in expected
        if compared(title) not in met
    ]
    if not columns and not issues:
        issues.append(Issue.error("crosstab_without_columns", where, found=shown))
    issues += _periods(columns, profile, where)
    if issues:
        raise IntakeError(*issues)
    titles = {column.index: column.title for column in columns} | {i: below[i] for i in found_totals}
    return Spreading(tuple(columns), tuple(found_totals), tuple(bare), titles)


def headings(records: Records, header: int, count: int) -> list[str]:
    """Return the headings; with several rows of them, an empty one is what stands right above it."""
    found = [" ".join(cell.split()) for cell in records.cells(header)]
    for number in range(header - 1, max(header - count, -1), -1):
        above = records.cells(number)[: len(found)]
        found[: len(above)] = [title or " ".join(cell.split()) for title, cell in zip(found, above, strict=False)]
    return found


def _with_above(records: Records, header: int, count: int, below: list[str]) -> list[str]:
    """Return the headings with what stands above them; above, an empty cell says what the cell to its left says."""
    parts: list[list[str]] = [[title] for title in below]
    for number in range(header - 1, header - count, -1):
        last = ""
        for index, cell in enumerate(records.cells(number)[: len(below)]):
            last = " ".join(cell.split()) or last
            if last and compared(last) != compared(parts[index][0]):
                parts[index].insert(0, last)
    return [" ".join(filter(None, part)) for part in parts]


def _period(short: str, long: str) -> HeadingPeriod | None:
    """Read a heading with what stands above it: as a whole, or the one year among the words above (`Verbruik 2024`)."""
    found = read_heading(long)
    if found is None and (below := read_heading(short)) is not None and below.year is None:
        years = set(re.findall(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])", long.removesuffix(short)))
        found = replace(below, year=int(years.pop())) if len(years) == 1 else None
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """When the quantities of a column were, and what they are about.

    `period` is None where only a row tells the year; `months` are the months of the year that are touched. `about` are the
    other fields that the heading gives, of those that can tell one quantity from another.
    """

    period: Period | None
    months: frozenset[int]
    about: frozenset[tuple[str, str]]
    by_hand: bool

    def meets(self, other: _Span) -> bool:
        """Whether a quantity may be in both columns. Two with the very same period by hand are parts of it."""
        if self.about != other.about:
            return False
        if self.period is None or other.period is None:
            return bool(self.months & other.months)
        same = self.by_hand and other.by_hand and self.period == other.period
        return not same and self.period.overlap(other.period) is not None


def _span(column: SpreadColumn, year: str | None) -> _Span | None:
    """Return what a column spans, `year` being that of headings without one; None where its heading tells no period."""
    heading = column.period
    if heading is not None:
        stated = year if heading.year is None else str(heading.year)
        period = None if stated is None else Period.parse(heading.text(stated))
        return _Span(period, heading.months(), frozenset(), by_hand=False)
    given = read_period(column.gives["period"]) if "period" in column.gives else None
    if not isinstance(given, Period):
        return None
    months = frozenset(month.start.month for month in given.by_month())
    about = frozenset(item for item in column.gives.items() if item[0] not in _NOT_ABOUT)
    return _Span(given, months, about, by_hand=True)


def _periods(columns: list[SpreadColumn], profile: Profile, where: Location) -> list[Issue]:
    """Return an issue for each heading whose year is not known or is another one, or whose days another has too."""
    issues: list[Issue] = []
    constant = profile.constants.get("year")
    taken: dict[_Span, str] = {}
    for column in columns:
        place = Location(where.file, where.row, column.title)
        year = column.period and column.period.year
        if column.period is not None and year is None and constant is None and "year" not in profile.columns:
            issues.append(Issue.error("heading_year_missing", place))
        if year is not None and constant is not None and str(year) != constant:
            issues.append(Issue.error("heading_year_differs", place, year=constant))
        span = _span(column, constant)
        if span is None:
            continue
        others = sorted({title for other, title in taken.items() if span.meets(other)})
        if others:
            issues.append(Issue.error("periods_overlap", place, others=others))
        taken.setdefault(span, column.title)
    return issues
