"""Sentences for people: message catalogues by language, numbers and dates as each language writes them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from trede.catalogue.template import attribute_headings, template
from trede.catalogue.vocabulary import vocabulary
from trede.kernel.addresses import letter
from trede.kernel.issues import Issue, Severity
from trede.report.writing import NOTHING, Shown, Writer, read_sentences

MESSAGES = Path(__file__).parent / "messages"
LANGUAGES = ("nl", "en")

FIGURES = frozenset({"stated", "computed", "difference", "product", "tolerance", "low", "high", "quantity"})
"""Parameters of issues that are exact decimals as text. Others (the text of a cell) are shown as they stand."""

IN_WORDS = frozenset({"heading_missing", "heading_twice"})
"""Issues that people meet who never saw a profile: their field is called as in the template."""
CUSTOM = "custom."
FIELDS = frozenset(
    {
        "date", "period", "year", "minus", "meter_reading", "reading_kind", "factor", "geography", "person", "sample",
        "checks", "totals", "crosstab",
    }
)  # fmt: skip
"""What a column can be that has no column in the template."""


def choose_language(asked: str | None, environment: Mapping[str, str] = os.environ) -> str:
    """Return `nl` or `en`: as asked, else TREDE_LANG, else the language of the session, else Dutch."""
    for value in (asked, environment.get("TREDE_LANG"), environment.get("LC_ALL"), environment.get("LANG")):
        if value and value[:2].lower() in LANGUAGES:
            return value[:2].lower()
    return "nl"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return all sentences of a language by code."""
    return read_sentences(MESSAGES, language)


@cache
def _headings(language: str) -> Mapping[str, str]:
    """Return the headings of the template by field, those of attributes too."""
    kinds = vocabulary().types
    inputs = {name: each.name.get(language) for kind in kinds.values() for name, each in kind.inputs.items()}
    attributes = {name: head.rpartition(" (")[0] for name, head in attribute_headings(kinds, language).items()}
    return inputs | attributes | {column.field: column.heading.get(language) for column in template().column}


class Speaker(Writer):
    """Writes in one language."""

    def say(self, code: str, /, **params: Any) -> str:
        """Return the sentence of a code with its parameters filled in."""
        text = catalogue(self.language)[code]
        return text.format_map({name: Shown(self.value(value)) for name, value in params.items()})

    def knows(self, code: str) -> bool:
        """Whether there is a sentence of this code."""
        return code in catalogue(self.language)

    def value(self, value: Any) -> str:
        """Write one parameter."""
        if isinstance(value, list | tuple):
            return ", ".join(self.value(part) for part in value) or NOTHING
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        return str(value)

    def tell(self, issue: Issue) -> str:
        """Return the sentence of an issue, with its figures as the language writes them, without signs for thousands."""
        values = self.filled(issue)
        if isinstance(amounts := values.get("amounts"), list):
            values["amounts"] = [self._amount(text) for text in amounts]
        if "fault" in values:
            values["detail"] = self.say(f"fault.{values['fault']}", **values)
        return self.say(issue.code, **values)

    def filled(self, issue: Issue) -> dict[str, Any]:
        """Return the parameters of an issue with its figures, and a field that people fill in, as the language writes them."""
        figures = {name: self._figure(str(value)) for name, value in issue.params if name in FIGURES}
        named = {"field": self.field(str(issue.values["field"]))} if issue.code in IN_WORDS else {}
        return {**issue.values, **figures, **named}

    def field(self, name: str) -> str:
        """Return what a field of a record is called; one that has no name of its own by its short name."""
        if name.startswith(CUSTOM):
            return self.say("field.custom", name=name.removeprefix(CUSTOM))
        if name in FIELDS:
            return self.say(f"field.{name}")
        return _headings(self.language).get(name, name)

    def _amount(self, text: str) -> str:
        """Write an amount of money, such as `1102927.522046 EUR`, to the cent."""
        number, _, currency = text.partition(" ")
        return f"{self.number(number, 2)} {currency}"

    def _figure(self, text: str) -> str:
        plain = text.rstrip("0").rstrip(".") if "." in text else text
        return plain.replace(".", ",") if self.language == "nl" else plain

    def issue(self, issue: Issue) -> str:
        """Write an issue: where, what and the remedy."""
        where = []
        if issue.location.file:
            where.append(issue.location.file)
        in_toml = (issue.location.file or "").endswith(".toml")
        if issue.location.row and in_toml:
            where.append(self.say("at_line", line=issue.location.row, column=issue.location.place))
        elif issue.location.row:
            where.append(self.say("at_row", row=issue.location.row))
        if issue.location.place and not in_toml:
            cell = letter(issue.location.place - 1)
            where.append(self.say("at_cell", letter=cell, column=issue.location.column or cell))
        elif issue.location.column and in_toml:
            where.append(self.say("at_key", key=_counted(issue.location.column)))
        elif issue.location.column:
            where.append(self.say("at_column", column=issue.location.column))
        sign = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTICE: "i"}[issue.severity]
        place = ", ".join(where)
        return f"{sign} {place}: {self.tell(issue)}" if place else f"{sign} {self.tell(issue)}"


def _counted(path: str) -> str:
    """Write the path of a field as a person counts: `site.0.opened` is that of the first site."""
    parts = [f"{int(part) + 1}" if part.isdecimal() else part for part in path.split(".")]
    return re.sub(r", (\d+)\b", r" \1", ", ".join(parts))
