"""Heat, own generation and feed-in: rows 15 and 16 of the posting examples, and a published heat factor."""

from __future__ import annotations

from collections.abc import Callable

from engine_samples import Outcome, activity

from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint

Calculate = Callable[..., Outcome]


def test_own_solar_power_counts_in_energy_and_not_in_tonnes(calculate: Calculate) -> None:
    run = calculate([activity("own-generation", "1000", "kWh", certificates="kept")])
    (row,) = run.ledger
    assert (row["co2e"], row["basis"], row["energy_j"]) == (0, "none", 3_600_000_000)
    for standard in standards().values():
        for basis in standard.bases:
            view = footprint(run.table("totals"), standard, basis)
            assert (view.total, view.energy_j) == (0, 3_600_000_000)


def test_feed_in_posts_nothing_and_is_no_missing_factor(calculate: Calculate) -> None:
    run = calculate([activity("feed-in", "500", "kWh")])
    assert run.ledger == []
    assert run.unmatched == {}
    assert run.codes == []


def test_heat_posts_generation_and_upstream_on_both_bases(calculate: Calculate) -> None:
    run = calculate([activity("heat", "12.5", "GJ", network="average")])
    assert {row["account"]: row["co2e"] for row in run.ledger} == {
        "purchased-heat.direct": 428_875_000,  # 12.5 × 34.31 kg
        "purchased-heat.upstream": 76_750_000,  # 12.5 × 6.14 kg
    }
    assert (
        footprint(run.table("totals"), standards()["co2-prestatieladder-3.1"], "market").total == 505_625_000
    )  # 12.5 × 40.45 kg
    for basis in ("location", "market"):
        view = footprint(run.table("totals"), standards()["ghg-protocol"], basis)
        assert view.line("scope-2").mg == 428_875_000
        assert view.line("scope-3.3").mg == 76_750_000
