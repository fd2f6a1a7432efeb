"""Choosing factors on screen: each answer becomes the library's decision, with reason and person, and can be taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Page, Site, text_of

from trede.intake.template import template_profile
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.periods import Period
from trede.organisation.decisions import Override, Pin, Revoke, TakeIn
from trede.trace.usage import choices
from trede.workspace.importing import import_file
from trede.workspace.queue import open_matches
from trede.workspace.running import run_period
from trede_web.bridge.books import Workspace, open_books
from trede_web.work.models import Job
from workspaces import BY

LIST = "co2emissiefactoren-2026-08-20"
WIND = "elektriciteit/windkracht/kwh"
GOOD = {
    "name": "Biogas van de boer", "unit": "gas-volume-normal:Nm3", "nature": "fuel", "total": "0,9", "direct": "0,1",
    "upstream": "0,8", "uncertainty": "20", "publisher_name": "De boer", "url": "offerte, blz. 3", "notes": "",
    "from": "2024", "to": "2025",
}  # fmt: skip


@pytest.fixture
def books(site: Site) -> Workspace:
    """The accounts of the example, without the list that was pinned."""
    books = open_books(site.ours.folder)
    for recorded in books.decisions.in_force():
        if isinstance(recorded.decision, Pin):
            books.decide(Revoke(decision=recorded.id, **BY))
    run_period(books, Period.year(2024))
    return open_books(site.ours.folder)


def test_the_queue_is_the_librarys_and_an_answer_goes_on(site: Site, books: Workspace) -> None:
    client, where = site.client(), reverse("matching", args=["ours", 2024])
    found = open_matches(books, books.find_run("2024"))
    page = Page(text_of(client.get(where)))
    stakes = [int(e.attributes["value"]) for e in page.find("data") if ("ol", {}) in e.inside]
    assert stakes == [each.stake for each in found]
    answers = [box.attributes["value"] for box in page.find("input") if box.attributes.get("name") == "answer"]
    assert answers[0].startswith("take-in:")
    first, second = (each.waiting.id for each in found[:2])
    gone = client.post(
        reverse("settle_match", args=["ours", 2024]),
        {"item": first, "answer": answers[0], "reason": "klopt met de pas"},
    )
    assert gone["Location"] == f"{where}?at={second}"
    waiting = text_of(client.get(where, {"at": first}))
    assert "wordt vastgelegd" in waiting
    assert site.work() == 1
    [recorded] = [r for r in books.decisions.in_force() if isinstance(r.decision, TakeIn)]
    assert (recorded.decision.reason, recorded.decision.person) == ("klopt met de pas", "De owner")
    assert "klopt met de pas" in text_of(client.get(where, {"at": first}))
    left = [each for each in open_matches(books, books.find_run("2024")) if each.settled is None]
    assert f"Nog {len(left)} vragen" in text_of(client.get(where))


def test_a_total_that_lacks_records_says_so_before_it_is_read(site: Site, books: Workspace) -> None:
    client = site.client()
    run = books.find_run("2024")
    left = sum(group.records for group in sort_unmatched(run.table("unmatched"), books.decisions.in_force()).left)
    for route in ("footprint", "year"):
        assert f"{left:,} records tellen nog niet mee".replace(",", ".") in text_of(
            client.get(reverse(route, args=["ours", 2024]))
        )
    page = text_of(client.get(reverse("calculate", args=["ours", 2024])))
    assert "Voor 2024 is er geen factorlijst" in page
    assert "{&quot;" not in page
    reason = {"library": LIST, "reason": "er is geen andere"}
    client.post(reverse("pin", args=["ours", 2024]), reason)
    assert site.work() == 1
    assert "is er geen factorlijst. Kies" not in text_of(client.get(reverse("calculate", args=["ours", 2024])))


def test_an_answer_that_does_not_fit_changes_nothing(site: Site, books: Workspace) -> None:
    client, before = site.client(), len(list(books.decisions.all()))
    item = open_matches(books, books.find_run("2024"))[0].waiting.id
    where = reverse("settle_match", args=["ours", 2024])
    assert client.post(where, {"item": item, "answer": "none", "reason": ""}).status_code == 422
    refused = Page(text_of(client.post(where, {"item": item, "reason": "want zo is het"})))
    assert [e.attributes["value"] for e in refused.find("input") if e.attributes.get("id") == "reason"] == [
        "want zo is het"
    ]
    leading = [
        e.attributes.get("href", e.attributes.get("action", "")) for e in [*refused.find("a"), *refused.find("form")]
    ]
    queue = reverse("matching", args=["ours", 2024])
    assert any(each.startswith(f"{queue}?at=") for each in leading)
    assert not any(each.startswith("?") for each in leading), "the page stands at the address of a button"
    assert client.post(where, {"item": item, "answer": "other", "reason": "een reden"}).status_code == 422
    assert client.post(where, {"item": "f" * 16, "answer": "none", "reason": "een reden"}).status_code == 404
    wrong = {"item": item, "answer": f"override:{LIST}#{WIND}", "reason": "een reden"}
    assert client.post(where, wrong).status_code == 302
    site.work()
    assert Job.objects.get().state == "failed"
    assert "kan geen antwoord zijn" in text_of(client.get(reverse("matching", args=["ours", 2024])))
    assert len(list(books.decisions.all())) == before


def test_words_find_another_answer(site: Site, books: Workspace) -> None:
    gas = next(e for e in open_matches(books, books.find_run("2024")) if e.waiting.activity_type == "natural-gas")
    asked = {"at": gas.waiting.id, "words": "groengas"}
    page = Page(text_of(site.client().get(reverse("matching", args=["ours", 2024]), asked)))
    found = [box.attributes["value"] for box in page.find("input") if box.attributes.get("name") == "answer"]
    assert any("groengas" in value for value in found)
    numbers = [box.attributes["data-number"] for box in page.find("input") if "data-number" in box.attributes]
    assert numbers == [str(at) for at in range(1, len(numbers) + 1)]
    auditor = text_of(site.client("auditor@ours.example").get(reverse("matching", args=["ours", 2024]), asked))
    assert 'name="answer"' not in auditor


def test_a_named_factor_counts_is_black_and_is_taken_back(site: Site) -> None:
    client, books = site.client(), open_books(site.ours.folder)
    text = text_of(client.get(reverse("factor", args=["ours", LIST, WIND])))
    options = [o.attributes["value"] for o in Page(text).find("option") if "electricity" in o.attributes["value"]]
    market = next(value for value in options if '"market"' in value and '"electricity"' in value)
    asked = {"records": market, "years": "2023, 2024", "country": "nl", "reason": "garanties van oorsprong"}
    assert client.post(reverse("override", args=["ours", LIST, WIND]), asked | {"records": "x"}).status_code == 422
    assert client.post(reverse("override", args=["ours", LIST, WIND]), asked).status_code == 302
    site.work()
    [recorded] = [r for r in books.decisions.in_force() if isinstance(r.decision, Override)]
    assert (recorded.decision.years, recorded.decision.slot, recorded.decision.geography) == (
        (2023, 2024),
        "market",
        "NL",
    )
    run = run_period(books, Period.year(2024))
    assert any(each.factor.endswith(WIND) and each.why == "override" for each in choices(run))
    page = text_of(client.get(reverse("choices", args=["ours", 2024])))
    assert "garanties van oorsprong" in page
    assert 'class="chosen"' in page
    where = reverse("revoke", args=["ours", recorded.id])
    assert client.post(where, {"reason": "", "year": "2024"}).status_code == 422
    assert client.post(where, {"reason": "toch niet", "year": "2024"}).status_code == 302
    site.work()
    assert [r for r in books.decisions.in_force() if isinstance(r.decision, Override)] == []
    assert "teruggenomen" in text_of(client.get(reverse("choices", args=["ours", 2024])))
    assert client.post(where, {"reason": "nog eens", "year": "2024"}).status_code == 404


def test_what_nobody_chose_is_grey(site: Site, books: Workspace) -> None:
    pinned = text_of(site.client().get(reverse("choices", args=["ours", 2022])))
    assert 'class="chosen"' in pinned
    books.decide(Pin(library="ember-2023", years=(2024,), **BY))
    empty = text_of(site.client().get(reverse("choices", args=["ours", 2025])))
    assert "2025 is nog niet berekend" in empty


def test_an_own_factor_from_the_form(site: Site) -> None:
    client, where = site.client(), reverse("own_factor", args=["ours"])
    assert "1.234" in text_of(client.post(where, GOOD | {"total": "1.234", "direct": "", "upstream": ""}))
    for wrong in ({"name": ""}, {"total": "x"}, {"unit": "none:x"}, {"from": "2026"}, {"total": "0,5"}, {"total": ""}):
        assert client.post(where, GOOD | wrong).status_code == 422, wrong
    assert not Job.objects.exists()
    assert client.post(where, GOOD).status_code == 302
    site.work()
    [library] = [lib for lib in open_books(site.ours.folder).libraries.values() if lib.papers.kind == "own"]
    [factor] = library.factors.values()
    assert (factor.total, factor.direct, factor.upstream) == (Decimal("0.9"), Decimal("0.1"), Decimal("0.8"))
    assert factor.uncertainty == 20
    assert (library.papers.valid_from.year, library.papers.valid_to.year) == (2024, 2025)
    page = text_of(client.get(reverse("factor", args=["ours", library.id, factor.id])))
    assert "Biogas van de boer" in page
    assert "Gebruik deze factor" in page
    theirs = site.client("owner@theirs.example")
    assert theirs.get(reverse("factor", args=["theirs", library.id, factor.id])).status_code == 404
    assert library.id not in text_of(theirs.get(reverse("lists", args=["theirs"])))
    assert "Biogas van de boer" not in text_of(theirs.get(reverse("factors", args=["theirs"]), {"q": "biogas boer"}))


SECOND_HAND = "co2emissiefactoren-secondhand"


def test_a_value_from_second_hand_fills_in_the_form_and_a_person_confirms(site: Site) -> None:
    client, where = site.client(), reverse("own_factor", args=["ours"])
    library = open_books(site.ours.folder).libraries[SECOND_HAND]
    ambiguous = next(f for f in library.factors.values() if f.total == Decimal("1.083"))
    power = next(f for f in library.factors.values() if f.nature == "energy")
    air = next(f for f in library.factors.values() if f.nature == "air")
    page = text_of(client.get(reverse("factor", args=["ours", SECOND_HAND, ambiguous.id])))
    [link] = [link for link in Page(page).links() if "own/?of=" in link]
    assert "own/?of=" not in text_of(client.get(reverse("factor", args=["ours", LIST, "elektriciteit/windkracht/kwh"])))
    assert "own/?of=" not in text_of(client.get(reverse("factor", args=["ours", SECOND_HAND, air.id])))
    assert client.get(where, {"of": f"{SECOND_HAND}#{air.id}"}).status_code == 404
    assert client.get(where, {"of": f"{LIST}#elektriciteit/windkracht/kwh"}).status_code == 404
    form = Page(text_of(client.get(link)))
    given = {e.attributes["name"]: e.attributes.get("value", "") for e in form.find("input") if "name" in e.attributes}
    assert (given["total"], given["from"], given["to"]) == ("1,0830", "2015", "2015")
    assert given["publisher_name"] == "CO2emissiefactoren.nl"
    given |= {"unit": f"{ambiguous.kind}:{ambiguous.unit}", "nature": ambiguous.nature}
    assert client.post(where, given).status_code == 422, "a reason is asked"
    assert client.post(where, given | {"reason": "klopt met de lijst van toen"}).status_code == 302
    assert client.get(where, {"of": f"{SECOND_HAND}#{power.id}"}).status_code == 200
    site.work()
    [made] = [lib for lib in open_books(site.ours.folder).libraries.values() if lib.papers.kind == "own"]
    [factor] = made.factors.values()
    assert (factor.total, factor.direct, factor.upstream) == (ambiguous.total, ambiguous.direct, ambiguous.upstream)
    assert "klopt met de lijst van toen" in made.papers.notes.nl
    assert f"{SECOND_HAND}#{ambiguous.id}" in made.papers.notes.nl


def test_a_table_of_own_factors_and_a_pin(site: Site) -> None:
    client, where = site.client(), reverse("lists", args=["ours"])
    template = client.get(reverse("own_template", args=["ours"])).content
    client.post(where, {"publisher": "own", "file": SimpleUploadedFile("eigen.csv", template)})
    site.work()
    assert "own-own-factors-2026-01-31" in text_of(client.get(where))
    broken = template.replace(b"liquid-volume", b"volume")
    client.post(where, {"publisher": "own", "file": SimpleUploadedFile("kapot.csv", broken)})
    site.work()
    failed = Job.objects.get(state="failed")
    assert "kapot.csv" in text_of(client.get(reverse("job", args=["ours", failed.pk])))
    assert client.post(where, {"publisher": "own"}).status_code == 422
    asked = {"library": LIST, "years": "2020 2021", "reason": "geen lijst van die jaren"}
    assert client.post(reverse("pin_years", args=["ours"]), asked | {"years": "x"}).status_code == 422
    client.post(reverse("pin_years", args=["ours"]), asked)
    site.work()
    pins = [r.decision for r in open_books(site.ours.folder).decisions.in_force() if isinstance(r.decision, Pin)]
    assert (2020, 2021) in [pin.years for pin in pins]
    assert "geen lijst van die jaren" in text_of(client.get(where))


def test_a_newer_list_is_named_and_changes_nothing(site: Site) -> None:
    client, books = site.client(), open_books(site.ours.folder)
    assert "staat klaar" not in text_of(client.get(reverse("lists", args=["ours"])))
    data = b"activity_type;quantity;unit;start;end;country;purpose\nhotel-stay;12;room-night;2024-03-01;2024-03-12;be;business\n"
    import_file(books, data, "hotel.csv", template_profile(data, "hotel.csv"))
    pinned = books.decide(Pin(library="desnz-2023", years=(2024,), activity_types=("hotel-stay",), **BY))
    run = run_period(books, Period.year(2024))
    assert any(each.factor.startswith("desnz-2023#") for each in choices(run))
    text = text_of(client.get(reverse("lists", args=["ours"])))
    assert "desnz-2024 staat klaar" in text
    points = {
        e.text: e.attributes["href"] for e in Page(text_of(client.get(reverse("year", args=["ours", 2024])))).find("a")
    }
    [said] = [text for text in points if text.startswith("Nieuwere factoren: ")]
    assert points[said] == reverse("lists", args=["ours"]), "of the overview too: a proposal"
    used = next(each.factor for each in choices(run) if each.factor.startswith("desnz-2023#"))
    library, _, ident = used.partition("#")
    page = text_of(client.get(reverse("factor", args=["ours", library, ident])))
    assert "staat klaar" in page
    newest = Page(page).find("form")
    effects = [each for each in newest if each.attributes.get("action") == reverse("look_ahead", args=["ours", 2024])]
    assert [each.text.strip() for each in effects] == ["Effect op 2024 bekijken"]
    sent = {each.attributes["value"] for each in Page(page).find("input") if each.attributes.get("name") == "library"}
    assert len(sent) == 1
    asked = client.post(reverse("look_ahead", args=["ours", 2024]), {"library": sent.pop()})
    assert site.work() == 1
    assert "proef met de lijst desnz-202" in text_of(client.get(asked.headers["Location"], follow=True))
    auditor = site.client("auditor@ours.example").get(reverse("factor", args=["ours", library, ident]))
    assert reverse("look_ahead", args=["ours", 2024]) not in text_of(auditor)
    assert books.find_run("2024").id == run.id
    assert pinned.id in text_of(client.get(reverse("lists", args=["ours"])))
