"""Values that a publisher splits by gas: how a table writes them, and what a split must keep.

In a table a split is one cell: `direct:co2=2.6,ch4=0.0001;upstream:co2=0.5`, in the units of `Factor.gases`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, localcontext

from trede.catalogue.factor import Factor
from trede.catalogue.gwp import GWP_SETS, gwp_set
from trede.kernel.gases import BY_MASS, GAS_COLUMNS, REBASED, GwpSet
from trede.kernel.issues import Issue, Location, Param

MASS = Decimal("1e-12")
"""Precision of a kilogram of gas in a split."""

TOLERANCE = Decimal("1e-8")
"""How far a split may lie from its value: what rounding a handful of gases to nine decimals can make."""

SYMBOLS = ("direct", "upstream", "total")

Split = dict[str, dict[str, Decimal]]


def read_split(cell: str) -> dict[str, dict[str, str]]:
    """Return a split as it stands in a cell; the model reads the numbers."""
    found = {}
    for part in cell.split(";"):
        symbol, _, gases = part.partition(":")
        pairs = (gas.partition("=")[::2] for gas in gases.split(","))
        found[symbol.strip()] = {gas.strip(): amount.strip() for gas, amount in pairs}
    return found


def write_split(split: Mapping[str, Mapping[str, Decimal]]) -> str:
    """Return the cell that `read_split` reads, in a fixed order; nothing for no split."""
    return ";".join(
        f"{symbol}:"
        + ",".join(f"{gas}={format(split[symbol][gas], 'f')}" for gas in GAS_COLUMNS if gas in split[symbol])
        for symbol in SYMBOLS
        if symbol in split
    )


def split_by_mass(value: Decimal, parts: Mapping[str, Decimal], gwp: GwpSet) -> dict[str, Decimal]:
    """Turn the parts of one value, in kg CO2e by gas, into what `Factor.gases` keeps of it.

    Args:
        value: the published value, kg CO2e per unit.
        parts: the published kg CO2e per unit of each gas (columns of `BY_MASS`).
        gwp: the potentials with which the publisher made CO2e of the gases.

    Returns:
        kg of each gas, twelve decimals; `unsplit` has what the parts leave of the value, in kg CO2e. Nothing when every
        part is zero.
    """
    with localcontext() as context:
        context.prec = 40
        found = {gas: _short((part / gwp[gas]).quantize(MASS)) for gas, part in parts.items() if part}
        rest = _short((value - sum(parts.values(), Decimal(0))).quantize(REBASED))
    return found | ({"unsplit": rest} if found and rest else {})


def _short(number: Decimal) -> Decimal:
    """Leave out trailing zeros, as a table would be read back."""
    return Decimal(format(number.normalize(), "f"))


def check_split(factor: Factor, basis: str, location: Location) -> Iterator[Issue]:
    """Yield an error for each rule that the split of a factor breaks; `basis` is that of its library."""

    def wrong(code: str, **params: Param) -> Issue:
        return Issue.error(code, Location(location.file, location.row, "gases"), factor=factor.id, **params)

    if factor.gases and basis not in GWP_SETS:
        yield wrong("factor_gases_without_basis")
        return
    for symbol, split in factor.gases.items():
        value = factor.values().get(symbol) if symbol in SYMBOLS else None
        if value is None:
            yield wrong("factor_gases_without_value", symbol=symbol)
        elif unknown := sorted(set(split) - set(GAS_COLUMNS)):
            yield wrong("factor_gases_unknown", gases=unknown, known=list(GAS_COLUMNS))
        elif negative := sorted(gas for gas, amount in split.items() if amount < 0 and gas in BY_MASS):
            yield wrong("factor_gases_negative", gases=negative)
        else:
            parts = sum(factor.by_gas(symbol, gwp_set(basis)).values(), Decimal(0))
            if abs(parts - value) > TOLERANCE:
                yield wrong("factor_gases_do_not_add", symbol=symbol, parts=str(parts), value=str(value))
