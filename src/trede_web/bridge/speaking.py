"""What is said to a person: the library's sentences for its codes, and the application's own where those name a command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from trede.cli.calculating import by_activity
from trede.cli.language import Speaker
from trede.kernel.amounts import MG_PER_KG, shown
from trede.kernel.issues import Issue
from trede.report.writing import Shown, read_sentences
from trede.workspace.running import Freshness
from trede_web.bridge.named import named

WORDS = Path(__file__).parents[1] / "words"
LANGUAGES = ("nl", "en")
PLAIN = frozenset({"year", "version"})
"""Numbers that are names: they have no sign for thousands."""
OWN = "issue."
"""Before the code of an issue that the application says in its own words."""

__all__ = ["LANGUAGES", "WORDS", "Freshness", "PlainVoice", "Told", "Voice", "words"]


@cache
def words(language: str) -> Mapping[str, str]:
    """Return what the pages say in a language, by code."""
    return read_sentences(WORDS, language)


@dataclass(frozen=True)
class Told:
    """An issue as people read it."""

    severity: str
    text: str
    code: str


class Voice(Speaker):
    """Writes in one language."""

    def word(self, code: str, /, **values: Any) -> str:
        """Return a sentence of the pages with its values filled in; numbers as the language writes them."""
        text = words(self.language)[code]
        return text.format_map({name: Shown(self._value(name, value)) for name, value in values.items()})

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and name not in PLAIN:
            return self.number(value)
        return self.value(value)

    def tell(self, issue: Issue) -> str:
        """Return the sentence of an issue: our own, where the library's names a command."""
        code = OWN + issue.code
        if code not in words(self.language):
            return super().tell(issue)
        values = {name: self._plain(value) for name, value in self.filled(issue).items()}
        return words(self.language)[code].format_map(values)

    def filled(self, issue: Issue) -> dict[str, Any]:
        """Return the parameters of an issue with names for people instead of codes."""
        return named(issue.code, super().filled(issue), self.language, self.field, self._called)

    def _called(self, code: str) -> str:
        """Return the word for a value; the value itself when it has none."""
        return words(self.language).get(code, code.partition(".")[2])

    def _plain(self, value: Any) -> Shown:
        return Shown(self.value(value))

    def told(self, issue: Issue) -> Told:
        """Return an issue as people read it, with its place in front."""
        return Told(issue.severity.value, self.issue(issue)[2:], issue.code)

    def told_all(self, issues: Iterable[Issue]) -> list[Told]:
        """Return issues as people read them; those of one activity type together."""
        return [self.told(issue) for issue in by_activity(self, list(issues))]

    def told_stored(self, issues: Sequence[Mapping[str, Any]]) -> list[Told]:
        """Return issues that were stored with a job."""
        return self.told_all(Issue.from_json(dict(issue)) for issue in issues)

    def kilograms(self, mg: int, decimals: int = 2) -> str:
        """Write milligrams as kilograms."""
        return self.number(shown(mg, per=MG_PER_KG, decimals=decimals), decimals)


class PlainVoice(Voice):
    """Says the same with numbers and days for programs: `-1234.5` and `2024-03-01` in each language."""

    def number(self, value: Decimal | int | str, decimals: int | None = None) -> str:
        """Write a number with a point and no other signs; `decimals` rounds half away from zero."""
        number = Decimal(value)
        if decimals is not None:
            number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        text = f"{number:f}"
        if decimals is None and "." in text:
            text = text.rstrip("0").rstrip(".")
        return text.removeprefix("-") if not number else text

    def day(self, value: date) -> str:
        """Write a day as ISO 8601 does."""
        return value.isoformat()
