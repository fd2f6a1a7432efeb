"""How far a job is: a percentage where it is known, a bar that reads as one, and a voice that speaks at milestones only."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from django.urls import reverse
from openpyxl import Workbook
from web_site import Page, Site, text_of

from trede_web.bridge.books import open_books
from trede_web.work import models
from trede_web.work.models import DONE, RUNNING, Job
from trede_web.work.progress import KINDS, place
from trede_web.work.queue import claim
from trede_web.work.worker import work_once


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int | None]]:
    """Every step and percentage that a job says."""
    found: list[tuple[str, int | None]] = []
    monkeypatch.setattr(models, "SOON", 0.0)
    advance = Job.advance

    def listen(job: Job, step: str, share: float = 0.0, /) -> None:
        advance(job, step, share)
        found.append((job.step, job.percent))

    monkeypatch.setattr(Job, "advance", listen)
    return found


def grows(told: list[tuple[str, int | None]]) -> bool:
    percents = [percent for _, percent in told]
    known = [percent for percent in percents if percent is not None]
    return len(known) == len(percents) > 3 and known == sorted(known)


def test_a_calculation_says_its_steps(site: Site, told: list[tuple[str, int | None]]) -> None:
    for kind in ("calculate", "plan"):
        Job.ask(site.ours, site.person(), kind, year=2024)
        site.work()
        assert Job.objects.get(kind=kind).state == DONE
        assert grows(told), told
        assert {"posting", "totalling", "keeping"} <= {step for step, _ in told}
        told.clear()


def test_an_import_says_its_steps_and_its_share_of_a_workbook(site: Site, told: list[tuple[str, int | None]]) -> None:
    books = open_books(site.ours.folder)
    batch = next(b for b in books.active_batches() if b.file_name == "tankpas-2024.csv")
    lines = books.evidence.get(batch.file_sha256).read().decode("cp1252").splitlines()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("tankpas")
    for line in [lines[0], *(f"Z{n};{lines[1 + n % 200].partition(';')[2]}" for n in range(6000))]:
        sheet.append(line.split(";"))
    data = io.BytesIO()
    book.save(data)
    Job.ask(site.ours, site.person(), "import", "groot.xlsx", {"data": data.getvalue()}, profile="tankpas")
    assert work_once()
    assert Job.objects.get(kind="import").state == DONE
    assert grows(told), told
    reading = {percent for step, percent in told if step == "reading"}
    assert len(reading) > 4
    assert list(dict.fromkeys(step for step, _ in told)) == ["reading", "comparing", "storing"]


def test_every_span_follows_the_one_before() -> None:
    for steps in KINDS.values():
        spans = [(begin, end) for _, begin, end in steps.values()]
        assert spans[0][0] == 0
        assert all(first[1] == second[0] for first, second in pairwise(spans))
    assert place("grid", "reading", 0.5) == ("reading", 32)
    assert place("export", "packing", 7.0) == ("packing", 100)
    assert place("publish", "anything", 0.5) == ("anything", None)


def test_the_bar_has_a_name_and_a_value_and_the_voice_speaks_at_milestones(site: Site) -> None:
    Job.ask(site.ours, site.person(), "import", "groot.csv", {"data": b"x"})
    job = claim()
    assert job is not None
    where, client = reverse("job", args=["ours", job.pk]), site.client()

    def look(said: str) -> str:
        return text_of(client.get(where, {"said": said}, headers={"hx-request": "true"}))

    job.advance("recognising")
    job.advance("reading", 0.2)
    shown = Page(look(""))
    [bar] = shown.find("progress")
    assert (bar.attributes["max"], bar.attributes["value"]) == ("100", "39")
    assert bar.attributes["id"] in {label.attributes["for"] for label in shown.find("label")}
    job.refresh_from_db()
    assert "job-said" in look("")
    assert "job-said" not in look(job.milestone)
    Job.objects.filter(pk=job.pk).update(percent=45)
    assert "job-said" not in look(job.milestone), "the same quarter is not said again"
    Job.objects.filter(pk=job.pk).update(percent=51)
    assert "job-said" in look(job.milestone)
    page = text_of(client.get(reverse("imports", args=["ours"])))
    assert 'value="51"' in page
    part = reverse("imports_part", args=["ours"])
    assert "imports-said" not in text_of(client.get(part, {"said": "1"}, headers={"hx-request": "true"}))
    Job.objects.filter(pk=job.pk, state=RUNNING).update(step="", percent=None)
    assert not Page(look("")).find("progress")


def test_a_job_that_is_taken_up_again_begins_at_nothing(site: Site) -> None:
    Job.ask(site.ours, site.person(), "calculate", year=2024)
    job = claim()
    assert job is not None
    job.advance("ledger")
    Job.objects.update(lease_until="2020-01-01T00:00Z")
    again = claim()
    assert again is not None
    assert (again.step, again.percent) == ("", None)
    job.advance("hash")
    again.refresh_from_db()
    assert again.percent is None, "who lost the job says nothing any more"
