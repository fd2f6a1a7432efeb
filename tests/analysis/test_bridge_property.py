"""Whatever differs between two sides: the bridge adds up to the milligram, in every grouping, and turns around exactly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bridge_samples import (
    GROUPINGS,
    SHIPPED,
    added,
    by_account,
    edition,
    everything,
    ledger_sums,
    on,
    raised,
    side,
)
from engine_samples import EVERY, activity
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from trede.analysis.bridge import CAUSES, make_bridge
from trede.catalogue.standards import standards
from trede.inventory.footprint import footprint

LISTS = [
    SHIPPED,
    edition("raised", lambda n, factor: raised(factor, Decimal(n % 7) / 1000)),
    edition("thinned", lambda n, factor: None if n % 3 == 0 else raised(factor, Decimal("0.017"))),
]
FEW = EVERY[:: max(1, len(EVERY) // 12)]
"""So few that both sides often have the same key; units differ among them too."""

WHAT = st.sampled_from(FEW) | st.sampled_from(EVERY)
QUANTITY = st.decimals(-1_000, 1_000_000, places=3) | st.sampled_from([Decimal(0), Decimal("0.001"), Decimal(1)])


def rows(year: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return activities in a year, some over its borders."""
    return st.lists(
        st.builds(
            lambda what, quantity, day, days, site, entity: activity(
                what[0], quantity, what[1], when=(day, day + timedelta(days)), site=site, entity=entity, **what[2]
            ),
            WHAT,
            QUANTITY,
            st.dates(date(year, 1, 1), date(year, 12, 31)),
            st.sampled_from([0, 0, 0, 40]),
            st.sampled_from([None, "north", "south"]),
            st.sampled_from(["firm", "firm", "daughter"]),
        ),
        max_size=8,
    )


@settings(
    max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    old=rows(2025),
    new=rows(2026),
    shared=rows(2025),
    lists=st.tuples(*[st.sampled_from(LISTS)] * 2),
    same=st.booleans(),
)
def test_any_bridge_adds_up(folders, old, new, shared, lists, same) -> None:
    year = 2025 if same else 2026
    second = [*shared, *old[: len(old) // 2]] if same else [*shared, *new]
    one = side(next(folders), [*shared, *old], 2025, on(lists[0], 2024, 2025, 2026), "1")
    two = side(next(folders), second, year, on(lists[1], 2025, 2026, 2027), "2")
    bridge = make_bridge(one, two)

    # The sides are the ledgers of the runs, and each cause fills the gap between them, account by account.
    assert {key: steps.before for key, steps in by_account(bridge).items() if steps.before} == ledger_sums(one)
    assert {key: steps.after for key, steps in by_account(bridge).items() if steps.after} == ledger_sums(two)
    total = everything(bridge)
    assert all(isinstance(row.mg, int) for row in bridge.rows)
    for by in GROUPINGS.values():
        assert added(list(bridge.group(by).values())) == total
    for standard in standards().values():
        for basis in standard.bases:
            found = bridge.total(lambda p, b=basis, s=standard: p.basis in ("none", b) and p.account in s.heading_of)
            assert found.before == footprint(one.run.table("totals"), standard, basis).total
            assert found.after == footprint(two.run.table("totals"), standard, basis).total

    # What cannot be a cause here is none.
    assert total.causes["gwp"] == total.causes["method"] == 0
    assert same or total.causes["corrections"] == 0
    assert not same or total.causes["activity"] == 0
    if lists[0] is lists[1]:
        assert all(steps.causes["factors"] == 0 for steps in bridge.group(lambda place: place).values())

    # The other way round everything is the exact negation, place by place.
    back = make_bridge(two, one)
    assert back.turned
    assert not bridge.turned
    there, again = bridge.group(GROUPINGS["place"]), back.group(GROUPINGS["place"])
    assert there.keys() == again.keys()
    for place, steps in there.items():
        assert (again[place].before, again[place].after) == (steps.after, steps.before)
        assert again[place].causes == {cause: -steps.causes[cause] for cause in CAUSES}
