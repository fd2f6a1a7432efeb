"""Reading a case file: TOML whose numbers keep their digits, and errors that name the file, the table and the key."""

from __future__ import annotations

import tomllib
import types
import typing
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ValidationError

from trede.cases.checking import check_case
from trede.cases.model import Case
from trede.kernel.errors import CatalogueError
from trede.kernel.faults import unreadable
from trede.kernel.issues import Issue, Location

_ONE, _TWO = "constrained-str", "Text"
"""What the checker adds to the place of a title, which may be one text or a table of two."""


def load_case(data: bytes, name: str) -> Case:
    """Read a case file and test it against the vocabulary, the standards and the lists.

    Args:
        name: what errors call the file.

    Raises:
        CatalogueError: one issue per fault, with the table (counted from 1) and the key as its column.
    """
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(unreadable(error, name)) from error
    try:
        case = Case.model_validate(raw)
    except ValidationError as error:
        raise CatalogueError.from_issues(_faults(error, name)) from error
    if issues := check_case(case, name):
        raise CatalogueError.from_issues(issues)
    return case


def _faults(error: ValidationError, name: str) -> Iterator[Issue]:
    problems = error.errors()
    for problem in problems:
        loc, value = problem["loc"], problem["input"]
        inside = any(other["loc"][: len(loc)] == loc for other in problems if other is not problem)
        if (problem["type"] == "too_short" and inside) or (loc[-1] == _ONE and isinstance(value, dict)):
            continue  # said already, and better, by the fault inside
        if loc[-1] == _TWO:
            continue
        where = Location(file=name, column=_place(loc))
        match problem["type"]:
            case "extra_forbidden":
                yield Issue.error("case_key_unknown", where, known=_keys(loc[:-1]))
            case "missing":
                yield Issue.error("case_key_missing", where)
            case "too_short" | "string_too_short":
                yield Issue.error("case_value_empty", where)
            case "literal_error":
                allowed = problem["ctx"]["expected"].replace("'", "").replace(" or ", ", ").split(", ")
                yield Issue.error("case_value_not_allowed", where, value=_shown(value), allowed=allowed)
            case kind if kind.startswith(("decimal", "int", "finite", "greater_than", "less_than")):
                yield Issue.error("case_number_wrong", where, value=_shown(value))
            case kind if kind.startswith("date"):
                yield Issue.error("case_date_wrong", where, value=_shown(value))
            case _:
                yield Issue.error("case_value_wrong", where, value=_shown(value), detail=problem["msg"])


def _shown(value: object) -> str:
    return str(value)[:60]


def _place(loc: Sequence[int | str]) -> str:
    """Write a place as `activity[2].quantity`: tables are counted from 1, as people do."""
    text = ""
    for part in loc:
        if part not in (_ONE, _TWO):
            text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _keys(loc: Sequence[int | str]) -> list[str]:
    """Return the keys of the table at a place."""
    model: Any = Case
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = _table(model.model_fields[part].annotation)
    return list(model.model_fields)


def _table(annotation: Any) -> type[BaseModel]:
    """Find the model inside `Model`, `tuple[Model, ...]` or `str | Model`."""
    if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
        return annotation
    return next(part for part in typing.get_args(annotation) if isinstance(part, type) and issubclass(part, BaseModel))
