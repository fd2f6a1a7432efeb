"""Kinds of quantity and units, from `units.toml`; the units of money are the currencies."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from trede.catalogue.currencies import MONEY, SOURCE, currencies
from trede.catalogue.files import CATALOGUE
from trede.kernel.errors import CatalogueError
from trede.kernel.models import Strict, load
from trede.kernel.quantities import Kind, Unit, UnitRegistry


class _Unit(Strict):
    id: str
    factor: Decimal
    source: str
    aliases: tuple[str, ...] = ()


class _Kind(Strict):
    id: str
    dimension: str
    unit: str
    units: tuple[_Unit, ...]


class _Units(Strict):
    kind: tuple[_Kind, ...]


@cache
def unit_registry() -> UnitRegistry:
    """Load the shipped kinds and units.

    Raises:
        CatalogueError: two units of one kind share a name, or a canonical unit is not 1.
    """
    kinds: dict[str, Kind] = {}
    units: dict[tuple[str, str], Unit] = {}
    for kind in load(_Units, CATALOGUE / "units.toml").kind:
        kinds[kind.id] = Kind(kind.id, kind.dimension, kind.unit)
        for declared in kind.units:
            unit = Unit(declared.id, kind.id, declared.factor, declared.source, declared.aliases)
            if unit.factor <= 0 or (unit.id == kind.unit and unit.factor != 1):
                raise CatalogueError.of("unit_factor_invalid", unit=unit.id, kind=kind.id)
            for name in {unit.id.casefold(), *(alias.casefold() for alias in unit.aliases)}:
                if (kind.id, name) in units:
                    raise CatalogueError.of("unit_name_twice", unit=name, kind=kind.id)
                units[kind.id, name] = unit
        if (kind.id, kind.unit.casefold()) not in units:
            raise CatalogueError.of("unit_unknown", unit=kind.unit, kind=kind.id, allowed=[])
    kinds[MONEY] = Kind(MONEY, MONEY, "EUR", apart=True)
    for name, code in currencies().items():
        units[MONEY, name] = Unit(code, MONEY, Decimal(1), SOURCE)
    return UnitRegistry(kinds, units)
