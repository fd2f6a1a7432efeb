"""Changing the organisation on screen: forms, errors at their field, the check beforehand, and what is stored."""

from __future__ import annotations

import base64
import re
import tomllib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from web_site import Page, Site, text_of

from trede_web.bridge.books import Workspace, open_books
from trede_web.work.models import Job


def books(site: Site) -> Workspace:
    return open_books(site.ours.folder)


def fields(page: Page) -> dict[str, str]:
    """Return what the inputs of a page hold."""
    return {e.attributes["name"]: e.attributes.get("value", "") for e in page.find("input") if "name" in e.attributes}


def form(client: Client, part: str, **asked: str) -> dict[str, str]:
    """Return the fields of a form as they stand, with what is chosen."""
    page = Page(text_of(client.get(reverse("thing", args=["ours", part]), asked)))
    return {
        name: value for name, value in fields(page).items() if name not in ("remove", "again", "csrfmiddlewaretoken")
    }


def send(client: Client, part: str, data: dict[str, Any], **asked: str) -> tuple[int, Page]:
    """Send a form."""
    where = reverse("thing", args=["ours", part]) + "".join(f"?{name}={value}" for name, value in asked.items())
    answer = client.post(where, data)
    return answer.status_code, Page(text_of(answer))


def store(site: Site, client: Client, page: Page, reason: str = "zoals besproken") -> Job:
    """Store what a check shows."""
    found = fields(page)
    client.post(
        reverse("save", args=["ours"]), {"description": found["description"], "base": found["base"], "reason": reason}
    )
    site.work()
    return Job.objects.latest("created_at")


def text(page: Page) -> str:
    [main] = page.find("main")
    return " ".join(main.text.split())


def test_another_name_of_a_site_may_have_a_comma(site: Site) -> None:
    client = site.client()
    shown = text_of(client.get(reverse("thing", args=["ours", "site"]), {"id": "oost"}))
    assert re.search(r'<textarea[^>]*name="aliases"[^>]*>Oost</textarea>', shown)
    data = {
        **form(client, "site", id="oost"),
        "entity": "voorbeeld-schoonmaak",
        "aliases": "Oost\r\nMarsweg 14, Zwolle",
    }
    _, page = send(client, "site", data, id="oost")
    assert "Oost; Marsweg 14, Zwolle" in text(page)
    store(site, client, page)
    assert next(s for s in books(site).organisation.site if s.id == "oost").aliases == ("Oost", "Marsweg 14, Zwolle")


def test_a_site_is_closed_and_checked_before_it_is_stored(site: Site) -> None:
    client, before = site.client(), books(site).organisation_versions.all()
    data = {**form(client, "site", id="oost"), "entity": "voorbeeld-schoonmaak", "closed": "31-12-2024"}
    assert data["name"] == "Vestiging Oost"
    status, page = send(client, "site", data, id="oost")
    assert status == 200
    said = text(page)
    assert "Gewijzigd: vestiging Vestiging Oost" in said
    assert "Laatste dag–31-12-2024" in said
    assert "2022, 2023, 2024" in said
    assert "De bedragen blijven gelijk" in said
    assert "bevat opmerkingen" in said
    assert books(site).organisation_versions.all() == before
    job = store(site, client, page)
    assert job.state == "done"
    [oost] = [each for each in books(site).organisation.site if each.id == "oost"]
    assert str(oost.closed) == "2024-12-31"
    assert len(books(site).organisation.denominator) == 3
    versions = text(Page(text_of(client.get(reverse("versions", args=["ours"])))))
    assert "Beschrijving 2" in versions
    assert "De ownerzoals besproken" in versions
    one = text(Page(text_of(client.get(reverse("version", args=["ours", 2])))))
    assert "Laatste dag–31-12-2024" in one
    first = client.get(reverse("version_file", args=["ours", 1]))
    assert first.content == before[0].read()
    assert client.get(reverse("version", args=["ours", 9])).status_code == 404


