"""Shapes of the categories of scope 3, and of materiality."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from trede_web.api.problems import Remark
from trede_web.api.shapes.amounts import Amount, NamedAmount, parts


class Said(Schema):
    """What somebody said of a category; `estimate` is in tonnes, of what is left out."""

    id: str
    relevance: str
    influence: str
    years: str
    estimate: str
    basis: str
    reason: str
    person: str
    day: str
    in_force: bool


class Place(Schema):
    """A combination of product and market that is about a category, with its rank."""

    rank: int
    name: str


class Quality(Schema):
    """A part of a category by the quality of its data."""

    name: str
    share: str


class Category(Schema):
    """A category: `calculated`, `partly`, `not-calculated`, `not-relevant`, `contradicted` or `unexplained`."""

    number: str
    name: str
    state: str
    amount: Amount | None = Field(None, alias="figure", description="None: nothing is calculated of it")
    interval: str = Field(alias="margin", description="Empty: not known")
    share: str
    missing: str = Field(description="Tonnes that are left out, as somebody estimated them")
    methods: list[str]
    quality: list[Annotated[Quality, parts("name", "share")]]
    records: int
    said: Said | None = None
    places: list[Place]


class Scope3(Schema):
    """The fifteen categories of a year."""

    run: str
    standard: str
    basis: str
    items: list[Category] = Field(alias="lines")
    total: Amount | None = None
    counts: dict[str, int] = Field(description="How many are calculated, left out with a reason, and not explained")
    fresh: str = Field(description="As of the footprint; empty: nothing is calculated")
    scored: int = Field(description="How many combinations of product and market are scored: see `materiality`")
    issues: list[Remark] = Field(alias="told")


class CategoryInFull(Schema):
    """A category with its accounts, and all that was ever said of it, the last first."""

    category: Category = Field(alias="line")
    run: str
    standard: str
    basis: str
    accounts: list[NamedAmount]
    history: list[Said]


class CriterionWeight(Schema):
    """By what combinations are scored; a score counts `weight` times."""

    name: str
    weight: str


class AScore(Schema):
    """The score on a criterion, and why."""

    criterion: str
    score: str
    reason: str


class Scored(Schema):
    """A combination of product and market in its place; `categories` are those of scope 3 that it is about."""

    rank: int
    activity: str
    market: str
    categories: str
    scores: list[Annotated[AScore, parts("criterion", "score", "reason")]]
    total: str


class EarlierScoring(Schema):
    """An earlier table of scores."""

    day: str
    person: str
    reason: str


class Scoring(Schema):
    """The scored combinations in force; no `items` when nobody scored any."""

    id: str
    lowest: str
    highest: str
    rule: str
    criteria: list[Annotated[CriterionWeight, parts("name", "weight")]]
    items: list[Scored] = Field(alias="lines")
    person: str
    day: str
    reason: str
    earlier: list[Annotated[EarlierScoring, parts("day", "person", "reason")]]
