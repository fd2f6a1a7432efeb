"""The exact bridge: why one footprint differs from another, by cause, in whole milligrams.

From the earlier side to the later one, changing one thing at a time and calculating each step with the engine:

    earlier → corrections → boundary → method → (GWP set, factors, activity) → later

The three between brackets have no natural order: each gets the mean of what it does in every order (Shapley), in whole
milligrams per place, and what a half milligram leaves goes to activity. All lists are in CO2e or of one GWP set, so that
step is zero today, and the mean over the six orders is the mean over the two in which factors and activity differ.

Every amount is a difference of sums of ledger rows at the grain of `Place`: any grouping of the rows adds up exactly.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from trede.analysis.counterfactual import Planned, method_plan, other_plan, own_plan
from trede.analysis.measuring import CORRECTED, MOVED, STAYS, Amounts, Place, Side, check_own, opened

Cause = Literal["corrections", "boundary", "method", "gwp", "factors", "activity"]
CAUSES: tuple[Cause, ...] = ("corrections", "boundary", "method", "gwp", "factors", "activity")
"""The causes in the order of the bridge."""

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Row:
    """One part of one place's bridge, in milligrams; `what` is `before`, a cause, or `after`."""

    what: Literal["before", "after"] | Cause
    place: Place
    mg: int


@dataclass(frozen=True)
class Steps:
    """The bridge of a group of places: `before` + all causes = `after`, to the milligram."""

    before: int
    causes: dict[Cause, int]
    after: int


@dataclass(frozen=True)
class Bridge:
    """The bridge between two sides, in the direction that was asked for. Rows of no amount are left out."""

    before: Side
    after: Side
    rows: list[Row]
    turned: bool
    """Whether it was computed from `after` to `before`, because that is the earlier side, and then negated."""

    @property
    def same_period(self) -> bool:
        """Whether both sides cover the same days: records that differ are corrections then."""
        return self.before.period == self.after.period

    def group(self, by: Callable[[Place], Group | None]) -> dict[Group, Steps]:
        """Add up by a property of places; a place for which `by` gives None is left out."""
        sums: dict[Group, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for row in self.rows:
            name = by(row.place)
            if name is not None:
                sums[name][row.what] += row.mg
        return {name: _steps(found) for name, found in sums.items()}

    def total(self, wanted: Callable[[Place], bool]) -> Steps:
        """Add up all places that are wanted."""
        return self.group(lambda place: "all" if wanted(place) else None).get("all") or _steps({})


def _steps(sums: dict[str, int]) -> Steps:
    found = Steps(sums.get("before", 0), {cause: sums.get(cause, 0) for cause in CAUSES}, sums.get("after", 0))
    assert found.before + sum(found.causes.values()) == found.after
    return found


def add_up(parts: Iterable[Steps]) -> Steps:
    """Add bridges of groups that share no place."""
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        for what, mg in (("before", part.before), *part.causes.items(), ("after", part.after)):
            sums[what] += mg
    return _steps(sums)


def make_bridge(before: Side, after: Side) -> Bridge:
    """Explain the difference between two sides.

    It is computed from the earlier to the later side; asked the other way round, every cause is the exact negation.

    Raises:
        RunError: `bridge_run_differs` when a run's batches do not give its amounts any more.
    """
    if after.order < before.order:
        back = make_bridge(after, before)
        rows = [_turned(row) for row in back.rows]
        return Bridge(before, after, sorted(rows, key=_place_and_step), turned=True)
    with tempfile.TemporaryDirectory(prefix="trede-compare-") as folder:
        return Bridge(before, after, sorted(_compute(before, after, Path(folder)), key=_place_and_step), turned=False)


def _turned(row: Row) -> Row:
    match row.what:
        case "before":
            return Row("after", row.place, row.mg)
        case "after":
            return Row("before", row.place, row.mg)
        case _:
            return Row(row.what, row.place, -row.mg)


def _place_and_step(row: Row) -> tuple[list[str], int]:
    return [part or "" for part in row.place], ("before", *CAUSES, "after").index(row.what)


def _compute(earlier: Side, later: Side, folder: Path) -> list[Row]:
    years = later.period.start.year - earlier.period.start.year
    same = earlier.period == later.period
    with opened(earlier, folder) as one, opened(later, folder) as two:
        one.meet(two, same_period=same)
        two.meet(one, same_period=same)
        old = Planned.read(earlier.run.table("plan"), one.keys)
        new = Planned.read(later.run.table("plan"), two.keys)
        old_own = one.measure(own_plan(old), old.keys)
        old_method = one.measure(method_plan(old, old, new, (0, years)), old.keys)
        old_other = one.measure(other_plan(old, new, years), old.keys)
        new_own = two.measure(own_plan(new), new.keys)
        new_method = two.measure(method_plan(new, old, new, (-years, 0)), new.keys)
        new_other = two.measure(other_plan(new, old, -years), new.keys)
    check_own(earlier, old_own)
    check_own(later, new_own)

    before, after = _sum(*old_own.values()), _sum(*new_own.values())
    corrections = _less(new_other[CORRECTED], old_own[CORRECTED])
    boundary = _less(new_other[MOVED], old_own[MOVED])
    # From here on what was corrected and what moved stands as the later side has it, and only the rest still has to change.
    method = _less(
        _sum(old_method[STAYS], new_method[CORRECTED], new_method[MOVED]),
        _sum(old_own[STAYS], new_other[CORRECTED], new_other[MOVED]),
    )
    settled = _less(_sum(new_own[CORRECTED], new_own[MOVED]), _sum(new_method[CORRECTED], new_method[MOVED]))
    in_both_orders = _sum(_less(old_other[STAYS], old_method[STAYS]), _less(new_own[STAYS], new_method[STAYS]))
    factors = _sum(settled, {place: _half(mg) for place, mg in in_both_orders.items()})
    activity = _less(after, _sum(before, corrections, boundary, method, factors))
    if same:
        # What was done in one period does not change, only what is known of it: such as other certificates for its power.
        corrections, activity = _sum(corrections, activity), {}
    found: list[tuple[Literal["before", "after"] | Cause, Amounts]] = [
        ("before", before), ("corrections", corrections), ("boundary", boundary), ("method", method), ("gwp", {}),
        ("factors", factors), ("activity", activity), ("after", after),
    ]  # fmt: skip
    return [Row(what, place, mg) for what, amounts in found for place, mg in amounts.items() if mg]


def _sum(*parts: Amounts) -> Amounts:
    return _add((part, 1) for part in parts)


def _less(amounts: Amounts, less: Amounts) -> Amounts:
    return _add(((amounts, 1), (less, -1)))


def _add(parts: Iterable[tuple[Amounts, int]]) -> Amounts:
    sums: dict[Place, int] = defaultdict(int)
    for part, sign in parts:
        for place, mg in part.items():
            sums[place] += sign * mg
    return sums


def _half(mg: int) -> int:
    """Halve whole milligrams toward zero."""
    return -(-mg // 2) if mg < 0 else mg // 2
