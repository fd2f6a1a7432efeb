"""Monte Carlo: the interval of a total by drawing the errors of its factors and quantities many times.

    total = Σ over factors f and error groups g of tonnes(f, g) · F(f) · A(g)

F and A are lognormal with mean 1 and standard deviation u ÷ 1.96: an error is a margin on a quantity or on a factor, which
cannot go below zero, and the analytic interval has the same mean and the same standard deviation. Every row of a factor has
the same F and every row of an error group the same A, so rows that share a factor or a meter are never independent. Where
the analytic rule adds errors, this multiplies them, and the interval takes the shape that comes out.

The sources of error with the largest share of the variance are drawn one by one, `EACH` at most. The many small ones that are
left are independent of each other: they are drawn as one lognormal factor on all that they are part of, with their exact sum
of variances. So the work does not grow with the number of records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import pyarrow as pa

from trede.analysis.contributions import Kind, largest_errors
from trede.analysis.draws import PER_NUMBER, Draws, Stream, lognormal
from trede.analysis.uncertainty import NORMAL, Errors, Interval, Posting, is_told, posted, prepare
from trede.catalogue.uncertainties import PARTS
from trede.engine.runs import Run
from trede.kernel.errors import RunError

EACH = 256
"""Sources of error that are drawn one by one."""

LEAST, MOST = 1_000, 1_000_000
"""How many draws there can be: fewer say nothing of the outer 2.5 %."""

BLOCK = 10_000
"""Draws that are made at once, to bound the memory; a multiple of `PER_NUMBER`."""

Name = tuple[Kind, str]


@dataclass(frozen=True)
class Simulated:
    """What the draws of one total gave.

    `low` and `high` are the bounds of the middle 95 % and `median` the middle one, in milligrams of the part of the total
    that has an interval. `drawn` sources of error were drawn one by one, `merged` as one.
    """

    interval: Interval
    low: int
    median: int
    high: int
    drawn: int
    merged: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """Rows that share their draws: milligrams with a factor's error and a group's; None: it is drawn with the small ones."""

    factor: str | None
    u_factor: int
    group: str | None
    u_group: int
    mg: int


def check_draws(draws: int, seed: int) -> None:
    """Test what a simulation is asked for.

    Raises:
        RunError: `draws_out_of_range` or `seed_out_of_range`.
    """
    if not LEAST <= draws <= MOST:
        raise RunError.of("draws_out_of_range", draws=draws, low=LEAST, high=MOST)
    if not 0 <= seed < 2**64:
        raise RunError.of("seed_out_of_range", seed=seed)


def simulate(run: Run, wanted: Sequence[frozenset[Posting]], draws: int, seed: int) -> list[Simulated | None]:
    """Draw the total of each selection of postings; None for one of which no uncertainty is known.

    The same run, draws and seed give the same figures on every machine. What a source of error draws is the same in every
    selection.

    Raises:
        RunError: `draws_out_of_range` or `seed_out_of_range`.
    """
    check_draws(draws, seed)
    if not is_told(run):
        return [None] * len(wanted)
    with posted(run) as con:
        return simulate_errors(prepare(con, wanted), draws, seed)


def simulate_errors(errors: Errors, draws: int, seed: int) -> list[Simulated | None]:
    """Draw the total of each selection of sums that are ready."""
    totals = [_Total.of(errors, number) for number in range(len(errors.parts))]
    found = [np.empty(draws) for _ in totals]
    streams: dict[str, Stream] = {}
    for start in range(0, draws, BLOCK):
        size = min(BLOCK, draws - start)
        block = _Block(seed, -(-size // PER_NUMBER) * PER_NUMBER, streams)
        for total, values in zip(totals, found, strict=True):
            values[start : start + size] = total.draw(block)[:size]
    return [total.outcome(np.sort(values)) for total, values in zip(totals, found, strict=True)]


class _Block:
    """The draws of a number of turns: one series for each source of error and width, made when it is asked for."""

    def __init__(self, seed: int, size: int, streams: dict[str, Stream]) -> None:
        self.seed, self.size, self._streams = seed, size, streams
        self._normal: dict[str, Draws] = {}
        self._made: dict[tuple[str, Decimal], Draws] = {}

    def series(self, name: str, variance: Decimal) -> Draws:
        """Return the lognormal draws of a source of error."""
        if (name, variance) not in self._made:
            if name not in self._normal:
                if name not in self._streams:
                    self._streams[name] = Stream(self.seed, name)
                self._normal[name] = self._streams[name].normal(self.size)
            self._made[name, variance] = lognormal(self._normal[name], variance)
        return self._made[name, variance]


@dataclass(frozen=True)
class _Total:
    """One selection, ready to be drawn."""

    interval: Interval
    cells: tuple[_Cell, ...]
    drawn: int
    merged: int
    rest: int
    """The variance of the small ones together, in squared ten-thousandths of milligrams."""

    @classmethod
    def of(cls, errors: Errors, number: int) -> _Total:
        """Read the cells of a selection, with its largest sources of error apart."""
        largest = largest_errors(errors, number, EACH)
        rest = errors.squares(number) - sum(error**2 for *_, error in largest)
        con = errors.con
        for kind in ("factor", "group"):
            names = pa.array([name for of, name, _ in largest if of == kind], pa.string())
            con.register(f"drawn_{kind}", pa.table({"name": names}))
        kinds = ", ".join(map(str, errors.parts[number])) or "NULL"
        rows = con.execute(f"""
            SELECT f.name, CASE WHEN f.name IS NULL THEN 0 ELSE uncertainty_factor END AS u_factor,
                   g.name, CASE WHEN g.name IS NULL THEN 0 ELSE uncertainty_activity END AS u_group,
                   sign * co2e < 0 AS below, sum(sign * CAST(co2e AS HUGEINT))
            FROM covered_row LEFT JOIN drawn_factor f ON f.name = coalesce(factor, '')
                 LEFT JOIN drawn_group g ON g.name = covered_row.source
            WHERE kind IN ({kinds}) GROUP BY ALL ORDER BY ALL
        """).fetchall()
        cells = tuple(_Cell(f, int(u_f), g, int(u_g), int(mg)) for f, u_f, g, u_g, _, mg in rows)
        groups = con.execute(f"SELECT count(*) FROM error WHERE e{number} <> 0").fetchall()[0][0]
        every = int(groups) + sum(error != 0 for error in errors.of_factors(number).values())
        return cls(errors.interval(number), cells, len(largest), every - len(largest), rest)

    @cached_property
    def shared(self) -> tuple[int, Decimal]:
        """The sign of the cells that the small errors are drawn on, and the variance of that draw relative to them.

        They are on one side of zero only, so that no total can change its sign by them: the side that is larger.
        """
        sides = {sign: sum(c.mg for c in self.cells if _is_merged(c) and c.mg * sign > 0) for sign in (1, -1)}
        sign = 1 if sides[1] >= -sides[-1] else -1
        amount = Decimal(sides[sign]) * PARTS
        return sign, Decimal(self.rest) / (amount * amount * NORMAL * NORMAL) if amount else Decimal(0)

    def draw(self, block: _Block) -> Draws:
        """Return the total of each turn."""
        sign, variance = self.shared
        merged = block.series("rest", variance)
        by_factor: dict[tuple[str | None, int], list[_Cell]] = defaultdict(list)
        for cell in self.cells:
            by_factor[cell.factor, cell.u_factor].append(cell)
        total = np.zeros(block.size)
        for (factor, u_factor), cells in by_factor.items():
            part = np.zeros(block.size)
            for cell in cells:
                drawn: Draws | float = float(cell.mg)
                if _is_merged(cell) and cell.mg * sign > 0:
                    drawn = drawn * merged
                if cell.group is not None:
                    drawn = drawn * block.series(f"group\n{cell.group}", _var(cell.u_group))
                part += drawn
            total += part if factor is None else part * block.series(f"factor\n{factor}", _var(u_factor))
        return total

    def outcome(self, values: Draws) -> Simulated | None:
        """Return what drawn totals say, in order from low to high."""
        if not self.interval.known:
            return None
        at = len(values) // 40  # 2.5 % lie below it, and as many above its counterpart
        low, median, high = (round(float(values[n])) for n in (at, len(values) // 2, len(values) - 1 - at))
        return Simulated(self.interval, low, median, high, self.drawn, self.merged)


def _is_merged(cell: _Cell) -> bool:
    return cell.factor is None or cell.group is None


def _var(u: int) -> Decimal:
    """Return the variance of an error of mean 1 whose half 95 % interval is u ten-thousandths."""
    return (Decimal(u) / PARTS / NORMAL) ** 2
