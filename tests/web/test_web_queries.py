"""How many database queries a page costs: pinned, so that a list that asks once a row is seen at once."""

from __future__ import annotations

from typing import Any
from unittest import mock
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from test_web_matrix import MATRIX, address, facts
from web_site import Site, fresh, text_of

from trede_web.bridge.books import open_books
from trede_web.bridge.factors.choices import choices_page
from trede_web.bridge.jobs import answers
from trede_web.bridge.jobs.answers import FOLDER
from trede_web.bridge.ledger import journals
from trede_web.bridge.ledger.doubles import FINDINGS
from trede_web.comments.models import Comment
from trede_web.people.models import log
from trede_web.words import voice_of
from trede_web.work.models import Job

QUERIES = {
    "batch": 3,
    "bridge": 3,
    "base_year": 3,
    "base_year_change": 3,
    "bridge_drawing": 3,
    "bridge_file": 3,
    "bridge_table": 3,
    "bundle_file": 5,
    "calculate": 3,
    "category": 3,
    "changes": 5,
    "chart_file": 3,
    "choices": 3,
    "comments": 5,
    "completeness": 3,
    "data": 4,
    "doubles": 3,
    "divide": 3,
    "drawing": 3,
    "estimates": 3,
    "estimate_new": 3,
    "evidence": 4,
    "evidence_page": 4,
    "evidence_part": 4,
    "glance": 3,
    "go": 3,
    "evidence_picture": 3,
    "evidence_view": 4,
    "examine": 4,
    "examined": 4,
    "export_file": 5,
    "factor": 3,
    "factor_records": 3,
    "factors": 3,
    "factors_compare": 3,
    "factors_csv": 3,
    "factors_json": 3,
    "figures": 3,
    "footprint": 3,
    "grid": 3,
    "imports": 5,
    "imports_part": 5,
    "job": 4,
    "ledger": 4,
    "ledger_download": 3,
    "ledger_file": 5,
    "lists": 3,
    "matching": 5,
    "materiality": 3,
    "materiality_change": 3,
    "method": 3,
    "model": 3,
    "model_new": 3,
    "model_template": 3,
    "model_text": 3,
    "models": 3,
    "organisation": 3,
    "overview": 3,
    "own_factor": 3,
    "own_template": 3,
    "people": 5,
    "plan": 4,
    "profile_text": 3,
    "profiles": 3,
    "prove": 5,
    "publish": 5,
    "ready": 3,
    "receivers": 3,
    "record": 4,
    "report": 3,
    "report_chapter": 3,
    "report_drawing": 3,
    "report_file": 3,
    "restore": 3,
    "rows": 3,
    "sample": 4,
    "sample_new": 3,
    "sample_text": 4,
    "samples": 4,
    "scope_3": 3,
    "source_page": 3,
    "sources": 3,
    "staged": 5,
    "staged_check": 4,
    "staged_weight": 5,
    "statement": 3,
    "statement_file": 3,
    "template": 3,
    "thing": 3,
    "thread": 4,
    "tokens": 4,
    "trace": 3,
    "tried": 4,
    "version": 3,
    "version_file": 3,
    "versions": 3,
    "year": 4,
}
"""Of every address that is looked at, pages and their parts. Session, person and seat are three of them."""

AWAY = {"overview", "staged_check", "evidence_page", "evidence_part", "evidence_picture"}
"""Those that lead on to another address."""


@pytest.fixture(scope="module")
def site() -> Site:
    """The application with lists that are long, shared by the tests of this file: they only look."""
    site = fresh()
    for number in range(30):
        log(site.ours, site.person(), "original_taken", file=f"{number}.csv")
        Comment.objects.create(
            organisation=site.ours, person=site.person(), kind="year", about="2024", text=str(number)
        )
        Job.objects.create(
            organisation=site.ours, person=site.person(), kind="import", title=str(number), state="failed"
        )
    site.modelled()
    site.divided()
    site.bridged(2023, 2024)
    site.reported(2024)  # after what changes the folder
    return site


@pytest.fixture(scope="module")
def known(site: Site) -> dict[str, Any]:
    """What the addresses are made of."""
    books = open_books(site.ours.folder)
    [first, *_] = choices_page(books, 2024, voice_of("nl")).lines
    return {**facts(site), "source": books.organisation.source[0].id, "use": quote(first.asked)}


def place(name: str, known: dict[str, Any]) -> str:
    """Return an address of a page or part that answers with something."""
    asked = {"ledger": "?year=2024", "source_page": f"?id={known['source']}", "factor_records": f"?of={known['use']}"}
    asked |= {"ledger_download": "?year=2024"}
    asked |= dict.fromkeys(("statement", "statement_file"), "?receiver=Boven")
    drawn = {"chapter": "cover"} if name == "report_drawing" else {}
    return address(name, "ours", {**known, **drawn}) + asked.get(name, "")


def test_every_address_has_its_number() -> None:
    assert set(QUERIES) == {name for name, method, _ in MATRIX if method == "GET"}


@pytest.mark.parametrize("name", QUERIES)
def test_queries_of_an_address(site: Site, known: dict[str, Any], name: str) -> None:
    client, where = site.client(), place(name, known)
    client.get(where)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(where)
    assert answer.status_code == (302 if name in AWAY else 200)
    assert len(found) == QUERIES[name], [query["sql"][:120] for query in found.captured_queries]


@pytest.mark.parametrize(
    ("name", "expected"), [("year", 5), ("publish", 6), ("doubles", 4), ("ledger", 4), ("ready", 4)]
)
def test_waiting_costs_one_query_more(site: Site, known: dict[str, Any], name: str, expected: int) -> None:
    client, where = site.client(), place(name, known)
    for path in (settings.DATA / FOLDER / site.ours.folder.name).glob(f"{FINDINGS}-*.json"):
        path.unlink()
    with mock.patch.object(answers, "SOON", 0), mock.patch.object(journals, "find_journal", return_value=None):
        client.get(where)
        with CaptureQueriesContext(connection) as found:
            assert 'id="making"' in text_of(client.get(where))
    assert len(found) == expected, [query["sql"][:120] for query in found.captured_queries]


@pytest.mark.parametrize(("name", "given", "expected"), [
    ("grid_check", {}, 3),
    ("bridge", {}, 4),
])  # fmt: skip
def test_queries_of_a_part_that_is_sent(
    site: Site, known: dict[str, Any], name: str, given: dict[str, str], expected: int
) -> None:
    client, where = site.client(), place(name, known)
    client.post(where, given, headers={"HX-Request": "true"})
    with CaptureQueriesContext(connection) as found:
        answer = client.post(where, given, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert len(found) == expected, [query["sql"][:120] for query in found.captured_queries]
