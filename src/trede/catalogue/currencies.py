"""Currencies by their three letters, from `money/currencies.csv`: the units of the kind `money`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from trede.catalogue.files import CATALOGUE
from trede.catalogue.tables import read_table
from trede.kernel.errors import CatalogueError

MONEY = "money"
"""The kind of quantity that an amount of money has."""

SOURCE = "ISO 4217, list one: currencies of countries; with HRK and BGN, which gave way to the euro"


@cache
def currencies() -> Mapping[str, str]:
    """Return the code of a currency by each of its names (code, sign or word) in lower case.

    A sign that several currencies share (`$`, `kr`) is nobody's.

    Raises:
        CatalogueError: `unit_name_twice`.
    """
    path = CATALOGUE / "money" / "currencies.csv"
    found: dict[str, str] = {}
    for where, cells in read_table(path.read_bytes(), path.name, ("code", "aliases")):
        for name in {cells["code"].casefold(), *(alias.casefold() for alias in cells["aliases"].split(" ; ") if alias)}:
            if name in found:
                raise CatalogueError.of("unit_name_twice", where, unit=name, kind=MONEY)
            found[name] = cells["code"]
    return found
