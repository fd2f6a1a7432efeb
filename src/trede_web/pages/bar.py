"""The bar above each page: what it shows, each as a small list of links to the same page with another choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from trede_web.bridge.books import views
from trede_web.bridge.boundary.sites import parts_of
from trede_web.bridge.results.footprint import read_address, titled
from trede_web.bridge.results.periods import PeriodChoice
from trede_web.bridge.runs.calculations import calculations
from trede_web.words import voice

if TYPE_CHECKING:
    from trede_web.seat import Seat


@dataclass(frozen=True)
class Option:
    """One thing to choose, and the address of the page with it."""

    text: str
    address: str
    chosen: bool
    hint: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of a page. `word` is what it is called, `value` what is chosen."""

    name: str
    word: str
    value: str
    options: list[Option]
    months: str = ""
    """Where any other months are asked for; empty when the page has no such form."""


@dataclass(frozen=True)
class Bar:
    """What a page lets choose: before the year, and after it; `year` is what the year is called there."""

    before: Sequence[Choice] = ()
    after: Sequence[Choice] = ()
    year: str = ""

    def choices(self, links: Iterable[tuple[int, str]], year: int) -> list[Choice]:
        """Return every choice; `links` are the addresses of the page in each year."""
        years = [Option(str(each), where, each == year) for each, where in links]
        return [*self.before, Choice("year", self.year or voice().word("frame.year"), str(year), years), *self.after]


def period_choice(
    periods: Iterable[PeriodChoice], where: str, view: str, text: str, word: str = "", months: str = ""
) -> Choice:
    """Choose the part of the year; those that are not calculated yet say so.

    Args:
        where: the page, to which `period` and `view` are added.
        text: the period that is chosen, in words; `2024` when it is the year.
    """
    speaker = voice()
    options = [
        Option(
            each.text, with_asked(where, period="" if each.name.isdigit() else each.name, view=view), each.chosen,
            "" if each.calculated else speaker.word("period.not_calculated"),
        )
        for each in periods
    ]  # fmt: skip
    value = speaker.word("bar.whole") if text.isdigit() else text
    return Choice("period", word or speaker.word("bar.period"), value, options, months)


def standard_choice(options: list[Option]) -> Choice:
    """Choose the standard and the basis."""
    return Choice(
        "standard", voice().word("bar.standard"), next((each.text for each in options if each.chosen), ""), options
    )


def standards_of(seat: Seat, run: str, view: str, part: str = "") -> Choice:
    """Choose the standard under which the total of a run, or its part such as `/site:NAME`, is shown."""
    slug, speaker = seat.organisation.slug, voice()
    return standard_choice([
        Option(titled(each, speaker), reverse("trace", args=[slug, f"{run}/{each.name}{part}"]), each.name == view)
        for each in views()
    ])  # fmt: skip


def boundary_choice(seat: Seat, run: str, view: str, address: str) -> list[Choice]:
    """Choose the whole organisation or one site; nothing when records name less than two sites.

    Args:
        address: of the figure that the page is about.
    """
    slug, speaker = seat.organisation.slug, voice()
    found, asked = read_address(seat.books, f"{run}/{view}")
    parts = parts_of(seat.books, found, asked, speaker)
    if not parts:
        return []
    at = next((place for _, place in parts if f"{address}/".startswith(f"{place}/")), "")
    options = [
        Option(name, reverse("trace", args=[slug, place or f"{run}/{view}"]), place == at)
        for name, place in [(speaker.word("bar.everything"), ""), *parts]
    ]
    value = next(each.text for each in options if each.chosen)
    return [Choice("boundary", speaker.word("bar.boundary"), value, options)]


def calculation_choice(seat: Seat, run: str, view: str) -> Choice:
    """Choose the calculation of the period of a run."""
    slug, speaker = seat.organisation.slug, voice()
    found = calculations(seat.books, run)
    options, value = [], ""
    for each in found:
        made = timezone.localtime(each.made)
        day = speaker.day(made.date())
        hint = speaker.word("bar.answers") if each.answers and len(found) > 1 else ""
        where = reverse("trace", args=[slug, f"{each.run}/{view}"])
        options.append(Option(f"{day} {made:%H:%M}", where, each.chosen, hint))
        value = day if each.chosen else value
    return Choice("calculation", speaker.word("bar.calculation"), value, options)


def with_asked(where: str, **asked: str | None) -> str:
    """Return an address with what is asked of it."""
    kept = {name: value for name, value in asked.items() if value}
    return f"{where}?{urlencode(kept)}" if kept else where
