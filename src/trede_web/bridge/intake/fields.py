"""The fields that a column can fill, with their names for people and the values that they take."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from trede.catalogue.template import attribute_headings, template
from trede.catalogue.units import unit_registry
from trede.workspace import Workspace
from trede_web.bridge.ledger.attributes import choices_of
from trede_web.bridge.speaking import Voice

if TYPE_CHECKING:
    from trede.catalogue.vocabulary import ActivityType

Choice = tuple[str, str]
"""A value as a profile writes it, and its name."""

GROUPS: dict[str, tuple[str, ...]] = {
    "quantity": ("quantity", "-minus", "unit", "meter_reading", "reading_kind", "factor"),
    "when": ("date", "start", "end", "period", "year"),
    "what": ("activity_type",),
    "where": ("site", "entity", "department", "project", "geography"),
    "more": (
        "document", "credit_of", "replaces", "meter", "vehicle", "person", "supplier", "quality", "uncertainty", "rating",
        "sample", "note",
    ),
}  # fmt: skip
"""Fields in the order in which they are offered; attributes and inputs stand under `what`."""

WHEN = frozenset({"date", "start", "year", "period"})
READING_KINDS = ("closing", "opening", "reading")
PLACES = ("site", "entity", "department", "project")
PERSONAL = frozenset({"project", "meter", "vehicle", "person", "supplier", "note"})


@dataclass(frozen=True)
class Fields:
    """What columns can fill in one organisation, in one language."""

    workspace: Workspace
    voice: Voice

    @cached_property
    def types(self) -> dict[str, ActivityType]:
        """The activity types."""
        return dict(self.workspace.words.types)

    @cached_property
    def _names(self) -> dict[str, str]:
        columns = {column.field: column.heading.get(self.voice.language) for column in template().column}
        attributes = attribute_headings(self.types, self.voice.language)
        inputs = {n: i.name.get(self.voice.language) for kind in self.types.values() for n, i in kind.inputs.items()}
        return inputs | {name: heading.rpartition(" (")[0] for name, heading in attributes.items()} | columns

    def name(self, field: str) -> str:
        """Return what a field is called."""
        return self._names.get(field) or self.voice.field(field.removeprefix("-"))

    def type_choices(self) -> list[Choice]:
        """Return the activity types by name."""
        return sorted(
            ((ident, kind.name.get(self.voice.language)) for ident, kind in self.types.items()),
            key=lambda c: c[1].casefold(),
        )

    def offered(self, types: Iterable[ActivityType], also: Collection[str]) -> list[tuple[str, list[Choice]]]:
        """Return the fields to choose from by group.

        Args:
            types: the activity types that the file may hold: their attributes and figures are offered.
            also: fields that are in use already.
        """
        own = sorted({name for kind in types for name in (*kind.attributes, *kind.inputs)})
        grouped = {name: list(fields) for name, fields in GROUPS.items()}
        grouped["what"] += own
        known = {field for fields in grouped.values() for field in fields}
        grouped["more"] += sorted(field for field in also if field not in known)
        return [
            (self.voice.word(f"fields.{group}"), [(field, self.name(field)) for field in fields])
            for group, fields in grouped.items()
        ]

    def choices(self, field: str, types: Iterable[ActivityType]) -> list[Choice]:
        """Return the values that a field takes; nothing for a field that takes any text."""
        match field:
            case "activity_type":
                return self.type_choices()
            case "site" | "entity" | "department" | "project":
                return self._places(field)
            case "quality":
                return [(name, text.get(self.voice.language)) for name, text in template().qualities.items()]
            case "reading_kind":
                return [(name, self.voice.word(f"reading_kind.{name}")) for name in READING_KINDS]
            case "unit":
                names = {unit for kind in types for unit in units_of(kind)}
                return [(name, name) for name in sorted(names, key=str.casefold)]
        found = {
            value
            for kind in types
            for name, attribute in kind.attributes.items()
            if name == field and not (attribute.codes or attribute.values_from)
            for value in attribute.values
        }
        return choices_of(field, sorted(found), self.voice)

    def _places(self, field: str) -> list[Choice]:
        described: Any = getattr(self.workspace.organisation, {"department": "unit"}.get(field, field))
        return [(place.id, place.name) for place in described]

    def understood(self, field: str, text: str, types: Iterable[ActivityType]) -> str:
        """Return the value of a field that a text is without any translation; nothing when it is none."""
        organisation = self.workspace.organisation
        names = {
            "site": organisation.site_names, "entity": organisation.entity_names,
            "department": organisation.department_names, "project": organisation.project_names,
        }  # fmt: skip
        plain = text.strip().casefold()
        if field in names:
            return names[field].get(plain, "")
        if field == "unit":
            return text if any(kind.find_unit(text, {}) or kind.attributes_asked_by(text) for kind in types) else ""
        return next((value for value, _ in self.choices(field, types) if value.casefold() == plain), "")


def units_of(kind: ActivityType) -> list[str]:
    """Return the units that an activity type takes, the usual one first."""
    return [*unit_registry().names(kind.kind), *kind.unit_aliases]
