"""Batches: what one file gave under one profile. Immutable; a batch exists when its folder exists.

batches/<id>/batch.json       what it is: the id is the hash of this file
             records.parquet  the accepted records, in row order
             rows.parquet     every physical row of the file, or cell of a cross-tab, with its fate
             profile.json     the mapping that was used
             made.json        when, by which versions, after which decision; hashes of the files; batches that it replaces
                              (sealed)
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.activity.records import RECORD, filled
from trede.intake.outcome import ROWS
from trede.kernel.content import content_hash
from trede.kernel.disk import disk, file_hash, keep, stored_folders, touched, writing_aside
from trede.kernel.errors import StoreError
from trede.kernel.identity import SHORT, pretty_json, sha256
from trede.kernel.issues import Issue, Location, Severity
from trede.kernel.sealed import check_seal, read_json, seal, unseal


@dataclass(frozen=True)
class Batch:
    """One stored batch; tables are read when asked for."""

    id: str
    folder: Path
    facts: dict[str, Any]
    """The content of batch.json."""
    made: dict[str, Any]

    @property
    def source(self) -> str:
        """The source's name."""
        return str(self.facts["source"])

    @property
    def file_name(self) -> str:
        """The file's name when it was imported."""
        return str(self.made["file_name"])

    @property
    def file_sha256(self) -> str:
        """The hash of the file's bytes."""
        return str(self.facts["file_sha256"])

    @property
    def sheet(self) -> str | None:
        """The sheet of a workbook that was read; None for another file."""
        found: str | None = self.facts["dialect"].get("sheet", {}).get("value")
        return found

    @property
    def counts(self) -> dict[str, int]:
        """Rows, or cells of a cross-tab, by fate."""
        return dict(self.facts["counts"])

    @property
    def origin(self) -> str:
        """The file's name, with the sheet of a workbook."""
        return self.file_name if self.sheet is None else f"{self.file_name} · {self.sheet}"

    @property
    def in_cells(self) -> bool:
        """Whether the file is a cross-tab, counted in cells."""
        return "headings" in self.facts

    @property
    def replaces(self) -> list[str]:
        """Ids of the batches that this one takes the place of."""
        return list(self.made["replaces"])

    @property
    def records_path(self) -> Path:
        """The Parquet file of accepted records."""
        return self.folder / "records.parquet"

    @property
    def kinds(self) -> frozenset[tuple[str, str]]:
        """The activity types of the accepted records, each with the countries that they are in."""
        return _kinds(self.records_path)

    @property
    def columns(self) -> dict[str, str]:
        """The file's heading by field."""
        return dict(self.facts["columns"])

    def problems(self, *fates: str) -> list[Issue]:
        """Return an issue for each row or cell of the given fates (held and rejected unless said)."""
        return self.problems_in(self.rows(*(fates or ("held", "rejected"))))

    def problems_in(self, rows: pa.Table) -> list[Issue]:
        """Return an issue for each of some rows that has one."""
        return [
            Issue.make(
                Severity.WARNING if row["fate"] == "held" else Severity.ERROR,
                row["code"],
                Location(self.file_name, row["row"], row["column"], row["column_number"]),
                json.loads(row["detail"] or "{}"),
            )
            for row in rows.to_pylist()
            if row["code"]
        ]

    def records(self, *names: str) -> pa.Table:
        """Return the accepted records, with all columns or those that are named."""
        schema = pa.schema([RECORD.field(name) for name in names]) if names else RECORD
        with pq.ParquetFile(self.records_path) as file:
            return filled(file.read(schema.names), schema).select(schema.names)

    def rows(self, *fates: str) -> pa.Table:
        """Return the rows, or cells of a cross-tab, of the given fates (all unless said); schema `intake.outcome.ROWS`."""
        wanted = pc.is_in(pc.field("fate"), value_set=pa.array(fates, pa.string())) if fates else None
        return filled(pq.read_table(self.folder / "rows.parquet", filters=wanted), ROWS)

    def row_cells(self, row: int) -> list[str]:
        """Return the cells of one physical row as stored (personal cells as pseudonyms)."""
        return _cells(self.folder, row)

    def cells_between(self, first: int, last: int) -> dict[int, list[str]]:
        """Return the cells of physical rows as stored, by row; of a row that is not there, nothing."""
        return self._cells_where((pc.field("row") >= first) & (pc.field("row") <= last))

    def cells_of(self, rows: Collection[int]) -> dict[int, list[str]]:
        """Return the cells of some physical rows as `row_cells` does, in one go."""
        return self._cells_where(pc.is_in(pc.field("row"), value_set=pa.array(list(rows), ROWS.field("row").type)))

    def _cells_where(self, wanted: pc.Expression) -> dict[int, list[str]]:
        table = pq.read_table(self.folder / "rows.parquet", filters=wanted)
        found: dict[int, list[str]] = {}
        for row in filled(table, ROWS).sort_by([("row", "ascending"), ("column_number", "ascending")]).to_pylist():
            found.setdefault(row["row"], []).extend(row["cells"])
        return found

    def headings(self) -> list[str]:
        """Return the headings of the columns; of a cross-tab those of several rows of headings together."""
        if self.in_cells:
            return list(self.facts["headings"])
        return list(_headings(self.folder, int(self.facts["dialect"]["header_row"]["value"])))


