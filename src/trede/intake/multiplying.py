"""A factor of the file itself: the ratio of a transformer, or the correction of metered to normal cubic metres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Field
from trede.intake.fields import QUANTITY
from trede.intake.numbers import MAX_DIGITS, read_numbers
from trede.intake.problems import Finding, Problem
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
    """Return quantities times their factor, rounded half away from zero at six decimals; an empty factor changes nothing.

    A product that is too large is null; `too_large` tells of it.
    """
    found = [
        amount if amount is None or by is None else times(amount, by)
        for amount, by in zip(quantity.to_pylist(), factors_of(factor, len(quantity)), strict=True)
    ]
    return pa.array(found, QUANTITY)


def too_large(stated: pa.Array, product: pa.Array, factor: Field, heading: str | None) -> Iterator[Finding]:
    """Yield the rows whose quantity, below that heading, and factor are both read and come to too large a number."""
    rows = zip(stated.to_pylist(), product.to_pylist(), factors_of(factor, len(stated)), strict=True)
    for position, (amount, found, by) in enumerate(rows):
        if found is None and amount is not None and by is not None:
            yield Finding(position, heading, exceeding(amount, by))


def exceeding(amount: Decimal, factor: Decimal) -> Problem:
    """Return what is wrong with a product that is too large."""
    value, by = (f"{number.normalize():f}" for number in (amount, factor))
    return Problem("product_too_large", {"value": value, "factor": by, "limit": MAX_DIGITS})


def as_texts(factor: Field) -> Field:
    """Return factors as they are kept with the records."""
    values = [None if value is None else f"{value.normalize():f}" for value in factor.values.to_pylist()]
    return replace(factor, values=pa.array(values, pa.string()), problems={})


def times(amount: Decimal, factor: Decimal) -> Decimal | None:
    """Return a product, rounded half away from zero at six decimals; None when it is longer than a file may write."""
    with localcontext() as context:
        context.prec = 50  # two numbers of 21 digits, where Python's own 28 would round or fail
        product = (amount * factor).quantize(QUANTUM, ROUND_HALF_UP)
    return None if abs(product) >= Decimal(10) ** MAX_DIGITS else product


def factors_of(factor: Field | None, rows: int) -> list[Decimal | None]:
    """Return the factor of each row: 1 without one, None where it is a problem."""
    if factor is None:
        return [Decimal(1)] * rows
    values = factor.values.to_pylist()
    return [
        None if wrong else values[code] or Decimal(1)
        for code, wrong in zip(factor.codes.tolist(), np.asarray(factor.bad()), strict=True)
    ]
