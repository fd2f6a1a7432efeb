"""Evidence of any kind: an invoice as PDF, a photo of a meter, attached to what it proves. Attaching changes no result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.kernel.errors import StoreError
from trede.kernel.issues import Location
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Attach, AttachedTo
from trede.workspace.store import Store
from trede.workspace.workspace import Workspace

MAX_BYTES = 100 << 20
"""Bytes of one attached file."""
MAX_NAME = 150
KINDS: tuple[AttachedTo, ...] = ("record", "batch", "source", "document")


@dataclass(frozen=True)
class Attachment:
    """An attachment in force, with what it says."""

    recorded: Recorded
    decision: Attach

    def proves(self, batch: Batch, record: Mapping[str, Any] | None = None) -> bool:
        """Whether it is attached to a record of a batch; without a record: to the batch, its source or anything in it."""
        said = self.decision
        match said.to:
            case "source":
                return said.target == batch.source
            case "batch":
                return said.target == batch.file_sha256
            case "document" if said.source != batch.source:
                return False
            case "document" | "record":
                column = "document" if said.to == "document" else "record_id"
                if record is not None:
                    return bool(record[column] == said.target)
                return said.target in _column(batch, column)
        return False


def attach(
    workspace: Workspace, data: bytes, name: str, to: str, *, person: str, page: int | None = None, note: str = "-",
) -> tuple[Recorded, bool]:  # fmt: skip
    """Keep a file as evidence and record what it proves.

    Args:
        name: the file's name; what is no plain part of a file's name in it is left out.
        to: the beginning of a record's or batch's id, a source, or a document number; `record:`, `batch:`, `source:` or
            `document:` in front says which one is meant.
        page: the page that proves it, from 1. Whether there is such a page is not looked at: nothing here reads PDF.

    Returns:
        the decision, and whether it was there already.

    Raises:
        StoreError: `attachment_empty`, `attachment_too_large`, `page_unknown`, `attach_target_unknown`,
            `attach_target_ambiguous`; nothing is kept then.
    """
    where = Location(file=plain_name(name))
    if not data:
        raise StoreError.of("attachment_empty", where)
    require_size(len(data), name)
    if page is not None and page < 1:
        raise StoreError.of("page_unknown", where, page=page)
    with workspace.writing():
        kind, target, source = _find(workspace.active_batches(), to)
        evidence = workspace.evidence.keep(data, plain_name(name))
        said = Attach(
            file_sha256=evidence.sha256, name=plain_name(name), page=page, to=kind, target=target, source=source,
            reason=note, person=person, made_at=workspace.clock(),
        )  # fmt: skip
        same = (a.recorded for a in attachments(workspace) if a.recorded.content == Recorded("", 0, said).content)
        earlier = next(same, None)
        return (earlier, True) if earlier else (workspace.decisions.record(said), False)


def require_size(size: int, name: str) -> None:
    """Test the size of a file before it is read.

    Raises:
        StoreError: `attachment_too_large`.
    """
    if size > MAX_BYTES:
        raise StoreError.of("attachment_too_large", Location(file=plain_name(name)), bytes=size, limit=MAX_BYTES)


def plain_name(name: str) -> str:
    """Return the last part of a path as a name that is safe to show and to write: printable, not too long, never a path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(ch if ch.isprintable() and ch not in '<>:"|?*' else "_" for ch in last).strip(" .")
    return kept[-MAX_NAME:] or "_"


def attachments(store: Store) -> list[Attachment]:
    """Return the attachments in force, in order."""
    return [Attachment(r, d) for r in store.decisions.in_force() if isinstance(d := r.decision, Attach)]


def missing_originals(store: Store) -> Iterable[Attachment]:
    """Yield the attachments whose file is not kept (any more)."""
    for attachment in attachments(store):
        if not (store.evidence.folder / attachment.decision.file_sha256).exists():
            yield attachment


def _find(batches: Sequence[Batch], to: str) -> tuple[AttachedTo, str, str]:
    """Return kind, target and source of what `to` names."""
    asked, sign, rest = to.partition(":")
    kinds = [kind for kind in KINDS if kind == asked] if sign else []
    word = rest if kinds else to
    found = [hit for kind in kinds or KINDS for hit in _hits(batches, kind, word)] if word else []
    if not found:
        raise StoreError.of("attach_target_unknown", target=to)
    if len(set(found)) > 1:
        named = sorted({f"{kind}:{target}" + (f" ({source})" if source else "") for kind, target, source in found})
        raise StoreError.of("attach_target_ambiguous", target=to, found=named[:10])
    return found[0]


def _hits(batches: Sequence[Batch], kind: AttachedTo, word: str) -> Iterable[tuple[AttachedTo, str, str]]:
    for batch in batches:
        match kind:
            case "source" if batch.source == word:
                yield kind, word, ""
            case "batch" if batch.id.startswith(word):
                yield kind, batch.file_sha256, ""
            case "document" if word in _column(batch, "document"):
                yield kind, word, batch.source
            case "record":
                for ident in _column(batch, "record_id", beginning=word):
                    yield kind, ident, ""


def _column(batch: Batch, name: str, beginning: str = "") -> set[str]:
    column = batch.records(name)[name].drop_null()
    return set(column.filter(pc.starts_with(column, beginning)).to_pylist() if beginning else column.to_pylist())
