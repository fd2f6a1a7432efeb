"""Several organisations added up: the sum of their own figures, and nothing of one in which somebody has no role."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from web_api import program
from web_site import Page, Site, fresh, text_of

from trede.inventory.footprint import footprint_of
from trede_web.api.models import Token
from trede_web.bridge.books import open_books, views
from trede_web.bridge.welcome.example import make_example
from trede_web.people.models import Membership, Organisation
from trede_web.roles import Role

ADVISER = "consultant@ours.example"
STRANGER = "owner@theirs.example"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Ours, a client with figures too, and a neighbour; the consultant works for the first two."""
    made = fresh()
    client = Organisation.named("Klant & Co")
    client.slug = "client"
    make_example(client.folder, "De klant")
    books = open_books(client.folder)
    batch = next(batch for batch in books.active_batches() if batch.file_name == "reizen.csv")
    books.withdraw(batch.id, "niet van ons", "De klant")
    client.save(force_insert=True)
    Membership.objects.create(user=made.person(ADVISER), organisation=client, role=Role.CONSULTANT.value)
    with override_settings(API_REQUESTS=(10_000, 60), API_FAILED=(10_000, 60)):
        yield made


def own_total(site: Site, slug: str, view: str) -> int:
    """Return what an organisation itself says of 2024."""
    chosen = next(each for each in views() if each.name == view)
    run = open_books(Organisation.objects.get(slug=slug).folder).run_of("2024")
    assert run is not None
    return footprint_of(run, chosen.standard, chosen.basis).total


@pytest.mark.parametrize("view", [each.name for each in views()])
def test_the_sum_is_of_the_own_figures_to_the_milligram_and_each_leads_home(site: Site, view: str) -> None:
    client = site.client(ADVISER)
    page = Page(text_of(client.get("/together/", {"year": "2024", "view": view, "o": ["ours", "client"]})))
    found = [(e.attributes["data-query"], int(e.attributes["value"]), e.inside) for e in page.find("data")]
    sums = {query: mg for query, mg, _ in found if query.startswith("together/")}
    ours, theirs = own_total(site, "ours", view), own_total(site, "client", view)
    assert sums[f"together/{view}"] == ours + theirs
    assert sum(mg for query, mg in sums.items() if query.count("/") == 2) == ours + theirs
    for query, _, inside in found:
        [link] = [a["href"] for tag, a in inside if tag == "a"]
        assert link == "#parts" or client.get(link).status_code == 200, query
    assert {link.split("/")[2] for link in page.links() if "/trace/" in link} == {"ours", "client"}


def test_what_should_be_known_is_said(site: Site) -> None:
    client = site.client(ADVISER)
    page = text_of(client.get("/together/", {"year": "2024", "o": ["ours", "client"]}))
    assert "geen consolidatie" in page
    assert "Nog niet gepubliceerd: Klant &amp; Co" in page
    page = text_of(client.get("/together/", {"year": "2019", "o": ["ours", "client"]}))
    assert "Over 2019 niet berekend" in page
    assert not Page(page).find("data")
    assert "Tel deze organisaties bij elkaar op" in text_of(client.get("/"))
    assert "Tel deze organisaties" not in text_of(site.client(STRANGER).get("/"))


@pytest.mark.parametrize(
    "asked",
    [
        {"year": "x"},
        {"year": "99999999999999999999"},
        {"year": "002024" + "0" * 5000},
        {"view": "x:y"},
        {"view": "ladder:x"},
        {"o": "x"},
    ],
)
def test_what_is_asked_wrongly_is_no_fault(site: Site, asked: dict[str, str]) -> None:
    assert site.client(ADVISER).get("/together/", asked).status_code == 200


def test_nobody_adds_up_where_they_have_no_role(site: Site) -> None:
    assert site.client(None).get("/together/").status_code == 302
    neighbour = site.client(STRANGER)
    asked = {"year": "2024", "o": ["ours", "client", "theirs"]}
    pages = [
        text_of(neighbour.get("/together/", {"year": "2024", "o": [*others, "theirs"]}))
        for others in (("ours", "client"), ("nobodys", "noone"))
    ]
    page, unknown = (re.sub(r'"[A-Za-z0-9]{64}"', "", each) for each in pages)
    assert page.replace("ours", "").replace("client", "") == unknown.replace("nobodys", "").replace("noone", "")
    assert not [each for each in ("Ons bedrijf", "Klant", "/o/ours", "/o/client", 'value="ours"') if each in page]
    only = text_of(site.client("auditor@ours.example").get("/together/", asked))
    assert "Ons bedrijf" in only
    assert "Klant" not in only


