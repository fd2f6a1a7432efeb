"""The journal of an organisation: made of its folder when it is not there yet, in the background when that takes long."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from trede.workspace import Workspace
from trede.workspace.journal import Journal, find_journal, make_journal

__all__ = ["Journal", "keep_journal", "ready_journal"]

LOGGER = logging.getLogger("trede_web")
SOON = 20_000
"""Records of which a journal is made within the time of a page."""
_making: dict[Path, threading.Thread] = {}
_guard = threading.Lock()


def ready_journal(workspace: Workspace, folder: Path) -> Journal | None:
    """Return the journal of a folder as it stands now; None while it is being made, which this starts.

    Args:
        folder: where this organisation's journals are kept.
    """
    found = find_journal(workspace, folder)
    if found is not None:
        return found
    if not _large(workspace):
        return make_journal(workspace, folder)
    with _guard:
        at_work = _making.get(folder)
        if at_work is None or not at_work.is_alive():
            _making[folder] = threading.Thread(target=_make, args=(workspace.layout.root, folder), daemon=True)
            _making[folder].start()
    return None


def keep_journal(root: Path, folder: Path) -> None:
    """Make the journal anew after something changed, when making it takes longer than a page may; others wait for a visitor."""
    if not root.exists():
        return
    workspace = Workspace(root)
    if _large(workspace) and find_journal(workspace, folder) is None:
        _make(root, folder)


def _large(workspace: Workspace) -> bool:
    return sum(batch.counts["accepted"] for batch in workspace.active_batches()) > SOON


def _make(root: Path, folder: Path) -> None:
    try:
        make_journal(Workspace(root), folder)
    except Exception:
        LOGGER.exception("journal of %s", root)
