"""What is wrong with a field of a data file, as a code: the validator's own kinds of error, brought to a few of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from trede.kernel.issues import Issue, Location, Param

FAULTS: Mapping[str, tuple[str, ...]] = {
    "missing": ("missing",),
    "unknown": ("extra_forbidden",),
    "choice": ("literal_error",),
    "text": ("string_type",),
    "number": ("decimal_parsing", "decimal_type", "float_parsing", "float_type", "finite_number"),
    "whole": ("int_parsing", "int_type", "int_from_float", "int_parsing_size"),
    "date": (
        "date_parsing", "date_type", "date_from_datetime_parsing", "date_from_datetime_inexact", "datetime_parsing",
        "datetime_type", "datetime_from_date_parsing",
    ),
    "boolean": ("bool_parsing", "bool_type"),
    "list": ("tuple_type", "list_type"),
    "table": ("dict_type", "model_type", "model_attributes_type"),
    "pattern": ("string_pattern_mismatch",),
    "too_short": ("string_too_short",),
    "too_few": ("too_short",),
    "too_many": ("too_long",),
    "at_least": ("greater_than_equal",),
    "above": ("greater_than",),
    "at_most": ("less_than_equal",),
    "below": ("less_than",),
    "decimals": ("decimal_max_places",),
}  # fmt: skip
"""Our code → the validator's kinds of error. Any other, such as a rule of a model itself, is `other`."""

_LIMITS = ("ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "decimal_places")
_LONGEST = 80


def fault_of(problem: Mapping[str, Any]) -> dict[str, Param]:
    """Return what one problem of the validator says.

    Returns:
        `fault` (a key of `FAULTS`, or `other`), `given` and `expected` as text, and the validator's words as `detail`.
    """
    limits = problem.get("ctx", {})
    kind = next((name for name, types in FAULTS.items() if problem["type"] in types), "other")
    expected = next((str(limits[name]) for name in _LIMITS if name in limits), "")
    if kind == "choice":
        expected = ", ".join(re.findall(r"'([^']*)'", limits["expected"]))
    given = "" if kind == "missing" else str(problem["input"])
    return {"fault": kind, "given": given[:_LONGEST], "expected": expected, "detail": problem["msg"]}


UNREADABLE: Mapping[str, str] = {
    "toml_twice": r"twice|overwrite|Duplicate|redefine|mutate immutable",
    "toml_bracket": r"Expected '\]|Unclosed|Expected '\}",
    "toml_text": r"Unterminated|Illegal character|Unescaped|hex value|scalar value",
    "toml_date": r"date or datetime",
    "toml_value": r"Invalid value",
    "toml_line": r"Expected '='|key part|Invalid statement|Expected newline",
}
"""Our code → what tomllib says."""

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


def unreadable(error: Exception, name: str) -> Issue:
    """Return the issue of a file that is no TOML: `toml_unreadable` at its line, with a code of `UNREADABLE` as `fault`.

    Text that is no UTF-8 is `toml_encoding`; anything else `toml_other`, with the parser's words as `detail`.
    """
    said = str(error)
    place = _PLACE.search(said)
    row, at = (int(place[1]), int(place[2])) if place and place[1] else (None, None)
    if isinstance(error, UnicodeDecodeError):
        fault = "toml_encoding"
        before = error.object[: error.start].split(b"\n")
        row, at = len(before), len(before[-1]) + 1
    else:
        fault = next((kind for kind, words in UNREADABLE.items() if re.search(words, said)), "toml_other")
    return Issue.error(
        "toml_unreadable", Location(file=name, row=row, place=at), fault=fault, detail=_PLACE.sub("", said)
    )
