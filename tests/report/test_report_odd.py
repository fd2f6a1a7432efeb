"""Reports of odd matter: signs that no font has, many runs, runs of one period, parts of years."""

from __future__ import annotations

import io
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader
from report_samples import teller

from trede.catalogue.standards import standards
from trede.engine.runs import RunStore
from trede.kernel.periods import Period
from trede.organisation.reading import load_organisation
from trede.report.build import build
from trede.report.document import Column, Document, Row, Section, Statement, Table, tonnes
from trede.report.frame import Frame
from trede.report.matter import Covered, Doubt, Matter
from trede.report.parts.uncertainty import uncertainty
from trede.report.pdf import to_pdf
from trede.report.signs import kind, spell, undisplayed
from trede.report.wording import Wording
from trede.workspace import Workspace
from trede.workspace.reporting import gather, make_report
from workspaces import EXAMPLE, Copy, pin, publish_sample, run

EARLIER = Path(__file__).parents[1] / "workspace" / "earlier" / "run-0.1.0.zip"


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


@pytest.fixture(scope="module")
def quarters(small: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Document:
    target = tmp_path_factory.mktemp("quarters") / "workspace"
    shutil.copytree(small.layout.root, target)
    workspace = Workspace(target, small.clock)
    names = ["2024", "2023-Q3", "2023-Q4", "2024-Q1", "2024-H1", "2024-01", "2024-02", "2024-03", "2023..2024", "2023"]
    for name in names:
        run(workspace, name)
    return make_report(workspace, names, "en", teller("en"))


def test_signs_without_a_font_are_spelled_in_an_accessible_pdf(english: Document) -> None:
    name = "北京 & Söhne #let {x} 🌱 \x07 $a$ @b"
    text = text_of(to_pdf(replace(english, organisation=name)))
    assert "[U+5317][U+4EAC] & Söhne #let {x} [U+1F331]" in text
    assert "[U+0007] $a$ @b" in text


def test_what_the_typesetter_could_not_show() -> None:
    assert undisplayed('error: the text `"中"` could not be displayed with font `"x"`') == "中"
    assert undisplayed('the text `"\\u{7}"` could not be displayed') == "\x07"
    assert kind("中") == kind("文") == "CJK"
    assert kind("a") == "a"
    assert spell("a中\n文", {"CJK"}) == "a[U+4E2D]\n[U+6587]"


def test_other_errors_of_the_typesetter_are_not_swallowed(
    english: Document, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    template = tmp_path / "template.typ"
    template.write_text("#no-such-function()", encoding="utf-8")
    monkeypatch.setattr("trede.report.pdf.TEMPLATE", template)
    with pytest.raises(typst.TypstError):
        to_pdf(english)


def test_many_runs_fit_on_the_page(quarters: Document) -> None:
    text = text_of(to_pdf(quarters))
    assert "2024-Q1" in text
    assert quarters.cover.table.rows[-1].cells[0] == quarters.sections[0].parts[-1].columns[-3].name  # type: ignore[union-attr]
    assert len(quarters.cover.table.rows) <= 6
    tables = [p for p in quarters.parts() if isinstance(p, Table)]
    assert max(sum(c.figure and c.on == "both" for c in table.columns) for table in tables) > 8


def test_a_wide_table_is_cut_without_losing_a_column(english: Document) -> None:
    columns = (Column("name", width=1), *(Column(f"c{at}", figure=True) for at in range(20)))
    row = Row(("row", *(tonnes((at + 1) * 10**9) for at in range(20))))
    table = Table("wide", columns, (row,), (Statement("the note"),))
    text = text_of(
        to_pdf(replace(english, lead=english.lead, sections=(*english.sections, Section("w", "w", "w", (table,)))))
    )
    assert [at for at in range(20) if f"c{at}\n" not in text and f"c{at} " not in text] == []
    assert all(f"{at}.00" in text for at in range(1, 21))
    assert text.count("the note") == 1


def test_two_runs_of_one_period_have_their_number(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    second = run(workspace, 2024, lists="own-year")
    report = make_report(workspace, [first.id, second.id], "nl", teller("nl"))
    assert {row.cells[0] for row in report.cover.table.rows} == {f"2024 ({first.id[:8]})", f"2024 ({second.id[:8]})"}
    told = " ".join(s.show(Wording("nl")) for s in report.statements())
    assert "records tellen niet mee, want er is geen factor voor" in told
    pin(workspace, (2024,))
    assert to_pdf(report)


def test_what_is_outside_the_boundary_stands_beside(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    described = (EXAMPLE / "organisation.toml").read_text("utf-8").replace(
        'name = "Voorbeeld Schoonmaak B.V."\n\n[[site]]',
        'name = "Voorbeeld Schoonmaak B.V."\nownership = [{ to = 2024-02-08, share = 1, controlled = true }, '
        "{ from = 2024-02-09, share = 0.3, controlled = false }]\n\n[[site]]",
    )  # fmt: skip
    workspace.describe(described.encode(), "organisation.toml")
    done = run(workspace, 2024)
    outside = sum(int(row["co2e"]) for row in done.table("outside").to_pylist())
    assert outside > 0
    report = make_report(workspace, ["2024"], "en", teller("en"))
    tables = [p for p in report.parts() if isinstance(p, Table)]
    beside = [row for table in tables for row in table.rows if row.cells[0] == "Beside: outside the boundary"]
    assert {row.cells[1] for row in beside} == {tonnes(outside)}
    [owned] = [table for table in tables if table.title == "Ownership and control"]
    assert [row.cells[-1] for row in owned.rows] == ["inside", "outside"]
    [records] = [table for table in tables if table.title == "Every record with its emissions"]
    body = [row for row in records.rows if row.role == "body"]
    at = [column.name for column in records.columns].index("Boundary")
    assert {row.cells[at] for row in body} == {"inside", "outside"}


def test_a_run_of_an_earlier_version_shows_its_totals_without_an_interval(tmp_path: Path) -> None:
    with zipfile.ZipFile(EARLIER) as bundle:
        bundle.extractall(tmp_path / "bundle")
    ident = next((tmp_path / "bundle" / "runs").iterdir()).name
    earlier = RunStore(tmp_path / "bundle" / "runs").get(ident)
    covered = Covered(earlier, [], [], [], stale=False, told=[], doubts=[], unmatched=0, held_by_others={})
    matter = Matter(load_organisation((EXAMPLE / "organisation.toml").read_bytes(), "o"), [covered], {}, [], None, [])
    section = uncertainty(Frame(matter, Wording("en")))
    [table] = [part for part in section.parts if isinstance(part, Table)]
    totals = [covered.view(s, basis).total for s in standards().values() for basis in s.bases]
    assert [row.cells[1] for row in table.rows] == [tonnes(mg) for mg in totals]
    assert all(totals)
    assert {row.cells[3] for row in table.rows} == {None}
    assert section.parts[0] == Statement("No uncertainty of this calculation is known.")


def test_double_counts_are_named_with_the_tonnes_at_stake(example: Workspace) -> None:
    matter = gather(example, ["2024"], teller("en"))
    doubt = Doubt("abcd1234", "meter_twice", Period.year(2024), 2, 5_000_000_000)
    held = {("co2-prestatieladder-3.1", "market"): 7_000_000_000}
    covered = replace(matter.runs[0], doubts=[doubt], held_by_others=held)
    report = build(replace(matter, runs=[covered]), "en")
    tables = {p.title: p for p in report.parts() if isinstance(p, Table)}
    [row] = tables["Probable double counts"].rows
    assert row.cells[0] == "abcd1234"
    assert row.cells[4] == tonnes(5_000_000_000)
    beside = [r for r in tables["Emissions under CO2 Performance Ladder 3.1, t CO₂e"].rows if r.role == "beside"]
    assert ("Not posted: in other records already", tonnes(7_000_000_000)) in [r.cells[:2] for r in beside]
    told = " ".join(s.show(Wording("en")) for s in report.statements())
    assert "Points that are open: " in told


def test_a_published_run_says_so_on_the_cover(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    draft = dict(make_report(workspace, ["2023"], "en", teller("en")).facts)
    assert draft["Status"] == "draft, not published"
    done = publish_sample(workspace, Period.year(2023), "checked by two people")
    facts = dict(make_report(workspace, ["2023"], "en", teller("en")).facts)
    assert facts["Status"] == f"published on 22 November 2026 by Quality officer (number {done.id})"
