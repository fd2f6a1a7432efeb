"""Dividing a footprint over receivers on screen: the form and its check, what each gets, the statement of one, nothing lost."""

from __future__ import annotations

import csv
import io
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from web_api import program
from web_site import Page, Site, fresh, text_of

from trede.inventory.footprint import footprint_of
from trede.workspace.allocating import allocated
from trede_web.bridge.books import open_books, views
from trede_web.bridge.jobs import answers
from trede_web.bridge.results import dividing
from trede_web.bridge.results.declaring import Line
from trede_web.bridge.results.dividing import in_force
from trede_web.people.models import LogEntry
from trede_web.work.models import Job

PAGE, FORM = (reverse(name, args=["ours", 2024]) for name in ("receivers", "divide"))
SENT: dict[str, Any] = {
    "id": "", "base": "", "title": "Huurders", "start": "2024-01-01", "end": "2024-12-31", "receiver": "tenant",
    "nature": "physical", "key": "vloeroppervlak, m2", "basis": "huurcontracten", "whole": "640",
    "name": ["Boven <b>", "Beneden", ""], "amount": ["100,5", "33", ""], "of-sites": ["hoofdkantoor"],
}  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Site:
    """The application with a division that was recorded by the form."""
    site = fresh()
    client = site.client()
    assert "Hier staan straks de klanten" in text_of(client.get(PAGE))
    record(site, client)
    return site


def record(site: Site, client: Client, **changed: Any) -> None:
    """Record a division by the form, over its check."""
    answer = client.post(FORM, {**SENT, **changed, "save": "1", "reason": "zoals in de contracten"})
    assert answer.status_code == 302, text_of(answer)
    assert site.work() >= 1


def figures(page: str) -> dict[str, int]:
    """Return the amounts of a page by their question."""
    return {e.attributes["data-query"]: int(e.attributes["value"]) for e in Page(page).find("data")}


