"""The store of originals: `evidence/<sha256>/original` with a sealed note of its name and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trede.kernel.disk import disk, keep, stored_folders, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import check_seal, seal, unseal


@dataclass(frozen=True, slots=True)
class Evidence:
    """One kept original."""

    sha256: str
    name: str
    size: int
    path: Path

    def read(self) -> bytes:
        """Return the bytes of the original."""
        return self.path.read_bytes()


class EvidenceStore:
    """The folder `evidence/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes, name: str) -> Evidence:
        """Keep an original; the same bytes again are the same evidence, under the first name."""
        digest = sha256(data)
        target = self.folder / digest
        if not target.exists():
            with writing_aside(self.folder) as aside:
                disk.write_bytes(aside / "original", data)
                note = {"name": name, "sha256": digest, "size": len(data)}
                disk.write_bytes(aside / "evidence.json", seal(note))
                keep(aside, digest)
        return self.get(digest)

    def get(self, digest: str) -> Evidence:
        """Return kept evidence.

        Raises:
            StoreError: `evidence_missing`.
        """
        folder = self.folder / digest
        if not folder.exists():
            raise StoreError.of("evidence_missing", sha256=digest)
        note = unseal(folder / "evidence.json")
        return Evidence(digest, note["name"], note["size"], folder / "original")

    def all(self) -> Iterator[Evidence]:
        """Yield all evidence, by hash."""
        for folder in stored_folders(self.folder):
            yield self.get(folder.name)

    def check(self) -> list[Issue]:
        """Return an issue for each file that is missing or changed."""
        issues: list[Issue] = []
        for folder in stored_folders(self.folder):
            where = f"evidence/{folder.name}"
            damage = check_seal(folder / "evidence.json", f"{where}/evidence.json")
            if not damage and unseal(folder / "evidence.json")["sha256"] != folder.name:
                damage = [Issue.error("stored_file_changed", Location(file=f"{where}/evidence.json"))]
            issues += damage
            original = folder / "original"
            if not original.exists():
                issues.append(Issue.error("stored_file_missing", Location(file=f"{where}/original")))
            elif sha256(original.read_bytes()) != folder.name:
                issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/original")))
        return issues
