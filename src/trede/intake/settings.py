"""How a file is written: what a person or profile may set, and what was used in the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from trede.intake.dates import date_format
from trede.intake.encoding import ENCODINGS
from trede.intake.problems import Choice
from trede.kernel.models import Strict

DELIMITERS = (";", ",", "\t", "|")


def _encoding(value: str) -> str:
    if value.casefold() not in ENCODINGS:
        raise ValueError(f"one of {', '.join(ENCODINGS)}")
    return value.casefold()


def _dates(value: str) -> str:
    date_format(value)
    return value


class FileSettings(Strict):
    """Settings of a file; what is left out is detected."""

    model_config = Strict.model_config | {"str_strip_whitespace": False}

    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    delimiter: Literal[";", ",", "\t", "|"] | None = None
    decimal: Literal[",", "."] | None = None
    header_row: Annotated[int, Field(ge=1)] | None = None
    dates: Annotated[str, AfterValidator(_dates)] | None = None
    end_day: Literal["included", "excluded"] | None = None
    """Whether the day in the column of the end still belongs to the period (`excluded`: until, and not on, that day)."""
    sheet: Annotated[int, Field(ge=1)] | Annotated[str, Field(min_length=1)] | None = None
    """Of a workbook: the name of the sheet, or its number from 1."""
    merged: Literal["repeat"] | None = None
    """Of a workbook: a cell merged over several data rows counts for each of them."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """The settings used, each with its basis. A `value` of None: not settled, or not needed."""

    encoding: Choice
    delimiter: Choice
    decimal: Choice
    header_row: Choice
    dates: Choice
    sheet: Choice | None = None
    """There only for a workbook."""

    def to_json(self) -> dict[str, Any]:
        """Return value, basis and parameters by setting."""
        return {
            name: {"value": choice.value, "basis": choice.basis, "params": choice.params}
            for name in self.__slots__
            for choice in [getattr(self, name)]
            if choice is not None
        }


def chosen(name: str, overrides: FileSettings | None, profile: FileSettings | None) -> Choice | None:
    """Return the setting that a person (first) or the profile made, or None."""
    for settings, basis in ((overrides, "chosen"), (profile, "profile")):
        value = getattr(settings, name) if settings else None
        if value is not None:
            return Choice(value, basis)
    return None
