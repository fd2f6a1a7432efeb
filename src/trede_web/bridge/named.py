"""What the codes in the parameters of an issue about a file are called: activity types, attributes, fields and their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from trede.catalogue.template import template
from trede.catalogue.vocabulary import vocabulary

ISSUES = frozenset(
    {
        "activity_type_unknown", "attribute_missing", "attribute_not_of_type", "attribute_value_unknown", "currency_not_named",
        "factor_missing", "field_missing", "field_twice", "input_missing", "input_not_of_row", "input_not_of_type",
        "input_out_of_range", "inputs_missing", "personal_not_allowed", "period_fields", "quality_unknown",
        "reading_kind_unknown", "spend_code_unknown", "unit_needs_attribute", "unit_not_of_type",
    }
)  # fmt: skip
"""Codes of issues that somebody meets who maps a file or checks its rows."""
TYPES = frozenset({"type", "types"})
FIELDS = frozenset({"attribute", "field", "input", "inputs", "found"})
VALUES = frozenset({"allowed", "known"})
OURS = frozenset({("factor_missing", "value"), ("spend_code_unknown", "classification")})
"""Issue and parameter that is one of our values, and no text of the file."""
Say = Callable[[str], str]


def named(code: str, values: Mapping[str, Any], language: str, field: Say, word: Say) -> dict[str, Any]:
    """Return the parameters of an issue with names instead of codes.

    Args:
        field: gives what a field is called.
        word: gives what a value is called, itself when it has no name.
    """
    if code not in ISSUES:
        return dict(values)
    types = vocabulary().types

    def kind(ident: str) -> str:
        return types[ident].name.get(language) if ident in types else ident

    def value(text: str) -> str:
        match code:
            case "activity_type_unknown":
                return kind(text)
            case "quality_unknown":
                return template().qualities[text].get(language) if text in template().qualities else text
            case "attribute_not_of_type" | "input_not_of_type" | "personal_not_allowed":
                return field(text)
            case "reading_kind_unknown":
                return _both(word(f"reading_kind.{text}"), text)
            case "attribute_value_unknown":
                return _both(word(f"called.{text}"), text)
            case "attribute_missing" | "unit_needs_attribute":
                return word(f"called.{text}")
        return text

    def attribute(name: str) -> str:
        own = types[values["type"]].attributes if values.get("type") in types else {}
        return own[name].name.get(language) if name in own else field(name)

    ways: dict[str, Say] = {
        **dict.fromkeys(TYPES, kind),
        **dict.fromkeys(FIELDS, field),
        **dict.fromkeys(VALUES, value),
    }
    ways["attribute"] = attribute
    ways |= {name: lambda text: word(f"called.{text}") for own, name in OURS if own == code}
    return {name: _each(ways[name], given) if name in ways else given for name, given in values.items()}


def _both(name: str, text: str) -> str:
    """Return a name and what a file writes for it."""
    return name if name == text else f"{name} ({text})"


def _each(way: Say, given: Any) -> Any:
    return [way(str(part)) for part in given] if isinstance(given, list | tuple) else way(str(given))
