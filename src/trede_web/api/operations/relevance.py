"""Scope 3: its categories, whether they are relevant, and materiality."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status
from pydantic import Field

from trede_web.api.problems import ProblemError, fault
from trede_web.api.service import operation, seat_of
from trede_web.api.shapes import scope3 as shapes
from trede_web.api.shapes import work
from trede_web.bridge.results.scope3 import category_page, read_said, scope3_page
from trede_web.bridge.results.scoring import faults, scoring_page
from trede_web.pages.jobs import ask
from trede_web.roles import Power
from trede_web.words import plain_voice, voice

router = Router()
HERE = "/organisations/{organisation}"
YEAR = HERE + "/years/{year:year}"
Basis = Annotated[str, Query(pattern="^(|location|market)$")]
Number = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", max_length=30)]
Short = Annotated[str, Field(min_length=1, max_length=500)]


class Saying(work.Given):
    """What is said of categories, of this year and of `years`; `estimate` in tonnes, of what is left out of one category."""

    categories: Annotated[list[Annotated[int, Field(ge=1, le=15)]], Field(min_length=1, max_length=15)]
    years: Annotated[list[Annotated[int, Field(ge=1990, le=2099)]], Field(max_length=50)] = []
    relevance: Literal["relevant", "not-relevant", "not-calculated"]
    influence: Literal["", "high", "medium", "low"] = ""
    estimate: Annotated[str, Field(pattern=r"^([0-9]+(\.[0-9]+)?)?$", max_length=30)] = ""
    basis: Annotated[str, Field(max_length=500)] = ""
    reason: work.Reason


class GivenScore(work.Given):
    """A score, and why."""

    score: Number
    reason: work.Reason


class GivenCriterion(work.Given):
    """A criterion; a score on it counts `weight` times."""

    id: Annotated[str, Field(min_length=1, max_length=40)]
    name: Short
    weight: Number = "1"


class GivenCombination(work.Given):
    """What the organisation does, for whom, the categories that it is about, and a score by the id of each criterion."""

    activity: Short
    market: Short
    categories: Annotated[list[Annotated[str, Field(pattern="^([1-9]|1[0-5])$")]], Field(max_length=15)] = []
    scores: Annotated[dict[str, GivenScore], Field(max_length=50)]


class GivenScoring(work.Given):
    """Scored combinations, in the place of those before, and why."""

    lowest: Number
    highest: Number
    rule: Annotated[str, Field(max_length=500)] = ""
    criterion: Annotated[list[GivenCriterion], Field(min_length=1, max_length=50)]
    combination: Annotated[list[GivenCombination], Field(min_length=1, max_length=500)]
    reason: work.Reason


@operation(router, "GET", f"{YEAR}/scope-3", shapes.Scope3)
def scope_3(
    request: HttpRequest, organisation: str, year: int, basis: Basis = "",
    order: Literal["number", "size", "influence"] = "number",
) -> Any:  # fmt: skip
    """List the categories of scope 3.

    What is calculated of each with its interval, by which methods, and what somebody said of it.
    """
    return scope3_page(seat_of(request).books, year, basis, order, plain_voice())


@operation(router, "GET", f"{YEAR}/scope-3/{{int:number}}", shapes.CategoryInFull)
def category(request: HttpRequest, organisation: str, year: int, number: int, basis: Basis = "") -> Any:
    """Read a category of scope 3.

    Its accounts, and all that was ever said of it. `revoke` takes back what was said.
    """
    found = category_page(seat_of(request).books, year, str(number), basis, plain_voice())
    if found is None:
        raise Http404
    return found


@operation(router, "POST", f"{YEAR}/scope-3", work.Job, power=Power.WORK, status=202)
def say_category(request: HttpRequest, organisation: str, year: int, given: Saying) -> Any:
    """Say whether categories are relevant.

    A job. It changes no figure.
    """
    sent = given.model_dump() | {
        "categories": [str(each) for each in given.categories], "years": [str(each) for each in given.years or [year]],
    }  # fmt: skip
    asked, wrong = read_said(sent, plain_voice())
    if wrong:
        raise ProblemError("invalid", fields=[fault(name, "form") for name in wrong])
    return Status(202, ask(seat_of(request), "category", ", ".join(asked["categories"]), year=year, **asked))


@operation(router, "GET", f"{HERE}/materiality", shapes.Scoring)
def materiality(request: HttpRequest, organisation: str) -> Any:
    """Read the scored combinations of product and market.

    The highest first, with the reason of each score.
    """
    empty = {
        "id": "", "lowest": "", "highest": "", "rule": "", "criteria": [], "lines": [], "person": "", "day": "", "reason": "",
        "earlier": [],
    }  # fmt: skip
    return scoring_page(seat_of(request).books, plain_voice()) or empty


@operation(router, "POST", f"{HERE}/materiality", work.Job, power=Power.WORK, status=202)
def say_materiality(request: HttpRequest, organisation: str, given: GivenScoring) -> Any:
    """Score combinations of product and market.

    A job. Criteria, weights and scale are the organisation's own.
    """
    table = given.model_dump(exclude={"reason"})
    if told := faults(table, voice()):
        raise ProblemError("invalid", issues=told)
    return Status(202, ask(seat_of(request), "materiality", "", table=table, reason=given.reason))