class BatchStore:
    """The folder `batches/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(
        self, facts: dict[str, Any], profile: dict[str, Any], records: pa.Table, rows: pa.Table, made: dict[str, Any]
    ) -> Batch:
        """Store a batch; the content hashes of both tables join its facts.

        Raises:
            StoreError: `already_stored` when the same batch is there.
        """
        with writing_aside(self.folder) as aside, ThreadPoolExecutor(1) as beside:
            contents = [beside.submit(content_hash, table) for table in (records, rows)]
            disk.write_table(aside / "records.parquet", records, distinct=("record_id", "row", "document"))
            disk.write_table(aside / "rows.parquet", rows, distinct=("row", "line", "cells", "detail"))
            disk.write_bytes(aside / "profile.json", pretty_json(profile))
            of_records, of_rows = (content.result() for content in contents)
            data = pretty_json({**facts, "records_content": of_records, "rows_content": of_rows})
            ident = sha256(data)[:SHORT]
            disk.write_bytes(aside / "batch.json", data)
            names = ("records.parquet", "rows.parquet", "profile.json")
            files = {name: file_hash(aside / name) for name in names}
            disk.write_bytes(aside / "made.json", seal({**made, "files": files}))
            keep(aside, ident)
        return self.get(ident)

    def get(self, ident: str) -> Batch:
        """Return a batch by id or by a beginning of it that is unique.

        Raises:
            StoreError: `batch_unknown` or `batch_ambiguous`.
        """
        found = stored_folders(self.folder, ident)
        if not found or not ident:
            raise StoreError.of("batch_unknown", batch=ident)
        if len(found) > 1:
            raise StoreError.of("batch_ambiguous", batch=ident, found=[p.name for p in found])
        return _stored(found[0])

    def all(self) -> Iterator[Batch]:
        """Yield all batches, in the order in which they were made."""
        yield from sorted(map(_stored, stored_folders(self.folder)), key=lambda b: (b.made["made_at"], b.id))

    def check(self, batch_id: str) -> list[Issue]:
        """Return an issue for each file of a batch that is missing, changed or not equal to its content hash."""
        folder = self.folder / batch_id
        where = f"batches/{batch_id}"
        issues = check_seal(folder / "made.json", f"{where}/made.json")
        facts_file = folder / "batch.json"
        if not facts_file.exists():
            return [*issues, Issue.error("stored_file_missing", Location(file=f"{where}/batch.json"))]
        if sha256(facts_file.read_bytes())[:SHORT] != batch_id:
            issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/batch.json")))
        if issues:
            return issues
        facts, made = json.loads(facts_file.read_bytes()), unseal(folder / "made.json")
        for name, expected in made["files"].items():
            path = folder / name
            if not path.exists():
                issues.append(Issue.error("stored_file_missing", Location(file=f"{where}/{name}")))
            elif file_hash(path) != expected:
                issues.append(Issue.error("stored_file_changed", Location(file=f"{where}/{name}")))
            elif name.endswith(".parquet"):
                content = facts[f"{name.removesuffix('.parquet')}_content"]
                if content_hash(pq.read_table(path)) != content:
                    issues.append(Issue.error("content_differs", Location(file=f"{where}/{name}")))
        return issues


def _stored(folder: Path) -> Batch:
    return _read(str(folder), touched(f"{folder}/batch.json", f"{folder}/made.json"))


@lru_cache(maxsize=8192)
def _read(folder: str, at: tuple[int, ...]) -> Batch:
    """Read a batch as its files stood `at` some moment: a page asks for all of them, again and again."""
    path = Path(folder)
    return Batch(path.name, path, read_json(path / "batch.json"), unseal(path / "made.json"))


@lru_cache(maxsize=1024)
def _headings(folder: Path, row: int) -> tuple[str, ...]:
    """Return the cells of the row of headings; a batch never changes."""
    return tuple(_cells(folder, row))


def _cells(folder: Path, row: int) -> list[str]:
    table = pq.read_table(folder / "rows.parquet", filters=[("row", "=", row)])
    return list(chain.from_iterable(filled(table, ROWS).sort_by("column_number")["cells"].to_pylist()))


@cache
def _kinds(path: Path) -> frozenset[tuple[str, str]]:
    names = ["activity_type", "geography"]
    with pq.ParquetFile(path, read_dictionary=names) as file:  # ten times as fast as read_table on a small file
        read = file.read(names, use_threads=False).unify_dictionaries()  # each group of rows has its own
        table = read.group_by(names, use_threads=False).aggregate([])
    return frozenset(zip(*(table[name].to_pylist() for name in names), strict=True))
