"""The API's door: every operation with every kind of token, strangers' and none; problems; tokens on their page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from ninja import Schema
from web_api import Program, program
from web_operations import MATRIX, OURS, TOLD, known_of
from web_site import Site, kept, text_of

from trede_web.api.models import REACH, Token
from trede_web.api.problems import PROBLEMS
from trede_web.api.shapes.amounts import SAFE, whole
from trede_web.pages.about.describing_api import document
from trede_web.people.models import LogEntry, Organisation
from trede_web.roles import POWERS, Power, Role
from trede_web.work.models import Job

SENT: dict[str, dict[str, Any]] = {
    "decide": {"choice": "drop", "rows": ["1"], "reason": "een reden"}, "settle": {"choice": "keep", "reason": "een reden"},
    "settle_match": {"answer": "none", "reason": "een reden"}, "say_meaning": {"answer": "-new"},
    "rename_profile": {"title": "x"}, "say_columns": {},
    **{key: {"quantity": "1", "start": "2024-01-01", "end": "2024-01-31"} for key in ("try_model", "enter_record")},
    "begin_again": {}, "repair": {"kind": 0, "answer": "x"}, "leave_out": {"sha256": "0" * 64}, "commit": {}, "controls": {},
}  # fmt: skip
"""What operations need that take something else than a reason alone."""
MANY = override_settings(API_REQUESTS=(10_000, 60), API_FAILED=(10_000, 60))


@pytest.fixture
def shared() -> Iterator[Site]:
    """The application for tests that leave it as it is, but for jobs that nobody does."""
    with MANY:
        yield kept("addressed", known_of)[0]


@pytest.fixture
def known() -> dict[str, str]:
    """Return what the addresses of our organisation are made of."""
    return kept("addressed", known_of)[1]


def operations() -> dict[str, dict[str, Any]]:
    """Return the described operations by id, each with its method and path."""
    return {
        told["operationId"]: {**told, "at": f"{method.upper()} {path}"}
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
    }


def status(who: Program, name: str, known: dict[str, str]) -> int:
    """Ask an operation and return the status."""
    method, path = MATRIX[name][1].format(**known).split(" ")
    code: int = who.send(method, path).status_code
    return code


def test_every_operation_has_an_entry() -> None:
    assert {name: (Power(told["x-power"]), told["at"]) for name, told in operations().items()} == MATRIX


@pytest.mark.parametrize("role", list(Role))
def test_what_tokens_of_a_role_may(shared: Site, known: dict[str, str], role: Role) -> None:
    """What everybody may read, which takes longest, is asked by each role and by each kind, but not by each of both."""
    for kind, reach in REACH.items():
        who = program(shared, f"{role}@ours.example", kind)
        once = role == Role.OWNER or kind == min(REACH, key=lambda each: len(REACH[each]))
        for name, (power, _) in MATRIX.items():
            if power == Power.READ and not once:
                continue
            found = status(who, name, known)
            if power in reach & POWERS[role]:
                assert found in TOLD.get(name, {200, 201, 202, 422}), (kind, name, found)
            else:
                assert found == 403, (kind, name, found)


@pytest.mark.parametrize("name", MATRIX)
def test_tokens_that_do_not_count(shared: Site, known: dict[str, str], name: str) -> None:
    """Each is refused before anything of the organisation is looked at."""
    past, day = timezone.now() - timedelta(seconds=1), timedelta(days=1)
    ended = program(shared, expires_at=past)
    withdrawn = program(shared, withdrawn_at=past)
    assert {status(who, name, known) for who in (ended, withdrawn, Program("trede_guess"), Program(""))} == {401}
    method, path = MATRIX[name][1].format(**known).split(" ")
    browser = getattr(shared.client(), method.lower())
    assert browser(path).status_code == 401
    if "{organisation}" in MATRIX[name][1]:
        neighbour = program(shared, "owner@theirs.example")
        assert status(neighbour, name, known) == 404
        assert status(neighbour, name, {**known, "organisation": "nobodys"}) == 404
    assert Token.living().filter(expires_at__gt=timezone.now() + day).count() == 0


NAMING = [name for name, (_, at) in MATRIX.items() if OURS & {part.split("}")[0] for part in at.split("{")[1:]}]


@pytest.mark.parametrize("name", NAMING)
def test_what_is_ours_is_not_found_under_the_neighbours_address(shared: Site, known: dict[str, str], name: str) -> None:
    """By whoever manages the neighbour, with all that the operation needs."""
    neighbour = program(shared, "owner@theirs.example", "manage")
    method, path = MATRIX[name][1].format(**{**known, "organisation": "theirs"}).split(" ")
    mended = SimpleUploadedFile("mended.csv", b"a;b")
    sent: dict[str, Any] = SENT.get(name, {"reason": "een reden"})
    answer = neighbour.send(method, path, {"mended": mended} if name == "mend" else sent, form=name == "mend")
    assert answer.status_code == 404, answer.content


def test_a_neighbour_gets_the_same_answer_as_for_what_is_not_there(shared: Site) -> None:
    neighbour = program(shared, "owner@theirs.example")
    first, second, third = (
        neighbour.send("GET", f"/api/v1/organisations/{where}")
        for where in ("ours/imports", "nobodys/imports", "ours/x")
    )
    assert first.content == second.content == third.content
    assert dict(first.headers) == dict(second.headers)
    with CaptureQueriesContext(connection) as known, CaptureQueriesContext(connection) as unknown:
        neighbour.send("GET", "/api/v1/organisations/ours/imports")
        before = len(known)
        neighbour.send("GET", "/api/v1/organisations/nobodys/imports")
    assert len(unknown) == 2 * before


QUERIES = {
    "records": 3,
    "comments": 4,
    "factors": 3,
    "organisation": 3,
    "year": 3,
    "batches": 3,
    "footprint": 3,
    "jobs": 4,
    "job": 4,
    "changes": 4,
    "calculate": 5,
}
"""Token with person and organisation, membership, and the count of requests are three of them."""


@pytest.mark.parametrize("name", QUERIES)
def test_queries_of_an_operation(shared: Site, known: dict[str, str], name: str) -> None:
    for number in range(5):
        Job.objects.create(organisation=shared.ours, person=shared.person(), kind="import", title=str(number))
    who = program(shared)
    status(who, "organisation", known)
    with CaptureQueriesContext(connection) as found:
        assert status(who, name, known) in (200, 202)
    assert len(found) == QUERIES[name], [query["sql"][:120] for query in found.captured_queries]


def test_nothing_of_a_session_is_touched(shared: Site) -> None:
    answer = program(shared).send("GET", "jobs")
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", "years/1024", None, "not_found"),
        ("GET", "years/2019/footprint", None, "not_found"),
        ("GET", "years/2024/footprint?standard=nothing", None, "not_found"),
        ("GET", "trace/..%2f..%2fx", None, "not_found"),
        ("GET", "imports?cursor=00000000", None, "not_found"),
        ("GET", "jobs?limit=999", None, "invalid"),
        ("GET", "changes?cursor=x", None, "invalid"),
        ("PUT", "jobs", "{}", "method_unknown"),
        ("POST", "years/2024/publications", "[[", "unreadable"),
        ("POST", "years/2024/publications", "[" * 5000, "unreadable"),
        ("POST", "years/2024/publications", '{"reason": "nee"' + " " * 2**20 + "}", "too_large"),
        ("POST", "years/2024/publications", '{"reason": "\\ud800een reden"}', "invalid"),
        ("POST", "years/2024/publications", '{"reason": "\\u0000een reden"}', ""),
        ("POST", "years/2024/publications", '{"reason": 5}', "invalid"),
        ("POST", "years/2024/lists", '{"library": "no-such-list", "reason": "een reden"}', "not_found"),
        ("POST", "years/2024/doubles/none", '{"choice": "keep", "reason": "een reden"}', "not_found"),
    ],
)
def test_problems(shared: Site, method: str, path: str, body: str | None, code: str) -> None:
    who = program(shared)
    client, headers = Client(), {"authorization": f"Bearer {who.secret}", "accept-language": "en"}
    where = f"/api/v1/organisations/ours/{path}"
    answer = client.generic(method, where, body or "", content_type="application/json", headers=headers)
    if not code:
        assert answer.status_code == 202
        return
    problem = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "no-store, private"
    assert (problem["code"], problem["status"], answer.status_code) == (code, PROBLEMS[code], PROBLEMS[code])
    assert problem["type"] == f"/api/#{code}"
    assert problem["title"]
    if code == "method_unknown":
        assert answer["Allow"] == "GET"


def test_a_problem_names_the_field_in_the_language(shared: Site) -> None:
    said = {}
    for language in ("nl", "en"):
        who = Program(program(shared).secret, language)
        said[language] = who.send("POST", "years/2024/publications", {"reason": "x", "more": 1}).json()
    assert [each["field"] for each in said["en"]["fields"]] == ["reason", "more"]
    assert said["nl"]["fields"][0]["text"] == "Dit is te kort."
    assert said["en"]["fields"][1]["text"] == "This field is not known here."


def test_requests_are_limited(shared: Site) -> None:
    cache.clear()
    who, guess = program(shared), Program("trede_guess")
    with override_settings(API_REQUESTS=(3, 3600), API_FAILED=(2, 3600)):
        assert [who.send("GET", "jobs").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert [guess.send("GET", "jobs").status_code for _ in range(3)] == [401, 401, 429]
        assert 0 < int(guess.send("GET", "jobs")["Retry-After"]) <= 3600
        assert program(shared).send("GET", "jobs").status_code == 200
    cache.clear()


def test_the_description_is_complete() -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    assert found["components"]["securitySchemes"]["Bearer"] == {"type": "http", "scheme": "bearer"}
    for name, told in operations().items():
        assert told["security"] == [{"Bearer": []}], name
        assert told["summary"], name
        assert len(told["description"]) > 20, name
        statuses = {int(code) for code in told["responses"]}
        assert statuses >= {401, 403, 404, 422, 429}, name
        assert len({code for code in statuses if code < 400}) == 1, name
        for code, response in told["responses"].items():
            kinds = list(response["content"])
            assert kinds != ["application/json"] or int(code) < 400, name
            assert kinds == ["application/problem+json"] or int(code) < 400, name
        described = {each["name"] for each in told["parameters"] if each["in"] == "path"}
        assert described == {part.split("}")[0] for part in told["at"].split("{")[1:]}, name
    text = str(found)
    names = {part.split("'")[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(found["components"]["schemas"])
    for name, schema in found["components"]["schemas"].items():
        assert schema.get("description"), name


def test_a_shape_has_one_name() -> None:
    """Two of one name would be described as one of them."""

    def below(kind: type[Schema]) -> Iterator[type[Schema]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    names = [each.__name__ for each in below(Schema) if each.__module__.startswith("trede_web")]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    posts = [told for name, told in operations().items() if told["at"].startswith("POST") and name != "together"]
    assert all("Idempotency-Key" in {each["name"] for each in told["parameters"]} for told in posts)


def test_a_large_number_is_a_text() -> None:
    assert whole(SAFE) == SAFE
    assert whole(-SAFE - 1) == "-9007199254740992"


def test_the_page_lists_every_operation(shared: Site) -> None:
    page = text_of(Client(headers={"accept-language": "en"}).get("/api/"))
    for name, told in operations().items():
        assert f'id="op-{name}"' in page
        assert told["summary"].replace("'", "&#x27;") in page
    assert "<script" not in page.replace('<script src="/static/django_htmx/htmx-2.min.js" defer></script>', "")
    assert Client().get("/api/openapi.json").json()["info"]["title"] == "Trede"


def _made(page: str) -> str:
    return page.partition('id="secret">')[2].partition("<")[0]


@pytest.mark.parametrize(
    ("role", "sent", "told"),
    [
        ("owner", {"name": ""}, "ten minste twee tekens"),
        ("owner", {"power": "everything"}, "niet meer zijn dan u zelf mag"),
        ("editor", {"power": "manage"}, "niet meer zijn dan u zelf mag"),
        ("auditor", {"power": "work"}, "niet meer zijn dan u zelf mag"),
        ("consultant", {"power": "publish"}, "niet meer zijn dan u zelf mag"),
        ("owner", {"until": "2020-01-01"}, "een jaar vooruit"),
        ("owner", {"until": "2099-01-01"}, "een jaar vooruit"),
        ("owner", {"until": "morgen"}, "een jaar vooruit"),
    ],
)
def test_a_token_that_is_not_made(shared: Site, role: str, sent: dict[str, str], told: str) -> None:
    before = Token.objects.count()
    given = {"name": "Proef", "power": "read", "until": timezone.localdate().isoformat(), **sent}
    answer = shared.client(f"{role}@ours.example").post(reverse("tokens", args=["ours"]), given)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert Token.objects.count() == before


def test_names_are_quoted_on_the_page(shared: Site) -> None:
    given = {"name": "<b>x</b>", "power": "read", "until": timezone.localdate().isoformat()}
    page = text_of(shared.client().post(reverse("tokens", args=["ours"]), given))
    assert "<b>x" not in page
    assert quote("<b>") not in page


def test_a_token_ends_with_the_membership_and_with_the_account(site: Site) -> None:
    who, other = program(site, "editor@ours.example"), program(site, "consultant@ours.example", "publish")
    assert who.send("GET", "jobs").status_code == 200
    site.ours.memberships.get(user=site.person("editor@ours.example")).delete()
    assert who.send("GET", "jobs").json()["code"] == "token_unknown"
    assert other.send("POST", "years/2024/publications", {"reason": "een reden"}).status_code == 403
    site.ours.memberships.filter(role="consultant").update(role="editor")
    assert other.send("POST", "years/2024/publications", {"reason": "een reden"}).status_code == 202
    Organisation.objects.filter(slug="ours").update(codes_required=True)
    assert other.send("GET", "jobs").json()["code"] == "codes_needed"
    Organisation.objects.filter(slug="ours").update(codes_required=False)
    person = site.person("consultant@ours.example")
    person.is_active = False
    person.save()
    assert other.send("GET", "jobs").status_code == 401


def test_a_token_is_made_shown_once_used_and_withdrawn(site: Site) -> None:
    client, day = site.client("editor@ours.example"), timezone.localdate() + timedelta(days=30)
    where = reverse("tokens", args=["ours"])
    assert "Er is nog geen sleutel" in text_of(client.get(where))
    page = text_of(client.post(where, {"name": "Boekhouding", "power": "work", "until": day.isoformat()}))
    secret = _made(page)
    assert secret.startswith("trede_")
    assert len(secret) > 40
    again = text_of(client.get(where))
    assert secret not in again
    assert "Boekhouding" in again
    assert ">nooit<" in again
    token = Token.objects.get()
    assert secret not in str(vars(token))
    who = Program(secret)
    job = who.ask("years/2023/calculation")
    site.work()
    assert who.read(f"jobs/{job['id']}")["state"] == "done"
    assert ">nooit<" not in text_of(client.get(where))
    acts = {entry.what: entry.details for entry in LogEntry.objects.all()}
    assert acts["asked_calculate"]["token"] == acts["job_calculate"]["token"] == "Boekhouding"
    assert "met sleutel: Boekhouding" in text_of(client.get(reverse("changes", args=["ours"])))
    assert site.client("auditor@ours.example").post(
        reverse("withdraw_token", args=["ours", token.pk])
    ).status_code == 404  # fmt: skip
    assert "Boekhouding" in text_of(site.client().get(where))
    client.post(reverse("withdraw_token", args=["ours", token.pk]))
    assert who.send("GET", "jobs").status_code == 401
    assert LogEntry.objects.filter(what="token_withdrawn").count() == 1
