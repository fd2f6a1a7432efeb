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
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

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
from trede.ledger.consolidating import counted_sql

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

    @property
    def around(self) -> tuple[int, int]:
        """The bounds around the whole figure, in milligrams: what is not covered stands in both as it is."""
        low, high = self.bounds
        return low + self.mg - self.covered, high + self.mg - self.covered


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


def under(standard: Standard, basis: str, heading: str | None = None) -> frozenset[Posting]:
    """Return the postings that a standard's total on a basis consists of, or that stand right under one of its headings."""
    accounts = (account for account, its in standard.heading_of.items() if heading is None or its == heading)
    return frozenset((account, b) for account in accounts for b in ("none", basis))


def intervals(run: Run, wanted: Sequence[frozenset[Posting]]) -> list[Interval]:
    """Return the interval of each selection of postings of a run; a run of ledger version 1 has none."""
    if not is_told(run):
        return [UNKNOWN] * len(wanted)
    with posted(run) as con:
        return add_up(con, wanted)


@contextmanager
def posted(run: Run) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an engine with the view `posted`: what counts of a run's ledger rows."""
    with tempfile.TemporaryDirectory(prefix="trede-uncertainty-") as folder, connect(Path(folder)) as con:
        con.execute(f"CREATE VIEW posted AS SELECT *, 1 AS sign FROM ({counted_sql(_ledger(run), _COLUMNS)}) counted")
        yield con


def difference(before: Side, after: Side, wanted: Sequence[frozenset[Posting]]) -> list[Interval]:
    """Return the interval of `after` − `before`: what both sides share (a factor, a meter, an estimate) errs alike in both.

    A side that is a part of its run's period is calculated again for that part with the run's own plan.
    """
    if not (is_told(before.run) and is_told(after.run)):
        return [UNKNOWN] * len(wanted)
    with tempfile.TemporaryDirectory(prefix="trede-uncertainty-") as folder, connect(Path(folder)) as con:
        for name, side in (("before", before), ("after", after)):
            if side.period == side.run.period:
                con.execute(f"CREATE VIEW {name} AS {counted_sql(_ledger(side.run), _COLUMNS)}")
            else:
                con.register(name, _again(side, Path(folder)))
        con.execute("""
            CREATE VIEW posted AS SELECT *, -1 AS sign FROM before UNION ALL SELECT *, 1 AS sign FROM after
        """)
        return add_up(con, wanted, difference=True)


_COLUMNS = (
    "record_id", "account", "basis", "factor", "co2e", "uncertainty_activity", "uncertainty_factor", "error_group",
    "activity_type", "site",
)  # fmt: skip


def is_told(run: Run) -> bool:
    """Whether the ledger of a run has uncertainties; that of version 1 has none."""
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
    """Return the interval of each selection over the view `posted`, which has a `sign` beside the ledger's columns.

    Postings that stand in the same selections are of one kind: sums are made by kind, and selections are sums of kinds.
    """
    found = prepare(con, wanted, kept=False)
    return [found.interval(n, difference=difference) for n in range(len(wanted))]


@dataclass(frozen=True)
class Errors:
    """Sums and errors of selections, in an engine that has them row by row too.

    There the view `covered_row` has the rows with both uncertainties, their `kind`, and `source`: their error group, or
    their record when there is none. The table `error` has a row for each of those sources, and its error in each selection
    in the columns `e0`, `e1`, ...: Σ uncertainty × signed milligrams.
    """

    con: duckdb.DuckDBPyConnection
    parts: list[list[int]]
    """The kinds of posting that each selection consists of."""
    sums: list[tuple[Any, ...]]
    shared: list[int]
    """By selection the squared errors of quantities."""

    def of_factors(self, number: int) -> dict[str, int]:
        """Return the error of each factor in a selection."""
        found: dict[str, int] = defaultdict(int)
        for kind, known, factor, uncertainty, signed, *_ in self.sums:
            if known and kind in self.parts[number]:
                found[factor or ""] += int(signed) * int(uncertainty)
        return found

    def squares(self, number: int) -> int:
        """Return the variance of a selection in squared ten-thousandths of milligrams."""
        return self.shared[number] + sum(error**2 for error in self.of_factors(number).values())

    def interval(self, number: int, *, difference: bool = False) -> Interval:
        """Return the interval of a selection."""
        mg = covered = weight = weights = 0
        for kind, known, _, _, signed, size, *_ in self.sums:
            if kind in self.parts[number]:
                mg, weights = mg + int(signed), weights + int(size)
                if known:
                    covered, weight = covered + int(signed), weight + int(size)
        return combine(mg, covered, (weight, weights), self.squares(number), difference=difference)


