"""The journal: every record that counts, with what became of it and what it posts under each standard, in one table to ask.

It is no second truth: it is made of the folder again whenever the folder holds something else, and its name says of what.
One row for each record and calendar year that the record touches, the latest first. Where a year is calculated, its run (the
published one, else the one that stands for today's data) says what was posted.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from trede.activity.batches import Batch
from trede.activity.records import RECORD
from trede.catalogue.standards import standards
from trede.engine.activities import COVERED_BY_OTHERS
from trede.engine.duck import connect, quote
from trede.engine.runs import Run
from trede.factors.spending import NOT_BY_SPEND
from trede.inventory.unmatched import ERRORS
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.ledger.consolidating import shared_sql
from trede.organisation.decisions import CoveredBy, ExcludeUnmatched
from trede.workspace.store import Store
from trede.workspace.workspace import Workspace

FORMAT = 3
STATES = ("counted", "aside", "corrected", "open", "outside", "memo", "new")
"""What became of a record in a year: it counts; it was set aside by a decision, or a better figure of it counts; another
record credits it; no factor was found; it is outside the boundary; its method posts nothing; it was not calculated yet."""
VIEWS = tuple(f"{standard.short}:{basis}" for standard in standards().values() for basis in standard.bases)
FACETS = ("year", "activity_type", "site", "entity", "department", "project", "source", "batch", "state")
"""Columns with few values, of which the journal tells the values with their numbers of rows."""
IDS = "ids.parquet"
"""The file beside a journal that says where each record stands, by id: ids are random, the journal is by date."""
_FOLDERS = ("batches", "decisions", "runs", "publications", "models")
_READ = (
    "record_id", "row", "column_number", "activity_type", "attributes", "quantity", "unit", "start", "end", "entity", "site",
    "project", "department", "geography", "quality", "document", "credit_of", "meter", "vehicle", "supplier", "note",
)  # fmt: skip
_SEARCHED = ("document", "supplier", "note", "meter", "vehicle", "site", "project", "department", "file")


def amount_of(view: str) -> str:
    """Return the column that holds what a record posts under a standard and basis, such as `ladder:market`: milligrams."""
    return f"mg_{view.replace(':', '_')}"


@dataclass(frozen=True)
class Journal:
    """A journal that was made: the table, and what stands in it."""

    path: Path
    years: list[int]
    runs: dict[int, str]
    """Per calculated year its run."""
    facets: dict[str, list[tuple[Any, int]]]
    files: dict[str, str]
    """The names of the files of the batches that count, by batch."""
    rows: int

    @property
    def ids(self) -> Path:
        """The file that says where each record stands."""
        return self.path.parent / IDS


def journal_key(store: Store) -> str:
    """Return the name of the journal of a folder as it stands: a hash of the names, which are hashes of content themselves."""
    return sha256(canonical_json([FORMAT, version("trede"), store.layout.names(_FOLDERS)]))[:SHORT]


def find_journal(store: Store, folder: Path) -> Journal | None:
    """Return the journal of a folder as it stands, if it was made; `folder` is where journals are kept."""
    return _read(folder / journal_key(store))


def make_journal(workspace: Workspace, folder: Path) -> Journal:
    """Return the journal of a folder as it stands; it is made when it is not there, and then older ones are removed.

    Args:
        folder: where journals are kept; nothing else may be in it.
    """
    key = journal_key(workspace)
    found = _read(folder / key)
    if found is not None:
        return found
    aside = folder / f".aside-{uuid.uuid4().hex}"
    aside.mkdir(parents=True)
    try:
        _write(workspace, aside)
        if _read(folder / key) is None:  # what is left of a damaged one stands in the way
            shutil.rmtree(folder / key, ignore_errors=True)
        older = [path for path in folder.iterdir() if not path.name.startswith(".") and path.name != key]
        try:
            aside.rename(folder / key)
        except OSError:  # another process was first
            pass
        for path in older:
            shutil.rmtree(path, ignore_errors=True)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    made = _read(folder / key)
    assert made is not None
    return made


def _read(folder: Path) -> Journal | None:
    facts = folder / "facts.json"
    if not facts.exists():
        return None
    told = json.loads(facts.read_bytes())
    return Journal(
        folder / "journal.parquet", told["years"], {int(year): run for year, run in told["runs"].items()},
        {name: [(value, count) for value, count in pairs] for name, pairs in told["facets"].items()}, told["files"],
        told["rows"],
    )  # fmt: skip


def _write(workspace: Workspace, folder: Path) -> None:
    con, batches = connect(folder), workspace.active_batches()
    _records(con, batches)
    years = [year for (year,) in con.sql("SELECT DISTINCT year FROM lines ORDER BY year DESC").fetchall()]
    runs = {year: run for year in years if (run := workspace.run_of(str(year))) is not None}
    _standards(con)
    _posted(con, workspace, runs)
    amounts = ", ".join(f"posted.{amount_of(view)}" for view in VIEWS)
    texts = ", ".join(f"lines.{name}" for name in _SEARCHED)
    path = folder / "journal.parquet"
    con.execute(f"""
        COPY (
            SELECT row_number() OVER () - 1 AS ordinal, * FROM (
                SELECT lines.*, posted.run, {amounts}, coalesce(posted.rows, 0) AS postings,
                    credited.credit AS credited_by,
                    CASE WHEN aside.record_id IS NOT NULL THEN 'aside'
                        WHEN open_ends.record_id IS NOT NULL THEN 'open'
                        WHEN credited.credit IS NOT NULL THEN 'corrected'
                        WHEN posted.inside THEN 'counted'
                        WHEN posted.rows > 0 THEN 'outside'
                        WHEN known_batches.batch IS NOT NULL THEN 'memo'
                        ELSE 'new' END AS state,
                    lower(concat_ws(' ', {texts})) AS searched
                FROM lines
                LEFT JOIN posted USING (record_id, year)
                LEFT JOIN aside USING (record_id, year)
                LEFT JOIN open_ends USING (record_id, year)
                LEFT JOIN credited USING (record_id)
                LEFT JOIN known_batches USING (batch, year)
                ORDER BY lines.year DESC, lines.start DESC, lines.record_id
            )
        ) TO '{quote(path)}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 65536)
    """)
    con.execute(f"CREATE VIEW journal AS FROM read_parquet('{quote(path)}')")
    con.execute(f"""
        COPY (SELECT record_id, ordinal FROM journal ORDER BY record_id, ordinal) TO '{quote(folder / IDS)}'
        (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 16384)
    """)
    facets = {
        name: con.sql(f"SELECT {name}, count(*) FROM journal GROUP BY 1 ORDER BY 2 DESC, 1").fetchall()
        for name in FACETS
    }
    [(rows,)] = con.sql("SELECT count(*) FROM journal").fetchall()
    con.close()
    told = {
        "years": years,
        "runs": {str(year): run.id for year, run in runs.items()},
        "facets": facets,
        "files": {batch.id: batch.origin for batch in batches},
        "rows": rows,
    }
    (folder / "facts.json").write_bytes(canonical_json(told))


def _records(con: duckdb.DuckDBPyConnection, batches: Sequence[Batch]) -> None:
    """Make `lines`: the records of the batches that count, once for each calendar year that they touch."""
    known = [(str(batch.records_path), batch.id, batch.source, batch.origin) for batch in batches]
    names = ("filename", "batch", "source", "file")
    columns = zip(*known, strict=True) if known else ([] for _ in names)
    con.register("batches", pa.table({n: pa.array(list(c), pa.string()) for n, c in zip(names, columns, strict=True)}))
    con.register("nothing", RECORD.empty_table())
    read = ", ".join(f"records.{name}" if name != "end" else 'records."end"' for name in _READ)
    files = ", ".join(f"'{path.replace(chr(39), chr(39) * 2)}'" for path, *_ in known)
    source = "SELECT *, '' AS filename FROM nothing"
    if known:
        source += f" UNION ALL BY NAME SELECT * FROM read_parquet([{files}], filename = true, union_by_name = true)"
    con.execute(f"""
        CREATE TABLE lines AS
        SELECT {read}, batches.batch, batches.source, batches.file,
            CAST(unnest(range(year(records.start), year(records."end") + 1)) AS SMALLINT) AS year,
            CASE WHEN date_trunc('month', records.start) = date_trunc('month', records."end")
                THEN strftime(records.start, '%Y-%m') END AS month
        FROM ({source}) records JOIN batches USING (filename)
    """)
    con.execute("ALTER TABLE lines ADD COLUMN first BOOLEAN")
    con.execute("UPDATE lines SET first = year = year(start)")
    con.execute("""
        CREATE TABLE credited AS
        WITH credits AS (SELECT * FROM lines WHERE credit_of IS NOT NULL AND first),
        pairs AS (
            SELECT l.record_id, c.record_id AS credit, (l.activity_type, l.attributes) = (c.activity_type, c.attributes) AS alike
            FROM credits c JOIN lines l ON l.first AND l.source = c.source AND l.record_id = c.credit_of
            UNION
            SELECT l.record_id, c.record_id, (l.activity_type, l.attributes) = (c.activity_type, c.attributes)
            FROM credits c JOIN lines l ON l.first AND l.source = c.source AND l.document = c.credit_of
            WHERE l.record_id <> c.record_id
        ),
        best AS (SELECT *, bool_or(alike) OVER (PARTITION BY credit) AS any_alike FROM pairs)
        SELECT record_id, min(credit) AS credit FROM best WHERE alike = any_alike GROUP BY record_id
    """)


def _standards(con: duckdb.DuckDBPyConnection) -> None:
    """Make `headed`: of each account, the standards that have a heading for it."""
    shorts = {standard.short: standard for standard in standards().values()}
    accounts = sorted({account for standard in shorts.values() for account in standard.heading_of})
    columns: dict[str, list[Any]] = {"account": accounts}
    columns |= {f"in_{short}": [account in each.heading_of for account in accounts] for short, each in shorts.items()}
    con.register("headed", pa.table(columns))


def _posted(con: duckdb.DuckDBPyConnection, workspace: Workspace, runs: dict[int, Run]) -> None:
    """Make what the runs say: `posted`, `aside`, `open_ends` and `known_batches`, by record and year."""
    amounts = ", ".join(f"{amount_of(view)} BIGINT" for view in VIEWS)
    con.execute(f"""
        CREATE TABLE posted (record_id VARCHAR, year SMALLINT, run VARCHAR, rows INTEGER, inside BOOLEAN, {amounts});
        CREATE TABLE said (record_id VARCHAR, year SMALLINT);
        CREATE TABLE open_ends (record_id VARCHAR, year SMALLINT);
        CREATE TABLE known_batches (batch VARCHAR, year SMALLINT);
    """)
    counted = f"CASE WHEN share = 1 THEN co2e ELSE {shared_sql('co2e')} END"
    sums = []
    for view in VIEWS:
        short, _, basis = view.partition(":")
        sums.append(f"CAST(sum(counted) FILTER (in_{short} AND basis IN ('none', '{basis}')) AS BIGINT)")
    decisions = [recorded.decision for recorded in workspace.decisions.in_force()]
    for year, run in runs.items():
        con.execute(f"""
            INSERT INTO posted
            SELECT record_id, {year}, '{run.id}', count(*), max(share) > 0, {", ".join(sums)}
            FROM (SELECT *, {counted} AS counted FROM read_parquet('{quote(run.folder / "ledger.parquet")}'))
            LEFT JOIN headed USING (account) GROUP BY record_id
        """)
        con.register("pinned", pa.table({"batch": [entry["id"] for entry in run.spec["batches"]]}))
        con.execute(f"INSERT INTO known_batches SELECT batch, {year} FROM pinned")
        con.unregister("pinned")
        _unmatched(con, year, run, [each for each in decisions if isinstance(each, ExcludeUnmatched)])
    covered = {record for each in decisions if isinstance(each, CoveredBy) for record in each.records}
    con.register("covered", pa.table({"record_id": pa.array(sorted(covered), pa.string())}))
    calculated = ", ".join(map(str, runs)) or "0"
    con.execute(f"""
        CREATE TABLE aside AS
        SELECT DISTINCT record_id, year FROM said
        UNION SELECT record_id, year FROM lines JOIN covered USING (record_id) WHERE year NOT IN ({calculated})
    """)


def _unmatched(con: duckdb.DuckDBPyConnection, year: int, run: Run, excluded: Sequence[ExcludeUnmatched]) -> None:
    """Divide the records that posted nothing over those that were set aside and those that are open."""
    found = f"read_parquet('{quote(run.folder / 'unmatched.parquet')}')"
    settled = ", ".join(f"'{code}'" for code in (COVERED_BY_OTHERS, *NOT_BY_SPEND))
    groups = con.sql(f"""
        SELECT DISTINCT activity_type, attributes, year(start) AS year, code FROM {found} WHERE code NOT IN ({settled})
    """).fetchall()
    taken = [
        (kind, attributes, of)
        for kind, attributes, of, code in groups
        if code not in ERRORS and any(each.covers(of, kind, json.loads(attributes)) for each in excluded)
    ]
    names = ("activity_type", "attributes", "of_year")
    types = (pa.string(), pa.string(), pa.int64())
    columns = {
        n: pa.array([group[at] for group in taken], t) for at, (n, t) in enumerate(zip(names, types, strict=True))
    }
    con.register("taken", pa.table(columns))
    con.execute(f"""
        INSERT INTO said SELECT DISTINCT record_id, {year} FROM {found} u
        WHERE code IN ({settled})
            OR EXISTS (SELECT 1 FROM taken t
                WHERE (t.activity_type, t.attributes, t.of_year) = (u.activity_type, u.attributes, year(u.start)))
    """)
    covered = run.folder / "covered.parquet"
    if covered.exists():
        con.execute(f"INSERT INTO said SELECT DISTINCT record_id, {year} FROM read_parquet('{quote(covered)}')")
    con.execute(f"""
        INSERT INTO open_ends
        SELECT DISTINCT record_id, {year} FROM {found} ANTI JOIN (SELECT * FROM said WHERE year = {year}) USING (record_id)
    """)
    con.unregister("taken")
