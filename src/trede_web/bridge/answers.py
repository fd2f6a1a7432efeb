"""Answers that take long, kept beside the workspaces: they are about calculations, which never change.

They can be made again at any time, so they are in no backup. Their name has the version of Trede in it: another version
makes its own.
"""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from trede.kernel.disk import new_file
from trede.kernel.identity import SHORT, canonical_json, sha256

FOLDER = "kept"
IN_MEMORY = 64


def kept(root: Path, *about: str) -> Any | None:
    """Return what was kept about something; None when nothing was.

    Args:
        root: the folder of the workspace.
    """
    path = _path(root, about)
    return _read(path) if path.exists() else None


def keep(root: Path, value: Any, *about: str) -> None:
    """Keep an answer; it appears whole or not at all."""
    new_file(_path(root, about), canonical_json(value))


def shelf(root: Path) -> Path:
    """Return the folder in which the answers about a workspace are kept."""
    return root.parent.parent / FOLDER / root.name


def _path(root: Path, about: tuple[str, ...]) -> Path:
    name = sha256(canonical_json([version("trede"), *about]))[:SHORT]
    return shelf(root) / f"{name}.json"


@lru_cache(maxsize=IN_MEMORY)
def _read(path: Path) -> Any:
    return json.loads(path.read_bytes())
