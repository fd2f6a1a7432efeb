"""Analytic uncertainty of totals and of differences, from ledger rows (accounting rules, section 8).

    Var = Σ over factors (Σ u_factor · x)² + Σ over error groups (Σ u_activity · x)²

u is half the 95 % interval ÷ value, x the signed milligrams of a row. Rows of one factor err together, so they are added
before squaring; so are the rows of an error group: a record with all its stages and parts, or the meter or estimate that
several records share. It is the error propagation of the 2006 IPCC Guidelines (volume 1, chapter 3, approach 1, addition),
with full correlation inside a group and none between groups.

A row counts only when both its uncertainties are known; the rest of a total has no interval, and its share is told. All sums
are of whole numbers, ten-thousandths of milligrams and their squares, so they are the same in any order and on any machine;
the root is taken of a whole number, outside the engine.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trede.analysis.counterfactual import Planned, own_plan
from trede.analysis.measuring import Side, opened
from trede.catalogue.standards import Standard
from trede.catalogue.uncertainties import PARTS
from trede.engine.duck import connect, quote
from trede.engine.execute import compile_plan
from trede.engine.runs import Run

ASYMMETRIC = Decimal("0.30")
"""Above this relative uncertainty the bounds of a total are those of a lognormal distribution."""

NORMAL = Decimal("1.96")
"""Half a 95 % interval of a normal distribution, in standard deviations."""

SQUARES_TO = 10**15
"""Larger errors of one group are squared outside the engine: 10^8 squares of smaller ones fit its whole numbers."""

Posting = tuple[str, str]
"""Account and basis."""


@dataclass(frozen=True)
class Interval:
    """The 95 % interval of a total or a difference.

    `mg` is the whole figure, `covered` the part whose rows have both uncertainties, in signed milligrams; `half` is half the
    interval of that part. `share` is the part of the tonnes that is covered, counting credits as tonnes too.
    """

    mg: int
    covered: int
    half: int
    share: Decimal
    difference: bool = False

    @property
    def known(self) -> bool:
        """Whether any of it has an interval."""
        return self.share > 0

    @property
    def relative(self) -> Decimal | None:
        """Half the interval ÷ the covered part; None where there is nothing to divide by."""
        return Decimal(self.half) / abs(Decimal(self.covered)) if self.covered else None

    @property
    def bounds(self) -> tuple[int, int]:
        """The covered part's lower and upper bound, in milligrams.

        Symmetric up to `ASYMMETRIC` and for differences. Above it: the lognormal distribution with the figure as mean and
        `half` ÷ 1.96 as standard deviation.
        """
        u = self.relative
        if u is None or u <= ASYMMETRIC or self.difference:
            return self.covered - self.half, self.covered + self.half
        variance = (1 + (u / NORMAL) ** 2).ln()
        spread = NORMAL * variance.sqrt()
        near, far = (int((self.covered * (-variance / 2 + s).exp()).quantize(Decimal(1), ROUND_HALF_UP))
                     for s in (-spread, spread))  # fmt: skip
        return (near, far) if self.covered > 0 else (far, near)


UNKNOWN = Interval(0, 0, 0, Decimal(0))


def combine(mg: int, covered: int, weights: tuple[int, int], squares: int, *, difference: bool = False) -> Interval:
    """Make an interval of exact sums.

    Args:
        weights: milligrams regardless of sign, of the covered rows and of all rows.
        squares: the variance in squared ten-thousandths of milligrams.
    """
    root = math.isqrt(squares)
    half = int((Decimal(root) / PARTS).quantize(Decimal(1), ROUND_HALF_UP))
    share = Decimal(weights[0]) / Decimal(weights[1]) if weights[1] else Decimal(0)
    return Interval(mg, covered, half, share, difference)


def under(standard: Standard, basis: str) -> frozenset[Posting]:
    """Return the postings that a standard's total on a basis consists of."""
    return frozenset((account, b) for account in standard.heading_of for b in ("none", basis))


def intervals(run: Run, wanted: Sequence[frozenset[Posting]]) -> list[Interval]:
    """Return the interval of each selection of postings of a run; a run of ledger version 1 has none."""
    if not _told(run):
        return [UNKNOWN] * len(wanted)
    with tempfile.TemporaryDirectory(prefix="trede-uncertainty-") as folder, connect(Path(folder)) as con:
        con.execute(f"CREATE VIEW posted AS SELECT *, 1 AS sign FROM {_ledger(run)}")
        return add_up(con, wanted)


