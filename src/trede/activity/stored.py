"""What is stored already, as the rows of a new file are held against it: asked by name, so that a small file beside a million
records costs little."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch
from trede.activity.records import addresses
from trede.kernel.addresses import Address

Place = tuple[str, Address]
"""A file's name, and the address of a row in it."""


@dataclass(frozen=True)
class Names:
    """What a column of stored records holds: document numbers, or record ids."""

    column: str
    tables: Sequence[tuple[str, pa.Table]]
    """Per batch its file's name, and the column with the addresses of its rows."""

    @cached_property
    def values(self) -> pa.ChunkedArray:
        """Every name, those that several records have as often; nothing is no name."""
        found = pa.chunked_array([part for _, table in self.tables for part in table[self.column].chunks], pa.string())
        return found.filter(pc.greater(pc.binary_length(found), 0))

    def places(self, names: Iterable[str | None]) -> dict[str, Place]:
        """Return where some names stand, those that are there; of several records the last."""
        wanted = pa.array(sorted({name for name in names if name}), pa.string())
        found: dict[str, Place] = {}
        for file, table in self.tables if len(wanted) else ():
            some = table.filter(pc.is_in(table[self.column], value_set=wanted))
            found |= {name: (file, at) for name, at in zip(some[self.column].to_pylist(), addresses(some), strict=True)}
        return found


@dataclass(frozen=True)
class Stored:
    """What the active batches hold, those that the new file replaces left out."""

    record_ids: Names
    """Of the same source."""
    documents: Names
    """Of the same source."""
    others: Sequence[Batch] = ()
    """The batches of other sources."""
    own: Sequence[Batch] = ()
    """The batches of the same source."""

    def holds(self, names: Collection[str]) -> set[str]:
        """Return which of some names are a document or a record of the same source."""
        return {*self.documents.places(names), *self.record_ids.places(names)}


def stored_of(active: Sequence[Batch], source: str, left_out: Collection[str]) -> Stored:
    """Return what active batches hold that a file of a source is compared with, some left out."""
    counted = [batch for batch in active if batch.id not in left_out]
    own = [batch for batch in counted if batch.source == source]
    tables = [(batch.file_name, batch.records("record_id", "document", "row", "column_number")) for batch in own]
    others = [batch for batch in counted if batch.source != source]
    return Stored(Names("record_id", tables), Names("document", tables), others, own)
