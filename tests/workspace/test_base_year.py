"""The base year's policy: what changed since publication, by trigger, held against the threshold."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from trede.analysis.base_year import TRIGGER_OF, assess
from trede.analysis.bridge import CAUSES, Bridge, Row
from trede.analysis.measuring import Place, Side
from trede.catalogue.standards import find_standard
from trede.kernel.periods import Period
from trede.organisation.decisions import BaseYear, Override, Trigger
from trede.workspace import Workspace
from trede.workspace.base_year import base_year_state
from workspaces import BY, FILLS, LIST_2026, Copy, account_for, fuel_card, publish_sample, run, take_in

ALL: tuple[Trigger, ...] = ("structure", "method", "factor-edition", "error")
GTL = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen/gtl-diesel/liter"
PLACE = Place(
    "mobile-combustion.petrol.direct", "direct", "none", "e", None, "fuel-vehicle", '{"fuel":"petrol-e10"}', "l", "NL"
)


def policy(threshold: str, triggers: tuple[Trigger, ...] = ALL) -> BaseYear:
    return BaseYear(year=2024, threshold=Decimal(threshold), triggers=triggers, **BY)


def bridge_of(**causes: int) -> Bridge:
    """A bridge of one place that begins at 1,000 mg."""
    side: Any = object.__new__(Side)
    rows = [Row("before", PLACE, 1000), *(Row(cause, PLACE, causes[cause]) for cause in CAUSES if cause in causes)]
    return Bridge(side, side, [*rows, Row("after", PLACE, 1000 + sum(causes.values()))], turned=False)


@pytest.fixture
def public(small: Workspace, copy: Copy) -> Workspace:
    """2024 published, and the base year."""
    workspace = copy(small)
    account_for(workspace, 2024)
    run(workspace, 2024)
    publish_sample(workspace, Period.year(2024))
    workspace.decide(policy("2"))
    return workspace


def test_every_cause_but_activity_is_a_trigger() -> None:
    assert set(TRIGGER_OF) == set(CAUSES)
    assert [cause for cause, trigger in TRIGGER_OF.items() if trigger is None] == ["activity"]
    assert set(TRIGGER_OF.values()) - {None} == set(ALL)


@pytest.mark.parametrize(
    ("causes", "counted", "significant"),
    [
        ({"corrections": 49}, 49, False),
        ({"corrections": 50}, 50, True),
        ({"corrections": 30, "factors": -30}, 60, True),  # small ones add up, and do not hide one another
        ({"boundary": -20, "method": 20, "gwp": -20}, 20, False),  # method and GWP set are one trigger: netted
        ({"activity": 900}, 0, False),
        ({}, 0, False),
    ],
)
def test_the_threshold(causes: dict[str, int], counted: int, significant: bool) -> None:
    found = assess(bridge_of(**causes), policy("5"), find_standard("ladder"), "market")
    assert (found.counted, found.significant) == (counted, significant)
    assert found.published + sum(found.effects.values()) + found.organic == found.now


def test_a_trigger_that_the_policy_leaves_out_does_not_count() -> None:
    found = assess(bridge_of(factors=400, corrections=10), policy("5", ("error",)), find_standard("ladder"), "market")
    assert (found.counted, found.significant) == (10, False)
    assert found.effects["factor-edition"] == 400


def test_a_threshold_has_no_built_in_value() -> None:
    with pytest.raises(ValueError, match="threshold"):
        BaseYear(year=2024, triggers=ALL, **BY)
    for wrong in ("0", "-1", "101"):
        with pytest.raises(ValueError, match="threshold"):
            policy(wrong)


def test_without_a_policy_or_a_publication_nothing_is_held_against_it(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    assert base_year_state(workspace) is None
    workspace.decide(policy("5"))
    state = base_year_state(workspace)
    assert state is not None
    assert (state.published, state.later, state.recalculation_needed) == (None, None, False)


def test_the_later_policy_is_in_force(public: Workspace) -> None:
    public.decide(policy("8"))
    state = base_year_state(public)
    assert state is not None
    assert state.policy.threshold == 8
    assert (state.later, state.assessments) == (None, [])


def test_a_correction_and_a_factor_are_told_apart(public: Workspace) -> None:
    counting = next(b for b in public.active_batches() if b.source == "tankpas")
    mended = fuel_card([*FILLS[:2], replace(FILLS[2], litres="57,78"), *FILLS[3:]])
    take_in(public, "tankpas.csv", mended, replaces=counting.id)
    run(public, 2024)
    state = base_year_state(public)
    assert state is not None
    ladder = next(a for a in state.assessments if a.standard.short == "ladder")
    assert ladder.effects["error"] == ladder.now - ladder.published != 0
    assert not state.recalculation_needed, "two litres of diesel are less than 2 %"

    public.decide(
        Override(
            activity_type="fuel-vehicle", attributes={"fuel": "petrol-e10"}, years=(2024,), library=LIST_2026,
            factor=GTL, **BY,
        )
    )  # fmt: skip
    run(public, 2024)
    state = base_year_state(public)
    assert state is not None
    after = next(a for a in state.assessments if a.standard.short == "ladder")
    assert after.effects["error"] == ladder.effects["error"]
    assert after.effects["factor-edition"] > 0
    assert after.organic == 0
    assert state.recalculation_needed

    publish_sample(public, Period.year(2024), "restated", restates=True)
    state = base_year_state(public)
    assert state is not None
    assert state.assessments == [], "what was restated is the new beginning"
