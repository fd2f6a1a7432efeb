"""Pages of a PDF: drawn apart and within limits, shown to whoever may read, written down, and gone with the original."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf.generic import NameObject, StreamObject
from web_site import Page, Site, text_of

from trede.kernel.identity import sha256
from trede.workspace import Workspace
from trede_web.bridge.books import open_books
from trede_web.bridge.evidence.papers import draw_sheet, page_picture
from trede_web.paper.process import PAGES, Fault, draw
from trede_web.paper.process import Page as Drawn
from trede_web.people.models import LogEntry
from trede_web.work.models import Job

ASKED = {"source": "snelle-invoer", "type": "electricity"}
FIGURES = {"meter-0": "A1", "unit-0": "kWh", "cell-0-0": "100", "lines": "1"}


def pdf(*texts: str, size: tuple[float, float] = (595, 842), lock: str = "") -> bytes:
    """Make a PDF with a line of text on each page."""
    writer = pypdf.PdfWriter()
    for text in texts:
        page = writer.add_blank_page(*size)
        font = pypdf.generic.DictionaryObject(
            {
                NameObject(f"/{k}"): NameObject(f"/{v}")
                for k, v in (("Type", "Font"), ("Subtype", "Type1"), ("BaseFont", "Helvetica"))
            }
        )
        fonts = pypdf.generic.DictionaryObject({NameObject("/F"): font})
        page[NameObject("/Resources")] = pypdf.generic.DictionaryObject({NameObject("/Font"): fonts})
        _write(writer, page, f"BT /F 20 Tf 60 700 Td ({text}) Tj ET".encode())
    if lock:
        writer.encrypt(lock)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _write(writer: pypdf.PdfWriter, page: pypdf.PageObject, content: bytes) -> None:
    stream = StreamObject()
    stream.set_data(content)
    page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())


def slow() -> bytes:
    """Make a page that takes long to draw."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(595, 842)
    curves = (
        f"{n % 600} {n * 7 % 800} {n * 13 % 600} {n * 3 % 800} {n * 11 % 600} {n * 17 % 800} c" for n in range(60_000)
    )
    _write(writer, page, f"0 0 m {' '.join(curves)} B\n".encode() * 5)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def stored(folder: Path, data: bytes) -> Path:
    path = folder / "a.pdf"
    path.write_bytes(data)
    return path


def test_a_page_is_a_picture_with_its_text(tmp_path: Path) -> None:
    drawn = draw(stored(tmp_path, pdf("Eerste", "Tweede: 1.234 kWh")), 2)
    assert isinstance(drawn, Drawn)
    assert (drawn.count, drawn.text, drawn.cut) == (2, "Tweede: 1.234 kWh", False)
    assert drawn.picture.startswith(b"\x89PNG\r\n\x1a\n")
    assert 1230 < drawn.width < 1250 < drawn.height < 1765
    assert len(set(drawn.picture)) > 10


@pytest.mark.parametrize(
    ("data", "number", "code"),
    [
        (b"%PDF-1.7\nnothing", 1, "broken"),
        (b"", 1, "broken"),
        (pdf("geheim", lock="slot"), 1, "encrypted"),
        (pdf("een"), 2, "no_page"),
        (pdf("een"), PAGES + 1, "many"),
    ],
    ids=["broken", "empty", "locked", "no such page", "too many"],
)
def test_what_cannot_be_drawn_has_a_code(tmp_path: Path, data: bytes, number: int, code: str) -> None:
    assert draw(stored(tmp_path, data), number) == Fault(code)


def test_a_page_has_limits_of_size_time_and_memory(tmp_path: Path) -> None:
    giant = draw(stored(tmp_path, pdf("groot", size=(2_000_000, 1_000_000))), 1)
    assert isinstance(giant, Drawn)
    assert max(giant.width, giant.height) <= 2600
    assert draw(stored(tmp_path, slow()), 1, seconds=1) == Fault("slow")
    assert draw(stored(tmp_path, slow()), 1, patience=0.2) == Fault("slow")
    assert isinstance(draw(stored(tmp_path, pdf("een")), 1, megabytes=30), Fault)


