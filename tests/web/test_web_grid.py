"""Quick entry: a grid that is typed, checked, taken in, found back and changed."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Site, text_of

from trede.workspace.attaching import attachments
from trede_web.bridge.books import open_books
from trede_web.work.models import Job

ASKED = {"source": "snelle-invoer", "type": "electricity"}
FIRST = {"meter-0": "A1", "site-0": "hoofdkantoor", "unit-0": "kWh", "cell-0-0": "1.234,5", "cell-0-1": "900"}


def test_figures_come_in_with_their_proof_and_are_changed_in_place(site: Site) -> None:
    client, where = site.client(), reverse("grid", args=["ours", 2025])
    page = text_of(client.get(where, ASKED))
    assert 'name="cell-0-11"' in page
    proof = SimpleUploadedFile("nota.pdf", b"%PDF-1.4 x")
    answer = client.post(where, {**ASKED, **FIRST, "lines": "1", "do": "store", "proof": proof})
    assert answer.status_code == 302, text_of(answer)
    site.work()
    books = open_books(site.ours.folder)
    batch = books.batches()[-1]
    assert batch.file_name == "Snelle invoer: Elektriciteit gebouwen 2025.csv"
    assert batch.counts["accepted"] == 2
    assert [(a.decision.name, a.decision.to) for a in attachments(books)][-1] == ("nota.pdf", "batch")
    page = text_of(client.get(reverse("batch", args=["ours", batch.id])))
    assert f'href="{where}?source=snelle-invoer&amp;type=electricity">Cijfers wijzigen' in page
    log = text_of(client.get(reverse("changes", args=["ours"])))
    assert f'partij: <a class="utrecht-link" href="/o/ours/imports/{batch.id}/">' in log
    assert " · </td>" not in log
    page = text_of(client.get(where, ASKED))
    assert 'value="1234,5"' in page
    assert "U wijzigt wat eerder is ingevoerd" in page
    client.post(where, {**ASKED, **FIRST, "cell-0-1": "950", "lines": "1", "do": "store"})
    site.work()
    books = open_books(site.ours.folder)
    active = [b for b in books.active_batches() if b.source == "snelle-invoer"]
    assert len(active) == 1
    assert str(active[0].records()["quantity"][1]) == "950.000000"


def test_what_cannot_be_read_is_told_while_typing_and_not_taken_in(site: Site) -> None:
    client = site.client()
    typed = {**ASKED, **FIRST, "cell-0-2": "veel", "cell-0-3": "1.234", "lines": "1"}
    checks = text_of(client.post(reverse("grid_check", args=["ours", 2025]), typed))
    assert "Regel 1 mrt: " in checks
    assert 'data-wrong="cell-0-2 "' in checks
    assert "1.234 is gelezen als 1234." in checks
    where = reverse("grid", args=["ours", 2025])
    answer = client.post(where, {**typed, "do": "store"})
    assert answer.status_code == 422
    assert 'value="veel"' in text_of(answer)
    assert client.post(where, {**ASKED, "lines": "1", "do": "store"}).status_code == 422
    assert not Job.objects.exists()
    more = text_of(client.post(where, {**ASKED, **FIRST, "lines": "1", "do": "more"}))
    assert 'name="cell-3-0"' in more


def test_a_type_with_attributes_asks_for_them_first(site: Site) -> None:
    client, where = site.client(), reverse("grid", args=["ours", 2025])
    asked = {"source": "snelle-invoer", "type": "natural-gas"}
    page = text_of(client.get(where, asked))
    assert 'name="with-reading"' in page
    assert 'name="cell-0-0"' not in page
    assert 'value="meter"' not in page
    page = text_of(client.get(where, {**asked, "with-reading": "billed"}))
    assert 'name="cell-0-0"' in page
