"""Certificates: row 9 of the posting examples, and the rules of their allocation."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from engine_samples import YEAR, Outcome, activity, mapped, run, shelf
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.activity.records import identify
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.engine.instruments import _pro_rata
from trede.methods.model import shipped_methods

Calculate = Callable[..., Outcome]
IN_2026 = (date(2026, 1, 1), date(2026, 12, 31))


def claim(
    quantity: str, unit: str = "kWh", technology: str = "wind", proof: str = "cancelled", **given: object
) -> dict:
    return activity("certificates", quantity, unit, technology=technology, proof=proof, when=IN_2026, **given)


def power(quantity: str, unit: str = "kWh", **given: object) -> dict:
    return activity("electricity", quantity, unit, **{"when": IN_2026, **given})


def test_row_9_cancelled_dutch_wind_for_all_of_it(calculate: Calculate) -> None:
    run = calculate([power("1000"), claim("1000")])
    assert run.accounts() == {
        ("purchased-electricity.buildings.direct", "location"): 200_000_000,
        ("purchased-electricity.buildings.upstream", "location"): 44_000_000,
    }
    assert run.headings("ladder") == {}
    assert run.codes == []
    assert run.unmatched == {}


def test_a_half_covered_record_adds_up_exactly(calculate: Calculate) -> None:
    run = calculate([power("1000.5"), claim("0.4", "MWh")])
    rows = [row for row in run.ledger if row["flow"] == "market-direct"]
    assert sorted((row["quantity"], row["co2e"]) for row in rows) == [
        (Decimal(400), 0),
        (Decimal("600.5"), 240_800_500),
    ]
    location = sum(row["co2e"] for row in run.ledger if row["flow"] == "location-direct")
    assert location == 200_100_000  # as if there were no certificates


def test_without_proof_nothing_is_covered(calculate: Calculate) -> None:
    run = calculate([power("1000"), claim("1000", proof="none")])
    assert run.headings("ladder") == {"scope-2": 483_000_000}
    assert run.codes == ["certificates_without_proof"]


def test_what_exceeds_the_consumption_has_no_effect(calculate: Calculate) -> None:
    run = calculate([power("1000"), claim("1500")])
    assert run.headings("ladder") == {}
    assert run.issue("certificates_exceed_consumption")["unused"] == "500"


def test_another_vintage_or_market_covers_nothing(calculate: Calculate) -> None:
    earlier = claim("1000") | {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    assert calculate([power("1000"), earlier]).headings("ladder") == {"scope-2": 483_000_000}
    run = calculate([power("1000"), claim("1000", geography="DE")])
    assert run.headings("ladder") == {"scope-2": 483_000_000}
    assert run.codes == ["certificates_without_consumption"]


def test_a_named_meter_comes_first(calculate: Calculate) -> None:
    rows = [
        power("300", meter="m1", site="a"),
        power("700", meter="m2", site="b"),
        claim("300", meter="m1"),
        claim("350"),
    ]
    run = calculate(rows)
    market = {row["site"]: 0 for row in run.ledger}
    for row in run.ledger:
        if row["basis"] == "market":
            market[row["site"]] += row["co2e"]
    assert market == {"a": 0, "b": 350 * 483_000}


def test_credits_are_taken_off_what_can_be_covered(calculate: Calculate) -> None:
    rows = [power("1000", meter="m"), power("-1000", meter="m"), power("900", meter="m"), claim("1500")]
    run = calculate(rows)
    assert run.headings("ladder") == {}
    assert run.issue("certificates_exceed_consumption")["unused"] == "600"


def test_a_credit_lowers_what_its_invoice_was_about_only(calculate: Calculate) -> None:
    """Whatever the order of the record ids: what was charged on the road stays as large as it is."""
    for number in range(8):
        car = activity("electricity-vehicle", "100", "kWh", when=IN_2026, document=f"C{number}")
        bill, credit = (
            power("1000", document=f"B{number}"),
            power("-1000", document=f"R{number}", credit_of=f"B{number}"),
        )
        found = calculate([bill, car, credit, claim("100")])
        assert "certificates_exceed_consumption" not in found.codes
        market = [row for row in found.ledger if row["basis"] == "market" and row["co2e"]]
        assert sum(row["co2e"] for row in market) == 0
        assert {row["activity_type"] for row in market} == {"electricity"}


def test_less_than_nothing_on_a_meter_is_an_error(calculate: Calculate) -> None:
    run = calculate([power("1000", meter="a"), power("-300", meter="b")])
    assert run.issue("below_zero")["meter"] == "b"
    assert run.issue("below_zero")["quantity"] == "-300"


def test_equal_records_of_two_batches_both_stay(tmp_path: Path) -> None:
    pq.write_table(identify(mapped([power("1000")]), "test"), tmp_path / "power.parquet")
    pq.write_table(identify(mapped([claim("0.001")]), "claims"), tmp_path / "claims.parquet")
    inputs = [Input(batch, tmp_path / "power.parquet") for batch in ("one", "two")]
    results = []
    for number, order in enumerate((inputs, inputs[::-1])):
        folder = tmp_path / f"run{number}"
        folder.mkdir()
        claims = Input("claims", tmp_path / "claims.parquet")
        results.append(compute([*order, claims], YEAR, vocabulary(), shipped_methods(), shelf(), folder))
        ledger = pq.read_table(folder / "ledger.parquet").to_pylist()
        assert sum(row["co2e"] for row in ledger if row["flow"] == "location-direct") == 2 * 200_000_000
    assert results[0] == results[1]


def covered(run: Outcome) -> Decimal:
    quantities = [row["quantity"] for row in run.ledger if row["flow"] == "market-direct" and row["co2e"] == 0]
    return sum(quantities, Decimal(0))


def test_a_credit_takes_its_claim_back_whichever_comes_first(calculate: Calculate) -> None:
    # A note changes the record id, and so the order in which claims are settled.
    for number in range(12):
        rows = [power("1000"), claim("1000", document=f"C{number}"), claim("-0.2", "MWh", document="R", credit_of="C")]
        run = calculate(rows)
        assert covered(run) == 800
        assert run.codes == []


def test_a_credit_is_taken_off_claims_of_its_own_kind_only(calculate: Calculate) -> None:
    others = [
        claim("500", technology="sun"), claim("500", meter="a"), claim("500", geography="DE"),
        claim("500", proof="none"),
    ]  # fmt: skip
    for other in others:
        run = calculate([power("2000", meter="a"), claim("300"), other, claim("-400", document="R", credit_of="C")])
        found = run.issue("certificates_credit_without_claim")
        assert (found["quantity"], found["technology"], found["market"], found["meter"]) == ("100", "wind", "NL", None)
        assert len(found["records"]) == 1
        assert covered(run) == (500 if other in others[:2] else 0)


def test_a_claim_that_was_taken_back_whole_needs_no_proof(calculate: Calculate) -> None:
    rows = [power("10"), claim("4", proof="none"), claim("-4", proof="none", document="R", credit_of="C")]
    assert calculate(rows).codes == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=3),
    st.lists(st.integers(1, 60), max_size=4),
    st.sampled_from([None, "m"]),
    st.randoms(),
)
def test_credits_count_alike_in_any_order(claimed: list[int], credited: list[int], meter: str, chance: Random) -> None:
    rows = [power("700", meter="m"), power("300", meter="m", document="second")]
    rows += [claim(str(kwh), meter=meter, document=f"{chance.random()}") for kwh in claimed]
    rows += [claim(str(-kwh), meter=meter, document=f"{chance.random()}", credit_of="C") for kwh in credited]
    chance.shuffle(rows)
    net = sum(claimed) - sum(credited)
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), rows)
        assert covered(found) == min(max(net, 0), 1000)
    assert ("certificates_credit_without_claim" in found.codes) == (net < 0)
    assert ("certificates_exceed_consumption" in found.codes) == (net > 1000)


@settings(max_examples=200)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.floats(0, 1))
def test_shares_add_up_and_never_exceed(weights: list[int], part: float) -> None:
    total = int(sum(weights) * part)
    shares = _pro_rata(total, weights)
    assert sum(shares) == (total if sum(weights) else 0)
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