def attached(site: Site, data: bytes, **more: str) -> str:
    """Attach a PDF to the first batch; return its hash."""
    batch = open_books(site.ours.folder).active_batches()[0]
    form = {"to": f"batch:{batch.id}", "file": SimpleUploadedFile("nota.pdf", data), **more}
    site.client().post(reverse("attach", args=["ours"]), form)
    site.work()
    return sha256(data)


def test_the_viewer_shows_the_page_that_proves_and_turns_it(site: Site) -> None:
    digest = attached(site, pdf("Een", "Totaal <b>1.234</b>", "Drie", "Vier"), page="2")
    client, where = site.client("auditor@ours.example"), reverse("evidence_view", args=["ours", digest])
    page = text_of(client.get(where))
    assert "Bladzijde 2 van 4" in page
    assert "Totaal &lt;b&gt;1.234&lt;/b&gt;" in page
    [picture] = [e.attributes["src"] for e in Page(page).find("img")]
    answer = client.get(picture)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    [looked] = LogEntry.objects.filter(what="picture_shown")
    assert looked.details == {"sha256": digest[:12], "page": 2}
    assert {"?page=1", "?page=3"} <= set(Page(page).links())
    assert "Bladzijde 3 van 4" in text_of(client.get(f"{where}?page=3"))
    assert LogEntry.objects.filter(what="picture_shown").count() == 2
    waits = text_of(client.get(f"{where}?page=4"))
    assert "nog niet klaargemaakt" in waits
    part = reverse("evidence_part", args=["ours", digest, 4])
    for _ in range(2):
        assert "wordt klaargemaakt" in text_of(client.post(part, headers={"hx-request": "true"}))
    assert Job.objects.filter(kind="draw").count() == 1
    site.work()
    assert "Bladzijde 4 van 4" in text_of(client.get(part, headers={"hx-request": "true"}))
    assert "Deze bladzijde is er niet" in text_of(client.get(f"{where}?page=9")) or site.work() == 0


@pytest.mark.parametrize("data", [b"%PDF-1.4 stuk", pdf("geheim", lock="slot")], ids=["broken", "locked"])
def test_a_hostile_file_gives_a_sentence_and_stays_to_download(site: Site, data: bytes) -> None:
    digest = attached(site, data)
    page = text_of(site.client().get(reverse("evidence_view", args=["ours", digest])))
    assert "Downloaden kan altijd." in page
    assert not Page(page).find("img")
    assert site.client().get(reverse("evidence", args=["ours", digest])).content == data
    assert site.client().get(reverse("evidence_page", args=["ours", digest, 1])).status_code == 302


def test_pictures_go_with_the_original(site: Site) -> None:
    digest = attached(site, pdf("Naam van iemand"))
    books = open_books(site.ours.folder)
    assert page_picture(books, digest, 1)
    auditor = site.client("auditor@ours.example")
    assert "erase" not in text_of(auditor.get(reverse("evidence_view", args=["ours", digest])))
    where = reverse("evidence_page", args=["ours", digest, 1])
    assert reverse("erase", args=["ours", digest]) in text_of(
        site.client().get(reverse("evidence_view", args=["ours", digest]))
    )
    erase = reverse("erase", args=["ours", digest])
    assert site.client().post(erase, {"reason": ""}).status_code == 422
    assert site.client().post(erase, {"reason": "op verzoek"}).status_code == 302
    site.work()
    assert page_picture(books, digest, 1) is None
    assert site.client().get(where).status_code == 410
    assert site.client().get(reverse("evidence_view", args=["ours", digest])).status_code == 410


def test_a_neighbour_sees_no_page_of_ours(site: Site) -> None:
    digest = attached(site, pdf("Van ons"))
    client = site.client("owner@theirs.example")
    assert client.get(reverse("evidence_page", args=["theirs", digest, 1])).status_code == 404
    for method in (client.get, client.post):
        assert method(reverse("evidence_part", args=["theirs", digest, 1])).status_code == 404
    grid = client.get(reverse("grid", args=["theirs", 2025]), {**ASKED, "paper": digest})
    assert grid.status_code == 404
    assert not Job.objects.filter(kind="draw").exists()


