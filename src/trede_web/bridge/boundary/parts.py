"""The fields by which a person changes the description, part by part: what each holds, and how what was typed is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, get_args

from trede.organisation.parts import Approach, Frequency

Kind = Literal["text", "names", "country", "choice", "one", "several", "date", "year", "flag", "id"]
"""`one` and `several` choose things of another part; `names` is a list, one on a line."""


@dataclass(frozen=True)
class Field:
    """A field of a part, by its name in `organisation.toml`. `of`: the part that it chooses from."""

    name: str
    kind: Kind
    required: bool = False
    of: str = ""
    choices: tuple[str, ...] = ()


ABOUT = "organisation"
"""The part that holds the organisation's own fields."""
NAME, ALIASES, ID = Field("name", "text", required=True), Field("aliases", "names"), Field("id", "id")
FIELDS: Mapping[str, tuple[Field, ...]] = {
    ABOUT: (
        NAME,
        Field("country", "country", required=True),
        Field("approach", "choice", required=True, choices=get_args(Approach)),
        Field("associates", "choice", required=True, choices=("outside", "category-15")),
    ),
    "entity": (NAME, ID, ALIASES, Field("parent", "one", of="entity")),
    "site": (
        NAME, ID, ALIASES, Field("entity", "one", required=True, of="entity"), Field("country", "country", required=True),
        Field("opened", "date"), Field("closed", "date"),
    ),
    "unit": (NAME, ID, ALIASES, Field("parent", "one", of="unit")),
    "project": (
        NAME, ID, ALIASES, Field("client", "text"), Field("unit", "one", of="unit"), Field("from", "date"),
        Field("to", "date"), Field("award_advantage", "flag"),
    ),
    "source": (
        NAME, ID, Field("owner", "text"), Field("frequency", "choice", choices=get_args(Frequency)),
        Field("from_year", "year", required=True), Field("to_year", "year"), Field("sites", "several", of="site"),
    ),
    "denominator": (
        NAME, ID, Field("unit", "text", required=True), Field("kind", "choice", required=True, choices=("stock", "flow")),
    ),
    "lease": (
        NAME, ID, Field("asset", "choice", required=True, choices=("building", "vehicles")),
        Field("kind", "choice", required=True, choices=("operating", "finance")),
        Field("role", "choice", required=True, choices=("lessee", "lessor")), Field("site", "one", of="site"),
        Field("entity", "one", of="entity"), Field("from", "date"), Field("to", "date"),
    ),
}  # fmt: skip
PARTS = tuple(FIELDS)


class UnreadError(Exception):
    """What was typed cannot be read; `code` is the sentence that says so."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_field(field: Field, given: list[str]) -> Any:
    """Return what was typed as a value of the description; None: nothing was.

    Raises:
        UnreadError: it is no date, year or number.
    """
    first = given[0].strip() if given else ""
    if field.kind == "flag":
        return bool(first) or None
    if field.kind == "several":
        return [each for each in given if each] or None
    if field.kind == "names":
        return [name for part in first.splitlines() if (name := part.strip())] or None
    if not first:
        return None
    if field.kind == "date":
        return read_date(first)
    if field.kind == "year":
        return read_year(first)
    return first.upper() if field.kind == "country" else first


def read_date(text: str) -> date:
    """Read a day: 2024-03-31 as a browser sends it, or 31-3-2024 as people write it."""
    plain = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    written = re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})", text)
    found = plain.groups() if plain else written.groups()[::-1] if written else None
    if found is None:
        raise UnreadError("unread.date")
    try:
        return date(*map(int, found))
    except ValueError as error:
        raise UnreadError("unread.date") from error


def read_year(text: str) -> int:
    """Read a year of four digits."""
    if not re.fullmatch(r"\d{4}", text, re.ASCII):
        raise UnreadError("unread.year")
    return int(text)


def read_number(text: str, language: str) -> Decimal:
    """Read a number as people write it; the language says what a lone sign before three digits is: `1.234` in Dutch is 1234."""
    plain = re.sub(r"[\s\u00a0\u202f]", "", text)
    thousands, decimal = (".", ",") if language == "nl" else (",", ".")
    if re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?", plain, re.ASCII):
        plain = plain.replace(thousands, "")
    plain = plain.replace(",", ".")
    if not re.fullmatch(r"\d+(?:\.\d+)?", plain, re.ASCII) or len(plain) > 30:
        raise UnreadError("unread.number")
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise UnreadError("unread.number") from error
