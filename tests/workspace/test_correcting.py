"""Correcting a record: nothing is edited, both versions stand, the total moves by the difference to the milligram."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from trede.catalogue.standards import standards
from trede.cli.main import main
from trede.engine.runs import Run
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.correcting import correct, stored_versions
from trede.workspace.publishing import obstacles
from workspaces import FILLS, Copy, account_for, create, fuel_card, pin, publish_sample, run, take_in

LADDER = standards()["co2-prestatieladder-3.1"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = create(tmp_path_factory.mktemp("correcting") / "workspace")
    for name in ("tankpas-2024-verbeterd.csv", "meterstanden-hoofdkantoor.csv", "reizen.csv", "aardgas-per-maand.xlsx"):
        take_in(workspace, name)
    pin(workspace)
    run(workspace, 2024)
    return workspace


def one_of(workspace: Workspace, source: str) -> dict[str, Any]:
    """Return a record of a source that is no credit."""
    [batch] = [b for b in workspace.active_batches() if b.source == source]
    rows: list[dict[str, Any]] = batch.records().to_pylist()
    return next(r for r in rows if r["quantity"] > 0 and not r["credit_of"] and r["start"].year == 2024)


def total(of: Run) -> int:
    """Return the total under the ladder in milligrams."""
    return footprint_of(of, LADDER, "market").total


def posted(of: Run, record: str) -> int:
    """Return what a record posts under the ladder."""
    rows = of.table("ledger").to_pylist()
    return sum(
        r["co2e"]
        for r in rows
        if r["record_id"] == record and r["basis"] in ("none", "market") and r["account"] in LADDER.heading_of
    )


@pytest.mark.parametrize("source", ["tankpas", "elektriciteit", "reizen", "gas"])
def test_a_correction_moves_the_total_by_the_difference(filled: Workspace, copy: Copy, source: str) -> None:
    workspace = copy(filled)
    before, old = workspace.find_run("2024"), one_of(workspace, source)
    made = correct(workspace, old["record_id"], {"quantity": "12.5"}, "digits exchanged", "Jan")
    reversal, new = made.batch.records().to_pylist()
    assert (reversal["quantity"], reversal["credit_of"]) == (-old["quantity"], old["record_id"])
    assert (new["quantity"], new["start"], new["site"]) == (Decimal("12.5"), old["start"], old["site"])
    after = run(workspace, 2024)
    assert posted(after, reversal["record_id"]) == -posted(before, old["record_id"]) == -posted(after, old["record_id"])
    assert total(after) - total(before) == posted(after, new["record_id"]) - posted(before, old["record_id"])
    assert stored_versions(workspace, old["record_id"])[0][1] == old


def test_who_and_why_stand_in_the_records(filled: Workspace, copy: Copy) -> None:
    workspace = copy(filled)
    old = one_of(workspace, "tankpas")
    made = correct(workspace, old["record_id"][:12], {"site": "oost"}, "of the other site", "Jan")
    for row in made.batch.records().to_pylist():
        assert f'"corrects":"{old["record_id"]}"' in row["custom"]
        assert '"corrected_by":"Jan"' in row["custom"]
        assert '"correction_reason":"of the other site"' in row["custom"]
    assert made.batch.records().to_pylist()[1]["site"] == "oost"
    assert b"of the other site" in workspace.evidence.get(made.batch.file_sha256).read()


def test_a_credited_record_posts_nothing_together(filled: Workspace, copy: Copy) -> None:
    workspace = copy(filled)
    before, old = workspace.find_run("2024"), one_of(workspace, "reizen")
    correct(workspace, old["record_id"], {}, "a private trip", "Jan")
    assert total(run(workspace, 2024)) == total(before) - posted(before, old["record_id"])


def test_the_same_correction_again_changes_nothing(filled: Workspace, copy: Copy) -> None:
    workspace = copy(filled)
    old = one_of(workspace, "tankpas")
    first = correct(workspace, old["record_id"], {"quantity": "12.5"}, "digits exchanged", "Jan")
    again = correct(workspace, old["record_id"], {"quantity": "12.5"}, "digits exchanged", "Jan")
    assert again.again
    assert again.batch.id == first.batch.id


def test_the_command(filled: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = copy(filled)
    old = one_of(workspace, "gas")["record_id"]
    start = [
        "--lang",
        "en",
        "-w",
        str(workspace.layout.root),
        "correct",
        old[:10],
        "--reason",
        "digits exchanged",
        "--by",
        "Jan",
    ]
    assert main([*start, "--quantity", "12,5", "--credit"]) == 1
    assert main(start) == 1
    assert "correct" not in {batch.facts["profile_id"] for batch in workspace.batches()}
    assert main([*start, "--quantity", "12,5"]) == 0
    assert f"correction-{old[:8]}.csv" in capsys.readouterr().out
    assert [r["quantity"] for r in workspace.batches()[-1].records().to_pylist()][1:] == [Decimal("12.5")]


def refused(workspace: Workspace, record: str, changes: dict[str, str], reason: str = "a reason") -> list[str]:
    """Return why a correction is refused; nothing was stored."""
    before = len(workspace.batches())
    with pytest.raises(TredeError) as error:
        correct(workspace, record, changes, reason, "Jan")
    assert len(workspace.batches()) == before
    return [issue.code for issue in error.value.issues]


def test_what_cannot_be_corrected_is_refused_as_a_whole(filled: Workspace, copy: Copy) -> None:
    workspace = copy(filled)
    old = one_of(workspace, "tankpas")
    record = old["record_id"]
    assert refused(workspace, "0" * 24, {}) == ["correct_record_unknown"]
    assert refused(workspace, record, {"unit": "kWh"}) == ["correct_field_unknown"]
    assert refused(workspace, record, {"quantity": f"{old['quantity']:f}".rstrip("0")}) == ["correct_same"]
    assert refused(workspace, record, {}, "x") == ["reason_too_short"]
    assert refused(workspace, record, {"site": "nowhere"})[0] == "correct_not_taken"
    assert refused(workspace, record, {"start": "2099-01-01", "end": "2099-01-01"})[0] == "correct_not_taken"
    made = correct(workspace, record, {"quantity": "1"}, "a reason", "Jan")
    assert refused(workspace, record, {"quantity": "2"}) == ["correct_twice"]
    reversal, new = made.batch.records().to_pylist()
    assert refused(workspace, reversal["record_id"], {}) == ["correct_credit_itself"]
    correct(workspace, new["record_id"], {"quantity": "2"}, "a reason", "Jan")
    workspace.withdraw(made.batch.id, "a mistake", "Jan")
    assert refused(workspace, new["record_id"], {}) == ["correct_not_counting"]


def test_a_correction_of_what_counts_no_more_stands_in_the_way_of_publication(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    [fuel] = [batch for batch in workspace.active_batches() if batch.source == "tankpas"]
    made = correct(workspace, one_of(workspace, "tankpas")["record_id"], {"quantity": "1"}, "a reason", "Jan").batch
    found = run(workspace, 2024)
    assert loose(workspace, found) == []
    mended = take_in(workspace, "tankpas.csv", fuel_card(FILLS[:1]), replaces=fuel.id).batch
    assert mended.id != fuel.id
    [issue] = loose(workspace, run(workspace, 2024))
    assert issue.values["batch"] == made.id
    workspace.withdraw(made.id, "its record is gone", "Jan")
    assert loose(workspace, run(workspace, 2024)) == []


def loose(workspace: Workspace, of: Run) -> list[Issue]:
    """Return what says that a correction is left without its record."""
    return [issue for issue in obstacles(workspace, of) if issue.code == "publish_correction_loose"]


def test_a_published_year_is_closed(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    account_for(workspace, 2024)
    run(workspace, 2024)
    publish_sample(workspace, Period.year(2024))
    old = one_of(workspace, "tankpas")
    assert refused(workspace, old["record_id"], {}) == ["correct_published"]
    open_year = next(r for r in workspace.active_batches()[0].records().to_pylist() if r["start"].year == 2023)
    assert refused(workspace, open_year["record_id"], {"start": "2024-01-02", "end": "2024-01-02"}) == [
        "correct_published"
    ]
