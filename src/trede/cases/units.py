"""The units in which a case states its expected figures."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

UNITS: Mapping[str, Mapping[str, Decimal]] = {
    "mass": {
        "t": Decimal(10**9),
        "kg": Decimal(10**6),
        "g": Decimal(10**3),
        "mg": Decimal(1),
        "lb": Decimal(453_592_370) / 1000,  # avoirdupois pound, exact: NIST SP 811 (2008), appendix B.8
    },
    "energy": {
        "GJ": Decimal(10**9),
        "MJ": Decimal(10**6),
        "J": Decimal(1),
        "MWh": Decimal(36 * 10**8),
        "kWh": Decimal(36 * 10**5),
    },
}
"""Milligrams in one unit of mass, joules in one unit of energy."""


def unit_size(unit: str) -> Decimal:
    """Return the milligrams or joules in one unit."""
    return next(sizes[unit] for sizes in UNITS.values() if unit in sizes)
