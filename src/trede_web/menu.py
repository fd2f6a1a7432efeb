"""The pages of the menu, with the keys that lead there."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from trede_web.words import voice


@dataclass(frozen=True)
class Entry:
    """A page of the menu. `key` is the letter that follows `g`."""

    name: str
    word: str
    key: str = ""
    of_year: bool = False


MENU = (
    Entry("year", "menu.overview", "o", of_year=True),
    Entry("organisation", "menu.organisation", "w"),
    Entry("sources", "menu.sources", "s", of_year=True),
    Entry("imports", "menu.imports", "i"),
    Entry("ledger", "menu.ledger", "l"),
    Entry("completeness", "menu.completeness", "c", of_year=True),
    Entry("estimates", "menu.estimates"),
    Entry("samples", "menu.samples"),
    Entry("factors", "menu.factors", "f"),
    Entry("lists", "menu.lists"),
    Entry("models", "menu.models"),
    Entry("matching", "menu.matching", "m", of_year=True),
    Entry("choices", "menu.choices", "k", of_year=True),
    Entry("calculate", "menu.calculate", "r", of_year=True),
    Entry("doubles", "menu.doubles", "d", of_year=True),
    Entry("footprint", "menu.footprint", "v", of_year=True),
    Entry("scope_3", "menu.scope_3", "3", of_year=True),
    Entry("bridge", "menu.bridge", "b", of_year=True),
    Entry("receivers", "menu.receivers", "e", of_year=True),
    Entry("base_year", "menu.base_year", "y"),
    Entry("report", "menu.report", "t", of_year=True),
    Entry("publish", "menu.publish", "p", of_year=True),
    Entry("prove", "menu.prove", "u", of_year=True),
    Entry("people", "menu.people", "a"),
    Entry("comments", "menu.comments"),
    Entry("changes", "menu.changes"),
)
"""The pages that everybody may open, in the order of the menu."""


@dataclass(frozen=True)
class Way:
    """A link of the list: what it is, its name, where it leads, and the letter that leads there too."""

    kind: str
    name: str
    address: str
    key: str = ""


def menu(slug: str, year: int) -> list[Way]:
    """Return the pages of an organisation, of a year where they are of one."""
    return [
        Way("page", voice().word(e.word), reverse(e.name, args=[slug, *([year] if e.of_year else [])]), e.key)
        for e in MENU
    ]
