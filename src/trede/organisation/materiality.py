"""What an organisation says of its material emissions: which categories of scope 3 are relevant, and which of its
combinations of product and market weigh most.

The Scope 3 Standard asks to account for all 15 categories, and to disclose and justify each that is left out (chapter 6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from trede.kernel.models import Strict
from trede.organisation.decided import SHORTEST_REASON, Decided, Omission

Category = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
CATEGORIES: tuple[Category, ...] = get_args(Category)
"""The categories of scope 3, in the order of the Scope 3 Standard."""

Relevance = Literal["relevant", "not-relevant", "not-calculated"]
"""Relevant: it belongs in the footprint. Not relevant: it is left out. Not calculated: relevant, but not (or not wholly) in the
footprint yet."""

Influence = Literal["high", "medium", "low"]
"""How much the organisation can do about it, as it judges itself; from much to little."""

Filled = Annotated[str, Field(min_length=1)]


class CategoryState(Omission):
    """Say of categories of scope 3 in given years whether they are relevant, and how large what is left out is."""

    kind: Literal["category"] = "category"
    categories: tuple[Category, ...] = Field(min_length=1)
    years: tuple[int, ...] = Field(min_length=1)
    relevance: Relevance
    influence: Influence | None = None

    @model_validator(mode="after")
    def _estimates_what_is_left_out(self) -> Self:
        if self.estimate is not None and (self.relevance == "relevant" or len(self.categories) > 1):
            raise ValueError("an estimate is of one category that is not, or not wholly, in the footprint")
        return self


class Criterion(Strict):
    """By what combinations are scored; a score counts `weight` times."""

    id: Filled
    name: Filled
    weight: Annotated[Decimal, Field(gt=0, le=1000)] = Decimal(1)


class Score(Strict):
    """A score on one criterion, and why."""

    score: Decimal
    reason: str = Field(min_length=SHORTEST_REASON)


class Combination(Strict):
    """An activity for a market: what the organisation does, for whom, and how it scores on each criterion by its id."""

    activity: Filled
    market: Filled
    categories: tuple[Category, ...] = ()
    """The categories of scope 3 that it is about."""
    scores: dict[str, Score]


class Table(Strict):
    """The scored combinations of product and market: scale, criteria and scores are the organisation's own."""

    lowest: Decimal
    highest: Decimal
    rule: str = ""
    """The rule or document that criteria and scale are from."""
    criterion: tuple[Criterion, ...] = Field(min_length=1)
    combination: tuple[Combination, ...] = Field(min_length=1)


class Materiality(Decided):
    """The scored combinations of product and market, read from a file; the last one is in force."""

    kind: Literal["materiality"] = "materiality"
    name: str
    """The file that it was read from, to show."""
    table: Table


@dataclass(frozen=True, slots=True)
class Ranked:
    """A combination with its weighted score; those of one score share a rank."""

    rank: int
    combination: Combination
    total: Decimal


def ranked(table: Table) -> list[Ranked]:
    """Return the combinations by weighted score, Σ weight × score, the highest first."""
    weights = {criterion.id: criterion.weight for criterion in table.criterion}
    totals = [(sum((weights[i] * s.score for i, s in c.scores.items()), Decimal(0)), c) for c in table.combination]
    return [
        Ranked(1 + sum(other > total for other, _ in totals), combination, total)
        for total, combination in sorted(totals, key=lambda pair: -pair[0])
    ]


def order_of(influence: Influence | None) -> int:
    """Return a number to sort by: much influence first, unknown last."""
    known: Sequence[str] = get_args(Influence)
    return known.index(influence) if influence else len(known)
