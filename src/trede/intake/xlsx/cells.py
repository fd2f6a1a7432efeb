"""The cells of one sheet as they stand in its XML, and what stands around them: merges, hidden rows and columns.

The usual case is read with array arithmetic (`fast`): a block of whole rows whose tags follow one another as in a plain
sheet. A sheet with anything else in it goes through the XML parser (`strict`). Both give the same cells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trede.intake.reader import Flags, Ints
from trede.intake.xlsx.parsing import local, parse

EMPTY, NUMBER, SHARED, TEXT, BOOLEAN, ERROR, ISO_DATE = range(7)
"""What the text of a cell is."""

KINDS = {"n": NUMBER, "s": SHARED, "str": TEXT, "inlineStr": TEXT, "b": BOOLEAN, "e": ERROR, "d": ISO_DATE}
MAX_MERGES = 1_000_000
REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")


@dataclass(frozen=True)
class Cells:
    """Cells in the order of the file: row and column from 0, kind, cell style, text as stored, and whether a formula."""

    rows: Ints
    columns: Ints
    kinds: npt.NDArray[np.int8]
    styles: Ints
    texts: pa.StringArray
    formulas: Flags

    def chosen(self, flags: Flags) -> Cells:
        """Return some of the cells."""
        texts = self.texts.filter(pa.array(flags))
        formulas, styles = self.formulas[flags], self.styles[flags]
        return Cells(self.rows[flags], self.columns[flags], self.kinds[flags], styles, texts, formulas)

    @classmethod
    def joined(cls, blocks: Sequence[Cells]) -> Cells:
        """Return the cells of all blocks."""
        if not blocks:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none.astype(np.int8), none, pa.array([], pa.string()), none.astype(bool))
        names = ("rows", "columns", "kinds", "styles")
        rows, columns, kinds, styles = (np.concatenate([getattr(block, name) for block in blocks]) for name in names)
        texts = pa.concat_arrays([block.texts for block in blocks])
        return cls(rows, columns, kinds, styles, texts, np.concatenate([block.formulas for block in blocks]))


@dataclass
class Around:
    """What stands around the cells. `merges`: first and last row and column, from 0, both included."""

    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)

    def take(self, tag: str, attributes: dict[str, str]) -> None:
        """Note what a tag tells."""
        if tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            begin, end = place(first), place(last or first)
            if len(self.merges) >= MAX_MERGES:
                raise ValueError(tag)
            self.merges.append((begin[0], end[0], begin[1], end[1]))
        elif tag == "col" and attributes.get("hidden") in ("1", "true"):
            self.hidden_columns.append((int(attributes["min"]) - 1, int(attributes["max"]) - 1))


def place(reference: str) -> tuple[int, int]:
    """Return row and column, from 0, of a reference such as `B7`.

    Raises:
        ValueError: it is none.
    """
    found = REFERENCE.fullmatch(reference)
    if found is None:
        raise ValueError(reference)
    return int(found[2]) - 1, column_number(found[1])


def column_number(letters: str) -> int:
    """Return the number of a column, from 0 for `A`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def read_strict(data: bytes, name: str, part: str) -> tuple[Cells, Around]:
    """Read a sheet with the XML parser.

    Raises:
        IntakeError: `workbook_damaged`, `workbook_has_doctype`.
    """
    reader = _Strict()
    parse(data, name, part, start=reader.start, end=reader.end, text=reader.text)
    return reader.cells(), reader.around


class _Strict:
    """The events of one sheet. A cell or row without a reference stands behind the one before it."""

    def __init__(self) -> None:
        self.around = Around()
        self.inside: list[str] = []
        self.row, self.column = -1, -1
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.kinds: list[int] = []
        self.styles: list[int] = []
        self.texts: list[str] = []
        self.formulas: list[bool] = []
        self.pieces: list[str] = []
        self.valued = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = local(name)
        self.inside.append(tag)
        if tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
            if attributes.get("hidden") in ("1", "true"):
                self.around.hidden_rows.append(self.row)
        elif tag == "c":
            if "r" in attributes:
                self.row, self.column = place(attributes["r"])
            else:
                self.column += 1
            self.rows.append(self.row)
            self.columns.append(self.column)
            self.kinds.append(KINDS[attributes.get("t", "n")])
            self.styles.append(int(attributes.get("s", "0")))
            self.formulas.append(False)
            self.pieces = []
            self.valued = False
        elif tag == "f" and "c" in self.inside:
            self.formulas[-1] = True
        elif tag in ("v", "is") and "c" in self.inside:
            self.valued = True
        else:
            self.around.take(tag, attributes)

    def text(self, text: str) -> None:
        if self.inside and (self.inside[-1] == "v" or (self.inside[-1] == "t" and "rPh" not in self.inside)):
            self.pieces.append(text)

    def end(self, name: str) -> None:
        self.inside.pop()
        if local(name) == "c":
            text = "".join(self.pieces)
            self.texts.append(text)
            if not text and not (self.valued and self.kinds[-1] == TEXT):
                self.kinds[-1] = EMPTY

    def cells(self) -> Cells:
        numbers = [np.array(values, dtype=np.int64) for values in (self.rows, self.columns, self.kinds, self.styles)]
        rows, columns, kinds, styles = numbers
        texts = pa.array(self.texts, pa.string())
        return Cells(rows, columns, kinds.astype(np.int8), styles, texts, np.array(self.formulas, dtype=bool))
