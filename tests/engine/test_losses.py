"""Losses of purchased energy: from the same record, only where the factor is without them, on a stated basis."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from engine_samples import Outcome, activity, override, shelf

from trede.catalogue.library import Library
from trede.catalogue.shelves import shipped_libraries
from trede.engine.cutting import Cutting
from trede.kernel.gases import GAS_COLUMNS
from trede.organisation.parts import Losses, LossShare

GRID = "elektriciteit/stroom-onbekend-gridmix/kwh"
"""0.2 + 0.044 = 0.244 kg CO2e per kWh; the list does not say whether losses are in it."""


def losses(formula: str = "life-cycle", of: str = "generated", country: str = "NL") -> Cutting:
    share = LossShare(country=country, from_year=2026, to_year=2026, share=Decimal("0.1"), of=of, source="a test")
    return Cutting(losses=Losses(formula=formula, share=(share,)))


def said(losses: str) -> Library:
    """Return the Dutch list as if it said of the grid mix whether losses are in it."""
    library = shipped_libraries()["co2emissiefactoren-2026-08-20"]
    factor = library.factors[GRID].model_copy(update={"losses": losses})
    return replace(library, factors={**library.factors, GRID: factor})


def power(calculate, says: str, cutting: Cutting, **given) -> Outcome:
    chosen = [override("electricity", GRID, 2026, slot=slot) for slot in ("location", "market")]
    on = shelf(*chosen, libraries=[said(says)])
    return calculate([activity("electricity", "900", **given)], on=on, cutting=cutting)


@pytest.mark.parametrize(("formula", "of", "kg", "stage"), [
    ("life-cycle", "generated", "24.4", "lifecycle"), ("life-cycle", "delivered", "21.96", "lifecycle"),
    ("generation", "generated", "20", "direct"), ("generation", "delivered", "18", "direct"),
])  # fmt: skip
def test_the_basis_and_the_formula_decide(calculate, formula: str, of: str, kg: str, stage: str) -> None:
    """900 kWh: 0.1 / 0.9 or 0.1 of it × 0.244 or 0.2 kg."""
    found = power(calculate, "excluded", losses(formula, of)).accounts()
    lost = {key: mg for key, mg in found.items() if key[0].startswith("energy-losses")}
    assert lost == {(f"energy-losses.{stage}", basis): int(Decimal(kg) * 10**6) for basis in ("location", "market")}
    assert found["purchased-electricity.buildings.direct", "location"] == 180_000_000


@pytest.mark.parametrize(("says", "cutting", "code"), [
    ("unknown", losses(), "losses_unknown"), ("included", losses(), "losses_included"),
    ("excluded", losses(country="DE"), "losses_share_missing"),
])  # fmt: skip
def test_without_what_is_needed_there_is_an_issue_and_no_row(calculate, says: str, cutting: Cutting, code: str) -> None:
    found = power(calculate, says, cutting)
    assert found.codes == [code, code]
    assert not [account for account, _ in found.accounts() if account.startswith("energy-losses")]


def test_off_unless_set(calculate) -> None:
    found = power(calculate, "excluded", Cutting())
    assert found.codes == []
    assert {account.rpartition(".")[0] for account, _ in found.accounts()} == {"purchased-electricity.buildings"}


def test_power_sold_on_has_no_losses_and_no_scope_2(calculate) -> None:
    chosen = [override("electricity", GRID, 2026, slot=slot) for slot in ("location", "market")]
    rows = [activity("electricity-sold-on", "900", origin="purchased")]
    found = calculate(rows, on=shelf(*chosen, libraries=[said("excluded")]), cutting=losses())
    assert found.headings("ghg") == {"scope-3": 219_600_000, "scope-3.3": 219_600_000}
    assert found.codes == []


def test_a_split_by_gas_is_the_same_mixture(calculate) -> None:
    """British power is known by gas: its losses are too, and add up to the whole."""
    found = shipped_libraries()["desnz-2024"]
    grid = next(f for f in found.factors.values() if f.nature == "energy" and f.losses == "excluded" and f.gases)
    chosen = [
        override("electricity", grid.id, 2026, slot=slot, library="desnz-2024") for slot in ("location", "market")
    ]
    of = calculate([activity("electricity", "1000")], on=shelf(*chosen), cutting=losses("generation", "delivered"))
    rows = {(r["account"], r["basis"]): r for r in of.ledger}
    lost, made = (rows[f"{a}.direct", "location"] for a in ("energy-losses", "purchased-electricity.buildings"))
    assert 0 not in (lost["co2"], lost["n2o"])
    for gas in (*GAS_COLUMNS, "co2e"):
        assert abs(lost[gas] - Decimal(made[gas]) / 10) <= 2


def test_settings_are_read_back() -> None:
    assert Cutting.from_json(losses().to_json()) == losses()
    assert Cutting.from_json(Cutting().to_json()).losses is None
