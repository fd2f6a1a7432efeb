"""The exact bridge: why one footprint differs from another, by cause, in whole milligrams.

From the earlier side to the later one, changing one thing at a time and calculating each step with the engine:

    earlier → corrections → boundary → method → (GWP set, factors, activity) → later

The three between brackets have no natural order: each gets the mean of what it does in every order (Shapley), in whole
milligrams per place, and what the division leaves goes to activity. The GWP set changes what is known by gas only; with one
set on both sides its step is zero, and the mean over the six orders is that over the two of factors and activity.

Every amount is a difference of sums of ledger rows at the grain of `Place`: any grouping of the rows adds up exactly.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

import pyarrow as pa

from trede.analysis.counterfactual import Planned, method_plan, other_plan, own_plan, potentials_of, with_gwp
from trede.analysis.measuring import CORRECTED, MOVED, STAYS, Amounts, Opened, Place, Side, Sums, check_own, opened
from trede.engine.plan import VIA
from trede.engine.runs import Run

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

    def back(self) -> Bridge:
        """Return the same bridge in the other direction: every cause is the exact negation."""
        rows = [_turned(row) for row in self.rows]
        return Bridge(self.after, self.before, sorted(rows, key=_place_and_step), turned=not self.turned)

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
        return make_bridge(after, before).back()
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
        gwp = [_potentials(earlier, later), _potentials(later, earlier)]
        old_own = one.measure(own_plan(old), old.keys)
        new_other = two.measure(with_gwp(other_plan(new, old, -years), gwp[0]), new.keys)
        old_steps = _Steps.of(one, old, method_plan(old, old, new, (0, years)), other_plan(old, new, years), gwp)
        new_steps = _Steps.of(two, new, method_plan(new, old, new, (-years, 0)), own_plan(new), gwp)
    new_own = new_steps.both
    check_own(earlier, old_own)
    check_own(later, new_own)

    before, after = _sum(*old_own.values()), _sum(*new_own.values())
    corrections = _less(new_other[CORRECTED], old_own[CORRECTED])
    boundary = _less(new_other[MOVED], old_own[MOVED])
    # From here on what was corrected and what moved stands as the later side has it, and only the rest still has to change.
    method = _less(
        _sum(old_steps.neither[STAYS], new_steps.neither[CORRECTED], new_steps.neither[MOVED]),
        _sum(old_own[STAYS], new_other[CORRECTED], new_other[MOVED]),
    )
    settled_gwp, settled = new_steps.in_two_orders(CORRECTED, MOVED)
    gwp_step = _sum(settled_gwp, _in_three_orders(old_steps, new_steps, "gwp"))
    factors = _sum(settled, _in_three_orders(old_steps, new_steps, "factors"))
    activity = _less(after, _sum(before, corrections, boundary, method, gwp_step, factors))
    if same:
        # What was done in one period does not change, only what is known of it: such as other certificates for its power.
        # What the same records come to by another formula of their derivation is a matter of method.
        otherwise = _derived_otherwise(earlier.run, later.run)
        derived = {place: mg for place, mg in activity.items() if json.loads(place.attributes).get(VIA) in otherwise}
        method, corrections, activity = _sum(method, derived), _sum(corrections, _less(activity, derived)), {}
    found: list[tuple[Literal["before", "after"] | Cause, Amounts]] = [
        ("before", before), ("corrections", corrections), ("boundary", boundary), ("method", method), ("gwp", gwp_step),
        ("factors", factors), ("activity", activity), ("after", after),
    ]  # fmt: skip
    return [Row(what, place, mg) for what, amounts in found for place, mg in amounts.items() if mg]


def _derived_otherwise(one: Run, other: Run) -> frozenset[str]:
    """Return the types and legs that came by another formula in each run, as the attributes of a derived activity name them."""
    before, after = _formulas(one), _formulas(other)
    both = {via.rpartition(".")[0] for via in before} & {via.rpartition(".")[0] for via in after}
    return frozenset(
        via for via in before.keys() | after.keys()
        if via.rpartition(".")[0] in both and before.get(via) != after.get(via)
    )  # fmt: skip


def _formulas(run: Run) -> dict[str, set[tuple[str, str]]]:
    """Return by type and leg the methods and formulas by which a run derived."""
    names = ["recorded_type", "leg", "method", "formula"]
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in run.table("derived").select(names).group_by(names).aggregate([]).to_pylist():
        found[f"{row['recorded_type']}.{row['leg']}"].add((row["method"], row["formula"]))
    return found


def _potentials(side: Side, other: Side) -> Mapping[str, Decimal]:
    """Return the potentials of a side's run; what it did not need itself as the other used it, when both name one set."""
    runs = [run for run in (other.run, side.run) if run.gwp == side.run.gwp]
    return potentials_of(side.run.gwp, [run.table("plan") for run in runs])


@dataclass(frozen=True)
class _Steps:
    """What one side's activities amount to, by which of GWP set and factors stand as the later side has them."""

    neither: Sums
    gwp: Sums
    factors: Sums
    both: Sums

    @classmethod
    def of(
        cls, side: Opened, planned: Planned, earlier: pa.Table, later: pa.Table, gwp: Sequence[Mapping[str, Decimal]]
    ) -> _Steps:
        """Measure with the earlier and the later factors, each under the earlier and the later potentials."""
        return cls(*(side.measure(with_gwp(plan, g), planned.keys) for plan in (earlier, later) for g in gwp))

    def in_two_orders(self, *what: str) -> tuple[Amounts, Amounts]:
        """Return what GWP set and factors do when nothing else is left to change: the mean over both orders."""
        neither, gwp, factors, both = (_sum(*(sums[w] for w in what)) for sums in self.all)
        by_gwp = _divided(_add(((gwp, 1), (neither, -1), (both, 1), (factors, -1))), 2)
        return by_gwp, _less(both, _sum(neither, by_gwp))

    @property
    def all(self) -> tuple[Sums, Sums, Sums, Sums]:
        return self.neither, self.gwp, self.factors, self.both


def _in_three_orders(old: _Steps, new: _Steps, what: Literal["gwp", "factors"]) -> Amounts:
    """Return the mean of what one of the two does in the six orders of GWP set, factors and activity.

    It comes first in two orders, after the other in one, after activity in one, and last in two.
    """
    alone, beside = ("gwp", "factors") if what == "gwp" else ("factors", "gwp")
    parts: list[tuple[Amounts, int]] = []
    for steps, first, second in ((old, 2, 1), (new, 1, 2)):
        parts += [(getattr(steps, alone)[STAYS], first), (steps.neither[STAYS], -first)]
        parts += [(steps.both[STAYS], second), (getattr(steps, beside)[STAYS], -second)]
    return _divided(_add(parts), 6)


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


def _divided(amounts: Amounts, by: int) -> Amounts:
    """Divide whole milligrams, toward zero."""
    return {place: -(-mg // by) if mg < 0 else mg // by for place, mg in amounts.items()}
