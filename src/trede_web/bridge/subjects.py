"""What a comment is about: whether it is there, and what it is called."""

from __future__ import annotations

import re

from trede.kernel.errors import StoreError
from trede.workspace import Workspace
from trede.workspace.correcting import stored_versions
from trede_web.bridge.speaking import Voice


def subject(workspace: Workspace, kind: str, about: str, voice: Voice) -> tuple[str, str] | None:
    """Return the full id of a subject and what it is called; None when it is not there.

    Args:
        kind: `record`, `batch`, `run` or `year`.
        about: an id or a year.

    Raises:
        TredeError: what the library says of an id that is not there or not unique.
    """
    if kind == "year":
        return (about, about) if re.fullmatch("(199[0-9]|20[0-9]{2})", about) else None
    if not re.fullmatch("[0-9a-f]{8,64}", about):
        return None
    if kind == "batch":
        batch = workspace.batch_store.get(about)
        return batch.id, batch.origin
    if kind == "run":
        run = workspace.run_store.get(about)
        return run.id, voice.word("comments.run", year=run.period.name)
    if kind == "record":
        found = stored_versions(workspace, about)
        if not found:
            raise StoreError.of("correct_record_unknown", record=about)
        batch, row = found[-1]
        return row["record_id"], voice.word("comments.record", file=batch.origin, row=row["row"])
    return None