def test_errors_stand_at_their_field_and_above(site: Site) -> None:
    client = site.client()
    status, page = send(
        client, "site", {"base": form(client, "site")["base"], "country": "Nederland", "opened": "soon"}
    )
    assert status == 422
    assert page.find("title")[0].text.startswith("Fout: ")
    links = [e.attributes["href"] for e in page.find("a") if e.attributes.get("href", "").startswith("#f-")]
    assert links == ["#f-name", "#f-entity", "#f-opened"]
    wrong = {e.attributes["id"] for e in page.elements if e.attributes.get("aria-invalid")}
    assert wrong == {"f-name", "f-entity", "f-opened"}
    assert fields(page)["country"] == "Nederland"
    data = {"base": fields(page)["base"], "name": "Hoofdkantoor", "entity": "voorbeeld-schoonmaak", "country": "ZZZ"}
    _, again = send(client, "site", data)
    assert {e.attributes["id"] for e in again.elements if e.attributes.get("aria-invalid")} == {"f-country"}
    _, twice = send(client, "site", {**data, "country": "NL"})
    assert "hoort ook bij" in text(twice)
    assert {e.attributes["id"] for e in twice.elements if e.attributes.get("aria-invalid")} == {"f-name"}


def test_dated_ownership(site: Site) -> None:
    client = site.client()
    data = {
        **form(client, "entity"), "name": "Glas B.V.", "parent": "voorbeeld-schoonmaak",
        "own-1-from": "2021-03-01", "own-1-to": "2024-06-30", "own-1-share": "100", "own-1-controlled": "yes",
        "own-2-from": "2024-06-30", "own-2-share": "33,3333", "own-2-controlled": "no", "own-2-financial": "joint",
        "own-3-from": "", "own-3-share": "",
    }  # fmt: skip
    status, page = send(client, "entity", data)
    assert status == 422
    assert {e.attributes["id"] for e in page.elements if e.attributes.get("aria-invalid")} == {"f-own-2-from"}
    status, page = send(client, "entity", {**data, "more": "1"})
    assert "own-4-from" in fields(page)
    status, page = send(client, "entity", {**data, "own-2-from": "2024-07-01"})
    assert status == 200
    assert "aandeel 33,3333\u00a0%" in page.find("main")[0].text
    store(site, client, page)
    entity = books(site).organisation.entity[1]
    assert (entity.id, entity.parent) == ("glas-b-v", "voorbeeld-schoonmaak")
    assert [str(each.share) for each in entity.ownership] == ["1", "0.333333"]
    again = form(client, "entity", id="glas-b-v")
    assert (again["own-2-share"], again["own-2-from"]) == ("33.3333", "2024-07-01")


def test_the_way_back_keeps_what_was_typed(site: Site) -> None:
    client = site.client()
    data = {**form(client, "unit"), "name": "Zorg"}
    _, page = send(client, "unit", data)
    again = {**{name: value for name, value in fields(page).items() if name in data}, "again": "1"}
    status, back = send(client, "unit", again)
    assert (status, fields(back)["name"]) == (200, "Zorg")


def test_a_change_made_meanwhile_is_not_written_over(site: Site) -> None:
    client = site.client()
    first, second = ({**form(client, "unit"), "name": name} for name in ("Zorg", "Kantoor"))
    _, page = send(client, "unit", first)
    _, other = send(client, "unit", second)
    assert store(site, client, page).state == "done"
    job = store(site, client, other)
    assert (job.state, job.issues[0]["code"]) == ("failed", "description_overtaken")
    status, told = send(client, "unit", second)
    assert status == 422
    assert "Intussen heeft iemand anders" in text(told)
    status, _ = send(client, "unit", {**second, "base": fields(told)["base"]})
    assert status == 200


def test_nothing_that_data_name_is_removed_and_the_rest_can_be(site: Site) -> None:
    client = site.client()
    base = form(client, "site", id="oost")["base"]
    status, page = send(client, "site", {"base": base, "remove": "1"}, id="oost")
    assert status == 422
    assert "source" in text(page) or "oost" in text(page)
    status, page = send(client, "denominator", {"base": base, "remove": "1"}, id="vloer")
    assert status == 200
    assert "Eraf: kengetal Vloeroppervlak" in text(page)
    store(site, client, page)
    assert [each.id for each in books(site).organisation.denominator] == ["fte", "omzet"]


