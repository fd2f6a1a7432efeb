"""Files to download: an original as it came in, and the empty template."""

from __future__ import annotations

from trede.catalogue.vocabulary import vocabulary
from trede.cli.template_file import template_workbook
from trede.workspace import Workspace
from trede_web.bridge.speaking import Voice


def original(workspace: Workspace, digest: str) -> tuple[str, bytes]:
    """Return an original with the name that it came in under.

    Raises:
        TredeError: what the library says when it has no such file.
    """
    found = workspace.evidence.get(digest)
    return found.name, found.read()


def batches_of(workspace: Workspace, digest: str) -> tuple[str, str]:
    """Return the name of a kept file, and the last batch that was made of it: none of one that was attached.

    Raises:
        TredeError: `evidence_missing`.
    """
    found = [batch for batch in workspace.batches() if batch.file_sha256 == digest]
    return (found[-1].file_name, found[-1].id) if found else (workspace.evidence.get(digest).name, "")


def removal_of(workspace: Workspace, digest: str, voice: Voice) -> str:
    """Say when, by whom and why an original was removed; nothing when it is there."""
    evidence = workspace.evidence.get(digest)
    return voice.tell(evidence.removed()) if evidence.removal is not None else ""


def template(workspace: Workspace, voice: Voice) -> bytes:
    """Return the workbook to fill in, with the organisation's names in its lists."""
    types = {name: kind for name, kind in vocabulary().types.items() if not kind.posts}
    return template_workbook(voice, types, places_of(workspace))


def places_of(workspace: Workspace) -> dict[str, list[str]]:
    """Return the organisation's names for the lists of a template, by field."""
    organisation = workspace.organisation
    return {
        "site": [site.name for site in organisation.site],
        "entity": [entity.name for entity in organisation.entity],
        "department": [unit.name for unit in organisation.unit],
    }
