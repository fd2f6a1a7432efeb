"""Own estimates on screen: added by a form, used before those that ship, withdrawn with a reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from web_site import Page, Site, fresh, text_of

from trede.workspace.estimates import key_of, own_list
from trede_web.bridge.books import open_books
from trede_web.people.models import LogEntry

LIST, NEW = reverse("estimates", args=["ours"]), reverse("estimate_new", args=["ours"])
GIVEN = {
    "what": "electric-car-power", "value": "0,19", "low": "0,17", "high": "0,21", "first": "2026-01-01",
    "last": "2026-12-31", "country": "nl", "source": "Laden en kilometerstanden", "url": "", "by": "A. Jansen", "name": "",
    "ident": "", "unit": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared() -> Site:
    """The application, for tests that only look."""
    return fresh()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"what": ""}, "what"),
        ({"value": "veel"}, "value"),
        ({"high": ""}, "high"),
        ({"last": "2025-12-31"}, "last"),
        ({"first": "vandaag"}, "first"),
        ({"country": "Nederland"}, "country"),
        ({"source": ""}, "source"),
        ({"what": "new", "ident": "Fiets", "name": "x", "unit": "kWh/km"}, "ident"),
        ({"what": "new", "ident": "bike", "name": "x"}, "unit"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(shared: Site, changed: dict[str, str], field: str) -> None:
    answer = shared.client().post(NEW, GIVEN | changed)
    assert answer.status_code == 422
    assert f"#f-{field}" in Page(text_of(answer)).links()


def test_what_the_library_refuses_is_told_and_nothing_is_stored(shared: Site) -> None:
    answer = shared.client().post(NEW, GIVEN | {"value": "0,3"})
    assert answer.status_code == 422
    assert "utrecht-alert--error" in text_of(answer)
    assert shared.work() == 0


def test_an_estimate_is_added_used_and_withdrawn(site: Site) -> None:
    client = site.client()
    assert "Er zijn nog geen eigen schattingen" in text_of(client.get(LIST))
    client.post(NEW, GIVEN)
    assert site.work() == 1
    books = open_books(site.ours.folder)
    [entry] = own_list(books).estimate
    assert (entry.value, entry.geography, entry.by) == (Decimal("0.19"), "NL", "A. Jansen")
    assert books.known().estimates.of("electric-car-power")[0] == entry
    page = text_of(client.get(LIST))
    assert "tussen 0,17 – 0,21" in page
    gone = reverse("estimate_withdraw", args=["ours", key_of(entry)])
    assert client.post(gone, {"reason": ""}).status_code == 422
    assert site.client("owner@theirs.example").post(gone, {"reason": "een reden"}).status_code == 404
    client.post(gone, {"reason": "opnieuw gemeten", "name": "auto"})
    assert site.work() == 1
    said = LogEntry.objects.filter(what="job_end_estimate").latest("id").details
    assert said["estimate"] == "electric-car-power", "the log tells what was withdrawn, not what the browser calls it"
    assert not own_list(open_books(site.ours.folder)).estimate
    assert "opnieuw gemeten" in text_of(client.get(LIST))
    assert client.post(gone, {"reason": "nog eens"}).status_code == 404
    client.post(NEW, GIVEN | {"what": "new", "ident": "bike-power", "name": "Bakfiets", "unit": "kWh/km"})
    assert site.work() == 1
    assert [each.id for each in own_list(open_books(site.ours.folder)).estimate] == ["bike-power"]
