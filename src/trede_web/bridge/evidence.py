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


def template(workspace: Workspace, voice: Voice) -> bytes:
    """Return the workbook to fill in, with the organisation's names in its lists."""
    organisation = workspace.organisation
    types = {name: kind for name, kind in vocabulary().types.items() if not kind.posts}
    places = {
        "site": [site.name for site in organisation.site],
        "entity": [entity.name for entity in organisation.entity],
        "department": [unit.name for unit in organisation.unit],
    }
    return template_workbook(voice, types, places)