def test_the_check_shows_the_shares_with_what_nobody_gets_and_records_nothing(site: Site) -> None:
    before = Job.objects.count()
    page = text_of(site.client().post(FORM, {**SENT, "title": "Andere"}))
    assert "Er is nog niets vastgelegd" in page
    cells = [e.text for e in Page(page).find("td")]
    assert cells[:2] == ["100,5", "15,7\u00a0%"]
    assert "79,1\u00a0%" in cells
    assert "100\u00a0%" in page
    assert "Boven &lt;b&gt;" in page
    assert Job.objects.count() == before


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"), ({"key": ""}, "key"), ({"basis": " "}, "basis"), ({"nature": "x"}, "nature"),
        ({"receiver": "x"}, "receiver"), ({"start": "gisteren"}, "start"), ({"end": "2023-01-01"}, "end"),
        ({"whole": "x"}, "whole"), ({"whole": "100"}, "whole"), ({"amount": ["x", "33"]}, "receivers"),
        ({"amount": ["1.234", "33"]}, "receivers"), ({"amount": ["-1", "33"]}, "receivers"),
        ({"amount": ["0", "0"]}, "receivers"), ({"name": ["", "b"]}, "receivers"), ({"name": [], "amount": []}, "receivers"),
        ({"name": ["A", "a"]}, "receivers"), ({"receiver": "site"}, "receivers"), ({"of-sites": ["nergens"]}, "of"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field_and_what_was_typed_stays(
    site: Site, changed: dict[str, Any], field: str
) -> None:
    answer = site.client().post(FORM, {**SENT, **changed})
    assert answer.status_code == 422
    page = Page(text_of(answer))
    assert f"#f-{field}" in page.links()
    assert any(e.attributes.get("id") == f"f-{field}" for e in page.elements)
    if "key" not in changed:
        assert any(e.attributes.get("value") == SENT["key"] for e in page.find("input"))


def test_more_rows_keep_what_was_typed(site: Site) -> None:
    page = Page(text_of(site.client().post(FORM, {**SENT, "more": "1"})))
    names = [e.attributes["value"] for e in page.find("input") if e.attributes.get("name") == "name"]
    assert names[:2] == ["Boven <b>", "Beneden"]
    assert len(names) > 8


@pytest.mark.parametrize("view", [each.name for each in views()])
def test_what_is_divided_adds_up_to_the_total_to_the_milligram_as_in_the_library(site: Site, view: str) -> None:
    page = text_of(site.client("auditor@ours.example").get(PAGE, {"view": view}))
    books = open_books(site.ours.folder)
    run = books.find_run("2024")
    at, found = f"{run.id}/{view}", figures(page)
    parts = [found[f"{at}#huurders/{name}"] for name in ("Boven <b>", "Beneden", "not-allocated")]
    assert sum(parts) == found[f"{at}#huurders"]
    assert found[f"{at}#huurders"] + found[f"{at}#huurders/beside"] == found[at]
    chosen = next(each for each in views() if each.name == view)
    assert found[at] == footprint_of(run, chosen.standard, chosen.basis).total
    [own] = allocated(books, run)[0]
    assert sum(own.divided["Beneden"].values()) > 0
    assert dividing._sum([own.divided["Beneden"]], chosen) == found[f"{at}#huurders/Beneden"]
    for element in Page(page).find("data"):
        [link] = [a["href"] for tag, a in element.inside if tag == "a"]
        assert site.client().get(link).status_code == 200, link


def test_the_statement_of_one_receiver_names_no_other(site: Site) -> None:
    client = site.client("auditor@ours.example")
    [link] = [link for link in Page(text_of(client.get(PAGE))).links() if "receiver=Beneden" in link]
    page = text_of(client.get(link))
    assert "33 van 640" in page
    assert "Boven" not in page
    found = figures(page)
    headings = [mg for query, mg in found.items() if query.endswith("/Beneden") and query.count("/") == 3]
    run = open_books(site.ours.folder).find_run("2024").id
    assert sum(headings) == found[f"{run}/ladder:market#huurders/Beneden"]
    files = {link.partition("?")[0].split("/")[-2]: link for link in Page(page).links() if "/of/huurders/" in link}
    rows = list(csv.DictReader(io.StringIO(client.get(files["csv"]).content.decode("utf-8-sig")), delimiter=";"))
    assert {row["receiver"] for row in rows} == {"Beneden"}
    assert {(row["standard"], row["basis"]) for row in rows} >= {("co2-prestatieladder-3.1", "market")}
    for row in rows:
        exact = int(row["mg_divided"]) * 33 / 640
        assert abs(int(row["mg"]) - exact) < 1
    ladder = [
        int(row["mg"]) for row in rows if row["standard"] == "co2-prestatieladder-3.1" and row["basis"] == "market"
    ]
    assert sum(ladder) == found[f"{run}/ladder:market#huurders/Beneden"]
    book = client.get(files["xlsx"])
    assert book["Content-Disposition"] == 'attachment; filename="co2-Beneden-2024.xlsx"'
    cells = [cell for row in load_workbook(io.BytesIO(book.content)).active.iter_rows(values_only=True) for cell in row]  # type: ignore[union-attr]
    assert sum(ladder) in cells
    assert not any("Boven" in str(cell) for cell in cells)
    assert client.get(link.replace("Beneden", "Niemand")).status_code == 404
    assert client.get(link.replace("huurders", "anders")).status_code == 404


def test_of_many_records_the_worker_divides(site: Site) -> None:
    client = site.client("auditor@ours.example")
    for path in answers.shelf(site.ours.folder).glob("divided-*.json"):
        path.unlink()
    with mock.patch.object(answers, "SOON", 0), mock.patch("trede_web.pages.jobs.is_prepared", return_value=True):
        page = text_of(client.get(PAGE))
        assert "Verdeling uitrekenen" in page
        answer = client.post(PAGE)
        assert answer.status_code == 302
        site.work()
        assert "Beneden" in text_of(client.get(client.get(answer.headers["Location"]).headers["Location"]))
    assert not LogEntry.objects.filter(what="job_divide").exists(), "it changes nothing"


def test_the_second_of_two_is_asked_to_look_again(site: Site) -> None:
    client = site.client()
    late = client.post(FORM, {**SENT, "id": "huurders", "base": "0" * 8, "save": "1", "reason": "wij dachten anders"})
    assert late.status_code == 200
    assert "Iemand anders heeft deze verdeling intussen gewijzigd" in text_of(late)
    sent = {
        "id": "huurders", "title": "H", "start": "2024-01-01", "end": "2024-12-31", "key": "m2", "nature": "physical",
        "basis": "x", "receiver": "tenant", "receivers": [{"name": "A", "key": "33.125"}], "reason": "een reden",
    }  # fmt: skip
    answer = program(site).send("POST", "allocations", sent)
    assert (answer.status_code, answer.json()["code"]) == (409, "list_changed")
    endless = {**sent, "receivers": [{"name": "Boven", "key": 1}, {"name": "Beneden", "key": "0E-30000000"}]}
    with mock.patch("trede_web.api.operations.dividing.Line", side_effect=Line) as line:
        program(site).send("POST", "allocations", endless)
    assert [each.args for each in line.call_args_list] == [("Boven", "1"), ("Beneden", "0")], (
        "a nought is written as one"
    )
    wrong = program(site).send("POST", "allocations", {**sent, "id": "", "whole": 10})
    assert wrong.status_code == 422
    assert "10" in wrong.json()["issues"][0]["text"]


def test_it_is_changed_and_taken_back_with_a_reason(site: Site) -> None:
    client = site.client()
    form = Page(text_of(client.get(FORM, {"of": "huurders"})))
    kept = {e.attributes["name"]: e.attributes.get("value", "") for e in form.find("input") if "name" in e.attributes}
    assert (kept["id"], kept["title"], kept["whole"]) == ("huurders", "Huurders", "640")
    record(site, client, id="huurders", base=kept["base"], whole="", title="Huurders van nu")
    page = text_of(client.get(PAGE))
    assert "Huurders van nu" in page
    assert "Niet toegerekend" not in page
    books = open_books(site.ours.folder)
    [(_, said)] = in_force(books).values()
    assert said.person == "De owner"
    assert LogEntry.objects.filter(what="job_allocate").latest("id").details["allocation"] == "huurders"
    assert "zoals die was voor de laatste wijziging" in page
    back = {"reason": "contract liep af", "year": "2024", "page": "receivers"}
    for left in (["Huurders"], []):
        [(decision, _)] = in_force(open_books(site.ours.folder)).values()
        answer = client.post(reverse("revoke", args=["ours", decision]), back)
        assert site.work() >= 1
        assert client.get(answer.headers["Location"]).headers["Location"] == PAGE
        held = in_force(open_books(site.ours.folder)).values()
        assert [said.allocation.title for _, said in held] == left
    assert "Hier staan straks de klanten" in text_of(client.get(PAGE))
