"""The journal: every record with what became of it, made of the folder alone; its sums are the footprints, to the milligram."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trede.activity.batches import Batch
from trede.activity.records import RECORD
from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.organisation.decisions import CoveredBy, ExcludeUnmatched
from trede.workspace import Workspace
from trede.workspace.correcting import correct
from trede.workspace.history import history_of
from trede.workspace.journal import VIEWS, Journal, find_journal, journal_key, make_journal
from trede.workspace.journal_asking import GROUPS, NONE, Question, every, find_lines, groups, page, totals
from workspaces import BY, FILLS, WHEN, Copy, create, fuel_card, pin, run, take_in


@pytest.fixture(scope="module")
def journal(example: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Journal:
    return make_journal(example, tmp_path_factory.mktemp("journals"))


@pytest.mark.parametrize("view", VIEWS)
def test_the_sum_of_a_year_is_its_footprint(example: Workspace, journal: Journal, view: str) -> None:
    short, basis = view.split(":")
    for year in (2022, 2023, 2024):
        found = sum(each.mg or 0 for each in totals(journal, Question(year, view)))
        assert found == footprint_of(example.find_run(str(year)), find_standard(short), basis).total


@pytest.mark.parametrize("by", GROUPS)
def test_groups_add_up(journal: Journal, by: str) -> None:
    question = Question(2024, "ladder:market")
    found, whole = groups(journal, question, by), totals(journal, question)
    assert sum(group.rows for group in found) == sum(each.rows for each in whole)
    assert sum(group.mg or 0 for group in found) == sum(each.mg or 0 for each in whole)
    for group in found[:3]:
        equal = ((by, NONE if group.value is None else group.value),)
        inside = totals(journal, replace(question, equal=equal))
        assert (sum(e.rows for e in inside), sum(e.mg or 0 for e in inside)) == (group.rows, group.mg or 0)


def test_every_record_that_counts_is_in_it_once_a_year(example: Workspace, journal: Journal) -> None:
    ids = [i for batch in example.active_batches() for i in batch.records()["record_id"].to_pylist()]
    rows = list(every(journal, Question()))
    assert {row["record_id"] for row in rows} == set(ids)
    assert len({(row["record_id"], row["year"]) for row in rows}) == len(rows) == journal.rows


@pytest.mark.parametrize("sort", ["date", "-date", "quantity", "-amount", "site", "-supplier"])
def test_pages_follow_each_other(journal: Journal, sort: str) -> None:
    question = Question(2024, equal=(("source", "gas"),), sort=sort)
    whole = [row["record_id"] for row in every(journal, question)]
    paged = [row["record_id"] for first in range(0, len(whole) + 10, 10) for row in page(journal, question, first, 10)]
    assert paged == whole
    assert len(set(whole)) == len(whole) > 20


def test_words_are_searched_in_the_record_and_in_names(journal: Journal) -> None:
    named = ((("activity_type", "natural-gas"),),)
    by_name = list(every(journal, Question(2024, words="aardgas", named=named)))
    assert {row["activity_type"] for row in by_name} == {"natural-gas"}
    one = by_name[0]
    assert [row["record_id"] for row in page(journal, Question(words=one["record_id"][:12]), 0, 5)] == [
        one["record_id"]
    ]
    assert page(journal, Question(words="nothing-has-this'\"%_"), 0, 5) == []


def test_what_became_of_a_record(tmp_path: Path) -> None:
    workspace = create(tmp_path / "workspace")
    take_in(workspace, "tankpas.csv", fuel_card())
    assert states(workspace, tmp_path) == {"B1": "new", "B2": "new", "B3": "new", "B4": "new", "B5": "new"}
    run(workspace, 2024)
    assert states(workspace, tmp_path) == {"B1": "new", "B2": "open", "B3": "open", "B4": "open", "B5": "open"}
    hvo = next(line for line in lines(workspace, tmp_path) if line["document"] == "B4")
    workspace.decide(ExcludeUnmatched(activity_type="fuel-vehicle", attributes={"fuel": "hvo100"}, years=(2024,), **BY))
    assert states(workspace, tmp_path)["B4"] == "aside"
    pin(workspace)
    by_document = {line["document"]: line["record_id"] for line in lines(workspace, tmp_path)}
    workspace.decide(CoveredBy(records=(by_document["B3"],), covered_by=(by_document["B2"],), **BY))
    correct(workspace, by_document["B5"], {"quantity": "1"}, "digits exchanged", "Jan")
    run(workspace, 2024)
    found = {line["record_id"]: line for line in lines(workspace, tmp_path)}
    told = {name: found[ident]["state"] for name, ident in by_document.items()}
    assert told == {"B1": "new", "B2": "counted", "B3": "aside", "B4": "counted", "B5": "corrected"}
    [corrected] = find_lines(make_journal(workspace, tmp_path / "journals"), by_document["B5"])
    assert found[corrected["credited_by"]]["quantity"] == -corrected["quantity"]
    assert hvo["record_id"] in found


def lines(workspace: Workspace, folder: Path) -> list[dict[str, object]]:
    """Return the journal's rows."""
    return list(every(make_journal(workspace, folder / "journals"), Question()))


