"""What happens meanwhile: a role is withdrawn, an original is removed, a kept file goes, somebody asks for too much at once."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.urls import reverse
from test_web_downloads import jobs, kept, large, take
from web_api import program
from web_site import Site, text_of

from trede.workspace.removing import remove_original
from trede_web.bridge.books import open_books
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.jobs.doing import FOLLOWING, KINDS, PREPARE
from trede_web.bridge.ledger import downloads
from trede_web.bridge.results.report import Report
from trede_web.keeping import export
from trede_web.pages.ledger.downloads import MOST_AT_ONCE
from trede_web.people.models import LogEntry
from trede_web.work.allowed import ASKS
from trede_web.work.models import DONE, FAILED, QUEUED, Job

__all__ = ["large"]
EDITOR, AUDITOR = "editor@ours.example", "auditor@ours.example"


def asked(site: Site, kind: str, email: str = EDITOR, **about: Any) -> Job:
    """Ask for a job."""
    return Job.ask(site.ours, site.person(email), kind, "proef", **about)


def codes(job: Job) -> tuple[str, list[str]]:
    """Return how a job ended, and why."""
    job.refresh_from_db()
    return job.state, [issue["code"] for issue in job.issues]


def test_a_job_of_whom_the_role_was_withdrawn_is_refused_when_it_begins(site: Site) -> None:
    before = open_books(site.ours.folder).layout.names(["decisions"])
    source = asked(site, "source", source="reizen", year=2021, status="none", reason="niemand reisde")
    hold, prepare = asked(site, "hold"), asked(site, PREPARE, state="")
    site.ours.memberships.filter(user__email=EDITOR).delete()
    assert site.work() == 3
    assert codes(source) == (FAILED, ["job_not_allowed"])
    assert codes(hold) == (FAILED, ["job_not_allowed"]), "also what only reads"
    assert codes(prepare)[0] != QUEUED
    assert "job_not_allowed" not in codes(prepare)[1], "the system asks for it"
    assert open_books(site.ours.folder).layout.names(["decisions"]) == before
    assert not LogEntry.objects.filter(what="job_source").exists()
    page = text_of(site.client().get(reverse("job", args=["ours", source.pk])))
    assert "mag dit hier niet meer" in page


def test_a_smaller_role_does_what_it_may(site: Site) -> None:
    site.ours.memberships.filter(user__email=EDITOR).update(role="consultant")
    publish = asked(site, "publish", year=2024, reason="jaarverslag")
    hold = asked(site, "hold")
    erase = asked(site, "erase", original="0" * 64, batch="", reason="gevraagd")
    site.work()
    assert [codes(job)[1] for job in (publish, erase)] == [["job_not_allowed"]] * 2
    assert codes(hold)[0] == DONE
    assert set(ASKS) <= KINDS - FOLLOWING


@pytest.mark.usefixtures("large")
def test_so_many_large_files_are_made_for_one_person_at_a_time(site: Site) -> None:
    client, where = site.client(), reverse("ledger_file", args=["ours", "csv"])
    months = [f"{where}?year=2024&month=2024-0{month}" for month in range(1, MOST_AT_ONCE + 2)]
    for page in months[:-1]:
        assert client.post(page).status_code == 302
    assert client.post(months[0]).status_code == 302, "of the same one the job is known"
    assert len(jobs()) == MOST_AT_ONCE
    said = client.get(months[-1])
    assert (said.status_code, 'hx-post=""' in text_of(said)) == (200, False), "it does not ask by itself"
    assert f"worden hier al {MOST_AT_ONCE} bestanden voor u gemaakt" in text_of(said)
    assert client.post(months[-1]).status_code == 429
    assert client.post(months[-1], headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    answer = program(site).send("GET", "records/files/csv?year=2023")
    assert (answer.status_code, answer.json()["code"], "Retry-After" in answer) == (429, "too_many", True)
    assert site.client(AUDITOR).post(months[-1]).status_code == 302, "another person"
    site.work()
    assert client.post(months[-1]).status_code == 302


@pytest.mark.usefixtures("large")
def test_a_kept_file_that_goes_before_it_is_opened_is_made_again(site: Site) -> None:
    client, page = site.client(), take(site, "csv").headers["Location"]
    client.post(page)
    site.work()
    [file] = kept(site)
    with mock.patch.object(downloads.LedgerFile, "is_kept", True):  # as it was when somebody looked
        file.unlink()
        assert take(site, "csv").headers["Location"] == page
        assert 'hx-post=""' in text_of(client.get(page))


def test_other_files_that_go_meanwhile_are_not_there(site: Site, tmp_path: Path) -> None:
    packed = Job.objects.create(organisation=site.ours, person=site.person(), kind="export", state=DONE)
    about = {"asked": {"originals": False, "year": 2024}, "result": {"run": "0" * 16, "period": "2024"}}
    bundle = Job.objects.create(organisation=site.ours, person=site.person(), kind="bundle", state=DONE, **about)
    with mock.patch.object(Path, "exists", return_value=True):
        for name, job in (("export_file", packed), ("bundle_file", bundle)):
            assert site.client().get(reverse(name, args=["ours", job.pk])).status_code == 404
    report = Report(tmp_path, ("", "", ""))
    with pytest.raises(NotReadyError):
        report.file("pdf")
    with pytest.raises(NotReadyError):
        _ = report.cover
    assert report.drawing("cover", 1) is None


def test_two_workers_tidy_at_once(site: Site) -> None:
    books = open_books(site.ours.folder)
    now = downloads.journal_key(books)
    gone = [settings_folder(site) / f"{now}-{number:04}.csv" for number in range(downloads.MOST + 2)]
    with mock.patch.object(downloads, "_files", return_value=gone):
        downloads.forget_files(books)
        downloads.forget_old_files(settings_folder(site).parent.parent)


def settings_folder(site: Site) -> Path:
    """Return where the files of the ledger are kept."""
    found = downloads.shelf(site.ours.folder) / downloads.FOLDER
    found.mkdir(parents=True, exist_ok=True)
    return found


def originals(job: Job) -> set[str]:
    """Return the originals that are in an export."""
    with zipfile.ZipFile(export.file_of(job)) as archive:
        return {name for name in archive.namelist() if name.startswith(export.ORIGINALS)}


def test_an_export_goes_with_an_original_that_is_removed(site: Site) -> None:
    books = open_books(site.ours.folder)
    [batch] = [each for each in books.active_batches() if each.file_name == "tankpas-2024.csv"]
    packed = asked(site, "export", "owner@ours.example")
    site.work()
    assert any(batch.file_sha256 in name for name in originals(packed))
    asked(site, "erase", "owner@ours.example", original=batch.file_sha256, batch=batch.id, reason="op verzoek")
    site.work()
    assert not export.file_of(packed).exists()


def test_an_original_that_goes_while_an_export_is_packed_is_not_in_it(site: Site) -> None:
    books = open_books(site.ours.folder)
    [batch] = [each for each in books.active_batches() if each.file_name == "tankpas-2024.csv"]
    fill, times = export._fill, []

    def slowly(*about: Any) -> int:
        count = fill(*about)
        if not times:
            remove_original(books, batch.file_sha256, "op verzoek", "Eigenaar")
        times.append(count)
        return count

    packed = asked(site, "export", "owner@ours.example")
    with mock.patch.object(export, "_fill", slowly):
        site.work()
    assert (codes(packed)[0], len(times)) == (DONE, 2)
    data = books.evidence.folder / batch.file_sha256
    kept_of_it = {path.relative_to(site.ours.folder).as_posix() for path in data.rglob("*") if path.is_file()}
    assert {name.removeprefix("workspace/") for name in originals(packed) if batch.file_sha256 in name} == kept_of_it
