"""What is open stands on the cover and on the first sheet, counted; without open points neither says anything."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from report_samples import teller

from trede.kernel.periods import Period
from trede.report.build import build
from trede.report.document import Document, Listing
from trede.report.matter import Doubt
from trede.report.pdf import to_pdf
from trede.report.wording import Wording
from trede.report.workbook import to_workbook
from trede.report.writing import Shown
from trede.workspace import Workspace
from trede.workspace.reporting import gather, make_report
from workspaces import Copy, fuel_card, pin, run, take_in


def cover(document: Document) -> str:
    return " ".join(PdfReader(io.BytesIO(to_pdf(document))).pages[0].extract_text().split())


def first_sheet(document: Document) -> list[str]:
    sheet = load_workbook(io.BytesIO(to_workbook(document))).worksheets[0]
    return [str(row[0].value) for row in sheet.iter_rows() if row[0].value]


def test_open_points_stand_on_the_cover_and_the_first_sheet(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    take_in(workspace, "tankpas-more.csv", fuel_card().replace(b"HVO100", b"Kerosine").replace(b"B4", b"C4"))
    unpinned = run(workspace, 2024, lists="own-year")
    report = make_report(workspace, [unpinned.id], "nl", teller("nl"))
    told = [statement.show(Wording("nl")) for statement in report.warnings]
    assert told[0] == "Er staat nog iets open. De uitstoot kan daardoor anders uitkomen."
    assert any(text.startswith("2024: ") and "tellen niet mee, want er is geen factor voor" in text for text in told)
    assert "1 rij van de bestanden is afgewezen en telt niet mee." in told
    missing = [text for text in told if text.endswith("verwachte bronnen ontbreken.")]
    assert len(missing) == 1
    printed = [section.title for section in report.sections if section.on != "workbook"]
    assert told[-1] == f"Lees meer in hoofdstuk {printed.index('Wat nog openstaat') + 1}: Wat nog openstaat."
    page, lines = cover(report), first_sheet(report)
    for text in told[:-1]:
        assert text in page
        assert f"• {text}" in lines
    assert told[-1] in page
    assert "• Het werkblad Openstaand noemt elk punt." in lines


@pytest.mark.parametrize("number", [1, 2])
def test_a_double_count_is_counted_once_whatever_the_number_of_runs(example: Workspace, number: int) -> None:
    matter = gather(example, ["2023", "2024"], teller("en"))
    doubts = [Doubt(f"abcd123{at}", "meter_twice", Period.parse("2023..2024"), 2, 5) for at in range(number)]
    report = build(replace(matter, runs=[replace(covered, doubts=doubts) for covered in matter.runs]), "en")
    told = [statement.show(Wording("en")) for statement in report.warnings]
    wanted = "1 probable double count waits" if number == 1 else "2 probable double counts wait"
    assert f"{wanted} for a decision." in told


def test_a_report_without_open_points_says_nothing(example: Workspace) -> None:
    matter = gather(example, ["2024"], teller("nl"))
    report = build(replace(matter, runs=[replace(covered, doubts=[]) for covered in matter.runs]), "nl")
    assert report.warnings == ()
    assert not any(isinstance(part, Listing) for part in report.sections[0].parts)
    assert "openstaat" not in " ".join(first_sheet(report))


def test_a_source_that_nobody_registered_counts_and_the_report_says_so(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    pin(workspace)
    run(workspace, 2024)
    words = Wording("nl")
    told = " ".join(s.show(words) for s in make_report(workspace, ["2024"], "nl", teller("nl")).statements())
    assert "Alleen wat in de bronnen hieronder staat, kan meetellen." in told
    assert "Ook die records tellen mee" not in told
    text = workspace.organisation_versions.latest().read().decode()  # type: ignore[union-attr]
    start = text.index('[[source]]\nid = "tankpas"')
    workspace.describe((text[:start] + text[text.index("[[source]]", start + 1) :]).encode(), "organisation.toml")
    told = " ".join(s.show(words) for s in make_report(workspace, ["2024"], "nl", teller("nl")).statements())
    assert "Daarbij is een bron die niet in de bronnenlijst staat: tankpas. Ook die records tellen mee." in told


def test_one_takes_another_word_than_many() -> None:
    text = "{count} {count:record telt/records tellen} mee"
    assert [text.format(count=Shown(n)) for n in ("0", "1", "1.000")] == [
        "0 records tellen mee", "1 record telt mee", "1.000 records tellen mee",
    ]  # fmt: skip
    assert f"{Shown('1'):>3}" == "  1"
