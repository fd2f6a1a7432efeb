"""The ledger is sorted as documented, however many threads wrote it, so that its content hash is one."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engine_samples import EVERY, YEAR, activity, petrol, run, shelf

from trede.activity.records import RECORD
from trede.catalogue.accounts import chart
from trede.catalogue.vocabulary import vocabulary
from trede.engine import compute as module
from trede.engine import duck
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.kernel.content import content_hash
from trede.ledger.schema import LEDGER
from trede.methods.model import shipped_methods


class Places:
    """Where a row belongs: group of accounts as in the chart, no site first, then day, record, part and flow."""

    def __init__(self, plan: pa.Table) -> None:
        first = {a.group: a.order for a in reversed(chart().accounts.values())}
        self.groups: dict[int, int] = {}
        self.flows: dict[tuple[int, str], int] = {}
        for row in plan.to_pylist():
            self.groups.setdefault(row["plan_key"], first[chart()[row["account"]].group])
            self.flows[row["plan_key"], row["flow"]] = row["flow_no"]

    def of(self, row: dict[str, Any]) -> tuple[Any, ...]:
        key = row["plan_key"]
        when = row["start"], row["record_id"], row["part"]
        return self.groups[key], row["site"] or "", *when, self.flows[key, row["flow"]]


def test_sorted_as_documented(calculate) -> None:
    rows = [
        activity(
            kind,
            n + 1,
            unit,
            site=(None, "north", "Zuid", "é")[n % 4],
            when=date(2026, 1, 1) + timedelta(n % 365),
            **given,
        )
        for n, (kind, unit, given) in enumerate(EVERY)
    ]
    found = calculate(rows)
    ledger, order = found.ledger, Places(found.table("plan"))
    places = [order.of(row) for row in ledger]
    assert places == sorted(places)
    index = found.table("index").to_pylist()
    assert [entry["record_id"] for entry in index] == sorted(row["record_id"] for row in ledger)
    assert all(ledger[entry["ledger_row"]]["record_id"] == entry["record_id"] for entry in index)


def many(path: Path, count: int, sites: int = 50) -> None:
    """Write records enough for many row groups and threads, in no order."""
    chance = np.random.default_rng(5)
    kinds = [activity(kind, 1, unit, **given) for kind, unit, given in EVERY]
    chosen = chance.integers(0, len(kinds), count)
    days = (np.datetime64("2026-01-01") + chance.integers(0, 365, count)).astype("datetime64[D]")
    texts = {name: [kinds[at][name] for at in chosen] for name in ("activity_type", "attributes", "unit")}
    columns = {
        "record_id": pa.array([f"{n:024x}" for n in chance.permutation(count)]),
        "row": pa.array(range(count), pa.int32()),
        "quantity": pa.array(chance.integers(-(10**6), 10**6, count)).cast(pa.decimal128(38, 6)),
        "start": pa.array(days),
        "end": pa.array(days),
        "site": pa.array([None if at == 0 else f"s{at}" for at in chance.integers(0, sites, count)]),
        **{name: pa.array(values) for name, values in texts.items()},
        **{name: pa.array([kinds[0][name]] * count) for name in ("entity", "geography", "quality")},
    }
    fields = [columns.get(field.name, pa.nulls(count, field.type)).cast(field.type) for field in RECORD]
    pq.write_table(pa.Table.from_arrays(fields, schema=RECORD), path, row_group_size=20_000)


@pytest.mark.parametrize("threads", [1, 4])
def test_the_order_does_not_depend_on_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    path = tmp_path / "records.parquet"
    many(path, 100_000)
    connect = module.connect

    def connect_with_threads(folder: Path) -> Any:
        con = connect(folder)
        con.execute(f"SET threads = {threads}")
        return con

    monkeypatch.setattr(module, "connect", connect_with_threads)
    result = compute([Input("batch", path)], YEAR, vocabulary(), shipped_methods(), shelf(), tmp_path)
    columns = ["plan_key", "site", "start", "record_id", "part", "flow"]
    ledger = pq.read_table(tmp_path / "ledger.parquet", columns=columns)
    order = Places(pq.read_table(tmp_path / "plan.parquet"))
    places = [order.of(row) for row in ledger.to_pylist()]
    assert result.rows == len(places) > 150_000
    assert all(a < b for a, b in pairwise(places))


def test_names_that_travel_as_text_or_as_codes_are_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.parquet"
    many(path, 40_000, sites=5_000)
    contents = []
    for limit in (4_096, 10_000):
        monkeypatch.setattr(duck, "_MANY", limit)
        result = compute([Input("batch", path)], YEAR, vocabulary(), shipped_methods(), shelf(), tmp_path)
        stored = pq.ParquetFile(tmp_path / "ledger.parquet")
        assert stored.schema_arrow.field("site").type == pa.string()
        assert content_hash(stored.iter_batches(), LEDGER) == result.ledger_content
        sites = set(pq.read_table(tmp_path / "ledger.parquet", columns=["site"])["site"].to_pylist())
        assert len(sites & {f"s{at}" for at in range(5_000)}) > 4_096
        contents.append(result.ledger_content)
    assert contents[0] == contents[1]


def test_the_order_of_records_and_batches_plays_no_part(tmp_path: Path) -> None:
    rows = [petrol(n + 1, site=("a", None)[n % 2], note=str(n)) for n in range(40)]
    there = run(tmp_path / "there", rows)
    back = run(tmp_path / "back", rows[::-1])
    plain = [{**row, "row": 0} for row in there.ledger]
    assert [{**row, "row": 0} for row in back.ledger] == plain
    assert back.result.totals_content == there.result.totals_content
    records = there.records
    halves = [records.slice(25), records.slice(0, 25)]
    inputs = []
    for n, half in enumerate(halves):
        inputs.append(Input("batch", tmp_path / f"half{n}.parquet"))
        pq.write_table(half, inputs[-1].path)
    result = compute(inputs, YEAR, vocabulary(), shipped_methods(), shelf(), tmp_path)
    assert result.to_json() == there.result.to_json()


def test_the_stored_files_have_the_hashes_that_the_result_names(calculate) -> None:
    found = calculate(
        [petrol("12.5"), activity("electricity", "7", "MWh"), petrol("1e30"), petrol("3", geography="BE")]
    )
    for name in ("plan", "ledger", "totals", "unmatched"):
        assert content_hash(found.table(name)) == found.result.to_json()[f"{name}_content"], name
    assert content_hash(found.table("ledger").cast(LEDGER)) == found.result.ledger_content
