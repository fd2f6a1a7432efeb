"""Welcome with three doors, the example that is put back, the organisation with its boundary, and the register of sources."""

from __future__ import annotations

import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from web_site import Element, Page, Site, prepared, text_of

from trede_web.bridge.books import open_books
from trede_web.bridge.welcome.example import renew_example
from trede_web.people.models import Organisation
from trede_web.work.models import Job
from workspaces import read_example

OWNED = """
name = "Holding"
approach = "equity-share"

[[entity]]
id = "holding"
name = "Holding"

[[entity]]
id = "part"
name = "Part B.V."
aliases = ["Part"]
parent = "holding"
ownership = [
  { from = 2021-03-01, to = 2024-06-30, share = 1, controlled = true },
  { from = 2024-07-01, share = 0.3, controlled = false, financial = "joint" },
]

[[entity]]
id = "grandchild"
name = "Grandchild B.V."
parent = "part"
ownership = [{ to = 2020-12-31, share = 1, controlled = true }]

[[site]]
id = "north"
name = "North"
entity = "part"
closed = 2023-09-30

[[unit]]
id = "care"
name = "Care"

[[unit]]
id = "home"
name = "Home care"
parent = "care"

[[project]]
id = "P-1"
name = "Hospital"
unit = "home"
award_advantage = true

[[source]]
id = "gas & heat"
name = "Gas"
from_year = 2022
to_year = 2023
sites = ["north"]
owner = "Facilities"
frequency = "quarter"

[[lease]]
id = "hall"
name = "Hall"
asset = "building"
kind = "operating"
site = "north"
"""


def describe(site: Site, text: str = OWNED) -> None:
    """Give the neighbour a description."""
    open_books(site.theirs.folder).describe(text.encode(), "organisation.toml")


def look(site: Site, name: str, *parts: object, language: str = "en", **asked: str) -> Page:
    """Return a page of the neighbour, as the neighbour sees it."""
    answer = site.client("owner@theirs.example", language).get(reverse(name, args=["theirs", *parts]), asked)
    assert answer.status_code == 200
    return Page(text_of(answer))


def depth(page: Page, name: str) -> int:
    """Return how many lists the heading of an entity stands in."""
    [heading] = [e for e in page.find("h3") if e.text.strip() == name]
    return sum(tag == "ul" for tag, _ in heading.inside)


def test_entities_are_a_list_in_a_list_with_what_counts(site: Site) -> None:
    describe(site)
    page = look(site, "organisation")
    assert [depth(page, name) for name in ("Holding", "Part B.V.", "Grandchild B.V.")] == [1, 2, 3]
    assert [e.text for e in page.find("span") if e.attributes.get("class") == "fig"] == [
        "100\u00a0%",
        "30\u00a0%",
        "0\u00a0%",
    ]
    [now] = [e for e in page.find("li") if e.attributes.get("aria-current") == "true"]
    assert (
        "you own 30\u00a0%, somebody else runs it, you direct its financial policies together with partners" in now.text
    )
    [main] = page.find("main")
    for text in ("Equity share", "until 2023-09-30", "not open now", "Home care", "operating lease", "Also: Part."):
        assert text.casefold() in main.text.casefold(), text


def test_denominators_stand_by_year_and_other_periods_apart(site: Site) -> None:
    page = Page(text_of(site.client().get(reverse("organisation", args=["ours"]))))
    cells = [e.text for e in page.find("td") if e.attributes.get("class") == "num"]
    assert cells[:6] == ["112", "118,5", "121", "5,2", "5,7", "6,1"]
    assert "2022..2024: 640" in page.find("main")[0].text


def test_an_empty_organisation_says_what_will_be_here(site: Site) -> None:
    text = look(site, "organisation").find("main")[0].text
    assert "Your sites will be here" in text
    assert "no sources in the register yet" in look(site, "sources", 2024).find("main")[0].text
    year = look(site, "year", 2024)
    assert "2024 in seven steps" in year.find("main")[0].text
    assert len([e for e in year.find("li") if e.attributes.get("class") == "now"]) == 1


def rows(page: Page) -> list[Element]:
    """Return the rows of the tables."""
    return [e for e in page.find("tr") if any(tag == "tbody" for tag, _ in e.inside)]


def test_the_register_and_a_source(site: Site) -> None:
    describe(site)
    [row] = rows(look(site, "sources", 2022))
    for text in ("Gas", "missing", "Facilities", "each quarter", "2022–2023", "North"):
        assert text in row.text
    assert "not expected" in rows(look(site, "sources", 2025))[0].text
    page = look(site, "source_page", 2022, id="gas & heat")
    assert len([e for e in page.find("span") if "trede-cell--missing" in e.attributes.get("class", "")]) == 1
    assert len([e for e in page.find("a") if "trede-cell--missing" in e.attributes.get("class", "")]) == 12
    client = site.client("owner@theirs.example")
    assert client.get(reverse("source_page", args=["theirs", 2022]), {"id": "tankpas"}).status_code == 404


