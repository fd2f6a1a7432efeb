"""Amounts in two columns, as a ledger writes them: debit and credit. The quantity is the one minus the other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Field
from trede.intake.fields import QUANTITY
from trede.intake.numbers import bare, read_numbers
from trede.intake.problems import Finding, Problem, shown


def net(debit: Field, credit: Field, decimal: str) -> tuple[Field, list[Finding]]:
    """Return debit minus credit, and what is wrong with the cells of the two.

    Of each row one of the two holds the amount; the other is empty or zero. A row with two amounts, or with none, is a problem of
    its own: which of them was meant is for a person to say.
    """
    sides, wrong, findings = [], np.zeros(len(debit.codes), dtype=bool), []
    for field in (debit, credit):
        values, problems = read_numbers(bare(pc.fill_null(field.values, "")), decimal)
        read = Field(field.heading, field.codes, values, {**problems, **field.problems})
        findings += list(read.findings())
        wrong |= read.bad()
        sides.append(values.take(pa.array(field.codes)))
    paid, taken = sides
    zero = pa.scalar(0, QUANTITY)
    filled = [pc.fill_null(pc.not_equal(side, zero), fill_value=False) for side in sides]
    both = pc.and_(*filled).to_numpy(zero_copy_only=False) & ~wrong
    none = pc.and_(*map(pc.is_null, sides)).to_numpy(zero_copy_only=False) & ~wrong
    problems = {
        row: Problem("both_sides_filled", {"columns": _headings(debit, credit), "values": _texts((debit, credit), row)})
        for row in np.flatnonzero(both).tolist()
    }
    problems |= {
        row: Problem("both_sides_empty", {"columns": _headings(debit, credit)}) for row in np.flatnonzero(none).tolist()
    }
    amount = pc.if_else(filled[1], pc.negate(taken), pc.coalesce(paid, pc.if_else(pc.is_null(taken), None, zero)))
    amount = pc.if_else(pa.array(both | none | wrong), None, amount)
    rows = np.arange(len(debit.codes), dtype=np.int64)
    return Field(debit.heading, rows, amount.cast(QUANTITY), problems), findings


def _headings(*fields: Field) -> list[str]:
    return [str(field.heading) for field in fields]


def _texts(fields: Sequence[Field], row: int) -> list[str]:
    """Return what stands in a row of some fields."""
    return [shown(str(field.values[int(field.codes[row])].as_py())) for field in fields]
