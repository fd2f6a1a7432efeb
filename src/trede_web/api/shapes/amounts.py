"""Amounts: exact milligrams with the question whose answer they are."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field, PlainSerializer

from trede_web.bridge.figures import exact_tonnes

SAFE = 2**53 - 1
"""The largest whole number that every reader of JSON keeps exactly."""


def whole(value: int) -> int | str:
    """Return a number as JSON can carry it: beyond `SAFE` as a text of digits."""
    return value if abs(value) <= SAFE else str(value)


Milligrams = Annotated[
    int,
    PlainSerializer(whole, return_type=int | str),
    Field(description="Whole milligrams CO2e; beyond 2^53 a text of digits"),
]


class Amount(Schema):
    """An exact amount of CO2e. The operation `trace` answers its question; behind `#` stands which figure beside it is meant."""

    mg: Milligrams
    tonnes: str = Field(description="The same amount in tonnes, exact, as a decimal text")
    query: str = Field(description="The question whose answer it is")

    @staticmethod
    def resolve_tonnes(obj: Any) -> str:
        """Write the milligrams as tonnes."""
        return exact_tonnes(obj.mg)


class Named(Schema):
    """An amount with its name."""

    name: str
    amount: Amount


def _pair(value: Any) -> Any:
    return {"name": value[0], "amount": value[1]} if isinstance(value, tuple) else value


NamedAmount = Annotated[Named, BeforeValidator(_pair)]


class Interval(Schema):
    """The interval of a total; `text` says what it is, also when it is not known."""

    known: bool
    low: Milligrams
    high: Milligrams
    text: str


def parts(*names: str) -> BeforeValidator:
    """Let a tuple of the bridge be read by the names of its parts; of a longer one those in front."""

    def read(value: Any) -> Any:
        return dict(zip(names, value, strict=False)) if isinstance(value, tuple) else value

    return BeforeValidator(read)


class Choice(Schema):
    """A value that can be chosen, with its name."""

    id: str
    name: str


AChoice = Annotated[Choice, parts("id", "name")]
