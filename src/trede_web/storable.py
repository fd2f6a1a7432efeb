"""Text as every database can hold it: cells of people's files may have signs that PostgreSQL refuses."""

from __future__ import annotations

import re
from typing import Any

REFUSED = re.compile("[\x00\ud800-\udfff]")
"""The null character, and halves of a pair that stand alone."""


def storable(value: Any) -> Any:
    """Return a JSON value with a sign of replacement for each sign that cannot be stored."""
    match value:
        case str():
            return REFUSED.sub("�", value)
        case list() | tuple():
            return [storable(each) for each in value]
        case dict():
            return {storable(key): storable(each) for key, each in value.items()}
        case _:
            return value
