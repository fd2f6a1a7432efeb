"""Factors: search all lists, and one factor with its papers and its use."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router
from pydantic import Field

from trede_web.api.operations.doing import Limit
from trede_web.api.paging import page_of
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import ledger
from trede_web.api.shapes.work import Given
from trede_web.bridge.factors.factor import factor_page
from trede_web.bridge.factors.shelf import Asked, shelf_rows
from trede_web.words import plain_voice

router = Router()
FACTORS = "/organisations/{organisation}/factors"


Chosen = Annotated[list[str], Field(max_length=20)]


class Search(Given):
    """What is looked for: words, and the facets of the page, each as often as needed."""

    q: Annotated[str, Field(max_length=200)] = ""
    used: Literal["", "1"] = ""
    publisher: Chosen = []
    year: Chosen = []
    list: Chosen = []
    activity: Chosen = []
    nature: Chosen = []
    unit: Chosen = []
    gases: Chosen = []
    stages: Chosen = []
    region: Chosen = []
    licence: Chosen = []
    sort: Literal["best", "name", "low", "high", "newest"] = "best"
    cursor: Annotated[str, Field(pattern="^([0-9a-f]{1,64}-[0-9]{1,9})?$")] = ""
    limit: Limit = 50


@operation(router, "GET", FACTORS, ledger.Factors, problems=("list_changed",))
def factors(request: HttpRequest, organisation: str, given: Query[Search]) -> Any:
    """Search the factors.

    Those of all lists that have the words of `q`, the best first; with `used=1` those alone that the organisation's
    calculations use. The facets are those of the page.
    """
    found = shelf_rows(seat_of(request).books, Asked.read(dict(request.GET.lists())))
    ids = [f"{each['list']}#{each['factor']}" for each in found]
    items, after = page_of(found, ids, given.cursor, given.limit)
    return {"items": items, "count": len(found), "next": after}


@operation(router, "GET", f"{FACTORS}/{{list:library}}/{{factor:factor}}", ledger.FactorInFull)
def factor(request: HttpRequest, organisation: str, library: str, factor: str) -> Any:
    """Read a factor.

    Its values through the years, its papers, and what the organisation counts with it.
    """
    return factor_page(seat_of(request).books, library, factor, plain_voice())
