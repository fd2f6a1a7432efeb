"""A run with all that it rests on in one file, for somebody without the workspace: the bundle.

A bundle is a zip of files as a workspace has them, with `bundle.json`: the sealed list of their hashes. Its entries are not
compressed, in the order of their names and without a time, so that the same run gives the same bytes on every machine.
Shipped libraries are in it too. The key of the pseudonyms never is, and the originals only when asked for.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from trede.activity.batches import Batch
from trede.catalogue.library import library_files
from trede.engine.runs import Run
from trede.kernel.disk import ASIDE, disk, file_hash
from trede.kernel.errors import StoreError
from trede.kernel.identity import sha256
from trede.kernel.issues import Location
from trede.kernel.sealed import seal, unseal
from trede.kernel.versions import LATEST, Versions
from trede.methods.own_file import PREFIX
from trede.workspace.attaching import attachments
from trede.workspace.verifying import check_files
from trede.workspace.workspace import Workspace

FORMAT = "trede-bundle-1"
MANIFEST = "bundle.json"
SUFFIX = ".zip"
MAX_BYTES = 4 << 30
"""Bytes of all files together; a larger bundle is neither written nor opened."""

Content = Path | bytes
"""A stored file, or the bytes of one that is made for the bundle."""

_BEGINNING = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


@dataclass(frozen=True)
class Bundled:
    """A bundle that was written: files in it (the list not counted) and the size of the whole in bytes."""

    path: Path
    run: Run
    files: int
    size: int


def make_bundle(workspace: Workspace, run: Run, target: Path, *, with_originals: bool = False) -> Bundled:
    """Write the bundle of a run.

    Args:
        target: a new file whose name ends in `.zip`.
        with_originals: puts the original files in, personal data included.

    Raises:
        StoreError: `bundle_not_named_zip`, `bundle_exists`, `bundle_too_large`; every finding of `check_files` when
            something stored is not whole; `batch_unknown`, `evidence_missing` or `library_missing`.
    """
    if target.suffix.lower() != SUFFIX:
        raise StoreError.of("bundle_not_named_zip", path=str(target))
    if target.exists():
        raise StoreError.of("bundle_exists", path=str(target))
    damage = [issue for issue in check_files(workspace) if issue.severity == "error"]
    if damage:
        raise StoreError(*damage)
    contents = dict(_contents(workspace, run, with_originals=with_originals))
    size = sum(len(c) if isinstance(c, bytes) else c.stat().st_size for c in contents.values())
    if size > MAX_BYTES:
        raise StoreError.of("bundle_too_large", bytes=size, most=MAX_BYTES)
    manifest = {
        "format": FORMAT,
        "run": run.id,
        "period": run.spec["period"],
        "originals": with_originals,
        "trede": {"run": run.made["versions"]["trede"], "bundle": version("trede")},
        "files": {name: sha256(c) if isinstance(c, bytes) else file_hash(c) for name, c in contents.items()},
    }
    aside = target.with_name(f"{ASIDE}{target.name}")
    try:
        disk.export(aside, lambda path: write_zip(path, {**contents, MANIFEST: seal(manifest)}))
        disk.appear(aside, target)
    finally:
        aside.unlink(missing_ok=True)
    return Bundled(target, run, len(contents), target.stat().st_size)


def write_zip(path: Path, contents: Mapping[str, Content]) -> None:
    """Write a zip whose bytes follow from the names and contents alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, _BEGINNING)
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            with _opened(content) as source:
                entry.file_size = source.seek(0, io.SEEK_END)
                source.seek(0)
                with archive.open(entry, "w") as member:
                    while chunk := source.read(1 << 20):
                        member.write(chunk)


def _opened(content: Content) -> IO[bytes]:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _contents(workspace: Workspace, run: Run, *, with_originals: bool) -> Iterator[tuple[str, Content]]:
    """Yield the name in the bundle and the content of every file that the run rests on."""
    root = workspace.layout.root
    models = [entry["id"].removeprefix(PREFIX) for entry in run.spec.get("models", ())]
    batches = [workspace.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    profiles = sorted({str(batch.facts["profile_id"]) for batch in batches})
    stored = [
        *_sealed(run.folder, "run.json"),
        *_series(workspace.organisation_versions),
        *_series(workspace.decisions.versions),
        *(_series(workspace.publications.versions) if workspace.publications.of_run(run.id) else ()),
        *(path for name in profiles for path in _series(workspace.profile_versions(name))),
        *(path for name in models for path in _series(workspace.model_versions(name))),
        *(_series(workspace.estimate_versions) if "estimates" in run.spec else ()),
        *(path for batch in batches for path in _sealed(batch.folder, "batch.json")),
        *(path for digest in _originals(workspace, batches) if with_originals for path in _evidence(workspace, digest)),
    ]
    for path in stored:
        yield path.relative_to(root).as_posix(), path
    for pinned in run.spec["libraries"]:
        yield from _library(workspace, pinned["id"])


def _sealed(folder: Path, *others: str) -> list[Path]:
    """Return the files of a stored folder: those that its note lists, the note and some others."""
    return [folder / name for name in (*unseal(folder / "made.json")["files"], "made.json", *others)]


def _series(versions: Versions) -> list[Path]:
    paths = [version.path for version in versions.all()]
    return [*paths, versions.folder / LATEST] if paths else []


def _originals(workspace: Workspace, batches: Sequence[Batch]) -> list[str]:
    """Return the hashes of the batches' files and of what is attached to them."""
    attached = [a.decision.file_sha256 for a in attachments(workspace) if any(map(a.proves, batches))]
    return sorted({*(batch.file_sha256 for batch in batches), *attached})


def _evidence(workspace: Workspace, digest: str) -> list[Path]:
    return workspace.evidence.get(digest).files()


def _library(workspace: Workspace, library_id: str) -> Iterator[tuple[str, Content]]:
    """Yield the files of a library: as it was imported, or a shipped one as an import of it would be stored."""
    where = f"libraries/{library_id}"
    folder = workspace.layout.folder("libraries") / library_id
    if folder.exists():
        yield from ((f"{where}/{path.name}", path) for path in _sealed(folder))
        return
    if library_id not in workspace.libraries:
        raise StoreError.of("library_missing", Location(file=where), library=library_id)
    files = library_files(workspace.libraries[library_id])
    yield from ((f"{where}/{name}", data) for name, data in files.items())
    yield f"{where}/made.json", seal({"files": {name: sha256(data) for name, data in files.items()}})