def states(workspace: Workspace, folder: Path) -> dict[object, object]:
    """Return what became of each fill."""
    return {line["document"]: line["state"] for line in lines(workspace, folder)}


def test_a_record_over_two_years_stands_in_both_with_its_quantity_once(
    small: Workspace, copy: Copy, tmp_path: Path
) -> None:
    workspace = copy(small)
    runs = {year: run(workspace, year) for year in (2023, 2024)}
    journal = make_journal(workspace, tmp_path / "journals")
    gas = Question(None, "ladder:market", (("activity_type", "natural-gas"),))
    assert [row["year"] for row in page(journal, gas, 0, 5)] == [2024, 2023]
    [whole] = totals(journal, gas)
    assert whole.quantity == Decimal(1550)
    parts = [totals(journal, replace(gas, year=year))[0].mg or 0 for year in (2023, 2024)]
    assert whole.mg == sum(parts)
    assert all(parts)
    assert journal.runs == {year: each.id for year, each in runs.items()}


def test_it_is_made_again_when_the_folder_holds_something_else(small: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace, folder = copy(small), tmp_path / "journals"
    before = journal_key(workspace)
    assert find_journal(workspace, folder) is None
    first = make_journal(workspace, folder)
    written = first.path.stat().st_mtime_ns
    assert make_journal(workspace, folder).path.stat().st_mtime_ns == written
    pin(workspace, (2020,))
    assert journal_key(workspace) != before
    second = make_journal(workspace, folder)
    assert [path.name for path in folder.iterdir()] == [second.path.parent.name], "the older one is gone"


def test_an_empty_workspace_has_an_empty_journal(tmp_path: Path) -> None:
    made = make_journal(create(tmp_path / "workspace"), tmp_path / "journals")
    assert (made.rows, made.years, totals(made, Question())) == (0, [], [])


def test_the_history_of_a_record(tmp_path: Path) -> None:
    workspace, moments = create(tmp_path / "workspace"), count()
    workspace.clock = lambda: WHEN + timedelta(minutes=next(moments))
    first = take_in(workspace, "tankpas.csv", fuel_card()).batch
    mended = fuel_card([*FILLS[:2], replace(FILLS[2], litres="57,78"), *FILLS[3:]])
    second = take_in(workspace, "tankpas.csv", mended, replaces=first.id).batch
    pin(workspace)
    run(workspace, 2024)
    kept = next(r for r in second.records().to_pylist() if r["document"] == "B2")
    gone = next(r for r in first.records().to_pylist() if r["document"] == "B3")
    told = history_of(workspace, kept["record_id"])
    assert [(event.what, event.batch) for event in told.events] == [("taken_in", first.id), ("again", second.id)]
    assert (told.counts, told.batch.id, len(told.postings)) == (True, second.id, 1)
    lost = history_of(workspace, gone["record_id"])
    assert [(event.what, event.batch) for event in lost.events] == [("taken_in", first.id), ("out", second.id)]
    assert (lost.counts, lost.postings) == (False, [])
    made = correct(workspace, kept["record_id"], {"quantity": "1"}, "digits exchanged", "Jan")
    told = history_of(workspace, kept["record_id"])
    assert (told.events[-1].what, told.events[-1].person, told.events[-1].reason) == (
        "corrected",
        "Jan",
        "digits exchanged",
    )
    assert told.correction is not None
    assert told.correction.replacement is not None
    new = history_of(workspace, told.correction.replacement["record_id"])
    assert (new.corrects, new.batch.id) == (kept["record_id"], made.batch.id)


def test_the_kinds_of_a_batch_of_several_groups_of_rows(tmp_path: Path) -> None:
    rows = 70_000
    first = ["fuel-vehicle"] * 66_000 + ["electricity"] * (rows - 66_000)
    known = {"activity_type": pa.array(first), "geography": pa.array(["NL"] * (rows - 1) + ["BE"])}
    table = pa.table({f.name: known.get(f.name, pa.nulls(rows, f.type)) for f in RECORD}, schema=RECORD)
    pq.write_table(table, tmp_path / "records.parquet", row_group_size=65_536)
    batch = Batch("x", tmp_path, {}, {})
    assert batch.kinds == {("fuel-vehicle", "NL"), ("electricity", "NL"), ("electricity", "BE")}


def test_a_record_is_found_by_its_id_and_by_its_beginning(journal: Journal) -> None:
    rows = list(every(journal, Question(2024)))[::97]
    for row in rows:
        ident = row["record_id"]
        assert row in find_lines(journal, ident)
        assert ident in {found["record_id"] for found in page(journal, Question(2024, words=ident[:8]), 0, 50)}
    assert find_lines(journal, "") == find_lines(journal, "0" * 24) == []
    assert page(journal, Question(words="ffffffffffffffffffffffff"), 0, 50) == []


def test_totals_of_another_order_are_the_same_and_of_another_question_are_not(journal: Journal) -> None:
    first = totals(journal, Question(2024, sort="-date"))
    assert totals(journal, Question(2024, sort="quantity")) == first
    assert totals(journal, Question(2023, sort="quantity")) != first
    assert totals(journal, Question(2024, view=VIEWS[1])) != first
