"""What the values of attributes are called on screen; a file and a download keep the values themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trede.catalogue.published import published_names
from trede.catalogue.sectors import division_of
from trede.catalogue.standards import standards
from trede_web.bridge.speaking import Voice, words
from trede_web.bridge.tongues import spoken

CODES = frozenset(
    {"species", "country", "category", "figures_in", "data_option", "investee_scopes", "stream", "goods", "mode"}
)
"""Attributes whose values are codes: refrigerants, currencies, options of PCAF, which are shown as they are written; categories
of scope 3, which have the standard's name behind them; and lines of a publisher's list, which have the publisher's name."""


def called(name: str, value: str, voice: Voice) -> str:
    """Return what a value of an attribute is called; in the publisher's language when only that has a name for it."""
    if name == "category":
        return _category(value, voice)
    found = published_names().get((name, value))
    if found is not None:
        return spoken(found.text, found.language, voice)
    return words(voice.language).get(f"called.{value}", value)


def called_in(attributes: Mapping[str, str], name: str, voice: Voice) -> str:
    """Return what one of a record's attributes is called; a code of a sector by what its classification says."""
    if name != "code":
        return called(name, attributes[name], voice)
    return _sector(attributes.get("classification", ""), attributes[name], voice)


def choices_of(name: str, values: Iterable[str], voice: Voice) -> list[tuple[str, str]]:
    """Return the values of an attribute with what they are called, to choose from."""
    return [(value, called(name, value, voice)) for value in values]


def _category(value: str, voice: Voice) -> str:
    number = value.partition("-")[0]
    found = next((each for each in standards()["ghg-protocol"].headings if each.id == f"scope-3.{number}"), None)
    if found is None:
        return value
    name = found.name.get(voice.language)
    return name if value == number else f"{name} ({value})"


def _sector(scheme: str, code: str, voice: Voice) -> str:
    found = division_of(scheme, code)
    return f"{code} {found.name.get(voice.language)}" if found else code
