"""Calculation models on screen: what the library says of each, one tried, kept, used and withdrawn."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Page, Site, fresh, text_of

from trede.workspace.running import run_period
from trede_web.bridge.books import Period, open_books
from trede_web.bridge.models.models import model_text
from trede_web.work.models import Job

LIST, NEW = reverse("models", args=["ours"]), reverse("model_new", args=["ours"])
HOME, USE, GONE = (reverse(name, args=["ours", "delivery-bikes"]) for name in ("model", "model_use", "model_withdraw"))
RECORD = {"quantity": "1000", "ride": "3,5", "start": "2024-03-01", "end": "2024-03-31", "site": ""}


@pytest.fixture(scope="module")
def shared() -> Site:
    """The application with a model, for tests that only look."""
    site = fresh()
    site.modelled()
    return site


def test_every_method_that_ships_has_a_page(shared: Site) -> None:
    client = shared.client("auditor@ours.example")
    links = [link for link in Page(text_of(client.get(LIST))).links() if "/methods/" in link]
    known = open_books(shared.ours.folder).known()
    assert len(links) == len(known.methods.methods) - 1
    for ident in ("travel-distance", "waste-average"):
        page = text_of(client.get(reverse("method", args=["ours", ident])))
        method = known.methods[ident]
        assert method.reference in page
        for formula in (*(leg.formula for leg in method.leg), *(flow.formula for flow in method.flow)):
            assert formula.replace(">", "&gt;").replace("<", "&lt;") in page
    assert client.get(reverse("method", args=["ours", "no-such"])).status_code == 404


def test_a_model_shows_what_it_asks_and_makes(shared: Site) -> None:
    page = text_of(shared.client("auditor@ours.example").get(HOME))
    for said in (
        "quantity * ride * 0.025 [kWh/km]",
        "&gt; 0, &lt;= 100",
        "Own measurements of 2025",
        "own:delivery-bikes",
    ):
        assert said in page
    assert "Neem in als record" not in page
    assert shared.client().get(reverse("model", args=["ours", "no-such"])).status_code == 404
    book = shared.client().get(reverse("model_template", args=["ours", "delivery-bikes"]))
    assert book.content.startswith(b"PK")


def test_a_fault_is_told_with_its_line_and_nothing_is_kept(shared: Site) -> None:
    text = model_text(open_books(shared.ours.folder), "").replace("quantity * ride", "quantity * rides")
    answer = shared.client().post(NEW, {"text": text, "keep": "1"})
    assert answer.status_code == 422
    assert re.search(r"regel 20, teken .+Bedoelt u ride", text_of(answer))
    assert "quantity * rides" in text_of(answer), "what was typed stays"
    assert shared.client().post(NEW, {"text": "x" * 100_001}).status_code == 422
    assert not Job.objects.filter(kind="model").exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quantity": "veel"}, "quantity"),
        ({"ride": ""}, "ride"),
        ({"start": ""}, "start"),
        ({"end": "2024-02-01"}, "end"),
    ],
)
def test_a_field_that_is_wrong_is_told(shared: Site, changed: dict[str, str], field: str) -> None:
    answer = shared.client().post(USE, RECORD | changed)
    assert answer.status_code == 422
    assert f"#f-{field}" in Page(text_of(answer)).links()


def test_a_model_is_tried_kept_used_and_withdrawn(site: Site) -> None:
    client, text = site.client(), model_text(open_books(site.ours.folder), "")
    tried = client.post(NEW, {"file": SimpleUploadedFile("model.toml", text.encode()), "text": "", "try": "1"})
    assert site.work() == 1
    assert not open_books(site.ours.folder).models()
    for language, said in (("nl", "= 10,5 kWh"), ("en", "= 10.5 kWh")):
        shown = site.client(language=language).get(site.client().get(tried.headers["Location"]).headers["Location"])
        assert said in text_of(shown)
    client.post(NEW, {"text": text, "keep": "1"})
    site.work()
    assert "own:delivery-bikes" in open_books(site.ours.folder).models_in_use
    before = open_books(site.ours.folder).batches()
    client.post(USE, RECORD | {"try": "1"})
    site.work()
    assert "= 87,5 kWh" in text_of(client.get(reverse("tried", args=["ours", Job.objects.latest("created_at").pk])))
    assert len(open_books(site.ours.folder).batches()) == len(before)
    for _ in range(2):
        client.post(USE, RECORD | {"keep": "1"})
        site.work()
    books = open_books(site.ours.folder)
    [batch] = [each for each in books.active_batches() if each.source == "model-delivery-bikes"]
    [record] = batch.records().to_pylist()
    assert (record["quantity"], str(record["start"])) == (Decimal(1000), "2024-03-01")
    run = run_period(books, Period.year(2024))
    assert [row["quantity"] for row in run.table("derived").to_pylist()] == [Decimal("87.5")]
    client.post(GONE, {"reason": "fietsen verkocht"})
    site.work()
    assert [issue["code"] for issue in Job.objects.latest("created_at").issues] == ["model_in_use"]
    books.withdraw(batch.id, "proef", "De owner")
    client.post(GONE, {"reason": "fietsen verkocht"})
    site.work()
    assert "own:delivery-bikes" not in open_books(site.ours.folder).models_in_use
    page = Page(text_of(client.get(HOME)))
    [back] = [e.attributes["action"] for e in page.find("form") if "revoke" in e.attributes.get("action", "")]
    client.post(back, {"page": "models", "reason": "toch niet"})
    site.work()
    assert "own:delivery-bikes" in open_books(site.ours.folder).models_in_use
