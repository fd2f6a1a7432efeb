"""The evidence viewer: what a file is, where it is used, what it proves, and its content as far as it can be shown safely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.kernel.addresses import letter
from trede.kernel.errors import TredeError
from trede.workspace import Workspace
from trede.workspace.attaching import attachments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trede.activity.batches import Batch
    from trede.evidence.store import Evidence

ROWS_SHOWN = 100
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""Beginnings of the files that are shown as a picture: their content says what they are, never their name."""
PDF, WITHIN = b"%PDF-", 1024
"""How a PDF begins, and within how many bytes."""
PAPERS = (".pdf", ".png", ".jpg", ".jpeg")
"""Kinds of files from which a person enters figures by hand."""
PROOFS = (".pdf", ".png", ".jpg", ".jpeg", ".csv", ".txt", ".tsv", ".xlsx")
"""Kinds of files that can be attached."""


@dataclass(frozen=True)
class Proof:
    """A file that proves something, as the list beside it shows it."""

    digest: str
    name: str
    page: int | None
    to: str
    target: str
    batch: str
    person: str
    day: str
    note: str


@dataclass(frozen=True)
class Use:
    """A batch that was read from a file."""

    batch: str
    file: str
    source: str
    day: str
    active: bool
    rows: int


@dataclass(frozen=True)
class Table:
    """A part of the rows of a file, personal cells as codes. `marked` is the row and column (from 0) that is meant."""

    batch: str
    letters: list[str]
    rows: list[tuple[int, list[str]]]
    first: int
    last: int
    count: int
    row: int | None
    column: int | None

    @property
    def before(self) -> int | None:
        """The first row of the part before this one."""
        return max(1, self.first - ROWS_SHOWN) if self.first > 1 else None

    @property
    def after(self) -> int | None:
        """The first row of the part after this one."""
        return self.last + 1 if self.last < self.count else None


@dataclass(frozen=True)
class EvidencePage:
    """Everything about a kept file."""

    digest: str
    name: str
    size: int
    kind: str
    """`table`, `pdf`, `picture`, or `other`: to download."""
    uses: list[Use]
    proves: list[Proof]
    table: Table | None

    @property
    def kilobytes(self) -> int:
        """Its size, rounded up."""
        return -(-self.size // 1000)


def evidence_page(workspace: Workspace, digest: str, batch: str, row: int, column: int | None) -> EvidencePage:
    """Return the page of a kept file.

    Args:
        batch: which reading of it is shown, when there are several; empty: the last.
        row: the row that is looked at, from 1; 0: the beginning.
        column: the column that is looked at, from 0.

    Raises:
        TredeError: `evidence_missing`; `original_removed` when nothing was read from it.
    """
    found = workspace.evidence.get(digest)
    readings = [each for each in workspace.batches() if each.file_sha256 == digest]
    active = {each.id for each in workspace.active_batches()}
    uses = [
        Use(b.id, b.origin, b.source, str(b.made["made_at"])[:10], b.id in active, sum(b.counts.values()))
        for b in reversed(readings)
    ]
    shown = next((each for each in readings if each.id == batch), readings[-1] if readings else None)
    if shown is None and found.removal is not None:
        raise TredeError(found.removed())
    kind = "table" if shown else kind_of(found)
    table = _table(shown, row, column) if shown else None
    proves = [proof for proof in proofs(workspace) if proof.digest == digest]
    return EvidencePage(digest, found.name, found.size, kind, uses, proves, table)


def _table(batch: Batch, row: int, column: int | None) -> Table:
    counted = int(pc.max(pq.read_table(batch.folder / "rows.parquet", columns=["row"])["row"]).as_py() or 0)
    first = max(1, min(row, counted) - ROWS_SHOWN // 2) if row else 1
    last = min(counted, first + ROWS_SHOWN - 1)
    cells = batch.cells_between(first, last)
    width = max((len(each) for each in cells.values()), default=0)
    rows = [(number, [*each, *[""] * (width - len(each))]) for number, each in cells.items()]
    marked = row if row in cells else None
    return Table(
        batch.id, [letter(index) for index in range(width)], rows, first, last, counted, marked, column if marked else None
    )  # fmt: skip


def kind_of(evidence: Evidence) -> str:
    """Return how an original is shown that is no table: as a `pdf`, a `picture`, or not at all (`other`)."""
    if evidence.removal is not None:
        return "other"
    with evidence.path.open("rb") as file:
        beginning = file.read(WITHIN)
    return "pdf" if is_pdf(beginning) else "picture" if picture_kind(beginning) else "other"


def is_pdf(beginning: bytes) -> bool:
    """Whether a file is a PDF, by its first bytes."""
    return PDF in beginning[:WITHIN]


def picture_kind(beginning: bytes) -> str:
    """Return the type of a picture by its first bytes; nothing for what is none."""
    return next((kind for sign, kind in PICTURES.items() if beginning.startswith(sign)), "")


def picture(workspace: Workspace, digest: str) -> tuple[str, bytes] | None:
    """Return a picture with its type; None when the file is none.

    Raises:
        StoreError: `evidence_missing`.
    """
    data = workspace.evidence.get(digest).read()
    kind = picture_kind(data[:8])
    return (kind, data) if kind else None


def proofs(workspace: Workspace) -> list[Proof]:
    """Return the files that are attached to something, in order."""
    ids = {batch.file_sha256: batch.id for batch in workspace.active_batches()}
    return [
        Proof(
            said.file_sha256, said.name, said.page, said.to, said.target, ids.get(said.target, ""), said.person,
            said.made_at.date().isoformat(), "" if said.reason == "-" else said.reason,
        )
        for each in attachments(workspace)
        for said in [each.decision]
    ]  # fmt: skip


def proofs_of_batch(workspace: Workspace, ident: str) -> list[Proof]:
    """Return the files that prove a batch or something in it.

    Raises:
        TredeError: `batch_unknown` or `batch_ambiguous`.
    """
    batch = workspace.batch_store.get(ident)
    said = [each.decision for each in attachments(workspace) if each.proves(batch)]
    known = {(each.file_sha256, each.target, each.page) for each in said}
    return [proof for proof in proofs(workspace) if (proof.digest, proof.target, proof.page) in known]


def proofs_of_record(workspace: Workspace, batch: Batch, record: Mapping[str, Any]) -> list[Proof]:
    """Return the files that prove a record: those attached to itself, its document, its batch or its source."""
    said = {
        (d.file_sha256, d.target, d.page)
        for each in attachments(workspace)
        for d in [each.decision]
        if each.proves(batch, record)
    }
    return [proof for proof in proofs(workspace) if (proof.digest, proof.target, proof.page) in said]
