"""From pinned inputs to the files of a run: plan, execute, sort, write, totals, index, hashes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from trede.catalogue.estimates import Estimates, shipped_estimates
from trede.catalogue.gwp import DEFAULT_GWP
from trede.catalogue.vocabulary import Vocabulary
from trede.engine.activities import COVERED, COVERED_BY_OTHERS, Input, distinct_keys, load_activities
from trede.engine.below_zero import below_zero
from trede.engine.boundary import boundary_issues
from trede.engine.crediting import dating_issues
from trede.engine.cutting import Cutting, literal
from trede.engine.deriving import Derived, derive, deriving_types, failed_in
from trede.engine.duck import PARQUET, connect, quote, write_ledger
from trede.engine.execute import HAS_RATE, IN_RANGE, RESOLVED, Executable, compile_plan
from trede.engine.holdings import holding_issues
from trede.engine.instruments import Settle, cover
from trede.engine.money import MISSING, RATES, Exchange, MoneySettings, find_rates
from trede.engine.plan import Key, Plan, make_plan
from trede.factors.matching import Shelf
from trede.factors.spending import NOT_BY_SPEND
from trede.kernel.content import content_hash
from trede.kernel.disk import disk, parquet
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.kernel.progress import Step, silent
from trede.ledger.consolidating import shared_sql
from trede.ledger.schema import AMOUNTS, LEDGER_VERSION, LEDGERS, TOTAL_KEYS, TOTALS_OF
from trede.methods.model import Methods

UNMATCHED = pa.schema(
    [
        ("record_id", pa.string()), ("batch", pa.string()), ("row", pa.int32()), ("activity_type", pa.string()),
        ("attributes", pa.string()), ("quantity", pa.decimal128(38, 6)), ("unit", pa.string()), ("start", pa.date32()),
        ("code", pa.string()),
    ]
)  # fmt: skip
"""Records that posted nothing, with the code of the reason; also covered records that would have posted nothing."""

INDEX = pa.schema([("record_id", pa.string()), ("ledger_row", pa.int64())])


@dataclass(frozen=True)
class Result:
    """What came out: content hashes, counts and issues; equal inputs give equal results on every machine."""

    rows: int
    records: int
    plan_content: str
    ledger_content: str
    totals_content: str
    outside_content: str
    unmatched_content: str
    covered_content: str
    derived_content: str
    rates_content: str
    issues: list[Issue]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping."""
        return {
            "rows": self.rows,
            "records": self.records,
            "plan_content": self.plan_content,
            "ledger_content": self.ledger_content,
            "totals_content": self.totals_content,
            "outside_content": self.outside_content,
            "unmatched_content": self.unmatched_content,
            "covered_content": self.covered_content,
            "derived_content": self.derived_content,
            "rates_content": self.rates_content,
            "issues": [issue.to_json() for issue in self.issues],
        }


