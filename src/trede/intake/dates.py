"""Reading dates strictly, in the one format of the file; a time of day that it names is dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from trede.intake.period_words import MONTHS, SHORT_MONTHS, spoken_period
from trede.intake.problems import Choice, Problem, shown
from trede.kernel.errors import TredeError
from trede.kernel.periods import FIRST_YEAR, LAST_YEAR, Period

_ZONE = r"(?:Z| ?[+-][0-9]{2}:?[0-9]{2})?"
_TIME = rf",?[ T][0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:[.,][0-9]+)?)?(?: ?[AaPp]\.?[Mm]\.?)?{_ZONE}"
_MIDNIGHT = re.compile(rf".*[ T](?:00?|24):00(?::00(?:[.,]0+)?)?{_ZONE}|.*[ T]12:00(?::00)? ?[Aa]\.?[Mm]\.?")
_TIMED = re.compile(rf".*[0-9]{_TIME}")
_PART_OF_DATE = "yyyy|yy|mmm|mm|m|dd|d"
_PATTERN = re.compile(rf"({_PART_OF_DATE})([-/. ]?)({_PART_OF_DATE})\2({_PART_OF_DATE})( hh:mm)?")
_CELL = re.compile(rf"([0-9]{{1,4}})([-/. ])([0-9]{{1,2}})\2([0-9]{{1,4}})({_TIME})?")
_NAMED = re.compile(rf"([0-9]{{1,2}})([-/. ])([A-Za-z]{{3,9}})\.?\2([0-9]{{4}}|[0-9]{{2}})({_TIME})?")
_NAMED_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.? [0-9]{{1,2}},? [0-9]{{4}}({_TIME})?")
_DIGITS = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_YEAR = r"(?:19|20|21)[0-9]{2}"
_PART = rf"{_YEAR}(?:-(?:[0-9]{{2}}(?:-[0-9]{{2}})?|Q[1-4]|H[12]))?"
_PERIOD = re.compile(rf"{_PART}(?:\.\.{_PART})?")
_CLEAR = 0.9


@dataclass(frozen=True)
class DateFormat:
    """A format such as `dd-mm-yyyy`, `m/d/yyyy`, `yyyymmdd`, `dd mmm yyyy` (a month by name) or `yyyy-mm-dd hh:mm`.

    The day is the one that is written: a zone behind the time moves nothing.
    """

    text: str
    expression: re.Pattern[str]

    def read(self, cell: str) -> date | Problem:
        """Read one cell without outer blanks."""
        found = self.expression.fullmatch(cell)
        if found is None:
            return Problem("date_unreadable", {"value": shown(cell), "format": self.text})
        year = int(found["y"])
        if len(found["y"]) == 2:
            year += 1900 if year >= FIRST_YEAR % 100 else 2000
        month = MONTHS.get(found["m"].casefold(), 0) if found["m"].isalpha() else int(found["m"])
        if found["m"].isalpha() and not month:
            return Problem("date_unreadable", {"value": shown(cell), "format": self.text})
        try:
            day = date(year, month, int(found["d"]))
        except ValueError:
            return Problem("date_not_real", {"value": shown(cell), "format": self.text})
        return _in_range(day, day, cell) or day

    def write(self, day: date, clock: str) -> str | None:
        """Write a day as `read` reads it, with a time of day when the format has one; None when it could not."""
        form = self.text.removesuffix(" hh:mm")
        parts = {"d": day.day, "m": day.month, "y": day.year % 100 if form.count("y") == 2 else day.year}
        named = {"mmm": SHORT_MONTHS[day.month - 1]}
        text = re.sub("d+|m+|y+", lambda f: named.get(f[0]) or f"{parts[f[0][0]]:0{len(f[0])}d}", form)
        text += f" {clock}" if form != self.text else ""
        return text if self.read(text) == day else None


@cache
def date_format(text: str) -> DateFormat:
    """Compile a format.

    Raises:
        ValueError: a part is missing or doubled, or digits would run together.
    """
    found = _PATTERN.fullmatch(text)
    parts = [found[1], found[3], found[4]] if found else []
    if found is None or sorted(part[0] for part in parts) != ["d", "m", "y"]:
        raise ValueError(text)
    separator = found[2]
    if not separator and any(len(part) in (1, 3) for part in parts):
        raise ValueError(text)
    exact = {"yyyy": "[0-9]{4}", "yy": "[0-9]{2}", "mmm": "[A-Za-z]{3,9}"}
    short = "[0-9]{1,2}" if separator else "[0-9]{2}"
    beside = {"mmm": "\\.?", "d": ",?", "dd": ",?"} if "mmm" in parts else {}
    groups = [f"(?P<{part[0]}>{exact.get(part, short)}){beside.get(part, '')}" for part in parts]
    return DateFormat(text, re.compile(re.escape(separator).join(groups) + (_TIME if found[5] else "")))


def timed(cell: str) -> bool:
    """Whether a date names a time of day other than midnight."""
    return _TIMED.fullmatch(cell) is not None and not at_midnight(cell)


def at_midnight(cell: str) -> bool:
    """Whether a date names midnight: the end of the day before, where other times show that moments are meant."""
    return _MIDNIGHT.fullmatch(cell) is not None


def read_year(cell: str) -> Period | Problem:
    """Read a calendar year of four digits."""
    if re.fullmatch("[0-9]{4}", cell) is None:
        return Problem("year_unreadable", {"value": shown(cell)})
    return _in_range(date(max(int(cell), 1), 1, 1), date(max(int(cell), 1), 1, 1), cell) or Period.year(int(cell))


def read_period(
    cell: str, day: Callable[[str], date | Problem] | None = None, end_day: str | None = None
) -> Period | Problem:
    """Read `2024`, `2024-03`, `2024-Q1`, `2024-H2`, `2024-03-15`, two of them with `..` between, or words.

    Args:
        day: reads a date in the file's format, for ranges such as `01-01-2024 t/m 31-01-2024`.
        end_day: what the file's settings say of the last day of a range (`period_words.spoken_period`).
    """
    unreadable = Problem("period_form_unknown", {"value": shown(cell)})
    if _PERIOD.fullmatch(cell) is None:
        read = day or date_format("yyyy-mm-dd").read
        spoken = spoken_period(cell, lambda text: None if isinstance(d := read(text), Problem) else d, end_day)
        return unreadable if spoken is None else _in_range(spoken.start, spoken.end, cell) or spoken
    try:
        period = Period.parse_any(cell)
    except TredeError:
        return unreadable
    return _in_range(period.start, period.end, cell) or period


def _in_range(start: date, end: date, cell: str) -> Problem | None:
    if start.year >= FIRST_YEAR and end.year <= LAST_YEAR:
        return None
    return Problem("date_out_of_range", {"value": shown(cell), "first": FIRST_YEAR, "last": LAST_YEAR})


def detect_dates(cells: Iterable[str]) -> Choice:
    """Find the date format from cells; value None (basis `ambiguous` or `no_dates`) when nothing settles it.

    `03-04-2024` may be March or April: only a day above twelve, or a year in front, settles the order.
    """
    votes: Counter[str] = Counter()
    open_samples: dict[str, str] = {}
    samples: dict[str, str] = {}
    for cell in cells:
        told = _order(cell)
        if told is None:
            continue
        order, settled = told
        if settled:
            votes[order] += 1
            samples.setdefault(order, cell)
        else:
            open_samples.setdefault(order, cell)
    if votes:
        (best, count), total = votes.most_common(1)[0], votes.total()
        if count >= _CLEAR * total:
            return Choice(best, "telling_values", {"count": count, "against": total - count})
        return Choice(None, "ambiguous", {"samples": list(samples.values())[:3]})
    if open_samples:
        return Choice(None, "ambiguous", {"samples": list(open_samples.values())[:3]})
    return Choice(None, "no_dates")


def contradicting(cells: Iterable[str], text: str) -> list[str]:
    """Return samples of dates that have day and month the other way round, when too many do; else nothing.

    Then the others cannot be trusted either: `03-04-2024` reads both ways.
    """
    if "mmm" in text:
        return []
    ours = date_format(text)
    theirs = date_format(text.translate(str.maketrans("dm", "md")).replace("hh:dd", "hh:mm"))
    telling, samples = 0, []
    for cell in cells:
        day = ours.read(cell)
        if isinstance(day, date):
            telling += day.day > 12
        elif day.code == "date_not_real" and isinstance(theirs.read(cell), date):
            samples.append(cell)
    return samples[:3] if len(samples) > (1 - _CLEAR) * (telling + len(samples)) else []


def _order(cell: str) -> tuple[str, bool] | None:
    """Return the format that a cell shows and whether it settles the order, or None when it is no date."""
    if _DIGITS.fullmatch(cell):
        return "yyyymmdd", True
    named = _named(cell)
    if named is not None:
        return named, True
    found = _CELL.fullmatch(cell)
    if found is None:
        return None
    first, sep, second, third = found[1], found[2], int(found[3]), found[4]
    time = " hh:mm" if found[5] else ""
    if len(first) == 4:
        return (f"yyyy{sep}mm{sep}dd{time}", True) if second <= 12 and len(third) <= 2 else None
    if len(third) == 4 and len(first) <= 2 and (int(first) > 12) != (second > 12):
        order = f"dd{sep}mm" if second <= 12 else f"mm{sep}dd"
        return f"{order}{sep}yyyy{time}", True
    open_order = len(first) <= 2 and len(third) in (2, 4) and max(int(first), second) <= 31
    return ("", False) if open_order else None


def _named(cell: str) -> str | None:
    """Return the format of a date with its month by name, or None."""
    if (found := _NAMED.fullmatch(cell)) and found[3].casefold() in MONTHS:
        sep = found[2]
        return f"dd{sep}mmm{sep}{'y' * len(found[4])}" + (" hh:mm" if found[5] else "")
    if (found := _NAMED_FIRST.fullmatch(cell)) and found[1].casefold() in MONTHS:
        return "mmm dd yyyy" + (" hh:mm" if found[2] else "")
    return None
