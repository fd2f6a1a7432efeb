"""One mapped field of all data rows: distinct values once, and per row the number of its value.

A file repeats itself: a hundred thousand fills have a few hundred days, products and plates. Every rule for
one cell is therefore applied to the distinct cells only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.comparing import compared
from trede.intake.problems import Finding, Problem, shown
from trede.intake.profile import Column

Codes = npt.NDArray[np.int64]

_NO_VALUE = (
    r"^(?:=|@|[+−-][A-Za-z_][A-Za-z0-9_.]*\("  # a formula
    r"|#(?:N/A|N/B|REF!|VERW!|VALUE!|WAARDE!|DIV/0!|DEEL/0!|NAME\?|NAAM\?|NULL!|LEEG!|NUM!|GETAL!)$)"
)

_MANY = 20
"""Known values beyond which only the closest are named."""
_CLOSEST = 5
_WORD = 4
"""Letters of a word that makes two names alike."""


@dataclass(frozen=True)
class Field:
    """What one field says. Row `i` has the value `values[codes[i]]`, null when empty or wrong.

    `problems` tells, by number of the distinct value, what is wrong with it. A constant has no heading.
    """

    heading: str | None
    codes: Codes
    values: pa.Array
    problems: dict[int, Problem]

    def bad(self) -> npt.NDArray[np.bool_]:
        """Return, per row, whether its value has a problem."""
        flags = np.zeros(len(self.values), dtype=bool)
        flags[list(self.problems)] = True
        return flags[self.codes]

    def findings(self) -> Iterator[Finding]:
        """Yield the problem of each row that has one."""
        if self.problems:
            for position in np.flatnonzero(self.bad()).tolist():
                yield Finding(position, self.heading, self.problems[int(self.codes[position])])

    def per_row(self, rows: Codes) -> pa.Array:
        """Return the values of some rows."""
        return self.values.take(pa.array(self.codes[rows]))

    def present(self) -> npt.NDArray[np.bool_]:
        """Return, per row, whether it has a value."""
        valid: npt.NDArray[np.bool_] = self.values.is_valid().to_numpy(zero_copy_only=False)
        return valid[self.codes]

    def mapped(self, read: Callable[[str], str | Problem]) -> Field:
        """Return the field with every distinct value passed through `read`; empty ones stay empty."""
        values: list[str | None] = []
        problems = dict(self.problems)
        for number, text in enumerate(self.values.to_pylist()):
            result = None if text is None else read(text)
            if isinstance(result, Problem):
                problems[number] = result
                result = None
            values.append(result)
        return replace(self, values=pa.array(values, pa.string()), problems=problems)


def constant(value: str, rows: int) -> Field:
    """Return a field with one value for all rows."""
    return Field(None, np.zeros(rows, dtype=np.int64), pa.array([value], pa.string()), {})


def encode(heading: str | None, cells: pa.StringArray) -> Field:
    """Return cells as a field: trimmed, empty ones null, formulas and spreadsheet errors as problems."""
    coded = pc.utf8_trim_whitespace(cells).dictionary_encode()
    texts = coded.dictionary
    problems: dict[int, Problem] = {}
    for number in np.flatnonzero(pc.match_substring_regex(texts, _NO_VALUE).to_numpy(zero_copy_only=False)).tolist():
        text = texts[number].as_py()
        problems[number] = Problem(
            "cell_is_error" if text.startswith("#") else "cell_is_formula", {"value": shown(text)}
        )
    codes = coded.indices.to_numpy().astype(np.int64)
    return _without(Field(heading, codes, texts, problems), pc.equal(texts, ""))


def flawed(field: Field, flaws: npt.NDArray[np.int8], known: Mapping[int, Problem]) -> Field:
    """Return the field with null and a problem in each row whose entry in `flaws` is not 0."""
    if not flaws.any():
        return field
    count = len(field.values)
    values = pa.concat_arrays([field.values, pa.nulls(max(known) + 1, pa.string())])
    problems = field.problems | {count + number: problem for number, problem in known.items()}
    return replace(field, codes=np.where(flaws > 0, count + flaws, field.codes), values=values, problems=problems)


def _without(field: Field, empty: pa.BooleanArray) -> Field:
    """Return the field with null for empty values and for those with a problem."""
    gone = empty.to_numpy(zero_copy_only=False).copy()
    gone[list(field.problems)] = True
    return replace(field, values=pc.if_else(pa.array(gone), None, field.values))


def translated(field: Field, column: Column) -> Field:
    """Apply the column's translations; a value that is not listed is a problem that names the known ones."""
    if not column.values:
        return field
    known = {compared(key): value for key, value in column.values.items()}

    def read(text: str) -> str | Problem:
        found = known.get(compared(text), known.get("*"))
        if found is None:
            return _unknown(text, list(column.values))
        return found

    done = field.mapped(read)
    return _without(done, pc.fill_null(pc.equal(done.values, ""), fill_value=False))


def _unknown(text: str, known: list[str]) -> Problem:
    """Return the problem of a value that is not among the known ones: of many, only the closest are named."""
    if len(known) > _MANY:
        names = {compared(name): name for name in known}
        words = set(compared(text).split())
        sharing = [name for plain, name in names.items() if words & {w for w in plain.split() if len(w) >= _WORD}]
        similar = [names[plain] for plain in get_close_matches(compared(text), names, _CLOSEST)]
        if closest := list(dict.fromkeys([*similar, *sharing])):
            return Problem("value_unknown_closest", {"value": shown(text), "closest": closest[:_CLOSEST]})
    return Problem("value_unknown", {"value": shown(text), "known": known})


def required(field: Field, *, optional: bool) -> Field:
    """Make empty cells a problem unless they are optional."""
    if optional or field.values.null_count == 0:
        return field
    problems = dict(field.problems)
    for number in np.flatnonzero(field.values.is_null().to_numpy(zero_copy_only=False)).tolist():
        problems.setdefault(number, Problem("cell_empty", {}))
    return replace(field, problems=problems)


def combine(fields: list[Field], rows: int) -> tuple[Codes, Codes]:
    """Number the distinct combinations of some fields' values.

    Returns:
        per combination the first row that has it, and per row the number of its combination.
    """
    key = np.zeros(rows, dtype=np.int64)
    for field in (field for field in fields if len(field.values) > 1):
        _, key = np.unique(key * len(field.values) + field.codes, return_inverse=True)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    return first.astype(np.int64), inverse.astype(np.int64)