def compute(
    inputs: Sequence[Input], period: Period, vocabulary: Vocabulary, methods: Methods, shelf: Shelf, folder: Path,
    step: Step = silent, plan: pa.Table | None = None, cutting: Cutting | None = None,
    ledger_version: int = LEDGER_VERSION, covered: Collection[str] = (), gwp: str = DEFAULT_GWP,
    settle: Settle = "calendar-year", derived: pa.Table | None = None, money: MoneySettings | None = None,
    rates: pa.Table | None = None, estimates: Estimates | None = None,
) -> Result:  # fmt: skip
    """Calculate and write plan, ledger, totals inside and outside the boundary, unmatched, covered records and index.

    Args:
        folder: where they are written.
        cutting: what the organisation's description decides; without it nothing is outside, and periods are cut by days.
        covered: ids of records that post nothing, because others cover them.
        settle: what certificates are settled over.
        plan: a plan to use instead of resolving (verification of a run whose catalogue is no longer here).
        derived: what records with inputs came to, to be used instead of deriving it (with `plan`).
        step: told the name of each step when it is done.
        ledger_version: the schema of the ledger (verification of a run that an earlier version made).
        gwp: the GWP set to which values that are split by gas are brought.
        money: how amounts of money are brought to their factors.
        rates: the exchange rates of the run, to be used instead of looking them up (with `plan`).
        estimates: what stands in for figures that nobody gave; those that ship, unless said.
    """
    schema = LEDGERS[ledger_version]
    made_of = (
        Derived(derived)
        if derived is not None
        else derive(inputs, vocabulary, methods, estimates or shipped_estimates())
    )
    deriving = deriving_types(vocabulary) if made_of.rows.num_rows or made_of.failed.num_rows else []
    with connect(folder) as con, ThreadPoolExecutor(1) as beside:
        holdings = beside.submit(holding_issues, con.cursor(), made_of.rows, period, vocabulary)
        derived_file = beside.submit(parquet, made_of.rows, distinct=("record_id", "values"))
        derived_content = beside.submit(content_hash, made_of.rows)
        load_activities(con, inputs, period, cutting, covered, made_of.rows, deriving)
        covering = [
            *dating_issues(con),
            *boundary_issues(con, cutting or Cutting()),
            *below_zero(con, vocabulary),
            *holdings.result(),
            *cover(con, settle),
        ]
        keys = distinct_keys(con)
        wanted = sorted({*keys, *distinct_keys(con, COVERED)}, key=repr)
        losses = cutting.losses if cutting else None
        made = Plan(plan, {}, {}) if plan is not None else make_plan(
            wanted, vocabulary, methods, shelf, gwp, money, losses
        )  # fmt: skip
        step("plan")
        executable = compile_plan(made.flows)
        exchange = exchange_of(con, executable, rates)
        rows = write_ledger(con, executable, folder / "ledger.parquet", schema)
        step("ledger")
        totals, outside = _totals(con, folder / "ledger.parquet", TOTALS_OF[ledger_version])
        disk.write_table(folder / "totals.parquet", totals)
        disk.write_table(folder / "outside.parquet", outside)
        step("totals")
        ledger_content = beside.submit(_ledger_content, folder / "ledger.parquet", schema)
        failed = failed_in(made_of.failed, period, covered)
        unmatched = _unmatched(con, made, wanted, failed, executable)
        records = int(con.execute("SELECT count(DISTINCT record_id) FROM activity").fetchall()[0][0])
        disk.write_table(folder / "plan.parquet", made.flows)
        disk.write_table(folder / "unmatched.parquet", unmatched)
        step("rest")
        _write_index(con, folder)
        step("index")
        left_out = _covered(con, executable, schema)
        disk.write_table(folder / "covered.parquet", left_out)
        disk.write_table(folder / "derived.parquet", derived_file.result())
        disk.write_table(folder / "rates.parquet", exchange.table)
        result = Result(
            rows=rows,
            records=records,
            plan_content=content_hash(made.flows),
            ledger_content=ledger_content.result(),
            totals_content=content_hash(totals),
            outside_content=content_hash(outside),
            unmatched_content=content_hash(unmatched),
            covered_content=content_hash(left_out),
            derived_content=derived_content.result(),
            rates_content=content_hash(exchange.table),
            issues=[
                *covering,
                *_issues(made, keys),
                *exchange.issues,
                *_open_spend(unmatched, vocabulary),
                *_unusable(unmatched),
                *_underivable(failed, vocabulary),
            ],
        )
        step("hash")
    return result


def _ledger_content(ledger: Path, schema: pa.Schema) -> str:
    return content_hash(pq.ParquetFile(ledger).iter_batches(65_536), schema)


def _totals(con: duckdb.DuckDBPyConnection, ledger: Path, form: pa.Schema) -> tuple[pa.Table, pa.Table]:
    """Sum what counts, and what is outside the boundary: together they are the whole ledger.

    A row that counts in part is in both, with its parts.
    """
    stored = f"read_parquet('{quote(ledger)}', hive_partitioning = false)"
    partly = con.execute(f"SELECT 1 FROM {stored} WHERE share > 0 AND share < 1 LIMIT 1").fetchall()
    inside = {name: shared_sql(name) if partly else name for name in ("quantity", *AMOUNTS)}
    outside = {name: f"{name} - {inside[name]}" if partly else name for name in inside}
    return _sums(con, f"{stored} WHERE share > 0", form, inside), _sums(con, f"{stored} WHERE share < 1", form, outside)


