"""What an owner keeps in hand: everything in one zip, and an original that is removed on request."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from django.urls import reverse
from web_site import Page, Site, text_of

from trede.workspace import Workspace
from trede.workspace.verifying import verify
from trede_web.bridge.books import open_books
from trede_web.keeping.export import file_of
from trede_web.people.models import Invitation, LogEntry, log
from trede_web.roles import Role
from trede_web.work.models import Job


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    """Return a table of an export."""
    return list(csv.DictReader(io.StringIO(archive.read(f"database/{name}.csv").decode())))


def test_everything_is_taken_along_and_goes_on_elsewhere(site: Site, tmp_path: Path) -> None:
    client = site.client()
    assert "nog geen zip laten maken" in text_of(client.get(reverse("data", args=["ours"])))
    log(site.ours, site.person(), "invited", email="=cmd|calc")
    log(site.theirs, site.person("owner@theirs.example"), "invited", email="neighbour")
    _, secret = Invitation.offer(site.ours, "new@ours.example", Role.AUDITOR, site.person())
    Job.ask(site.ours, site.person(), "import", "raar.csv", {"data": b"a;b\n1;2\n"})
    site.work()
    client.post(reverse("export", args=["ours"]))
    assert site.work() == 1
    page = Page(text_of(client.get(reverse("data", args=["ours"]))))
    [link] = [link for link in page.links() if "/data/export/" in link]
    answer = client.get(link)
    assert answer["Content-Disposition"] == 'attachment; filename="ours.zip"'
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "taken")
        assert verify(Workspace(tmp_path / "taken" / "workspace")).good
        people = {(row["user"], row["role"]) for row in rows(archive, "people_membership")}
        assert ("De owner <owner@ours.example>", "owner") in people
        assert len(people) == len(Role)
        assert rows(archive, "people_logentry")[0]["details"] == '{"email": "=cmd|calc"}'
        assert rows(archive, "people_invitation")[0]["email"] == "new@ours.example"
        assert "export" in [row["kind"] for row in rows(archive, "work_job")]
        [waiting] = rows(archive, "inbox_staged")
        assert archive.read(f"waiting/{waiting['id']}/data") == b"a;b\n1;2\n"
        for name in archive.namelist():
            if name.startswith("database/"):
                text = archive.read(name).decode()
                assert "theirs.example" not in text
                assert not {"digest", "lease", "password"} & set(text.splitlines()[0].split(","))
    assert secret.encode() not in data
    assert "Zip van alles gedownload" in text_of(client.get(reverse("changes", args=["ours"])))


def test_a_newer_zip_takes_the_place_of_the_one_before(site: Site) -> None:
    client = site.client()
    for _ in range(2):
        client.post(reverse("export", args=["ours"]))
        site.work()
    first, second = Job.objects.filter(kind="export").order_by("created_at")
    assert not file_of(first).exists()
    assert file_of(second).exists()
    assert client.get(reverse("export_file", args=["ours", first.pk])).status_code == 404
    assert "vervangen door een nieuwere" in text_of(client.get(reverse("data", args=["ours"])))


def test_an_original_is_removed_with_a_reason_and_its_page_says_so(site: Site) -> None:
    books = open_books(site.ours.folder)
    batch = next(b for b in books.active_batches() if b.file_name == "reizen.csv")
    client, total = site.client(), books.find_run("2024").id
    where = reverse("erase", args=["ours", batch.file_sha256])
    assert client.post(where, {"reason": ""}).status_code == 422
    assert books.evidence.get(batch.file_sha256).removal is None
    answer = client.post(where, {"reason": "verzoek van een medewerker"}, follow=True)
    site.work()
    assert "Origineel verwijderen: reizen.csv" in text_of(answer)
    page = text_of(client.get(reverse("batch", args=["ours", batch.id])))
    assert "is op 20" in page
    assert "verwijderd door De owner: verzoek van een medewerker" in page
    assert reverse("evidence", args=["ours", batch.file_sha256]) not in page
    assert client.post(where, {"reason": "nog eens"}).status_code == 302
    gone = client.get(reverse("evidence", args=["ours", batch.file_sha256]))
    assert gone.status_code == 410
    assert "Dit bestand is verwijderd" in text_of(gone)
    assert LogEntry.objects.get(what="job_erase").details["file"] == "reizen.csv"
    assert verify(books, books.find_run("2024")).good
    assert books.find_run("2024").id == total
    record = batch.records()["record_id"][0].as_py()
    trail = text_of(client.get(reverse("trace", args=["ours", f"{total}/{record}"])))
    assert "verzoek van een medewerker" in trail


def test_a_neighbours_original_is_not_there_to_remove(site: Site) -> None:
    digest = next(iter(open_books(site.ours.folder).evidence.all())).sha256
    neighbour = site.client("owner@theirs.example")
    assert neighbour.post(reverse("erase", args=["theirs", digest]), {"reason": "a reason"}).status_code == 404
    assert not Job.objects.exists()
