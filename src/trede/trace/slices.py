"""A slice of a run's total: one site or one month, which is explained like the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

SIGN = ":"


@dataclass(frozen=True, slots=True)
class Slice:
    """One site, or one month of the rows' own; an empty name: rows of no site, or of more than one month."""

    what: Literal["site", "month"]
    name: str

    @classmethod
    def read(cls, text: str) -> Slice | None:
        """Read `site:NAME` or `month:2024-03`; None when it is something else."""
        what, sign, name = text.partition(SIGN)
        if not sign or what not in ("site", "month"):
            return None
        return cls("site" if what == "site" else "month", name)

    def __str__(self) -> str:
        return f"{self.what}{SIGN}{self.name}"

    def of(self, totals: pa.Table) -> pa.Table:
        """Return the rows of a table of totals that are in it."""
        field = pc.field(self.what)
        return totals.filter(field == self.name if self.name else field.is_null())

    def has(self, row: dict[str, Any]) -> bool:
        """Whether a ledger row with `site`, `start` and `end` is in it."""
        if self.what == "site":
            return (row["site"] or "") == self.name
        found = span(row["start"], row["end"])
        return found == self.name if self.name else "." in found


def span(start: date, end: date) -> str:
    """Name the month of a row, or its own days when it spans more than one."""
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%Y-%m}"
    return f"{start.isoformat()}..{end.isoformat()}"
