"""Which quantities a rating speaks for: those for which nothing better is stated, and what is made of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from trede.activity.records import RECORD
from trede.catalogue.ratings import ratings
from trede.engine.rating import prepare_ratings, rated_derived, rated_records, read

BY = ratings("ecoinvent-2")
DAY = date(2026, 3, 31)


def record(ident: str, **given: Any) -> dict[str, Any]:
    empty = dict.fromkeys(RECORD.names)
    facts = {"record_id": ident, "row": 2, "activity_type": "electricity", "attributes": "{}", "quantity": Decimal(1),
             "unit": "kWh", "start": DAY, "end": DAY, "geography": "NL", "rating": "1;2;1;3;1"}  # fmt: skip
    return {**empty, **facts, **given}


def stored(path: Path, *rows: dict[str, Any]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(rows), schema=RECORD), path)
    return path


def test_a_rating_speaks_where_nothing_better_does(tmp_path: Path) -> None:
    path = stored(
        tmp_path / "records.parquet", record("rated"), record("freight", activity_type="freight", unit="tkm"),
        record("stated", uncertainty=300), record("sampled", sample="s:1"), record("unrated", rating=None),
        record("worse", rating="5;5;5;5;5"),
    )  # fmt: skip
    plain = stored(tmp_path / "plain.parquet", record("x", rating=None))
    with duckdb.connect() as con:
        assert prepare_ratings(con, [path, plain], BY, derived=False) == {path}
        found = dict(con.sql(f"SELECT record_id, uncertainty FROM {rated_records(path)}").fetchall())
        assert con.sql(f"SELECT count(*) FROM {read(path)}").fetchall() == [(6,)]
    assert found == {
        "rated": BY.margin("1;2;1;3;1", "electricity"), "freight": BY.margin("1;2;1;3;1", "freight-distance"),
        "stated": 300, "sampled": None, "unrated": None, "worse": BY.margin("5;5;5;5;5", "electricity"),
    }  # fmt: skip
    assert found["freight"] > 7000 > found["rated"]


def test_what_a_method_made_takes_it_over_when_no_estimate_stood_in(tmp_path: Path) -> None:
    path = stored(
        tmp_path / "records.parquet", record("a"), record("b"), record("c", rating=None), record("d", uncertainty=5)
    )
    derived = pa.table(
        {
            "record_id": ["a", "b", "c", "d"], "activity_type": ["reported-emissions"] * 4,
            "uncertainty": pa.nulls(4, pa.int32()), "origins": ["{}", '{"distance":"estimate"}', "{}", "{}"],
        }
    )  # fmt: skip
    with duckdb.connect() as con:
        con.register("derived", derived)
        prepare_ratings(con, [path], BY, derived=True)
        found = dict(con.sql(f"SELECT record_id, uncertainty FROM {rated_derived()}").fetchall())
    assert found == {"a": BY.margin("1;2;1;3;1", "emissions"), "b": None, "c": None, "d": None}


def test_without_ratings_nothing_is_made(tmp_path: Path) -> None:
    path = stored(tmp_path / "records.parquet", record("x", rating=None))
    with duckdb.connect() as con:
        assert prepare_ratings(con, [path], BY, derived=True) == frozenset()
        assert con.sql("SELECT 1 FROM duckdb_tables()").fetchall() == []
