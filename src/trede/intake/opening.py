"""Opening a file with a profile: records, header, mapped columns, and the settings that these settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

import numpy as np
import pyarrow as pa

from trede.catalogue.vocabulary import Vocabulary
from trede.intake import dates, numbers
from trede.intake.columns import Codes, Field, encode, flawed
from trede.intake.comparing import compared
from trede.intake.dialect import detect_header
from trede.intake.figures import input_names
from trede.intake.inspection import header_record, open_settings
from trede.intake.period_words import ends
from trede.intake.problems import Choice, Problem
from trede.intake.profile import Profile, Total
from trede.intake.reader import FLAWS, NO_FLAW, Records
from trede.intake.settings import Dialect, FileSettings, chosen
from trede.intake.source import Source, open_records, rewritten, written
from trede.intake.spreading import Spreading, headings, spread_columns
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Watch, unseen

_CONTRADICTED = {"decimal": "decimal_contradicted", "dates": "dates_contradicted"}
_DAYS = ("date", "start", "end")


@dataclass(frozen=True)
class Opened:
    """A file ready for mapping.

    `indices`: column number by field; `amounts`: numbers of the columns with figures; `checks`: those of each check;
    `spreading`: the columns of a cross-tab.
    """

    records: Records
    dialect: Dialect
    header: int
    titles: list[str]
    indices: dict[str, int]
    amounts: tuple[int, ...]
    totals: tuple[tuple[Total, int], ...]
    checks: tuple[tuple[int, ...], ...]
    notices: tuple[Issue, ...]
    spreading: Spreading | None = None
    minus: int | None = None
    """The column that is taken off the quantity."""
    end_day: str | None = None
    """What the file's settings say of the day in the column of the end."""

    @property
    def columns(self) -> dict[str, str]:
        """The heading by field; `minus` is the one that is taken off the quantity."""
        told = self.indices if self.minus is None else {**self.indices, "minus": self.minus}
        return {field: self.titles[index] for field, index in told.items()}

    def heading(self, index: int) -> str:
        """Return the heading of a column; of a cross-tab with several rows of headings, all of them."""
        whole = self.spreading.titles.get(index) if self.spreading else None
        return whole or (self.titles[index] if index < len(self.titles) else "")

    def flaw(self, record: int, index: int) -> Problem | None:
        """Return why a cell of a workbook has no value of its own."""
        native = self.records.native
        flaw = NO_FLAW if native is None else native.flaws[self.records.offsets[record] + index]
        return FLAWS.get(int(flaw))

    def field(self, rows: Codes, index: int) -> Field:
        """Return one column of some records; a cell of a workbook that has no value of its own is a problem."""
        return self.cells(self.titles[index], self.records.offsets[:-1][rows] + index)

    def cells(self, heading: str | None, numbers: Codes) -> Field:
        """Return some cells, by their number in the file, as a field."""
        found = encode(heading, self.records.values.take(pa.array(numbers)))
        native = self.records.native
        return found if native is None else flawed(found, native.flaws[numbers], FLAWS)


def open_file(
    data: bytes, name: str, profile: Profile, overrides: FileSettings | None, words: Vocabulary, watch: Watch = unseen
) -> Opened:
    """Read a file as records and find the profile's columns in it.

    Raises:
        IntakeError: the file cannot be read, `heading_missing`, `heading_twice`, `decimal_ambiguous`,
            `dates_ambiguous`, `dates_not_found`, `decimal_contradicted`, `dates_contradicted`.
    """
    source = open_records(data, name, overrides, profile.file, watch)
    header, row, titles = _headed(source, name, profile, overrides)
    records = source.headed(row)
    finder = _Finder(titles, Location(file=name, row=row + 1))
    indices = {field: finder.find(field, column.header) for field, column in profile.columns.items()}
    taken = profile.columns["quantity"].minus if "quantity" in profile.columns else None
    minus = None if taken is None else finder.find("quantity", taken)
    totals = tuple((total, finder.find("totals", [total.column])) for total in profile.totals)
    checks = tuple(
        tuple(finder.find("checks", [title]) for title in (*check.product, check.equals)) for check in profile.checks
    )
    if finder.issues:
        raise IntakeError(*finder.issues)
    spreading = None
    if profile.crosstab is not None:
        mapped = {*indices.values(), *(index for _, index in totals)}
        spreading = spread_columns(profile, profile.crosstab, records, row, mapped, name)
    amounts = spreading.indices if spreading else (indices[str(profile.amount)], *(() if minus is None else (minus,)))
    repeat = chosen("merged", overrides, profile.file) is not None
    records = source.settled(row, amounts, repeat=repeat)
    rows = np.flatnonzero(records.widths == len(titles))
    rows = rows[rows > row]

    @cache
    def texts(index: int) -> pa.StringArray:
        return encode(titles[index], written(records, records.offsets[rows] + index)).values.drop_null()

    figures = {*amounts, *(spreading.totals if spreading else ()), *(index for check in checks for index in check)}
    figures |= {indices[field] for field in ("factor", *input_names(words)) if field in indices}
    numeric = [numbers.bare(texts(index)) for index in sorted(figures)]
    decimal = chosen("decimal", overrides, profile.file) or source.decimal(
        numbers.detect_decimal(numeric, str(source.delimiter.value))
    )
    dated = [field for field in _DAYS if field in indices]
    days = [text for field in dated for text in texts(indices[field]).to_pylist()]
    if "period" in indices:
        days = [end for text in texts(indices["period"]).to_pylist() for end in (ends(text) or [text])]
    cells = np.concatenate([records.offsets[rows] + i for i in [indices[field] for field in dated] or amounts[:1]])
    order = chosen("dates", overrides, profile.file) or source.dates(dates.detect_dates(days), cells)
    dialect = Dialect(source.encoding, source.delimiter, decimal, header, order, source.sheet)
    shown = [numbers.bare(texts(index)) for index in amounts]
    told = [titles[indices[field]] for field in (*dated, "period") if field in indices]
    columns = {"decimal": titles[amounts[0]], "dates": told[0] if told else ""}
    loose = profile.between is None and decimal.basis == "profile"
    issues = open_settings(dialect, name, columns)
    if dated and order.basis == "no_dates" and len(rows):
        where = Location(file=name, column=columns["dates"])
        issues.append(Issue.error("dates_not_found", where, samples=texts(indices[dated[0]])[:3].to_pylist()))
    issues += _doubts(dialect, name, columns, numeric, pa.concat_arrays(shown) if loose else None, days)
    if issues:
        raise IntakeError(*issues)
    records = rewritten(records, str(decimal.value), None if order.value is None else str(order.value))
    end_day = chosen("end_day", overrides, profile.file)
    last = None if end_day is None else str(end_day.value)
    return Opened(
        records, dialect, row, titles, indices, amounts, totals, checks, source.notices, spreading, minus, last
    )