def test_a_source_has_its_files_meters_and_decisions(site: Site) -> None:
    client = site.client()
    asked = {"source": "gas", "status": "excluded", "reason": "zie de jaarrekening"}
    client.post(reverse("source", args=["ours", 2025]), asked)
    site.work()
    where = reverse("source_page", args=["ours", 2024])
    page = Page(text_of(client.get(where, {"id": "elektriciteit"})))
    [main] = page.find("main")
    for text in ("meterstanden-hoofdkantoor.csv", "871600000000000010", "01-01-2022 tot en met 31-12-2024", "binnen"):
        assert text in main.text
    assert "zie de jaarrekening" in text_of(client.get(where, {"id": "gas"}))
    looked = text_of(client.get(where, {"source": "gas", "site": "oost", "month": "2024-03"}))
    assert "Vestiging Oost: maart" in looked


def test_what_is_delivered_without_being_in_the_register_is_said(site: Site) -> None:
    books = open_books(site.ours.folder)
    latest = books.organisation_versions.latest()
    assert latest is not None
    head, _, rest = latest.read().decode().partition('[[source]]\nid = "reizen"')
    books.describe((head + rest.partition("from_year = 2022\n")[2]).encode(), "organisation.toml")
    answer = text_of(site.client().get(reverse("source_page", args=["ours", 2024]), {"id": "reizen"}))
    assert "staat niet in het register" in answer


@pytest.fixture
def quick_example(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the example by copying the one that is there, which was made in earnest."""
    kept = prepared() / "workspaces" / str(site.ours.pk)
    monkeypatch.setattr(
        "trede_web.bridge.welcome.example.make_example", lambda where, who: shutil.copytree(kept, where)
    )


def newcomer(site: Site) -> Client:
    """Return the browser of somebody without an example."""
    return site.client("owner@theirs.example")


@pytest.mark.usefixtures("quick_example")
def test_the_first_door_makes_an_example_once(site: Site) -> None:
    client = newcomer(site)
    assert "Voorbeeld bekijken" in text_of(client.get("/"))
    client.post("/example/")
    made = Organisation.objects.get(example=True, memberships__user__email="owner@theirs.example")
    assert site.work() == 1
    books = open_books(made.folder)
    assert len(books.runs()) == 3
    assert made.name in text_of(client.get(reverse("year", args=[made.slug, 2024])))
    client.post("/example/")
    assert Organisation.objects.filter(example=True).count() == 2
    assert "Naar het voorbeeld" in text_of(client.get("/"))


def test_the_third_door_takes_files_and_a_name_in_one_go(site: Site) -> None:
    client = newcomer(site)
    before = Organisation.objects.count()
    wrong = client.post("/bring/", {"name": "Jansen"})
    assert wrong.status_code == 422
    assert '<a href="#files">U hebt geen bestand gekozen' in text_of(wrong)
    assert Organisation.objects.count() == before
    file = SimpleUploadedFile("reizen.csv", read_example("reizen.csv"))
    answer = client.post("/bring/", {"name": "Jansen", "files": [file]})
    made = Organisation.objects.get(name="Jansen")
    assert answer["Location"] == reverse("imports", args=[made.slug])
    assert Job.objects.get(organisation=made).title == "reizen.csv"


@pytest.mark.usefixtures("quick_example")
def test_the_example_is_put_back_and_nothing_else(site: Site) -> None:
    client = site.client()
    ours = open_books(site.ours.folder)
    gone = ours.active_batches()[0]
    ours.withdraw(gone.id, "to see it back", "somebody")
    assert 'href="/o/ours/restore/"' in text_of(client.get(reverse("year", args=["ours", 2024])))
    assert client.get(reverse("restore", args=["ours"])).status_code == 200
    client.post(reverse("restore", args=["ours"]))
    site.work()
    assert Job.objects.latest("created_at").state == "done"
    back = open_books(site.ours.folder)
    assert [r.decision.kind for r in back.decisions.all()] == ["pin"]
    assert len(back.active_batches()) == 8
    assert sorted(p.name for p in site.ours.folder.parent.iterdir()) == sorted(
        str(each.pk) for each in Organisation.objects.all()
    )
    assert newcomer(site).post(reverse("restore", args=["theirs"])).status_code == 404


@pytest.mark.parametrize("left", ["new", "old", "nothing"])
def test_a_stopped_restoring_is_done_again(site: Site, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = site.theirs.folder
    made = []
    monkeypatch.setattr(
        "trede_web.bridge.welcome.example.make_example", lambda where, who: (where.mkdir(), made.append(who))
    )
    if left == "nothing":
        folder.rename(folder.with_name(f"{folder.name}.old"))
    else:
        folder.with_name(f"{folder.name}.{left}").mkdir()
    renew_example(folder, "somebody")
    assert made == ["somebody"]
    assert list(folder.iterdir()) == []
    assert [p for p in folder.parent.iterdir() if p.suffix] == []
