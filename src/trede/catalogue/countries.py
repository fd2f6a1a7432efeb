"""The two letters of the countries, from `countries.toml`."""

from __future__ import annotations

from functools import cache
from typing import Annotated

from pydantic import Field, StringConstraints

from trede.catalogue.files import CATALOGUE
from trede.kernel.models import Strict, load


class _Countries(Strict):
    source: Annotated[str, Field(min_length=1)]
    codes: tuple[Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")], ...]


@cache
def countries() -> frozenset[str]:
    """Return the codes of ISO 3166-1 alpha-2."""
    return frozenset(load(_Countries, CATALOGUE / "countries.toml").codes)


def find_country(text: str) -> str | None:
    """Return the code that a text is, whatever its case; None when it is none."""
    code = text.strip().upper()
    return code if code in countries() else None