def _headed(
    source: Source, name: str, profile: Profile, overrides: FileSettings | None
) -> tuple[Choice, int, list[str]]:
    """Return how the row of headings was found, its record, and the headings; several rows of them must be given."""
    given = chosen("header_row", overrides, profile.file)
    deep = profile.crosstab.heading_rows if profile.crosstab else 1
    if given is None and deep > 1:
        raise IntakeError.of("header_row_needed", Location(file=name), rows=deep)
    header = given or detect_header(source.headed(), name, [column.header for column in profile.columns.values()])
    row = header_record(source.records, header, name)
    return header, row, headings(source.headed(row), row, deep)


def _doubts(
    dialect: Dialect, name: str, columns: dict[str, str], numeric: list[pa.StringArray], loose: pa.StringArray | None,
    days: list[str],
) -> list[Issue]:  # fmt: skip
    """Return an issue for each setting that the values speak against, and for a sign that they leave open.

    A person's choice stands; a profile was written for earlier files, and this one may be another.

    Args:
        columns: a heading to name by setting; without one for the dates, the profile has none.
        loose: the quantities, where the profile sets the sign and says nothing of what is plausible.
    """
    decimal, order = dialect.decimal, dialect.dates
    issues = []
    against = {
        "decimal": numbers.contradicting(numeric, str(decimal.value)) if decimal.basis == "profile" else [],
        "dates": dates.contradicting(days, str(order.value)) if days and order.basis == "profile" else [],
    }
    if loose is not None and (samples := numbers.undecided(loose)):
        where = Location(file=name, column=columns["decimal"])
        issues.append(Issue.error("decimal_undecided", where, value=str(decimal.value), samples=samples))
    for setting, samples in against.items():
        if samples:
            where = Location(file=name, column=columns[setting])
            value = str(getattr(dialect, setting).value)
            issues.append(Issue.error(_CONTRADICTED[setting], where, value=value, samples=samples))
    return issues


class _Finder:
    """Finds columns by heading; collects an issue per heading that is missing or stands twice."""

    def __init__(self, titles: list[str], where: Location) -> None:
        self.titles = [compared(title) for title in titles]
        self.shown = [title for title in titles if title]
        self.where = where
        self.issues: list[Issue] = []
        self.reported: set[str] = set()

    def find(self, field: str, accepted: Sequence[str]) -> int:
        """Return the column's number, or -1 with an issue."""
        names = {compared(title) for title in accepted}
        found = [index for index, title in enumerate(self.titles) if title in names]
        if len(found) == 1:
            return found[0]
        if names & self.reported:
            return -1
        self.reported |= names
        where = Location(file=self.where.file, row=self.where.row, column=accepted[0])
        if found:
            self.issues.append(Issue.error("heading_twice", where, field=field, count=len(found)))
            return -1
        near = [m for name in names for m in get_close_matches(name, self.titles, 1)]
        closest = [title for title in self.shown if compared(title) in near]
        self.issues.append(
            Issue.error(
                "heading_missing",
                where,
                field=field,
                expected=list(accepted),
                found=self.shown[:50],
                closest=closest,
            )
        )
        return -1
