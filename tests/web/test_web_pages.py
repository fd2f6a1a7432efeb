"""The screens by hand: sign in, take files in, decide, calculate, settle, publish, invite, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.urls import reverse
from web_site import PASSWORD, Page, Site, text_of

from trede_web.bridge.books import open_books
from trede_web.people.models import Invitation, Organisation
from trede_web.roles import Role
from trede_web.work.models import Job
from workspaces import EXAMPLE, read_example


def upload(name: str, data: bytes | None = None) -> SimpleUploadedFile:
    """Return a file of the example as a browser sends it."""
    return SimpleUploadedFile(name, read_example(name) if data is None else data)


def go(client: Client, name: str, *parts: Any) -> str:
    """Return a page of our organisation."""
    answer = client.get(reverse(name, args=["ours", *parts]))
    assert answer.status_code == 200
    return text_of(answer)


def test_sign_in_by_password(site: Site) -> None:
    client = site.client(None)
    assert client.get("/", follow=True).redirect_chain[0][0] == "/login/?next=/"
    wrong = client.post("/login/", {"login": "owner@ours.example", "password": "not this one"})
    assert "utrecht-alert--error" in text_of(wrong)
    right = client.post("/login/", {"login": "owner@ours.example", "password": PASSWORD}, follow=True)
    assert "Ons bedrijf" in text_of(right)
    assert client.post("/logout/").status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(("language", "title"), [("nl", "Bewijs en import"), ("en", "Evidence and import")])
def test_the_language_of_the_browser(site: Site, language: str, title: str) -> None:
    page = text_of(site.client(language=language).get(reverse("imports", args=["ours"])))
    assert f'<html lang="{language}">' in page
    assert f"<title>{title} – Ons bedrijf – Trede</title>" in page


def test_the_language_can_be_chosen(site: Site) -> None:
    client = site.client(language="nl")
    answer = client.post("/language/", {"language": "en", "next": "/o/ours/2024/"})
    assert answer["Location"] == "/o/ours/2024/"
    assert "Year overview" in go(client, "year", 2024)
    assert client.post("/language/", {"language": "en", "next": "https://elsewhere.example/"})["Location"] == "/"


def test_a_new_organisation_is_empty_and_says_what_is_needed(site: Site) -> None:
    client = site.client()
    answer = client.post("/", {"name": 'Jansen "De Snelle" B.V.'}, follow=True)
    made = Organisation.objects.get(name__startswith="Jansen")
    assert made.slug in answer.redirect_chain[0][0]
    page = text_of(answer)
    assert "Er is nog niets ingenomen" in page
    assert (made.folder / "organisation").is_dir()
    for name in ("imports", "people", "changes"):
        assert client.get(reverse(name, args=[made.slug])).status_code == 200
    for name in ("footprint", "calculate", "doubles", "publish"):
        assert client.get(reverse(name, args=[made.slug, 2024])).status_code == 200


def test_a_description_is_checked_before_anything_is_made(site: Site) -> None:
    client = site.client()
    before = Organisation.objects.count()
    answer = client.post("/", {"name": "Jansen", "description": upload("organisation.toml", b'name = "Jansen"')})
    assert answer.status_code == 422
    assert "entity" in text_of(answer)
    assert Organisation.objects.count() == before
    described = (EXAMPLE / "organisation.toml").read_bytes()
    client.post("/", {"name": "Jansen", "description": upload("organisation.toml", described)})
    made = Organisation.objects.get(name="Jansen")
    assert [site.id for site in open_books(made.folder).organisation.site] == ["hoofdkantoor", "oost", "zuid"]


def test_dropped_files_are_taken_in_and_add_up(site: Site) -> None:
    client = site.client()
    sent = {"files": [upload("tankpas-2024-verbeterd.csv")], "replaces": _batch(site, "tankpas-2024.csv")}
    assert client.post(reverse("imports", args=["ours"]), sent).status_code == 302
    assert 'hx-get="/o/ours/imports/part/?said="' in go(client, "imports")
    site.work()
    job = Job.objects.get(kind="import")
    assert job.state == "done"
    page = Page(go(client, "batch", job.result["batch"]))
    whole, *fates = [int(e.text.replace(".", "")) for e in page.find("dd") if e.attributes.get("class") == "big"]
    assert whole == sum(fates) > 1000
    assert 'hx-get="/o/ours/imports/part/' not in go(client, "imports_part")


def _batch(site: Site, name: str) -> str:
    return next(b.id for b in open_books(site.ours.folder).active_batches() if b.file_name == name)


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("macro.exe", b"MZ", "dit soort bestand wordt niet gelezen"),
        ("leeg.csv", b"", "het bestand is leeg"),
        ("groot.csv", b"x" * 3000, "het bestand is groter"),
        ("../../x.csv", b"", "x.csv: het bestand is leeg"),
    ],
)
def test_files_that_are_not_taken(site: Site, name: str, data: bytes, told: str) -> None:
    with override_settings(UPLOAD_LIMIT=2000):
        answer = site.client().post(reverse("imports", args=["ours"]), {"files": [upload(name, data)]})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "<title>Fout: " in text_of(answer)
    assert not Job.objects.exists()


def test_one_file_that_is_wrong_keeps_no_other_out(site: Site) -> None:
    client, where = site.client(), reverse("imports", args=["ours"])
    brought = [upload("leeg.csv", b""), upload("goed.csv", b"Datum;kWh\n14-01-2024;12,5\n")]
    assert client.post(where, {"files": brought})["Location"] == where
    assert [job.title for job in Job.objects.all()] == ["goed.csv"]
    once = text_of(client.get(where))
    assert "leeg.csv: het bestand is leeg" in once
    assert "De andere bestanden zijn wel binnen" in once
    assert "leeg.csv" not in text_of(client.get(where))


def test_no_file_chosen(site: Site) -> None:
    answer = site.client().post(reverse("imports", args=["ours"]), {})
    assert "U hebt geen bestand gekozen" in text_of(answer)


def test_hostile_names_and_cells_are_shown_as_text(site: Site) -> None:
    text = '<script>alert(1)</script>;=cmd|calc\n"<img src=x>";2\n'
    client = site.client()
    client.post(reverse("imports", args=["ours"]), {"files": [upload("<b>x</b>.csv", text.encode())]})
    site.work()
    page = go(client, "imports")
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page or "b&gt;.csv" in page


def test_issues_are_told_with_row_and_column_and_can_be_downloaded(site: Site) -> None:
    client = site.client()
    batch = _batch(site, "tankpas-2024.csv")
    page = go(client, "batch", batch)
    assert "is geen getal met decimaalteken" in page
    assert "--decimal" not in page
    assert 'aria-label="Rij 437 kiezen"' in page
    answer = client.get(reverse("rows", args=["ours", batch, "rejected"]))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "437" in lines[1]
    assert "attachment" in answer["Content-Disposition"]


def test_held_rows_are_decided_with_a_reason(site: Site) -> None:
    client = site.client()
    batch = _batch(site, "tankpas-2024.csv")
    where = reverse("decide", args=["ours", batch])
    assert client.post(where, {"row": ["373"], "choice": "drop", "reason": ""}).status_code == 422
    assert client.post(where, {"choice": "drop", "reason": "dubbel geleverd"}).status_code == 422
    assert client.post(where, {"row": ["373", "841"], "choice": "drop", "reason": "dubbel geleverd"}).status_code == 302
    site.work()
    made = Job.objects.get().result["batch"]
    assert open_books(site.ours.folder).batch_store.get(made).counts["held"] == 0
    decision = list(open_books(site.ours.folder).decisions.all())[-1].decision
    assert (decision.person, decision.reason) == ("De owner", "dubbel geleverd")


def test_rows_of_a_kind_are_decided_at_once(site: Site) -> None:
    client = site.client()
    batch = _batch(site, "tankpas-2024.csv")
    client.post(
        reverse("decide", args=["ours", batch]),
        {"kind": "number_unreadable", "choice": "set-aside", "reason": "is er al"},
    )
    site.work()
    mended = _batch(site, "tankpas-2024.csv")
    assert open_books(site.ours.folder).batch_store.get(mended).counts["rejected"] == 0
    sent = {"kind": "duplicate_in_file", "choice": "drop", "reason": "dubbel geleverd"}
    client.post(reverse("decide", args=["ours", mended]), sent)
    site.work()
    assert open_books(site.ours.folder).batch_store.get(_batch(site, "tankpas-2024.csv")).counts["held"] == 0


def test_the_own_password_is_changed(site: Site) -> None:
    client = site.client()
    new = "een heel ander wachtwoord"
    wrong = client.post("/password/", {"oldpassword": "not this", "password1": new, "password2": new})
    assert "utrecht-alert--error" in text_of(wrong)
    right = client.post("/password/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert right.status_code == 302
    assert client.get("/").status_code == 200
    assert site.client(None).post("/login/", {"login": "owner@ours.example", "password": new}).status_code == 302
    assert site.client(None).get("/password/").status_code == 302


def test_a_job_says_what_went_wrong_and_leads_on_when_done(site: Site) -> None:
    client = site.client()
    job = Job.ask(site.ours, site.person(), "calculate", "1999", year=1999)
    assert "hx-trigger" in go(client, "job", job.pk)
    site.work()
    assert "Er zijn geen gegevens om 1999 mee te berekenen" in go(client, "job", job.pk)
    done = Job.ask(site.ours, site.person(), "calculate", "2024", year=2024)
    site.work()
    early = client.get(reverse("job", args=["ours", done.pk]) + "?wait")
    assert early["Location"] == reverse("footprint", args=["ours", 2024]), "done before the first look"
    answer = client.get(reverse("job", args=["ours", done.pk]), headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == reverse("footprint", args=["ours", 2024])


def test_a_year_to_its_publication(site: Site) -> None:
    client = site.client()
    assert "Hier oplossen" in go(client, "publish", 2024)
    sent = _batch(site, "tankpas-2024.csv")
    client.post(reverse("imports", args=["ours"]), {"files": [upload("tankpas-2024-verbeterd.csv")], "replaces": sent})
    site.work()
    mended = _batch(site, "tankpas-2024-verbeterd.csv")
    client.post(
        reverse("decide", args=["ours", mended]), {"row": ["373", "841"], "choice": "drop", "reason": "dubbel geleverd"}
    )
    site.work()
    found = [
        e.attributes["value"]
        for e in Page(go(client, "doubles", 2024)).find("input")
        if e.attributes.get("name") == "finding"
    ]
    for finding in found:
        sent_settle = {"finding": finding, "choice": "cover", "reason": "achter de kantoormeter"}
        client.post(reverse("settle", args=["ours", 2024]), sent_settle)
        site.work()
    assert "Er staat niets open" in go(client, "doubles", 2024)
    client.post(reverse("calculate", args=["ours", 2024]))
    site.work()
    assert "Er staat niets in de weg" in go(client, "publish", 2024)
    assert client.post(reverse("publish", args=["ours", 2024]), {"reason": "x"}).status_code == 422
    client.post(reverse("publish", args=["ours", 2024]), {"reason": "jaarverslag"})
    site.work()
    assert [job.state for job in Job.objects.all()] == ["done"] * Job.objects.count()
    page = go(client, "publish", 2024)
    assert "Gepubliceerd: versie 1" in page
    assert "165,83" in page
    assert "De huidige gegevens geven hetzelfde" in page
    assert "gepubliceerd" in go(client, "year", 2024)
    assert "Een latere berekening" not in go(client, "footprint", 2024)
    open_books(site.ours.folder).withdraw(_batch(site, "reizen.csv"), "toch een oude levering", "De owner")
    assert "De huidige gegevens geven hetzelfde" not in (page := go(client, "publish", 2024))
    assert "Sinds de berekening van 2024 zijn bestanden" in page
    client.post(reverse("calculate", args=["ours", 2024]))
    site.work()
    assert "Een latere berekening van 2024 geeft iets anders" in (page := go(client, "footprint", 2024))
    assert "165,83" in page, "what was published still stands"
    shown = [e.text for e in Page(go(client, "publish", 2024)).find("td")]
    assert "165,83" in shown
    assert any(text.startswith("\u2212") for text in shown), "by how much a restatement is less"


def test_a_year_without_files_does_not_say_that_they_are_there(site: Site) -> None:
    page = go(site.client(), "year", 2019)
    assert "De bestanden zijn er" not in page
    assert "Er is nog niets ingenomen" in page


def test_an_auditor_is_invited_by_a_link_and_reads(site: Site) -> None:
    answer = site.client().post(
        reverse("invite", args=["ours"]), {"email": "Auditor@Kantoor.example", "role": "auditor"}
    )
    [link] = [e.text for e in Page(text_of(answer)).find("code")]
    secret = link.rstrip("/").rpartition("/")[2]
    assert secret not in str(list(Invitation.objects.values()))
    visitor = site.client(None)
    assert "Ons bedrijf" in text_of(visitor.get(f"/invitation/{secret}/"))
    weak = visitor.post(f"/invitation/{secret}/", {"name": "De auditor", "password": "123"})
    assert weak.status_code == 422
    joined = visitor.post(f"/invitation/{secret}/", {"name": "De auditor", "password": PASSWORD}, follow=True)
    assert "Jaaroverzicht" in text_of(joined)
    assert "Innemen" not in go(visitor, "imports")
    assert visitor.post(reverse("calculate", args=["ours", 2024])).status_code == 403
    assert visitor.get(f"/invitation/{secret}/").status_code == 404
    log = go(site.client(), "changes")
    assert "Uitnodiging aangenomen" in log
    assert "rol: Auditor" in log


def test_an_invitation_is_for_one_address(site: Site) -> None:
    _, secret = Invitation.offer(site.ours, "somebody@else.example", Role.AUDITOR, site.person())
    neighbour = site.client("owner@theirs.example")
    answer = neighbour.post(f"/invitation/{secret}/", {"name": "De buurman", "password": PASSWORD})
    assert answer.status_code == 422
    assert neighbour.get(reverse("year", args=["ours", 2024])).status_code == 404


def test_who_lost_access_reads_no_more(site: Site) -> None:
    auditor = site.client("auditor@ours.example")
    assert "2024" in go(auditor, "year", 2024)
    member = site.ours.memberships.get(role="auditor").pk
    site.client().post(reverse("remove", args=["ours", member]))
    assert auditor.get(reverse("year", args=["ours", 2024])).status_code == 404


def test_the_last_owner_stays(site: Site) -> None:
    member = site.ours.memberships.get(role="owner").pk
    answer = site.client().post(reverse("remove", args=["ours", member]))
    assert answer.status_code == 422
    assert "laatste eigenaar" in text_of(answer)


def test_a_source_without_delivery_is_accounted_for(site: Site) -> None:
    client = site.client()
    client.post(
        reverse("source", args=["ours", 2025]), {"source": "reizen", "status": "none", "reason": "geen reizen dit jaar"}
    )
    site.work()
    assert "geen reizen dit jaar" in go(client, "year", 2025)


def test_a_list_is_chosen_for_a_year(site: Site) -> None:
    client = site.client()
    where = reverse("pin", args=["ours", 2021])
    assert client.post(where, {"library": "no-such-list", "reason": "a reason"}).status_code == 422
    client.post(where, {"library": "co2emissiefactoren-2026-08-20", "reason": "de lijst van 2021 is er niet"})
    site.work()
    assert "de lijst van 2021 is er niet" in go(client, "calculate", 2021)


def test_the_original_is_what_came_in_and_taking_it_is_logged(site: Site) -> None:
    client = site.client("auditor@ours.example")
    digest = open_books(site.ours.folder).batch_store.get(_batch(site, "reizen.csv")).file_sha256
    assert client.get(reverse("evidence", args=["ours", digest])).content == read_example("reizen.csv")
    assert "Origineel gedownload" in go(client, "changes")


def test_the_template_opens_with_the_organisations_sites(site: Site) -> None:
    from io import BytesIO

    from openpyxl import load_workbook

    book = load_workbook(BytesIO(site.client().get(reverse("template", args=["ours"])).content))
    assert len(book.sheetnames) >= 2


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_says_everything_in_the_language(site: Site, language: str) -> None:
    client = site.client(language=language)
    batch = _batch(site, "tankpas-2024.csv")
    pages = [
        go(client, "year", 2024), go(client, "imports"), go(client, "batch", batch), go(client, "calculate", 2023),
        go(client, "footprint", 2024), go(client, "doubles", 2024), go(client, "publish", 2024), go(client, "people"),
        go(client, "changes"),
    ]  # fmt: skip
    telling = {"nl": "Year overview", "en": "Jaaroverzicht"}[language]
    assert not [page for page in pages if telling in page]
    assert not [page for page in pages if "{count" in page or "KeyError" in page]


def test_an_address_of_a_button_leads_back_to_its_page(site: Site) -> None:
    for name, above in (("invite", "people"), ("grid_check", "grid")):
        more = [2024] if name == "grid_check" else []
        answer = site.client().get(reverse(name, args=["ours", *more]))
        assert answer.status_code == 405
        assert answer["Allow"] == "POST"
        assert reverse(above, args=["ours", *more]) in Page(text_of(answer)).links()
    assert site.client().get("/language/").status_code == 405
    assert site.client().get(reverse("invite", args=["theirs"])).status_code == 404


def test_the_menu_of_a_figure_stays_in_its_year(site: Site) -> None:
    client = site.client()
    run = open_books(site.ours.folder).find_run("2023").id
    client.get(reverse("year", args=["ours", 2022]))
    for address in (f"{run}/ladder:market", f"{run}/ladder:market/scope-1"):
        page = Page(text_of(client.get(reverse("trace", args=["ours", address]))))
        chosen = [e.text for e in page.find("a") if e.attributes.get("aria-current") == "true"]
        assert "Jaar 2023" in chosen
