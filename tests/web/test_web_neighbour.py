"""A hostile neighbour with a session and a token of their own tries to read ours, by every road that is not an address alone."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from test_web_choosing import GOOD
from web_api import Program, program
from web_operations import MATRIX, OURS, known_of
from web_site import Site, fresh, text_of

from trede_web.bridge.books import open_books
from trede_web.urls import OF_AN_ORGANISATION
from trede_web.work.models import Job
from workspaces import read_example

NEIGHBOUR = "owner@theirs.example"
SECRETS = ("Ons bedrijf", "ours.example", "Voorbeeld Schoonmaak", "tankpas-2024", "hoofdkantoor")
"""What stands in ours and nowhere else."""


@pytest.fixture(scope="module")
def both() -> Iterator[Site]:
    """The application with ours as it is and a neighbour with empty accounts."""
    with override_settings(API_REQUESTS=(10_000, 60), API_FAILED=(10_000, 60)):
        yield fresh()


@pytest.fixture(scope="module")
def known(both: Site) -> dict[str, str]:
    """Return what the addresses of our organisation are made of."""
    return known_of(both)


@pytest.fixture
def they(both: Site) -> Program:
    """A program of the neighbour that manages there."""
    made = program(both, NEIGHBOUR, "manage")
    made.read("jobs")  # the moment of its first use is written down
    return made


def ids(known: dict[str, str]) -> set[str]:
    """Return the long ids of ours, which nobody guesses."""
    return {known[part] for part in OURS if len(known.get(part, "")) >= 16 and set(known[part]) != {"0"}}


def changed(known: dict[str, str]) -> dict[str, str]:
    """Return the same parts of an address with ids of the same form that are nobody's."""

    def other(text: str) -> str:
        if text.isdigit() and len(text) < 16:
            return "987654"
        return re.sub("[0-9a-f]", lambda sign: "fedcba9876543210"[int(sign[0], 16)], text)

    return {part: other(text) if part in OURS else text for part, text in known.items()}


