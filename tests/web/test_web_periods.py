"""Parts of years on screen: calculated on the footprint, followed by the ledger and the trace, and compared on the bridge."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse
from web_api import program
from web_site import Element, Page, Site, fresh, text_of

from trede.analysis.bridge import CAUSES, Steps
from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.kernel.periods import Period
from trede.workspace.comparing import compare
from trede.workspace.explaining import explain
from trede_web.bridge.books import open_books
from trede_web.bridge.results.between import comparable, usual
from trede_web.bridge.results.periods import same_part, say_period
from trede_web.bridge.speaking import Voice

LADDER = find_standard("ladder")


def where(name: str, **asked: str) -> str:
    """Return the address of a page about 2024."""
    query = "&".join(f"{key}={value}" for key, value in asked.items())
    return reverse(name, args=["ours", 2024]) + (f"?{query}" if query else "")


@pytest.fixture(scope="module")
def halves() -> Site:
    """The application with the first half of 2024 calculated, and held against the first half of 2023."""
    site = fresh()
    client = site.client()
    assert "nog niet apart berekend" in text_of(client.get(where("footprint", period="2024-H1")))
    answer = client.post(where("calculate"), {"period": "2024-H1"})
    assert site.work() == 1
    assert client.get(answer.headers["Location"]).headers["Location"] == where("footprint", period="2024-H1")
    client.post(where("bridge", period="2024-Q1", **{"from": "2023-Q1"}))
    assert site.work() == 1
    return site


def masses(page: Page) -> list[Element]:
    """Return the amounts of a page."""
    return page.find("data")


def test_the_footprint_of_a_half_is_that_of_its_own_calculation(halves: Site) -> None:
    books = open_books(halves.ours.folder)
    run = books.find_run("2024-H1")
    page = Page(text_of(halves.client().get(where("footprint", period="2024-H1"))))
    assert any("Voetafdruk 2024-H1" in e.text for e in page.find("h1"))
    asked = {e.attributes["data-query"]: int(e.attributes["value"]) for e in masses(page)}
    total = footprint_of(run, LADDER, "market").total
    assert asked[f"{run.id}/ladder:market"] == total
    for query, mg in asked.items():
        if "#" not in query:
            assert [rung.mg for rung in explain(books, query)[1]] == [mg], query  # type: ignore[union-attr]
    year = footprint_of(books.find_run("2024"), LADDER, "market").total
    assert 0 < total < year
    chosen = [e.text for e in page.find("a") if e.attributes.get("aria-current") == "true"]
    half, whole = "H1: januari tot en met juni", "hele organisatie"
    assert chosen[:4] == ["Jaar 2024", half, whole, "CO2-Prestatieladder 3.1, marktbasis"]


def test_a_whole_year_stays_as_it_is(halves: Site) -> None:
    client = halves.client()
    page = text_of(client.get(where("footprint")))
    assert "Voetafdruk 2024</h1>" in page
    assert client.get(where("footprint", period="2024")).status_code == 200


def test_the_ledger_follows_the_period(halves: Site) -> None:
    client = halves.client()
    [link] = [
        x for x in Page(text_of(client.get(where("footprint", period="2024-H1")))).links() if "/ledger/?period" in x
    ]
    assert link.endswith("?period=2024-H1&year=2024")

    def records(asked: str) -> list[dict[str, str]]:
        answer = client.get(reverse("ledger_download", args=["ours", "json"]) + asked)
        found: list[dict[str, str]] = json.loads(b"".join(answer.streaming_content))["records"]
        return found

    found, every = records("?year=2024&period=2024-H1"), records("?year=2024")
    wanted = [row["record"] for row in every if row["start"] <= "2024-06-30" and row["end"] >= "2024-01-01"]
    assert sorted(row["record"] for row in found) == sorted(wanted)
    assert 0 < len(found) < len(every)
    page = text_of(client.get(reverse("ledger", args=["ours"]) + "?year=2024&period=2024-H1"))
    assert "Dit zijn de records die een dag van de periode raken" in page


def test_a_broken_year_is_asked_for_by_its_months(halves: Site) -> None:
    client = halves.client()
    answer = client.get(where("footprint", first="2023-07", last="2024-06"))
    assert answer.headers["Location"] == reverse("footprint", args=["ours", 2023]) + "?period=2023-07..2024-06"
    assert "juli 2023 – juni 2024" in text_of(client.get(answer.headers["Location"]))
    for first, last in (("2024-06", "2023-07"), ("2024", "2025"), ("2024-13", "2024-14")):
        assert client.get(where("footprint", first=first, last=last)).status_code in (404, 500)


@pytest.mark.parametrize("period", ["2025-H1", "nonsense", "2024-Q9", "../2024", "1900"])
def test_a_period_that_is_none_of_the_year_is_not_here(halves: Site, period: str) -> None:
    for name in ("footprint", "bridge", "report"):
        assert halves.client().get(where(name, period=period)).status_code == 404


def test_an_auditor_may_not_have_a_period_calculated(halves: Site) -> None:
    client = halves.client("auditor@ours.example")
    assert "Vraag iemand die mag berekenen" in text_of(client.get(where("footprint", period="2024-Q3")))
    assert client.post(where("calculate"), {"period": "2024-Q3"}).status_code == 403


def library(site: Site, view: str) -> Steps:
    """Return the library's bridge between the first quarters."""
    standard, _, basis = view.partition(":")
    found = find_standard(standard)
    return compare(open_books(site.ours.folder), "2023:2023-Q1", "2024:2024-Q1").total(
        lambda place: place.basis in ("none", basis) and place.account in found.heading_of
    )


