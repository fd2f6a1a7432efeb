"""The base year's policy: what changed in its footprint since it was published, by trigger, held against the threshold.

The change is the exact bridge from the published run to today's run of the same year. Its causes become triggers: a record
that was corrected is an error, an entity that came or went is structure. What is left is activity: never a trigger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from trede.analysis.bridge import Bridge, Cause
from trede.analysis.measuring import Place
from trede.catalogue.standards import Standard
from trede.organisation.decisions import BaseYear, Trigger

TRIGGER_OF: dict[Cause, Trigger | None] = {
    "corrections": "error",
    "boundary": "structure",
    "method": "method",
    "gwp": "method",
    "factors": "factor-edition",
    "activity": None,
}
"""The trigger that each cause of a bridge is; activity is organic growth."""


@dataclass(frozen=True)
class Assessment:
    """A total of the base year under one standard and basis, in milligrams: `published` + effects + organic = `now`."""

    standard: Standard
    basis: str
    published: int
    effects: Mapping[Trigger, int]
    """Milligrams by trigger, also of those that the policy leaves out."""
    organic: int
    now: int
    counted: int
    """Milligrams that count: the effects of the policy's triggers added without their sign."""
    significant: bool

    @property
    def percent(self) -> Decimal | None:
        """What counts, in percent of the published total; unknown when that is zero."""
        return Decimal(self.counted) * 100 / abs(self.published) if self.published else None


def assess(bridge: Bridge, policy: BaseYear, standard: Standard, basis: str) -> Assessment:
    """Hold the change of a base year's total against the policy.

    Effects of different triggers add up without their sign, so that one cannot hide another; within a trigger they are
    netted. They are significant from the threshold on: `counted` ≥ `threshold` % of the published total.

    Args:
        bridge: from the published run to today's run of the base year.
    """

    def counts(place: Place) -> bool:
        return place.basis in ("none", basis) and place.account in standard.heading_of

    steps = bridge.total(counts)
    effects: dict[Trigger, int] = {"structure": 0, "method": 0, "factor-edition": 0, "error": 0}
    organic = 0
    for cause, mg in steps.causes.items():
        trigger = TRIGGER_OF[cause]
        if trigger is None:
            organic += mg
        else:
            effects[trigger] += mg
    counted = sum(abs(mg) for trigger, mg in effects.items() if trigger in policy.triggers)
    significant = counted > 0 and Decimal(counted) * 100 >= policy.threshold * abs(steps.before)
    return Assessment(standard, basis, steps.before, effects, organic, steps.after, counted, significant)
