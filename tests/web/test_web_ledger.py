"""The ledger, a record's page, correcting and commenting: as an address asks, and to the milligram what the library says."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from openpyxl import load_workbook
from web_site import Element, Page, Site, fresh, text_of

import trede
from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint_of
from trede.trace.record import RecordTrail
from trede.workspace.explaining import explain
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.books import open_books, views
from trede_web.bridge.ledger.asking import GROUPED
from trede_web.bridge.ledger.exporting import FIELDS, as_csv, as_json, as_workbook
from trede_web.comments.models import Comment
from trede_web.words import voice_of
from trede_web.work.models import Job

AUDITOR = "auditor@ours.example"


@pytest.fixture(scope="module")
def site() -> Site:
    """The application, shared by the tests of this file: each changes other records than the rest looks at."""
    return fresh()


def look(site: Site, /, who: str = "owner@ours.example", language: str = "nl", **asked: Any) -> Page:
    """Return the ledger as an address asks for it."""
    answer = site.client(who, language).get(reverse("ledger", args=["ours"]), {"year": 2024, **asked})
    assert answer.status_code == 200
    return Page(text_of(answer))


def whole(page: Page) -> int:
    """Return the amount of all records together."""
    [found] = [e for e in page.find("data") if ("h2", {"class": "utrecht-heading-2", "id": "found"}) in e.inside]
    return int(found.attributes["value"])


def figures(page: Page) -> list[Element]:
    """Return the amounts in the table."""
    return [e for e in page.find("data") if any(tag == "tbody" for tag, _ in e.inside)]


def count(page: Page) -> int:
    """Return how many records are found."""
    [heading] = [e for e in page.find("h2") if e.attributes.get("id") == "found"]
    return int(heading.text.partition(" ")[0].replace(".", ""))


@pytest.mark.parametrize("view", [view.name for view in views()])
def test_a_year_is_the_footprint(site: Site, view: str) -> None:
    short, basis = view.split(":")
    run = open_books(site.ours.folder).find_run("2024")
    assert whole(look(site, view=view)) == footprint_of(run, find_standard(short), basis).total


@pytest.mark.parametrize("group", GROUPED)
def test_each_group_leads_to_its_records_and_they_add_up(site: Site, group: str) -> None:
    page = look(site, group=group)
    *parts, together = figures(page)
    assert sum(int(e.attributes["value"]) for e in parts) == int(together.attributes["value"]) == whole(page)
    for part in parts[:2]:
        [link] = [attributes["href"] for tag, attributes in part.inside if tag == "a"]
        inside = Page(text_of(site.client().get(link)))
        assert whole(inside) == int(part.attributes["value"])
        assert part.attributes["data-query"].startswith("ledger?")


def test_the_figure_of_a_record_is_what_its_postings_count(site: Site) -> None:
    books = trede.open_books(site.ours.folder)
    page = look(site, sort="-co2e")
    for element in figures(page)[:5]:
        query, _, view = element.attributes["data-query"].partition("#")
        [link] = [attributes["href"] for tag, attributes in element.inside if tag == "a"]
        assert link == reverse("trace", args=["ours", query])
        assert site.client().get(link).status_code == 200
        short, basis = view.split(":")
        _, found = explain(books.workspace, query)
        assert isinstance(found, RecordTrail)
        headed = find_standard(short).heading_of
        rows = [p.row for p in found.postings if p.row["basis"] in ("none", basis) and p.row["account"] in headed]
        assert int(element.attributes["value"]) == sum(row["co2e"] for row in rows)


def test_filters_narrow_and_the_address_says_them(site: Site) -> None:
    page = look(site, type="fuel-vehicle", site="hoofdkantoor", month="2024-03", state="counted")
    assert 0 < count(page) < count(look(site, type="fuel-vehicle")) < count(look(site))
    chips = [e.text for e in page.find("a") if any(a.get("class") == "trede-chips" for _, a in e.inside)]
    assert len(chips) == 4
    assert "maart 2024" in chips[-1]
    assert count(look(site, year="all")) == sum(count(look(site, year=year)) for year in (2022, 2023, 2024))
    assert count(look(site, entity="-")) == 0


def test_a_search_finds_words_names_and_nothing(site: Site) -> None:
    assert count(look(site, q="aardgas")) == count(look(site, type="natural-gas")) > 0
    assert count(look(site, language="en", q="natural gas")) > 0
    found = look(site, q="zzz-nothing")
    assert count(found) == 0
    assert "Niets gevonden" in found.find("main")[0].text


def test_pages_hold_every_record_once(site: Site) -> None:
    seen: list[str] = []
    where = f"{reverse('ledger', args=['ours'])}?year=2024&type=travel-rail&sort=quantity"
    while where:
        page = Page(text_of(site.client().get(where)))
        seen += [link for link in page.links() if "/records/" in link and "#" not in link]
        following = [e.attributes["href"] for e in page.find("a") if e.attributes.get("rel") == "next"]
        where = reverse("ledger", args=["ours"]) + following[0] if following else ""
    assert len(seen) == len(set(seen)) == count(look(site, type="travel-rail")) > 100


def test_strange_addresses(site: Site) -> None:
    assert count(look(site, sort="nonsense", group="x", page="99999", month="'; DROP")) == 0
    assert count(look(site, page="99999")) > 0
    client, where = site.client(), reverse("ledger", args=["ours"])
    assert client.get(where, {"year": 2024, "view": "nonsense"}).status_code == 404
    assert client.get(where)["Location"].startswith(f"{where}?year=")
    assert client.get(reverse("ledger_download", args=["ours", "exe"])).status_code == 404


def downloaded(site: Site, form: str, **asked: Any) -> bytes:
    """Return a download."""
    answer: Any = site.client().get(reverse("ledger_download", args=["ours", form]), {"year": 2024, **asked})
    assert "attachment" in answer["Content-Disposition"]
    data: bytes = answer.getvalue()
    return data


def test_downloads_hold_every_record_exactly(site: Site) -> None:
    page = look(site, source="reizen")
    plain = list(csv.DictReader(io.StringIO(downloaded(site, "csv", source="reizen").decode())))
    assert len(plain) == count(page)
    assert sum(int(row["mg CO2e"]) for row in plain) == whole(page)
    dutch = downloaded(site, "excel", source="reizen").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(dutch), delimiter=";"))
    assert [Decimal(r["Hoeveelheid"].replace(",", ".")) for r in rows] == [Decimal(r["Hoeveelheid"]) for r in plain]
    assert any("," in row["Hoeveelheid"] for row in rows)
    told = json.loads(downloaded(site, "json", source="reizen"), parse_float=Decimal)
    assert set(told["records"][0]) == set(FIELDS)
    assert sum(row["mg_co2e"] for row in told["records"]) == whole(page)
    book = load_workbook(io.BytesIO(downloaded(site, "xlsx", source="reizen")), read_only=True)
    [head, first, *others] = book.worksheets[0].iter_rows(values_only=True)
    assert len(others) + 1 == count(page)
    assert isinstance(first[head.index("Hoeveelheid")], int | float)


def test_no_cell_of_a_download_is_a_formula(tmp_path: Path) -> None:
    row: dict[str, Any] = dict.fromkeys(FIELDS, "=1+1") | {
        "year": 2024,
        "quantity": Decimal("1.5"),
        "kg_co2e": None,
        "mg_co2e": None,
    }
    text = b"".join(as_csv(iter([row]), list(FIELDS), dutch=False)).decode()
    assert ",=1+1" not in text
    assert "'=1+1" in text
    as_workbook(iter([row]), list(FIELDS), tmp_path / "book.xlsx")
    [cells] = load_workbook(tmp_path / "book.xlsx").worksheets[0].iter_rows(min_row=2)
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    from trede_web.bridge.ledger.asking import read_asked

    assert json.loads(b"".join(as_json(iter([]), read_asked({}, 2024))))["records"] == []


def record_of(site: Site, document: str) -> str:
    """Return the id of the record with a receipt number."""
    page = look(site, year="all", q=document)
    [where] = {link for link in page.links() if "/records/" in link and "#" not in link}
    return where.rstrip("/").rpartition("/")[2]


def test_a_record_tells_its_history(site: Site) -> None:
    record = record_of(site, "B22-00005")
    page = Page(text_of(site.client().get(reverse("record", args=["ours", record]))))
    text = page.find("main")[0].text
    assert "Ingenomen met: tankpas-2022.csv" in text
    assert [e for e in page.find("td") if e.attributes.get("class") == "cell"]
    posted = [e for e in figures(page) if record in e.attributes["data-query"]]
    assert len(posted) >= 2
    assert site.client().get(reverse("record", args=["ours", "0" * 24])).status_code == 404


def test_a_correction_shows_both(site: Site) -> None:
    record, client = record_of(site, "B22-00009"), site.client()
    where = reverse("correct", args=["ours", record])
    for sent, told in (
        ({"reason": "x"}, "Een reden heeft minstens 3 tekens"),
        ({"reason": "verkeerd", "what": "correct", "quantity": "1.234"}, "kan twee getallen zijn"),
        ({"reason": "verkeerd", "what": "correct"}, "U hebt niets gewijzigd"),
    ):
        answer = client.post(where, sent)
        assert answer.status_code == 422
        assert told in text_of(answer)
    client.post(
        where, {"reason": "op de bon staat 12,5", "what": "correct", "quantity": "12,5", "site": "hoofdkantoor"}
    )
    assert site.work() == 1
    job = Job.objects.latest("created_at")
    assert (job.state, job.asked["changes"]) == ("done", {"quantity": "12.5"})
    page = text_of(client.get(reverse("record", args=["ours", record])))
    assert "Dit record is gecorrigeerd" in page
    assert "<ins>12,5</ins>" in page
    assert "op de bon staat 12,5" in page
    assert reverse("correct", args=["ours", record]) not in page
    [new] = {
        link for link in Page(page).links() if "/records/" in link and record not in link and "zoals het moet" in page
    }.intersection(e.attributes["href"] for e in Page(page).find("a") if "zoals het moet zijn" in e.text)
    assert "Het record dat gecorrigeerd is" in text_of(client.get(new))
    assert count(look(site, year=2022, state="corrected")) == 1
    assert "Record gecorrigeerd" in text_of(client.get(reverse("changes", args=["ours"])))


def test_a_record_is_taken_back_as_a_whole(site: Site) -> None:
    record, client = record_of(site, "B22-00011"), site.client()
    before = look(site, year=2022, q="B22-00011")
    client.post(reverse("correct", args=["ours", record]), {"reason": "een privérit", "what": "credit"})
    Job.ask(site.ours, site.person(), "calculate", "2022", year=2022)
    site.work()
    assert whole(look(site, year=2022, q="B22-00011")) == whole(before), "the record itself stays as it is"
    reversal = look(site, year=2022, q=f"correction-{record[:8]}")
    assert whole(reversal) == -whole(before)


def test_what_the_library_refuses_is_told(site: Site) -> None:
    record, client = record_of(site, "B22-00012"), site.client()
    client.post(
        reverse("correct", args=["ours", record]),
        {"reason": "later", "what": "correct", "start": "2099-01-01", "end": "2099-01-01"},
    )
    site.work()
    job = Job.objects.latest("created_at")
    assert job.state == "failed"
    assert "er is niets vastgelegd" in text_of(client.get(reverse("job", args=["ours", job.pk])))


def test_a_published_year_is_closed_for_corrections(site: Site) -> None:
    record, client = record_of(site, "B22-00014"), site.client()
    made = mock.Mock(publication=mock.Mock(version=1))
    with (
        mock.patch("trede.workspace.workspace.Workspace.publications_of", return_value=[made]),
        mock.patch("trede.workspace.workspace.Workspace.run_of", return_value=None),
    ):
        page = text_of(client.get(reverse("record", args=["ours", record])))
        assert "2022 is gepubliceerd (versie 1)" in page
        assert 'name="what"' not in page
        answer = client.post(reverse("correct", args=["ours", record]), {"reason": "een reden", "what": "credit"})
    assert answer.status_code == 422


def test_an_auditor_comments_and_corrects_nothing(site: Site) -> None:
    record, client = record_of(site, "B22-00013"), site.client(AUDITOR)
    assert (
        client.post(reverse("correct", args=["ours", record]), {"reason": "abc", "what": "credit"}).status_code == 403
    )
    where = reverse("thread", args=["ours", "record", record])
    assert client.post(where, {"text": " "}).status_code == 422
    answer = client.post(where, {"text": "Waar is de <b>bon</b>?"})
    assert answer["Location"].startswith(reverse("record", args=["ours", record]))
    page = text_of(client.get(reverse("record", args=["ours", record])))
    assert "Waar is de &lt;b&gt;bon&lt;/b&gt;?" in page
    assert "De auditor" in page
    assert reverse("correct", args=["ours", record]) not in page
    [mark] = [e for e in look(site, year=2022, q="B22-00013").find("a") if e.attributes.get("class") == "trede-said"]
    assert mark.text == "1 opmerking"
    assert "Opmerking gemaakt" in text_of(client.get(reverse("changes", args=["ours"])))


def test_a_comment_stays_until_a_note_takes_it_back(site: Site) -> None:
    client, year = site.client(AUDITOR), reverse("thread", args=["ours", "year", "2023"])
    client.post(year, {"text": "Hier stond een naam."})
    comment = Comment.objects.latest("id")
    for change in (lambda: Comment.objects.filter(pk=comment.pk).update(text="anders"), comment.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    taken = reverse("take_back", args=["ours", comment.pk])
    assert site.client("editor@ours.example").post(taken, {"reason": "niet van mij"}).status_code == 403
    assert client.post(taken, {"reason": ""}).status_code == 422
    client.post(taken, {"reason": "er stond een naam in"})
    client.post(taken, {"reason": "nog eens"})
    page = text_of(client.get(year))
    assert "Hier stond een naam" not in page
    assert "Teruggenomen door De auditor: er stond een naam in" in page
    assert "nog eens" not in page
    everything = text_of(client.get(reverse("comments", args=["ours"])))
    assert "Hier stond een naam" not in everything
    assert "er stond een naam in" in everything


@pytest.mark.parametrize(("kind", "folder"), [("batch", "batches"), ("run", "runs")])
def test_files_and_calculations_have_comments(site: Site, kind: str, folder: str) -> None:
    about = sorted(path.name for path in (site.ours.folder / folder).iterdir())[0]
    where = reverse("thread", args=["ours", kind, about])
    assert site.client().post(where, {"text": "Gezien."})["Location"].startswith(where)
    assert "Gezien." in text_of(site.client().get(where))
    assert site.client("owner@theirs.example").get(reverse("thread", args=["theirs", kind, about])).status_code == 404
    for other in (("year", "20x4"), ("nonsense", about), ("record", "zz")):
        assert site.client().get(reverse("thread", args=["ours", *other])).status_code == 404


@pytest.mark.parametrize(
    ("language", "text", "read"),
    [
        ("nl", "12,5", "12.5"), ("nl", "1.234,5", "1234.5"), ("nl", "12.5", "12.5"), ("nl", "1.234.567", "1234567"),
        ("nl", "1.234", None), ("nl", "1 234,5", "1234.5"), ("nl", "twaalf", None), ("nl", "", None), ("nl", "1,2,3", None),
        ("en", "1,234.5", "1234.5"), ("en", "1,234", None), ("en", "12.5", "12.5"), ("en", "−3", "-3"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(language: str, text: str, read: str | None) -> None:
    assert read_amount(text, voice_of(language)) == (None if read is None else Decimal(read))


def test_an_empty_ledger_says_what_comes_here(site: Site) -> None:
    client = site.client("owner@theirs.example")
    answer = client.get(reverse("ledger", args=["theirs"]), follow=True)
    assert "Neem eerst een bestand in" in text_of(answer)
    assert client.get(reverse("ledger", args=["theirs"]), {"year": "all"}).status_code == 200
