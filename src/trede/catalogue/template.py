"""The columns of the template that needs no mapping, from `template.toml`, and the names of what is filled in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from trede.catalogue.files import CATALOGUE
from trede.catalogue.inputs import Sample
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType
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

    def marked(self, kind: ActivityType, language: str) -> str:
        """Return an activity type as it stands in an example row: marked."""
        return f"{self.marker.get(language)}: {kind.name.get(language)}"

    def of(self, kind: ActivityType) -> Sample:
        """Return the sample of a type: its own, that of the template, or a hundred of it with the first of each choice."""
        if kind.sample is not None:
            return kind.sample
        if kind.id == self.activity_type:
            return Sample(quantity=Decimal(self.quantity), unit=self.unit, attributes=self.attributes)
        first = {name: attribute.values[0] for name, attribute in kind.attributes.items() if attribute.default is None}
        return Sample(quantity=Decimal(100), unit=unit_registry().kinds[kind.kind].unit, attributes=first)


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


def shown_samples(types: Mapping[str, ActivityType]) -> dict[str, Sample]:
    """Return the samples of a template of some types: one per type, or the template's own for all types together."""
    example = template().example
    chosen = types if any(kind.posts for kind in types.values()) or len(types) == 1 else {
        ident: kind for ident, kind in types.items() if ident == example.activity_type
    }  # fmt: skip
    return {ident: example.of(kind) for ident, kind in chosen.items()}


def input_headings(types: Mapping[str, ActivityType], language: str) -> dict[str, str]:
    """Return the heading of each input of some activity types by its id: `Afstand in km (distance)`."""
    names: dict[str, list[str]] = {}
    for kind in types.values():
        for ident, declared in kind.inputs.items():
            name = declared.name.get(language) + (f" in {declared.unit}" if declared.unit else "")
            if name not in names.setdefault(ident, []):
                names[ident].append(name)
    return {ident: f"{' / '.join(found)} ({ident})" for ident, found in names.items()}


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
