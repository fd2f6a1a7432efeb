"""Writing a description: the one writer of `organisation.toml`. What it writes reads back as the same description.

It keeps every field that was said and the order of things. Comments and the lay-out of a file that somebody wrote by hand are
not part of a description: `has_comments` says whether a text has any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from trede.organisation.model import Organisation

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_TOKEN = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|(?P<comment>#[^\n]*)', re.DOTALL
)


def to_toml(organisation: Organisation) -> bytes:
    """Return a description as the text of `organisation.toml`."""
    facts = organisation.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    return ("\n".join(_document(facts)).strip() + "\n").encode()


def has_comments(data: bytes) -> bool:
    """Whether a valid text has comments."""
    return any(found["comment"] is not None for found in _TOKEN.finditer(data.decode("utf-8-sig")))


def _document(facts: Mapping[str, Any]) -> Iterator[str]:
    tables = {name: value for name, value in facts.items() if isinstance(value, Mapping) or _is_things(value)}
    yield from _pairs({name: value for name, value in facts.items() if name not in tables})
    for name, value in tables.items():
        one = isinstance(value, Mapping)
        for thing in [value] if one else value:
            yield ""
            yield f"[{_key(name)}]" if one else f"[[{_key(name)}]]"
            yield from _pairs(thing)


def _is_things(value: Any) -> bool:
    return isinstance(value, Sequence) and bool(value) and all(isinstance(each, Mapping) for each in value)


def _pairs(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, value in facts.items():
        if _is_things(value):
            yield f"{_key(name)} = ["
            yield from (f"  {_value(each)}," for each in value)
            yield "]"
        else:
            yield f"{_key(name)} = {_value(value)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items()) + " }"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_value, value)) + "]"
    return str(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _number(value: Decimal) -> str:
    """Write a number; one that a floating-point number does not hold exactly is written as a text, which reads the same."""
    if value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    text = f"{value:f}".rstrip("0")
    return text if Decimal(repr(float(text))) == value else _text(text)
