"""Every SQL text of the engine, read as a syntax tree: known functions only, and no sum of doubles.

A dialect translator passes on what it does not know, so a function counts as portable only when it is on this list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
import sqlglot
from engine_samples import EVERY, YEAR, Outcome, activity, petrol, run
from sqlglot import exp
from whole_list import run_whole_list

from trede.engine import compute
from trede.engine.execute import compile_plan
from trede.ledger.schema import LEDGER
from trede.methods.formula import parse
from trede.methods.sql import to_sql

PORTABLE = {
    "abs": "Spark: abs",
    "and": "an operator",
    "array_agg": "Spark: array_agg, collect_list",
    "case": "syntax",
    "cast": "Spark: cast; as DOUBLE, BIGINT, SMALLINT, INTEGER, DATE or DECIMAL(38,6)",
    "coalesce": "Spark: coalesce",
    "count": "Spark: count",
    "extract": "Spark: extract(YEAR FROM ...)",
    "floor": "Spark: floor",
    "greatest": "Spark: greatest; passes over NULL as DuckDB's does",
    "if": "the branches of CASE",
    "least": "Spark: least; passes over NULL as DuckDB's does",
    "min": "Spark: min",
    "nullif": "Spark: nullif",
    "or": "an operator",
    "sum": "Spark: sum; of whole numbers and decimals only",
    "time_to_str": "Spark: date_format; the pattern is translated",
    "timestamp_trunc": "Spark: date_trunc",
}
DUCKDB_ONLY = {
    "explode": "unnest: a record into the numbers of its flows, in order",
    "generate_series": "range: those numbers",
    "getvariable": "the columns of the plan's flows as constant lists",
    "list_extract": "one flow out of them",
    "read_parquet": "a source; another engine registers the file as a table",
}
"""What the writer of sorted files uses (`engine.duck`); the SELECT for any engine does without."""


class Recorder:
    """A connection that keeps the texts that pass through it."""

    def __init__(self, con: Any, texts: list[str]) -> None:
        self.con = con
        self.texts = texts

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *error: object) -> None:
        self.con.close()

    def execute(self, text: str, *values: Any) -> Any:
        self.texts.append(text)
        return self.con.execute(text, *values)

    def sql(self, text: str, *values: Any) -> Any:
        self.texts.append(text)
        return self.con.sql(text, *values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.con, name)


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """All SQL of a run with every activity type, a split record, an unmatched one and one out of range."""
    found: list[str] = []
    rows = [activity(kind, "12.5", unit, **attributes) for kind, unit, attributes in EVERY]
    rows += [petrol("1", when=(date(2025, 12, 1), date(2026, 1, 31))), petrol("1", geography="BE"), petrol("1e30")]
    with pytest.MonkeyPatch.context() as patch:
        connect = compute.connect
        patch.setattr(compute, "connect", lambda folder: Recorder(connect(folder), found))
        run(tmp_path_factory.mktemp("recorded"), rows, YEAR)
    return found


@pytest.fixture(scope="module")
def selects(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The SELECT for any engine, of plans that differ: one unit or several, one gas or all of them, no row at all."""
    plans = [
        run(tmp_path_factory.mktemp("one"), [petrol("1")]),
        run(tmp_path_factory.mktemp("all"), [activity(kind, 1, unit, **given) for kind, unit, given in EVERY]),
        run(tmp_path_factory.mktemp("none"), []),
        run_whole_list(tmp_path_factory.mktemp("gases")),
    ]
    return [compile_plan(_plan(found)).select for found in plans]


def _plan(found: Outcome) -> pa.Table:
    return found.table("plan")


def tree(text: str) -> exp.Expr:
    enumeration = re.fullmatch(r"CREATE TYPE \w+ AS ENUM \((.*)\)", text.strip(), re.DOTALL)
    found = sqlglot.parse_one(enumeration.group(1) if enumeration else text, read="duckdb")
    if isinstance(found, exp.Command):
        # Settings of the connection: nothing that a row goes through.
        assert re.fullmatch(r"SET \w+ = '[^()]*'", text.strip()), text
    return found


