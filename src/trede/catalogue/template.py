"""The columns of the template that needs no mapping, from `template.toml`, and the names of what is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Literal

from trede.catalogue.files import CATALOGUE
from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.kernel.models import Strict, Text, load

Language = Literal["nl", "en"]
LANGUAGES: tuple[Language, ...] = ("nl", "en")


class TemplateColumn(Strict):
    """A column of the template: the field that it fills, and its width in characters."""

    field: str
    heading: Text
    needed: bool = False
    personal: bool = False
    width: int


class Sheets(Strict):
    """The names of a template's sheets."""

    data: Text
    explanation: Text
    lists: Text


class Example(Strict):
    """The row that shows how the template is filled in, on one day."""

    marker: Text
    activity_type: str
    attributes: dict[str, str]
    quantity: str
    unit: str
    day: date
    quality: str
    document: str

    def type_name(self, language: str) -> str:
        """Return the activity type as it stands in the example row: marked."""
        return f"{self.marker.get(language)}: {vocabulary()[self.activity_type].name.get(language)}"


class Template(Strict):
    """The template, attributes left out: those follow from the vocabulary."""

    sheets: Sheets
    qualities: dict[str, Text]
    example: Example
    column: tuple[TemplateColumn, ...]


@cache
def template() -> Template:
    """Load the shipped template."""
    return load(Template, CATALOGUE / "template.toml")


def attribute_headings(types: Mapping[str, ActivityType], language: str) -> dict[str, str]:
    """Return the heading of each attribute of some activity types by its id, which stands between brackets.

    An attribute that is called otherwise in another type has all its names: `Vervoermiddel / Soort voertuig (mode)`.
    """
    names: dict[str, list[str]] = {}
    for kind in types.values():
        for ident, attribute in kind.attributes.items():
            name = attribute.name.get(language)
            if name not in names.setdefault(ident, []):
                names[ident].append(name)
    return {ident: f"{' / '.join(found)} ({ident})" for ident, found in names.items()}
