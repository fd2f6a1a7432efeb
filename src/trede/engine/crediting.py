"""On which day spend counts, and which of it a better figure replaces.

A credit note follows the rate and the period of its invoice (accounting rules, section 8): it counts on the invoice's days. What
is bought to last counts in full on its first day. A record that names in `replaces` the document (or the id) of a line of spend
is a better figure of the same purchase: that line and its credit notes post nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import duckdb
import pyarrow as pa

from trede.catalogue.vocabulary import vocabulary
from trede.kernel.issues import Issue

RECORDED = "stored_record"
"""The view of the records as stored; `recorded` is made of it."""

LISTED = 5
"""Documents that an issue names."""


def date_spend(con: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> set[str]:
    """Create the view `recorded` with spend on the days on which it counts; return the ids of what others replace.

    Args:
        columns: those of a record, in the view `stored_record` beside `batch`.
    """
    spend = pa.table(
        {"activity_type": pa.array([k.id for k in vocabulary().types.values() if k.by_sector], pa.string())}
    )
    con.register("spend_type", spend)
    for name in ("credit_found", "replaced_found"):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} (record_id VARCHAR, batch VARCHAR, named VARCHAR, target VARCHAR)"
        )
    con.execute("CREATE OR REPLACE TEMP TABLE replaced_doubtful (record_id VARCHAR, batch VARCHAR)")
    con.execute("CREATE OR REPLACE TEMP TABLE dated (record_id VARCHAR, batch VARCHAR, first DATE, last DATE)")
    if not con.execute(f"SELECT 1 FROM {RECORDED} SEMI JOIN spend_type USING (activity_type) LIMIT 1").fetchall():
        con.execute(f"CREATE VIEW recorded AS SELECT * FROM {RECORDED}")
        _replacing(con, any_spend=False)
        return set()
    con.execute(f"CREATE VIEW spend AS SELECT * FROM {RECORDED} SEMI JOIN spend_type USING (activity_type)")
    _dates(con)
    names = ", ".join(_counted(name) for name in columns)
    found = con.execute("SELECT 1 FROM dated LIMIT 1").fetchall()
    joined = f"SELECT r.batch, {names} FROM {RECORDED} r LEFT JOIN dated d ON r.record_id = d.record_id AND r.batch = d.batch"
    con.execute(f"CREATE VIEW recorded AS {joined if found else f'SELECT * FROM {RECORDED}'}")
    _replacing(con, any_spend=True)
    return {
        row[0] for row in con.execute("SELECT DISTINCT target FROM replaced_found WHERE target IS NOT NULL").fetchall()
    }


def _counted(name: str) -> str:
    days = {"start": "first", "end": "last"}
    return f'coalesce(d.{days[name]}, r."{name}") AS "{name}"' if name in days else f'r."{name}"'


def _dates(con: duckdb.DuckDBPyConnection) -> None:
    """Fill `dated`: credit notes on the days of their invoice, and what counts in full on its first day."""
    con.execute("""
        INSERT INTO credit_found
        SELECT c.record_id, c.batch, c.credit_of, i.record_id
        FROM (SELECT * FROM spend WHERE credit_of IS NOT NULL) c
        LEFT JOIN (SELECT * FROM spend WHERE credit_of IS NULL AND quantity > 0) i
          ON c.credit_of = i.document AND (c.supplier IS NULL OR i.supplier IS NULL OR c.supplier = i.supplier)
    """)
    con.execute("""
        INSERT INTO credit_found
        SELECT c.record_id, c.batch, c.credit_of, i.record_id
        FROM (SELECT * FROM spend WHERE credit_of IS NOT NULL) c
        JOIN (SELECT * FROM spend WHERE quantity > 0) i ON c.credit_of = i.record_id
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE credit_days AS
        SELECT DISTINCT f.record_id, f.batch, i.start AS first, i."end" AS last
        FROM credit_found f JOIN spend i ON f.target = i.record_id
    """)
    con.execute("""
        INSERT INTO dated
        SELECT record_id, batch, first, last FROM credit_days
        ANTI JOIN (SELECT record_id, batch FROM credit_days GROUP BY record_id, batch HAVING count(*) > 1) several
        USING (record_id, batch)
    """)
    _in_full(con)


def _in_full(con: duckdb.DuckDBPyConnection) -> None:
    """Let records of several days that count in full have their first day only."""
    long = """
        SELECT s.record_id, s.batch, s.activity_type, s.attributes, coalesce(d.first, s.start) AS first
        FROM spend s LEFT JOIN dated d ON s.record_id = d.record_id AND s.batch = d.batch
        WHERE coalesce(d.first, s.start) <> coalesce(d.last, s."end")
    """
    kinds = con.sql(f"SELECT DISTINCT activity_type, attributes FROM ({long}) l").to_arrow_table()
    chosen = [
        row for row in kinds.to_pylist() if vocabulary()[row["activity_type"]].counts_in_full(_read(row["attributes"]))
    ]
    if not chosen:
        return
    con.register("full_kind", pa.Table.from_pylist(chosen, schema=kinds.schema))
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE full_days AS
        SELECT DISTINCT record_id, batch, first, first AS last
        FROM ({long}) l SEMI JOIN full_kind USING (activity_type, attributes)
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE dated AS
        SELECT * FROM dated ANTI JOIN full_days USING (record_id, batch) UNION ALL SELECT * FROM full_days
    """)


