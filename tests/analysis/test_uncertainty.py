"""Uncertainty of totals and differences: published examples, plain Python as oracle, and what may not change an interval."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bridge_samples import PETROL as PETROL_NAME
from bridge_samples import edition, litres, narrowed, on, petrol_at, side
from engine_samples import activity, petrol
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.analysis.measuring import Side
from trede.analysis.uncertainty import ASYMMETRIC, SQUARES_TO, Interval, add_up, difference, intervals, under
from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint
from trede.kernel.periods import Period
from trede.ledger.schema import LEDGERS
from trede.workspace import Workspace
from workspaces import YEARS

TONNE = 10**9
ALL = frozenset({("a", "none")})
DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Posted:
    """A hand-made ledger row; uncertainties in ten-thousandths."""

    mg: int
    factor: str = "f"
    u_factor: int | None = 0
    u_activity: int | None = 0
    record: str = "r"
    group: str | None = None
    account: str = "a"
    sign: int = field(default=1)


SCHEMA = pa.schema(
    [("account", pa.string()), ("basis", pa.string()), ("factor", pa.string()), ("record_id", pa.string()),
     ("error_group", pa.string()), ("co2e", pa.int64()), ("uncertainty_activity", pa.int32()),
     ("uncertainty_factor", pa.int32()), ("sign", pa.int32())]
)  # fmt: skip


def combined(rows: Iterable[Posted], wanted: Sequence[frozenset[tuple[str, str]]] = (ALL,)) -> list[Interval]:
    values = [(r.account, "none", r.factor, r.record, r.group, r.mg, r.u_activity, r.u_factor, r.sign) for r in rows]
    columns = [[row[n] for row in values] for n in range(len(SCHEMA))]
    with duckdb.connect() as con:
        con.register("posted", pa.table(dict(zip(SCHEMA.names, columns, strict=True)), schema=SCHEMA))
        return add_up(con, wanted)


def one(rows: Iterable[Posted]) -> Interval:
    (found,) = combined(rows)
    return found


def oracle(rows: Iterable[Posted]) -> tuple[Fraction, Fraction]:
    """The formula in fractions: the variance in squared milligrams, and the covered milligrams."""
    factors: dict[str, Fraction] = defaultdict(Fraction)
    groups: dict[str, Fraction] = defaultdict(Fraction)
    covered = Fraction()
    for row in rows:
        if row.u_factor is not None and row.u_activity is not None:
            factors[row.factor] += Fraction(row.u_factor, 10_000) * row.mg * row.sign
            groups[row.group or row.record] += Fraction(row.u_activity, 10_000) * row.mg * row.sign
            covered += row.mg * row.sign
    return sum((e**2 for e in (*factors.values(), *groups.values())), Fraction()), covered


ROWS = st.builds(
    Posted,
    mg=st.integers(-(10**14), 10**14) | st.integers(-(10**6), 10**6),
    factor=st.sampled_from("fgh"),
    u_factor=st.none() | st.integers(0, 20_000),
    u_activity=st.none() | st.integers(0, 20_000),
    record=st.sampled_from(["r1", "r2", "r3", "r4"]),
    group=st.sampled_from([None, None, "meter:1"]),
    sign=st.sampled_from([1, -1]),
)


@settings(max_examples=60)
@given(st.lists(ROWS, min_size=1, max_size=12))
def test_the_engine_gives_what_plain_fractions_give(rows: list[Posted]) -> None:
    found = one(rows)
    variance, covered = oracle(rows)
    assert found.covered == covered
    assert found.mg == sum(row.mg * row.sign for row in rows)
    assert abs(found.half - Fraction(math.isqrt(int(variance * 10**8)), 10**4)) <= Fraction(1, 2)


def test_large_errors_are_squared_outside_the_engine() -> None:
    rows = [Posted(9 * 10**17, u_factor=20_000, record=str(n), factor=f"f{n}") for n in range(5)]
    assert abs(rows[0].mg) * 20_000 > SQUARES_TO
    exact, _ = oracle(rows)
    assert abs(one(rows).half - math.isqrt(int(exact))) <= 1


# -- published examples

NEW_ZEALAND = {
    # name: CO2, CH4 and N2O in kg CO2e per unit; u of each in percent; the published u in percent, half its last digit
    "heavy fuel oil": (("3.036601404", "0.0108366525", "0.0061536705"), (1, 50, 50), "1.02", "0.005"),
    "LPG": (("2.963726347", "0.00665", "0.00125875"), (2, 50, 50), "2.0", "0.05"),
    "natural gas": (("54.05790879", "0.126", "0.02385"), (2, 50, 50), "2.0", "0.05"),
}


@pytest.mark.parametrize("name", NEW_ZEALAND)
def test_new_zealand_adds_gases_so(name: str) -> None:
    """NZ Ministry for the Environment, Measuring Emissions Catalogue, table 3.2: gases err apart."""
    amounts, percents, published, half = NEW_ZEALAND[name]
    gases = zip(amounts, percents, "abc", strict=True)
    found = one(Posted(int(Decimal(kg) * 10**11), factor=f, u_factor=p * 100) for kg, p, f in gases)
    assert found.relative is not None
    assert abs(found.relative * 100 - Decimal(published)) <= Decimal(half)


def test_five_percent_of_a_hundred_tonnes() -> None:
    """GHG Protocol, Technical Guidance for Calculating Scope 3 Emissions (2013), appendix A."""
    assert one([Posted(100 * TONNE, u_factor=500)]).bounds == (95 * TONNE, 105 * TONNE)


def test_the_example_of_the_page() -> None:
    rows = [
        Posted(60 * TONNE, "petrol", 1000, 50, "fill 1"),
        Posted(40 * TONNE, "petrol", 1000, 50, "fill 2"),
        Posted(20 * TONNE, "gas", 500, 300, "gas", "meter:g"),
    ]
    found = one(rows)
    text = " ".join((DOCS / "uncertainty.md").read_text("utf-8").split())
    assert f"The root of 101.49 is {Decimal(found.half) / TONNE:.2f} t, or ± {found.relative * 100:.0f} %" in text
    wide = Interval(100 * TONNE, 100 * TONNE, 52 * TONNE, Decimal(1))
    low, high = (Decimal(bound) / TONNE - 100 for bound in wide.bounds)
    assert f"`−{-low:.0f} %, +{high:.0f} %` instead of `± 52 %`" in text


# -- what shares an error, and what does not


def test_rows_of_one_factor_add_linearly_and_of_two_by_squares() -> None:
    same = one([Posted(3 * TONNE, "f", 1000), Posted(4 * TONNE, "f", 1000)])
    apart = one([Posted(3 * TONNE, "f", 1000), Posted(4 * TONNE, "g", 1000)])
    assert (same.half, apart.half) == (700_000_000, 500_000_000)


def test_records_err_apart_and_a_meter_as_one() -> None:
    apart = one(Posted(mg * TONNE, u_activity=1000, record=str(mg)) for mg in (3, 4))
    meter = one(Posted(mg * TONNE, u_activity=1000, record=str(mg), group="meter:1") for mg in (3, 4))
    stages = one(Posted(mg * TONNE, u_activity=1000, record="r", factor=str(mg)) for mg in (3, 4))
    assert (apart.half, meter.half, stages.half) == (500_000_000, 700_000_000, 700_000_000)


def test_a_credit_takes_its_error_back() -> None:
    found = one([Posted(5 * TONNE, u_factor=1000), Posted(-5 * TONNE, u_factor=1000)])
    assert (found.mg, found.half, found.share) == (0, 0, 1)


def test_unknown_is_not_zero() -> None:
    known = Posted(6 * TONNE, u_factor=1000)
    for unknown in (Posted(4 * TONNE, u_factor=None), Posted(4 * TONNE, u_activity=None)):
        found = one([known, unknown])
        assert (found.mg, found.covered, found.half) == (10 * TONNE, 6 * TONNE, 600_000_000)
        assert found.share == Decimal("0.6")
    nothing = one([Posted(4 * TONNE, u_factor=None)])
    assert not nothing.known
    assert nothing.relative is None


def test_the_share_counts_credits_as_tonnes() -> None:
    found = one([Posted(6 * TONNE, u_factor=1000), Posted(-2 * TONNE, u_factor=None)])
    assert found.share == Decimal("0.75")


def test_each_selection_has_its_own_interval() -> None:
    rows = [Posted(3 * TONNE, u_factor=1000), Posted(4 * TONNE, u_factor=1000, account="b")]
    first, both, none = combined(rows, [ALL, frozenset({("a", "none"), ("b", "none")}), frozenset()])
    assert (first.half, both.half, none.half) == (300_000_000, 700_000_000, 0)
    assert not combined(rows, [frozenset()])[0].known


# -- bounds


def test_bounds_are_symmetric_up_to_thirty_percent_and_lognormal_above() -> None:
    narrow = Interval(100, 100, 30, Decimal(1))
    assert narrow.relative == ASYMMETRIC
    assert narrow.bounds == (70, 130)
    low, high = Interval(10**12, 10**12, 6 * 10**11, Decimal(1)).bounds
    spread = math.sqrt(math.log(1 + (0.6 / 1.96) ** 2))
    assert low == pytest.approx(10**12 * math.exp(-(spread**2) / 2 - 1.96 * spread), rel=1e-9)
    assert high == pytest.approx(10**12 * math.exp(-(spread**2) / 2 + 1.96 * spread), rel=1e-9)
    assert Interval(-(10**12), -(10**12), 6 * 10**11, Decimal(1)).bounds == (-high, -low)
    assert Interval(1, 1, 6, Decimal(1), difference=True).bounds == (-5, 7)


# -- through the engine

PETROL = petrol_at("2.0", "0.5")


def interval(found: Side) -> Interval:
    return intervals(found.run, [under(standards()["co2-prestatieladder-3.1"], "market")])[0]


def test_splitting_a_record_at_its_meter_does_not_change_the_interval(tmp_path: Path) -> None:
    def total(name: str, *parts: str) -> Interval:
        (tmp_path / name).mkdir()
        rows = [activity("electricity", part, meter="871", document=part) for part in parts]
        return interval(side(tmp_path / name, rows, 2026, on(PETROL, 2026)))

    assert total("whole", "1000") == total("parts", "250", "300", "450")


def test_parts_of_a_record_over_a_year_err_as_one(tmp_path: Path) -> None:
    row = petrol("1000", when=(date(2025, 7, 1), date(2026, 6, 30)))
    both = side(tmp_path, [row], Period.parse("2025..2026"), on(PETROL, 2025, 2026))
    table = both.run.table("ledger")
    assert set(table["part"].to_pylist()) == {1, 2}
    found = interval(both)
    assert found.relative == pytest.approx(Decimal(math.hypot(0.10, 0.005)), rel=Decimal("1e-9"))


def test_estimates_of_one_site_err_as_one(tmp_path: Path) -> None:
    rows = [
        activity("natural-gas", "100", quality="estimated", site="north", reading="billed"),
        activity("natural-gas", "200", quality="extrapolated", site="north", reading="billed"),
        activity("natural-gas", "300", quality="estimated", site="south", reading="billed"),
        activity("natural-gas", "400", quality="measured", meter="m", reading="billed"),
        activity("natural-gas", "500", quality="measured", reading="billed"),
        activity("natural-gas", "600", quality="calculated", reading="billed"),
    ]
    ledger = side(tmp_path, rows, 2026, on(PETROL, 2026)).run.table("ledger").to_pylist()
    found = {(int(r["quantity"]), r["error_group"], r["uncertainty_activity"], r["uncertainty_factor"]) for r in ledger}
    assert found == {
        (100, "estimate:natural-gas:north", 1000, 500),
        (200, "estimate:natural-gas:north", 1000, 500),
        (300, "estimate:natural-gas:south", 1000, 500),
        (400, "meter:m", 300, 500),
        (500, None, 300, 500),
        (600, None, None, 500),
    }


def test_what_the_publisher_says_goes_before_the_set(tmp_path: Path) -> None:
    said = {"uncertainty": Decimal("2.5")}
    known = edition("known", lambda _, factor: factor.model_copy(update=said) if factor.name == PETROL_NAME else factor)
    found = side(tmp_path, [petrol("1000"), petrol("1000", fuel="diesel-b7")], 2026, on(known, 2026)).run
    factors = {r["factor"].split("/")[-2]: r["uncertainty_factor"] for r in found.table("ledger").to_pylist()}
    assert sorted(factors.values()) == [250, 1000]
    plan = [json.loads(row["uncertainty"])["factor"] for row in found.table("plan").to_pylist()]
    assert {source.partition("#")[0] for _, source in plan} == {"known", "default-1"}


def test_in_a_difference_the_shared_factor_cancels(tmp_path: Path) -> None:
    wanted = [under(standards()["co2-prestatieladder-3.1"], "market")]
    years = {}
    for year, litre in ((2025, "1000"), (2026, "1000")):
        (tmp_path / str(year)).mkdir()
        years[year] = side(tmp_path / str(year), [litres(litre, year)], year, on(PETROL, 2025, 2026), str(year))
    (same,) = difference(years[2025], years[2026], wanted)
    assert same.mg == 0
    assert same.half == round(math.sqrt(2) * 0.005 * 2.5 * TONNE)  # two fills; the factor took itself away

    (tmp_path / "other").mkdir()
    other = side(tmp_path / "other", [litres("1000", 2026)], 2026, on(petrol_at("2.0", "0.6"), 2026), "3")
    (apart,) = difference(years[2025], other, wanted)
    assert apart.half > 0.3 * TONNE  # another list: both factors err by themselves
    assert apart.difference


def test_a_part_of_a_period_counts_its_own_rows(tmp_path: Path) -> None:
    rows = [petrol("1000", when=date(2026, 2, 1)), petrol("3000", when=date(2026, 8, 1))]
    whole = side(tmp_path, rows, 2026, on(PETROL, 2026))
    (found,) = difference(narrowed(whole, "2026-H1"), narrowed(whole, "2026-H2"), [under_ladder()])
    assert found.mg == 5 * TONNE
    assert found.half == round(math.hypot(0.10 * 5, 0.005 * 2.5, 0.005 * 7.5) * TONNE)


def under_ladder() -> frozenset[tuple[str, str]]:
    return under(standards()["co2-prestatieladder-3.1"], "market")


def test_intervals_are_about_the_totals_that_are_shown(example: Workspace) -> None:
    totals = [(standard, basis) for standard in standards().values() for basis in standard.bases]
    for year in YEARS:
        run = example.run_of(str(year))
        assert run is not None
        for found, (standard, basis) in zip(intervals(run, [under(*total) for total in totals]), totals, strict=True):
            view = footprint(run.table("totals"), standard, basis)
            assert found.mg == view.total
            assert Decimal("0.85") < found.share < 1
            assert found.relative is not None
            assert Decimal("0.05") < found.relative < Decimal("0.10")


def test_a_ledger_of_version_1_has_no_interval(tmp_path: Path) -> None:
    found = side(tmp_path, [petrol("1000")], 2026, on(PETROL, 2026))
    pq.write_table(found.run.table("ledger").select(LEDGERS[1].names), tmp_path / "ledger.parquet")
    assert not interval(found).known
    assert not difference(found, found, [under_ladder()])[0].known


def test_a_method_without_a_factor_has_none_that_can_err(tmp_path: Path) -> None:
    row = activity("reported-emissions", "1000", category="1", uncertainty=500)
    made = side(tmp_path, [row], 2026, on(PETROL, 2026))
    assert {r["uncertainty_factor"] for r in made.run.table("ledger").to_pylist()} == {0}
    assert {tuple(json.loads(r["uncertainty"])["factor"]) for r in made.run.table("plan").to_pylist()} == {
        (0, "no-factor")
    }
    found = interval(made)
    assert (found.share, found.relative) == (1, Decimal("0.05"))
