"""What stands in a folder that is laid out as a workspace, to read: a workspace itself, or a bundle that was unpacked."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from trede.activity.batches import BatchStore
from trede.catalogue.shelves import Libraries, folders_in
from trede.engine.runs import RunStore
from trede.evidence.store import EvidenceStore
from trede.inventory.publication import PublicationLog
from trede.kernel.versions import Versions
from trede.organisation.decisions import DecisionLog
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
