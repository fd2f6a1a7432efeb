"""The year overview: the interval around the total, and what asks attention, the most tonnes first."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from web_api import program
from web_site import Page, Site, text_of, wait

from trede.analysis.uncertainty import Interval
from trede.intake.template import template_profile
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin, Revoke
from trede.workspace.importing import import_file
from trede.workspace.running import run_period
from trede_web.bridge.books import open_books
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.margins import margin_of
from trede_web.bridge.results.stretch import LEFT, RIGHT, stretch
from trede_web.bridge.speaking import Voice
from trede_web.bridge.welcome.attention import attention
from trede_web.bridge.welcome.overview import overview
from workspaces import BY

TONNE = 10**9
SHED = b"""activity_type;quantity;unit;start;end;site
electricity;10000;kWh;2024-02-01;2024-02-29;Schuur 7
electricity;1;kWh;2024-03-01;2024-03-31;hoofdkantoor
"""


def test_the_points_stand_in_order_of_what_is_at_stake(site: Site) -> None:
    books, voice = open_books(site.ours.folder), Voice("nl")
    found = attention(books, overview(books, 2024, [2024], voice), voice)
    assert [point.kind for point in found.points] == ["double", "rows"]
    assert found.points[0].amount == "2,15 t"
    assert (found.points[1].name, found.points[1].amount, found.points[1].count) == ("tankpas-2024.csv", "0,26 t", 3)
    assert [point.mg for point in found.points] == sorted((point.mg for point in found.points), reverse=True)
    assert found.more == 0
    page = Page(text_of(site.client().get(reverse("year", args=["ours", 2024]))))
    [rows] = [e for e in page.find("a") if e.text == "tankpas-2024.csv: niet alle rijen tellen mee"]
    assert site.client().get(rows.attributes["href"]).status_code == 200


def test_what_the_queue_asks_and_newer_lists_are_points_too(site: Site) -> None:
    books, voice = open_books(site.ours.folder), Voice("en")
    import_file(books, SHED, "shed.csv", template_profile(SHED, "shed.csv", "shed"))
    for recorded in books.decisions.in_force():
        if isinstance(recorded.decision, Pin):
            books.decide(Revoke(decision=recorded.id, **BY))
    run_period(books, Period.year(2024))
    found = {point.kind: point for point in attention(books, overview(books, 2024, [2024], voice), voice).points}
    value, unmatched = found["value"], found["unmatched"]
    assert (value.name, value.amount, value.count, value.hint) == ("Schuur 7", "5.36 t", 1, "1 question. 1 row.")
    assert unmatched.mg is not None, "the tonnes that the proposals come to"
    assert (
        unmatched.count == sort_unmatched(books.find_run("2024").table("unmatched"), books.decisions.in_force()).count
    )
    page = Page(text_of(site.client().get(reverse("year", args=["ours", 2024]))))
    links = {e.text: e.attributes["href"] for e in page.find("a")}
    asked = text_of(site.client().get(links["Records zonder factor"]))
    assert f"at={unmatched.item}" in links["Records zonder factor"]
    assert "Nog 1 van" in asked or unmatched.item in asked
    told = program(site).read("years/2024")["attention"]["points"]
    assert [point["kind"] for point in told[:2]] == list(found)[:2]
    assert {"kind": "value", "item": value.item, "tonnes": value.tonnes}.items() <= told[
        list(found).index("value")
    ].items()


def test_nothing_is_open_in_accounts_without_anything(site: Site) -> None:
    page = text_of(site.client("owner@theirs.example").get(reverse("year", args=["theirs", 2024])))
    assert "Er staat niets open" in page


def test_a_file_that_waits_is_told_on_the_overview_and_before_publishing(site: Site) -> None:
    staged = wait(site, "beheerder 2025.csv", "Meter;Gebouw;Maand;Verbruik\nA1;Loods;2025-01;1.234,5\n")
    client = site.client()
    page = Page(text_of(client.get(reverse("year", args=["ours", 2024]))))
    [link] = [e for e in page.find("a") if e.text == "1 bestand wacht op u"]
    assert reverse("staged", args=["ours", staged]) in text_of(client.get(link.attributes["href"].partition("#")[0]))
    site.work()
    books = open_books(site.ours.folder)
    publications = books.publications_of("2024")
    assert publications or "1 bestand wacht nog" in text_of(client.get(reverse("publish", args=["ours", 2024])))


def test_the_interval_is_drawn_around_the_whole_total() -> None:
    found = Interval(100 * TONNE, 80 * TONNE, 8 * TONNE, Decimal("0.8"))
    assert found.around == (92 * TONNE, 108 * TONNE)


def test_the_texts_of_the_interval_have_room_or_stay_away() -> None:
    voice = Voice("nl")
    drawn = stretch(
        Figure(100 * TONNE, "x"), margin_of(Interval(100 * TONNE, 80 * TONNE, 8 * TONNE, Decimal("0.8")), voice), voice
    )
    assert drawn is not None
    assert (drawn.low, drawn.best_text, drawn.high, drawn.best) == ("92", "100", "108", (LEFT + RIGHT) // 2)
    assert drawn.low_fits
    assert drawn.high_fits
    assert stretch(Figure(5, "x"), margin_of(Interval(5, 0, 0, Decimal(0)), voice), voice) is None
