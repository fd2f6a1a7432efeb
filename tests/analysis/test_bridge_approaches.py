"""A bridge over another approach: the difference is boundary, to the milligram, and the bridge adds up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from bridge_samples import causes, everything, litres, on, side
from engine_samples import LIST, petrol

from trede.analysis.bridge import make_bridge
from trede.catalogue.shelves import shipped_libraries
from trede.engine.approach import Move, Stake
from trede.engine.cutting import Cutting
from trede.kernel.periods import Period

EVER = Period(date.min, date.max)
WHOLE = Cutting(controlled={"daughter": (EVER,)})
PART = Cutting(controlled={"daughter": ()}, stakes={"daughter": (Stake(EVER, Decimal("0.4")),)})
LEASED = Cutting(moves=(Move(EVER, {"fuel-vehicle": "upstream-leased.fuel"}, "daughter"),))


@pytest.mark.parametrize(("after", "total"), [(PART, -7 * 2_794_000 * 6 // 10), (LEASED, 0)])
def test_another_approach_over_the_same_records_is_boundary(tmp_path: Path, after: Cutting, total: int) -> None:
    rows = [litres("10", 2025), petrol("7", when=date(2025, 9, 1), entity="daughter")]
    sides = []
    for number, cutting in enumerate((WHOLE, after)):
        folder = tmp_path / str(number)
        folder.mkdir()
        shelf = on(shipped_libraries()[LIST], 2025)
        sides.append(side(folder, rows, 2025, shelf, made_at=str(number), cutting=cutting))
    bridge = make_bridge(*sides)
    assert causes(everything(bridge)) == ({"boundary": total} if total else {})
    assert {row.what for row in bridge.rows} == {"before", "boundary", "after"}
    by_account = bridge.group(lambda place: place.account)
    moved = by_account["mobile-combustion.petrol.direct"].causes["boundary"]
    assert moved == (-7 * 2_139_000 * 6 // 10 if total else -7 * 2_139_000)


def test_a_share_that_changed_between_two_years_is_boundary(tmp_path: Path) -> None:
    """100 % in one year, 40 % in the next: all of the entity went out, and came in with its new share."""
    days = Period.parse("2024"), Period.parse("2025")
    cutting = Cutting(controlled={"daughter": (days[0],)}, stakes={"daughter": (Stake(days[1], Decimal("0.4")),)})
    sides = []
    for year in (2024, 2025):
        folder = tmp_path / str(year)
        folder.mkdir()
        rows = [litres("10", year), litres("7", year, entity="daughter")]
        sides.append(side(folder, rows, year, on(shipped_libraries()[LIST], 2024, 2025), str(year), cutting=cutting))
    assert causes(everything(make_bridge(*sides))) == {"boundary": -7 * 2_794_000 * 6 // 10}
