"""The categories of scope 3 on screen: what the library says of each, what somebody says of them, and materiality."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.urls import reverse
from web_api import program
from web_site import Page, Site, fresh, text_of

from trede.analysis.uncertainty import intervals, under
from trede.catalogue.standards import find_standard
from trede.organisation.materiality import CATEGORIES, CategoryState
from trede.workspace.materiality import categories_of, materiality
from trede_web.bridge.books import open_books
from trede_web.bridge.jobs import answers
from trede_web.bridge.jobs.answers import FOLDER
from trede_web.bridge.results.scope3 import FACTS, categories_of_run
from trede_web.people.models import LogEntry

HOME, SAY = (reverse(name, args=["ours", 2024]) for name in ("scope_3", "say_category"))
TABLE, CHANGE = reverse("materiality", args=["ours"]), reverse("materiality_change", args=["ours"])
SAID: dict[str, Any] = {
    "categories": ["10", "11"], "relevance": "not-relevant", "years": "2023, 2024", "reason": "wij verkopen diensten",
}  # fmt: skip
SCORED = {
    "lowest": "1", "highest": "5", "rule": "handboek", "base": "", "reason": "jaarlijkse herziening",
    "criterion-0-name": "Omvang", "criterion-0-weight": "", "criterion-1-name": "Invloed", "criterion-1-weight": "2",
    "row-0-activity": "Ramen", "row-0-market": "Wonen", "row-0-categories": "1", "row-0-score-0": "4",
    "row-0-reason-0": "veel huizen", "row-0-score-1": "2", "row-0-reason-1": "de klant beslist",
    "row-1-activity": "Kantoren", "row-1-market": "Zakelijk", "row-1-categories": "1, 7", "row-1-score-0": "3",
    "row-1-reason-0": "een derde", "row-1-score-1": "4,5", "row-1-reason-1": "wij kiezen",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Site:
    """The application, for tests that only look."""
    return fresh()


@pytest.mark.parametrize("basis", ["location", "market"])
def test_each_category_has_what_the_library_says_of_it(shared: Site, basis: str) -> None:
    books = open_books(shared.ours.folder)
    run = books.find_run("2024")
    page = Page(text_of(shared.client().get(HOME, {"basis": basis})))
    shown = {e.attributes["data-query"].rpartition("/")[2]: int(e.attributes["value"]) for e in page.find("data")}
    views = categories_of(books, run, basis)
    assert shown == {"scope-3": sum(v.mg for v in views)} | {v.heading.id: v.mg for v in views if v.quality}
    standard, stored = find_standard("ghg"), categories_of_run(run)
    for view in views:
        [found] = intervals(run, [under(standard, basis, view.heading.id)])
        assert stored["intervals"][f"{basis}/{view.category}"][:3] == [found.mg, found.covered, found.half]
        assert found.mg == view.mg
        assert stored["records"][view.category] == view.records
    ledger = run.table("ledger")
    travel = {a for a, h in standard.heading_of.items() if h == "scope-3.6"}
    rows = zip(ledger["record_id"].to_pylist(), ledger["account"].to_pylist(), strict=True)
    assert views[5].records == len({record for record, account in rows if account in travel}) > 1


def test_every_figure_leads_to_where_it_comes_from(shared: Site) -> None:
    client = shared.client("auditor@ours.example")
    for where in (HOME, f"{HOME}6/", f"{HOME}3/?basis=market"):
        found = Page(text_of(client.get(where)))
        links = {a["href"] for e in found.find("data") for tag, a in e.inside if tag == "a"}
        assert links
        assert all(client.get(link).status_code == 200 for link in links)
        assert not [e for e in found.find("button") if "Leg vast" in e.text]


def test_the_order_is_that_of_the_library(shared: Site) -> None:
    def order(name: str) -> list[str]:
        links = Page(text_of(shared.client().get(HOME, {"order": name}))).links()
        return [link.split("/")[-2] for link in links if link.startswith(HOME) and link != HOME and "say" not in link]

    assert order("number") == list(CATEGORIES)
    assert order("size")[:2] == ["3", "6"]
    assert shared.client().get(f"{HOME}16/").status_code == 404


def test_a_year_that_is_not_calculated_can_be_judged_already(shared: Site) -> None:
    page = text_of(shared.client().get(reverse("scope_3", args=["ours", 2019])))
    assert "2019 is nog niet berekend" in page
    assert "15 nog niet verklaard" in page


def test_a_large_organisation_waits_for_the_worker(shared: Site) -> None:
    for path in (shared.ours.folder.parent.parent / FOLDER / shared.ours.folder.name).glob(f"{FACTS}-*.json"):
        path.unlink()
    with mock.patch.object(answers, "SOON", 0):
        assert 'id="making"' in text_of(shared.client().get(HOME))
        assert program(shared).send("GET", "years/2024/scope-3").status_code == 503
        shared.work()
        assert 'id="making"' not in text_of(shared.client().get(HOME))


def test_what_is_said_is_recorded_with_reason_and_taken_back(site: Site) -> None:
    client = site.client()
    client.post(SAY, SAID)
    assert site.work() == 1
    [recorded] = [r for r in open_books(site.ours.folder).decisions.in_force() if isinstance(r.decision, CategoryState)]
    said = recorded.decision
    assert (said.categories, said.years, said.relevance) == (("10", "11"), (2023, 2024), "not-relevant")
    assert (said.person, said.reason) == ("De owner", "wij verkopen diensten")
    page = text_of(client.get(HOME))
    assert page.count("wij verkopen diensten") == 2
    assert "2 met een reden weggelaten" in page
    assert {"asked_category", "job_category"} <= set(LogEntry.objects.values_list("what", flat=True))
    assert "wij verkopen diensten" in text_of(client.get(f"{HOME}11/"))
    back = client.post(
        reverse("revoke", args=["ours", recorded.id]), {"year": "2024", "page": "scope_3", "reason": "toch wel"}
    )
    assert site.work() == 1
    assert client.get(back.headers["Location"]).headers["Location"] == HOME
    assert "13 nog niet verklaard" in text_of(client.get(HOME))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"categories": []}, "categories"),
        ({"relevance": "anders"}, "relevance"),
        ({"years": "later"}, "years"),
        ({"reason": ""}, "reason"),
        ({"estimate": "12,5", "basis": "gok"}, "estimate"),
        ({"categories": ["7"], "estimate": "veel", "basis": "gok"}, "estimate"),
        ({"categories": ["7"], "estimate": "12,5"}, "basis"),
    ],
)
def test_what_cannot_be_said_is_told_at_its_field(shared: Site, changed: dict[str, Any], field: str) -> None:
    answer = shared.client().post(SAY, SAID | changed)
    assert answer.status_code == 422
    found = Page(text_of(answer))
    assert f"#f-{field}" in found.links()
    assert any(e.attributes.get("id") == f"f-{field}" for e in found.elements)
    chosen = [e.attributes["value"] for e in found.find("input") if e.attributes.get("name") == "categories"
              and "checked" in e.attributes]  # fmt: skip
    assert chosen == changed.get("categories", SAID["categories"]), "what was chosen stays"


def test_combinations_are_scored_and_stand_beside_their_categories(site: Site) -> None:
    client = site.client()
    more = Page(text_of(client.post(CHANGE, SCORED | {"more_combinations": "1"})))
    names = {e.attributes.get("name") for e in more.find("input")}
    assert {"row-2-activity", "row-2-score-1"} <= names
    assert site.work() == 0
    client.post(CHANGE, SCORED)
    assert site.work() == 1
    recorded = materiality(open_books(site.ours.folder))
    assert recorded is not None
    page = text_of(client.get(TABLE))
    assert page.index("Kantoren") < page.index("Ramen")
    assert "Materialiteit, plaats 1: Kantoren" in text_of(client.get(f"{HOME}7/"))
    late = client.post(CHANGE, SCORED)
    assert late.status_code == 422
    assert "Iemand anders heeft de tabel intussen gewijzigd" in text_of(late)
    found = program(site).read("materiality")
    assert [(each["rank"], each["total"]) for each in found["items"]] == [(1, "12"), (2, "8")]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"highest": "1"}, "highest"),
        ({"row-0-score-0": "6"}, "row-0-score-0"),
        ({"row-1-reason-1": "x"}, "row-1-reason-1"),
        ({"row-0-categories": "16"}, "row-0-categories"),
        ({"row-1-activity": "Ramen", "row-1-market": "Wonen"}, "row-0-activity"),
        ({"criterion-1-weight": "0"}, "criterion-1-weight"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_fault_in_the_scores_is_told_at_its_field(shared: Site, changed: dict[str, str], field: str) -> None:
    answer = shared.client().post(CHANGE, SCORED | changed)
    assert answer.status_code == 422
    assert f"#f-{field}" in Page(text_of(answer)).links()
