"""The base year of a workspace: its policy, what is published of it, and what today's calculation would change."""

from __future__ import annotations

from dataclasses import dataclass, replace

from trede.analysis.base_year import Assessment, assess
from trede.analysis.bridge import Bridge
from trede.catalogue.standards import standards
from trede.engine.runs import Run
from trede.inventory.publication import Published
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import BaseYear
from trede.workspace.comparing import compare
from trede.workspace.publishing import proposal
from trede.workspace.workspace import Workspace


@dataclass(frozen=True)
class BaseYearState:
    """How the base year stands. Without a publication nothing can be held against the threshold yet."""

    recorded: Recorded
    policy: BaseYear
    published: Published | None
    later: Run | None
    """Today's calculation, when it differs from what is published."""
    assessments: list[Assessment]
    """Under each standard and basis; empty when nothing differs."""

    def held_against(self, bridge: Bridge) -> BaseYearState:
        """Return it with what differs held against the threshold; `bridge` is from the published run to `later`."""
        every = [(standard, basis) for standard in standards().values() for basis in standard.bases]
        return replace(self, assessments=[assess(bridge, self.policy, standard, basis) for standard, basis in every])

    @property
    def recalculation_needed(self) -> bool:
        """Whether a change is significant under any standard and basis."""
        return any(assessment.significant for assessment in self.assessments)


def base_year_state(workspace: Workspace) -> BaseYearState | None:
    """Return how the base year stands, or None without a policy.

    Raises:
        StoreError: `published_run_missing` or `batch_unknown`.
        RunError: `bridge_run_differs`.
    """
    state = base_year_begun(workspace)
    if state is None or state.published is None or state.later is None:
        return state
    return state.held_against(compare(workspace, state.published.publication.run, state.later.id))


def base_year_begun(workspace: Workspace) -> BaseYearState | None:
    """Return it without what differs, which takes a calculation: there are no assessments yet.

    Raises:
        StoreError: `published_run_missing`.
    """
    found = workspace.base_year
    if found is None:
        return None
    recorded, policy = found
    publications = workspace.publications_of(str(policy.year))
    if not publications:
        return BaseYearState(recorded, policy, None, None, [])
    later = proposal(workspace, str(policy.year))
    return BaseYearState(recorded, policy, publications[-1], later.run if later else None, [])
