"""Asking a journal: which records, in which order, and what they are together. The question goes to the table as it stands;
no row becomes an object that is not shown."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from trede.kernel.periods import Period
from trede.workspace.journal import VIEWS, Journal, amount_of
from trede.workspace.looking import engine

NONE = "-"
"""What a filter says for records that have no value there."""
EXACT = ("activity_type", "site", "entity", "department", "project", "source", "batch", "state", "month", "supplier")
"""Columns that a filter compares as they stand."""
GROUPS = ("activity_type", "site", "entity", "department", "project", "month", "source", "supplier", "batch", "state")
SORTS = ("date", "quantity", "amount", "activity_type", "site", "supplier", "source")
MOST_GROUPS = 500
"""Groups that are listed, the largest first; the rest stands as one."""
AT_ONCE = 20_000
"""Rows that are read at once for a download."""
SHOWN = (
    "record_id", "year", "start", '"end"', "activity_type", "attributes", "quantity", "unit", "site", "entity", "department",
    "project", "supplier", "document", "note", "quality", "source", "file", "batch", "row", "column_number", "state", "run",
    "credit_of", "credited_by", "postings",
)  # fmt: skip
"""Columns of a row that is shown; behind them comes the amount."""
NAMES = (*(name.strip('"') for name in SHOWN), "mg")
"""The keys of a row."""
_ID = re.compile("[0-9a-f]{6,24}")
_AFTER_HEX = "g"
"""What comes after every hexadecimal digit."""
MOST_PLACES = 1_000
"""Records that are looked up by a beginning of their id: six digits name one of sixteen million."""
KEPT = 128
"""Questions of which the totals stay in memory: the journal of a name never changes."""
_totals: dict[tuple[Path, Question], list[Sum]] = {}
_guard = threading.Lock()


@dataclass(frozen=True)
class Question:
    """Which rows of a journal are asked for; whatever is not said is not asked."""

    year: int | None = None
    view: str = VIEWS[0]
    """The standard and basis of the amounts."""
    equal: tuple[tuple[str, str], ...] = ()
    """Columns of `EXACT` with the value that they have; `NONE` for no value."""
    words: str = ""
    """Each of these words stands somewhere in the record or in its file's name."""
    named: tuple[tuple[tuple[str, str], ...], ...] = ()
    """For each word the values (column of `EXACT`, value) whose name has it in the reader's language, such as that of a site."""
    sort: str = "-date"
    """One of `SORTS`; with `-` in front from high to low."""
    days: Period | None = None
    """Records that touch these days."""


@dataclass(frozen=True)
class Sum:
    """What rows are together in one unit. `quantity` counts a record once; `mg` is null when nothing is calculated."""

    unit: str
    rows: int
    quantity: Decimal
    mg: int | None


@dataclass(frozen=True)
class Group:
    """Rows with one value, by unit."""

    value: str | None
    rows: int
    mg: int | None
    sums: list[Sum]


def _asked(journal: Journal, question: Question) -> tuple[str, list[Any]]:
    """Return the rows of a question as SQL to stand after FROM, with its parameters."""
    found: list[str] = []
    values: list[Any] = [str(journal.path)]
    if question.year is not None:
        found.append("year = ?")
        values.append(question.year)
    if question.days is not None:
        found.append('start <= ? AND "end" >= ?')
        values += [question.days.end, question.days.start]
    for name, value in question.equal:
        assert name in EXACT
        found.append(f"{name} IS NULL" if value == NONE else f"{name} = ?")
        values += [] if value == NONE else [value]
    for at, word in enumerate(question.words.lower().split()):
        ways = ["contains(searched, ?)", "contains(attributes, ?)"]
        values += [word, word]
        if _ID.fullmatch(word) and (places := _places(journal, word)):
            ways.append(f"ordinal IN ({', '.join(map(str, places))})")
        for name, value in question.named[at] if at < len(question.named) else ():
            assert name in EXACT
            ways.append(f"{name} = ?")
            values.append(value)
        found.append(f"({' OR '.join(ways)})")
    where = f" WHERE {' AND '.join(found)}" if found else ""
    return f"read_parquet(?){where}", values


def _places(journal: Journal, beginning: str) -> list[int]:
    """Return where the records stand whose id has a beginning, some of them when they are very many."""
    found = (
        engine()
        .cursor()
        .execute(
            f"SELECT ordinal FROM read_parquet(?) WHERE record_id >= ? AND record_id < ? ORDER BY record_id, ordinal "
            f"LIMIT {MOST_PLACES}",
            [str(journal.ids), beginning, beginning + _AFTER_HEX],
        )
    )
    return sorted(ordinal for (ordinal,) in found.fetchall())


