"""The base year of a workspace: its policy, what is published of it, and what today's calculation would change."""

from __future__ import annotations

from dataclasses import dataclass

from trede.analysis.base_year import Assessment, assess
from trede.catalogue.standards import standards
from trede.engine.runs import Run
from trede.inventory.publication import Published
from trede.organisation.decisions import BaseYear, Recorded
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
    found = workspace.base_year
    if found is None:
        return None
    recorded, policy = found
    publications = workspace.publications_of(str(policy.year))
    if not publications:
        return BaseYearState(recorded, policy, None, None, [])
    later = proposal(workspace, str(policy.year))
    if later is None:
        return BaseYearState(recorded, policy, publications[-1], None, [])
    bridge = compare(workspace, publications[-1].publication.run, later.run.id)
    return BaseYearState(
        recorded, policy, publications[-1], later.run,
        [assess(bridge, policy, standard, basis) for standard in standards().values() for basis in standard.bases],
    )  # fmt: skip
