"""The engine's SELECT on a second engine: the same rows, to the last bit, and so the same content hash."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from datafusion import SessionContext
from engine_samples import EVERY, Outcome, activity, petrol, pin, shelf
from whole_list import run_whole_list

from trede.engine.activities import Input, load_activities
from trede.engine.execute import Executable, compile_plan
from trede.kernel.content import content_hash
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.periods import Period
from trede.ledger.schema import LEDGER

PERIOD = Period.parse("2025-07-01..2026-12-31")


def everywhere(units: bool) -> list[dict[str, Any]]:
    """Every activity type and attribute with awkward quantities, some over a border of years; all units or canonical ones."""
    chance = random.Random(11)  # noqa: S311
    rows = []
    for kind, unit, attributes in EVERY:
        for _ in range(3):
            start = date(2025, 3, 1) + timedelta(days=chance.randrange(600))
            end = start + timedelta(days=chance.choice([0, 0, 0, 30, 200]))
            quantity = Decimal(chance.randrange(-(10**9), 10**9)).scaleb(-chance.choice([0, 2, 3, 6]))
            row = activity(
                kind, quantity, unit, when=(start, end), site=chance.choice([None, "north", "Zuid"]), **attributes
            )
            if units or row["unit"] == activity(kind, 1)["unit"]:
                rows.append(row)
    return rows


def tables(found: Outcome, period: Period) -> dict[str, pa.Table]:
    """Return the tables that the SELECT reads, as Arrow."""
    plan = compile_plan(found.table("plan"))
    with duckdb.connect() as con:
        load_activities(con, [Input("batch", found.folder / "records.parquet")], period)
        activities = con.sql("SELECT * FROM activity").to_arrow_table()
    return {"activity": activities, "plan_key": plan.keys, "plan_flow": plan.flows}


def on_datafusion(select: str, given: dict[str, pa.Table]) -> pa.Table:
    context = SessionContext()
    for name, table in given.items():
        context.from_arrow(table, name=name)
    return context.sql(select).to_arrow_table()


def ledger(rows: pa.Table) -> pa.Table:
    """Sort rows of the SELECT as a ledger is sorted."""
    found = sorted(rows.to_pylist(), key=place)
    return pa.Table.from_pylist([{name: row[name] for name in LEDGER.names} for row in found], schema=LEDGER)


def place(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["group_no"], row["site"] or "", row["start"], row["record_id"], row["part"], row["flow_no"]


def compile_found(found: Outcome) -> Executable:
    return compile_plan(found.table("plan"))


@pytest.mark.parametrize("units", [False, True], ids=["canonical units", "all units"])
def test_the_same_ledger_on_datafusion(calculate, units: bool) -> None:
    found = calculate(everywhere(units), period=PERIOD, on=shelf(pin(2025)))
    assert found.result.rows > 500
    assert any(part["part"] for part in found.ledger)
    again = ledger(on_datafusion(compile_found(found).select, tables(found, PERIOD)))
    assert again.to_pylist() == found.ledger
    assert content_hash(again) == found.result.ledger_content


def test_records_out_of_range_are_left_out_there_too(calculate) -> None:
    found = calculate([petrol("12"), petrol("1e31"), petrol("5e9"), activity("electricity", "-1e25", "GWh")])
    again = ledger(on_datafusion(compile_found(found).select, tables(found, Period.year(2026))))
    assert content_hash(again) == found.result.ledger_content
    assert len(found.unmatched) == 3


def test_every_factor_of_the_list_and_every_gas_there_too(tmp_path: Path) -> None:
    found = run_whole_list(tmp_path)
    assert sum(any(row[gas] for row in found.ledger) for gas in GAS_COLUMNS) > 4
    again = ledger(on_datafusion(compile_found(found).select, tables(found, Period.year(2026))))
    assert content_hash(again) == found.result.ledger_content
