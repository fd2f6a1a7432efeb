"""Certificates in runs of a part of a year: the year is settled as a whole, so its parts add up to it."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from engine_samples import YEAR, Outcome, activity, mapped
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.activity.records import identify
from trede.engine.activities import Input, load_activities
from trede.engine.cutting import Cutting, Spread
from trede.engine.instruments import COVERED_PART, cover
from trede.kernel.periods import Period

Calculate = Callable[..., Outcome]
HALVES = (Period(YEAR.start, date(2026, 6, 30)), Period(date(2026, 7, 1), YEAR.end))
IN_2026 = (YEAR.start, YEAR.end)
MILLIONTH = Decimal("0.000001")


def claim(quantity: str | Decimal, **given: Any) -> dict[str, Any]:
    return activity("certificates", quantity, technology="wind", proof="cancelled", **{"when": IN_2026, **given})


def power(quantity: str | Decimal, **given: Any) -> dict[str, Any]:
    return activity("electricity", quantity, **{"when": IN_2026, **given})


def bills(*quantities: str, **given: Any) -> list[dict[str, Any]]:
    """Return a bill for each month from January on."""
    months = [Period.month(2026, number) for number in range(1, 13)]
    return [power(q, when=(m.start, m.end), **given) for q, m in zip(quantities, months, strict=False)]


def posted(run: Outcome) -> dict[tuple[str, str], int]:
    """Return milligrams by record and flow."""
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in run.ledger:
        found[row["record_id"], row["flow"]] += row["co2e"]
    return {key: mg for key, mg in found.items() if mg}


def test_a_claim_of_the_year_covers_each_half_as_it_covers_the_year(calculate: Calculate) -> None:
    rows = [*bills(*["100"] * 6, *["300.7"] * 6), claim("1000")]
    year, halves = calculate(rows), [calculate(rows, period=half) for half in HALVES]

    assert [half.headings("ladder") for half in halves] == [
        # 1000 of the 2404.2 kWh: of each 100 kWh 41.594 are covered, of each 300.7 kWh what is left, on average 125.0727.
        {"scope-2": 169_260_588},
        {"scope-2": 508_968_012},
    ]
    assert year.headings("ladder") == {"scope-2": 169_260_588 + 508_968_012}
    together: dict[tuple[str, str], int] = defaultdict(int)
    for half in halves:
        for key, mg in posted(half).items():
            together[key] += mg
    assert together == posted(year)
    assert [run.codes for run in (year, *halves)] == [[], [], []]


def test_a_vintage_counts_for_its_whole_year(calculate: Calculate) -> None:
    rows = [*bills("100", "100"), claim("200", when=(date(2026, 9, 1), date(2026, 9, 30)))]
    assert calculate(rows, period=HALVES[0]).headings("ladder") == {}


def test_what_is_unused_is_unused_in_the_year(calculate: Calculate) -> None:
    rows = [*bills(*["100"] * 12), claim("1500")]
    for half in HALVES:
        assert calculate(rows, period=half).issue("certificates_exceed_consumption")["unused"] == "300"


def test_a_credit_outside_the_run_is_netted_too(calculate: Calculate) -> None:
    rows = [*bills("100", meter="m"), power("-100", meter="m", when=date(2026, 11, 1)), claim("100")]
    assert calculate(rows, period=HALVES[0]).headings("ladder") == {"scope-2": 48_300_000}


def test_the_way_of_version_0_1_0_is_kept(tmp_path: Path) -> None:
    rows = [*bills(*["100"] * 6, *["300"] * 6), claim("480")]
    assert covered(tmp_path, rows, HALVES[0]) == {1: Decimal(120)}  # 480 / 2400 of 600 kWh
    assert covered(tmp_path, rows, HALVES[0], settle="period") == {1: Decimal("238.027")}  # 181 of the 365 days


def settled(path: Path, period: Period, cutting: Cutting | None = None, **given: Any) -> dict[tuple[str, int], Decimal]:
    """Return the quantities after settling, by record and by which of its claims covers it (0 for none)."""
    with duckdb.connect() as con:
        load_activities(con, [Input("batch", path)], period, cutting)
        cover(con, **given)
        found: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        query = "SELECT record_id, part, quantity FROM activity WHERE activity_type <> 'certificates'"
        for record, part, quantity in con.execute(query).fetchall():
            assert quantity
            found[record, part // COVERED_PART] += quantity
        return dict(found)


def covered(folder: Path, rows: Sequence[dict[str, Any]], period: Period, **given: Any) -> dict[int, Decimal]:
    """Return what the claims cover within a period, by their number in the records."""
    path = folder / "records.parquet"
    pq.write_table(identify(mapped(rows), "test"), path)
    found: dict[int, Decimal] = defaultdict(Decimal)
    for (_, number), quantity in settled(path, period, **given).items():
        if number:
            found[number] += quantity
    return dict(found)


days = st.integers(0, 364).map(lambda number: YEAR.start + timedelta(number))
spans = st.tuples(days, days).map(lambda ends: (min(ends), max(ends)))
beyond = st.integers(1, 400).map(lambda number: (YEAR.start - timedelta(number), YEAR.start + timedelta(number // 2)))
meters = st.sampled_from([None, "a", "b"])
amounts = st.decimals("0.001", "5000", places=3)
uses = st.builds(lambda q, when, meter: power(q, when=when, meter=meter), amounts, spans | beyond, meters)
credits = st.builds(lambda q, when, meter: power(-q / 8, when=when, meter=meter), amounts, spans, meters)
claims = st.builds(lambda q, when, meter: claim(q, when=when, meter=meter), amounts, spans, meters)
by_days = Cutting()
by_months = Cutting(spreads={"electricity": Spread("s", (9, 8, 7, 5, 3, 2, 1, 2, 3, 5, 7, 9), "made up")})
sold = Cutting(controlled={"firm": (Period(date(2025, 1, 1), date(2026, 8, 19)),)})


@settings(max_examples=40, deadline=None)
@given(
    st.lists(uses, min_size=1, max_size=6),
    st.lists(credits, max_size=2),
    st.lists(claims, min_size=1, max_size=3),
    st.sets(days, max_size=3),
    st.sampled_from([by_days, by_months, sold]),
)
def test_the_parts_of_any_split_add_up_to_the_year(
    used: list[dict[str, Any]],
    credited: list[dict[str, Any]],
    claimed: list[dict[str, Any]],
    borders: set[date],
    cutting: Cutting,
) -> None:
    firsts = sorted({YEAR.start, *borders})
    lasts = [*(day - timedelta(1) for day in firsts[1:]), YEAR.end]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.parquet"
        pq.write_table(identify(mapped([*used, *credited, *claimed]), "test"), path)
        whole = settled(path, YEAR, cutting)
        together: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        for period in map(Period, firsts, lasts):
            for key, quantity in settled(path, period, cutting).items():
                together[key] += quantity

    # A cut quantity is rounded at a millionth in each run; nothing is lost where one border cuts it.
    near = 0 if len(firsts) <= 2 and cutting is not sold else 2 * len(firsts) * MILLIONTH
    for key in whole.keys() | together.keys():
        assert together.get(key, Decimal(0)) == pytest.approx(whole.get(key, Decimal(0)), abs=near, rel=0)
