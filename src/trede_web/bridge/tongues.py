"""Texts with parts in another language than the page, such as a publisher's name of a factor: each part keeps its language."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from trede.catalogue.papers import LibraryPapers
from trede.catalogue.published import language_of
from trede_web.bridge.speaking import Voice


class Said(str):
    """A text with the language of its parts (empty: that of the page). Everywhere but in HTML it is a text like any other.

    A template that writes it marks each part that is in another language, so that a screen reader says it as it should (WCAG
    2.2, 3.1.2). In an attribute, a title or an option, where no element can stand, a template writes it with `|plain`.
    """

    __slots__ = ("parts",)
    parts: tuple[tuple[str, str], ...]

    def __new__(cls, *parts: tuple[str, str]) -> Said:
        """Make a text of parts: text and language."""
        made = super().__new__(cls, "".join(text for text, _ in parts))
        made.parts = parts
        return made

    def __html__(self) -> str:
        """Return it as HTML."""
        return "".join(
            f'<span lang="{lang}">{escape(text)}</span>' if lang else escape(text) for text, lang in self.parts
        )

    @property
    def language(self) -> str:
        """The language of all of it; empty when that is the page's, or when it has several."""
        found = {lang for _, lang in self.parts}
        return found.pop() if len(found) == 1 else ""


def parts_of(text: str) -> tuple[tuple[str, str], ...]:
    """Return the parts of any text."""
    return text.parts if isinstance(text, Said) else ((str(text), ""),)


def joined(texts: Iterable[str], between: str) -> str:
    """Join texts; what is in another language keeps its mark."""
    parts: list[tuple[str, str]] = []
    for text in texts:
        parts += ([(between, "")] if parts else []) + [*parts_of(text)]
    return Said(*parts) if any(lang for _, lang in parts) else "".join(text for text, _ in parts)


def spoken(text: str, language: str | None, voice: Voice) -> str:
    """Return a text that is in a language (None: not known), marked when that is not the reader's."""
    return Said((text, language)) if text and language not in (None, voice.language) else text


def named(text: str, papers: LibraryPapers, voice: Voice) -> str:
    """Return a text of a publisher's list, such as the name of a factor."""
    return spoken(text, language_of(papers), voice)
