"""Findings about holdings: what a portfolio says that cannot be right, or that a reader must know.

A holding is an amount on a balance date, over a denominator: enterprise value, equity plus debt, value at origination, GDP. The
figures are those that the run derived with, which its table of what was derived keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.catalogue.vocabulary import Vocabulary
from trede.engine.boundary import NAMED
from trede.kernel.issues import Issue
from trede.kernel.periods import Period

DENOMINATORS = ("evic", "total_equity", "total_debt", "project_financing", "property_value", "vehicle_value", "ppp_gdp")
"""Inputs that an outstanding amount is divided by."""

_NAMES = ("quantity", *DENOMINATORS)
_PATHS = ", ".join(f"'$.{name}'" for name in _NAMES)
_COLUMNS = ", ".join(f"TRY_CAST(figures[{at}] AS DECIMAL(38,6)) AS {name}" for at, name in enumerate(_NAMES, 1))
_DIVIDED = rf"\b({'|'.join(DENOMINATORS)})\b"

_WHOLE = """coalesce(evic, CASE WHEN total_debt IS NOT NULL THEN greatest(total_equity, 0) + total_debt END, project_financing,
                     property_value, vehicle_value, ppp_gdp)"""

CHECKS: Sequence[tuple[str, Callable[..., Issue]]] = (
    # The share of what somebody else emits is more than all of it: the amount and the denominator are not of one currency,
    # scale or date, or the denominator lacks a part.
    (f"abs(quantity) > {_WHOLE}", lambda **told: Issue.warning("holding_above_denominator", **told)),
    # Negative equity counts as zero; what is held of it is worth nothing.
    ("total_equity < 0", lambda **told: Issue.notice("holding_negative_equity", **told)),
    # A holding counts in full, whatever day it is of: another day than the last of the period is another balance.
    (
        'dated AND (month("end") <> $month OR day("end") <> $day)',
        lambda **told: Issue.warning("holding_not_year_end", **told),
    ),
)
"""Condition on the holdings, as SQL, and the issue that it is."""

DATED = "data_option"
"""The attribute of the types that are a balance on one day."""


def holding_issues(
    con: duckdb.DuckDBPyConnection, derived: pa.Table, period: Period, vocabulary: Vocabulary
) -> list[Issue]:
    """Look at what was derived from holdings in a period.

    Returns:
        Per check one issue with the number of records and the first few of them. Negative equity is a notice, the others are
        warnings.
    """
    types = {
        kind.id: DATED in kind.attributes for kind in vocabulary.types.values() if kind.inputs.keys() & DENOMINATORS
    }
    here = pc.is_in(derived["recorded_type"], pa.array(types, pa.string()))
    rows = derived.select(["record_id", "start", "end", "recorded_type", "formula", "values"]).filter(here)
    if not rows.num_rows:
        return []
    con.register("derived_holding", _one_each(rows))
    con.register("holding_type", pa.table({"recorded_type": list(types), "dated": list(types.values())}))
    con.execute(f"""
        CREATE TEMP TABLE holding AS SELECT record_id, "end", dated, {_COLUMNS} FROM (
            SELECT record_id, "end", dated, json_extract_string("values", [{_PATHS}]) AS figures
            FROM derived_holding JOIN holding_type USING (recorded_type)
            WHERE start <= DATE '{period.end}' AND "end" >= DATE '{period.start}')
    """)
    found = []
    for condition, issue in CHECKS:
        where = condition.replace("$month", str(period.end.month)).replace("$day", str(period.end.day))
        (count,) = con.execute(f"SELECT count(*) FROM holding WHERE {where}").fetchall()[0]
        if count:
            named = con.execute(f"SELECT record_id FROM holding WHERE {where} ORDER BY 1 LIMIT {NAMED}").fetchall()
            found.append(issue(count=int(count), records=[row[0] for row in named]))
    return found


def _one_each(rows: pa.Table) -> pa.Table:
    """Return one row of each record, one whose leg divides where there is one: the legs of a record stand together."""
    ids = rows["record_id"].combine_chunks()
    starts = np.concatenate(
        [[True], pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)).to_numpy(zero_copy_only=False)]
    )
    record = np.cumsum(starts) - 1
    chosen = np.flatnonzero(starts)
    formula = rows["formula"].combine_chunks().dictionary_encode()
    dividing = pc.match_substring_regex(formula.dictionary, _DIVIDED).to_numpy(zero_copy_only=False)
    divides = np.flatnonzero(dividing[formula.indices.to_numpy()])[::-1]
    chosen[record[divides]] = divides
    return rows.take(pa.array(chosen))
