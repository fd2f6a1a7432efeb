"""The descriptions of the organisation one after the other: when each was stored, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trede.kernel.sealed import unseal
from trede.kernel.versions import Version
from trede.organisation.decisions import Describe
from trede.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Description:
    """A stored description. Of one that was stored without a reason, `person` and `reason` are empty and `made_at` is None."""

    version: Version
    made_at: datetime | None
    person: str
    reason: str


def descriptions(workspace: Workspace) -> list[Description]:
    """Return every stored description, the first first; that one was made with the workspace."""
    told = {d.description: d for r in workspace.decisions.in_force() if isinstance(d := r.decision, Describe)}
    made = datetime.fromisoformat(str(unseal(workspace.layout.manifest)["created_at"]))
    found = []
    for version in workspace.organisation_versions.all():
        note = told.get(version.id)
        if note is not None:
            found.append(Description(version, note.made_at, note.person, note.reason))
        else:
            found.append(Description(version, made if version.number == 1 else None, "", ""))
    return found
