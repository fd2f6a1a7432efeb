"""What the first readers of the code found, each kept from coming back."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trede.intake.checking import load_profile
from trede.kernel.errors import TredeError
from trede.organisation.decisions import Override, Revoke
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from workspaces import BY, LIST_2026, Copy, Fill, clock, fuel_card, pin, run, take_in

DIESEL = "brandstoffen-voertuigen-en-schepen/fossiele-brandstoffen-met-bio-bijmenging/diesel-b7/liter"


def total(workspace: Workspace) -> Decimal:
    """Sum the ledger of the run that answers for 2024, in milligrams."""
    return sum(workspace.find_run("2024").table("ledger")["co2e"].to_pylist())


@pytest.mark.parametrize("name", ["quantity=5", "site=oost", "batch=x"])
def test_a_folder_named_like_a_column_changes_nothing(small: Workspace, tmp_path: Path, name: str) -> None:
    plain, odd = tmp_path / "plain", tmp_path / name / "workspace"
    for target in (plain, odd):
        shutil.copytree(small.layout.root, target)
    results = []
    for target in (plain, odd):
        workspace = Workspace(target, clock)
        pin(workspace)
        results.append(run(workspace, 2024).result)
    assert results[0] == results[1]


def test_a_revoked_decision_brings_the_earlier_figure_back(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    pin(workspace)
    first = run(workspace, 2024)
    before = total(workspace)
    override = workspace.decide(
        Override(
            activity_type="fuel-vehicle",
            attributes={"fuel": "petrol-e10"},
            years=(2024,),
            library=LIST_2026,
            factor=DIESEL,
            **BY,
        )
    )
    run(workspace, 2024)
    assert total(workspace) != before
    workspace.decide(Revoke(decision=override.id, **BY))
    again = run(workspace, 2024)
    assert again.id == first.id == workspace.find_run("2024").id
    assert total(workspace) == before


def test_a_year_without_records_is_no_run(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    with pytest.raises(TredeError) as found:
        run(workspace, 1999)
    assert found.value.issues[0].code == "nothing_to_run"
    assert workspace.runs() == []


def test_a_quarter_is_found_by_its_name(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    pin(workspace)
    made = run(workspace, "2024")
    assert workspace.find_run("2024-01-01..2024-12-31").id == made.id


def test_a_batch_of_another_source_is_not_replaced(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    gas = next(batch for batch in workspace.active_batches() if batch.source != "tankpas")
    with pytest.raises(TredeError) as found:
        take_in(workspace, "tankpas-2024.csv", replaces=gas.id)
    assert found.value.issues[0].code == "replaces_other_source"
    assert gas.id in {batch.id for batch in workspace.active_batches()}


def test_thousands_or_decimals_are_not_guessed_from_a_profile(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    text = """
        id = "los"
        title = "Los"
        source = "los"
        [file]
        delimiter = ";"
        decimal = ","
        dates = "dd-mm-yyyy"
        [columns.date]
        header = "Datum"
        [columns.quantity]
        header = "Liters"
        [constants]
        activity_type = "fuel-vehicle"
        fuel = "petrol-e10"
        control = "controlled"
        unit = "l"
    """
    data = b"Datum;Liters\n01-03-2024;48.320\n02-03-2024;61.330\n"
    with pytest.raises(TredeError) as found:
        import_file(workspace, data, "los.csv", load_profile(text.encode(), "los.toml"))
    assert [issue.code for issue in found.value.issues] == ["decimal_undecided"]
    plausible = text.replace('header = "Liters"', 'header = "Liters"\nbetween = ["1", "100000"]')
    batch = import_file(workspace, data, "los.csv", load_profile(plausible.encode(), "los.toml")).batch
    assert pq.read_table(batch.records_path)["quantity"].to_pylist() == [Decimal(48320), Decimal(61330)]


def test_a_receipt_that_is_in_already_is_held(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    again = [Fill("B2", date(2024, 1, 5), "38,99"), Fill("B9", date(2024, 4, 1), "20,00")]
    imported = take_in(workspace, "tankpas-april.csv", fuel_card(again))
    assert imported.batch.counts["accepted"] == 1
    (issue,) = (issue for issue in imported.issues if issue.code == "document_already_in")
    assert (issue.location.row, issue.values["document"], issue.values["first_file"]) == (2, "B2", "tankpas.csv")


def test_a_credit_cannot_name_itself(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    fills = [Fill("C1", date(2024, 4, 1), "20,00"), Fill("C2", date(2024, 4, 2), "-5,00", credit_of="C2")]
    imported = take_in(workspace, "tankpas-mei.csv", fuel_card(fills))
    assert [issue.code for issue in imported.issues] == ["credit_without_original"]
