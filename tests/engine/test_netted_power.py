"""A netted bill posts nothing and is an open point, until records of the gross purchase stand in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
from engine_samples import YEAR, Outcome, activity, mapped, run, shelf

from trede.activity.records import identify
from trede.catalogue.vocabulary import vocabulary
from trede.engine.activities import Input
from trede.engine.compute import compute
from trede.inventory.unmatched import sort_unmatched
from trede.methods.model import shipped_methods

Calculate = Callable[..., Outcome]
NETTED = activity("electricity-netted", "700", meter="m", when=(date(2026, 1, 1), date(2026, 12, 31)))
GROSS = activity("electricity", "1000", meter="m", quality="estimated", when=(date(2026, 1, 1), date(2026, 12, 31)))


def test_it_posts_nothing_and_is_visible(calculate: Calculate) -> None:
    found = calculate([NETTED, activity("electricity", "100")])
    assert found.codes == ["power_netted"]
    assert found.issue("power_netted")["year"] == 2026
    assert list(found.unmatched.values()) == ["power_netted"]
    assert {row["activity_type"] for row in found.ledger} == {"electricity"}


def test_more_feed_in_than_purchase_is_no_purchase_below_zero(calculate: Calculate) -> None:
    assert calculate([{**NETTED, "quantity": -NETTED["quantity"]}]).codes == ["power_netted"]


def test_certificates_do_not_cover_it(calculate: Calculate) -> None:
    claim = activity("certificates", "500", technology="wind", proof="cancelled")
    assert calculate([NETTED, claim]).codes == ["certificates_without_consumption", "power_netted"]


def test_covered_by_the_gross_purchase_it_is_no_open_point(tmp_path: Path) -> None:
    before = run(tmp_path / "before", [NETTED, GROSS])
    [netted] = before.unmatched
    again, path = tmp_path / "after", tmp_path / "records.parquet"
    again.mkdir()
    pq.write_table(identify(mapped([NETTED, GROSS]), "test"), path)

    after = compute([Input("batch", path)], YEAR, vocabulary(), shipped_methods(), shelf(), again, covered={netted})

    assert after.issues == []
    table = pq.read_table(again / "unmatched.parquet")
    assert [(row["record_id"], row["code"]) for row in table.to_pylist()] == [(netted, "covered_by_others")]
    assert pq.read_table(again / "covered.parquet").num_rows == 0
    assert sort_unmatched(table, []).count == 0
    assert after.totals_content == before.result.totals_content  # it posted nothing before either


def test_every_covered_record_is_in_covered_or_unmatched(tmp_path: Path) -> None:
    rows = [
        NETTED, GROSS, activity("electricity", "5", geography="CN"), activity("electricity", "9999999999999", "MWh"),
    ]  # fmt: skip
    path = tmp_path / "records.parquet"
    records = identify(mapped(rows), "test")
    pq.write_table(records, path)
    every = set(records["record_id"].to_pylist())
    compute([Input("batch", path)], YEAR, vocabulary(), shipped_methods(), shelf(), tmp_path, covered=every)

    found = {name: pq.read_table(tmp_path / f"{name}.parquet") for name in ("ledger", "covered", "unmatched")}
    assert found["ledger"].num_rows == 0
    posting, silent = (set(found[name]["record_id"].to_pylist()) for name in ("covered", "unmatched"))
    assert (len(posting), len(silent)) == (1, 3)
    assert posting | silent == every
    assert set(found["unmatched"]["code"].to_pylist()) == {"covered_by_others"}
