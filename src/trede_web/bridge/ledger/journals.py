"""The journal of an organisation, which the ledger asks: made of its folder when it is not there yet, by the worker when that
takes long."""

from __future__ import annotations

from pathlib import Path

from trede.workspace import Workspace
from trede.workspace.journal import Journal, find_journal, make_journal
from trede_web.bridge.jobs.answers import NotReadyError, is_large

__all__ = ["Journal", "find_journal", "journal_at_hand", "keep_journal", "ready_journal"]


def ready_journal(workspace: Workspace, folder: Path) -> Journal:
    """Return the journal of a folder as it stands now.

    Args:
        folder: where this organisation's journals are kept.

    Raises:
        NotReadyError: it is not there, and making it takes longer than a page may.
    """
    found = find_journal(workspace, folder)
    if found is None and is_large(workspace):
        raise NotReadyError
    return found or make_journal(workspace, folder)


def journal_at_hand(workspace: Workspace, folder: Path) -> Journal | None:
    """Return the journal of a folder as `ready_journal` does; None when making it takes longer than a page may."""
    try:
        return ready_journal(workspace, folder)
    except NotReadyError:
        return None


def keep_journal(workspace: Workspace, folder: Path) -> None:
    """Make the journal of a folder as it stands now, if it is not there."""
    make_journal(workspace, folder)
