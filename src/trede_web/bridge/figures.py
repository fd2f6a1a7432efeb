"""A figure on a page: exact milligrams with the question whose answer it is, so that it always has a way back."""

from __future__ import annotations

from dataclasses import dataclass

from trede.kernel.amounts import shown


@dataclass(frozen=True)
class Figure:
    """An amount in whole milligrams CO2e.

    `query` is the address that the library explains, such as `RUN/ladder:market/scope-1`; behind `#` stands which figure
    beside the answer's own is meant, such as `#biogenic`. `RUN:2024-H1` is a part of a run; it leads to the same of the run.
    """

    mg: int
    query: str

    @property
    def address(self) -> str:
        """The address alone."""
        run, slash, rest = self.query.partition("#")[0].partition("/")
        return run.partition(":")[0] + slash + rest


def exact_tonnes(mg: int) -> str:
    """Write milligrams as tonnes, to the last one: `-12.000000001`."""
    return f"{shown(mg, decimals=9):f}"


def part_of(mg: int, whole: int) -> float:
    """Return a share for the length of a bar: between 0 and 1."""
    return max(0.0, min(1.0, mg / whole)) if whole > 0 else 0.0
