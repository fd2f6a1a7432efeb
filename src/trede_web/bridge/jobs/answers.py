"""Answers that take long, kept beside the workspaces, each named after all that it rests on: it is never out of date.

They can be made again at any time, so they are in no backup. Their name has the version of Trede in it: another version
makes its own. Of a small organisation a page makes what it needs; of a large one the worker does (`bridge.preparing`), and a
page that comes before it waits.
"""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trede.kernel.disk import ASIDE, disk
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.workspace import Workspace

FOLDER = "kept"
IN_MEMORY = 32
SOON = 10_000
"""Records of which an answer is made within the time of a page."""


class NotReadyError(Exception):
    """An answer that takes long is not there yet."""


def is_large(workspace: Workspace) -> bool:
    """Whether answers about all records take longer than a page may."""
    return are_many(sum(batch.counts["accepted"] for batch in workspace.active_batches()))


def are_many(records: int) -> bool:
    """Whether an answer about so many records takes longer than a page may."""
    return records > SOON


def kept(root: Path, *about: str) -> Any | None:
    """Return what was kept about something; None when nothing was.

    Args:
        root: the folder of the workspace.
    """
    try:
        path = _path(root, about)
        return _read(path) if path.exists() else None
    except FileNotFoundError:  # a newer one took its place just now
        return None


def is_kept(root: Path, *about: str) -> bool:
    """Whether something was kept about it."""
    return _path(root, about).exists()


def keep(root: Path, value: Any, *about: str, alone: bool = False) -> None:
    """Keep an answer; it appears whole or not at all.

    Args:
        about: the kind of answer first, then what it rests on.
        alone: what it rested on before does not come back: earlier answers of its kind are removed.
    """
    path = _path(root, about)
    aside = path.parent / f"{ASIDE}{uuid.uuid4().hex}"  # a page and the worker may be making the same one
    disk.make_dir(path.parent)
    disk.write_bytes(aside, canonical_json(value))
    aside.replace(path)
    for earlier in path.parent.glob(f"{about[0]}-*.json") if alone else ():
        if earlier != path:
            earlier.unlink(missing_ok=True)


def shelf(root: Path) -> Path:
    """Return the folder in which the answers about a workspace are kept."""
    return root.parent.parent / FOLDER / root.name


def _path(root: Path, about: tuple[str, ...]) -> Path:
    name = sha256(canonical_json([version("trede"), *about]))[:SHORT]
    return shelf(root) / f"{about[0]}-{name}.json"


@lru_cache(maxsize=IN_MEMORY)
def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())