def difference(before: Side, after: Side, wanted: Sequence[frozenset[Posting]]) -> list[Interval]:
    """Return the interval of `after` − `before`: what both sides share (a factor, a meter, an estimate) errs alike in both.

    A side that is a part of its run's period is calculated again for that part with the run's own plan.
    """
    if not (_told(before.run) and _told(after.run)):
        return [UNKNOWN] * len(wanted)
    with tempfile.TemporaryDirectory(prefix="trede-uncertainty-") as folder, connect(Path(folder)) as con:
        for name, side in (("before", before), ("after", after)):
            if side.period == side.run.period:
                con.execute(f"CREATE VIEW {name} AS SELECT {_COLUMNS} FROM {_ledger(side.run)}")
            else:
                con.register(name, _again(side, Path(folder)))
        con.execute("""
            CREATE VIEW posted AS SELECT *, -1 AS sign FROM before UNION ALL SELECT *, 1 AS sign FROM after
        """)
        return add_up(con, wanted, difference=True)


_COLUMNS = "record_id, account, basis, factor, co2e, uncertainty_activity, uncertainty_factor, error_group"


def _told(run: Run) -> bool:
    return "uncertainty_factor" in pq.read_schema(run.folder / "ledger.parquet").names


def _ledger(run: Run) -> str:
    return f"read_parquet('{quote(run.folder / 'ledger.parquet')}', hive_partitioning = false)"


def _again(side: Side, folder: Path) -> pa.Table:
    with opened(side, folder) as found:
        plan = own_plan(Planned.read(side.run.table("plan"), found.keys))
        return found.posted(compile_plan(plan), _COLUMNS)


def add_up(
    con: duckdb.DuckDBPyConnection, wanted: Sequence[frozenset[Posting]], *, difference: bool = False
) -> list[Interval]:
    """Return the interval of each selection over the view `posted`, which has a `sign` beside the ledger's columns."""
    con.register("selected", _selected(wanted))
    con.execute("""
        CREATE TEMP VIEW counted AS
        SELECT posted.*, selected.*, uncertainty_activity IS NOT NULL AND uncertainty_factor IS NOT NULL AS covered
        FROM posted JOIN selected ON posted.account = selected.in_account AND posted.basis = selected.in_basis
    """)
    numbers = range(len(wanted))
    plain = ", ".join(
        f"{_sum('sign * co2e', f's{n}')}, {_sum('sign * co2e', f's{n} AND covered')}, "
        f"{_sum('abs(co2e)', f's{n} AND covered')}, {_sum('abs(co2e)', f's{n}')}"
        for n in numbers
    )
    found = [int(value or 0) for value in con.sql(f"SELECT {plain} FROM counted").fetchall()[0]]
    squares = [
        a + b
        for a, b in zip(
            _squares(con, "factor", "uncertainty_factor", len(wanted)),
            _squares(con, "coalesce(error_group, record_id)", "uncertainty_activity", len(wanted)),
            strict=True,
        )
    ]
    return [
        combine(found[4 * n], found[4 * n + 1], (found[4 * n + 2], found[4 * n + 3]), squares[n], difference=difference)
        for n in numbers
    ]


def _selected(wanted: Sequence[frozenset[Posting]]) -> pa.Table:
    postings = sorted(frozenset().union(*wanted))
    columns: dict[str, pa.Array] = {
        "in_account": pa.array([account for account, _ in postings], pa.string()),
        "in_basis": pa.array([basis for _, basis in postings], pa.string()),
    }
    for number, selection in enumerate(wanted):
        columns[f"s{number}"] = pa.array([posting in selection for posting in postings], pa.bool_())
    return pa.table(columns)


def _squares(con: duckdb.DuckDBPyConnection, group: str, uncertainty: str, count: int) -> list[int]:
    """Return, by selection, the sum over groups of the squared sum of uncertainty × signed milligrams."""
    errors = ", ".join(f"{_sum(f'sign * co2e * {uncertainty}', f's{n}')} AS e{n}" for n in range(count))
    con.execute(f"CREATE OR REPLACE TEMP TABLE error AS SELECT {errors} FROM counted WHERE covered GROUP BY {group}")
    inside = ", ".join(f"sum(CASE WHEN abs(e{n}) <= {SQUARES_TO} THEN e{n} * e{n} END)" for n in range(count))
    totals = [int(value or 0) for value in con.sql(f"SELECT {inside} FROM error").fetchall()[0]]
    large = " OR ".join(f"abs(e{n}) > {SQUARES_TO}" for n in range(count))
    for row in con.sql(f"SELECT * FROM error WHERE {large}").fetchall():
        for n, value in enumerate(row):
            if value is not None and abs(value) > SQUARES_TO:
                totals[n] += int(value) ** 2
    return totals


def _sum(what: str, where: str) -> str:
    return f"sum(CASE WHEN {where} THEN CAST({what.replace('co2e', 'CAST(co2e AS HUGEINT)')} AS HUGEINT) END)"
