"""A year by the API alone: files in, decided, calculated, explained, published; figures are those of the pages and commands."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from test_web_api import operations
from web_api import Program, program
from web_operations import MATRIX
from web_site import Page, Site, text_of

import trede
from trede.workspace.explaining import explain
from trede_web.people.models import LogEntry
from trede_web.work.models import Job
from workspaces import read_example

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def finished(site: Site, who: Program, job: Any) -> Any:
    """Let the worker do what waits, and return the job as the program reads it."""
    site.work()
    assert job["state"] == "queued"
    found = who.send("GET", job["href"]).json()
    assert found["state"] == "done", found["issues"]
    return found


def upload(who: Program, name: str, data: bytes | None = None, **about: Any) -> Any:
    """Take a file in."""
    file = SimpleUploadedFile(name, read_example(name) if data is None else data)
    answer = who.send("POST", "imports", {"files": [file], **about}, form=True)
    assert answer.status_code == 202, answer.content
    return answer.json()[0]


def test_a_year_by_the_api_alone(site: Site) -> None:
    who = program(site, "editor@ours.example")
    batches = {batch["file"]: batch for batch in who.read("imports")["items"]}
    mended = upload(who, "tankpas-2024-verbeterd.csv", replaces=batches["tankpas-2024.csv"]["id"])
    done = finished(site, who, mended)
    batch = who.read(f"imports/{done['result']['batch']}")
    assert sum(batch["batch"]["counts"].values()) == batch["batch"]["whole"] > 1000
    again = finished(site, who, upload(who, "tankpas-2024-verbeterd.csv"))
    assert again["result"] == {"batch": done["result"]["batch"], "again": True}
    for fate, problem in (("held", "accept"), ("rejected", "set-aside")):
        ident = next(
            b["id"] for b in who.read("imports")["items"] if b["active"] and b["file"].startswith("tankpas-2024")
        )
        rows = [row["address"] for row in who.read(f"imports/{ident}/rows/{fate}")["items"]]
        if rows:
            asked = {"choice": problem, "rows": rows, "reason": "nagevraagd bij de leasemaatschappij"}
            finished(site, who, who.ask(f"imports/{ident}/decisions", asked))
    for double in who.read("years/2024/doubles")["items"]:
        settled = {"choice": "cover", "reason": "de meter meet dit ook"}
        finished(site, who, who.ask(f"years/2024/doubles/{double['id']}", settled))
    assert who.read("years/2024/doubles") == {"items": []}
    run = finished(site, who, who.ask("years/2024/calculation"))["result"]["run"]
    footprint = who.read("years/2024/footprint")
    assert footprint["run"] == run
    assert who.read("years/2024/publications")["obstacles"] == []
    finished(site, who, who.ask("years/2024/publications", {"reason": "jaarverslag"}))
    [publication] = who.read("years/2024/publications")["publications"]
    assert publication["run"] == run
    assert [step["state"] for step in who.read("years/2024")["steps"]] == ["done"] * 7
    heading = next(line for line in footprint["lines"] if line["account"])
    month = who.read(f"trace/{heading['amount']['query']}")["rungs"][-1]
    assert sum(part["amount"]["mg"] for part in month["parts"]) == month["amount"]["mg"] == heading["amount"]["mg"]
    trail = who.read(f"trace/{month['parts'][0]['amount']['query']}")
    record = who.read(f"trace/{trail['rungs'][-1]['parts'][0]['amount']['query']}")
    assert record["kind"] == "record"
    original = who.send("GET", f"evidence/{record['evidence']}").content
    assert record["cells"][0]["heading"].encode() in original
    said = {entry.details.get("token") for entry in LogEntry.objects.all()}
    assert said == {"proef"}
    log = [entry["what"] for page in _pages(who, "changes", 7) for entry in page["items"]]
    assert log == [entry.what for entry in LogEntry.objects.order_by("-pk")]
    jobs = [job["id"] for page in _pages(who, "jobs", 2) for job in page["items"]]
    assert len(jobs) == len(set(jobs)) == Job.objects.count()


def test_records_by_filter_and_cursor(site: Site) -> None:
    who = program(site)
    january = [row for page in _pages(who, "records?month=2024-01&view=ghg:location", 60) for row in page["items"]]
    asked = {"year": "2024", "month": "2024-01", "view": "ghg:location"}
    page = Page(text_of(site.client().get(reverse("ledger", args=["ours"]), asked)))
    total = next(e for e in page.find("data") if e.attributes["data-query"].startswith("ledger?"))
    assert sum(row["mg_co2e"] or 0 for row in january) == int(total.attributes["value"])
    assert len({row["record"] for row in january}) == len(january) > 150
    assert {row["start"][:7] for row in january} == {"2024-01"}
    rows = who.read("records?year=2024&sort=-co2e&limit=5")["items"]
    assert [row["mg_co2e"] for row in rows] == sorted((row["mg_co2e"] for row in rows), reverse=True)
    assert who.send("GET", "records?more=1").status_code == 422
    assert who.send("GET", "records?view=nothing").status_code == 404


def test_a_correction_is_a_record_more(site: Site) -> None:
    who = program(site)
    [row] = who.read("records?year=2024&source=tankpas&limit=1")["items"]
    first = who.read("records?year=2024&limit=5")
    found = who.read(f"records/{row['record']}")
    path = f"records/{row['record']}/corrections"
    assert who.send("POST", path, {"changes": {"quantity": found["quantity"]}, "reason": "nota"}).status_code == 422
    assert who.send("POST", path, {"changes": {"quantity": "-1"}, "reason": "nota"}).status_code == 422
    finished(site, who, who.ask(path, {"changes": {"quantity": "12.5"}, "reason": "de nota zegt iets anders"}))
    corrected = who.read(f"records/{row['record']}")
    assert corrected["corrected"]["reason"] == "de nota zegt iets anders"
    assert who.read(f"records/{corrected['corrected']['replacement']}")["quantity"] == "12.5"
    later = who.send("GET", f"records?year=2024&limit=5&cursor={first['next']}")
    assert (later.status_code, later.json()["code"]) == (409, "list_changed")


def test_comments(site: Site) -> None:
    who, other = program(site, power="work"), program(site, "auditor@ours.example", "read")
    said = {"topic": "year", "about": "2024", "text": "Klopt de huur?"}
    assert other.send("POST", "comments", said).status_code == 403
    made = who.send("POST", "comments", said)
    assert made.status_code == 201
    assert who.send("POST", "comments", {**said, "topic": "run", "about": "00000000"}).status_code == 404
    ident = made.json()["id"]
    assert other.read("comments")["items"][0]["text"] == "Klopt de huur?"
    assert program(site, "owner@theirs.example").read("comments")["items"] == []
    editor = program(site, "editor@ours.example", "work")
    assert editor.send("POST", f"comments/{ident}/note", {"reason": "gezien"}).status_code == 403
    assert who.send("POST", f"comments/{ident}/note", {"reason": "gezien"}).json()["note"] == "gezien"
    assert {entry.details["token"] for entry in LogEntry.objects.all()} == {"proef"}


def test_factors_are_those_of_the_lists(site: Site) -> None:
    who = program(site)
    found = who.read("factors?q=benzine&used=1&limit=2")
    assert 0 < len(found["items"]) <= 2
    assert all("enzine" in each["name"] for each in found["items"])
    page = who.read(f"factors/{found['items'][0]['library']}/{found['items'][0]['factor']}")
    assert page["value"] == found["items"][0]["total"]
    assert page["uses"][0]["amount"]["mg"] > 0
    everything = who.read("factors?limit=1")["count"]
    assert everything > who.read("factors?limit=1&list=co2emissiefactoren-2026-08-20")["count"] > found["count"]
    assert who.send("GET", "factors/no-list/x").status_code == 404


def _pages(who: Program, path: str, limit: int) -> list[Any]:
    sign = "&" if "?" in path else "?"
    pages = [who.read(f"{path}{sign}limit={limit}")]
    while pages[-1]["next"]:
        pages.append(who.read(f"{path}{sign}limit={limit}&cursor={pages[-1]['next']}"))
    return pages


def test_rows_and_batches_in_pages_are_all_of_them(site: Site) -> None:
    who = program(site)
    batches = [batch for page in _pages(who, "imports", 3) for batch in page["items"]]
    assert [batch["id"] for batch in batches] == [b["id"] for b in who.read("imports")["items"]]
    batch = next(b for b in batches if b["file"].startswith("reizen"))
    for fate, count in batch["counts"].items():
        rows = [row for page in _pages(who, f"imports/{batch['id']}/rows/{fate}", 200) for row in page["items"]]
        assert len(rows) == count
        assert len({row["address"] for row in rows}) == count


def amounts(found: Any) -> dict[str, int]:
    """Return every amount of an answer by its question."""
    if isinstance(found, list):
        return {query: mg for each in found for query, mg in amounts(each).items()}
    if not isinstance(found, dict):
        return {}
    own = {found["query"]: int(found["mg"])} if "query" in found else {}
    assert "mg" not in found or int(found["tonnes"].replace(".", "")) == int(found["mg"])
    return own | {query: mg for each in found.values() for query, mg in amounts(each).items()}


@pytest.mark.parametrize("view", ["ladder:market", "ghg:location", "iso:market"])
def test_figures_are_those_of_the_pages_and_of_explain(site: Site, view: str) -> None:
    who, client, books = program(site), site.client(), trede.open_books(site.ours.folder)
    standard, basis = view.split(":")
    found = amounts(who.read(f"years/2024/footprint?standard={standard}&basis={basis}"))
    page = Page(text_of(client.get(reverse("footprint", args=["ours", 2024]), {"view": view})))
    shown = {e.attributes["data-query"]: int(e.attributes["value"]) for e in page.find("data")}
    assert len(found) > 15
    assert found.items() <= shown.items()
    site.bridged(2023, 2024)
    bridge = who.read(f"years/2024/bridge/2023?standard={standard}&basis={basis}&cause=activity")
    page = Page(
        text_of(client.get(reverse("bridge", args=["ours", 2024]), {"view": view, "from": 2023, "cause": "activity"}))
    )
    shown = {e.attributes["data-query"]: int(e.attributes["value"]) for e in page.find("data")}
    found_between = {query: mg for query, mg in amounts(bridge).items() if not query.endswith("#difference")}
    assert len(found_between) > 10
    assert found_between.items() <= shown.items()
    assert sum(cause["change"]["mg"] for cause in bridge["causes"]) == bridge["change"]["mg"]
    for query, mg in list(found.items())[::4]:
        if "#" not in query:
            assert [rung.mg for rung in explain(books.workspace, query)[1]] == [mg]  # type: ignore[union-attr]
            assert amounts(who.read(f"trace/{query}"))[query] == mg


def test_the_language_is_that_asked_for_and_numbers_are_plain(site: Site) -> None:
    dutch = program(site)
    english = Program(dutch.secret, "en")
    names = [who.read("years/2024/footprint")["lines"][1]["name"] for who in (dutch, english)]
    assert names[0] != names[1]
    [double] = dutch.read("years/2024/doubles")["items"]
    assert "4456.37 kWh" in double["text"]
    record = dutch.read(f"trace/{double['examples'][0]}")
    assert re.fullmatch(r"2024-\d\d-\d\d", record["when"])
    assert re.fullmatch(r"\d+(\.\d+)?", record["quantity"])


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
    who = program(site)
    with override_settings(UPLOAD_LIMIT=2000):
        answer = who.send("POST", "imports", {"files": [SimpleUploadedFile(name, data)]}, form=True)
    assert answer.status_code == 422
    assert told in answer.json()["issues"][0]["text"]
    assert not Job.objects.exists()


def test_a_job_that_fails_says_why(site: Site) -> None:
    who = program(site)
    job = who.ask("years/2024/publications", {"reason": "jaarverslag"})
    site.work()
    found = who.send("GET", job["href"]).json()
    assert found["state"] == "failed"
    assert {"publish_rows_held", "publish_double_count"} <= {issue["code"] for issue in found["issues"]}


def test_the_template_opens(site: Site) -> None:
    from openpyxl import load_workbook

    assert load_workbook(BytesIO(program(site).send("GET", "imports/template").content)).sheetnames


def test_the_documented_operations_are_those_that_there_are() -> None:
    table = re.findall(r"^\| `(\w+)` \| `(GET|POST) ([^`]+)` \| (\w+) \| (.+?) \|$", DOCS.read_text("utf-8"), re.M)
    found = [(name, f"{method} /api{path}", power, says) for name, method, path, power, says in table]
    assert found == [(name, told["at"], told["x-power"], told["summary"]) for name, told in operations().items()], (
        "\n".join(
            f"| `{n}` | `{t['at'].replace('/api', '', 1)}` | {t['x-power']} | {t['summary']} |"
            for n, t in operations().items()
        )
    )
    assert {name for name, *_ in found} == set(MATRIX)
