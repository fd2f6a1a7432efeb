"""The printed report: tagged, in its language, with alternative texts, and the same bytes everywhere."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from trede.report.document import Chart, Document
from trede.report.pdf import FONTS, to_pdf
from trede.report.writing import Writer
from trede.workspace import Workspace


@pytest.fixture(scope="module")
def printed(dutch: Document) -> bytes:
    return to_pdf(dutch)


@pytest.fixture(scope="module")
def reader(printed: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(printed))


def elements(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Yield every element of the structure tree."""
    waiting: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        found = waiting.pop()
        found = found.get_object() if isinstance(found, IndirectObject) else found
        if isinstance(found, ArrayObject):
            waiting += found
        elif isinstance(found, DictionaryObject) and found.get("/Type") != "/MCR":
            if "/S" in found:
                yield found
            waiting.append(found.get("/K"))


def test_it_is_tagged_and_in_its_language(reader: PdfReader, english: Document) -> None:
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("nl")
    assert reader.metadata is not None
    assert reader.metadata.title == "CO₂-voetafdruk 2022 – 2024"
    assert reader.metadata.author == "Voorbeeld Schoonmaak B.V."
    other = PdfReader(io.BytesIO(to_pdf(english)))
    assert str(other.trailer["/Root"]["/Lang"]).startswith("en")


def test_it_declares_pdf_ua_and_pdf_a(reader: PdfReader) -> None:
    declared = reader.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in declared
    assert "<pdfaid:part>2</pdfaid:part>" in declared
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in declared


def test_every_chart_has_its_words(reader: PdfReader, dutch: Document) -> None:
    charts = [dutch.cover, *(part for part in dutch.parts() if isinstance(part, Chart))]
    wanted = {chart.alt.show(Writer("nl")) for chart in charts}
    found = {str(e["/Alt"]) for e in elements(reader) if "/Alt" in e}
    assert len(wanted) == len(charts) == 7
    assert wanted <= found
    assert any("2024 167,99" in text for text in wanted)


def test_tables_have_real_headers_and_chapters_are_bookmarks(reader: PdfReader, dutch: Document) -> None:
    kinds = [str(e["/S"]) for e in elements(reader)]
    assert kinds.count("/Table") >= 15
    assert kinds.count("/TH") >= 60
    marks = [str(mark["/Title"]) for mark in reader.outline if isinstance(mark, dict)]
    chapters = [section.title for section in dutch.sections if section.on != "workbook"]
    assert [title for title in chapters if not any(title in mark for mark in marks)] == []


def test_pages_carry_the_run_and_their_number(reader: PdfReader, example: Workspace) -> None:
    run = example.find_run("2024")
    for at, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert run.id[:8] in text
        assert f"{at} / {len(reader.pages)}" in text
    everything = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert run.id in everything
    assert str(run.result["ledger_content"]) in everything


def test_figures_print_as_they_print_everywhere(reader: PdfReader) -> None:
    text = "".join(page.extract_text() for page in reader.pages)
    assert "167,99" in text
    assert "niet getoetst" in text
    assert "de getoonde delen tellen daardoor niet altijd op" in text


def test_only_shipped_fonts_are_used(reader: PdfReader) -> None:
    names = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert names
    assert all(any(own in name for own in ("SourceSans3", "SourceSerif4", "TredeSans")) for name in names), names
    licences = {path.name for path in FONTS.glob("*-OFL.txt")}
    assert licences == {"SourceSans3-OFL.txt", "SourceSerif4-OFL.txt"}
    readme = (FONTS / "README.md").read_text("utf-8")
    for path in FONTS.glob("*.ttf"):
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme


def test_two_processes_give_the_same_bytes(printed: bytes, example: Workspace) -> None:
    script = """
import hashlib, sys
from pathlib import Path
import trede
from trede.workspace.reporting import make_report
from trede.report.pdf import to_pdf
books = trede.open_books(sys.argv[1])
report = make_report(books.workspace, ["2022", "2023", "2024"], "nl", lambda issues: books.tell(issues, "nl"))
print(hashlib.sha256(to_pdf(report)).hexdigest())
"""
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(example.layout.root)],
        capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    assert done.stdout.strip() == hashlib.sha256(printed).hexdigest()
