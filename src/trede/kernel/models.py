"""Reading data files strictly: TOML into models that refuse unknown keys, with issues that name file and field."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from trede.kernel.errors import CatalogueError
from trede.kernel.faults import fault_of, unreadable
from trede.kernel.issues import Issue, Location


class Strict(BaseModel):
    """A frozen model that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Text(Strict):
    """A text for people in both languages."""

    nl: str
    en: str

    def get(self, language: str) -> str:
        """Return the text in `nl` or `en`."""
        return self.nl if language == "nl" else self.en


FARTHEST = 60
"""Digits of a number on either side of its point, in a file that somebody wrote."""


def of_some_length(value: Decimal) -> Decimal:
    """Refuse a number that is endless when it is written out, such as `0E-999999999`: a short text that fills a memory."""
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) > FARTHEST or value.adjusted() > FARTHEST:
        raise ValueError(f"write the number with at most {FARTHEST} digits on either side of its point")
    return value


M = TypeVar("M", bound=BaseModel)


def read_toml(data: bytes, name: str) -> dict[str, Any]:
    """Parse TOML.

    Raises:
        CatalogueError: `toml_unreadable` with the parser's place.
    """
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (
        ValueError,
        RecursionError,
    ) as error:  # no TOML or UTF-8, a number of thousands of digits, nested too deeply
        raise CatalogueError(unreadable(error, name)) from error


def validate(model: type[M], data: Any, name: str) -> M:
    """Validate data against a strict model.

    Raises:
        CatalogueError: one `field_invalid` issue per broken field, with what `faults.fault_of` says of it.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise CatalogueError.from_issues(
            Issue.error(
                "field_invalid",
                Location(file=name, column=".".join(str(part) for part in problem["loc"])),
                **fault_of(problem),
            )
            for problem in error.errors()
        ) from error


def load(model: type[M], path: Path) -> M:
    """Read one TOML file into a model."""
    return validate(model, read_toml(path.read_bytes(), path.name), path.name)
