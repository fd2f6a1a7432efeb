"""What the values of attributes are called on screen; a file and a download keep the values themselves."""

from __future__ import annotations

from trede_web.bridge.speaking import Voice, words

CODES = frozenset({
    "species", "country", "category", "classification", "figures_in", "data_option", "financed", "investee_scopes",
    "stream", "goods", "mode",
})  # fmt: skip
"""Attributes whose values are codes of a table: refrigerants, countries, classes. They are shown as they are written."""


def called(value: str, voice: Voice) -> str:
    """Return what a value is called in the reader's language; the value itself when it is a code."""
    return words(voice.language).get(f"called.{value}", value)


def choices_of(values: list[str] | tuple[str, ...], voice: Voice) -> list[tuple[str, str]]:
    """Return values with what they are called, to choose from."""
    return [(value, called(value, voice)) for value in values]
