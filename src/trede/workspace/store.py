"""What stands in a folder that is laid out as a workspace, to read: a workspace itself, or a bundle that was unpacked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from trede.activity.batches import BatchStore
from trede.catalogue.shelves import Libraries, folders_in
from trede.engine.runs import RunStore
from trede.evidence.store import EvidenceStore
from trede.inventory.publication import PublicationLog
from trede.kernel.disk import stored_folders
from trede.kernel.errors import RunError
from trede.kernel.versions import Version, Versions
from trede.methods.known import Known, shipped
from trede.methods.own import OwnModel, read_model
from trede.methods.own_estimates import read_estimates
from trede.methods.own_file import PREFIX
from trede.organisation.decision_log import DecisionLog
from trede.workspace.layout import Layout


class Store:
    """The stores of one folder; a store that is not there is empty."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout(root)
        self.evidence = EvidenceStore(self.layout.folder("evidence"))
        self.batch_store = BatchStore(self.layout.folder("batches"))
        self.run_store = RunStore(self.layout.folder("runs"))
        self.publications = PublicationLog(self.layout.folder("publications"))
        self.decisions = DecisionLog(self.layout.folder("decisions"))

    @property
    def organisation_versions(self) -> Versions:
        """The stored descriptions of the organisation."""
        return Versions(self.layout.folder("organisation"), ".toml")

    def profile_versions(self, profile_id: str) -> Versions:
        """The stored versions of a profile."""
        return Versions(self.layout.folder("profiles") / profile_id, ".toml")

    @cached_property
    def libraries(self) -> Libraries:
        """The libraries in the folder itself; loaded when asked for."""
        return Libraries(folders_in(self.layout.folder("libraries")))

    @property
    def estimate_versions(self) -> Versions:
        """The stored versions of the organisation's own estimates."""
        return Versions(self.layout.folder("estimates"), ".toml")

    def model_versions(self, ident: str) -> Versions:
        """The stored versions of an own calculation model, by its id without the prefix."""
        return Versions(self.layout.folder("models") / ident, ".toml")

    def models(self) -> dict[str, OwnModel]:
        """Return the own models by activity type, each in its latest version, withdrawn ones included."""
        return {model.type: model for model in map(read_stored, self._latest_models())}

    def _latest_models(self) -> tuple[Version, ...]:
        folders = stored_folders(self.layout.folder("models"))
        latest = (self.model_versions(folder.name).latest() for folder in folders)
        return tuple(version for version in latest if version is not None)

    def known(self) -> Known:
        """Return what records can be calculated by today: what ships, the own models and the own estimates."""
        return _known_by(self._latest_models(), self.estimate_versions.latest())

    def known_versions(self) -> tuple[str, ...]:
        """Return the ids of the stored versions that `known` holds."""
        estimates = self.estimate_versions.latest()
        return tuple(version.id for version in (*self._latest_models(), estimates) if version is not None)

    def known_of(self, spec: Mapping[str, Any]) -> Known:
        """Return what a run calculated by: what ships, and the versions of own models and estimates that its spec pins.

        Raises:
            RunError: `model_version_missing` or `estimates_version_missing`.
        """
        estimates = None
        if pinned := spec.get("estimates"):
            estimates = next((v for v in self.estimate_versions.all() if v.id == pinned), None)
            if estimates is None:
                raise RunError.of("estimates_version_missing", version=pinned)
        return _known_by(tuple(self._pinned(entry) for entry in spec.get("models", ())), estimates)

    def _pinned(self, entry: Mapping[str, str]) -> Version:
        folders = {PREFIX + folder.name: folder for folder in stored_folders(self.layout.folder("models"))}
        versions = Versions(folders[entry["id"]], ".toml").all() if entry["id"] in folders else []
        for version in versions:
            if version.id == entry["version"] and read_stored(version).type == entry["id"]:
                return version
        raise RunError.of("model_version_missing", model=entry["id"], version=entry["version"])


@lru_cache(maxsize=64)
def read_stored(version: Version) -> OwnModel:
    """Read a stored version of an own model, with the number that it has; a version never changes."""
    base = shipped()
    return read_model(version.read(), version.path.name, version.number, base.vocabulary, base.methods)


@lru_cache(maxsize=16)
def _known_by(models: tuple[Version, ...], estimates: Version | None) -> Known:
    known = shipped()
    if models:
        known = known.with_models([read_stored(version) for version in models])
    if estimates is not None:
        known = known.with_estimates(read_estimates(estimates.read(), estimates.path.name))
    return known
