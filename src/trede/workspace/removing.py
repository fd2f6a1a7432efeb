"""Removing an original on request, such as that of a person whose name is in it; what was calculated from it stays.

The hash, the records and the reason stay; the bytes go. Recomputing starts from the stored records, so published totals
survive. What was given away before, such as a bundle with originals or a backup, is not reached. (Accounting rules, section 10.)
"""

from __future__ import annotations

from trede.evidence.store import Evidence
from trede.kernel.errors import StoreError
from trede.organisation.decided import SHORTEST_REASON
from trede.workspace.workspace import Workspace


def remove_original(workspace: Workspace, what: str, reason: str, person: str) -> Evidence:
    """Remove an original: a delivered file or an attached one.

    Args:
        what: the beginning of the file's hash, or of the id of a batch that was made of it.

    Returns:
        the evidence as it is now; one that was removed before keeps its first reason.

    Raises:
        StoreError: `reason_too_short`, `original_unknown` or `original_ambiguous`.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise StoreError.of("reason_too_short", reason=reason, shortest=SHORTEST_REASON)
    with workspace.writing():
        digest = _find(workspace, what)
        return workspace.evidence.remove(digest, workspace.now, person, reason.strip())


def _find(workspace: Workspace, what: str) -> str:
    found = {evidence.sha256 for evidence in workspace.evidence.all() if evidence.sha256.startswith(what)}
    found |= {batch.file_sha256 for batch in workspace.batches() if batch.id.startswith(what)}
    if not found or not what:
        raise StoreError.of("original_unknown", name=what)
    if len(found) > 1:
        raise StoreError.of("original_ambiguous", name=what, found=sorted(digest[:12] for digest in found)[:10])
    return found.pop()