@pytest.mark.parametrize("view", ["ladder:market", "ghg:location"])
def test_quarters_are_compared_as_the_library_does(halves: Site, view: str) -> None:
    client = halves.client("auditor@ours.example")
    page = Page(text_of(client.get(where("bridge", period="2024-Q1", view=view, **{"from": "2023-Q1"}))))
    steps = library(halves, view)
    shown = {
        query.partition("#")[2]: int(e.attributes["value"])
        for e in masses(page)
        if ".." in (query := e.attributes["data-query"])
    }
    assert {cause: shown[cause] for cause in CAUSES} == steps.causes
    books = open_books(halves.ours.folder)
    sides = {books.find_run("2023").id + ":2023-Q1": steps.before, books.find_run("2024").id + ":2024-Q1": steps.after}
    for side, mg in sides.items():
        own = [e for e in masses(page) if e.attributes["data-query"].startswith(f"{side}/")]
        totals = [e for e in own if e.attributes["data-query"] == f"{side}/{view}"]
        assert {int(e.attributes["value"]) for e in totals} == {mg}
        assert {a["href"] for e in totals for tag, a in e.inside if tag == "a"} == {"#accounts"}
        accounts = {e.attributes["data-query"]: e for e in own if e not in totals}
        assert sum(int(e.attributes["value"]) for e in accounts.values()) == mg
        for element in accounts.values():
            [link] = [a["href"] for tag, a in element.inside if tag == "a"]
            assert client.get(link).status_code == 200
    assert [e.text for e in page.find("h1")] == [
        f"Waarom is 2024-Q1 {'hoger' if steps.after > steps.before else 'lager'} dan 2023-Q1?"
    ]


def test_the_bridge_of_parts_is_taken_along(halves: Site) -> None:
    client = halves.client()
    asked = {"period": "2024-Q1", "from": "2023-Q1"}
    answer = client.get(where("bridge_table", **asked))
    assert answer["Content-Disposition"].endswith('filename="brug-2023-Q1-2024-Q1.csv"')
    assert client.get(where("bridge_drawing", **asked)).content.startswith(b"<svg")
    waiting = text_of(client.get(where("bridge", period="2024-Q2", **{"from": "2023-Q2"})))
    assert "De brug van 2023-Q2 naar 2024-Q2 is nog niet berekend" in waiting


