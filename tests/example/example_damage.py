"""Making damaged variants of the example's files, and what is to be said of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from example_reading import DIALECTS, SAMPLE_DIALECTS, raw

TANK = "tankpas-2024-verbeterd.csv"
"""The file that most variants damage: no fault in it but two fills sent twice."""
POWER = "elektriciteit-per-vestiging.csv"
GAS = "gas-per-vestiging.csv"
TRAVEL = "reizen.csv"
CHARGING = "laadpas.csv"

ROW = 100
"""An ordinary fill of petrol in TANK: 27.37 litres."""
CREDIT_ROW = 829
TOTAL_ROW = 1126

Found = tuple[str, int | None, str | None]
"""An issue as code, row and column."""

NONE: Found = ("no_row_accepted", None, None)
EXPLAINED: Found = ("control_total_explained", TOTAL_ROW, "Liters")
DIFFERS: Found = ("control_total_differs", TOTAL_ROW, "Liters")


class Sheet:
    """A file of the example as rows of cells; row numbers are those a spreadsheet shows."""

    def __init__(self, name: str = TANK) -> None:
        self.encoding, self.delimiter, above = (DIALECTS | SAMPLE_DIALECTS)[name]
        text = raw(name).decode(self.encoding)
        self.rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=self.delimiter))
        self.header = above
        self.end = "\r\n" if "\r\n" in text else "\n"

    def __len__(self) -> int:
        return len(self.rows)

    def index(self, heading: str) -> int:
        """The number of a column."""
        return self.rows[self.header].index(heading)

    def get(self, row: int, heading: str) -> str:
        """Return a cell."""
        return self.rows[row - 1][self.index(heading)]

    def put(self, row: int, heading: str, text: str) -> Sheet:
        """Change a cell."""
        self.rows[row - 1][self.index(heading)] = text
        return self

    def every(self, heading: str, change: Callable[[str], str]) -> Sheet:
        """Change a column, in data rows and total rows."""
        index = self.index(heading)
        for row in self.rows[self.header + 1 :]:
            row[index] = change(row[index])
        return self

    def rename(self, headings: dict[str, str]) -> Sheet:
        """Rename headings."""
        self.rows[self.header] = [headings.get(title, title) for title in self.rows[self.header]]
        return self

    def order(self, indices: list[int]) -> Sheet:
        """Choose and order the columns."""
        self.rows = [[row[i] for i in indices] for row in self.rows]
        return self

    def text(self) -> str:
        """Write the rows as the sender would, without quotes."""
        return "".join(self.delimiter.join(row) + self.end for row in self.rows)

    def data(self, encoding: str | None = None) -> bytes:
        """Write the rows as bytes."""
        return self.text().encode(encoding or self.encoding)


@dataclass(frozen=True)
class Damage:
    """A damaged file and what must come of it.

    `says`: the issues that the damage adds. `accepted`: how many rows more are accepted than of the whole
    file; None means that the file is refused, and then `says` begins with the first issue of the refusal.
    """

    data: bytes
    says: Sequence[Found] = ()
    accepted: int | None = 0
    name: str = TANK
    options: dict[str, Any] = field(default_factory=dict)


def refused(data: bytes, *says: Found, name: str = TANK, **options: Any) -> Damage:
    """A file of which nothing is taken in."""
    return Damage(data, list(says), None, name, options)


def variants(module: ModuleType) -> dict[str, Callable[[], Damage]]:
    """Return a module's damages by name: its functions that take nothing and return one."""
    return {
        name.replace("_", " "): made
        for name, made in vars(module).items()
        if callable(made) and getattr(made, "__annotations__", None) == {"return": "Damage"}
    }
