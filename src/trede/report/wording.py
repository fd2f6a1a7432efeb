"""The sentences of a report by code, from `words/*.toml`, in Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from trede.kernel.periods import Period
from trede.report.document import Cell, Statement, write_cell
from trede.report.writing import Shown, Writer, read_sentences

WORDS = Path(__file__).parent / "words"


@cache
def words(language: str) -> Mapping[str, str]:
    """Return every sentence of a language by code."""
    return read_sentences(WORDS, language)


class Wording(Writer):
    """Sentences, figures and dates in one language."""

    def word(self, code: str, /, **values: Cell) -> str:
        """Return a word or sentence with its values written in it."""
        return words(self.language)[code].format_map({name: Shown(write_cell(v, self)) for name, v in values.items()})

    def name(self, family: str, member: str) -> str:
        """Return the word for a member of a family, such as a kind of decision; one that has no word yet stands as it is."""
        return words(self.language).get(f"{family}.{member}", member)

    def statement(self, code: str, /, **values: Cell) -> Statement:
        """Return a sentence that keeps its values."""
        return Statement(words(self.language)[code], values)

    def enumeration(self, code: str, pairs: list[tuple[str, Cell]]) -> Statement:
        """Return a sentence with a list behind it: each name with its value."""
        marks = [f"{{name{at}}} {{value{at}}}" for at in range(len(pairs))]
        named = {f"name{at}": name for at, (name, _) in enumerate(pairs)}
        return Statement(
            f"{words(self.language)[code]} {'; '.join(marks)}.",
            {**named, **{f"value{at}": value for at, (_, value) in enumerate(pairs)}},
        )

    def long_day(self, day: date) -> str:
        """Write a day with the name of its month."""
        return f"{day.day} {self.month(day.month)} {day.year}"

    def month(self, number: int) -> str:
        """Return the name of a month, 1 to 12."""
        return self.word("months").split(" ")[number - 1]

    def period(self, period: Period) -> str:
        """Write the first and the last day of a period in full."""
        return self.word("period", start=self.long_day(period.start), end=self.long_day(period.end))
