"""Quantities, their kinds and units.

A *kind* is what a quantity counts: kWh of gas is not kWh of electricity, a normal cubic metre is not a metered one, a
passenger-kilometre is not a vehicle-kilometre. Units convert inside a kind, exactly; kinds never convert without a method.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from trede.kernel.errors import TredeError

QUANTUM = Decimal("0.000001")
"""Quantities are kept with six decimals: DECIMAL(38,6)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a kind: one of it is `factor` of the kind's canonical unit, exactly."""

    id: str
    kind: str
    factor: Decimal
    source: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of quantity with its canonical unit and its dimension (`volume`, `energy`, `distance`, ...).

    Units that are `apart` are no multiples of each other: one euro is a number of dollars on one day only.
    """

    id: str
    dimension: str
    unit: str
    apart: bool = False


@dataclass(frozen=True)
class UnitRegistry:
    """All kinds and units; looks up by unit id or alias *within* a kind, so that `m3` cannot change its meaning."""

    kinds: Mapping[str, Kind]
    units: Mapping[tuple[str, str], Unit]
    """(kind, unit id or alias in lower case) → unit"""

    def find(self, kind: str, unit: str) -> Unit | None:
        """Return the unit of that kind by id or alias (case and outer blanks do not matter), or None."""
        return self.units.get((kind, unit.strip().casefold()))

    def require(self, kind: str, unit: str) -> Unit:
        """Return the unit, or raise `TredeError` with code `unit_unknown`."""
        found = self.find(kind, unit)
        if found is None:
            raise TredeError.of("unit_unknown", unit=unit, kind=kind, allowed=self.names(kind))
        return found

    def names(self, kind: str) -> list[str]:
        """Return the ids of a kind's units, canonical first."""
        canonical = self.kinds[kind].unit
        ids = {unit.id for (k, _), unit in self.units.items() if k == kind}
        return [canonical, *sorted(ids - {canonical})]

    def multiplier(self, kind: str, unit: str, to: str) -> Decimal:
        """Return how many `to` one `unit` is, both of `kind`.

        Raises:
            TredeError: `unit_unknown`, or `unit_apart` for two units of a kind whose units are no multiples.
        """
        one, other = self._pair(kind, unit, to)
        with localcontext() as context:
            context.prec = 40
            return one.factor / other.factor

    def convert(self, quantity: Decimal, kind: str, unit: str, to: str) -> Decimal:
        """Convert a quantity between two units of one kind; errors as of `multiplier`."""
        one, other = self._pair(kind, unit, to)
        with localcontext() as context:
            context.prec = 60
            return quantity * one.factor / other.factor

    def _pair(self, kind: str, unit: str, to: str) -> tuple[Unit, Unit]:
        one, other = self.require(kind, unit), self.require(kind, to)
        if self.kinds[kind].apart and one != other:
            raise TredeError.of("unit_apart", kind=kind, unit=one.id, to=other.id)
        return one, other