def totals(journal: Journal, question: Question) -> list[Sum]:
    """Return what the rows of a question are together, by unit, the largest number of rows first."""
    asked = replace(question, sort=Question.sort)  # the order does not matter: the next page has the same answer
    key = journal.path, asked
    with _guard:
        if key in _totals:
            return _totals[key]
    rows, values = _asked(journal, asked)
    found = (
        engine().cursor().execute(f"SELECT unit, {_sums(asked)} FROM {rows} GROUP BY unit ORDER BY 2 DESC, 1", values)
    )
    sums = [Sum(*row) for row in found.fetchall()]
    with _guard:
        _totals[key] = sums
        while len(_totals) > KEPT:
            del _totals[next(iter(_totals))]
    return sums


def _sums(question: Question) -> str:
    quantity = "quantity" if question.year is not None else "quantity) FILTER (first"
    return f"count(*), coalesce(sum({quantity}), 0), CAST(sum({amount_of(question.view)}) AS BIGINT)"


def page(journal: Journal, question: Question, first: int, count: int) -> list[dict[str, Any]]:
    """Return some rows of a question with the columns `SHOWN` and `mg`, from the `first` (0 is the first) in its order."""
    return _read(journal, question, _chosen(journal, question, f"LIMIT {int(count)} OFFSET {int(first)}"))


def every(journal: Journal, question: Question) -> Iterator[dict[str, Any]]:
    """Yield all rows of a question in its order; some thousands at a time are in memory."""
    chosen = _chosen(journal, question)
    for first in range(0, len(chosen), AT_ONCE):
        yield from _read(journal, question, chosen[first : first + AT_ONCE])


def _chosen(journal: Journal, question: Question, some: str = "") -> list[int]:
    """Return which rows are asked for, in their order, by their place in the table."""
    rows, values = _asked(journal, question)
    found = engine().cursor().execute(f"SELECT ordinal FROM {rows} ORDER BY {_order(question)} {some}", values)
    return [ordinal for (ordinal,) in found.fetchall()]


def _read(journal: Journal, question: Question, chosen: list[int]) -> list[dict[str, Any]]:
    """Return rows by their place: wide columns are read of these alone."""
    if not chosen:
        return []
    low, high = min(chosen), max(chosen)
    gaps = high - low + 1 > len(chosen)
    among = f" AND ordinal IN ({', '.join(map(str, chosen))})" if gaps else ""
    found = (
        engine()
        .cursor()
        .execute(
            f"SELECT ordinal, {_columns(question)} FROM read_parquet(?) WHERE ordinal BETWEEN {low} AND {high}{among}",
            [str(journal.path)],
        )
    )
    by_ordinal = {row[0]: row[1:] for row in found.fetchall()}
    return [dict(zip(NAMES, by_ordinal[ordinal], strict=True)) for ordinal in chosen]


def groups(journal: Journal, question: Question, by: str) -> list[Group]:
    """Return the rows of a question by the values of a column of `GROUPS`, the largest amount first.

    Beyond `MOST_GROUPS` values the others are left out; `totals` has them.
    """
    assert by in GROUPS
    rows, values = _asked(journal, question)
    found = (
        engine()
        .cursor()
        .execute(
            f"""
        WITH sums AS (SELECT {by} AS value, unit, {_sums(question)} FROM {rows} GROUP BY ALL),
        named(value, unit, rows, quantity, mg) AS (FROM sums),
        ranked AS (
            SELECT *, sum(rows) OVER own AS all_rows, sum(mg) OVER own AS all_mg FROM named WINDOW own AS (PARTITION BY value)
        )
        SELECT *, dense_rank() OVER ({_rank(by)}) AS place FROM ranked
        QUALIFY place <= {MOST_GROUPS} ORDER BY place, rows DESC, unit
        """,
            values,
        )
    )
    made: dict[int, Group] = {}
    for value, unit, count, quantity, mg, all_rows, all_mg, place in found.fetchall():
        group = made.setdefault(place, Group(value, int(all_rows), None if all_mg is None else int(all_mg), []))
        group.sums.append(Sum(unit, count, quantity, mg))
    return list(made.values())


def _rank(by: str) -> str:
    if by == "month":
        return "ORDER BY value DESC NULLS LAST"
    return "ORDER BY all_mg DESC NULLS LAST, all_rows DESC, value NULLS LAST"


def find_lines(journal: Journal, record: str, view: str = VIEWS[0]) -> list[dict[str, Any]]:
    """Return the rows of one record, the latest year first."""
    return _read(journal, Question(view=view), _places(journal, record)) if record else []


def _columns(question: Question) -> str:
    return f"{', '.join(SHOWN)}, {amount_of(question.view)} AS mg"


def _order(question: Question) -> str:
    name, down = question.sort.removeprefix("-"), question.sort.startswith("-")
    assert name in SORTS
    way = "DESC" if down else "ASC"
    if name == "date":
        return f"ordinal {'ASC' if down else 'DESC'}"  # the table stands with the latest first
    column = amount_of(question.view) if name == "amount" else name
    return f"{column} {way} NULLS LAST, ordinal"
