"""The uncertainty that a file states of its own quantities: half the 95 % interval, in percent of the value."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Field
from trede.intake.numbers import read_numbers
from trede.intake.problems import Problem

LEAST, MOST = Decimal("0.01"), Decimal(1000)
"""Percentages that an uncertainty may have; it is kept in hundredths of a percent."""


def read_uncertainty(field: Field, decimal: str) -> Field:
    """Read the uncertainty of each row, a percentage with or without its sign, as whole ten-thousandths of the value.

    One that is zero, negative, above 1000 % or finer than a hundredth of a percent is a problem.
    """
    texts = pc.replace_substring_regex(pc.fill_null(field.values, ""), r"\s*%$", "")
    values, unreadable = read_numbers(texts, decimal)
    problems = {**unreadable, **field.problems}
    found: list[int | None] = []
    for number, percent in enumerate(values.to_pylist()):
        parts = None if percent is None else percent * 100
        if parts is not None and not (LEAST <= percent <= MOST and parts == int(parts)):
            shown, limits = f"{percent.normalize():f}", {"low": str(LEAST), "high": str(MOST)}
            problems[number] = Problem("uncertainty_out_of_range", {"value": shown, **limits})
            parts = None
        found.append(None if parts is None else int(parts))
    return replace(field, values=pa.array(found, pa.int32()), problems=problems)
