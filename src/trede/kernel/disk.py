"""Writing that leaves the whole or nothing: everything is written aside, flushed, and appears by one rename.

Each step on disk is a method of `Disk`, so that a test can stop the process at every one of them.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256

ASIDE = ".aside-"
"""Prefix of a directory or file that is being written; whatever bears it after a stop is swept away."""

PARQUET_OPTIONS = {"compression": "zstd", "compression_level": 1, "write_statistics": True}


class Disk:
    """The steps on disk. One instance, no state."""

    def make_dir(self, path: Path) -> None:
        """Create a directory and its parents."""
        path.mkdir(parents=True, exist_ok=True)

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Write and flush one file."""
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def write_table(self, path: Path, table: pa.Table | memoryview, *, distinct: Collection[str] = ()) -> None:
        """Write one Arrow table as Parquet and flush; `distinct` names columns with hardly any repeated value.

        A table that `parquet` has made into bytes beforehand is written as it is.
        """
        if isinstance(table, memoryview):
            path.write_bytes(table)
        else:
            _encode(table, path, distinct)
        self.flush(path)

    def export(self, path: Path, write: Callable[[Path], object]) -> None:
        """Let an engine write one file and flush it."""
        write(path)
        self.flush(path)

    def flush(self, path: Path) -> None:
        """Flush a file or directory to the disk."""
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def appear(self, aside: Path, target: Path) -> None:
        """Rename a finished directory or file into place and flush its parent: the one moment that it starts to exist."""
        aside.rename(target)
        self.flush(target.parent)

    def remove(self, path: Path) -> None:
        """Remove one file and flush its parent."""
        path.unlink()
        self.flush(path.parent)

    def sweep(self, parent: Path) -> None:
        """Remove what an interrupted write left aside."""
        for path in parent.glob(f"{ASIDE}*"):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


disk = Disk()


def parquet(table: pa.Table, *, distinct: Collection[str] = ()) -> memoryview:
    """Return the bytes of a table as `Disk.write_table` writes them, so that they can be made before its turn comes."""
    target = pa.BufferOutputStream()
    _encode(table, target, distinct)
    return memoryview(target.getvalue())


def _encode(table: pa.Table, target: Path | pa.BufferOutputStream, distinct: Collection[str]) -> None:
    repeated = [name for name in table.column_names if name not in distinct]
    pq.write_table(table, target, row_group_size=65_536, use_dictionary=repeated, **PARQUET_OPTIONS)


@contextmanager
def writing_aside(parent: Path) -> Iterator[Path]:
    """Give a directory to write in beside the stored ones; it vanishes at the end unless `keep` gave it a name."""
    disk.make_dir(parent)
    disk.sweep(parent)
    aside = parent / f"{ASIDE}new"
    disk.make_dir(aside)
    try:
        yield aside
    except Exception:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def keep(aside: Path, name: str) -> Path:
    """Give a finished directory its name: the one moment that it starts to exist.

    Raises:
        StoreError: `already_stored` when that name exists.
    """
    target = aside.parent / name
    if target.exists():
        raise StoreError.of("already_stored", path=name)
    disk.flush(aside)
    disk.appear(aside, target)
    return target


def new_file(target: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all."""
    aside = target.parent / f"{ASIDE}{target.name}"
    disk.make_dir(target.parent)
    disk.write_bytes(aside, data)
    disk.appear(aside, target)


def stored_folders(parent: Path, beginning: str = "") -> list[Path]:
    """Return the finished folders in `parent` by name; loose files, hidden folders and what is being written are none.

    Args:
        beginning: of their names. It is compared, never made part of a path or a pattern: it may come from anybody.
    """
    try:
        with os.scandir(parent) as entries:
            found = [e.name for e in entries if e.name.startswith(beginning) and e.name[0] != "." and e.is_dir()]
    except FileNotFoundError:
        return []
    return [parent / name for name in sorted(found)]


def touched(*paths: str) -> tuple[int, ...]:
    """Return when files were last written and how large they are; nothing of one that is missing."""
    found: list[int] = []
    for path in paths:
        with suppress(FileNotFoundError):
            stat = os.stat(path)  # noqa: PTH116 - a page asks this of every batch
            found += (stat.st_mtime_ns, stat.st_size)
    return tuple(found)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    return sha256(path.read_bytes())
