"""Files that can be gone at any moment: the worker tidies while pages read, and two workers tidy at once."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO


def opened(path: Path) -> BinaryIO | None:
    """Return a file that is open for reading, which no tidying takes away any more; None when it is gone."""
    try:
        return path.open("rb")
    except FileNotFoundError:
        return None


def content(path: Path) -> bytes | None:
    """Return the bytes of a file; None when it is gone."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def size(path: Path) -> int:
    """Return the bytes of a file; 0 when it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def written(path: Path) -> float:
    """Return when a file was written, in seconds since 1970; 0 when it is gone, so that it is the oldest."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
