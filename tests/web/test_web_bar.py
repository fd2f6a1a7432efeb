"""The bar above a page: what it shows is chosen there, stands in the address, and its lasting address can be copied."""

from __future__ import annotations

from uuid import uuid4

from django.urls import reverse
from django.utils import timezone
from web_site import Element, Page, Site, text_of

from trede_web.bridge.books import open_books, views
from trede_web.inbox.models import Staged


def choices(page: Page) -> dict[str, list[Element]]:
    """Return the links of each choice of the bar."""
    found: dict[str, list[Element]] = {}
    for link in page.find("a"):
        names = [a.get("id", "") for tag, a in link.inside if tag == "details"]
        if names and names[0].startswith("bar-"):
            found.setdefault(names[0], []).append(link)
    return found


def chosen(links: list[Element]) -> list[str]:
    """Return the text of what is chosen."""
    return [link.text for link in links if link.attributes.get("aria-current") == "true"]


def test_a_footprint_lets_its_year_period_standard_and_calculation_be_chosen(site: Site) -> None:
    client, run = site.client(), open_books(site.ours.folder).find_run("2024").id
    page = Page(text_of(client.get(reverse("footprint", args=["ours", 2024]), {"view": "ghg:location"})))
    found = choices(page)
    assert list(found) == ["bar-year", "bar-period", "bar-boundary", "bar-standard", "bar-calculation"]
    assert [chosen(links) for links in found.values()][:4] == [
        ["Jaar 2024"],
        ["heel 2024"],
        ["hele organisatie"],
        ["GHG Protocol, locatiebasis"],
    ]
    assert [link.attributes["href"] for link in found["bar-standard"]] == [
        reverse("trace", args=["ours", f"{run}/{view.name}"]) for view in views()
    ]
    halves = [link.attributes["href"] for link in found["bar-period"] if link.text.startswith("H")]
    assert halves == [f"/o/ours/2024/footprint/?period=2024-{half}&view=ghg%3Alocation" for half in ("H1", "H2")]
    assert all("nog niet berekend" in link.text for link in found["bar-period"][1:])
    [copy] = [e for e in page.find("button") if "data-copy" in e.attributes]
    assert copy.attributes["data-copy"] == reverse("trace", args=["ours", f"{run}/ghg:location"])
    assert "hidden" in copy.attributes


def test_a_site_is_a_boundary_and_stays_so_under_another_standard(site: Site) -> None:
    client, run = site.client(), open_books(site.ours.folder).find_run("2024").id
    found = choices(Page(text_of(client.get(reverse("footprint", args=["ours", 2024])))))
    assert [link.text for link in found["bar-boundary"]] == ["hele organisatie", "Hoofdkantoor", "Vestiging Oost"]
    found = choices(Page(text_of(client.get(found["bar-boundary"][1].attributes["href"]))))
    assert chosen(found["bar-boundary"]) == ["Hoofdkantoor"]
    under = f"/o/ours/trace/{run}/ghg:location/site:hoofdkantoor/"
    assert under in [link.attributes["href"] for link in found["bar-standard"]]
    assert chosen(choices(Page(text_of(client.get(under))))["bar-boundary"]) == ["Hoofdkantoor"]


def test_the_menu_counts_the_files_that_wait_here_alone(site: Site) -> None:
    where = reverse("people", args=["ours"])
    assert 'class="count"' not in text_of(site.client().get(where))
    asked = {"person": site.person(), "name": "a.csv", "sha256": "0" * 64, "size": 1}
    files = [Staged.objects.create(id=uuid4(), organisation=site.theirs, **asked) for _ in range(3)]
    assert 'class="count"' not in text_of(site.client().get(where))
    files.append(Staged.objects.create(id=uuid4(), organisation=site.ours, **asked))
    [count] = [e for e in Page(text_of(site.client().get(where))).find("span") if e.attributes.get("class") == "count"]
    assert " ".join(count.text.split()) == "1 bestand wacht"
    for each in files:
        each.delete()


def test_an_empty_organisation_may_begin_with_an_earlier_year(site: Site) -> None:
    client, now = site.client("owner@theirs.example"), timezone.localdate().year
    found = choices(Page(text_of(client.get(reverse("year", args=["theirs", now - 1])))))
    assert [e.text for e in found["bar-year"]] == [f"Jaar {year}" for year in (now, now - 1, now - 2)]
    assert client.get(found["bar-year"][2].attributes["href"]).status_code == 200


def test_a_part_of_a_figure_leads_to_the_total_of_another_year_under_the_same_view(site: Site) -> None:
    run = open_books(site.ours.folder).find_run("2023").id
    found = choices(Page(text_of(site.client().get(f"/o/ours/trace/{run}/ghg:market/scope-1/"))))
    assert chosen(found["bar-standard"]) == ["GHG Protocol, marktbasis"]
    assert "/o/ours/2024/footprint/?view=ghg%3Amarket" in [e.attributes["href"] for e in found["bar-year"]]


def test_a_bridge_chooses_both_its_sides_the_part_of_the_year_and_the_standard(site: Site) -> None:
    site.bridged(2023, 2024)
    address = reverse("bridge", args=["ours", 2024])
    page = Page(text_of(site.client().get(address, {"view": "ghg:market"})))
    found = choices(page)
    assert list(found) == ["bar-from", "bar-year", "bar-period", "bar-standard"]
    assert chosen(found["bar-from"]) == ["2023"]
    assert found["bar-standard"][0].attributes["href"] == f"{address}?from=2023&view=ladder%3Amarket"
    [copy] = [e for e in page.find("button") if "data-copy" in e.attributes]
    assert copy.attributes["data-copy"] == f"{address}?from=2023&view=ghg%3Amarket"


def test_another_year_keeps_the_part_of_the_year(site: Site) -> None:
    found = choices(Page(text_of(site.client().get("/o/ours/2024/footprint/?period=2024-H1"))))
    assert "/o/ours/2023/footprint/?period=2023-H1" in [e.attributes["href"] for e in found["bar-year"]]