def test_figures_are_entered_beside_a_paper_that_was_dropped(site: Site) -> None:
    client, data = site.client(), pdf("Nota", "Verbruik 100 kWh")
    client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile("nota.pdf", data)]})
    site.work()
    [staged] = site.ours.staged.all()
    waits = text_of(client.get(reverse("imports", args=["ours"])))
    assert "cijfers overnemen" in waits
    page = text_of(client.get(reverse("staged", args=["ours", staged.pk])))
    assert "Bladzijde 1 van 2" in page
    [link] = [link for link in Page(page).links() if "/2025/grid/" in link][:1] or [
        reverse("grid", args=["ours", 2025]) + f"?paper={sha256(data)}"
    ]
    asked = {**ASKED, "paper": sha256(data), "page": "2"}
    grid = text_of(client.get(link.partition("?")[0], asked))
    assert "Bladzijde 2 van 2" in grid
    answer = client.post(reverse("grid", args=["ours", 2025]), {**asked, **FIGURES, "do": "store"})
    assert answer.status_code == 302, text_of(answer)
    site.work()
    assert not site.ours.staged.exists()
    books = open_books(site.ours.folder)
    batch = next(b for b in books.active_batches() if b.source == "snelle-invoer")
    record = batch.records()["record_id"][0].as_py()
    shown = text_of(client.get(reverse("record", args=["ours", record])))
    assert f"{reverse('evidence_view', args=['ours', sha256(data)])}?page=2" in Page(shown).links()
    changed = text_of(client.get(reverse("grid", args=["ours", 2025]), ASKED))
    assert "Bladzijde 2 van 2" in changed
    client.post(reverse("grid", args=["ours", 2025]), {**ASKED, **FIGURES, "cell-0-1": "7", "do": "store"})
    site.work()
    batch = next(b for b in open_books(site.ours.folder).active_batches() if b.source == "snelle-invoer")
    assert "?page=2" in text_of(client.get(reverse("batch", args=["ours", batch.id])))


def test_a_paper_that_waits_is_attached_to_what_is_in_or_left_out(site: Site) -> None:
    client, papers = site.client(), {"a.pdf": pdf("Nota"), "b.pdf": pdf("Bon"), "c.pdf": pdf("Nota")}
    for name, data in papers.items():
        client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile(name, data)]})
    site.work()
    first, second = site.ours.staged.all()  # the third is the first once more
    where = reverse("staged", args=["ours", first.pk])
    assert client.post(where, {"batch": "00", "page": "1"}).status_code == 422
    batch = open_books(site.ours.folder).active_batches()[0]
    assert client.post(where, {"batch": batch.id, "page": "1", "note": "hoofdmeter"}).status_code == 302
    site.work()
    assert "hoofdmeter" in text_of(client.get(reverse("batch", args=["ours", batch.id])))
    client.post(reverse("staged_drop", args=["ours", second.pk]), {"sha256": sha256(papers["b.pdf"])})
    assert not site.ours.staged.exists()


def test_what_was_drawn_can_be_thrown_away(site: Site, tmp_path: Path) -> None:
    books = Workspace(site.ours.folder)
    path = stored(tmp_path, pdf("een"))
    draw_sheet(books.layout.root, "ab" * 32, path, 1)
    before = page_picture(books, "ab" * 32, 1)
    shutil.rmtree(site.ours.folder.parent.parent / "kept" / "ours", ignore_errors=True)
    for folder in (site.ours.folder.parent.parent / "kept").iterdir():
        shutil.rmtree(folder)
    assert page_picture(books, "ab" * 32, 1) is None
    draw_sheet(books.layout.root, "ab" * 32, path, 1)
    assert page_picture(books, "ab" * 32, 1) == before
