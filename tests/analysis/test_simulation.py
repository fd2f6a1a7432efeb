"""Monte Carlo and what decides an interval: the same on every machine, in agreement with the analytic rule where that holds."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_uncertainty import ALL, ROWS, SCHEMA, TONNE, Posted, oracle

from trede.analysis import simulation
from trede.analysis.contributions import Contributions, contributions
from trede.analysis.draws import QUANTILES, Draws, Stream, _normal_quantiles, exponential, lognormal
from trede.analysis.simulation import Simulated, check_draws, simulate, simulate_errors
from trede.analysis.uncertainty import NORMAL, Errors, Interval, intervals, prepare, under
from trede.catalogue.standards import standards
from trede.kernel.errors import RunError
from trede.workspace import Workspace

LADDER = under(standards()["co2-prestatieladder-3.1"], "market")


def prepared(con: duckdb.DuckDBPyConnection, rows: Sequence[Posted]) -> Errors:
    values = [(r.account, "none", r.factor, r.record, r.group, r.mg, r.u_activity, r.u_factor, r.sign) for r in rows]
    columns = [[row[n] for row in values] for n in range(len(SCHEMA))]
    con.register("posted", pa.table(dict(zip(SCHEMA.names, columns, strict=True)), schema=SCHEMA))
    return prepare(con, [ALL])


def drawn(rows: Sequence[Posted], draws: int = 10_000, seed: int = 1) -> Simulated:
    with duckdb.connect() as con:
        (found,) = simulate_errors(prepared(con, rows), draws, seed)
    assert found is not None
    return found


def spread(found: Simulated) -> float:
    """Half of the drawn interval over the figure."""
    return (found.high - found.low) / 2 / abs(found.interval.covered)


# -- the draws themselves


def test_draws_are_these_on_every_machine() -> None:
    quantiles = np.rint(_normal_quantiles() * 1e7).astype("<i8")
    assert (
        hashlib.sha256(quantiles.tobytes()).hexdigest()
        == "67902adf85aef8df8f37eb4f702c41484ac0bafb2a22be3b2ccaa09576511faa"
    )
    found = Stream(1, "factor\nlist#petrol").normal(1000)
    assert (
        hashlib.sha256(found.astype("<f8").tobytes()).hexdigest()
        == "d23fc42d5017da5efa3568b4daceadb489c6343d14e97b93a8682ba9c66c4f82"
    )
    wide = lognormal(found, Decimal("0.0937"))
    assert (
        hashlib.sha256(wide.astype("<f8").tobytes()).hexdigest()
        == "0cfec44669cf09e3e41db5f65778f6d9dba573bd34eddf913f5f2775664e4b4e"
    )


def test_quantiles_are_those_of_the_standard_normal_distribution() -> None:
    quantiles = _normal_quantiles()
    assert len(quantiles) == QUANTILES
    assert bool((quantiles == -quantiles[::-1]).all())
    assert math.fsum(quantiles**2) / QUANTILES == pytest.approx(1, abs=5e-5)
    assert quantiles[math.ceil(0.975 * QUANTILES)] == pytest.approx(1.959964, abs=5e-4)


def test_the_exponential_is_within_a_few_last_bits() -> None:
    x = np.linspace(-30, 30, 10_001)
    exact = [math.exp(value) for value in x]
    assert float(np.max(np.abs(exponential(x) / exact - 1))) < 5e-15


@pytest.mark.parametrize("u", ["0.05", "0.6", "3"])
def test_lognormal_draws_have_mean_one_and_the_spread_that_was_asked(u: str) -> None:
    variance = (Decimal(u) / NORMAL) ** 2
    found = lognormal(_normal_quantiles(), variance)  # every quantile once
    assert float(found.min()) > 0
    assert math.fsum(found) / QUANTILES == pytest.approx(1, rel=2e-3)
    assert math.fsum((found - 1) ** 2) / QUANTILES == pytest.approx(float(variance), rel=0.05)


def test_streams_are_apart() -> None:
    def first(seed: int, name: str) -> Draws:
        return Stream(seed, name).normal(10_000)

    assert bool((first(1, "a") == first(1, "a")).all())
    for other in (first(2, "a"), first(1, "b")):
        assert abs(float(np.mean(first(1, "a") * other))) < 0.04  # no correlation; 0.01 is one standard deviation


def test_what_a_stream_draws_does_not_depend_on_the_size_of_the_blocks() -> None:
    whole, parts = Stream(5, "x"), Stream(5, "x")
    assert whole.normal(1200).tolist() == [*parts.normal(400).tolist(), *parts.normal(800).tolist()]


# -- drawn and analytic


@pytest.mark.parametrize(("seed", "draws"), [(1, 10_000), (2, 10_000), (3, 40_000)])
def test_both_intervals_agree_where_errors_are_small(seed: int, draws: int) -> None:
    rows = [
        Posted(60 * TONNE, "petrol", 1000, 50, "fill 1"),
        Posted(40 * TONNE, "petrol", 1000, 50, "fill 2"),
        Posted(20 * TONNE, "gas", 500, 300, "gas", "meter:g"),
    ]
    found = drawn(rows, draws, seed)
    assert found.interval.relative is not None
    assert spread(found) == pytest.approx(float(found.interval.relative), rel=0.03)
    assert found.median == pytest.approx(120 * TONNE, rel=0.005)


def test_one_wide_factor_has_the_lognormal_bounds() -> None:
    found = drawn([Posted(100 * TONNE, u_factor=6000)], 100_000)
    low, high = found.interval.bounds
    assert (found.low, found.high) == (pytest.approx(low, rel=0.01), pytest.approx(high, rel=0.01))


def test_errors_multiply() -> None:
    """A quantity and a factor of one row: the variance of a product is σ² + τ² + σ²τ²."""
    found = drawn([Posted(100 * TONNE, u_factor=6000, u_activity=6000)], 100_000)
    sigma = 0.6 / 1.96
    s = math.sqrt(math.log((1 + sigma**2) ** 2))  # the product of two lognormals is one
    bounds = [100 * TONNE * math.exp(-s * s / 2 + z * s) for z in (-1.96, 1.96)]
    assert [found.low, found.high] == pytest.approx(bounds, rel=0.015)


def test_rows_of_one_factor_and_of_one_meter_err_together() -> None:
    for shared in ({"factor": "f"}, {"group": "meter:1", "u_factor": 0, "u_activity": 1000}):
        rows = [replace(Posted(TONNE, f"f{n}", 1000, 0, f"r{n}"), **shared) for n in range(100)]  # type: ignore[arg-type]
        assert spread(drawn(rows)) == pytest.approx(0.10, rel=0.04)
    apart = [Posted(TONNE, f"f{n}", 1000, 0, f"r{n}") for n in range(100)]
    assert spread(drawn(apart)) == pytest.approx(0.01, rel=0.04)


def test_many_small_errors_are_drawn_together_with_their_exact_variance() -> None:
    few = [Posted(30 * TONNE, f"f{n}", 2000, 0, f"large {n}") for n in range(simulation.EACH)]
    many = [Posted(TONNE, "f0", 2000, 4000, f"small {n}", f"meter:{n // 2}") for n in range(4000)]
    found = drawn([*few, *many], 40_000)
    assert (found.drawn, found.merged) == (simulation.EACH, 2000)
    assert found.interval.relative is not None
    assert spread(found) == pytest.approx(float(found.interval.relative), rel=0.03)


def test_merging_stays_close_to_drawing_each(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Posted((n + 1) * TONNE // 10, f"f{n % 7}", 3000, 5000, f"r{n}") for n in range(200)]
    monkeypatch.setattr(simulation, "EACH", 1000)
    each = drawn(rows, 40_000)
    monkeypatch.setattr(simulation, "EACH", 30)
    merged = drawn(rows, 40_000)
    assert (each.merged, merged.drawn) == (0, 30)
    assert (merged.low, merged.high) == (pytest.approx(each.low, rel=0.01), pytest.approx(each.high, rel=0.01))


def test_a_credit_takes_its_error_back() -> None:
    rows = [Posted(5 * TONNE, u_factor=1000), Posted(-5 * TONNE, u_factor=1000), Posted(TONNE, "g", 1000)]
    assert spread(drawn(rows)) == pytest.approx(0.10, rel=0.04)


@settings(max_examples=40)
@given(st.lists(ROWS.map(lambda row: replace(row, sign=1, mg=abs(row.mg) + 1)), min_size=1, max_size=12))
def test_no_interval_is_turned_over_or_below_zero(rows: list[Posted]) -> None:
    with duckdb.connect() as con:
        (found,) = simulate_errors(prepared(con, rows), 1000, 1)
    known = any(row.u_factor is not None and row.u_activity is not None for row in rows)
    assert (found is not None) == known
    if found:
        assert 0 <= found.low <= found.median <= found.high


@settings(max_examples=30)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_credits_and_debits_never_break_it(rows: list[Posted]) -> None:
    with duckdb.connect() as con:
        (found,) = simulate_errors(prepared(con, rows), 1000, 1)
    assert found is None or found.low <= found.median <= found.high


def test_the_order_of_the_rows_and_the_other_totals_change_nothing(example: Workspace) -> None:
    rows = [Posted((n + 1) * TONNE, f"f{n % 3}", 1000, 700, f"r{n}") for n in range(400)]
    assert drawn(rows) == drawn(rows[::-1])
    run = example.find_run("2024")
    alone = simulate(run, [LADDER], 2000, 7)
    other = under(standards()["ghg-protocol"], "location")
    assert simulate(run, [other, LADDER], 2000, 7)[1:] == alone
    assert simulate(run, [LADDER], 2000, 8) != alone


def test_blocks_bound_the_memory_and_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Posted((n + 1) * TONNE, f"f{n % 3}", 1000, 700, f"r{n}") for n in range(20)]
    whole = drawn(rows, 5002)
    monkeypatch.setattr(simulation, "BLOCK", 1000)
    assert drawn(rows, 5002) == whole


def test_the_example_agrees_with_its_analytic_interval(example: Workspace) -> None:
    run = example.find_run("2024")
    (analytic,) = intervals(run, [LADDER])
    (found,) = simulate(run, [LADDER], 10_000, 1)
    assert found is not None
    assert found.interval == analytic
    assert spread(found) == pytest.approx(float(analytic.relative or 0), rel=0.03)
    assert found.low < analytic.covered < found.high


@pytest.mark.parametrize(
    ("draws", "seed", "code"),
    [(999, 1, "draws_out_of_range"), (1_000_001, 1, "draws_out_of_range"), (1000, -1, "seed_out_of_range")],
)
def test_what_cannot_be_drawn(draws: int, seed: int, code: str) -> None:
    with pytest.raises(RunError) as error:
        check_draws(draws, seed)
    assert [issue.code for issue in error.value.issues] == [code]


# -- what decides an interval


def ranked(rows: Sequence[Posted], most: int = 100) -> Contributions:
    from trede.analysis.contributions import _contributions

    with duckdb.connect() as con:
        errors = prepared(con, rows)
        con.execute("DROP VIEW covered_row")
        con.execute("""
            CREATE TEMP VIEW covered_row AS
            SELECT *, coalesce(error_group, record_id) AS source, 'fuel' AS activity_type, record_id AS site
            FROM counted WHERE covered
        """)
        return _contributions(errors, 0, most)


@settings(max_examples=40)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_shares_are_those_of_the_variance_and_add_up(rows: list[Posted]) -> None:
    found = ranked(rows)
    variance, _ = oracle(rows)
    assert sum(source.error**2 for source in found.largest) == variance * 10_000**2
    assert len(found.largest) == found.sources
    assert [abs(s.error) for s in found.largest] == sorted((abs(s.error) for s in found.largest), reverse=True)
    if variance:
        assert sum(source.share for source in found.largest) == pytest.approx(Decimal(1))


def test_the_largest_come_first_with_what_they_are() -> None:
    rows = [
        Posted(60 * TONNE, "petrol", 1000, 50, "fill 1"),
        Posted(40 * TONNE, "petrol", 1000, 50, "fill 2"),
        Posted(20 * TONNE, "gas", 500, 300, "gas", "meter:g"),
    ]
    found = ranked(rows, 3)
    assert [(s.what, s.ident, s.rows, s.mg, s.half) for s in found.largest] == [
        ("factor", "petrol", 2, 100 * TONNE, 10 * TONNE),
        ("factor", "gas", 1, 20 * TONNE, TONNE),
        ("meter", "g", 1, 20 * TONNE, 600_000_000),
    ]
    assert found.sources == 5
    assert found.largest[0].share == pytest.approx(Decimal("0.98529"), abs=Decimal("0.0001"))
    assert (found.largest[0].relative, found.largest[0].site) == (Decimal("0.1"), None)
    assert found.largest[2].site == "gas"


def test_contributions_of_the_example(example: Workspace) -> None:
    run = example.find_run("2024")
    (found,) = contributions(run, [LADDER], 10_000)
    assert len(found.largest) == found.sources
    assert sum(source.share for source in found.largest) == pytest.approx(Decimal(1))
    first = found.largest[0]
    assert first.what == "factor"
    assert first.name.endswith("benzine-e10/liter")
    assert {source.what for source in found.largest} == {"factor", "meter", "estimate", "record"}
    assert found.interval == intervals(run, [LADDER])[0]


def test_nothing_known_decides_nothing() -> None:
    found = ranked([Posted(TONNE, u_factor=None)])
    assert (found.largest, found.sources) == ((), 0)
    assert found.interval == Interval(TONNE, 0, 0, Decimal(0))
