"""Findings about the boundary: records outside it, and records of a site that was not open on all of their days."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from trede.engine.cutting import Cutting, literal
from trede.kernel.issues import Issue

NAMED = 3
"""Records that a finding names."""


def boundary_issues(con: duckdb.DuckDBPyConnection, cutting: Cutting) -> list[Issue]:
    """Look at the view `activity`.

    Returns:
        Per entity a notice `outside_boundary`; per site a warning `site_not_open_yet` or `site_closed`. Each has the number
        of records, the first few of them, and the day.
    """
    issues = []
    for entity in cutting.controlled:
        for count, records in _found(con, f"entity = {literal(entity)} AND share = 0"):
            issues.append(Issue.notice("outside_boundary", entity=entity, count=count, records=records))
    for site, (opened, closed) in cutting.sites.items():
        here = f"site = {literal(site)}"
        for count, records in _found(con, f"{here} AND start < DATE '{opened}'") if opened else ():
            issues.append(Issue.warning("site_not_open_yet", site=site, day=str(opened), count=count, records=records))
        for count, records in _found(con, f"{here} AND \"end\" > DATE '{closed}'") if closed else ():
            issues.append(Issue.warning("site_closed", site=site, day=str(closed), count=count, records=records))
    return issues


def _found(con: duckdb.DuckDBPyConnection, condition: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of records and the first few, or nothing when there are none."""
    ids = f"SELECT DISTINCT record_id FROM activity WHERE {condition}"
    (count,) = con.execute(f"SELECT count(*) FROM ({ids})").fetchall()[0]
    if count:
        yield int(count), [row[0] for row in con.execute(f"{ids} ORDER BY 1 LIMIT {NAMED}").fetchall()]
