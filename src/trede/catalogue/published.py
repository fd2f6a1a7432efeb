"""What publishers call the values that stand for a line of their list, such as a stream of waste, and in which language.

The values of most attributes are words of our own, named where they are shown. Those of `ATTRIBUTES` are not: the bindings
say which factor of which publisher answers each, and the publisher's own name is what the value is called. It is not
translated, for a translation of ours would be no name of that list.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from trede.catalogue.bindings import Binding, bindings_for, home_publishers, publishers
from trede.catalogue.papers import LibraryPapers

ATTRIBUTES = ("stream", "goods", "mode", "country")
"""Attributes whose values stand for a line of a publisher's list."""

_DUTCH = frozenset({"co2emissiefactoren"})
"""Publishers whose lists are in Dutch; the other lists that ship are in English."""

_WHOLE = frozenset({("desnz", "stream"), ("desnz", "goods"), ("desnz", "country")})
"""Publishers and attributes of which the name alone says what it is; elsewhere the heading above it is needed too."""

Tongue = Literal["nl", "en"]


class Published(NamedTuple):
    """A name as its publisher writes it, and the language of that."""

    text: str
    language: Tongue


def language_of(papers: LibraryPapers) -> Tongue | None:
    """Return the language in which a list names its factors; None of an organisation's own, which may be any."""
    return None if papers.kind == "own" else _language(papers.publisher)


@cache
def published_names() -> Mapping[tuple[str, str], Published]:
    """Return attribute and value → name: of the country of the tool's users where its list has one, else of another.

    A value that two lists have, such as a lorry of both, has the name of the first.
    """
    found: dict[tuple[str, str], Published] = {}
    home = home_publishers()
    for publisher in sorted(publishers(), key=lambda each: (each not in home, each)):
        for rows in bindings_for(publisher).rows.values():
            for name, value in rows[0].chosen_by.items():
                if name in ATTRIBUTES and rows[0].slot == "main":
                    found.setdefault((name, value), Published(_called(rows[0], name), _language(publisher)))
    return found


def _language(publisher: str) -> Tongue:
    return "nl" if publisher in _DUTCH else "en"


def _called(row: Binding, attribute: str) -> str:
    if (row.publisher, attribute) in _WHOLE or not row.subcategory:
        return row.name
    return f"{row.subcategory}: {row.name}"
