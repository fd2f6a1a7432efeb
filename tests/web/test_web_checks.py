"""Checking a file before it counts: what it does to the totals, and control totals that differ."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from test_web_mapping import CHOICES, METERS, fill_in
from web_site import Page, Site, text_of, wait

from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.organisation.decisions import AcceptDifference
from trede_web.bridge.books import open_books
from trede_web.inbox.models import Staged
from trede_web.work.models import Job
from workspaces import Fill, fuel_card

SITE = {"value-1-1": "oost"}


def at(name: str, staged: str) -> str:
    return reverse(name, args=["ours", staged])


def amounts(html: str) -> dict[str, int]:
    """Return the amounts of a page by what they answer."""
    return {e.attributes["data-query"]: int(e.attributes["value"]) for e in Page(html).find("data")}


def test_what_a_file_does_to_the_totals_is_shown_and_comes_true(site: Site) -> None:
    client = site.client()
    staged = wait(site, "beheerder.csv", METERS.replace("2025-", "2024-"))
    fill_in(site, staged, **CHOICES, **SITE)
    assert [job.kind for job in Job.objects.filter(state="queued")] == ["check"]
    from trede_web.work.worker import work_once

    work_once()
    page = text_of(client.get(at("staged_check", staged)))
    assert 'hx-get="/o/ours/imports/waiting/' in page
    assert "Wij rekenen uit" in page
    runs = len(open_books(site.ours.folder).runs())
    site.work()
    part = text_of(client.get(at("staged_weight", staged), headers={"hx-request": "true"}))
    assert "Wat dit bestand verandert in 2024" in part
    assert "Every record has a factor" in text_of(site.client(language="en").get(at("staged_weight", staged)))
    assert len(open_books(site.ours.folder).runs()) == runs
    then = next(mg for query, mg in amounts(part).items() if re.search(r"/ladder:market#next$", query))
    client.post(at("staged_check", staged))
    client.post(reverse("calculate", args=["ours", 2024]))
    site.work()
    kept = open_books(site.ours.folder).calculated_run("2024")
    assert kept
    assert footprint_of(kept, find_standard("ladder"), "market").total == then > 0


def test_a_check_that_was_overtaken_shows_no_old_amounts(site: Site) -> None:
    client = site.client()
    staged = wait(site, "beheerder.csv", METERS)
    fill_in(site, staged, **CHOICES, **SITE)
    site.work()
    part = text_of(client.get(at("staged_weight", staged)))
    assert "Van 2025 is nog niets ingenomen" in part
    assert "3 records hebben geen factor" in part
    upload = SimpleUploadedFile(
        "tankpas-extra.csv",
        fuel_card([Fill("C1", open_books(site.ours.folder).find_run("2024").period.start, "100,00")]),
    )
    client.post(reverse("imports", args=["ours"]), {"files": [upload], "profile": "tankpas"})
    site.work()
    part = text_of(client.get(at("staged_weight", staged)))
    assert "Er is sindsdien iets veranderd" in part
    assert amounts(part) == {}


def test_totals_that_differ_need_a_reason_that_is_recorded(site: Site) -> None:
    client = site.client()
    staged = wait(site, "beheerder.csv", METERS)
    fill_in(site, staged, **CHOICES, **SITE)
    site.work()
    wrong = client.post(at("staged_controls", staged), {"control_rows": "vier", "control_total": ""})
    assert wrong.status_code == 422
    assert client.post(at("staged_controls", staged), {"control_total": "2.600"}).status_code == 422, "two numbers"
    client.post(at("staged_controls", staged), {"control_rows": "6", "control_total": "2.500,5"})
    site.work()
    page = Page(text_of(client.get(at("staged_check", staged))))
    rows = [row.text for row in page.find("tr") if "wijkt af" in row.text]
    assert ["2.500,5" in rows[0], "2.534,5" in rows[0], "34" in rows[0]] == [True] * 3
    assert re.search(r"6\s*4\s*2", rows[1])
    assert client.post(at("staged_check", staged), {"reason": " "}).status_code == 422
    assert not Job.objects.filter(kind="commit").exists()
    client.post(at("staged_check", staged), {"reason": "De leverancier telde twee regels dubbel"})
    site.work()
    books = open_books(site.ours.folder)
    said = [r.decision for r in books.decisions.in_force() if isinstance(r.decision, AcceptDifference)]
    assert [(d.what, str(d.difference), d.person) for d in said] == [
        ("quantity", "-34", "De owner"), ("rows", "2", "De owner"),
    ]  # fmt: skip
    assert {d.reason for d in said} == {"De leverancier telde twee regels dubbel"}
    batch = books.batches()[-1]
    page = text_of(client.get(reverse("batch", args=["ours", batch.id])))
    assert "Aantal rijen 6 wijkt af van het bestand (4)" in page
    assert "De leverancier telde twee regels dubbel" in text_of(client.get(reverse("changes", args=["ours"])))


SUBTOTALS = "\n".join(
    [
        "Meter;Gebouw;Maand;Verbruik",
        "A1;hoofdkantoor;2025-01;100,0",
        "B2;hoofdkantoor;2025-01;50,5",
        "Totaal januari;;;150,5",
        "A1;hoofdkantoor;2025-02;200,0",
        "Totaal februari;;;200,0",
        "Totaal;;;350,5",
        "",
    ]
)


def test_subtotals_in_the_middle_are_named_once_and_remembered(site: Site) -> None:
    client = site.client()
    staged = wait(site, "beheerder.csv", SUBTOTALS)
    fill_in(site, staged, **CHOICES)
    site.work()
    page = text_of(client.get(at("staged_check", staged)))
    assert page.count(">wijkt af<") == 2
    assert "Dit zijn subtotalen" in page
    client.post(at("staged_controls", staged), {"answer": "-subtotals"})
    site.work()
    page = text_of(client.get(at("staged_check", staged)))
    assert page.count(">klopt<") == 3
    assert "Toch innemen" not in page
    client.post(at("staged_check", staged))
    site.work()
    batches = open_books(site.ours.folder).batches()
    assert batches[-1].counts == {"accepted": 3, "set_aside": 4, "held": 0, "rejected": 0}
    upload = SimpleUploadedFile("maart.csv", SUBTOTALS.replace("2025-", "2024-").encode())
    client.post(reverse("imports", args=["ours"]), {"files": [upload]})
    site.work()
    assert len(open_books(site.ours.folder).batches()) == len(batches) + 1


def test_a_recognised_file_waits_when_asked_and_when_its_totals_differ(site: Site) -> None:
    client, where = site.client(), reverse("imports", args=["ours"])
    card = fuel_card([Fill("C1", open_books(site.ours.folder).find_run("2024").period.start, "100,00")])
    before = len(open_books(site.ours.folder).batches())

    def send(**more: str) -> Staged:
        client.post(where, {"files": [SimpleUploadedFile("tankpas-extra.csv", card)], **more})
        site.work()
        return Staged.objects.latest("created_at")

    for more in ({"first": "on"}, {"control_total": "120"}):
        found = send(profile="tankpas", **more)
        assert len(open_books(site.ours.folder).batches()) == before
        page = text_of(client.get(at("staged_check", str(found.pk))))
        assert "ladder" in page
        assert ("Toch innemen" in page) == ("control_total" in more)
        assert at("staged_check", str(found.pk)) in text_of(client.get(where))
    two = [SimpleUploadedFile(name, card) for name in ("a.csv", "b.csv")]
    assert client.post(where, {"files": two, "control_rows": "3"}).status_code == 422
    client.post(at("staged_check", str(found.pk)), {"reason": "de factuur klopt niet"})
    site.work()
    assert len(open_books(site.ours.folder).batches()) == before + 1


TEMPLATE = (
    "Soort activiteit;Hoeveelheid;Eenheid;Begin;Eind;Uit (reading)\nnatural-gas;100;m3;01-01-2025;31-01-2025;billed\n"
)


def test_a_file_in_the_template_can_be_checked_first_too(site: Site) -> None:
    client = site.client()
    upload = SimpleUploadedFile("sjabloon.csv", TEMPLATE.encode())
    client.post(reverse("imports", args=["ours"]), {"files": [upload], "first": "on"})
    site.work()
    found = Staged.objects.get()
    assert found.checked["counts"]["accepted"] == 1, found.checked
    assert client.get(at("staged", str(found.pk))).status_code == 200
    profiles = set(open_books(site.ours.folder).profiles())
    client.post(at("staged_check", str(found.pk)))
    site.work()
    books = open_books(site.ours.folder)
    assert books.batches()[-1].source == "template"
    assert set(books.profiles()) == profiles


def test_a_file_in_the_template_of_which_every_row_is_refused_shows_its_rows(site: Site) -> None:
    wrong = TEMPLATE.replace(";100;", ";honderd;") + "natural-gas;50;m3;01-02-2025;31-01-2025;billed\n"
    client, batches = site.client(), len(open_books(site.ours.folder).batches())
    client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile("sjabloon.csv", wrong.encode())]})
    site.work()
    job, found = Job.objects.get(kind="import"), Staged.objects.get()
    where = at("staged_check", str(found.pk))
    assert where in Page(text_of(client.get(reverse("job", args=["ours", job.pk])))).links()
    page = text_of(client.get(where))
    assert "Geen enkele rij is overgenomen: 2 rijen" in page
    assert "honderd" in page
    assert 'id="rows"' in page
    assert "Nog niet klaar" in page
    assert 'id="commit"' not in page
    assert len(Page(page).find("tbody")[-1:]) == 1
    client.post(where)
    site.work()
    assert len(open_books(site.ours.folder).batches()) == batches
    mended = TEMPLATE.replace(";100;", ";101;").encode()
    client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile("sjabloon.csv", mended)]})
    site.work()
    assert len(open_books(site.ours.folder).batches()) == batches + 1


NOWHERE = "\n".join(
    [
        "Meter;Gebouw;Maand;Verbruik",
        "A1;hoofdkantoor;2024-01;100,0",
        "B2;Schuur 7;2024-01;50,5",
        "B2;Schuur 7;2024-02;10,0",
        "C3;Oostt;2024-01;40,0",
        "D4;Kantine;2024-01;1,0",
        "",
    ]
)


def nowhere(site: Site) -> str:
    """Bring the file with unknown sites, mapped without saying what they mean; return its id."""
    staged = wait(site, "panden.csv", NOWHERE)
    fill_in(site, staged, "later", **CHOICES)
    found = Staged.objects.get()
    columns = {**found.draft["columns"], "site": {"header": ["Gebouw"]}}
    found.note(draft={**found.draft, "columns": columns})
    asked = {"draft": found.draft, "chosen": {}, "control_total": "", "replaces": ""}
    Job.ask(site.ours, site.person(), "check", staged=staged, **asked)
    site.work()
    return staged


def test_unknown_sites_of_a_file_are_added_at_once(site: Site) -> None:
    client, staged = site.client(), nowhere(site)
    page = text_of(client.get(at("staged_check", staged)))
    assert "Alle 3 toevoegen als nieuwe vestiging" in page
    assert "Nieuwe vestiging ‘Schuur 7’" in page
    client.post(at("staged_repair", staged), {"answer": "-new-all"})
    site.work()
    assert Staged.objects.get().checked["counts"] == {"accepted": 5, "set_aside": 1, "held": 0, "rejected": 0}
    books = open_books(site.ours.folder)
    assert {"Schuur 7", "Oostt", "Kantine"} <= {each.name for each in books.organisation.site}
    assert "Schuur 7" in text_of(client.get(reverse("changes", args=["ours"])))
    assert "# " in books.organisation_versions.latest().read().decode(), "what was written by hand stays"  # type: ignore[union-attr]


def queue(site: Site, **asked: str) -> str:
    return text_of(site.client().get(reverse("matching", args=["ours", 2024]), asked))


def test_a_value_is_asked_once_in_the_queue_and_remembered(site: Site) -> None:
    client, staged = site.client(), nowhere(site)
    client.post(at("staged_check", staged))
    site.work()
    books = open_books(site.ours.folder)
    assert books.batches()[-1].counts["rejected"] == 4
    page = queue(site)
    assert "Wat betekent ‘Schuur 7’ bij Vestiging?" in page
    assert "2 rijen" in page
    ids = dict(re.findall(r'at=([0-9a-f]{16})"[^>]*class="open"><span>‘([^’]*)’', page))
    asked = {text: ident for ident, text in ids.items()}
    assert next(iter(asked)) == "Schuur 7"
    where = reverse("settle_meaning", args=["ours", 2024])
    near = Page(queue(site, at=asked["Oostt"])).find("input")
    first = next(e.attributes for e in near if e.attributes.get("name") == "answer")
    assert first["value"] == "oost"
    assert "checked" in first
    assert client.post(where, {"item": asked["Oostt"], "answer": "nergens"}).status_code == 422
    assert client.post(where, {"item": "f" * 16, "answer": "oost"}).status_code == 404
    gone = client.post(where, {"item": asked["Schuur 7"], "answer": "-new"})
    assert gone["Location"].startswith(reverse("matching", args=["ours", 2024]) + "?at=")
    client.post(where, {"item": asked["Oostt"], "answer": "oost"})
    client.post(where, {"item": asked["Kantine"], "answer": "-leave-out"})
    assert "wordt vastgelegd" in queue(site, at=asked["Oostt"])
    site.work()
    assert not Job.objects.filter(state="failed").exists()
    batch = open_books(site.ours.folder).active_batches()[-1]
    assert batch.counts == {"accepted": 4, "set_aside": 2, "held": 0, "rejected": 0}
    assert {row["site"] for row in batch.records().to_pylist()} == {"hoofdkantoor", "schuur-7", "oost"}
    assert "Kantine" not in queue(site)
    later = NOWHERE.replace("2024-", "2025-")
    client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile("later.csv", later.encode())]})
    site.work()
    assert open_books(site.ours.folder).active_batches()[-1].counts == batch.counts, "remembered"


def test_words_of_the_template_are_asked_for_its_file_alone(site: Site) -> None:
    client = site.client()
    rows = [("natural-gas", "Vest Oost"), ("stookgas", ""), ("stookgas", ""), ("natural-gas", "")]
    lines = [
        f"{kind};1{n};m3;{12 + n}-01-2024;{12 + n}-01-2024;{place};billed" for n, (kind, place) in enumerate(rows, 1)
    ]
    data = "\n".join(["Soort activiteit;Hoeveelheid;Eenheid;Begin;Eind;Vestiging;Uit (reading)", *lines, ""]).encode()
    client.post(reverse("imports", args=["ours"]), {"files": [SimpleUploadedFile("sjabloon.csv", data)]})
    site.work()
    page = queue(site)
    [ident] = re.findall(r'at=([0-9a-f]{16})"[^>]*><span>‘stookgas’', page)
    assert "Het sjabloon heeft vaste woorden" in queue(site, at=ident)
    where = reverse("settle_meaning", args=["ours", 2024])
    client.post(where, {"item": ident, "answer": "other", "value": "natural-gas"})
    site.work()
    assert open_books(site.ours.folder).active_batches()[-1].counts["rejected"] == 1
    [ident] = re.findall(r'at=([0-9a-f]{16})"[^>]*><span>‘Vest Oost’', queue(site))
    client.post(where, {"item": ident, "answer": "oost"})
    site.work()
    assert open_books(site.ours.folder).active_batches()[-1].counts["accepted"] == 4
