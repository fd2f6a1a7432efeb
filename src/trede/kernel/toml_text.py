"""Writing data as TOML: what a shell filled in on a form becomes the same file that a person would write."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

_INLINE_BELOW = 2
"""Tables that stand deeper than this are written on one line, as translations are."""


def toml_text(data: Mapping[str, Any]) -> str:
    """Return data as TOML: texts, whole numbers, booleans, exact decimals (between quotes), lists and tables of these.

    A value of None is left out. Keys keep their order; what is no table stands above the tables.
    """
    return "\n".join(_lines(data, ())).strip("\n") + "\n"


def _lines(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if _is_table(value, len(path))}
    for key, value in table.items():
        if key not in tables and value is not None:
            yield f"{_key(key)} = {_value(value)}"
    for key, value in tables.items():
        name = ".".join(map(_key, (*path, key)))
        if isinstance(value, Mapping):
            if not value or not all(_is_table(entry, len(path) + 1) for entry in value.values()):
                yield from ("", f"[{name}]")
            yield from _lines(value, (*path, key))
        else:
            for entry in value:
                yield from ("", f"[[{name}]]")
                yield from (f"{_key(k)} = {_value(v)}" for k, v in entry.items() if v is not None)


def _is_table(value: Any, depth: int) -> bool:
    if isinstance(value, Mapping):
        return depth < _INLINE_BELOW
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(entry, Mapping) for entry in value)


def _key(key: str) -> str:
    return key if key.isascii() and key.replace("_", "").replace("-", "").isalnum() else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f'"{value:f}"'
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(k)} = {_value(v)}" for k, v in value.items() if v is not None)
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return _text(str(value))


def _text(text: str) -> str:
    """Write a basic string; JSON's escapes are a subset of TOML's, which also wants the sign for delete escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
