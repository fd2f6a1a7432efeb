"""Which carrier energy has, and which part of it is renewable; and the uncertainty that a record states of itself."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pyarrow as pa
import pytest
from engine_samples import Outcome, activity, petrol

Calculate = Callable[..., Outcome]


def told(found: Outcome) -> set[tuple[str, str | None, Decimal | None]]:
    """Return basis, carrier and renewable share of the rows that have energy."""
    return {(row["basis"], row["carrier"], row["renewable_share"]) for row in found.ledger if row["energy_j"]}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (petrol("10", fuel="petrol-e0"), {("none", "liquid-fuel", Decimal(0))}),
        (petrol("10"), {("none", "liquid-fuel", None)}),
        (petrol("10", fuel="hvo100", delivery="invoice"), {("none", "liquid-fuel", None)}),
        (activity("natural-gas", "10", reading="billed"), {("none", "gas", Decimal(0))}),
        (
            activity("green-gas", "10", origin="average", reading="billed", delivery="invoice"),
            {("none", "gas", Decimal(1))},
        ),
        (activity("green-gas", "10", origin="average", reading="billed"), {("none", "gas", Decimal(0))}),
        (activity("electricity", "10"), {("location", "electricity", None), ("market", "electricity", None)}),
        (activity("own-generation", "10", certificates="kept"), {("none", "electricity", Decimal(1))}),
        (activity("own-generation-sold", "10"), {("location", "electricity", None), ("market", "electricity", None)}),
        (activity("heat", "10", network="average"), {("none", "heat", None)}),
        (activity("wood-fuel", "10", wood="logs"), {("none", "solid-fuel", Decimal(1))}),
    ],
)
def test_carrier_and_share(calculate: Calculate, row: dict[str, object], expected: set[object]) -> None:
    assert told(calculate([row])) == expected


def test_certificates_make_the_covered_power_renewable_on_the_market_basis_only(calculate: Calculate) -> None:
    rows = [activity("electricity", "100"), activity("certificates", "60", technology="wind", proof="cancelled")]
    found = calculate(rows)
    joules = {
        (row["basis"], row["quantity"]): (row["energy_j"], row["renewable_share"])
        for row in found.ledger
        if row["energy_j"]
    }
    assert joules == {
        ("location", Decimal(60)): (216_000_000, None),
        ("location", Decimal(40)): (144_000_000, None),
        ("market", Decimal(60)): (216_000_000, Decimal(1)),
        ("market", Decimal(40)): (144_000_000, None),
    }
    totals = [row for row in found.table("totals").to_pylist() if row["renewable_share"] == 1]
    assert [(row["basis"], row["carrier"], row["energy_j"]) for row in totals] == [
        ("market", "electricity", 216_000_000)
    ]


def test_a_row_without_energy_has_no_carrier(calculate: Calculate) -> None:
    found = calculate([petrol("10", fuel="petrol-e0"), activity("waste-water", "10")])
    for row in found.ledger:
        if row["stage"] in ("upstream", "rounding") or row["activity_type"] == "waste-water":
            assert (row["carrier"], row["renewable_share"]) == (None, None)


def test_the_uncertainty_of_a_record_goes_before_the_set(calculate: Calculate) -> None:
    found = calculate([petrol("10", note="usual"), petrol("10", note="own", uncertainty=1250)])
    notes = {row["record_id"]: row["note"] for row in found.records.to_pylist()}
    assert {(notes[row["record_id"]], row["uncertainty_activity"]) for row in found.ledger} == {
        ("usual", 50),
        ("own", 1250),
    }
    kilometres = calculate([activity("travel-car", "10", fuel="petrol", purpose="business", uncertainty=500)])
    assert {row["uncertainty_activity"] for row in kilometres.ledger} == {500}


def test_equal_records_keep_the_identity_that_they_had_before_there_were_departments(calculate: Calculate) -> None:
    (plain,) = calculate([petrol("10")]).records["record_id"].to_pylist()
    beside = calculate([petrol("10"), petrol("10", department="care"), petrol("10", uncertainty=500)]).records
    ids = {(row["department"], row["uncertainty"]): row["record_id"] for row in beside.to_pylist()}
    assert ids[None, None] == plain
    assert len(set(ids.values())) == 3


def test_totals_by_department_add_up_to_the_ledger(calculate: Calculate) -> None:
    rows = [petrol(str(n), department=("care", "office", None)[n % 3]) for n in range(1, 20)]
    found = calculate(rows)
    totals: pa.Table = found.table("totals")
    for department in ("care", "office", None):
        mg = sum(row["co2e"] for row in found.ledger if row["department"] == department)
        assert mg > 0
        assert sum(row["co2e"] for row in totals.to_pylist() if row["department"] == department) == mg
    assert sum(totals["co2e"].to_pylist()) == sum(row["co2e"] for row in found.ledger)