def prepare(con: duckdb.DuckDBPyConnection, wanted: Sequence[frozenset[Posting]], *, kept: bool = True) -> Errors:
    """Add up the errors of each selection over the view `posted`, which has a `sign` beside the ledger's columns.

    Args:
        kept: the table `error` is asked again; otherwise it is worked out anew at each question.
    """
    kinds = sorted({_member(posting, wanted) for posting in frozenset().union(*wanted)})
    con.register("selected", _selected(wanted, kinds))
    con.execute("""
        CREATE TEMP VIEW counted AS
        SELECT posted.*, selected.kind, uncertainty_activity IS NOT NULL AND uncertainty_factor IS NOT NULL AS covered
        FROM posted JOIN selected ON posted.account = selected.in_account AND posted.basis = selected.in_basis
    """)
    con.execute("""
        CREATE TEMP VIEW covered_row AS
        SELECT *, coalesce(error_group, record_id) AS source FROM counted WHERE covered
    """)
    sums = con.sql("""
        SELECT kind, covered, factor, uncertainty_factor, sum(sign * CAST(co2e AS HUGEINT)),
               sum(abs(CAST(co2e AS HUGEINT))), max(abs(co2e)), coalesce(max(uncertainty_activity), 0)
        FROM counted GROUP BY kind, covered, factor, uncertainty_factor
    """).fetchall()
    wide = any(int(most) * int(u) >= 2**63 for *_, most, u in sums)
    parts = [[number for number, member in enumerate(kinds) if member[n]] for n in range(len(wanted))]
    return Errors(con, parts, sums, _squares(con, parts, len(kinds), wide=wide, kept=kept))


def _member(posting: Posting, wanted: Sequence[frozenset[Posting]]) -> tuple[bool, ...]:
    return tuple(posting in selection for selection in wanted)


def _selected(wanted: Sequence[frozenset[Posting]], kinds: list[tuple[bool, ...]]) -> pa.Table:
    postings = sorted(frozenset().union(*wanted))
    columns: dict[str, pa.Array] = {
        "in_account": pa.array([account for account, _ in postings], pa.string()),
        "in_basis": pa.array([basis for _, basis in postings], pa.string()),
        "kind": pa.array([kinds.index(_member(posting, wanted)) for posting in postings], pa.int32()),
    }
    return pa.table(columns)


def _squares(
    con: duckdb.DuckDBPyConnection, parts: list[list[int]], kinds: int, *, wide: bool, kept: bool
) -> list[int]:
    """Return, by selection, the sum over error groups of the squared sum of uncertainty × signed milligrams.

    Args:
        wide: the product of a row needs more than 64 bits.
        kept: `error` is asked again; of ten million records, keeping it takes longer than making it.
    """
    error = f"sign * {'CAST(co2e AS HUGEINT)' if wide else 'co2e'} * uncertainty_activity"
    different = list(dict.fromkeys(tuple(numbers) for numbers in parts))
    summed = different if len(different) < kinds else [(kind,) for kind in range(kinds)]
    sums = "".join(
        f", sum(CASE WHEN kind IN ({_list(group) or 'NULL'}) THEN {error} ELSE 0 END) AS s{n}"
        for n, group in enumerate(summed)
    )
    whole = ", ".join(
        f"{' + '.join(f's{n}' for n in _made_of(numbers, summed)) or '0'} AS e{number}"
        for number, numbers in enumerate(parts)
    )
    con.execute(f"""
        CREATE TEMP {"TABLE" if kept else "VIEW"} error AS SELECT source, {whole} FROM (
            SELECT source{sums} FROM covered_row GROUP BY source
        ) summed
    """)
    columns = [f"e{parts.index(list(numbers))}" for numbers in different]
    inside = ", ".join(f"sum(CASE WHEN abs({e}) <= {SQUARES_TO} THEN {e} * {e} END)" for e in columns)
    large = " OR ".join(f"abs({e}) > {SQUARES_TO}" for e in columns)
    *found, outside = con.execute(f"SELECT {inside}, list([{_list(columns)}]) FILTER ({large}) FROM error").fetchall()[
        0
    ]
    totals = [int(value or 0) for value in found]
    for row in outside or ():
        for n, value in enumerate(row):
            if abs(value) > SQUARES_TO:
                totals[n] += int(value) ** 2
    return [totals[different.index(tuple(numbers))] for numbers in parts]


def _made_of(numbers: Sequence[int], summed: Sequence[tuple[int, ...]]) -> list[int]:
    """Return which sums a selection of kinds consists of."""
    whole = tuple(numbers)
    return [summed.index(whole)] if whole in summed else [summed.index((kind,)) for kind in numbers]


def _list(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))
