"""A factor of the file itself: the ratio of a transformer, or the correction of metered to normal cubic metres."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Field
from trede.intake.fields import QUANTITY
from trede.intake.numbers import read_numbers
from trede.intake.problems import Problem
from trede.kernel.quantities import QUANTUM


def read_factor(field: Field, decimal: str) -> Field:
    """Read the factor of each row; one that is zero or negative is a problem."""
    values, unreadable = read_numbers(pc.fill_null(field.values, ""), decimal)
    problems = {**unreadable, **field.problems}
    for number, value in enumerate(values.to_pylist()):
        if value is not None and value <= 0:
            problems[number] = Problem("factor_not_positive", {"value": f"{value.normalize():f}"})
    return replace(field, values=values, problems=problems)


def multiplied(quantity: pa.Array, factor: Field) -> pa.Array:
    """Return quantities times their factor, rounded half away from zero at six decimals; an empty factor changes nothing."""
    found = [
        amount if amount is None or by is None else times(amount, by)
        for amount, by in zip(quantity.to_pylist(), factors_of(factor, len(quantity)), strict=True)
    ]
    return pa.array(found, QUANTITY)


def as_texts(factor: Field) -> Field:
    """Return factors as they are kept with the records."""
    values = [None if value is None else f"{value.normalize():f}" for value in factor.values.to_pylist()]
    return replace(factor, values=pa.array(values, pa.string()), problems={})


def times(amount: Decimal, factor: Decimal) -> Decimal:
    """Return a product, rounded half away from zero at six decimals."""
    return (amount * factor).quantize(QUANTUM, ROUND_HALF_UP)


def factors_of(factor: Field | None, rows: int) -> list[Decimal | None]:
    """Return the factor of each row: 1 without one, None where it is a problem."""
    if factor is None:
        return [Decimal(1)] * rows
    values = factor.values.to_pylist()
    return [
        None if wrong else values[code] or Decimal(1)
        for code, wrong in zip(factor.codes.tolist(), np.asarray(factor.bad()), strict=True)
    ]
