"""What ratings of data come to: the formula by hand, and what a text must be to be a rating."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from trede.catalogue.ratings import SCORES, Ratings, rating_sets, ratings, read_rating
from trede.catalogue.uncertainties import PARTS
from trede.catalogue.units import unit_registry
from trede.organisation.parts import Certainty

SET = ratings("ecoinvent-2")
PUBLISHED = {
    "reliability": (1.0, 1.05, 1.1, 1.2, 1.5),
    "completeness": (1.0, 1.02, 1.05, 1.1, 1.2),
    "temporal": (1.0, 1.03, 1.1, 1.2, 1.5),
    "geographical": (1.0, 1.01, 1.02, None, 1.1),
    "technological": (1.0, None, 1.2, 1.5, 2.0),
}
"""ecoinvent report No. 1; None: the table has no factor there, and the next worse one holds."""


def test_factors_are_those_of_the_table() -> None:
    assert [indicator.id for indicator in SET.indicator] == list(PUBLISHED)
    for indicator in SET.indicator:
        published = PUBLISHED[indicator.id]
        expected = [value or published[at + 1] for at, value in enumerate(published)]
        assert [float(factor) for factor in indicator.factors] == expected


def test_kinds_with_a_basic_factor_of_their_own_exist() -> None:
    assert {kind for basic in SET.basic for kind in basic.kinds} <= set(unit_registry().kinds)
    assert [str(basic.factor) for basic in SET.basic] == ["2.00", "1.05"]


def test_the_example_of_the_page_by_hand() -> None:
    # ln² of 1.05, 1.02 and 1.02: 0.0023805 + 0.0003921 + 0.0003921; the root is 0.056256, and e to that 1.05787
    logs = math.log(1.05) ** 2 + 2 * math.log(1.02) ** 2
    assert float(SET.interval("1;2;1;3;1", "electricity")) == pytest.approx(math.exp(math.sqrt(logs)), rel=1e-12)
    spread = math.sqrt(logs) / 1.96
    assert SET.margin("1;2;1;3;1", "electricity") == round(1.96 * math.sqrt(math.exp(spread**2) - 1) * PARTS) == 563
    page = (Path(__file__).parents[2] / "docs" / "uncertainty.md").read_text("utf-8")
    assert "SD95 is 1.0579, and u 5.63 %" in page


def test_the_margin_keeps_the_geometric_standard_deviation() -> None:
    """A lognormal distribution of mean 1 and standard deviation u ÷ 1.96 has 95 % between median ÷ SD95 and median × SD95."""
    for rating in ("3;3;3;3;3", "5;5;5;5;5"):
        sigma = SET.margin(rating, "currency") / PARTS / 1.96
        assert math.exp(1.96 * math.sqrt(math.log(1 + sigma**2))) == pytest.approx(
            float(SET.interval(rating, "currency")), rel=1e-4
        )


def test_a_worse_score_never_narrows_and_the_best_is_not_certain() -> None:
    assert SET.margin("1;1;1;1;1", "electricity") == 488
    assert SET.margin("1;1;1;1;1", "freight-distance") == 7154
    for scores in itertools.product("135", repeat=SCORES):
        for at in range(SCORES):
            if scores[at] < "5":
                worse = (*scores[:at], str(int(scores[at]) + 1), *scores[at + 1 :])
                assert SET.margin(";".join(worse), "electricity") >= SET.margin(";".join(scores), "electricity")


@pytest.mark.parametrize(
    "text", ["1;2;1;3;1", "1,2,1,3,1", "(1, 2, 1, 3, 1)", "1 2 1 3 1", "12131", " 1/2/1/3/1 ", "1-2-1-3-1"]
)
def test_ways_to_write_a_rating(text: str) -> None:
    assert read_rating(text) == "1;2;1;3;1"


@pytest.mark.parametrize(
    "text", ["1;2;1;3", "1;2;1;3;1;1", "0;1;1;1;1", "6;1;1;1;1", "1;2;n.v.t.;3;1", "good", "1.2.1.3.1"]
)
def test_what_is_no_rating(text: str) -> None:
    assert read_rating(text) is None


def test_a_set_is_read_back_from_a_spec() -> None:
    assert Ratings.from_json(SET.to_json()) == SET
    other = {**SET.to_json(), "basic": [[["freight-distance"], "3"], [[], "1.5"]]}
    assert Ratings.from_json(other).interval("1;1;1;1;1", "electricity") == pytest.approx(Decimal("1.5"))


def test_a_better_score_with_a_larger_factor_is_refused() -> None:
    wrong = SET.model_dump(mode="json")
    wrong["indicator"][0]["factors"] = ["1", "2", "1.5", "2", "2"]
    with pytest.raises(ValidationError):
        Ratings.model_validate(wrong)


def test_an_organisation_can_name_every_set() -> None:
    for name in rating_sets():
        assert Certainty(ratings=name).ratings == name  # type: ignore[arg-type]
    with pytest.raises(ValidationError):
        Certainty(ratings="of-my-own")  # type: ignore[arg-type]