def test_access_that_was_taken_away_counts_at_once(site: Site) -> None:
    place = Membership.objects.get(user=site.person(ADVISER), organisation__slug="client")
    client, asked = site.client(ADVISER), {"year": "2024", "o": ["ours", "client"]}
    Membership.objects.filter(pk=place.pk).delete()
    try:
        assert "Klant" not in text_of(client.get("/together/", asked))
    finally:
        place.save(force_insert=True)
    assert "Klant" in text_of(client.get("/together/", asked))


def test_codes_that_an_organisation_asks_are_asked_here_too(site: Site) -> None:
    Organisation.objects.filter(slug="client").update(codes_required=True)
    try:
        page = text_of(site.client(ADVISER).get("/together/", {"year": "2024", "o": ["ours", "client"]}))
        assert "eenmalige codes nodig zijn: Klant" in page
        assert "/o/client/trace/" not in page
    finally:
        Organisation.objects.filter(slug="client").update(codes_required=False)


def test_the_database_is_asked_as_often_for_two_as_for_one(site: Site) -> None:
    client, counts = site.client(ADVISER), []
    for chosen in (["ours"], ["ours", "client"]):
        with CaptureQueriesContext(connection) as found:
            client.get("/together/", {"year": "2024", "o": chosen})
        counts.append(len(found))
    assert counts[0] == counts[1] <= 5


def test_a_program_gives_a_token_of_each_and_none_of_somebody_else(site: Site) -> None:
    ours = program(site, ADVISER, "read")
    secret = _token_of_client(site)
    sent = {"year": 2024, "view": "ghg:location"}
    found = ours.send("POST", "/api/v1/together", {**sent, "tokens": [secret, secret]}).json()
    assert [part["organisation"] for part in found["parts"]] == ["ours", "client"], "one token twice counts once"
    assert int(found["total"]["mg"]) == own_total(site, "ours", "ghg:location") + own_total(
        site, "client", "ghg:location"
    )
    assert sum(int(each["amount"]["mg"]) for each in found["headings"]) == int(found["total"]["mg"])
    alone = ours.send("POST", "/api/v1/together", sent).json()
    assert int(alone["total"]["mg"]) == own_total(site, "ours", "ghg:location")
    other = program(site, "owner@ours.example", "read").secret
    unknown = ours.send("POST", "/api/v1/together", {**sent, "tokens": ["trede_guess"]})
    for wrong in (other, program(site, STRANGER, "manage").secret):
        answer = ours.send("POST", "/api/v1/together", {**sent, "tokens": [wrong]})
        assert (answer.status_code, answer.content) == (401, unknown.content)
    neighbour = program(site, STRANGER, "manage")
    assert neighbour.send("POST", "/api/v1/together", {**sent, "tokens": [secret]}).status_code == 401
    assert "Ons bedrijf" not in neighbour.send("POST", "/api/v1/together", sent).content.decode()
    assert ours.send("POST", "/api/v1/together", {**sent, "view": "x:y"}).status_code in (404, 422)


def test_a_key_brings_no_answer_back_of_an_organisation_that_was_left(site: Site) -> None:
    """An answer that is kept for a request sent twice is nobody's way around a token that was withdrawn."""
    ours, sent = program(site, ADVISER, "read"), {"year": 2024, "tokens": [_token_of_client(site)]}
    ask = {"headers": {"Idempotency-Key": "again"}}
    assert ours.send("POST", "/api/v1/together", sent, **ask).status_code == 200
    role = Membership.objects.get(user=site.person(ADVISER), organisation__slug="client")
    role.delete()
    try:
        assert ours.send("POST", "/api/v1/together", sent, **ask).status_code == 401
    finally:
        role.save(force_insert=True)


def test_guessing_tokens_in_the_body_is_limited(site: Site) -> None:
    with override_settings(API_FAILED=(3, 60)):
        ours = program(site, ADVISER, "read")
        answers = [
            ours.send("POST", "/api/v1/together", {"year": 2024, "tokens": [f"trede_{n}"]}).status_code
            for n in range(8)
        ]
    assert 429 in answers


def _token_of_client(site: Site) -> str:
    """Return a token of the consultant at the client."""
    organisation = Organisation.objects.get(slug="client")
    _, secret = Token.issue(organisation, site.person(ADVISER), "proef", "read", timezone.now() + timedelta(days=1))
    return secret
