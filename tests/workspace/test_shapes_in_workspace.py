"""Cross-tabs, meter readings and workbooks of several sheets in a workspace: decisions, addresses, verification."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from trede.activity.batches import Batch
from trede.cli.main import main
from trede.intake.profile import Profile
from trede.intake.settings import FileSettings
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError, StoreError
from trede.organisation.decisions import HeldRow
from trede.trace.record import explain_record
from trede.workspace import Workspace
from trede.workspace.importing import import_file, reimport
from trede.workspace.verifying import verify
from workspaces import BY, create, run

PAGE = (Path(__file__).parents[2] / "docs" / "shapes.md").read_text("utf-8")
EXAMPLES = re.findall(r"```csv\n(.*?)```\n\n(?:[^`]*?)```toml\n(id = .*?)```", PAGE, re.S)
SUPPLIER, READINGS = EXAMPLES[0], EXAMPLES[3]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create(tmp_path / "workspace")


def profile(workspace: Workspace, text: str) -> Profile:
    return workspace.save_profile(text.replace('[columns.site]\nheader = "Locatie"', "").encode(), "p.toml")


def sites_aside(text: str) -> str:
    return text.replace('total = "Totaal"', 'total = "Totaal"\naside = ["Locatie"]')


def supplier(workspace: Workspace, text: str = SUPPLIER[0]) -> Batch:
    return import_file(workspace, text.encode(), "maanden.csv", profile(workspace, sites_aside(SUPPLIER[1]))).batch


def decide(workspace: Workspace, batch: Batch, at: Address, choice: str) -> Batch:
    about = {"file_sha256": batch.file_sha256, "sheet": batch.sheet, "source": batch.source}
    workspace.decide(HeldRow(**about, row=at.row, place=at.place, choice=choice, **BY))
    return reimport(workspace, batch).batch


def test_a_cross_tab_is_stored_verified_and_explained_by_its_cell(workspace: Workspace) -> None:
    batch = supplier(workspace)
    found = run(workspace, 2024)
    record = next(r for r in batch.records().to_pylist() if r["column_number"] == 5 and r["row"] == 4)

    trail = explain_record(found, record["record_id"], {batch.id: batch})

    shown = {cell.field: (cell.heading, cell.letter, cell.text) for cell in trail.cells}
    assert shown["quantity"] == ("mrt", "E", "150,50")
    assert shown["meter"] == ("EAN", "A", "871687120000000002")
    assert batch.row_cells(4) == ["871687120000000002", "Arnhem", "200,00", "-", "150,50", "350,50"]
    assert sum(batch.counts.values()) == 30
    assert verify(workspace).good


def test_a_held_cell_is_decided_and_verified(workspace: Workspace) -> None:
    text = SUPPLIER[0].replace("1.234,50", "91.234,50").replace("3.314,75", "93.314,75")
    text = text.replace("1.434,50", "91.434,50").replace("3.665,25", "93.665,25")
    held = supplier(workspace, text)
    assert [str(issue.location.address) for issue in held.problems("held")] == ["3:C"]

    accepted = decide(workspace, held, Address(3, 3), "accept")

    assert accepted.counts["accepted"] == 5
    assert accepted.replaces == [held.id]
    assert verify(workspace).good


def test_the_same_cell_of_another_delivery_is_a_duplicate_at_its_cell(workspace: Workspace) -> None:
    supplier(workspace)
    again = SUPPLIER[0].replace("200,00;-;150,50;350,50", "200,00;-;160,50;360,50")
    again = again.replace("1.130,75;3.665,25", "1.140,75;3.675,25")
    batch = supplier(workspace, again)
    issues = batch.problems("held")
    assert {issue.code for issue in issues} == {"duplicate_of_stored"}
    assert [(str(i.location.address), i.values["first_row"]) for i in issues] == [
        ("3:C", "3:C"), ("3:D", "3:D"), ("3:E", "3:E"), ("4:C", "4:C"),
    ]  # fmt: skip
    assert batch.counts["accepted"] == 1
    dropped = decide(workspace, batch, Address(3, 3), "drop")
    assert dropped.counts["held"] == 3
    assert verify(workspace).good


def test_a_dropped_reading_is_passed_over_and_verified(workspace: Workspace) -> None:
    text = READINGS[0].replace("12,5;;40", "98.000,0;;40").replace("40,5;eindstand", "99.990,0;eindstand")
    held = import_file(workspace, text.encode(), "standen.csv", profile(workspace, READINGS[1])).batch
    assert [issue.code for issue in held.problems()] == ["reading_lower", "reading_after_held"]

    settled = decide(workspace, held, Address(4), "drop")

    quantities = [(r["opening_row"], r["row"], int(r["quantity"])) for r in settled.records().to_pylist()]
    assert quantities == [(2, 3, 5200), (3, 5, 400), (6, 7, 600)]
    assert verify(workspace).good


def test_a_reading_is_explained_with_the_one_before(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    batch = import_file(workspace, READINGS[0].encode(), "standen.csv", profile(workspace, READINGS[1])).batch
    found = run(workspace, 2024)
    record = next(r["record_id"] for r in batch.records().to_pylist() if r["row"] == 4)
    assert main(["--workspace", str(workspace.layout.root), "--lang", "nl", "explain", f"{found.id}/{record}"]) == 0
    told = capsys.readouterr().out
    assert "Meterstand 12,5, geteld vanaf 99.980 in rij 3." in told
    assert "Hoeveelheid van het bestand × 40, de factor van deze rij." in told


def test_a_decision_that_another_makes_needless_does_no_harm(workspace: Workspace) -> None:
    rows = ["01-01-2024;1000,0", "01-02-2024;9000,0", "01-03-2024;1200,0", "01-04-2024;1100,0", "01-05-2024;1250,0"]
    text = "\n".join(["Meternummer;Datum;Stand;Soort;Factor", *(f"A;{row};;1" for row in rows), ""])
    text += "B;01-01-2024;1,0;;1\nB;01-02-2024;2,0;;1\n"
    batch = import_file(
        workspace, text.encode(), "s.csv", profile(workspace, READINGS[1].replace("20000", "500"))
    ).batch
    for at in (Address(5), Address(3)):
        batch = decide(workspace, batch, at, "drop")
    assert [(r["opening_row"], r["row"]) for r in batch.records().to_pylist()] == [(2, 4), (4, 6), (7, 8)]
    assert verify(workspace).good


PLAIN = """
id = "blad"
title = "Blad"
source = "SOURCE"
[columns.period]
header = "Maand"
[columns.quantity]
header = "kWh"
[columns.note]
header = "Opmerking"
[constants]
activity_type = "electricity"
unit = "kWh"
"""


def book(tmp_path: Path) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for number, name in enumerate(("Utrecht", "Arnhem", "Toelichting")):
        sheet = workbook.create_sheet(name) if number else sheet
        sheet.title = name
        sheet.append(["Maand", "kWh", "Opmerking"] if number < 2 else ["Over", "dit", "bestand"])
        sheet.append(["2024-01", 100 + number, name])
    path = tmp_path / "werkmap.xlsx"
    workbook.save(path)
    return path.read_bytes()


def test_each_sheet_of_a_workbook_is_taken_in_and_what_nobody_reads_is_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    data, reads = book(tmp_path), profile(workspace, PLAIN.replace("SOURCE", "blad"))

    def take(sheet: str, **options: bool) -> tuple[str, list[str]]:
        done = import_file(workspace, data, "werkmap.xlsx", reads, overrides=FileSettings(sheet=sheet), **options)
        left = [issue.values["others"] for issue in done.issues if issue.code == "sheets_left_out"]
        return done.batch.id, [str(name) for names in left for name in names]  # type: ignore[union-attr]

    first, left = take("Utrecht")
    assert left == ["Arnhem", "Toelichting"]
    second, left = take("Arnhem")
    assert left == ["Toelichting"]
    assert {batch.sheet for batch in workspace.active_batches()} == {"Utrecht", "Arnhem"}
    assert take("Utrecht")[0] == first
    other = profile(workspace, PLAIN.replace("SOURCE", "blad").replace('"Opmerking"', '"Opmerking"\noptional = true'))
    with pytest.raises(StoreError, match="file_already_in"):
        import_file(workspace, data, "werkmap.xlsx", other, overrides=FileSettings(sheet="Utrecht"))
    elsewhere = profile(workspace, PLAIN.replace("SOURCE", "ander"))
    import_file(workspace, data, "werkmap.xlsx", elsewhere, overrides=FileSettings(sheet="Utrecht"))
    assert len(workspace.active_batches()) == 3
    assert second in {batch.id for batch in workspace.active_batches()}
    assert {batch.origin for batch in workspace.active_batches()} == {"werkmap.xlsx · Utrecht", "werkmap.xlsx · Arnhem"}
    assert verify(workspace).good


def test_a_decision_is_about_its_own_sheet(workspace: Workspace, tmp_path: Path) -> None:
    book(tmp_path)
    narrow = PLAIN.replace('header = "kWh"', 'header = "kWh"\nbetween = ["0", "50"]')
    reads = profile(workspace, narrow.replace("SOURCE", "blad"))
    second = openpyxl.load_workbook(tmp_path / "werkmap.xlsx")
    for name in ("Utrecht", "Arnhem"):
        second[name].append(["2024-02", 5, name])
    second.save(tmp_path / "werkmap.xlsx")
    data = (tmp_path / "werkmap.xlsx").read_bytes()
    batches = [
        import_file(workspace, data, "werkmap.xlsx", reads, overrides=FileSettings(sheet=name)).batch
        for name in ("Utrecht", "Arnhem")
    ]
    assert [batch.counts["held"] for batch in batches] == [1, 1]

    decide(workspace, batches[0], Address(2), "accept")

    assert {batch.sheet: batch.counts["held"] for batch in workspace.active_batches()} == {"Utrecht": 0, "Arnhem": 1}
    assert reimport(workspace, batches[1]).again
    assert verify(workspace).good


def test_the_command_line_names_cells(workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        SUPPLIER[0].replace("980,25;3.314,75", "x;3.314,75").replace("1.234,50", "91.234,50").partition("Totaal;;")[0]
    )
    text = text.replace("3.314,75", "")
    (tmp_path / "maanden.csv").write_text(text, encoding="utf-8")
    shape = sites_aside(SUPPLIER[1]).replace('[columns.site]\nheader = "Locatie"', "").split("[[totals]]")[0]
    (tmp_path / "p.toml").write_text(shape, encoding="utf-8")
    here = ["--workspace", str(workspace.layout.root), "--lang", "nl"]

    assert main([*here, "import", str(tmp_path / "maanden.csv"), "--profile", str(tmp_path / "p.toml")]) == 0
    out = capsys.readouterr().out
    assert "24 cellen" in out
    assert "rij 3, kolom E (mrt)" in out
    batch = workspace.active_batches()[0].id
    assert main([*here, "rows", batch, "--csv", str(tmp_path / "mend.csv")]) == 0
    mended = (tmp_path / "mend.csv").read_text("utf-8-sig").splitlines()
    assert len(mended) == 2
    assert mended[1].startswith("871687120000000001;Utrecht;91.234,50;1.100,00;x;;3;")
    assert "3:C: " in mended[1]
    assert "3:E: " in mended[1]
    assert main([*here, "decide", batch, "3", "--accept", "--reason", "checked"]) == 1
    assert "3:C" in capsys.readouterr().err
    assert main([*here, "decide", batch, "3:c", "--accept", "--reason", "checked", "--by", "me"]) == 0
    assert workspace.active_batches()[0].counts["accepted"] == 4


def test_an_import_without_a_profile_says_what_to_do(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "maanden.csv").write_text(SUPPLIER[0], encoding="utf-8")
    here = ["--workspace", str(workspace.layout.root), "--lang", "en"]
    assert main([*here, "import", str(tmp_path / "maanden.csv")]) == 1
    told = capsys.readouterr().err
    assert "a cross-tab" in told
    assert "trede inspect" in told


def test_an_accepted_difference_is_about_its_own_sheet(workspace: Workspace, tmp_path: Path) -> None:
    data = book(tmp_path)
    (tmp_path / "same.xlsx").write_bytes(data)
    reads = profile(workspace, PLAIN.replace("SOURCE", "blad"))

    def take(sheet: str, total: int) -> None:
        settings = FileSettings(sheet=sheet)
        import_file(workspace, data, "werkmap.xlsx", reads, control_total=Decimal(total), overrides=settings)

    def accept(*sheet: str) -> int:
        return main(["-w", str(workspace.layout.root), "accept-difference", str(tmp_path / "same.xlsx"), "--difference",
                     "5", *sheet, "--reason", "their total is wrong", "--by", "me"])  # fmt: skip

    assert accept() == 1  # which sheet is not said
    assert accept("--sheet", "Nergens") == 1
    assert accept("--sheet", "Utrecht") == 0
    take("Utrecht", 105)
    with pytest.raises(IntakeError, match="control_total_differs"):
        take("Arnhem", 106)
    assert accept("--sheet", "2") == 0
    take("Arnhem", 106)
    assert {batch.sheet for batch in workspace.active_batches()} == {"Utrecht", "Arnhem"}
