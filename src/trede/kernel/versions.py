"""A numbered series of small immutable files, each named after its own content and the one before it.

Decisions, the organisation's description and saved profiles are kept so: `0003-1f0c….json` bears the hash of its bytes
chained to the name of `0002-…`. A changed, removed or exchanged file shows; so that the last one is missed too, the sealed
file `latest` names it. It is written after the version: a process that stops between the two leaves it one behind.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from trede.kernel.disk import new_file
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT
from trede.kernel.issues import Issue, Location
from trede.kernel.sealed import check_seal, seal, unseal

LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version."""

    number: int
    id: str
    path: Path

    def read(self) -> bytes:
        """Return the file's bytes."""
        return self.path.read_bytes()


class Versions:
    """The series in one folder; files end in `suffix`."""

    def __init__(self, folder: Path, suffix: str) -> None:
        self.folder = folder
        self.suffix = suffix

    def all(self) -> list[Version]:
        """Return the versions in order."""
        found = []
        for path in self.folder.glob(f"[0-9]*-*{self.suffix}"):
            number, _, ident = path.name.removesuffix(self.suffix).partition("-")
            if number.isdigit():
                found.append(Version(int(number), ident, path))
        return sorted(found, key=lambda version: (version.number, version.id))

    def latest(self) -> Version | None:
        """Return the last version, or None."""
        versions = self.all()
        return versions[-1] if versions else None

    def append(self, data: bytes) -> Version:
        """Store a next version; the bytes of the latest again are not stored twice."""
        last = self.latest()
        if last is not None and last.read() == data:
            return last
        number = last.number + 1 if last else 1
        ident = _chain(last.id if last else "", data)
        path = self.folder / f"{number:04d}-{ident}{self.suffix}"
        if path.exists():
            raise StoreError.of("already_stored", path=path.name)
        if self._noted() != (last.path.name if last else ""):
            self._note(last.path.name if last else "")
        new_file(path, data)
        self._note(path.name)
        return Version(number, ident, path)

    def check(self) -> list[Issue]:
        """Return an issue for each file that is not what its name says, and for each gap."""
        issues: list[Issue] = []
        before = ""
        for expected, version in enumerate(self.all(), start=1):
            name = f"{self.folder.name}/{version.path.name}"
            if version.number != expected:
                gone = Location(file=f"{self.folder.name}/{expected:04d}-*{self.suffix}")
                issues.append(Issue.error("stored_file_missing", gone))
                break
            if _chain(before, version.read()) != version.id:
                issues.append(Issue.error("stored_file_changed", Location(file=name)))
            before = version.id
        return issues or self._check_latest()

    def _check_latest(self) -> list[Issue]:
        names = [version.path.name for version in self.all()]
        where = f"{self.folder.name}/{LATEST}"
        if not names and not (self.folder / LATEST).exists():
            return []
        issues = check_seal(self.folder / LATEST, where)
        if not issues and self._noted() not in ["", *names][-2:]:
            issues.append(Issue.error("stored_file_missing", Location(file=f"{self.folder.name}/{self._noted()}")))
        return issues

    def _noted(self) -> str | None:
        """Return the file name in `latest`; None before the first version."""
        path = self.folder / LATEST
        return str(unseal(path)["name"]) if path.exists() else None

    def _note(self, name: str) -> None:
        new_file(self.folder / LATEST, seal({"name": name}))


def _chain(before: str, data: bytes) -> str:
    return hashlib.sha256(before.encode() + b"\n" + data).hexdigest()[:SHORT]
