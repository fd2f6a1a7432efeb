"""How many database queries a page costs: pinned, so that a list that asks once a row is seen at once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from web_site import Site, wait

from trede_web.comments.models import Comment
from trede_web.people.models import log
from trede_web.urls import OF_AN_ORGANISATION
from trede_web.work.models import Job

QUERIES = {
    "year": 4,
    "organisation": 3,
    "figures": 3,
    "versions": 3,
    "sources": 3,
    "imports": 5,
    "profiles": 3,
    "grid": 3,
    "evidence_view": 4,
    "staged": 5,
    "calculate": 3,
    "footprint": 3,
    "bridge": 3,
    "report": 3,
    "report_chapter": 3,
    "completeness": 3,
    "doubles": 3,
    "publish": 3,
    "factors": 3,
    "factors_compare": 3,
    "lists": 3,
    "own_factor": 3,
    "matching": 5,
    "choices": 3,
    "people": 5,
    "changes": 5,
    "data": 4,
    "ledger": 4,
    "comments": 5,
    "go": 3,
    "glance": 3,
    "tokens": 4,
}
"""Session, person and seat are three of them."""


def place(site: Site, name: str, **asked: object) -> str:
    """Return an address of a page."""
    [pattern] = [each for each in OF_AN_ORGANISATION if each.name == name]
    digest = sorted(path.name for path in (site.ours.folder / "evidence").iterdir())[0]
    known = {"year": 2024, "digest": digest, **asked}
    where = reverse(name, args=["ours", *(known[part] for part in pattern.pattern.converters)])
    return where + ("?year=2024" if name == "ledger" else "")


@pytest.mark.parametrize("name", QUERIES)
def test_queries_of_a_page(site: Site, name: str) -> None:
    for number in range(30):
        log(site.ours, site.person(), "original_taken", file=f"{number}.csv")
        Comment.objects.create(
            organisation=site.ours, person=site.person(), kind="year", about="2024", text=str(number)
        )
        Job.objects.create(
            organisation=site.ours, person=site.person(), kind="import", title=str(number), state="failed"
        )
    staged = wait(site, "wacht.csv")
    client, where = site.client(), place(site, name, staged=staged)
    client.get(where)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(where).status_code == 200
    assert len(found) == QUERIES[name], [query["sql"][:120] for query in found.captured_queries]