def told(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """Return everything of an answer."""
    return answer.status_code, dict(answer.headers), answer.content


NAMED = [name for name, (_, at) in MATRIX.items() if OURS & set(re.findall(r"{(\w+)}", at))]


@pytest.mark.parametrize("name", NAMED)
def test_an_id_of_ours_is_as_unknown_as_one_that_is_not_there(they: Program, known: dict[str, str], name: str) -> None:
    """Status, headers and body are the same, to the last sign; and it asks the database the same."""
    method, path = MATRIX[name][1].split(" ")
    answers, asked = [], []
    for parts in (known, changed(known)):
        with CaptureQueriesContext(connection) as queries:
            answers.append(told(they.send(method, path.format(**{**parts, "organisation": "theirs"}))))
        asked.append([re.sub(r"'[^']*'|\d[\d.e+]*", "?", query["sql"]) for query in queries])
    assert answers[0] == answers[1]
    assert asked[0] == asked[1]


def failing(site: Site, who: Program, answer: Any) -> list[dict[str, str]]:
    """Return what a job says that the library refuses; nothing when it was not even asked for."""
    if answer.status_code != 202:
        return list(answer.json()["issues"])
    site.work()
    jobs = answer.json()
    return list(who.send("GET", (jobs[0] if isinstance(jobs, list) else jobs)["href"]).json()["issues"])


@pytest.mark.parametrize(
    "text", ["{batch}", "../../*/batches/", "../../{folder}/batches/{batch}", "*", "[0-9a-f]", "../", "?"]
)
def test_a_batch_is_named_by_its_id_alone(both: Site, they: Program, known: dict[str, str], text: str) -> None:
    """By a field of a form: an id of ours, patterns, and ways out of the folder."""
    given = text.format(batch=known["batch"], folder=both.ours.pk)
    files = {"files": [SimpleUploadedFile("reizen.csv", read_example("reizen.csv"))]}
    profile = SimpleUploadedFile("reizen.toml", open_books(both.ours.folder).profile_versions("reizen").latest().read())  # type: ignore[union-attr]
    sent = they.send("POST", "imports", {**files, "profile_file": profile, "replaces": given}, form=True)
    issues = failing(both, they, sent)
    assert [issue["code"] for issue in issues] == ["batch_unknown"], issues
    said = json.dumps(issues).replace(json.dumps(given)[1:-1], "")
    assert not [each for each in (*ids(known), *SECRETS) if each in said]
    attached = {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4"), "to": f"batch:{given}"}
    issues = failing(both, they, they.send("POST", "evidence", attached, form=True))
    assert [issue["code"] for issue in issues] == ["attach_target_unknown"], issues
    page = both.client(NEIGHBOUR).post(reverse("imports", args=["theirs"]), {**_again(files), "replaces": given})
    assert page.status_code == 302
    both.work()
    seen = text_of(both.client(NEIGHBOUR).get(reverse("imports", args=["theirs"])))
    assert not _ours_in(seen, {**known, "batch": ""}), "what they sent themselves is no leak"


def _again(files: dict[str, list[SimpleUploadedFile]]) -> dict[str, list[SimpleUploadedFile]]:
    for each in files["files"]:
        each.seek(0)
    return files


def _ours_in(text: str, known: dict[str, str]) -> list[str]:
    """Return what of ours stands in a text."""
    return [each for each in (*ids(known), *SECRETS) if each in text]


ASKED = [
    ("GET", "imports?cursor={batch}", None),
    ("GET", "jobs?cursor={job}", None),
    ("GET", "records?batch={batch}", None),
    ("GET", "records?year=2024&q={record}", None),
    ("GET", "records/groups?group=site&batch={batch}", None),
    ("GET", "comments?topic=record&about={record}", None),
    ("GET", "factors?list={own}", None),
    ("GET", "factors?q=Biogas+van+de+boer", None),
    ("GET", "factors/side-by-side?f={own}%23{own_factor}", None),
    ("GET", "factors/{own}/{own_factor}", None),
    ("GET", "overrides/{own}/{own_factor}", None),
    ("GET", "evidence/{digest}/about?batch={batch}", None),
    ("POST", "comments", {"topic": "record", "about": "{record}", "text": "Wat staat hier?"}),
    ("POST", "comments", {"topic": "batch", "about": "{batch}", "text": "Wat staat hier?"}),
    ("POST", "comments", {"topic": "run", "about": "{run}", "text": "Wat staat hier?"}),
    ("POST", "years/2024/proofs", {"run": "{run}"}),
    ("POST", "years/2024/bundles", {"run": "{run}", "originals": True}),
    ("POST", "lists/pins", {"library": "{own}", "years": [2024], "reason": "een reden"}),
    ("POST", "years/2024/plans", {"library": "{own}"}),
    ("POST", "description/check", {"base": "{base}", "changes": [{"part": "site", "id": "hoofdkantoor", "remove": True}]}),
    ("POST", "overrides", {"library": "{own}", "factor": "{own_factor}", "records": "x", "years": [2024], "reason": "een reden"}),
]  # fmt: skip


def filled(data: Any, parts: dict[str, str]) -> Any:
    """Return what is sent with the parts filled in."""
    if isinstance(data, dict):
        return {name: filled(value, parts) for name, value in data.items()}
    if isinstance(data, list):
        return [filled(each, parts) for each in data]
    return data.format(**parts) if isinstance(data, str) else data


@pytest.fixture(scope="module")
def more(both: Site, known: dict[str, str]) -> dict[str, str]:
    """Return what fields, filters and cursors of ours are made of: an own factor too."""
    browser = both.client()
    assert browser.post(reverse("own_factor", args=["ours"]), GOOD).status_code == 302
    both.work()
    made = Job.objects.filter(kind="list", state="done").latest("created_at").result
    base = program(both).read("description/parts/site")["base"]
    return {
        **known, "own": made["library"], "own_factor": made["factor"], "base": base, "run": known["address"].split("/")[0],
    }  # fmt: skip


@pytest.mark.parametrize(("method", "path", "data"), ASKED, ids=str)
def test_fields_filters_and_cursors_find_nothing_of_ours(
    they: Program, more: dict[str, str], method: str, path: str, data: Any
) -> None:
    """What is ours and what is nobody's give the same answer, but for what was sent."""
    others = changed(more) | {"own": f"{more['own']}x", "base": "0" * 16, "run": more["run"][::-1]}
    answers = []
    for parts in (more, others):
        answer = they.send(method, path.format(**parts), filled(data, parts))
        text = answer.content.decode()
        for sent in sorted(
            {parts[name] for name in re.findall(r"{(\w+)}", f"{path} {data}") if name in parts}, key=len
        ):
            text = text.replace(sent, "")
        answers.append((answer.status_code, text))
        assert not [each for each in SECRETS if each in text]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", ["drawing", "chart_file", "bridge_drawing", "evidence_picture", "report_drawing"])
def test_a_mark_of_ours_is_no_proof(both: Site, known: dict[str, str], name: str) -> None:
    """Who knows the mark (ETag) of our picture does not hear whether it is still the same."""
    parts = {"chart": "sources", "kind": "svg", "address": known["address"], "digest": known["digest"], "year": 2024}
    parts |= {"chapter": "cover", "number": 1}
    [pattern] = [each for each in OF_AN_ORGANISATION if each.name == name]
    wanted = {part: parts[part] for part in pattern.pattern.converters}
    ours = both.client().get(reverse(name, kwargs={"organisation": "ours", **wanted}))
    mark = ours.headers.get("ETag", '"x"')
    where = reverse(name, kwargs={"organisation": "theirs", **wanted})
    answer = both.client(NEIGHBOUR).get(where, headers={"If-None-Match": mark})
    assert answer.status_code == 404
    assert "ETag" not in answer.headers
    assert "private" in ours.headers["Cache-Control"]
    assert "no-store" in ours.headers["Cache-Control"] or "Cookie" in ours.headers["Vary"]


def test_no_answer_of_a_program_is_stored_on_the_way(both: Site, they: Program) -> None:
    ours = program(both)
    for who in (they, ours, Program("trede_guess")):
        for path in ("jobs", "description/versions/1/file", "factors/table?q=diesel", "nothing", "records/files/csv"):
            answer = who.send("GET", path)
            assert answer["Cache-Control"] == "no-store, private", path
            assert "ETag" not in answer.headers


@pytest.mark.parametrize(
    "tail",
    ["theirs/../ours/jobs", "theirs%2f..%2fours/jobs", "OURS/jobs", "ours%20/jobs", "ours%00/jobs", "theirs//ours/jobs"],
)  # fmt: skip
def test_an_address_leads_out_of_no_organisation(they: Program, tail: str) -> None:
    answer = they.send("GET", f"/api/v1/organisations/{tail}")
    assert answer.status_code == 404
    assert not [each for each in SECRETS if each in answer.content.decode()]


def test_what_they_take_along_holds_nothing_of_ours(both: Site, they: Program, known: dict[str, str]) -> None:
    job = they.ask("exports")
    both.work()
    data = b"".join(they.send("GET", f"exports/{job['id']}/file").streaming_content)
    sought = [each.encode() for each in (*ids({**known, "batch": ""}), *SECRETS[:3])]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert not [each for each in sought if each in content], name


def test_search_by_name_finds_nothing_of_ours(both: Site, more: dict[str, str]) -> None:
    browser = both.client(NEIGHBOUR)
    for name, asked in (
        ("go", {"q": "tankpas-2024"}), ("factors", {"q": "Biogas van de boer"}), ("factors_csv", {"q": "Biogas van de boer"}),
        ("ledger", {"year": "all", "q": "hoofdkantoor"}), ("comments", {}), ("changes", {}), ("people", {}), ("lists", {}),
    ):  # fmt: skip
        page = text_of(browser.get(reverse(name, args=["theirs"]), asked, follow=True))
        for sent in asked.values():
            page = page.replace(sent, "").replace(sent.replace(" ", "+"), "")
        assert not [each for each in (*SECRETS, "De owner", more["own"]) if each in page], name


def test_what_anybody_may_read_names_nobody(both: Site) -> None:
    browser = both.client(None)
    for path in ("/api/", "/api/openapi.json", "/accessibility/", "/login/", "/reset/x/", "/invitation/x/"):
        page = text_of(browser.get(path))
        assert not [each for each in SECRETS[:3] if each in page], path
