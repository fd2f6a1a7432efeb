"""Before a calculation: what it would change, as a job whose outcome is a page, and a button that keeps it."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Page, Site, text_of

from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede_web.bridge.books import open_books
from trede_web.people.models import LogEntry
from trede_web.work.models import Job
from workspaces import LIST_2026, Fill, fuel_card


def ahead(site: Site, **asked: str) -> tuple[str, Page]:
    """Ask what changes, and return the address and the page of the answer."""
    client = site.client()
    waiting = client.post(reverse("look_ahead", args=["ours", 2024]), asked).headers["Location"]
    assert site.work() == 1
    where = client.get(waiting).headers["Location"]
    answer = client.get(where)
    assert answer.status_code == 200
    return where, Page(text_of(answer))


def test_a_new_file_is_planned_and_then_kept(site: Site) -> None:
    client, books = site.client(), open_books(site.ours.folder)
    last = books.find_run("2024")
    upload = SimpleUploadedFile("tankpas-extra.csv", fuel_card([Fill("C1", last.period.start, "100,00")]))
    client.post(reverse("imports", args=["ours"]), {"files": [upload], "profile": "tankpas"})
    site.work()
    runs, acts = len(books.runs()), LogEntry.objects.count()
    where, page = ahead(site)
    assert len(open_books(site.ours.folder).runs()) == runs
    assert LogEntry.objects.count() == acts, "to look is no change"
    [main] = page.find("main")
    assert "tankpas-extra.csv" in main.text
    amounts = {e.attributes["data-query"]: int(e.attributes["value"]) for e in page.find("data")}
    assert len(amounts) > 15
    client.post(reverse("calculate", args=["ours", 2024]))
    site.work()
    kept = open_books(site.ours.folder).find_run("2024")
    for view in ("ladder:market", "ghg:location"):
        standard, _, basis = view.partition(":")
        old, new = (footprint_of(run, find_standard(standard), basis).total for run in (last, kept))
        asked = f"{last.id}..{kept.id}/{view}"
        assert amounts[f"{last.id}/{view}"] == old
        assert amounts[f"{asked}#next"] == new
        assert amounts[f"{asked}#difference"] == amounts[f"{asked}#corrections"] == new - old > 0
    assert "is er opnieuw gerekend" in text_of(client.get(where))
    auditor = text_of(site.client("auditor@ours.example").get(where))
    assert "Berekening bewaren" not in auditor


def test_nothing_new_says_so(site: Site) -> None:
    _, page = ahead(site)
    [main] = page.find("main")
    assert "Er verandert niets" in main.text
    assert "Berekening bewaren" not in main.text


def test_another_list_is_a_proposal(site: Site) -> None:
    before = len(list(open_books(site.ours.folder).decisions.all()))
    where, page = ahead(site, library="desnz-2024")
    assert len(list(open_books(site.ours.folder).decisions.all())) == before
    forms = [e.attributes["action"] for e in page.find("form") if "list" in e.attributes.get("action", "")]
    assert forms == [reverse("pin", args=["ours", 2024])]
    assert "desnz-2024" in text_of(site.client(language="en").get(where))
    assert site.client().post(reverse("look_ahead", args=["ours", 2024]), {"library": "none"}).status_code == 404
    assert LIST_2026 not in forms


def test_a_plan_that_fails_says_why(site: Site) -> None:
    client = site.client()
    waiting = client.post(reverse("look_ahead", args=["ours", 2019])).headers["Location"]
    site.work()
    text = text_of(client.get(waiting))
    assert Job.objects.get(kind="plan").state == "failed"
    assert "2019" in text
    job = Job.objects.get(kind="plan")
    assert client.get(reverse("plan", args=["ours", job.pk])).status_code == 404