def test_a_half_that_was_calculated_goes_before_the_part_of_the_year(halves: Site) -> None:
    client = halves.client()
    answer = client.post(where("bridge", period="2024-H1", **{"from": "2023-H1"}))
    assert halves.work() == 1
    page = Page(text_of(client.get(client.get(answer.headers["Location"]).headers["Location"])))
    own = open_books(halves.ours.folder).find_run("2024-H1").id
    totals = [e for e in masses(page) if e.attributes["data-query"] == f"{own}/ladder:market"]
    assert totals
    assert all(a["href"].startswith("/o/ours/trace/") for e in totals for tag, a in e.inside if tag == "a")


def test_what_a_part_can_be_compared_with(halves: Site) -> None:
    books = open_books(halves.ours.folder)
    names = [each.name for each in comparable(books, Period.parse("2024-Q1"), [2024, 2023, 2022, 2020]) or ()]
    assert names == ["2023-Q4", "2023-Q1", "2022-Q1"]
    assert usual([Period.parse(name) for name in names], Period.parse("2024-Q1")) == "2023-Q1"
    assert usual([Period.parse("2024-H1")], Period.parse("2024-H2")) == "2024-H1"
    assert usual([], Period.parse("2024-H2")) is None
    assert comparable(books, Period.parse("2020-Q1"), [2024]) is None
    assert same_part(Period.parse("2023-07..2024-06"), 2021).name == "2021-07..2022-06"
    assert same_part(Period.parse("2024-02-01..2024-02-29"), 2023).name == "2023-02"
    assert say_period(Period.parse("2024-03-05..2024-04-04"), Voice("en")) == "2024-03-05 – 2024-04-04"


def test_a_half_has_a_report_of_its_own(halves: Site) -> None:
    client = halves.client()
    client.post(where("report", period="2024-H1"))
    assert halves.work() == 1
    page = text_of(client.get(where("report", period="2024-H1")))
    assert "2024-H1</h1>" in page
    assert reverse("report_chapter", args=["ours", 2024, "ladder"]) + "?period=2024-H1" in page
    answer = client.get(reverse("report_file", args=["ours", 2024, "pdf"]) + "?period=2024-H1")
    assert 'filename="rapport-2024-H1.pdf"' in answer.headers["Content-Disposition"]


def test_a_program_asks_for_a_part_as_the_pages_do(halves: Site) -> None:
    who, books = program(halves), open_books(halves.ours.folder)
    found = who.read("years/2024/footprint?period=2024-H1")
    run = books.find_run("2024-H1")
    assert (found["run"], found["total"]["mg"]) == (run.id, footprint_of(run, LADDER, "market").total)
    assert who.send("GET", "years/2024/footprint?period=2024-Q3").status_code == 404
    for wrong in ("2025-H1", "nonsense", "x" * 31):
        assert who.send("GET", f"years/2024/footprint?period={wrong}").status_code in (404, 422), wrong
    bridge, steps = who.read("years/2024/bridge/2023?period=2024-Q1"), library(halves, "ladder:market")
    assert bridge == who.read("years/2024/bridge/2023?period=2024-Q1&from=2023-Q1")
    assert (bridge["before"]["mg"], bridge["after"]["mg"]) == (steps.before, steps.after)
    assert {line["cause"]: line["change"]["mg"] for line in bridge["causes"]} == steps.causes
    assert who.send("GET", "years/2024/bridge/2023?period=2024-Q1&from=2022-Q1").status_code == 404
    assert who.send("GET", "years/2024/bridge/2024?period=2024-Q1&from=2024-Q1").status_code == 404
    answer = who.send("GET", "years/2024/bridge/2023/files/rows?period=2024-Q1")
    assert 'filename="brug-2023-Q1-2024-Q1.csv"' in answer["Content-Disposition"]
    assert who.read("years/2024/bridge/2023/chart?period=2024-Q1")["rows"]
    job = who.ask("years/2024/bridge/2023?period=2024-Q2")
    assert halves.work() == 1
    assert who.send("GET", job["href"]).json()["state"] == "done"
    between = who.read("years/2024/bridge/2023?period=2024-Q2")
    assert (between["before"]["mg"], between["after"]["mg"]) != (steps.before, steps.after)
    assert who.ask("years/2024/calculation?period=2024-Q4")["title"] == "2024-Q4"
    assert halves.work() >= 1
    assert who.read("years/2024/footprint?period=2024-Q4")["period"] == "2024-Q4"
