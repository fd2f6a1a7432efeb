"""Uncertainty by the rating of the data: sets of factors from `ratings/*.toml`, each with its source.

A rating scores five indicators from 1 (best) to 5: reliability, completeness, time, geography, technology. Each score has a
factor U, and the kind of quantity a basic factor; together they give the square of the geometric standard deviation, within
which (times and divided by) the true value lies with a chance of 95 % (GHG Protocol, Quantitative Inventory Uncertainty):

    SD95 = e^√(ln²(U_basic) + Σ ln²(U_i))

As everywhere, u is 1.96 standard deviations of the lognormal distribution that is meant, divided by its mean:

    u = 1.96 × √(e^((ln(SD95) ÷ 1.96)²) − 1)
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from trede.catalogue.factor import Filled
from trede.catalogue.files import CATALOGUE
from trede.catalogue.uncertainties import PARTS, Source
from trede.kernel.models import Strict, Text, load

NORMAL = Decimal("1.96")
"""Half a 95 % interval of a normal distribution, in standard deviations."""

SCORES = 5
"""How many indicators a rating scores, and the worst score."""

_RATING = re.compile(r"\(?" + r"[;,/ -]?".join([r"\s*([1-5])\s*"] * SCORES) + r"\)?")

Factors = Annotated[tuple[Annotated[Decimal, Field(ge=1, le=100)], ...], Field(min_length=SCORES, max_length=SCORES)]


class Indicator(Strict):
    """One indicator: the factor of each score, 1 to 5; no score is better than the one before it."""

    id: Filled
    name: Text
    factors: Factors

    @model_validator(mode="after")
    def _worse_is_wider(self) -> Self:
        if list(self.factors) != sorted(self.factors):
            raise ValueError("a worse score has a smaller factor")
        return self


class Basic(Strict):
    """The factor that no rating takes away, of some kinds of quantity or (without any) of all others."""

    kinds: tuple[Filled, ...] = ()
    factor: Annotated[Decimal, Field(gt=1, le=100)]
    note: Text


class Ratings(Strict):
    """A named set: what ratings come to."""

    id: Filled
    name: Text
    source: tuple[Source, ...]
    indicator: Annotated[tuple[Indicator, ...], Field(min_length=SCORES, max_length=SCORES)]
    basic: tuple[Basic, ...]

    @model_validator(mode="after")
    def _has_one_for_the_rest(self) -> Self:
        if [bool(basic.kinds) for basic in self.basic].count(False) != 1 or self.basic[-1].kinds:
            raise ValueError("the last basic factor, and no other, is about all other kinds")
        return self

    def interval(self, rating: str, kind: str) -> Decimal:
        """Return SD95 of a rating as records keep it, for a kind of quantity."""
        basic = next(each.factor for each in self.basic if not each.kinds or kind in each.kinds)
        scores = (int(score) for score in rating.split(";"))
        factors = (indicator.factors[score - 1] for indicator, score in zip(self.indicator, scores, strict=True))
        with localcontext(prec=30):
            return sum((factor.ln() ** 2 for factor in (basic, *factors)), Decimal(0)).sqrt().exp()

    def margin(self, rating: str, kind: str) -> int:
        """Return u of a rating for a kind of quantity, in ten-thousandths."""
        with localcontext(prec=30):
            spread = (self.interval(rating, kind).ln() / NORMAL) ** 2
            u = NORMAL * (spread.exp() - 1).sqrt()
            return int((u * PARTS).quantize(Decimal(1), ROUND_HALF_UP))

    def to_json(self) -> dict[str, Any]:
        """Return what can change a result, as a run's spec keeps it: so a run tells by itself what ratings came to."""
        return {
            "id": self.id,
            "indicators": {each.id: [str(factor) for factor in each.factors] for each in self.indicator},
            "basic": [[list(each.kinds), str(each.factor)] for each in self.basic],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Read what `to_json` wrote; names and sources are those of the set that ships."""
        known = ratings(data["id"])
        return cls(
            id=data["id"], name=known.name, source=known.source,
            indicator=tuple(
                Indicator(id=each.id, name=each.name, factors=tuple(map(Decimal, data["indicators"][each.id])))
                for each in known.indicator
            ),
            basic=tuple(
                Basic(kinds=tuple(kinds), factor=Decimal(factor), note=each.note)
                for (kinds, factor), each in zip(data["basic"], known.basic, strict=True)
            ),
        )  # fmt: skip


def read_rating(text: str) -> str | None:
    """Return a rating as records keep it (`1;2;1;3;1`); None when the text is none.

    Between the five scores may stand a semicolon, comma, slash, hyphen, blank or nothing, around them brackets.
    """
    found = _RATING.fullmatch(text.strip())
    return ";".join(found.groups()) if found else None


@cache
def ratings(name: str) -> Ratings:
    """Load a shipped set."""
    return load(Ratings, CATALOGUE / "ratings" / f"{name}.toml")


def rating_sets() -> tuple[str, ...]:
    """Return the names of the sets that ship."""
    return tuple(sorted(path.stem for path in (CATALOGUE / "ratings").glob("*.toml")))
