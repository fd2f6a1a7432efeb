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

import pyarrow as pa
import pyarrow.parquet as pq

from trede.analysis.financed import per_million
from trede.catalogue.pcaf import AssetClass, asset_classes
from trede.engine.activities import Input
from trede.engine.duck import connect, quote
from trede.engine.runs import Run
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

    @property
    def score(self) -> Decimal | None:
        """Score of the quality of the data, weighted by the outstanding amount (1 best, 5 worst)."""
        return self.weighed / self.covered if self.covered > 0 else None

    @property
    def coverage(self) -> Decimal | None:
        """The part of the outstanding amount that has emissions."""
        return self.covered / self.outstanding if self.outstanding > 0 else None

    @property
    def intensity(self) -> Decimal | None:
        """Tonnes of scopes 1 and 2 for each million outstanding that has emissions."""
        return per_million(Decimal(self.scope_1_2) / MG_PER_TONNE, self.covered)


def portfolio(run: Run, inputs: Sequence[Input]) -> list[Holdings]:
    """Return the holdings of a run by class and currency, the classes in the standard's order.

    Args:
        inputs: the run's batches.
    """
    classes = asset_classes()
    scores = [(kind, option, score) for kind, found in classes.items() for option, score in found.scores.items()]
    with tempfile.TemporaryDirectory(prefix="trede-portfolio-") as folder, connect(Path(folder)) as con:
        kinds, options, values = zip(*scores, strict=True)
        con.register("score", pa.table({"kind": list(kinds), "option": list(options), "score": list(values)}))
        files = ", ".join(f"'{quote(i.path)}'" for i in inputs if "inputs" in pq.read_schema(i.path).names)
        if not files:
            return []
        rows = con.sql(f"""
            WITH holding AS (
                SELECT record_id, activity_type,
                       CASE WHEN kind_of_money THEN quantity
                            ELSE TRY_CAST(json_extract_string(inputs, '$.outstanding_amount') AS DECIMAL(38,6)) END AS amount,
                       CASE WHEN kind_of_money THEN unit ELSE 'EUR' END AS currency, score
                FROM (SELECT *, activity_type <> 'vehicle-loans-value-unknown' AS kind_of_money,
                             json_extract_string(attributes, '$.data_option') AS option
                      FROM read_parquet([{files}], union_by_name = true, hive_partitioning = false)) record
                JOIN score ON score.kind = record.activity_type AND score.option = record.option
                WHERE "end" >= DATE '{run.period.start}' AND start <= DATE '{run.period.end}'
            ), posted AS (
                SELECT record_id,
                       sum(CASE WHEN account LIKE '{SCOPE_1_2}.%' THEN {shared_sql("co2e")} ELSE 0 END) AS scope_1_2,
                       sum(CASE WHEN account LIKE '{SCOPE_3}.%' THEN {shared_sql("co2e")} ELSE 0 END) AS scope_3
                FROM read_parquet('{quote(run.folder / "ledger.parquet")}', hive_partitioning = false)
                WHERE basis <> 'market' AND account LIKE 'investments%' GROUP BY record_id
            )
            SELECT activity_type, currency, count(*), count(*) - count(posted.record_id), coalesce(sum(amount), 0),
                   coalesce(sum(amount) FILTER (WHERE posted.record_id IS NOT NULL), 0),
                   coalesce(sum(amount * score) FILTER (WHERE posted.record_id IS NOT NULL), 0),
                   coalesce(sum(scope_1_2), 0), coalesce(sum(scope_3), 0)
            FROM holding LEFT JOIN posted USING (record_id) GROUP BY ALL
        """).fetchall()
    found: dict[tuple[str, str], Holdings] = {}
    for kind, currency, *figures in rows:
        count, without, outstanding, covered, weighed, scope_1_2, scope_3 = figures
        key = classes[kind].id, currency
        before = found.get(key)
        new = Holdings(
            classes[kind], currency, count, without, outstanding, covered, weighed, int(scope_1_2), int(scope_3)
        )
        found[key] = _added(before, new) if before else new
    order = list(dict.fromkeys(each.id for each in classes.values()))
    return [found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1]))]


def _added(one: Holdings, other: Holdings) -> Holdings:
    return Holdings(
        one.asset_class, one.currency, one.count + other.count, one.without + other.without,
        one.outstanding + other.outstanding, one.covered + other.covered, one.weighed + other.weighed,
        one.scope_1_2 + other.scope_1_2, one.scope_3 + other.scope_3,
    )  # fmt: skip
