"""Verifying a bundle without any workspace: open the zip with suspicion, compare every file, make the run again.

A bundle comes from elsewhere. Nothing of it is written outside a folder that is gone afterwards, and no name inside it is
followed that is not in its list.
"""

from __future__ import annotations

import hashlib
import stat
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from trede.engine.runs import Run
from trede.evidence.store import ORIGINAL, REMOVED
from trede.inventory.publication import Published
from trede.kernel.errors import StoreError, TredeError
from trede.kernel.issues import Issue, Location, Param
from trede.kernel.sealed import check_seal, read_json, unseal
from trede.workspace.bundling import FORMAT, MANIFEST, MAX_BYTES
from trede.workspace.importing import profile_of
from trede.workspace.layout import FOLDERS
from trede.workspace.proving import Check, Sum, checks_of, sums_of
from trede.workspace.publishing import check_publication
from trede.workspace.running import make_shelf
from trede.workspace.store import Store
from trede.workspace.verifying import check_batch, check_stored, recalculate

MAX_RATIO = 200
"""How much smaller a zip may be than the files in it, when these come to more than `RATIO_FROM` bytes."""
RATIO_FROM = 100_000_000
MAX_ENTRIES = 100_000
MAX_MANIFEST = 64_000_000

_KINDS = frozenset(FOLDERS) - {"keys"}
_BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OverflowError, RuntimeError, ValueError,
)  # fmt: skip
"""What the zip reader raises on a damaged entry."""


@dataclass(frozen=True)
class BundleVerdict:
    """What was verified of a bundle. No error means yes; then `totals` are the run's, made again."""

    run: str
    period: str
    trede: dict[str, str]
    """The versions of Trede that made the run and the bundle."""
    files: int
    batches: int = 0
    mapped: int = 0
    """Batches whose original was mapped once more."""
    issues: list[Issue] = field(default_factory=list)
    totals: pa.Table | None = None
    published: list[Published] = field(default_factory=list)
    """The publications of the run, held against it."""
    checks: list[Check] = field(default_factory=list)
    """What was checked, check by check; nothing when the files are not what the list says."""
    sums: list[Sum] = field(default_factory=list)
    """The totals as they are in the bundle and as they came out again."""

    @property
    def good(self) -> bool:
        """Whether everything came out again."""
        return not any(issue.severity == "error" for issue in self.issues)


def verify_bundle(path: Path) -> BundleVerdict:
    """Verify a bundle by itself: its list, every file, the batches, and the run from the batches and libraries in it.

    Raises:
        StoreError: the file is refused as a whole: `bundle_missing`, `bundle_not_zip`, `bundle_bomb`, `bundle_symlink`,
            `bundle_path_outside`, `bundle_manifest_missing`, `bundle_format_unknown`, or `stored_file_changed` for its list.
    """
    with tempfile.TemporaryDirectory(prefix="trede-bundle-") as folder:
        root = Path(folder)
        try:
            with zipfile.ZipFile(path) as archive:
                manifest, issues = _unpack(archive, path, root)
        except FileNotFoundError as error:
            raise _refused("bundle_missing", path) from error
        except _BROKEN as error:
            raise _refused("bundle_not_zip", path) from error
        told = (manifest["run"], manifest["period"], manifest["trede"], len(manifest["files"]))
        if issues:
            return BundleVerdict(*told, issues=issues)
        try:
            return _recomputed(Store(root), manifest, told)
        except TredeError as error:
            return BundleVerdict(*told, issues=list(error.issues))
        except Exception as error:  # whatever a forged bundle makes us stumble over is a finding about it
            detail = f"{type(error).__name__}: {error}".partition("\n")[0]
            return BundleVerdict(
                *told, issues=[Issue.error("bundle_unreadable", Location(file=path.name), detail=detail)]
            )


def _refused(code: str, path: Path, **params: Param) -> StoreError:
    return StoreError(Issue.error(code, Location(file=path.name), **params))


# -- the zip


def _unpack(archive: zipfile.ZipFile, path: Path, root: Path) -> tuple[dict[str, Any], list[Issue]]:
    """Unpack what the list names; returns the list, and an issue for each file that is not what it says."""
    entries = _entries(archive, path)
    if MANIFEST not in entries:
        raise _refused("bundle_manifest_missing", path)
    _extract(archive, entries[MANIFEST], root)
    manifest = _manifest(root / MANIFEST, path)
    files = manifest["files"]
    issues = [
        Issue.error("bundle_file_unknown", Location(file=name)) for name in entries if name not in {MANIFEST, *files}
    ]
    for name, expected in sorted(files.items()):
        if name not in entries:
            issues.append(Issue.error("stored_file_missing", Location(file=name)))
        elif _extract(archive, entries[name], root) != expected:
            issues.append(Issue.error("stored_file_changed", Location(file=name)))
    return manifest, issues


