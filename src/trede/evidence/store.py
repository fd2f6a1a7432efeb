"""The store of originals: `evidence/<sha256>/original` with a sealed note of its name and size.

An original that was removed on request leaves its note, and `removed.json`: when, by whom and why (accounting rules,
section 10). Its bytes are gone, and are not taken in again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trede.kernel.disk import disk, keep, new_file, stored_folders, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import check_seal, seal, unseal

ORIGINAL, NOTE, REMOVED = "original", "evidence.json", "removed.json"


@dataclass(frozen=True, slots=True)
class Removal:
    """That an original was removed on request."""

    at: str
    """When, ISO 8601."""
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """One original, kept or removed on request."""

    sha256: str
    name: str
    size: int
    path: Path
    removal: Removal | None

    def read(self) -> bytes:
        """Return the bytes of the original.

        Raises:
            StoreError: `original_removed`.
        """
        if self.removal is not None:
            raise StoreError(self.removed())
        return self.path.read_bytes()

    def removed(self) -> Issue:
        """Return the notice that the original was removed; as an error for who needs its bytes."""
        assert self.removal is not None
        said = self.removal
        return Issue.error(
            "original_removed", Location(file=self.name), day=said.at[:10], person=said.person,
            reason=said.reason,
        )  # fmt: skip

    def files(self) -> list[Path]:
        """Return the files that are stored of it."""
        last = self.path if self.removal is None else self.path.with_name(REMOVED)
        return [self.path.with_name(NOTE), last]


class EvidenceStore:
    """The folder `evidence/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes, name: str) -> Evidence:
        """Keep an original; the same bytes again are the same evidence, under the first name.

        Raises:
            StoreError: `original_removed`: these bytes were removed on request, and stay out.
        """
        digest = sha256(data)
        target = self.folder / digest
        if not target.exists():
            with writing_aside(self.folder) as aside:
                disk.write_bytes(aside / ORIGINAL, data)
                note = {"name": name, "sha256": digest, "size": len(data)}
                disk.write_bytes(aside / NOTE, seal(note))
                keep(aside, digest)
        found = self.get(digest)
        if found.removal is not None:
            raise StoreError(found.removed())
        return found

    def remove(self, digest: str, at: str, person: str, reason: str) -> Evidence:
        """Remove the bytes of an original: first it is written down, then they go. What a stop left undone is finished.

        Raises:
            StoreError: `evidence_missing`.
        """
        found = self.get(digest)
        if found.removal is None:
            new_file(
                found.path.with_name(REMOVED), seal({"sha256": digest, "at": at, "person": person, "reason": reason})
            )
        if found.path.exists():
            disk.remove(found.path)
        return self.get(digest)

    def get(self, digest: str) -> Evidence:
        """Return kept evidence.

        Raises:
            StoreError: `evidence_missing`.
        """
        folder = self.folder / digest
        if not folder.exists():
            raise StoreError.of("evidence_missing", sha256=digest)
        note, removal = unseal(folder / NOTE), None
        if (folder / REMOVED).exists():
            said = unseal(folder / REMOVED)
            removal = Removal(said["at"], said["person"], said["reason"])
        return Evidence(digest, note["name"], note["size"], folder / ORIGINAL, removal)

    def is_removed(self, digest: str) -> bool:
        """Whether an original was removed on request."""
        return (self.folder / digest / REMOVED).exists()

    def all(self) -> Iterator[Evidence]:
        """Yield all evidence, by hash."""
        for folder in stored_folders(self.folder):
            yield self.get(folder.name)

    def check(self) -> list[Issue]:
        """Return an issue for each file that is missing or changed, and a notice of each that was removed on request."""
        issues: list[Issue] = []
        for folder in stored_folders(self.folder):
            where = f"evidence/{folder.name}"
            removed = (folder / REMOVED).exists()
            damage = [
                issue
                for name in (NOTE, REMOVED)
                if name == NOTE or removed
                for issue in _check_note(folder / name, f"{where}/{name}")
            ]
            issues += damage
            original = folder / ORIGINAL
            if removed:
                issues += _removed(self.get(folder.name)) if not damage else []
            elif not original.exists():
                issues.append(Issue.error("stored_file_missing", Location(file=f"{where}/{ORIGINAL}")))
            elif sha256(original.read_bytes()) != folder.name:
                issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/{ORIGINAL}")))
        return issues


def _check_note(path: Path, where: str) -> list[Issue]:
    """Return an issue when a note was changed or is one about other bytes."""
    damage = check_seal(path, where)
    if not damage and unseal(path).get("sha256") != path.parent.name:
        damage = [Issue.error("stored_file_changed", Location(file=where))]
    return damage


def _removed(evidence: Evidence) -> list[Issue]:
    """Return the notice of a removal; a warning besides when it was stopped before the bytes were gone."""
    told = evidence.removed()
    found = [Issue.notice(told.code, told.location, **told.values)]
    if evidence.path.exists():
        found.append(Issue.warning("original_not_gone", Location(file=evidence.name)))
    return found
