"""The year overview: the interval around the total, and what asks attention, the most tonnes first."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse
from web_site import Page, Site, text_of

from trede.analysis.uncertainty import Interval
from trede_web.bridge.attention import attention
from trede_web.bridge.books import open_books
from trede_web.bridge.figures import Figure
from trede_web.bridge.margins import margin_of
from trede_web.bridge.overview import overview
from trede_web.bridge.speaking import Voice
from trede_web.bridge.stretch import LEFT, RIGHT, stretch

TONNE = 10**9


def test_the_points_stand_in_order_of_what_is_at_stake(site: Site) -> None:
    books, voice = open_books(site.ours.folder), Voice("nl")
    found = attention(books, overview(books, 2024, [2024], voice), voice)
    assert [point.kind for point in found.points] == ["double", "rows"]
    assert found.points[0].amount == "2,15 t"
    assert (found.points[1].name, found.points[1].amount) == ("tankpas-2024.csv", "3 rijen")
    assert found.more == 0
    page = Page(text_of(site.client().get(reverse("year", args=["ours", 2024]))))
    [rows] = [e for e in page.find("a") if e.text == "tankpas-2024.csv: niet alle rijen tellen mee"]
    assert site.client().get(rows.attributes["href"]).status_code == 200


def test_nothing_is_open_in_accounts_without_anything(site: Site) -> None:
    page = text_of(site.client("owner@theirs.example").get(reverse("year", args=["theirs", 2024])))
    assert "Er staat niets open" in page


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
