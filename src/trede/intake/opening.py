"""Opening a file with a profile: records, header, mapped columns, and the settings that these settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pyarrow as pa

from trede.intake import dates, numbers
from trede.intake.columns import Codes, Field, encode, flawed
from trede.intake.comparing import compared
from trede.intake.dialect import detect_header
from trede.intake.inspection import header_record, open_settings
from trede.intake.period_words import ends
from trede.intake.profile import Profile, Total
from trede.intake.reader import FLAWS, Records
from trede.intake.settings import Dialect, FileSettings, chosen
from trede.intake.source import open_records, rewritten, written
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

_CONTRADICTED = {"decimal": "decimal_contradicted", "dates": "dates_contradicted"}
_DAYS = ("date", "start", "end")


@dataclass(frozen=True)
class Opened:
    """A file ready for mapping. `indices`: column number by field; `checks`: those of each check."""

    records: Records
    dialect: Dialect
    header: int
    titles: list[str]
    indices: dict[str, int]
    totals: tuple[tuple[Total, int], ...]
    checks: tuple[tuple[int, ...], ...]
    notices: tuple[Issue, ...]
    end_day: str | None = None
    """What the file's settings say of the day in the column of the end."""

    @property
    def columns(self) -> dict[str, str]:
        """The heading by field."""
        return {field: self.titles[index] for field, index in self.indices.items()}

    def field(self, rows: Codes, index: int) -> Field:
        """Return one column of some records; a cell of a workbook that has no value of its own is a problem."""
        found = encode(self.titles[index], self.records.column(rows, index))
        native = self.records.native
        return found if native is None else flawed(found, native.flaws[self.records.offsets[:-1][rows] + index], FLAWS)


def open_file(data: bytes, name: str, profile: Profile, overrides: FileSettings | None) -> Opened:
    """Read a file as records and find the profile's columns in it.

    Raises:
        IntakeError: the file cannot be read, `heading_missing`, `heading_twice`, `decimal_ambiguous`,
            `dates_ambiguous`, `dates_not_found`, `decimal_contradicted`, `dates_contradicted`.
    """
    source = open_records(data, name, overrides, profile.file)
    wanted = [column.header for column in profile.columns.values()]
    header = chosen("header_row", overrides, profile.file) or detect_header(source.headed(), name, wanted)
    row = header_record(source.records, header, name)
    records = source.headed(row)
    titles = [" ".join(cell.split()) for cell in records.cells(row)]
    finder = _Finder(titles, Location(file=name, row=row + 1))
    indices = {field: finder.find(field, column.header) for field, column in profile.columns.items()}
    totals = tuple((total, finder.find("totals", [total.column])) for total in profile.totals)
    checks = tuple(
        tuple(finder.find("checks", [title]) for title in (*check.product, check.equals)) for check in profile.checks
    )
    if finder.issues:
        raise IntakeError(*finder.issues)
    repeat = chosen("merged", overrides, profile.file) is not None
    records = source.settled(row, indices["quantity"], repeat=repeat)
    rows = np.flatnonzero(records.widths == len(titles))
    rows = rows[rows > row]

    def texts(index: int) -> pa.StringArray:
        return encode(titles[index], written(records, records.offsets[rows] + index)).values.drop_null()

    numeric = sorted({indices["quantity"], *(index for check in checks for index in check)})
    amounts = [numbers.bare(texts(index)) for index in numeric]
    decimal = chosen("decimal", overrides, profile.file) or source.decimal(
        numbers.detect_decimal(amounts, str(source.delimiter.value))
    )
    dated = [field for field in _DAYS if field in indices]
    days = [text for field in dated for text in texts(indices[field]).to_pylist()]
    if "period" in indices:
        days = [end for text in texts(indices["period"]).to_pylist() for end in (ends(text) or [text])]
    cells = np.concatenate([records.offsets[rows] + indices[field] for field in dated or ["quantity"]])
    order = chosen("dates", overrides, profile.file) or source.dates(dates.detect_dates(days), cells)
    dialect = Dialect(source.encoding, source.delimiter, decimal, header, order, source.sheet)
    told = [titles[indices[field]] for field in (*dated, "period") if field in indices]
    columns = {"decimal": titles[indices["quantity"]], "dates": told[0] if told else ""}
    issues = open_settings(dialect, name, columns)
    if dated and order.basis == "no_dates" and len(rows):
        samples = texts(indices[dated[0]])[:3].to_pylist()
        issues.append(Issue.error("dates_not_found", Location(file=name, column=columns["dates"]), samples=samples))
    # A person's choice stands; a profile was written for earlier files, and this one may be another.
    against = {
        "decimal": numbers.contradicting(amounts, str(decimal.value)) if decimal.basis == "profile" else [],
        "dates": dates.contradicting(days, str(order.value)) if days and order.basis == "profile" else [],
    }
    loose = profile.columns["quantity"].between is None
    if (
        decimal.basis == "profile"
        and loose
        and (samples := numbers.undecided(numbers.bare(texts(indices["quantity"]))))
    ):
        where = Location(file=name, column=columns["decimal"])
        issues.append(Issue.error("decimal_undecided", where, value=str(decimal.value), samples=samples))
    for setting, samples in against.items():
        if samples:
            where = Location(file=name, column=columns[setting])
            value = str(getattr(dialect, setting).value)
            issues.append(Issue.error(_CONTRADICTED[setting], where, value=value, samples=samples))
    if issues:
        raise IntakeError(*issues)
    records = rewritten(records, str(decimal.value), None if order.value is None else str(order.value))
    end_day = chosen("end_day", overrides, profile.file)
    last = None if end_day is None else str(end_day.value)
    return Opened(records, dialect, row, titles, indices, totals, checks, source.notices, last)


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
