"""Ratings of data as margins: what a run takes for the uncertainty of quantities whose file states none.

What a file states of a quantity's uncertainty goes before its rating, which goes before the default by data quality. What was
extrapolated from a sample has the error of the sample. A quantity that a method made takes the rating of its record over
when all figures are the record's own: where an estimate stood in for one, the rating says nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trede.catalogue.ratings import Ratings
from trede.catalogue.vocabulary import vocabulary
from trede.engine.duck import quote

MARGIN = "rating_margin"
"""The table of what each rating comes to for each activity type."""

RATED = "rated_record"
"""The table of the records that a rating speaks for."""

_SPEAKS = "rating IS NOT NULL AND uncertainty IS NULL AND sample IS NULL"


def prepare_ratings(
    con: duckdb.DuckDBPyConnection, paths: Sequence[Path], by: Ratings, *, derived: bool
) -> frozenset[Path]:
    """Make the tables `MARGIN` and `RATED`, when anything is rated.

    Args:
        derived: there is a table `derived`, so its records have a margin for what they were posted as.

    Returns:
        The files that have rated records.
    """
    rated = []
    for path in paths:
        if (
            "rating" in pq.read_schema(path).names
            and con.execute(f"SELECT 1 FROM {read(path)} WHERE {_SPEAKS} LIMIT 1").fetchall()
        ):
            rated.append(path)
    files = [f"SELECT record_id, activity_type, rating FROM {read(path)} WHERE {_SPEAKS}" for path in rated]
    if not files:
        return frozenset()
    con.execute(f"CREATE TEMP TABLE {RATED} AS {' UNION ALL '.join(files)}")
    pairs = set(con.execute(f"SELECT DISTINCT activity_type, rating FROM {RATED}").fetchall())
    if derived:
        posted = f"SELECT DISTINCT d.activity_type, r.rating FROM derived d JOIN {RATED} r USING (record_id)"
        pairs |= set(con.execute(posted).fetchall())
    known = vocabulary()  # an organisation's own types are posted as these
    pairs = {(kind, rating) for kind, rating in pairs if kind in known}
    columns = {
        "activity_type": pa.array([kind for kind, _ in pairs], pa.string()),
        "rating": pa.array([rating for _, rating in pairs], pa.string()),
        "margin": pa.array([by.margin(rating, known[kind].kind) for kind, rating in pairs], pa.int32()),
    }
    con.register(MARGIN, pa.table(columns))
    return frozenset(rated)


def rated_records(path: Path) -> str:
    """Return a FROM clause of the records of a file in which those that a rating speaks for have its margin."""
    return f"""(
        SELECT s.* REPLACE (coalesce(s.uncertainty, CASE WHEN s.sample IS NULL THEN m.margin END) AS uncertainty)
        FROM {read(path)} s LEFT JOIN {MARGIN} m ON s.activity_type = m.activity_type AND s.rating = m.rating
    ) rated"""


def rated_derived() -> str:
    """Return a FROM clause of `derived` in which quantities of the record's own figures have the margin of its rating."""
    return f"""(
        SELECT d.* REPLACE (coalesce(d.uncertainty, CASE WHEN d.origins = '{{}}' THEN m.margin END) AS uncertainty)
        FROM derived d LEFT JOIN {RATED} r ON d.record_id = r.record_id
        LEFT JOIN {MARGIN} m ON d.activity_type = m.activity_type AND r.rating = m.rating
    ) rated"""


def read(path: Path) -> str:
    """Return a FROM clause of the records of a file as they stand."""
    return f"read_parquet('{quote(path)}', hive_partitioning = false)"
