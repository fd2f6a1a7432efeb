"""A file that no profile reads: looked at, mapped, checked, mended, taken in, and remembered for the next one."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from web_site import Page, Site, text_of, wait

from trede.kernel.issues import Issue, Location
from trede_web.bridge.books import open_books
from trede_web.bridge.intake.checking import refused
from trede_web.bridge.intake.mapping_page import alike
from trede_web.bridge.speaking import LANGUAGES, OWN, Voice, words
from trede_web.inbox.models import Staged
from trede_web.work.models import Job

METERS = "\n".join(
    [
        "Meter;Gebouw;Maand;Verbruik;Prijs",
        "A1;hoofdkantoor;2025-01;1.234,5;10,00",
        "A1;hoofdkantoor;2025-02;1.100,0;10,00",
        "B2;Loods west;2025-01;200,0;10,00",
        "B2;Loods west;2025-02;n.v.t.;10,00",
        "Totaal;;;2.534,5;",
        "",
    ]
)
CHOICES = {"constant-activity_type": "electricity", "constant-unit": "kWh", "title": "Meters van de beheerder"}


def fields_of(html: str) -> dict[str, str]:
    """Return what the form of a page would send: its fields as they are filled in."""
    filled: dict[str, str] = {}
    select = ""
    for element in Page(html).elements:
        name = element.attributes.get("name", "")
        if element.tag == "select":
            select, filled[name] = name, ""
        elif element.tag == "option" and "selected" in element.attributes:
            filled[select] = element.attributes["value"]
        elif element.tag == "option" and not filled.get(select):
            filled.setdefault(select, element.attributes["value"])
        elif element.tag == "input" and element.attributes.get("type") == "checkbox":
            filled |= {name: "on"} if "checked" in element.attributes else {}
        elif element.tag == "input" and name != "csrfmiddlewaretoken":
            filled[name] = element.attributes.get("value", "")
    return {name: value for name, value in filled.items() if name}


def fill_in(site: Site, staged: str, do: str = "check", **answers: str) -> Any:
    """Fill in the form of the columns and press a button."""
    where = reverse("staged", args=["ours", staged])
    client = site.client()
    form = fields_of(text_of(client.get(where)))
    given = {name.replace("__", "-"): value for name, value in answers.items()}
    return client.post(where, {**form, **given, "do": do})


def checked(site: Site, staged: str) -> str:
    """Let the worker check, and return the page."""
    site.work()
    return text_of(site.client().get(reverse("staged_check", args=["ours", staged])))


def counts(html: str) -> list[str]:
    """Return the large numbers: rows, then the four fates."""
    return re.findall(r'<dd class="big">([\d.]+)</dd>', html)


def test_from_an_unknown_file_to_a_batch(site: Site) -> None:
    before = len(open_books(site.ours.folder).batches())
    staged = wait(site, "beheerder 2025.csv", METERS)
    page = text_of(site.client().get(reverse("imports", args=["ours"])))
    assert "beheerder 2025.csv" in page
    assert "kolommen aanwijzen" in page

    page = text_of(site.client().get(reverse("staged", args=["ours", staged])))
    shown = fields_of(page)
    assert [shown[f"column-{n}"] for n in range(5)] == ["meter", "site", "period", "quantity", ""]
    assert page.count(">geraden<") >= 4
    for sample in ("1.234,5", "Loods west", "2025-02"):
        assert f'<span class="trede-sample">{sample}</span>' in page

    refused = fill_in(site, staged)
    assert refused.status_code == 422
    assert "Kies de soort activiteit." in text_of(refused)
    again = fill_in(site, staged, "later", **{"constant-activity_type": "electricity"})
    assert again.status_code == 302
    refused = text_of(fill_in(site, staged, **CHOICES))
    assert "Kolom Gebouw: zeg wat 1 waarde betekent" in refused

    asked = fill_in(site, staged, **CHOICES, **{"value-1-1": "oost"})
    assert asked.status_code == 302, text_of(asked)
    page = checked(site, staged)
    assert counts(page) == ["6", "3", "2", "0", "1"]
    assert "2.534,5 kWh<" in page
    assert '<span class="bad">n.v.t.</span>' in page
    assert len(open_books(site.ours.folder).batches()) == before

    site.client().post(reverse("staged_check", args=["ours", staged]))
    site.work()
    books = open_books(site.ours.folder)
    batch = books.batches()[-1]
    assert batch.counts == {"accepted": 3, "set_aside": 2, "held": 0, "rejected": 1}
    assert batch.file_sha256 in {each.sha256 for each in books.evidence.all()}
    assert not Staged.objects.exists()
    assert books.profiles()["meters-van-de-beheerder"].columns["site"].values["Loods west"] == "oost"

    later = METERS.replace("2025-", "2026-").replace("n.v.t.", "10,0").replace("2.534,5", "2.544,5")
    job = Job.ask(site.ours, site.person(), "import", "beheerder 2026.csv", {"data": later.encode()})
    site.work()
    job.refresh_from_db()
    assert job.result["batch"], "the mapping is remembered: this one goes by itself"


FUEL = "\n".join(
    [
        "Bon;Datum;Product;Liters",
        *(f"K{n};{n:02}-03-2025;{p};4{n},5" for n, p in enumerate(("Euro95", "B7", "B7", "Was"), 10)),
        "",
    ]
)


def test_a_question_is_answered_once_for_all_its_rows(site: Site) -> None:
    staged = wait(site, "kaart.csv", FUEL)
    base = {"constant-activity_type": "fuel-vehicle", "constant-control": "controlled", "title": "Kaart"}
    fill_in(site, staged, "later", **base)
    found = Staged.objects.get()
    found.note(draft={**found.draft, "columns": {**found.draft["columns"], "fuel": {
        "header": ["Product"], "values": {"Euro95": "petrol-e10"},
    }}})  # fmt: skip
    client = site.client()
    Job.ask(
        site.ours, site.person(), "check", staged=staged, draft=found.draft, chosen={}, control_total="", replaces=""
    )  # fmt: skip
    page = checked(site, staged)
    assert counts(page) == ["5", "1", "1", "0", "3"]
    where = reverse("staged_repair", args=["ours", staged])
    kinds = {kind["text"]: kind for kind in Staged.objects.get().checked["kinds"]}
    assert {text: kind["count"] for text, kind in kinds.items()} == {"B7": 2, "Was": 1}
    assert client.post(where, {"kind": kinds["B7"]["number"], "answer": "coal"}).status_code == 422
    assert client.post(where, {"kind": kinds["B7"]["number"], "answer": "diesel-b7"}).status_code == 302
    assert counts(checked(site, staged)) == ["5", "3", "1", "0", "1"]
    left = Staged.objects.get().checked["kinds"]
    assert client.post(where, {"kind": left[0]["number"], "answer": "-leave-out"}).status_code == 302
    page = checked(site, staged)
    assert counts(page) == ["5", "3", "2", "0", "0"]
    assert re.findall(r'<span class="b nowrap">([^<]*)<', page) == ["1.234,5 l"]


GAS = "\n".join(
    [
        "Meter;Locatie;Datum;Stand;Product",
        *(f"G1;Oost;15-{n:02}-2025;{1000 + 100 * n};Aardgas" for n in range(1, 5)),
        "",
    ]
)


def test_the_factor_of_a_gas_meter_holds_for_a_whole_file(site: Site) -> None:
    staged = wait(site, "standen.csv", GAS)
    asked = {
        "constant-activity_type": "natural-gas", "constant-unit": "m3", "constant-reading": "meter", "title": "Standen",
        "taken": "start-of-day", "column-3": "meter_reading", "column-4": "fuel",
    }  # fmt: skip
    page = text_of(fill_in(site, staged, **asked))
    assert "Vul in: Factor van de meter." in page
    assert fields_of(page)["column-4"] == "", "this type of activity knows no fuel: the guess goes"
    found = fill_in(site, staged, **asked, **{"constant-factor": "0,9742", "value-1-0": "oost"})
    assert found.status_code == 302, text_of(found)
    assert Staged.objects.get().draft["constants"]["factor"] == "0.9742"
    assert "292,26 Nm3" in checked(site, staged)
    fill_in(site, staged, "later", **{"constant-reading": "billed", "constant-factor": "0,9742"})
    assert "factor" not in Staged.objects.get().draft["constants"]


def test_a_check_of_other_choices_is_not_taken_in(site: Site) -> None:
    staged = wait(site, "beheerder.csv", METERS)
    fill_in(site, staged, **CHOICES, **{"value-1-1": "oost"})
    checked(site, staged)
    fill_in(site, staged, "later", **{"constant-unit": "MWh"})
    answer = site.client().post(reverse("staged_check", args=["ours", staged]))
    assert answer.status_code == 302
    assert answer.url == reverse("staged", args=["ours", staged])
    assert not Job.objects.filter(kind="commit").exists()


def test_the_setting_that_a_person_chooses_goes_before_the_guess(site: Site) -> None:
    staged = wait(site, "punt.csv", "Meter;Datum;Verbruik\nA1;01-02-2025;1.234\nA1;02-03-2025;2.345\n")
    page = text_of(fill_in(site, staged, **CHOICES))
    assert "Kies: Decimaalteken" in page
    assert "Kies: Datums" in page
    assert fill_in(site, staged, **CHOICES, **{"set-decimal": ",", "set-dates": "dd-mm-yyyy"}).status_code == 302
    assert "3.579 kWh<" in checked(site, staged)


def test_a_file_that_is_not_wanted_goes(site: Site) -> None:
    staged = wait(site, "weg.csv")
    found = Staged.objects.get()
    folder = found.folder
    assert folder.exists()
    site.client().post(reverse("staged_drop", args=["ours", staged]), {"sha256": found.sha256})
    assert not folder.exists()
    assert not Staged.objects.exists()


def test_a_profile_is_renamed_and_downloaded(site: Site) -> None:
    client = site.client()
    where = reverse("profile_rename", args=["ours", "tankpas"])
    before = open_books(site.ours.folder).profiles()["tankpas"]
    assert client.post(where, {"title": ""}).status_code == 422
    client.post(where, {"title": 'Tank "passen"'})
    site.work()
    after = open_books(site.ours.folder).profiles()["tankpas"]
    assert after.title == 'Tank "passen"'
    assert after.canonical() == before.canonical()
    text = client.get(reverse("profile_text", args=["ours", "tankpas"]))
    assert b"# The encoding is left to detection" in text.content
    assert 'filename="tankpas.toml"' in text.headers["Content-Disposition"]
    page = text_of(client.get(reverse("profiles", args=["ours"])))
    assert "tankpas-2022.csv" in page


def test_rejected_rows_go_out_and_come_back_mended(site: Site) -> None:
    client = site.client()
    batch = next(b for b in open_books(site.ours.folder).active_batches() if b.file_name == "tankpas-2024.csv")
    out = client.get(reverse("rows", args=["ours", batch.id, "rejected"])).content.decode("utf-8-sig")
    heading, row, *_ = out.splitlines()
    cells = dict(zip(heading.split(";"), row.split(";"), strict=True))
    cells |= {"Liters": "41,50", "Prijs per liter": "2,000", "Bedrag": "83,00", "Datum": "03-06-2024"}
    mended = SimpleUploadedFile("hersteld.csv", f"{heading}\n{';'.join(cells.values())}\n".encode("utf-8-sig"))
    where = reverse("mend", args=["ours", batch.id])
    assert client.post(where, {}).status_code == 422
    assert client.post(where, {"mended": mended}).status_code == 302
    site.work()
    books = open_books(site.ours.folder)
    new = next(b for b in books.active_batches() if b.file_name == "hersteld.csv")
    old = next(b for b in books.active_batches() if b.file_name == "tankpas-2024.csv")
    assert new.counts == {"accepted": 1, "set_aside": 1, "held": 0, "rejected": 0}
    assert old.counts["rejected"] == 0
    assert old.counts["set_aside"] == batch.counts["set_aside"] + 1
    assert "Hersteld in hersteld.csv" in str([r.decision for r in books.decisions.in_force()])


def test_a_neighbour_finds_no_file_and_no_profile_of_ours(site: Site) -> None:
    staged = wait(site, "geheim.csv")
    client = site.client("owner@theirs.example")
    assert "geheim.csv" not in text_of(client.get(reverse("imports", args=["theirs"])))
    for name in ("staged", "staged_check"):
        assert client.get(reverse(name, args=["theirs", staged])).status_code == 404
    assert "Tankpas" not in text_of(client.get(reverse("profiles", args=["theirs"])))
    assert client.get(reverse("profile_text", args=["theirs", "tankpas"])).status_code == 404


CARD = "Datum;Product;Liters;Eenheid\n" + "".join(
    f"{day:02d}-03-2025;{product};{liters};{unit}\n"
    for day, (product, liters, unit) in enumerate(
        [("Euro 95 (E10)", "40,12", "L"), ("Diesel (B7)", "51,50", "L"), ("Carwash 3", "1,00", "stk")] * 3, 13
    )
)


def test_a_fuel_card_with_other_things_on_it_goes_in(site: Site) -> None:
    ident, client = wait(site, "pas.csv", CARD), site.client()
    where = reverse("staged", args=["ours", ident])
    form = {
        "title": "Pas", "source": "pas", "constant-activity_type": "fuel-vehicle", "constant-control": "controlled",
        "column-0": "date", "column-1": "fuel", "column-2": "quantity", "column-3": "unit",
    }  # fmt: skip
    page = text_of(client.post(where, form, follow=True))
    chosen = {
        e.inside[-1][1].get("name"): e.attributes["value"]
        for e in Page(page).find("option")
        if "selected" in e.attributes
    }
    assert (chosen["value-1-0"], chosen["value-1-1"]) == ("petrol-e10", "diesel-b7"), (
        "guessed from the words, and shown"
    )
    assert "value-1-2" not in chosen
    form |= {"value-1-0": "petrol-e10", "value-1-1": "diesel-b7", "value-1-2": "-leave-out", "value-3-1": "-leave-out"}
    asked = client.post(where, {**form, "do": "check"})
    assert asked.status_code == 302, Page(text_of(asked)).find("main")[0].text
    site.work()
    check = text_of(client.get(reverse("staged_check", args=["ours", ident])))
    client.post(reverse("staged_check", args=["ours", ident]))
    site.work()
    batch = open_books(site.ours.folder).batches()[-1]
    assert (batch.counts["accepted"], batch.counts["set_aside"], batch.counts["rejected"]) == (6, 4, 0), check
    assert set(batch.records()["activity_type"].to_pylist()) == {"fuel-vehicle"}


@pytest.mark.parametrize(
    ("text", "values", "found"),
    [
        ("Diesel (B7)", ["diesel-b0", "diesel-b7"], "diesel-b7"),
        ("EURO95 E10", ["petrol-e0", "petrol-e10"], "petrol-e10"),
        ("Diesel", ["diesel-b0", "diesel-b7"], ""),
        ("Diesel B10", ["diesel-b0", "diesel-b7"], ""),
        ("95", ["95-a", "95-b"], ""),
        ("", ["", "a"], ""),
    ],
)
def test_a_text_names_one_value_or_none(text: str, values: list[str], found: str) -> None:
    assert alike(text, values) == found


def test_months_as_columns_ask_for_no_dates_and_a_missing_quantity_is_told_at_once(site: Site) -> None:
    months = "Locatie;jan-25;feb-25;mrt-25\nZwolle;1;2;3\n"
    page = text_of(site.client().get(reverse("staged", args=["ours", wait(site, "afval.csv", months)])))
    assert "Datums. Het bestand" not in page
    rivals = "Datum;Km;Totaal km\n01-03-2025;10;20\n02-03-2025;12;24\n"
    page = text_of(site.client().get(reverse("staged", args=["ours", wait(site, "ritten.csv", rivals)])))
    assert "Wijs de kolom met de hoeveelheid aan." in page


def test_no_message_of_a_screen_speaks_of_a_written_profile() -> None:
    for language in LANGUAGES:
        for code, text in words(language).items():
            if code.startswith(OWN):
                assert not re.search(r"\[\[?\w+\]|--\w|optional = |merged = |\bTOML\b", text), code


def test_a_place_that_is_unknown_in_months_as_columns_is_one_question() -> None:
    wrong = [
        Issue.error("site_unknown", Location("gas.xlsx", 2, f"{month} · Locatie", place), value="Kantoor Gouda")
        for place, month in enumerate(("jan", "feb", "mrt"), start=2)
    ]
    [kind] = refused(wrong, {})["kinds"]
    assert (kind["column"], kind["text"], kind["examples"]) == ("Locatie", "Kantoor Gouda", ["2:B", "2:C", "2:D"])


LEDGER = "\n".join(
    [
        "Boekdatum;Grootboek;Debet;Credit",
        "13-01-2025;4110;12,50;",
        "14-01-2025;4710;7,00;",
        "15-01-2025;4110;;12,50",
        "16-01-2025;4710;;2,50",
        "",
    ]
)


def test_a_ledger_is_mapped_with_debit_credit_and_accounts(site: Site) -> None:
    staged = wait(site, "grootboek.csv", LEDGER)
    client, where = site.client(), reverse("staged", args=["ours", staged])
    page = text_of(client.get(where))
    assert [fields_of(page)[f"column-{n}"] for n in range(4)] == ["date", "code", "quantity", "-minus"]
    labels = [part.attributes["label"] for part in Page(page).find("optgroup")]
    assert labels[:2] == ["Scope 1 · Mobiele verbranding", "Scope 1 · Stationaire verbranding"]
    fill_in(site, staged, "later", **{"constant-activity_type": "spend"})
    assert fields_of(text_of(client.get(where)))["constant-classification"] == "account", "proposed, and to be seen"
    fill_in(site, staged, "later", **{"constant-classification": "nace-2"})
    assert Staged.objects.get().draft["constants"]["classification"] == "nace-2", "a choice is no guess"
    given = {"constant-classification": "account", "constant-category": "1", "constant-unit": "EUR"}
    answer = fill_in(site, staged, **given)
    assert answer.status_code == 302, text_of(answer)
    assert counts(checked(site, staged)) == ["5", "2", "1", "2", "0"]
    fill_in(site, staged, "later", **{"column-3": ""})
    assert "minus" not in Staged.objects.get().draft["columns"]["quantity"]
    fill_in(site, staged, "later", **{"column-3": "-minus", "column-2": ""})
    assert "Wijs de kolom met de hoeveelheid aan." in text_of(client.get(where))
    fill_in(site, staged, "later", **{"column-2": "quantity"})
    assert Staged.objects.get().draft["columns"]["quantity"] == {"header": ["Debet"], "minus": ["Credit"]}
    fill_in(site, staged, "later", **{"constant-activity_type": "electricity"})
    assert fields_of(text_of(client.get(where)))["column-1"] == "", "power has no account"


def test_a_credit_counts_once_somebody_says_what_it_credits(site: Site) -> None:
    staged, client = wait(site, "grootboek.csv", LEDGER), site.client()
    given = {"constant-classification": "account", "constant-category": "1", "constant-unit": "EUR"}
    fill_in(site, staged, "later", **{"constant-activity_type": "spend"})
    fill_in(site, staged, **given)
    assert "Na het vastleggen zegt u op de pagina van het bestand wat zij crediteert." in checked(site, staged)
    client.post(reverse("staged_check", args=["ours", staged]))
    site.work()

    batch = open_books(site.ours.folder).batches()[-1]
    first, second = (row["record_id"] for row in batch.records("record_id").to_pylist())
    page = text_of(client.get(reverse("batch", args=["ours", batch.id])))
    shown = fields_of(page)
    assert (shown["credit-4"], shown["credit-5"]) == (first, ""), "the only candidate is proposed"
    picked = [e.attributes["value"] for e in Page(page).find("input") if "checked" in e.attributes]
    assert picked == ["4"], "a credit of which nothing is known is not chosen"
    where, asked = reverse("decide", args=["ours", batch.id]), {"choice": "accept", "reason": "nagevraagd"}
    refused = client.post(where, {**asked, "row": ["4", "5"], "credit-4": first, "credit-5": " "})
    assert refused.status_code == 422
    assert "Zeg welke boeking rij 5 crediteert" in text_of(refused)
    shown = fields_of(text_of(refused))
    assert (shown["credit-4"], 'value="nagevraagd"' in text_of(refused)) == (first, True), "nothing is lost"
    both = {"kind": "negative_without_credit", "credit-4": first, "credit-5": second}
    assert client.post(where, {**asked, **both}).status_code == 302
    site.work()
    after = open_books(site.ours.folder).batches()[-1]
    assert after.counts == {"accepted": 4, "set_aside": 1, "held": 0, "rejected": 0}
    assert after.records("credit_of")["credit_of"].to_pylist() == [None, None, first, second]
    assert sum(after.records("quantity")["quantity"].to_pylist()) == Decimal("4.5")


def test_a_credit_of_a_part_may_be_of_a_larger_record_of_its_supplier(site: Site) -> None:
    rows = ["13-01-2025;4110;Staples;99,00;", "14-01-2025;4110;KPN;99,00;", "20-01-2025;4110;Staples;;25,00"]
    staged = wait(site, "delen.csv", "\n".join(["Boekdatum;Grootboek;Relatie;Debet;Credit", *rows, ""]))
    fill_in(site, staged, "later", **{"constant-activity_type": "spend"})
    fill_in(site, staged, **{"constant-category": "1", "constant-unit": "EUR"})
    checked(site, staged)
    site.client().post(reverse("staged_check", args=["ours", staged]))
    site.work()
    batch = open_books(site.ours.folder).batches()[-1]
    [issue] = batch.problems("held")
    first = batch.records("record_id")["record_id"][0].as_py()
    assert issue.values["candidates"] == [f"{first} (delen.csv:2)"]


def test_the_same_file_waits_once(site: Site) -> None:
    client, where = site.client(), reverse("imports", args=["ours"])

    def bring(*names: str, text: str = LEDGER, **more: str) -> str:
        files = [SimpleUploadedFile(name, text.encode()) for name in names]
        return text_of(client.post(where, {"files": files, **more}, follow=True))

    page = bring("eerste.csv", "tweede.csv")
    assert "tweede.csv» is precies hetzelfde bestand als «eerste.csv»" in page
    assert Job.objects.filter(kind="import").count() == 1
    site.work()
    first = Staged.objects.get()
    page = bring("eerste.csv")
    assert "«eerste.csv» wacht al op u" in page
    assert f"/{first.pk}/" in page
    assert "wacht al op u" not in text_of(client.get(where)), "said once"
    bring("ander.csv", text=LEDGER.replace("4710", "4720"))
    bring("eerste.csv", profile="tankpas")
    site.work()
    assert Staged.objects.count() == 3, "another file, and the same by a profile that was chosen"
    page = text_of(client.get(where))
    assert page.count("hetzelfde bestand als eerste.csv") == 1
    Job.objects.filter(pk=first.pk).delete()
    theirs = site.client("owner@theirs.example")
    theirs.post(reverse("imports", args=["theirs"]), {"files": [SimpleUploadedFile("eerste.csv", LEDGER.encode())]})
    assert Job.objects.filter(organisation=site.theirs, kind="import").count() == 1


@pytest.mark.parametrize(
    ("code", "params", "said"),
    [
        ("attribute_missing", {"type": "fuel-vehicle", "attribute": "control", "allowed": ["controlled"]},
         "Voor «Brandstof voertuigen» is «Beheer van het voertuig» nodig"),
        ("reading_kind_unknown", {"value": "x", "allowed": ["closing"]}, "eindstand (closing)"),
        ("attribute_value_unknown", {"attribute": "fuel", "value": "x", "allowed": ["diesel-b7"]}, "diesel B7 (diesel-b7)"),
        ("quality_unknown", {"value": "x", "allowed": ["measured"]}, "Mogelijk zijn: gemeten."),
        ("period_fields", {"found": ["date", "year"]}, "Nu aangewezen: Datum, Jaar."),
        ("spend_code_unknown", {"value": "1", "classification": "sbi-2008", "closest": ["62"]}, "indeling «SBI 2008»"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_with_names(code: str, params: dict[str, Any], said: str) -> None:
    assert said in Voice("nl").tell(Issue.error(code, Location("a.csv"), **params))


BILL = "\n".join(
    [
        "Gasverbruik 2025 in m3;;", ";;", "Meter;Gebouw;Verbruik", "A1;oost;10,5", "A2;oost;11,5", "Totaal;;22,0", ";;",
        "Betaling binnen 30 dagen;;", "Dank u wel;;", "",
    ]
)  # fmt: skip


def test_a_title_proposes_and_lines_below_the_table_are_one_question(site: Site) -> None:
    staged, client = wait(site, "gas.csv", BILL), site.client()
    page = text_of(client.get(reverse("staged", args=["ours", staged])))
    shown = fields_of(page)
    assert (shown["constant-year"], shown["constant-unit"]) == ("2025", "m3")
    assert page.count("Geraden uit rij 1: «Gasverbruik 2025 in m3»") == 2
    given = {
        "constant-activity_type": "natural-gas",
        "constant-reading": "billed",
        "constant-year": "2024",
        "title": "Gas",
    }
    answer = fill_in(site, staged, **given)
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(reverse("staged", args=["ours", staged])))
    assert page.count("Geraden uit rij 1") == 1, "what a person chose is no guess"
    page = checked(site, staged)
    assert counts(page) == ["9", "2", "5", "0", "2"]
    [kind] = Staged.objects.get().checked["kinds"]
    assert (kind["code"], kind["count"]) == ("closing_line", 2)
    assert "Terzijde leggen: dit zijn geen gegevens" in page
    where = reverse("staged_repair", args=["ours", staged])
    assert client.post(where, {"kind": kind["number"], "answer": "-closing"}).status_code == 302
    assert counts(checked(site, staged)) == ["9", "2", "7", "0", "0"]
