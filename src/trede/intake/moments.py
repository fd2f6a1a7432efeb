"""When a row's activity was: first and last day, from one of the ways a profile can say it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Codes, Field
from trede.intake.dates import at_midnight, read_period, read_year, timed
from trede.intake.problems import Finding, Problem
from trede.kernel.periods import Period

Read = Callable[[str], date | Problem]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Moments:
    """Per row the first and last day as days since 1970, whether both were read, and what is wrong."""

    start: Codes
    end: Codes
    read: npt.NDArray[np.bool_]
    problems: list[Finding]

    def findings(self) -> Iterator[Finding]:
        """Yield the problems."""
        yield from self.problems


def resolve(fields: Mapping[str, Field], formats: Mapping[str, Read], end_day: str | None = None) -> Moments:
    """Read the period fields of all rows.

    Args:
        fields: `date`, `start` and `end`, `year`, or `period`.
        formats: how a text of `date`, `start`, `end` and the days of `period` is read: the file's format, or ISO for a
            constant.
        end_day: `excluded` when the end is the day after the last one. An end at midnight is that too where other times
            of the file show that its ends are moments.
    """
    moments = any(timed(text) for name in ("start", "end") if name in fields for text in _texts(fields[name]))
    spans = {name: _span(field, _reader(name, formats, end_day, moments=moments)) for name, field in fields.items()}
    findings = [finding for _, _, field in spans.values() for finding in field.findings()]
    first, last = (spans["start"], spans["end"]) if "start" in spans else [next(iter(spans.values()))] * 2
    start, end = first[0], last[1]
    read = first[2].present() & last[2].present() & ~first[2].bad() & ~last[2].bad()
    for position in np.flatnonzero(read & (end < start)).tolist():
        days = {"start": _iso(int(start[position])), "end": _iso(int(end[position]))}
        findings.append(Finding(position, last[2].heading, Problem("end_before_start", dict(days))))
    return Moments(start, end, read, findings)


def _texts(field: Field) -> list[str]:
    return [text for text in field.values.to_pylist() if text is not None]


def _reader(
    name: str, formats: Mapping[str, Read], end_day: str | None, *, moments: bool
) -> Callable[[str], Period | Problem]:
    if name == "year":
        return read_year
    if name == "period":
        return lambda text: read_period(text, formats[name], end_day)

    def read(text: str) -> Period | Problem:
        day = formats[name](text)
        if isinstance(day, Problem):
            return day
        if name == "end" and (end_day == "excluded" or (end_day is None and moments and at_midnight(text))):
            day -= timedelta(days=1)
        return Period(day, day)

    return read


def touching(records: pa.Table) -> tuple[int, int]:
    """Return how many records end on the very day on which another of their meter begins, and how many last over a day.

    Such ends are probably the day after the last one. Schema of `records`: `fields.MAPPED`.
    """
    names = ["start", "end", "meter", "site", "activity_type", "attributes"]
    longer = records.filter(pc.less(records["start"], records["end"])).select(names)
    if not longer.num_rows:
        return 0, 0
    begins = {tuple(row[name] for name in names if name != "end") for row in longer.to_pylist()}
    met = sum((row["end"], *(row[n] for n in names[2:])) in begins for row in longer.to_pylist())
    return met, longer.num_rows


def _span(field: Field, read: Callable[[str], Period | Problem]) -> tuple[Codes, Codes, Field]:
    """Return first and last day per row, and the field with what could not be read as problems."""
    starts = np.zeros(len(field.values), dtype=np.int64)
    ends = starts.copy()
    problems = dict(field.problems)
    for number, text in enumerate(field.values.to_pylist()):
        if text is None:
            problems.setdefault(number, Problem("cell_empty", {}))
            continue
        period = read(text)
        if isinstance(period, Problem):
            problems[number] = period
        else:
            starts[number] = (period.start - _EPOCH).days
            ends[number] = (period.end - _EPOCH).days
    done = Field(field.heading, field.codes, field.values, problems)
    return starts[field.codes], ends[field.codes], done


def _iso(days: int) -> str:
    return date.fromordinal(_EPOCH.toordinal() + days).isoformat()


def as_dates(days: Codes) -> pa.Array:
    """Return days since 1970 as Arrow dates."""
    return pa.array(days.astype(np.int32)).cast(pa.date32())
