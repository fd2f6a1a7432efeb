"""Shapes of calculation models and methods."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import Field

from trede_web.api.shapes.amounts import AChoice


class OwnModel(Schema):
    """An own model in the list."""

    id: str
    name: str
    version: int
    counts_as: list[str]
    reference: str
    in_use: bool


class MethodShipped(Schema):
    """A method that ships: 1 is the most specific of a category."""

    id: str
    name: str
    category: str
    rank: int
    reference: str
    types: int


class Models(Schema):
    """The own models, and the methods that ship."""

    own: list[OwnModel]
    shipped: list[MethodShipped]


class Formula(Schema):
    """What a method makes of a record."""

    id: str
    formula: str
    unit: str
    counts_as: str


class ModelFigure(Schema):
    """A figure that a record gives beside its quantity."""

    id: str
    name: str
    unit: str
    bounds: str
    needed: bool
    otherwise: str = Field(alias="else_", description="What stands in where nobody gives it")


class Method(Schema):
    """A method: its formulas, the figures that it asks, and the activity types that it is for."""

    id: str
    name: str
    version: int
    explanation: str
    reference: str
    category: str
    rank: int
    formulas: list[Formula]
    figures: list[ModelFigure]
    types: list[str]


class ModelChoice(Schema):
    """An attribute that a record chooses a value of."""

    id: str
    name: str
    values: list[AChoice]
    chosen: str
    needed: bool


class ModelWithdrawn(Schema):
    """A decision to withdraw a model; `in_force` when nobody took it back."""

    id: str
    person: str
    day: str
    reason: str
    in_force: bool


class Model(Schema):
    """An own model, its worked example as a record, and its text."""

    method: Method
    type: str = Field(description="What files call it")
    in_use: bool
    unit: str
    choices: list[ModelChoice]
    sample: dict[str, str]
    sites: list[str]
    versions: int
    history: list[ModelWithdrawn]
    text: Annotated[str, Field(description="As TOML: see the documentation of models")]