def _read(attributes: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(attributes)
    return found


def _replacing(con: duckdb.DuckDBPyConnection, *, any_spend: bool) -> None:
    """Fill `replaced_found`: each record that names a line of spend, beside the lines and their credit notes that it means."""
    better = f"SELECT * FROM {RECORDED} ANTI JOIN spend_type USING (activity_type) WHERE replaces IS NOT NULL"
    if not con.execute(f"SELECT 1 FROM {RECORDED} WHERE replaces IS NOT NULL LIMIT 1").fetchall():
        return
    if not any_spend:
        con.execute(f"CREATE VIEW spend AS SELECT * FROM {RECORDED} WHERE false")
    for column in ("document", "record_id", "credit_of"):
        same = "(b.supplier IS NULL OR s.supplier IS NULL OR b.supplier = s.supplier)"
        condition = f"b.replaces = s.{column}" + ("" if column == "record_id" else f" AND {same}")
        con.execute(f"""
            INSERT INTO replaced_found
            SELECT b.record_id, b.batch, b.replaces, s.record_id FROM ({better}) b JOIN spend s ON {condition}
        """)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE replaced_doubtful AS
        SELECT f.record_id, f.batch FROM (
            SELECT DISTINCT f.record_id, f.batch, s.supplier FROM replaced_found f JOIN spend s ON f.target = s.record_id
            WHERE s.supplier IS NOT NULL
        ) f GROUP BY f.record_id, f.batch HAVING count(*) > 1;
        UPDATE replaced_found SET target = NULL WHERE record_id IN (SELECT record_id FROM replaced_doubtful);
        INSERT INTO replaced_found
        SELECT record_id, batch, replaces, NULL FROM ({better}) b ANTI JOIN replaced_found USING (record_id, batch);
        INSERT INTO replaced_found
        SELECT record_id, batch, replaces, NULL FROM spend WHERE replaces IS NOT NULL
    """)


_ABOVE = """
    WITH paired AS (
        SELECT DISTINCT f.named, f.record_id, f.batch, f.target, i.activity_type, coalesce(i.supplier, '') AS supplier, i.unit
        FROM credit_found f JOIN spend i ON f.target = i.record_id),
    invoiced AS (
        SELECT named, p.activity_type, p.supplier, p.unit, sum(i.quantity) AS amount
        FROM (SELECT DISTINCT named, target, activity_type, supplier, unit FROM paired) p
        JOIN spend i ON p.target = i.record_id GROUP BY ALL),
    credited AS (
        SELECT named, p.activity_type, p.supplier, p.unit, sum(c.quantity) AS amount
        FROM (SELECT DISTINCT named, record_id, batch, activity_type, supplier, unit FROM paired) p
        JOIN spend c
          ON p.record_id = c.record_id AND p.batch = c.batch AND p.activity_type = c.activity_type AND p.unit = c.unit
        GROUP BY ALL)
    SELECT DISTINCT 'credit_above_invoice' AS code, named
    FROM invoiced i JOIN credited c USING (named, activity_type, supplier, unit) WHERE i.amount + c.amount < 0
"""
"""Documents of which more is credited than was invoiced, by supplier, currency and activity type."""


def dating_issues(con: duckdb.DuckDBPyConnection) -> list[Issue]:
    """Return warnings about credit notes and better figures that name no line of spend, or more than one purchase.

    A credit note without its invoice keeps its own day; a better figure of what is not there replaces nothing. Credit notes
    that together take back more than their invoice was (`credit_above_invoice`) count all the same: one may be in twice.
    """
    credits = """
        SELECT 'credit_without_invoice' AS code, named FROM credit_found GROUP BY named HAVING count(target) = 0
        UNION ALL
        SELECT DISTINCT 'credit_of_several_days' AS code, f.named FROM credit_found f ANTI JOIN dated USING (record_id, batch)
        WHERE f.target IS NOT NULL
    """
    replaced = """
        SELECT DISTINCT CASE WHEN several.record_id IS NULL THEN 'replaces_unknown' ELSE 'replaces_several' END AS code, named
        FROM replaced_found LEFT JOIN replaced_doubtful several USING (record_id, batch) WHERE target IS NULL
    """
    found = con.execute(f"SELECT DISTINCT * FROM ({credits} UNION ALL {replaced}) told ORDER BY ALL").fetchall()
    if con.execute(
        "SELECT 1 FROM credit_found WHERE target IS NOT NULL LIMIT 1"
    ).fetchall():  # else there may be no spend
        found = sorted([*found, *con.execute(_ABOVE).fetchall()])
    issues = []
    for code, group in groupby(found, key=lambda row: str(row[0])):
        names = [str(named) for _, named in group]
        told: dict[str, Any] = {"documents": names[:LISTED], "count": len(names)}
        match code:
            case "credit_without_invoice":
                issues.append(Issue.warning("credit_without_invoice", **told))
            case "credit_above_invoice":
                issues.append(Issue.warning("credit_above_invoice", **told))
            case "credit_of_several_days":
                issues.append(Issue.warning("credit_of_several_days", **told))
            case "replaces_several":
                issues.append(Issue.warning("replaces_several", **told))
            case _:
                issues.append(Issue.warning("replaces_unknown", **told))
    return issues
