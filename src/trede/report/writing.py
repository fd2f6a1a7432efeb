"""Figures and dates as a language writes them; whatever shows a figure to a person shows it through this."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from trede.kernel.amounts import shown

NO_BREAK = "\u00a0"


NOTHING = "–"
"""What stands for a value that is not there."""


class Shown(str):
    """A value as it is written in a sentence.

    `{count:row/rows}` gives the word for one, or for another number; `{closest:~Closest: ~. }` writes the value between two
    texts, and nothing at all when there is none.
    """

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        if spec.startswith("~"):
            before, _, behind = spec[1:].partition("~")
            return "" if self in ("", NOTHING) else f"{before}{self}{behind}"
        one, sign, more = spec.partition("/")
        if not sign:
            return super().__format__(spec)
        return one if self in ("1", "−1") else more


def read_sentences(folder: Path, language: str) -> Mapping[str, str]:
    """Return the sentences of a folder's files of one language (`*.nl.toml`), by code."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob(f"*.{language}.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


class Writer:
    """Writes numbers and dates in one language, `nl` or `en`."""

    def __init__(self, language: str) -> None:
        self.language = language

    def number(self, value: Decimal | int | str, decimals: int | None = None) -> str:
        """Write a number with the language's signs; `decimals` rounds half away from zero."""
        number = Decimal(value)
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
            number = abs(number) if number.is_zero() else number
        text = f"{number:,f}"
        if decimals is None and "." in text:
            text = text.rstrip("0").rstrip(".")
        if self.language == "nl":
            text = text.translate(str.maketrans(",.", ".,"))
        return text.replace("-", "−")

    def tonnes(self, mg: int, decimals: int = 2) -> str:
        """Write milligrams as tonnes."""
        return self.number(shown(mg, decimals=decimals), decimals)

    def percent(self, part: Decimal, decimals: int = 0) -> str:
        """Write a share as a percentage."""
        return f"{self.number(part * 100, decimals)}{NO_BREAK}%"

    def day(self, value: date) -> str:
        """Write a date for a table."""
        return f"{value:%d-%m-%Y}" if self.language == "nl" else value.isoformat()
