"""Reading the inputs of records: figures beside the quantity, each in the unit and within the bounds of its type."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pyarrow as pa

from trede.catalogue.inputs import Input
from trede.catalogue.units import unit_registry
from trede.catalogue.vocabulary import ActivityType, Vocabulary
from trede.intake.columns import Codes, Field
from trede.intake.comparing import compared
from trede.intake.meaning import Meaning
from trede.intake.numbers import bare, read_number, unit_in
from trede.intake.problems import Finding, Problem, shown
from trede.kernel.identity import canonical_json
from trede.kernel.quantities import QUANTUM

CUSTOM = "custom."
"""What the name of an organisation's own column begins with; a figure of an own model may stand in one."""

PERCENT, PERCENT_UNIT = "%", "percent"
"""The sign behind a figure, and the unit of inputs that are percentages; a share without a unit is a hundredth of it."""

Faults = tuple[tuple[str | None, Problem], ...]


@dataclass(frozen=True)
class Figures:
    """Per row the number of its combination of type and figures; per combination the canonical JSON, or what is wrong."""

    codes: Codes
    texts: pa.Array
    faults: Mapping[int, Faults]

    def take(self, positions: Codes) -> pa.Array:
        """Return the inputs of some rows, null for a record without any."""
        return self.texts.take(pa.array(self.codes[positions]))

    def findings(self) -> Iterator[Finding]:
        """Yield what is wrong, by row."""
        for position in np.flatnonzero(np.isin(self.codes, list(self.faults))).tolist():
            for heading, problem in self.faults[int(self.codes[position])]:
                yield Finding(position, heading, problem)


def read_input(declared: Input, text: str, decimal: str) -> Decimal | Problem:
    """Read one figure, with a unit behind it or none, into the input's own unit; a percentage of a share is divided."""
    plain = text.rstrip()
    percentage = plain.endswith(PERCENT) and declared.unit in ("", PERCENT_UNIT)
    cell = pa.array([plain.removesuffix(PERCENT).rstrip() if percentage else text], pa.string())
    number = read_number(str(bare(cell)[0].as_py()), decimal)
    if isinstance(number, Problem):
        return number
    written = unit_in(cell)[0]
    if percentage and not declared.unit:
        number /= 100
    if written is not None and compared(written) != compared(declared.unit):
        found = unit_registry().find(declared.kind, written) if declared.kind else None
        if found is None:
            return Problem("unit_in_cell_differs", {"value": shown(written), "unit": declared.unit or "-"})
        with localcontext() as context:
            context.prec = 50
            own = unit_registry().require(str(declared.kind), declared.unit)
            number = (number * found.factor / own.factor).quantize(QUANTUM, ROUND_HALF_UP)
    if not declared.allows(number):
        return Problem("input_out_of_range", {"value": f"{number.normalize():f}", "bounds": declared.bounds})
    return number


def input_names(words: Vocabulary) -> set[str]:
    """Return the names of all inputs in a vocabulary."""
    return {name for kind in words.types.values() for name in kind.inputs}


def figures_of(every: Mapping[str, Field], meant: Meaning, decimal: str, columns: Collection[str]) -> Figures:
    """Read the inputs of all rows.

    Args:
        every: the fields that columns, constants or headings fill, by name; the inputs among them are read.
        meant: what the rows record; a row whose type is wrong has no inputs.
        decimal: the decimal sign of the file, that of the fields in `columns`; a profile writes a point.
    """
    fields = {name: every[name] for name in sorted(input_names(meant.words) & every.keys())}
    decimals = {name: decimal if name in columns else "." for name in fields}
    every_code = [meant.codes, *(field.codes for field in fields.values())]
    distinct, codes = np.unique(np.stack(every_code, axis=1), axis=0, return_inverse=True)
    reader = _Reader(fields, meant, decimals)
    texts: list[str | None] = []
    faults: dict[int, Faults] = {}
    for number, combination in enumerate(distinct.tolist()):
        text, problems = reader.read(combination[0], dict(zip(fields, combination[1:], strict=True)))
        texts.append(text)
        if problems:
            faults[number] = problems
    return Figures(codes.reshape(-1).astype(np.int64), pa.array(texts, pa.string()), faults)


class _Reader:
    """Reads each distinct cell of an input once per type."""

    def __init__(self, fields: Mapping[str, Field], meant: Meaning, decimals: Mapping[str, str]) -> None:
        self.fields, self.words, self.decimals = fields, meant.words, decimals
        self.types: list[str | None] = meant.activity_type.to_pylist()
        self.attributes: list[str] = meant.attributes.to_pylist()
        self.cells = {name: field.values.to_pylist() for name, field in fields.items()}
        self.read_before: dict[tuple[str, str, int], str | Problem] = {}

    def read(self, meaning: int, numbers: Mapping[str, int]) -> tuple[str | None, Faults]:
        kind = self.words.types.get(self.types[meaning] or "")
        if kind is None:
            return None, ()
        found: dict[str, str] = {}
        problems: list[tuple[str | None, Problem]] = []
        for name, number in numbers.items():
            field = self.fields[name]
            if number in field.problems:
                problems.append((field.heading, field.problems[number]))
            elif self.cells[name][number] is None:
                continue
            elif name not in kind.inputs:
                if field.heading is not None and not name.startswith(CUSTOM):
                    problems.append((field.heading, Problem("input_not_of_row", {"input": name, "type": kind.id})))
            else:
                value = self._cell(kind.id, name, number)
                if isinstance(value, Problem):
                    problems.append((field.heading, value))
                else:
                    found[name] = value
        chosen: dict[str, str] = json.loads(self.attributes[meaning])
        for name, declared in kind.inputs.items():
            if (
                declared.needed_with(chosen)
                and name not in found
                and (name not in numbers or self.cells[name][numbers[name]] is None)
            ):
                heading = self.fields[name].heading if name in self.fields else None
                problems.append((heading, Problem("input_missing", {"input": name, "type": kind.id})))
        if not problems:
            problems += _between(kind, {name: Decimal(text) for name, text in found.items()})
        return (canonical_json(found).decode() if found else None), tuple(problems)

    def _cell(self, kind: str, name: str, number: int) -> str | Problem:
        key = kind, name, number
        if key not in self.read_before:
            declared = self.words[kind].inputs[name]
            value = read_input(declared, self.cells[name][number], self.decimals[name])
            self.read_before[key] = value if isinstance(value, Problem) else f"{value.normalize():f}"
        return self.read_before[key]


def _between(kind: ActivityType, given: Mapping[str, Decimal]) -> Iterator[tuple[None, Problem]]:
    """Yield what is wrong between the figures of a record."""
    for facts in kind.excess(given):
        yield None, Problem("part_above_whole", {**facts})
    if uneven := kind.uneven(given):
        yield None, Problem("shares_not_whole", {**uneven})


def canonical_inputs(inputs: Mapping[str, Decimal]) -> str | None:
    """Return figures in the units of their type as records keep them."""
    found = {name: f"{value.normalize():f}" for name, value in inputs.items()}
    return canonical_json(found).decode() if found else None
