"""What the application keeps outside its code: one folder with the database, the workspaces, uploads and the secret."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

VARIABLE = "TREDE_WEB_DATA"
"""The environment variable that names the folder."""

SECRET_VARIABLE = "TREDE_WEB_SECRET"

NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "ncpfs"})
"""File systems on which SQLite's locks cannot be relied on."""


class NetworkFolderError(Exception):
    """The data folder is on a network file system."""


def data_folder() -> Path:
    """Return the folder: `TREDE_WEB_DATA`, else `trede-data` in the current folder."""
    return Path(os.environ.get(VARIABLE) or "trede-data").resolve()


def secret() -> str:
    """Return the key that signs sessions: from the environment, else from the local file, else one for this process alone."""
    given = os.environ.get(SECRET_VARIABLE)
    if given:
        return given
    path = data_folder() / "secret.key"
    return path.read_text("ascii").strip() if path.exists() else secrets.token_urlsafe(50)


def prepare() -> Path:
    """Make the folder and, at the first start, its secret: readable by this user alone.

    Raises:
        NetworkFolderError: the folder is on a network file system.
    """
    folder = data_folder()
    for name in ("workspaces", "uploads"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    kind = file_system(folder, Path("/proc/mounts"))
    if kind in NETWORK:
        raise NetworkFolderError(f"{folder}: {kind}")
    path = folder / "secret.key"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
    return folder


def file_system(folder: Path, mounts: Path) -> str:
    """Return the kind of file system that a folder is on, by the longest mount point above it; nothing when unknown."""
    if not mounts.exists():
        return ""
    found = ("", "")
    for line in mounts.read_text("utf-8", errors="replace").splitlines():
        _, point, kind, *_ = line.split(" ")
        place = Path(point.replace("\\040", " "))
        if (folder == place or place in folder.parents) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]
