"""The base year on screen: its policy with a check and a reason, and whether what changed since it was published passes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from web_site import Page, Site, kept, text_of

from trede.workspace.base_year import base_year_state
from trede.workspace.findings import keep_both, open_findings
from trede.workspace.publishing import publish
from trede.workspace.running import run_period
from trede_web.bridge.books import Period, open_books
from trede_web.people.models import LogEntry

HOME, CHANGE = (reverse(name, args=["ours"]) for name in ("base_year", "base_year_change"))
FORM: dict[str, Any] = {
    "year": "2023", "threshold": "2,5", "triggers": ["structure", "method", "factor-edition", "error"], "rule": "plan, § 4",
    "base": "",
}  # fmt: skip


def record(site: Site, client: Client, **changed: Any) -> None:
    """Record a policy by the form, over its check."""
    found = site.ours and open_books(site.ours.folder).base_year
    asked = {**FORM, "base": found[0].id if found else "", **changed}
    check = text_of(client.post(CHANGE, asked))
    assert "Controleer het beleid" in check
    client.post(CHANGE, {**asked, "save": "1", "reason": "eerste volledige jaar"})
    assert site.work() == 1


def test_a_policy_is_checked_then_recorded_with_reason_and_name(site: Site) -> None:
    client = site.client()
    assert "Hier staat straks welk jaar uw basisjaar is" in text_of(client.get(HOME))
    check = text_of(client.post(CHANGE, FORM))
    assert "2,5\u00a0%" in check
    assert "2023 is nog niet gepubliceerd" in check
    assert open_books(site.ours.folder).base_year is None
    assert client.post(CHANGE, {**FORM, "save": "1", "reason": "x"}).status_code == 422
    record(site, client)
    found = open_books(site.ours.folder).base_year
    assert found is not None
    policy = found[1]
    assert (policy.year, str(policy.threshold), policy.source_rule) == (2023, "2.5", "plan, § 4")
    assert (policy.person, policy.reason) == ("De owner", "eerste volledige jaar")
    page = text_of(client.get(HOME))
    assert "Basisjaar 2023" in page
    assert "Nog niet gepubliceerd" in page
    assert {"asked_base_year", "job_base_year"} <= set(LogEntry.objects.values_list("what", flat=True))
    again = text_of(client.post(CHANGE, {**FORM, "base": found[0].id}))
    assert 'name="save"' not in again, "nothing changes"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "20"),
        ("year", "1812"),
        ("threshold", "0"),
        ("threshold", "101"),
        ("threshold", "1.234"),
        ("triggers", []),
    ],
)
def test_what_cannot_be_is_told_at_its_field(site: Site, field: str, value: Any) -> None:
    answer = site.client().post(CHANGE, {**FORM, field: value})
    assert answer.status_code == 422
    assert [link for link in Page(text_of(answer)).links() if link == f"#f-{field}"]
    kept = Page(text_of(answer)).find("input")
    assert any(e.attributes.get("value") == "plan, § 4" for e in kept), "what was filled in stays"


def test_the_second_of_two_is_asked_to_look_again(site: Site) -> None:
    client = site.client()
    record(site, client)
    late = client.post(CHANGE, {**FORM, "threshold": "10", "save": "1", "reason": "wij dachten aan tien"})
    assert late.status_code == 200
    assert "Iemand anders heeft het beleid intussen gewijzigd" in text_of(late)
    assert site.work() == 0
    form = [e for e in Page(text_of(late)).find("input") if e.attributes.get("name") == "base"]
    found = open_books(site.ours.folder).base_year
    assert found is not None
    assert {e.attributes["value"] for e in form} == {found[0].id}


def publish_and_change(site: Site) -> None:
    """Publish 2022 as base year, and calculate it anew without a delivery."""
    books = open_books(site.ours.folder)
    publish_anyway(site)
    record(site, site.client(), year="2022")
    books = open_books(site.ours.folder)
    withdrawn = next(batch for batch in books.active_batches() if "2022" in batch.file_name)
    books.withdraw(withdrawn.id, "verkeerde levering", "De owner")
    run_period(open_books(site.ours.folder), Period.year(2022))


@pytest.fixture
def changed() -> Site:
    """The application with a base year that changed since it was published."""
    return kept("base", publish_and_change, to_change=True)[0]


def publish_anyway(site: Site) -> None:
    """Publish 2022 of the example; what stands in the way is settled first."""
    books = open_books(site.ours.folder)
    for finding in open_findings(books, Period.year(2022)):
        keep_both(books, finding, "dit zijn er twee", "De owner")
    run_period(open_books(site.ours.folder), Period.year(2022))
    publish(open_books(site.ours.folder), Period.year(2022), "jaarverslag", "De owner")


def test_what_changed_is_held_against_the_threshold_as_the_library_does(changed: Site) -> None:
    client = changed.client("auditor@ours.example")
    assert "Er is iets veranderd" in text_of(client.get(HOME))
    answer = client.post(HOME)
    assert changed.work() == 1
    page = text_of(client.get(client.get(answer.headers["Location"]).headers["Location"]))
    assert "Herberekening is nodig" in page
    state = base_year_state(open_books(changed.ours.folder))
    assert state is not None
    assert state.recalculation_needed
    amounts = [(e.attributes["data-query"], int(e.attributes["value"])) for e in Page(page).find("data")]
    for found in state.assessments:
        view = f"{found.standard.short}:{found.basis}"
        own = {query.partition("#")[2] or query.partition("/")[0]: mg for query, mg in amounts if f"/{view}" in query}
        assert own["counted"] == found.counted
        assert {name: own[name] for name in found.effects} == found.effects
        assert found.published + sum(found.effects.values()) + found.organic == found.now
    for element in Page(page).find("data"):
        [link] = [a["href"] for tag, a in element.inside if tag == "a"]
        assert re.match(r"/o/ours/trace/[0-9a-f]+/", link)
    assert client.get(link).status_code == 200
    assert client.get(CHANGE).status_code == 403


def test_the_report_tells_of_the_base_year(changed: Site) -> None:
    client = changed.client()
    where = reverse("report", args=["ours", 2022])
    client.post(where)
    assert changed.work() == 1
    page = Page(text_of(client.get(reverse("report_chapter", args=["ours", 2022, "base-year"]))))
    links = {a["href"] for e in page.find("data") for tag, a in e.inside if tag == "a"}
    assert links
    for link in links:
        assert client.get(link).status_code == 200, link


def test_a_later_policy_takes_the_place_of_the_first(changed: Site) -> None:
    client = changed.client()
    record(changed, client, year="2022", threshold="100")
    client.post(HOME)
    changed.work()
    page = text_of(client.get(HOME))
    assert "Eerder beleid" in page
    assert "Herberekening is niet nodig" in page
