"""What operations answer: problems in the reader's language, pages of lists that change, and the same as on screen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from test_web_api import operations
from test_web_mapping import METERS
from web_api import Program, program
from web_operations import MATRIX, known_of
from web_site import Page, Site, text_of, wait

from trede_web.bridge.books import open_books
from trede_web.comments.models import Comment
from trede_web.people.models import LogEntry, log
from trede_web.work.models import Job
from workspaces import Fill, fuel_card

MANY = override_settings(API_REQUESTS=(10_000, 60), API_FAILED=(10_000, 60))


def finished(site: Site, who: Program, job: Any) -> Any:
    """Let the worker do a job, and return what came of it."""
    site.work()
    found = who.send("GET", job["href"]).json()
    assert found["state"] == "done", found["issues"]
    return found["result"]


@MANY
def test_every_operation_refuses_in_the_language_that_was_asked(site: Site) -> None:
    """A field that nobody knows, a token that is none, an organisation that is not theirs: the same code, other words."""
    known, secret = known_of(site), program(site, power="manage").secret
    for name, told in operations().items():
        method, path = MATRIX[name][1].format(**known).split(" ")
        elsewhere = MATRIX[name][1].format(**{**known, "organisation": "nobodys"}).split(" ")[1]
        takes_json = "application/json" in told.get("requestBody", {}).get("content", {})
        asked: list[tuple[str, str, str, Any]] = [("token_unknown", "trede_guess", path, None)]
        asked += [("not_found", secret, elsewhere, None)] if elsewhere != path else []
        asked += [("invalid", secret, path, {"unknown": 1})] if takes_json else []
        asked += [("invalid", secret, f"{path}?unknown=1", None)] if method == "GET" else []
        for code, token, where, data in asked:
            said = [Program(token, language).send(method, where, data) for language in ("nl", "en")]
            assert {each["Content-Type"] for each in said} == {"application/problem+json"}, (name, code)
            dutch, english = (each.json() for each in said)
            assert dutch["code"] == english["code"] == code, (name, code, dutch)
            assert dutch["title"] != english["title"], name
            assert [each["field"] for each in dutch["fields"]] == [each["field"] for each in english["fields"]]
            assert dutch["fields"] == [] or dutch["fields"][0]["text"] != english["fields"][0]["text"]


def pages(who: Program, path: str, change: Any, limit: int = 2) -> list[Any]:
    """Read a list page by page, with a change after each; return its entries."""
    sign, cursor, found = "&" if "?" in path else "?", "", []
    for _ in range(200):
        answer = who.read(f"{path}{sign}limit={limit}{cursor and f'&cursor={cursor}'}")
        found += answer["items"]
        if not answer["next"]:
            return found
        cursor = answer["next"]
        change()
    raise AssertionError("no end")


def test_what_is_added_meanwhile_lets_nothing_be_skipped_or_come_twice(site: Site) -> None:
    who, person = program(site), site.person()

    def job() -> None:
        Job.objects.create(organisation=site.ours, person=person, kind="calculate", state="done")

    def entry() -> None:
        log(site.ours, person, "commented", kind="year", about="2024")

    def comment() -> None:
        Comment.objects.create(organisation=site.ours, person=person, kind="year", about="2024", text="x")

    for path, add, every in (("jobs", job, Job), ("changes", entry, LogEntry), ("comments", comment, Comment)):
        for _ in range(5):
            add()
        before = {str(pk) for pk in every.objects.values_list("pk", flat=True)}
        found = [str(each["id"]) for each in pages(who, path, add)]
        assert (len(found), set(found)) == (len(set(found)), before), path
    taken: list[int] = []

    def file() -> None:
        if len(taken) < 2:
            taken.append(len(taken))
            first = open_books(site.ours.folder).find_run("2024").period.start
            bought = fuel_card([Fill("C1", first, f"{100 + len(taken)},00")])
            Job.ask(site.ours, person, "import", f"extra-{len(taken)}.csv", {"data": bought}, profile="tankpas")
            site.work()

    before = {batch.id for batch in open_books(site.ours.folder).batches()}
    found = [each["id"] for each in pages(who, "imports", file, 4)]
    assert taken
    assert (len(found), set(found)) == (len(set(found)), before)


def test_a_list_that_changes_in_its_middle_says_so(site: Site) -> None:
    who = program(site)
    paths = ("records?year=2024&limit=5", "factors?used=1&limit=3")
    after = [who.read(path)["next"] for path in paths]
    [row] = who.read("records?year=2024&source=reizen&limit=1")["items"]
    finished(site, who, who.ask(f"records/{row['record']}/corrections", {"reason": "hoort niet bij ons"}))
    given = {
        "name": "Benzine van de pomp", "unit": "gas-volume-normal:Nm3", "nature": "fuel", "total": "2.8",
        "publisher_name": "De pomp", "url": "nota 1", "first_year": 2024, "last_year": 2025,
    }  # fmt: skip
    made = finished(site, who, who.ask("own-factors", given))
    assert who.read(f"factors?list={made['library']}")["count"] == 1
    everything = who.read("factors?limit=3")
    answers = [who.send("GET", f"{path}&cursor={cursor}") for path, cursor in zip(paths, after, strict=True)]
    assert (answers[0].status_code, answers[0].json()["code"]) == (409, "list_changed")
    finished(site, who, who.ask("own-factors", {**given, "name": "Diesel van de pomp"}))
    later = who.send("GET", f"factors?limit=3&cursor={everything['next']}")
    assert (later.status_code, later.json()["code"]) == (409, "list_changed")


def shown(page: Page) -> dict[str, int]:
    """Return the amounts of a page by their question."""
    return {each.attributes["data-query"]: int(each.attributes["value"]) for each in page.find("data")}


def amounts(found: Any) -> dict[str, int]:
    """Return the amounts of an answer by their question."""
    if isinstance(found, list):
        return {query: mg for each in found for query, mg in amounts(each).items()}
    if not isinstance(found, dict):
        return {}
    own = {found["query"]: int(found["mg"])} if "query" in found else {}
    return own | {query: mg for value in found.values() for query, mg in amounts(value).items()}


def test_charts_and_sites_have_the_figures_of_the_footprint(site: Site) -> None:
    who = program(site)
    run = who.read("years/2024/footprint")["run"]
    on_screen = shown(Page(text_of(site.client().get(reverse("footprint", args=["ours", 2024])))))
    names = [each["name"] for each in who.read(f"charts/{run}/ladder:market")["items"]]
    assert {"sources", "months", "sites", "trend"} <= set(names)
    for name in names:
        chart = who.read(f"chart/{name}/{run}/ladder:market")
        assert chart["specification"]["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
        assert amounts(chart).items() <= on_screen.items(), name
        assert len({len(row) for row in chart["rows"]}) == 1
        for row in chart["rows"]:
            for column, cell in zip(chart["columns"], row, strict=True):
                assert cell["amount"] is None or ("mg CO2e" in column and int(cell["value"]) == cell["amount"]["mg"])
    assert amounts(who.read(f"sites/{run}/ladder:market")).items() <= on_screen.items()
    for kind, begins in (("svg", b"<svg"), ("png", b"\x89PNG"), ("xlsx", b"PK"), ("csv", b"")):
        assert (
            who.send("GET", f"chart-files/{kind}/sources/{run}/ladder:market")
            .content.lstrip(b"\xef\xbb\xbf")
            .startswith(begins)
        )
    assert who.send("GET", f"chart/nothing/{run}/ladder:market").status_code == 404


def test_a_bridge_is_asked_for_by_who_reads_and_then_kept(site: Site) -> None:
    who = program(site, "auditor@ours.example", "read")
    assert who.send("GET", "years/2024/bridge/2023").json()["code"] == "not_ready"
    first, second = who.ask("years/2024/bridge/2023"), who.ask("years/2024/bridge/2023")
    assert first["id"] == second["id"]
    assert who.send("POST", "years/2024/bridge/2019").status_code == 404
    finished(site, who, first)
    bridge, chart = who.read("years/2024/bridge/2023"), who.read("years/2024/bridge/2023/chart")
    assert sum(cause["change"]["mg"] for cause in bridge["causes"]) == bridge["change"]["mg"]
    assert str(bridge["before"]["mg"]) in json.dumps(chart["rows"])
    assert LogEntry.objects.count() == 0


def test_a_plan_says_what_the_page_says(site: Site) -> None:
    who = program(site)
    job = who.ask("years/2024/plans", {"library": ""})
    finished(site, who, job)
    plan = who.read(f"plans/{job['id']}")
    page = shown(Page(text_of(site.client().get(reverse("plan", args=["ours", job["id"]])))))
    assert amounts(plan).items() <= page.items()
    assert plan["stands"]
    assert {view["difference"]["mg"] for view in plan["views"]} == {0}
    assert who.send("POST", "years/2024/plans", {"library": "no-list"}).status_code == 404


def test_the_description_is_changed_in_three_steps(site: Site) -> None:
    who, other = program(site), program(site, "consultant@ours.example", "work")
    part = who.read("description/parts/site")
    entity = who.read("description")["entities"][0]["id"]
    new = {"part": "site", "values": {"id": "loods", "name": "De loods", "entity": entity, "opened": "2024-03-01"}}
    found = who.send("POST", "description/check", {"changes": [new], "base": part["base"]}).json()
    assert [(each["kind"], each["part"], each["name"]) for each in found["changes"]] == [("added", "site", "De loods")]
    assert len(who.read("description/parts/site")["things"]) == len(part["things"])
    another = {**new, "values": {**new["values"], "name": "De schuur"}}
    others = other.send("POST", "description/check", {"changes": [another]}).json()
    sent = {"description": found["description"], "base": found["base"], "reason": "wij huren een loods"}
    finished(site, who, who.ask("description", sent))
    assert who.read("description/parts/site")["things"][-1]["opened"] == "2024-03-01"
    late = other.ask("description", {**sent, "description": others["description"]})
    site.work()
    assert other.send("GET", late["href"]).json()["state"] == "failed"
    assert (
        other.send("POST", "description/check", {"changes": [new], "base": part["base"]}).json()["code"]
        == "list_changed"
    )
    last = who.read("description/versions")["items"][0]
    assert (last["reason"], last["person"]) == ("wij huren een loods", "De owner")
    assert who.read(f"description/versions/{last['number']}")["changes"] == found["changes"]
    wrong = {"part": "site", "id": "loods", "values": {"entity": "nobody"}}
    refused = who.send("POST", "description/check", {"changes": [wrong]})
    assert (refused.status_code, refused.json()["issues"][0]["code"]) == (422, "organisation_reference_unknown")
    gone = who.send("POST", "description/check", {"changes": [{"part": "site", "id": "loods", "remove": True}]}).json()
    assert [each["kind"] for each in gone["changes"]] == ["removed"]


def test_figures_of_a_denominator_are_changed(site: Site) -> None:
    who = program(site)
    [first, *_] = who.read("description/parts/denominator")["things"]
    value = {"period": "2025", "value": "41.5", "source": "salarisadministratie", "quality": "measured"}
    change = {"part": "denominator", "id": first["id"], "values": {"value": [*first["value"], value]}}
    found = who.send("POST", "description/check", {"changes": [change]}).json()
    sent = {"description": found["description"], "base": found["base"], "reason": "cijfers van 2025"}
    finished(site, who, who.ask("description", sent))
    stored = who.read("description")
    figures = next(each for each in stored["figures"] if each["id"] == first["id"])
    assert figures["years"][stored["years"].index(2025)] == "41.5"


def test_a_file_that_waits_is_mapped_checked_repaired_and_taken_in(site: Site) -> None:
    who = program(site, power="work")
    ident = wait(site, "meters.csv", METERS)
    seen = who.read(f"imports/waiting/{ident}")
    numbers = {column["heading"]: column["number"] for column in seen["columns"]}
    assert (seen["ready"], seen["file"]["name"]) == (False, "meters.csv")
    refused = who.send("POST", f"imports/waiting/{ident}/check")
    assert (refused.status_code, bool(refused.json()["issues"])) == (422, True)
    said = {
        "title": "Meters van de beheerder", "source": "meters", "constants": {"activity_type": "electricity", "unit": "kWh"},
        "columns": {
            numbers["Meter"]: {"field": "meter"}, numbers["Maand"]: {"field": "period"}, numbers["Prijs"]: {"field": ""},
            numbers["Verbruik"]: {"field": "quantity"},
            numbers["Gebouw"]: {"field": "site", "values": {"Loods west": "hoofdkantoor"}},
        },
    }  # fmt: skip
    mapped = who.send("POST", f"imports/waiting/{ident}/mapping", said).json()
    assert mapped["ready"], mapped["needs"]
    assert who.send("POST", f"imports/waiting/{ident}/taking-in").status_code == 409
    finished(site, who, who.ask(f"imports/waiting/{ident}/check"))
    check = who.read(f"imports/waiting/{ident}/check")
    assert check["fresh"]
    assert sum(check["counts"].values()) == check["whole"] == 6
    assert check["counts"]["rejected"] == 1
    who.send("POST", f"imports/waiting/{ident}/mapping", {"control_total": "1"})
    assert not who.read(f"imports/waiting/{ident}/check")["fresh"]
    who.send("POST", f"imports/waiting/{ident}/mapping", {"control_total": ""})
    finished(site, who, who.ask(f"imports/waiting/{ident}/controls", {"control_total": "9"}))
    assert [each["status"] for each in who.read(f"imports/waiting/{ident}/check")["controls"]].count("differs") >= 1
    assert who.read(f"imports/waiting/{ident}/weight")["state"] == "done"
    refused = who.send("POST", f"imports/waiting/{ident}/taking-in")
    assert (refused.status_code, refused.json()["fields"][0]["field"]) == (422, "reason")
    done = finished(site, who, who.ask(f"imports/waiting/{ident}/taking-in", {"reason": "de nota telt een rij dubbel"}))
    batch = who.read(f"imports/{done['batch']}")["batch"]
    assert batch["counts"]["accepted"] == 3
    assert who.read("imports/waiting")["items"] == []
    assert "meters-van-de-beheerder" in {each["id"] for each in who.read("imports/profiles/lines")["items"]}
    assert who.send("POST", f"imports/waiting/{ident}/mapping", {"settings": {"sheet": "x"}}).status_code == 404


@pytest.mark.parametrize("language", ["nl", "en"])
def test_typed_figures_have_a_point_in_each_language(site: Site, language: str) -> None:
    who = Program(program(site).secret, language)
    months = ["1234.5", "900", *[""] * 10]
    line = {"meter": "A1", "site": "hoofdkantoor", "unit": "kWh", "months": months}
    sent = {"type": "electricity", "lines": [line]}
    assert who.send("POST", "years/2025/grid/check", sent).json()["wrong"] == []
    done = finished(site, who, who.ask("years/2025/grid", sent))
    quantities = open_books(site.ours.folder).batch_store.get(done["batch"]).records()["quantity"].to_pylist()
    assert [f"{each.normalize():f}" for each in quantities] == ["1234.5", "900"]
    assert (
        who.send("POST", "years/2025/grid", {**sent, "lines": [{**line, "months": ["1,5", *months[1:]]}]}).status_code
        == 422
    )
    nothing = who.send("POST", "years/2025/grid", {**sent, "lines": [{**line, "months": [""] * 12}]})
    assert (nothing.status_code, nothing.json()["issues"][0]["code"]) == (422, "grid_wrong")


def test_people_are_managed_by_a_token_that_manages(site: Site) -> None:
    who, editor = program(site, power="manage"), program(site, "editor@ours.example", "manage")
    assert editor.send("POST", "invitations", {"email": "x@y.example", "role": "auditor"}).status_code == 403
    assert editor.read("people")["invitations"] == []
    assert (
        who.send("POST", "invitations", {"email": "no address", "role": "auditor"}).json()["fields"][0]["field"]
        == "email"
    )
    made = who.send("POST", "invitations", {"email": "New@y.example", "role": "auditor"}).json()
    assert made["invitation"]["email"] == "new@y.example"
    assert site.client(None).get(made["link"].removeprefix("http://testserver")).status_code == 200
    left = who.send("POST", f"invitations/{made['invitation']['id']}/withdrawal").json()
    assert left["invitations"] == []
    assert site.client(None).get(made["link"].removeprefix("http://testserver")).status_code == 404
    places = {each["role"]: each["id"] for each in who.read("people")["people"]}
    assert who.send("POST", f"people/{places['owner']}/removal").json()["code"] == "not_so"
    assert who.send("POST", f"people/{places['editor']}/removal").status_code == 200
    assert editor.send("GET", "people").status_code == 401
    acts = [entry.what for entry in LogEntry.objects.order_by("pk")]
    assert acts == ["invited", "uninvited", "removed"]


def test_a_token_withdraws_itself_and_one_that_manages_any(site: Site) -> None:
    own, owner = program(site, "editor@ours.example", "read"), program(site, power="manage")
    plain = program(site, power="read")
    [found] = own.read("tokens")["items"]
    assert (found["own"], found["power"]) == (True, "read")
    assert len(owner.read("tokens")["items"]) == 3
    others = {each["person"] for each in plain.read("tokens")["items"]}
    assert others == {"De owner"}, "a token that only reads shows its person's alone"
    mine = next(each for each in plain.read("tokens")["items"] if not each["own"])
    assert plain.send("POST", f"tokens/{mine['id']}/withdrawal").status_code == 403
    assert own.send("POST", f"tokens/{found['id']}/withdrawal").status_code == 200
    assert own.send("GET", "tokens").status_code == 401
    ident = next(each["id"] for each in plain.read("tokens")["items"] if each["own"])
    assert owner.send("POST", f"tokens/{ident}/withdrawal").status_code == 200
    assert plain.send("GET", "tokens").status_code == 401


def test_evidence_is_added_looked_at_and_downloaded(site: Site) -> None:
    who = program(site, power="work")
    batch = who.read("imports")["items"][0]["id"]
    sent = {
        "file": SimpleUploadedFile("nota.csv", b"a;b\n1;2\n"),
        "to": f"batch:{batch}",
        "page": "3",
        "note": "hoofdmeter",
    }
    digest = finished(site, who, who.send("POST", "evidence", sent, form=True).json())["evidence"]
    about = who.read(f"evidence/{digest}/about")
    assert [(each["batch"], each["page"], each["note"]) for each in about["proves"]] == [(batch, 3, "hoofdmeter")]
    assert who.send("GET", f"evidence/{digest}").content == b"a;b\n1;2\n"
    assert who.send("GET", f"evidence/{digest}/picture").status_code == 404
    for name, wrong in (("x.html", {}), ("x.pdf", {"page": "0"}), ("x.pdf", {"to": "source:gas"})):
        bad = {**sent, "file": SimpleUploadedFile(name, b"x"), **wrong}
        assert who.send("POST", "evidence", bad, form=True).status_code == 422, name