def _sums(con: duckdb.DuckDBPyConnection, source: str, form: pa.Schema, amounts: Mapping[str, str]) -> pa.Table:
    sums = ", ".join(f"CAST(sum({of}) AS DECIMAL(38,6)) AS {name}" for name, of in amounts.items())
    month = """CASE WHEN date_trunc('month', start) = date_trunc('month', "end") THEN date_trunc('month', start) END"""
    keys = ", ".join(f"{month} AS month" if key == "month" else key for key in TOTAL_KEYS if key in form.names)
    table = con.sql(f"""
        SELECT * REPLACE (strftime(month, '%Y-%m') AS month) FROM (
            SELECT {keys}, count(*) AS rows, {sums} FROM {source} GROUP BY ALL
        ) ORDER BY ALL NULLS FIRST
    """).to_arrow_table()
    return table.cast(form)


def _issues(plan: Plan, keys: list[Key]) -> list[Issue]:
    """Return the plan's issues about what counts, each once: a record that others cover is no open point."""
    counted = set(keys)
    found = [issue for key, issues in plan.issues.items() if key in counted for issue in issues]
    return list({canonical_json(issue.to_json()): issue for issue in found}.values())


def exchange_of(con: duckdb.DuckDBPyConnection, executable: Executable, stored: pa.Table | None = None) -> Exchange:
    """Register what an executable reads beside the activities: its keys, its flows, and the rates of their days."""
    con.register("plan_key", executable.keys)
    con.register("plan_flow", executable.flows)
    if not executable.exchanged:
        return Exchange(RATES.empty_table())
    resolved = [RESOLVED, f"{COVERED} AS {RESOLVED}"]
    found = find_rates(con, resolved, stored)
    con.register("day_rate", found.numbers)
    return found


def _unmatched(
    con: duckdb.DuckDBPyConnection, plan: Plan, keys: list[Key], failed: pa.Table, executable: Executable
) -> pa.Table:
    """Records without a flow (no factor, no rate), records whose product is out of range, and those that derive nothing.

    Those that others cover are among them with the code `COVERED_BY_OTHERS`: they are no open point.
    """
    codes = {key: problems[-1].code for key, problems in plan.unresolved.items()}
    missing = [key for key in keys if key in codes]
    table = pa.table(
        {
            "activity_type": pa.array([k.activity_type for k in missing], pa.string()),
            "attributes": pa.array([k.attributes for k in missing], pa.string()),
            "unit": pa.array([k.unit for k in missing], pa.string()),
            "geography": pa.array([k.geography for k in missing], pa.string()),
            "year": pa.array([k.year for k in missing], pa.int32()),
            "code": pa.array([codes[k] for k in missing], pa.string()),
        }
    )
    con.register("unresolved", table)
    columns = ("record_id", "batch", '"row"', "activity_type", "attributes", "quantity", "unit", "start")
    names = ", ".join(f"activity.{column}" for column in columns)
    views = {"activity": None, COVERED: literal(COVERED_BY_OTHERS)}
    parts = [
        f"""
        SELECT {names}, {code or "unresolved.code"} AS code
        FROM {view} AS activity JOIN unresolved ON activity.activity_type = unresolved.activity_type
         AND activity.attributes = unresolved.attributes AND activity.unit = unresolved.unit
         AND activity.geography = unresolved.geography
         AND CAST(extract(year FROM activity.start) AS INTEGER) = unresolved.year
        UNION ALL
        SELECT {names}, {code or "'amount_out_of_range'"} AS code
        FROM {view} AS {RESOLVED} WHERE NOT ({IN_RANGE})
        """
        for view, code in views.items()
    ]
    if executable.exchanged:
        parts += [
            f"""
            SELECT {names}, {code or literal(MISSING)} AS code
            FROM {view} AS {executable.resolved} WHERE {IN_RANGE} AND NOT {HAS_RATE}
            """
            for view, code in views.items()
        ]
    con.register("failed", failed)
    parts.append(f"SELECT {', '.join(name.removeprefix('activity.') for name in names.split(', '))}, code FROM failed")
    query = f'{" UNION ALL ".join(parts)} ORDER BY record_id, start, code, batch, "row"'
    found = con.sql(query).to_arrow_table()
    return found.cast(UNMATCHED)


