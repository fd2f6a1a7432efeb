"""Where things stand in a workspace folder, and the two files that make a folder a workspace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trede.kernel.disk import disk, new_file
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import check_seal, seal, unseal
from trede.kernel.versions import Versions

FORMAT = "trede-workspace-1"
FOLDERS = (
    "organisation", "profiles", "decisions", "evidence", "batches", "libraries", "runs", "publications", "keys", "models",
    "estimates",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """The paths of a workspace."""

    root: Path

    @property
    def manifest(self) -> Path:
        """The file whose presence makes the folder a workspace."""
        return self.root / "workspace.json"

    @property
    def key_file(self) -> Path:
        """The secret of this organisation's pseudonyms."""
        return self.root / "keys" / "pseudonym.key"

    @property
    def lock(self) -> Path:
        """The lock that a writing process holds."""
        return self.root / ".lock"

    def folder(self, name: str) -> Path:
        """Return one of `FOLDERS`."""
        return self.root / name

    def names(self, folders: Sequence[str]) -> list[str]:
        """Return what stands in some of `FOLDERS`: names that never mean anything else later, so they say what there is."""
        return [
            f"{name}/{path.name}"
            for name in folders
            if (folder := self.folder(name)).is_dir()
            for path in sorted(folder.iterdir())
            if not path.name.startswith(".")
        ]

    def create(self, created_at: str, organisation: bytes) -> None:
        """Make a workspace with its first description of the organisation; the manifest comes last.

        What an earlier attempt left that was stopped is taken over.

        Raises:
            StoreError: `workspace_exists`, or `workspace_folder_not_empty` for a folder with other things in it.
        """
        if self.manifest.exists():
            raise StoreError.of("workspace_exists", folder=str(self.root))
        disk.make_dir(self.root)
        disk.sweep(self.root)
        others = sorted(p.name for p in self.root.iterdir() if p.name not in (*FOLDERS, self.lock.name))
        if others:
            raise StoreError.of("workspace_folder_not_empty", folder=str(self.root), found=others[:5])
        for name in FOLDERS:
            disk.make_dir(self.folder(name))
            disk.sweep(self.folder(name))
        Versions(self.folder("organisation"), ".toml").append(organisation)
        key = os.urandom(32)
        new_file(self.key_file, key)
        new_file(self.manifest, seal({"format": FORMAT, "created_at": created_at, "key_sha256": sha256(key)}))

    def require(self) -> None:
        """Check that this is a workspace of a format that we read.

        Raises:
            StoreError: `workspace_missing`, `stored_file_changed` or `workspace_format_unknown`.
        """
        if not self.manifest.exists():
            raise StoreError.of("workspace_missing", folder=str(self.root))
        damage = check_seal(self.manifest, "workspace.json")
        if damage:
            raise StoreError(*damage)
        found = unseal(self.manifest).get("format")
        if found != FORMAT:
            raise StoreError.of("workspace_format_unknown", found=str(found), known=FORMAT)

    def check(self) -> list[Issue]:
        """Return an issue when the manifest or the key was changed."""
        issues = check_seal(self.manifest, "workspace.json")
        if issues:
            return issues
        if not self.key_file.exists():
            return [Issue.error("stored_file_missing", Location(file="keys/pseudonym.key"))]
        if sha256(self.key_file.read_bytes()) != unseal(self.manifest)["key_sha256"]:
            issues.append(Issue.error("stored_file_changed", Location(file="keys/pseudonym.key")))
        return issues