def test_the_grid_changes_figures_by_year(site: Site) -> None:
    client, where = site.client(), reverse("figures", args=["ours"])
    data = fields(Page(text_of(client.get(where, {"sites": "fte"}))))
    assert (data["c-0-all-2023"], data["c-1-all-2022"]) == ("118,5", "5,2")
    data |= {"c-0-all-2023": "", "c-0-s-oost-2024": "1.250", "c-1-all-2024": "6,25", "c-2-s-oost-2024": "0"}
    answer = client.post(where, data)
    page = Page(text_of(answer))
    assert answer.status_code == 422
    links = [e.attributes["href"] for e in page.find("a") if e.attributes.get("href", "").startswith("#f-")]
    assert links == ["#f-source", "#f-quality", "#f-c-2-s-oost-2024"]
    data |= {"base": fields(page)["base"], "c-2-s-oost-2024": "", "source": "jaarverslag", "quality": "measured"}
    checked = Page(text_of(client.post(where, data)))
    assert "6,25" in text(checked)
    store(site, client, checked)
    fte, revenue, floor = books(site).organisation.denominator
    assert [(v.period, v.site, str(v.value), v.source) for v in fte.value] == [
        ("2022", None, "112", "verzonnen voor het voorbeeld"),
        ("2024", None, "121", "verzonnen voor het voorbeeld"),
        ("2024", "oost", "1250", "jaarverslag"),
    ]
    assert [str(v.value) for v in revenue.value] == ["5.2", "5.7", "6.25"]
    assert [v.period for v in floor.value] == ["2022..2024", "2022..2024"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: t.replace('closed = 2023-09-30', 'closed = "later"'), "is geen datum"),
        (lambda t: t + "colour = 1\n", "niet bekend"),
        (lambda t: t.partition("[[source]]")[0].replace('id = "oost"', 'id = "west"'), "oost"),
        (lambda t: "", "ontbreekt"),
        (lambda t: "name = ", "geen geldige TOML"),
    ],
)  # fmt: skip
def test_an_uploaded_description_that_does_not_hold(site: Site, change: Any, told: str) -> None:
    client, latest = site.client(), books(site).organisation_versions.latest()
    assert latest is not None
    data = change(latest.read().decode()).encode() or b" "
    answer = client.post(
        reverse("upload", args=["ours"]), {"description": SimpleUploadedFile("organisation.toml", data)}
    )
    assert answer.status_code == 422
    assert told in text_of(answer)


def test_a_downloaded_description_comes_back_byte_for_byte(site: Site) -> None:
    client = site.client()
    data = client.get(reverse("version_file", args=["ours", 1])).content + b"\n# noted by hand\n"
    data = data.replace(b'name = "Vestiging Oost"', b'name = "Vestiging <Oost>"')
    answer = client.post(
        reverse("upload", args=["ours"]), {"description": SimpleUploadedFile("organisation.toml", data)}
    )
    page = Page(text_of(answer))
    assert "Vestiging <Oost>" in text(page)
    assert "bevat opmerkingen" not in text(page)
    assert base64.b64decode(fields(page)["description"]) == data
    store(site, client, page)
    latest = books(site).organisation_versions.latest()
    assert latest is not None
    assert latest.read() == data
    assert tomllib.loads(data.decode())["site"][1]["name"] == "Vestiging <Oost>"
    same = client.post(reverse("upload", args=["ours"]), {"description": SimpleUploadedFile("organisation.toml", data)})
    assert "Er verandert niets" in text_of(same)
    none = client.post(reverse("upload", args=["ours"]), {})
    assert none.status_code == 422


def test_saving_asks_a_reason_and_a_description(site: Site) -> None:
    client = site.client()
    _, page = send(client, "unit", {**form(client, "unit"), "name": "Zorg"})
    answer = client.post(reverse("save", args=["ours"]), {"description": fields(page)["description"], "reason": ""})
    assert answer.status_code == 422
    assert '<a href="#reason">' in text_of(answer)
    assert client.post(reverse("save", args=["ours"]), {"description": "%%%", "reason": "because"}).status_code == 302
    broken = base64.b64encode(b"name = 1").decode()
    assert client.post(reverse("save", args=["ours"]), {"description": broken, "reason": ""}).status_code == 302
    client.post(reverse("save", args=["ours"]), {"description": broken, "reason": "because"})
    site.work()
    assert [job.state for job in Job.objects.all()] == ["failed"]
    assert len(books(site).organisation_versions.all()) == 1


def test_a_source_that_delivered_is_put_in_the_register_under_its_own_id(site: Site) -> None:
    assert form(site.client(), "source", new="zonnepanelen")["id"] == "zonnepanelen"
    assert site.client().get(reverse("thing", args=["ours", "site"]), {"id": "nowhere"}).status_code == 404


def test_an_auditor_reads_and_is_offered_no_change(site: Site) -> None:
    client = site.client("auditor@ours.example")
    for name in ("organisation", "versions"):
        page = Page(text_of(client.get(reverse(name, args=["ours"]))))
        assert not any("/organisation/change/" in link for link in page.links())
        assert [e for e in page.find("form") if any(tag == "main" for tag, _ in e.inside)] == []
