"""A portfolio of a run: per asset class and currency what is outstanding, what is financed, and how good the data are.

Amounts in different currencies are never added: each has rows of its own. Financed emissions are those of the ledger, on the
location basis where both bases are posted, and only the part inside the boundary.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from trede.analysis.financed import per_million
from trede.catalogue.pcaf import AssetClass, asset_classes
from trede.engine.activities import Input
from trede.engine.duck import connect, quote
from trede.engine.runs import Run, covered_records
from trede.kernel.amounts import MG_PER_TONNE
from trede.ledger.consolidating import shared_sql

SCOPE_1_2, SCOPE_3 = "investments", "investments-scope-3"


@dataclass(frozen=True, slots=True)
class Holdings:
    """The holdings of one class in one currency.

    Attributes:
        count: how many; `without` of them posted nothing.
        outstanding: their amounts; `covered` of it has emissions.
        weighed: Σ outstanding × score of what is covered.
        scope_1_2, scope_3: financed emissions in mg CO2e.
        covered_3, weighed_3: amounts, and amounts × score, of what has scope 3.
    """

    asset_class: AssetClass
    currency: str
    count: int
    without: int
    outstanding: Decimal
    covered: Decimal
    weighed: Decimal
    scope_1_2: int
    scope_3: int
    covered_3: Decimal = Decimal(0)
    weighed_3: Decimal = Decimal(0)

    @property
    def score(self) -> Decimal | None:
        """Score of the quality of the data, weighted by the outstanding amount (1 best, 5 worst)."""
        return self.weighed / self.covered if self.covered > 0 else None

    @property
    def score_3(self) -> Decimal | None:
        """Score of scope 3, apart: weighted over the holdings that have it."""
        return self.weighed_3 / self.covered_3 if self.covered_3 > 0 else None

    @property
    def coverage(self) -> Decimal | None:
        """The part of the outstanding amount that has emissions."""
        return self.covered / self.outstanding if self.outstanding > 0 else None

    @property
    def intensity(self) -> Decimal | None:
        """Tonnes of scopes 1 and 2 for each million outstanding that has emissions."""
        return per_million(Decimal(self.scope_1_2) / MG_PER_TONNE, self.covered)


@dataclass(frozen=True, slots=True)
class Position:
    """One holding: `document` is how it is called; emissions in mg CO2e, None when it posted nothing."""

    asset_class: AssetClass
    currency: str
    record: str
    document: str | None
    option: str
    score: int
    outstanding: Decimal | None
    scope_1_2: int | None
    scope_3: int | None


def portfolio(run: Run, inputs: Sequence[Input]) -> list[Holdings]:
    """Return the holdings of a run by class and currency, the classes in the standard's order.

    Args:
        inputs: the run's batches.
    """
    rows = _query(
        run,
        inputs,
        """
        SELECT activity_type, currency, count(*), count(*) - count(posted), coalesce(sum(amount), 0),
               coalesce(sum(amount) FILTER (WHERE posted IS NOT NULL), 0),
               coalesce(sum(amount * score) FILTER (WHERE posted IS NOT NULL), 0),
               coalesce(sum(scope_1_2), 0), coalesce(sum(scope_3), 0),
               coalesce(sum(amount) FILTER (WHERE scope_3 <> 0), 0),
               coalesce(sum(amount * score) FILTER (WHERE scope_3 <> 0), 0)
        FROM held GROUP BY ALL
        """,
    )
    classes = asset_classes()
    found: dict[tuple[str, str], Holdings] = {}
    for kind, currency, *figures in rows:
        count, without, outstanding, covered, weighed, scope_1_2, scope_3, *third = figures
        key = classes[kind].id, currency
        before = found.get(key)
        new = Holdings(
            classes[kind], currency, count, without, outstanding, covered, weighed, int(scope_1_2), int(scope_3), *third
        )
        found[key] = _added(before, new) if before else new
    order = list(dict.fromkeys(each.id for each in classes.values()))
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1]))]


def positions(run: Run, inputs: Sequence[Input]) -> list[Position]:
    """Return each holding of a run, by class, document and record."""
    rows = _query(
        run,
        inputs,
        """SELECT activity_type, currency, record_id, document, option, score, amount, scope_1_2, scope_3 FROM held
           ORDER BY activity_type, document NULLS LAST, record_id""",
    )
    classes = asset_classes()
    return [
        Position(classes[kind], *known, *(None if mg is None else int(mg) for mg in emissions))
        for kind, *known, emissions in ((*row[:7], row[7:]) for row in rows)
    ]


def _query(run: Run, inputs: Sequence[Input], query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query over `held`: each holding of a run with its score and what it posted (null: nothing).

    A holding that others cover is none: its amount stands with those.
    """
    classes = asset_classes()
    scores = [(kind, option, score) for kind, found in classes.items() for option, score in found.scores.items()]
    with tempfile.TemporaryDirectory(prefix="trede-portfolio-") as folder, connect(Path(folder)) as con:
        kinds, options, values = zip(*scores, strict=True)
        con.register("score", pa.table({"kind": list(kinds), "option": list(options), "score": list(values)}))
        settled = pa.array(sorted(covered_records(run.spec)), pa.string())
        con.register("settled", pa.table({"record_id": settled}))
        files = ", ".join(f"'{quote(i.path)}'" for i in inputs if "inputs" in pq.read_schema(i.path).names)
        if not files:
            return []
        return con.sql(f"""
            WITH holding AS (
                SELECT record_id, activity_type, document, record.option,
                       CASE WHEN kind_of_money THEN quantity
                            ELSE TRY_CAST(json_extract_string(inputs, '$.outstanding_amount') AS DECIMAL(38,6)) END AS amount,
                       CASE WHEN kind_of_money THEN unit ELSE 'EUR' END AS currency, score
                FROM (SELECT *, activity_type <> 'vehicle-loans-value-unknown' AS kind_of_money,
                             json_extract_string(attributes, '$.data_option') AS option
                      FROM read_parquet([{files}], union_by_name = true, hive_partitioning = false)) record
                JOIN score ON score.kind = record.activity_type AND score.option = record.option
                WHERE "end" >= DATE '{run.period.start}' AND start <= DATE '{run.period.end}'
                  AND record_id NOT IN (FROM settled)
            ), sums AS (
                SELECT record_id, record_id AS posted,
                       sum(CASE WHEN account LIKE '{SCOPE_1_2}.%' THEN {shared_sql("co2e")} ELSE 0 END) AS scope_1_2,
                       sum(CASE WHEN account LIKE '{SCOPE_3}.%' THEN {shared_sql("co2e")} ELSE 0 END) AS scope_3
                FROM read_parquet('{quote(run.folder / "ledger.parquet")}', hive_partitioning = false)
                WHERE basis <> 'market' AND account LIKE 'investments%' GROUP BY record_id
            ), held AS (SELECT * FROM holding LEFT JOIN sums USING (record_id))
            {query}
        """).fetchall()


def _added(one: Holdings, other: Holdings) -> Holdings:
    return Holdings(
        one.asset_class, one.currency, one.count + other.count, one.without + other.without,
        one.outstanding + other.outstanding, one.covered + other.covered, one.weighed + other.weighed,
        one.scope_1_2 + other.scope_1_2, one.scope_3 + other.scope_3, one.covered_3 + other.covered_3,
        one.weighed_3 + other.weighed_3,
    )  # fmt: skip