def functions(text: str) -> set[str]:
    return {
        (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        for node in tree(text).find_all(exp.Func)
    }


def doubtful_sums(text: str) -> Iterator[str]:
    """Yield every aggregate of numbers that is not the sum (or the least) of a whole or decimal column of the ledger."""
    for node in tree(text).find_all(exp.AggFunc):
        if isinstance(node, exp.Count | exp.ArrayAgg):
            continue
        column = node.this
        kind = (
            LEDGER.field(column.name).type if isinstance(column, exp.Column) and column.name in LEDGER.names else None
        )
        exact = kind is not None and (pa.types.is_integer(kind) or pa.types.is_decimal(kind))
        if not (isinstance(node, exp.Sum | exp.Min) and exact):
            yield node.sql()


def test_every_function_is_known(texts: list[str]) -> None:
    assert len(texts) > 10
    used = {name for text in texts for name in functions(text)}
    assert used - set(PORTABLE) - set(DUCKDB_ONLY) == set()
    assert set(DUCKDB_ONLY) <= used


def test_the_select_uses_portable_functions_only(selects: list[str]) -> None:
    for select in selects:
        assert functions(select) - set(PORTABLE) == set()


def test_the_select_is_translated_to_spark_whole(selects: list[str]) -> None:
    for select in selects:
        (translated,) = sqlglot.transpile(
            select, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE
        )
        again = sqlglot.parse_one(translated, read="spark")
        assert [node.name for node in again.find_all(exp.Anonymous)] == []


def test_formulas_use_portable_functions_only() -> None:
    text = "if(a < min(b, 2), max(a, b / a), coalesce(a, b, 1)) - a * b + 3"
    assert functions(f"SELECT {to_sql(parse(text), {'a': 't.a', 'b': 't.b'})} FROM t") - set(PORTABLE) == set()


def test_no_sum_of_doubles(texts: list[str], selects: list[str]) -> None:
    sums = [node for text in texts for node in tree(text).find_all(exp.Sum)]
    assert len(sums) > 10
    assert [found for text in [*texts, *selects] for found in doubtful_sums(text)] == []


def test_no_number_runs_into_the_next(texts: list[str], selects: list[str]) -> None:
    """A translator reads `1e6+0.5` as one number."""
    for text in [*texts, *selects]:
        assert not re.search(r"\de\d+[-+*/]", text), text


@pytest.mark.parametrize(
    "text",
    [
        "SELECT sum(CAST(co2e AS DOUBLE)) FROM ledger",
        "SELECT sum(co2e * 1e0) FROM ledger",
        "SELECT avg(co2e) FROM ledger",
        "SELECT sum(v1) OVER (PARTITION BY account) FROM plan_flow",
        "SELECT account FROM ledger GROUP BY account HAVING sum(co2e / 2) > 0",
    ],
)
def test_the_watch_on_sums_is_awake(text: str) -> None:
    assert list(doubtful_sums(text))


def test_the_watch_on_functions_is_awake() -> None:
    assert functions("SELECT no_such_function(a), sqrt(b) FROM t") - set(PORTABLE) == {"no_such_function", "sqrt"}


def test_plans_keep_numbers_as_text(selects: list[str]) -> None:
    """No figure of a factor stands in the SQL: it would be read as another type by another engine."""
    assert selects
    for select in selects:
        literals = {
            node.this for node in sqlglot.parse_one(select, read="duckdb").find_all(exp.Literal) if not node.is_string
        }
        assert literals <= {"0", "1", "2", "3", "4", "5", "6", "16", "38", "0.5", "1e0", "1e3", "1e6", "1e9"}, (
            json.dumps(sorted(literals))
        )