def _covered(con: duckdb.DuckDBPyConnection, executable: Executable, schema: pa.Schema) -> pa.Table:
    """Return the ledger rows that covered records would have posted: the same SELECT over the other view."""
    con.execute(f"ALTER VIEW activity RENAME TO activity_posted; CREATE VIEW activity AS SELECT * FROM {COVERED}")
    names = ", ".join(f'"{name}"' for name in schema.names)
    query = f'SELECT {names} FROM ({executable.select}) posted ORDER BY record_id, part, batch, "row", flow, basis'
    return con.sql(query).to_arrow_table().cast(schema)


def _open_spend(unmatched: pa.Table, vocabulary: Vocabulary) -> Iterator[Issue]:
    """Say how much money did not count that should: by currency, exactly."""
    spend = pa.array([kind.id for kind in vocabulary.types.values() if kind.by_sector], pa.string())
    settled = pa.array([COVERED_BY_OTHERS, *NOT_BY_SPEND], pa.string())
    wanted = pc.and_(
        pc.is_in(unmatched["activity_type"], value_set=spend), pc.invert(pc.is_in(unmatched["code"], value_set=settled))
    )
    found = unmatched.filter(wanted)
    sums = found.group_by("unit").aggregate([("quantity", "sum")]).sort_by("unit").to_pylist()
    if sums:
        amounts = [f"{row['quantity_sum'].normalize():f} {row['unit']}" for row in sums]
        yield Issue.warning("spend_open", records=found.num_rows, amounts=amounts)


def _unusable(unmatched: pa.Table) -> list[Issue]:
    rows = [row for row in unmatched.to_pylist() if row["code"] == "amount_out_of_range"]
    return [
        Issue.error("amount_out_of_range", record=r["record_id"], quantity=str(r["quantity"]), unit=r["unit"])
        for r in rows
    ]


def _underivable(failed: pa.Table, vocabulary: Vocabulary) -> Iterator[Issue]:
    """Yield an issue for each record that derives nothing; those too large are told of as any other."""
    refusals = {rule.issue for kind in vocabulary.types.values() for rule in kind.refusal}
    for row in failed.select(["record_id", "activity_type", "code", "formula"]).to_pylist():
        match row["code"]:
            case "estimate_missing":
                yield Issue.error("estimate_missing", record=row["record_id"], type=row["activity_type"])
            case "type_not_applicable":
                record, kind = row["record_id"], row["activity_type"]
                yield Issue.error("type_not_applicable", record=record, type=kind, bounds=row["formula"])
            case "derivation_undefined":
                yield Issue.error("derivation_undefined", record=row["record_id"], formula=row["formula"])
            case "derivation_contradicts":
                yield Issue.error("derivation_contradicts", record=row["record_id"], formula=row["formula"])
            case "derivation_without_rate":
                yield Issue.error("derivation_without_rate", record=row["record_id"], currencies=row["formula"])
            case "derivation_without_leg":
                yield Issue.error("derivation_without_leg", record=row["record_id"], type=row["activity_type"])
            case "share_without_leg":
                record, kind = row["record_id"], row["activity_type"]
                yield Issue.error("share_without_leg", record=record, type=kind, shares=row["formula"])
            case "part_without_leg":
                record, kind = row["record_id"], row["activity_type"]
                yield Issue.error("part_without_leg", record=record, type=kind, parts=row["formula"])
            case code if code in refusals:
                yield Issue.error(row["code"], record=row["record_id"], type=row["activity_type"])


def _write_index(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    query = f"""
        SELECT record_id, file_row_number AS ledger_row
        FROM read_parquet('{quote(folder / "ledger.parquet")}', file_row_number = true, hive_partitioning = false)
        ORDER BY record_id, ledger_row
    """
    target = folder / "index.parquet"
    disk.export(target, lambda path: con.execute(f"COPY ({query}) TO '{quote(path)}' ({PARQUET})"))