def _entries(archive: zipfile.ZipFile, path: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name, or refuse a zip that could do harm."""
    entries = archive.infolist()
    size, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    swelling = size > RATIO_FROM and size > MAX_RATIO * packed
    if len(entries) > MAX_ENTRIES or size > MAX_BYTES or swelling:
        raise _refused("bundle_bomb", path, entries=len(entries), bytes=size)
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise _refused("bundle_symlink", path, entry=entry.filename[:100])
        if not _is_ours(entry) or entry.filename in found:
            raise _refused("bundle_path_outside", path, entry=entry.orig_filename[:100])
        if not 0 <= entry.header_offset < packed:
            raise _refused("bundle_not_zip", path)
        found[entry.filename] = entry
    if MANIFEST in found and found[MANIFEST].file_size > MAX_MANIFEST:
        raise _refused("bundle_bomb", path, entries=len(entries), bytes=size)
    return found


def _is_ours(entry: zipfile.ZipInfo) -> bool:
    """Whether a name is that of the list, or of a file in one of a workspace's folders."""
    if entry.orig_filename != entry.filename:
        return False
    first, *rest = entry.filename.split("/")
    plain = all(part and part[0] != "." and part.isprintable() and not set(part) & set('\\:*?"<>|') for part in rest)
    return entry.filename == MANIFEST or (first in _KINDS and 0 < len(rest) <= 2 and plain)


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, root: Path) -> str:
    """Unpack one entry and return the hash of its bytes; of one that cannot be read whole, no hash."""
    target = root / entry.filename
    target.parent.mkdir(parents=True, exist_ok=True)
    hasher = hashlib.sha256()
    try:
        with archive.open(entry) as source, target.open("wb") as file:
            while chunk := source.read(1 << 20):
                hasher.update(chunk)
                file.write(chunk)
    except _BROKEN:
        return ""
    return hasher.hexdigest()


def _manifest(found: Path, path: Path) -> dict[str, Any]:
    """Return the list of a bundle when it is whole and of a form that we read."""
    try:
        damage = check_seal(found, MANIFEST)
        manifest = unseal(found) if not damage else {}
    except RecursionError:
        damage = [Issue.error("stored_file_changed", Location(file=MANIFEST))]
    if damage:
        raise StoreError(*damage)
    if manifest.get("format") != FORMAT:
        raise _refused("bundle_format_unknown", path, found=str(manifest.get("format")), known=FORMAT)
    texts = [
        manifest.get("run"),
        manifest.get("period"),
        *_values(manifest.get("trede")),
        *_values(manifest.get("files")),
    ]
    if not all(isinstance(text, str) for text in texts) or set(manifest["trede"]) != {"run", "bundle"}:
        raise StoreError.of("stored_file_changed", Location(file=MANIFEST))
    return manifest


def _values(mapping: Any) -> list[Any]:
    return list(mapping.values()) if isinstance(mapping, dict) else [None]


# -- what is in it


def _recomputed(store: Store, manifest: dict[str, Any], told: tuple[str, str, dict[str, str], int]) -> BundleVerdict:
    """Check the stores, and make the run again from them alone."""
    issues = _check_named(store, manifest) or check_stored(store)
    if any(issue.severity == "error" for issue in issues):
        return BundleVerdict(*told, issues=issues)
    run = store.run_store.get(manifest["run"])
    make_shelf(store, run.spec, [])  # the libraries must be those of the run, also when only its stored plan is used
    published = store.publications.of_run(run.id)
    again = recalculate(store, run)
    issues += [*_check_spec(store, run, manifest), *again.issues]
    issues += [issue for each in published for issue in check_publication(store, each)]
    batches = [store.batch_store.get(pinned["id"]) for pinned in run.spec["batches"]]
    read: list[Issue] = []
    if manifest["originals"]:
        for batch in batches:
            read += check_batch(store, batch, None)
        personal = sum(profile_of(batch).has_personal for batch in batches)
        read += [Issue.notice("bundle_without_key", batches=personal)] if personal else []
    else:
        read.append(Issue.notice("bundle_without_originals", batches=len(batches)))
    kept = [batch for batch in batches if not store.evidence.is_removed(batch.file_sha256)]
    mapped = len(kept) if manifest["originals"] else 0
    differs = any(issue.severity == "error" for issue in read)
    checks = [
        Check("files", told[3], "agrees"),
        Check("originals", mapped, "differs" if differs else "agrees" if mapped else "skipped"),
        *checks_of(store, run, again),
    ]
    return BundleVerdict(
        *told, len(batches), mapped, [*issues, *read], run.table("totals"), published, checks, sums_of(run, again)
    )


def _check_named(store: Store, manifest: dict[str, Any]) -> list[Issue]:
    """Return an issue for each file that a run, batch or library of the bundle names and that is not in its list."""
    files = manifest["files"]
    named = {f"runs/{manifest['run']}/run.json", f"runs/{manifest['run']}/made.json"}
    for name in files:
        folder, _, last = name.rpartition("/")
        if last == "made.json":
            named |= {f"{folder}/{other}" for other in unseal(store.layout.root / name)["files"]}
        if last == "batch.json":
            named |= {f"{folder}/{other}" for other in ("made.json", "profile.json")}
            digest = read_json(store.layout.root / name)["file_sha256"]
            if manifest["originals"] and f"evidence/{digest}/{REMOVED}" not in files:
                named.add(f"evidence/{digest}/{ORIGINAL}")
    if named <= set(files):
        spec = read_json(store.layout.root / f"runs/{manifest['run']}/run.json")["spec"]
        named |= {f"batches/{pinned['id']}/batch.json" for pinned in spec["batches"]}
        named |= {f"libraries/{pinned['id']}/made.json" for pinned in spec["libraries"]}
    return [Issue.error("stored_file_missing", Location(file=name)) for name in sorted(named - set(files))]


def _check_spec(store: Store, run: Run, manifest: dict[str, Any]) -> list[Issue]:
    """Return an issue when the run's organisation, decisions or period are not those of the bundle."""
    chain = list(store.decisions.all())
    versions = {version.id for version in store.organisation_versions.all()}
    same = (
        run.spec["organisation"] in versions
        and all(any(recorded.is_named(entry) for recorded in chain) for entry in run.spec["decisions"])
        and run.spec["period"] == manifest["period"]
    )
    return [] if same else [Issue.error("content_differs", Location(file=f"runs/{run.id}/run.json"))]
