"""What a Dutch factor posts is the quantity times the published total, to the milligram, for every row of the list."""

from decimal import Decimal
from typing import Any

import pytest
from engine_samples import Outcome
from whole_list import FACTORS, QUANTITIES, run_whole_list

from trede.kernel.amounts import milligrams, milligrams_exact
from trede.kernel.gases import GAS_COLUMNS


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_whole_list(tmp_path_factory.mktemp("list"))


def posted(everything: Outcome) -> dict[tuple[str, Decimal], dict[str, dict[str, Any]]]:
    """Return (factor, quantity) → stage → ledger row."""
    found: dict[tuple[str, Decimal], dict[str, dict[str, Any]]] = {}
    for entry in everything.ledger:
        stages = found.setdefault((entry["factor"].partition("#")[2], entry["quantity"]), {})
        assert entry["stage"] not in stages
        stages[entry["stage"]] = entry
    return found


def test_the_stages_of_every_factor_with_a_total_add_up_to_it(everything: Outcome) -> None:
    found = posted(everything)
    with_total = [factor for factor in FACTORS.values() if factor.status == "active" and factor.total is not None]
    assert len(with_total) == 229 - 13 - 1 - 24
    rounded = 0
    for factor in with_total:
        for quantity in QUANTITIES:
            stages = found[factor.id, quantity]
            amounts = {stage: entry["co2e"] for stage, entry in stages.items()}
            expected = milligrams(float(quantity) * float(factor.total))
            assert sum(amounts.values()) == expected, (factor.id, quantity, amounts)
            assert abs(expected - milligrams_exact(quantity * factor.total)) <= 1
            if factor.direct is None:
                assert set(stages) == {"lifecycle"}, (factor.id, stages)
            else:
                assert amounts["direct"] == milligrams(float(quantity) * float(factor.direct))
                assert amounts["upstream"] == milligrams(float(quantity) * float(factor.upstream))
                assert set(stages) <= {"direct", "upstream", "rounding"}
                assert amounts.get("rounding") != 0
            rounded += quantity == 8196 and "rounding" in amounts
    assert rounded == 8


def test_amounts_stand_in_the_column_of_their_gas(everything: Outcome) -> None:
    for (ident, quantity), stages in posted(everything).items():
        for entry in stages.values():
            columns = {gas: entry[gas] for gas in GAS_COLUMNS if entry[gas]}
            expected = {FACTORS[ident].gas: entry["co2e"]} if entry["co2e"] else {}
            assert columns == expected, (ident, quantity)


def test_a_factor_without_a_total_posts_what_it_has_and_says_so(everything: Outcome) -> None:
    found = posted(everything)
    direct_only = {factor.id: factor for factor in FACTORS.values() if factor.stages == "direct-only"}
    assert len(direct_only) == 24
    for factor in direct_only.values():
        for quantity in QUANTITIES:
            amounts = {stage: entry["co2e"] for stage, entry in found[factor.id, quantity].items()}
            assert amounts == {"direct": milligrams(float(quantity) * float(factor.direct))}, (factor.id, quantity)
    issues = [issue for issue in everything.result.issues if issue.code == "stage_missing"]
    assert {issue.values["factor"] for issue in issues} == set(direct_only)
    assert {issue.values["stage"] for issue in issues} == {"upstream"}
    assert {issue.severity for issue in issues} == {"warning"}


def test_withdrawn_and_variable_factors_never_post(everything: Outcome) -> None:
    found = posted(everything)
    without = {"withdrawn": "factor_withdrawn", "variable": "factor_without_value"}
    dead = {factor.id: without[factor.status] for factor in FACTORS.values() if factor.status != "active"}
    assert len(dead) == 14
    assert not {ident for ident, _ in found} & set(dead)
    notes = {entry["record_id"]: entry["note"] for entry in everything.records.to_pylist()}
    reasons = {(notes[record], code) for record, code in everything.unmatched.items()}
    assert reasons == set(dead.items())
    assert len(everything.unmatched) == 14 * len(QUANTITIES)


def test_memo_values_are_never_posted(everything: Outcome) -> None:
    values = {row["factor"].partition("#")[2]: row["values"] for row in everything.table("plan").to_pylist()}
    with_memo = [factor for factor in FACTORS.values() if factor.memo and factor.status == "active"]
    assert with_memo
    for factor in with_memo:
        assert not any(f'"main.{name}"' in values[factor.id] for name in factor.memo if name != "energy"), factor.id
