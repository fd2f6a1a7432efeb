"""The evidence viewer: the cell in its file, a picture as a picture, and nothing of an upload that could run."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Page, Site, text_of

from trede_web.bridge.books import open_books
from trede_web.people.models import LogEntry

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def attach(site: Site, name: str, data: bytes, **more: str) -> str:
    """Attach a file to the first batch; return its page."""
    batch = open_books(site.ours.folder).active_batches()[0]
    client = site.client()
    form = {"to": f"batch:{batch.id}", "file": SimpleUploadedFile(name, data), **more}
    assert client.post(reverse("attach", args=["ours"]), form).status_code == 302
    site.work()
    page = text_of(client.get(reverse("batch", args=["ours", batch.id])))
    return next(link for link in Page(page).links() if "/view/" in link and "batch=" not in link).partition("?")[0]


def test_a_record_leads_to_its_cell_in_the_whole_file(site: Site) -> None:
    books = open_books(site.ours.folder)
    batch = next(b for b in books.active_batches() if b.file_name == "tankpas-2024.csv")
    record = batch.records().slice(600, 1).to_pylist()[0]
    page = text_of(site.client().get(reverse("record", args=["ours", record["record_id"]])))
    link = next(link for link in Page(page).links() if "/view/" in link and f"row={record['row']}" in link)
    shown = text_of(site.client().get(link.partition("#")[0]))
    cell = next(e for e in Page(shown).find("td") if e.attributes.get("id") == "cell")
    assert cell.text.replace(",", ".") == f"{record['quantity'].normalize():f}"
    assert len(Page(shown).find("tr")) == 101
    plates = {
        line.split(";")[4] for line in books.evidence.get(batch.file_sha256).read().decode("cp1252").splitlines()[1:]
    }
    assert not any(plate in shown for plate in plates if plate)


def test_a_photo_is_shown_and_who_looked_is_written_down(site: Site) -> None:
    where = attach(site, "meter.png", PNG, page="2", note="hoofdmeter")
    page = text_of(site.client().get(where))
    assert "hoofdmeter" in page
    assert "bladzijde 2" in page
    [picture] = [e.attributes["src"] for e in Page(page).find("img")]
    answer = site.client().get(picture)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.content == PNG
    assert LogEntry.objects.filter(what="picture_shown").exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [("nota.png", b"<html><script>1</script>"), ("nota.pdf", b"<html>%!PS"), ("x.csv", b"<svg onload=1>")],
)
def test_what_is_no_picture_is_never_shown_in_the_page(site: Site, name: str, data: bytes) -> None:
    where = attach(site, name, data)
    client = site.client()
    page = text_of(client.get(where))
    assert "Dit soort bestand wordt hier niet getoond" in page
    assert not Page(page).find("img")
    assert client.get(where.replace("/view/", "/picture/")).status_code == 302
    kept = client.get(where.replace("/view/", "/"))
    assert kept.headers["Content-Type"] == "application/octet-stream"
    assert kept.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("name", "more", "status"),
    [("a.html", {}, 422), ("a.svg", {}, 422), ("a.pdf", {"page": "x"}, 422), ("a.pdf", {"to": "source:tankpas"}, 404)],
)
def test_what_is_not_attached(site: Site, name: str, more: dict[str, str], status: int) -> None:
    form = {"to": "batch:00", "file": SimpleUploadedFile(name, b"x"), **more}
    assert site.client().post(reverse("attach", args=["ours"]), form).status_code == status


def test_a_neighbour_sees_no_evidence_of_ours(site: Site) -> None:
    digest = open_books(site.ours.folder).active_batches()[0].file_sha256
    client = site.client("owner@theirs.example")
    for name in ("evidence_view", "evidence_picture"):
        assert client.get(reverse(name, args=["theirs", digest])).status_code == 404
