"""Rules for one row beyond its single cells: left out, arithmetic, credits, plausible range, duplicates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import prod

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Codes, Field, combine
from trede.intake.comparing import compared
from trede.intake.meaning import Meaning
from trede.intake.numbers import bare, read_numbers, unit_in
from trede.intake.problems import Finding, Problem, shown
from trede.intake.profile import Check, Column
from trede.intake.reader import Records
from trede.kernel.issues import Param

Flags = npt.NDArray[np.bool_]


def _flags(values: pa.Array) -> Flags:
    found: Flags = pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False)
    return found


def _present(fields: Mapping[str, Field], name: str, rows: int) -> Flags:
    return fields[name].present() if name in fields else np.zeros(rows, dtype=bool)


def swallowed(records: Records, rows: Codes, titles: Sequence[str], delimiter: str) -> Iterator[Finding]:
    """Yield the rows with a cell that holds line ends and as many delimiters as a whole row.

    Two stray quotes do that: what stands between them, other rows too, becomes the text of one cell.
    """
    long = np.diff(records.lines, append=records.lines[-1] + 2) > 1
    for position in np.flatnonzero(long[rows]).tolist():
        for title, cell in zip(titles, records.cells(int(rows[position])), strict=True):
            if "\n" in cell and cell.count(delimiter) >= len(titles) - 1:
                yield Finding(position, title, Problem("cell_swallows_rows", {"lines": cell.count("\n")}))


def left_out(cells: Field, column: Column) -> Iterator[Finding]:
    """Yield the rows whose cell has a text by which the column leaves rows out."""
    if column.leave_out:
        words = {compared(text) for text in column.leave_out}
        texts = cells.values.to_pylist()
        hits = [number for number, text in enumerate(texts) if text is not None and compared(text) in words]
        for position in np.flatnonzero(np.isin(cells.codes, hits)).tolist():
            yield Finding(position, cells.heading, Problem("left_out", {"value": shown(texts[cells.codes[position]])}))


def arithmetic(columns: Sequence[Sequence[Field]], checks: Sequence[Check], decimal: str) -> Iterator[Finding]:
    """Yield the rows whose product does not equal the stated amount within the tolerance.

    `columns` gives per check its factors and, last, the amount. Float arithmetic sorts out what surely adds
    up; what is near or beyond the tolerance is decided in exact decimals.
    """
    for fields, check in zip(columns, checks, strict=True):
        numbers = []
        readable = np.ones(len(fields[0].codes), dtype=bool)
        for field in fields:
            values, problems = read_numbers(bare(pc.fill_null(field.values, "")), decimal)
            empty = {
                int(number): Problem("cell_empty", {})
                for number in np.flatnonzero(values.is_null().to_numpy(zero_copy_only=False))
            }
            read = Field(field.heading, field.codes, values, {**empty, **problems, **field.problems})
            yield from read.findings()
            readable &= ~read.bad()
            numbers.append(read)
        *factors, amount = [
            pc.fill_null(field.values.cast(pa.float64()), 0.0).to_numpy()[field.codes] for field in numbers
        ]
        product = prod(factors[1:], start=factors[0])
        margin = 1e-9 * (1 + np.abs(product) + np.abs(amount))
        unsure = readable & (np.abs(product - amount) > float(check.tolerance) - margin)
        for position in np.flatnonzero(unsure).tolist():
            *parts, stated = [Decimal(field.values[int(field.codes[position])].as_py()) for field in numbers]
            if abs(prod(parts, start=Decimal(1)) - stated) > check.tolerance:
                params: dict[str, Param] = {
                    "product": f"{prod(parts, start=Decimal(1)).normalize():f}",
                    "stated": f"{stated.normalize():f}",
                    "tolerance": str(check.tolerance),
                    "columns": [str(field.heading) for field in numbers[:-1]],
                }
                yield Finding(position, numbers[-1].heading, Problem("row_does_not_add", params))


def other_units(amounts: Field, meant: Meaning) -> Iterator[Finding]:
    """Yield the rows whose quantity has a unit behind it, in the same cell, that is not the row's unit."""
    written = unit_in(pc.fill_null(amounts.values, ""))
    stated = {number: unit for number, unit in enumerate(written) if unit is not None}
    if not stated:
        return
    told: dict[tuple[int, int], Problem | None] = {}
    for position in np.flatnonzero(np.isin(amounts.codes, list(stated))).tolist():
        number, meaning = int(amounts.codes[position]), int(meant.codes[position])
        if (number, meaning) not in told:
            unit = meant.unit[meaning].as_py()
            told[number, meaning] = None
            if unit is not None and not meant.says(meaning, stated[number]):
                told[number, meaning] = Problem("unit_in_cell_differs", {"value": shown(stated[number]), "unit": unit})
        if problem := told[number, meaning]:
            yield Finding(position, amounts.heading, problem)


def unnamed_credits(amounts: Field, quantity: pa.Array, fields: Mapping[str, Field]) -> Iterator[Finding]:
    """Yield the negative quantities that are neither a credit to a named record nor of a meter."""
    rows = len(quantity)
    backed = _present(fields, "credit_of", rows) | _present(fields, "meter", rows)
    for position in np.flatnonzero(_flags(pc.less(quantity, Decimal(0))) & ~backed).tolist():
        told: dict[str, Param] = {"value": _shown(quantity, position), "candidates": []}
        yield Finding(position, amounts.heading, Problem("negative_without_credit", told))


def implausible(
    amounts: Field, quantity: pa.Array, fields: Mapping[str, Field], between: tuple[Decimal, Decimal] | None
) -> Iterator[Finding]:
    """Yield the quantities outside the plausible range; of a credit, the size counts, not the sign.

    What is negative and of no meter can only be a credit, whether it names what it credits or not.
    """
    if between is None:
        return
    rows = len(quantity)
    credit = pa.array(_present(fields, "credit_of", rows) | ~_present(fields, "meter", rows))
    size = pc.if_else(credit, pc.abs(quantity), quantity)
    outside = _flags(pc.or_(pc.less(size, between[0]), pc.greater(size, between[1])))
    for position in np.flatnonzero(outside).tolist():
        params: dict[str, Param] = {
            "value": _shown(quantity, position),
            "low": str(between[0]),
            "high": str(between[1]),
        }
        yield Finding(position, amounts.heading, Problem("implausible", params))


def duplicates(fields: list[Field], rejected: Flags, rows: Codes) -> Iterator[Finding]:
    """Yield the rows that repeat the values of an earlier one; a row with an empty value repeats nothing."""
    if not fields:
        return
    counted = ~rejected
    for field in fields:
        counted &= field.present()
    positions = np.flatnonzero(counted)
    kept = [Field(f.heading, f.codes[positions], f.values, {}) for f in fields]
    first, codes = combine(kept, len(positions))
    origin = first[codes]
    for index in np.flatnonzero(origin != np.arange(len(positions))).tolist():
        first_row = int(rows[positions[origin[index]]]) + 1
        yield Finding(int(positions[index]), fields[0].heading, Problem("duplicate_in_file", {"first_row": first_row}))


def _shown(quantity: pa.Array, position: int) -> str:
    return f"{quantity[position].as_py().normalize():f}"
