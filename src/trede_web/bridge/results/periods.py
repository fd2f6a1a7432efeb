"""Periods to look at: a calendar year, its halves, quarters and months, and what else was calculated, such as a broken year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede_web.bridge.speaking import Voice

PARTS = ("H1", "H2", "Q1", "Q2", "Q3", "Q4", *(f"{month:02}" for month in range(1, 13)))
"""Parts of a calendar year, as they stand behind it in an address: `2024-H1`."""


@dataclass(frozen=True)
class PeriodChoice:
    """A period to choose. `name` is that of its address; `calculated` says whether a calculation answers for it."""

    name: str
    text: str
    chosen: bool
    calculated: bool


def read_period(text: str, year: int) -> Period:
    """Read a period of the address of a page about a year; nothing is the whole year.

    Raises:
        TredeError: `period_unreadable`, also of a period that has no day in the year.
    """
    found = Period.parse(text) if text else Period.year(year)
    if found.overlap(Period.year(year)) is None:
        raise TredeError.of("period_unreadable", text=text)
    return found


def read_months(first: str, last: str) -> str:
    """Return the name of the period from one month to another, each as `2024-03`; nothing when they are none.

    Raises:
        TredeError: `period_unreadable` or `period_reversed`.
    """
    if not re.fullmatch(r"\d{4}-\d{2}", first) or not re.fullmatch(r"\d{4}-\d{2}", last):
        raise TredeError.of("period_unreadable", text=f"{first}..{last}")
    return Period.parse(f"{first}..{last}").name


def is_year(period: Period) -> bool:
    """Whether a period is one calendar year."""
    return period == Period.year(period.start.year)


def say_period(period: Period, voice: Voice) -> str:
    """Name a period: `2024`, `2024-H1`, `maart 2024`, `juli 2023 – juni 2024`."""
    name = period.name
    if is_year(period) or name[5:] in PARTS[:6]:
        return name
    if period.start.day != 1 or period.next_day().day != 1:
        return f"{voice.day(period.start)} – {voice.day(period.end)}"
    first, _, last = name.partition("..")
    return (
        f"{_month(voice, f'{period.start:%Y-%m}')} – {_month(voice, f'{period.end:%Y-%m}')}"
        if last
        else _month(voice, first)
    )


def say_part(period: Period, voice: Voice) -> str:
    """Name a part of a year in full, to choose it."""
    if is_year(period):
        return voice.word("period.whole", year=period.name)
    part = period.name[5:]
    if part not in PARTS[:6]:
        return say_period(period, voice)
    names = voice.word("months").split(" ")
    return voice.word("period.part", name=part, first=names[period.start.month - 1], last=names[period.end.month - 1])


def _month(voice: Voice, name: str) -> str:
    year, month = name.split("-")
    return f"{voice.word('months').split(' ')[int(month) - 1]} {year}"


def year_and_parts(year: int, chosen: Period, voice: Voice) -> list[PeriodChoice]:
    """Return a calendar year and its parts to choose from, with another period that is chosen."""
    offered = [Period.year(year), *(Period.parse(f"{year}-{part}") for part in PARTS)]
    offered += [] if chosen in offered else [chosen]
    return [PeriodChoice(each.name, say_part(each, voice), each == chosen, calculated=True) for each in offered]


def periods_of(workspace: Workspace, year: int, chosen: Period, voice: Voice) -> list[PeriodChoice]:
    """Return the periods that a page about a year offers: the year, its parts, and others that were calculated."""
    known = {run.period for run in workspace.runs()}
    offered = [Period.year(year), *(Period.parse(f"{year}-{part}") for part in PARTS)]
    others = sorted({*known, chosen} - set(offered))
    within = [period for period in others if period.overlap(Period.year(year)) is not None]
    return [
        PeriodChoice(each.name, say_part(each, voice), each == chosen, each in known) for each in [*offered, *within]
    ]


def same_part(period: Period, year: int) -> Period:
    """Return the same part of another year: the period with the year in which it begins moved to that one."""
    moved = year - period.start.year
    text = re.sub(r"\b\d{4}\b", lambda found: str(int(found[0]) + moved), period.name)
    if moved % 4:
        text = text.replace("-02-29", "-02-28")
    return Period.parse(text)


def earlier_years(workspace: Workspace, period: Period) -> Iterator[Period]:
    """Yield the same part of earlier years as far as it was calculated, the latest first."""
    known = {run.period for run in workspace.runs()}
    for year in range(
        period.start.year - 1, min((each.start.year for each in known), default=period.start.year) - 1, -1
    ):
        found = same_part(period, year)
        if found in known:
            yield found
