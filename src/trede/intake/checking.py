"""Loading a profile: reading it, and testing it against the vocabulary before any file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from trede.catalogue.vocabulary import ActivityType, vocabulary
from trede.intake.comparing import compared
from trede.intake.dates import date_format, read_period, read_year
from trede.intake.fields import PERIOD_FIELDS, QUALITIES, TEXT_FIELDS
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location, Param
from trede.kernel.models import read_toml, validate

PERSONAL_FIELDS = ("project", "meter", "vehicle", "person", "supplier", "note")
"""Fields that may hold a pseudonym, beside custom ones; the others must stay readable to be matched."""

PERIOD_WAYS = ({"date"}, {"start", "end"}, {"year"}, {"period"})

ISO = "yyyy-mm-dd"
"""The format of dates in a profile's constants."""


def load_profile(data: bytes, name: str) -> Profile:
    """Read a profile and test it against the vocabulary.

    Raises:
        CatalogueError: one issue per unknown key, unknown field, missing field or contradiction.
    """
    raw = read_toml(data, name)
    unfilled = list(_unfilled(raw, name))
    if unfilled:
        raise CatalogueError(*unfilled)
    profile = validate(Profile, raw, name)
    issues = check_profile(profile, name)
    if issues:
        raise CatalogueError(*issues)
    return profile


def _unfilled(raw: dict[str, Any], name: str) -> Iterator[Issue]:
    """Yield an issue per line that a starting profile left open; an empty translation is a choice, and no such line."""
    constants, columns = (raw.get(table) for table in ("constants", "columns"))
    for field, value in constants.items() if isinstance(constants, dict) else ():
        where = Location(file=name, column=f"constants.{field}")
        if value == "" and field == "activity_type":
            yield Issue.error("activity_type_empty", where, allowed=sorted(vocabulary().types))
        elif value == "":
            yield Issue.error("profile_line_empty", where)
    for field, column in columns.items() if isinstance(columns, dict) else ():
        if isinstance(column, dict) and column.get("header") == "":
            yield Issue.error("profile_line_empty", Location(file=name, column=f"columns.{field}.header"))


def attribute_names() -> set[str]:
    """Return the names of all attributes in the vocabulary."""
    return {name for kind in vocabulary().types.values() for name in kind.attributes}


def known_fields() -> list[str]:
    """Return every field that a profile can fill, without the custom ones."""
    return sorted({"quantity", "unit", "activity_type", *PERIOD_FIELDS, *TEXT_FIELDS, *attribute_names()})


def possible_types(profile: Profile) -> list[ActivityType]:
    """Return the types that the profile can give; all of them when the cells name the type themselves."""
    types = vocabulary().types
    column = profile.columns.get("activity_type")
    if column is None:
        named = {profile.constants.get("activity_type", "")}
    elif column.values:
        named = set(column.values.values())
    else:
        return list(types.values())
    return [types[name] for name in sorted(named) if name in types]


def check_profile(profile: Profile, name: str) -> list[Issue]:
    """Return one issue per unknown field, missing field, value outside the vocabulary, or contradiction."""
    issues: list[Issue] = []

    def add(code: str, column: str, **params: Param) -> None:
        issues.append(Issue.error(code, Location(file=name, column=column), **params))

    _fields(profile, add)
    _values(profile, add)
    for field, column in profile.columns.items():
        where = f"columns.{field}"
        if column.personal and field not in PERSONAL_FIELDS and not field.startswith("custom."):
            add("personal_not_allowed", where, field=field, allowed=[*PERSONAL_FIELDS, "custom.<name>"])
        if column.between is not None and field != "quantity":
            add("between_not_quantity", where, field=field)
        if column.values and field == "quantity":
            add("quantity_translated", where)
    personal = {compared(h) for column in profile.columns.values() if column.personal for h in column.header}
    for field, column in profile.columns.items():
        mixed = [h for h in column.header if compared(h) in personal]
        if mixed and not column.personal:
            add("personal_mixed", f"columns.{field}", heading=mixed[0])
    for check in profile.checks:
        for title in (*check.product, check.equals):
            if compared(title) in personal:
                add("personal_mixed", "checks", heading=title)
    for field in profile.unique.fields if profile.unique else ():
        if field not in profile.columns:
            add("field_not_mapped", "unique.fields", field=field, mapped=sorted(profile.columns))
    return issues


Add = Callable[..., None]


def _fields(profile: Profile, add: Add) -> None:
    known = known_fields()
    given = {*profile.columns, *profile.constants}
    for section, fields in (("columns", profile.columns), ("constants", profile.constants)):
        for field in fields:
            custom = field.startswith("custom.") and len(field) > len("custom.")
            if not custom and field not in known:
                closest = get_close_matches(field.casefold(), known, 1)
                add("field_unknown", f"{section}.{field}", closest=closest, known=[*known, "custom.<name>"])
    for field in sorted(set(profile.columns) & set(profile.constants)):
        add("field_twice", f"constants.{field}", field=field)
    if "quantity" not in profile.columns:
        add("field_missing", "columns.quantity", field="quantity")
    for field in ("unit", "activity_type"):
        if field not in given:
            add("field_missing", f"columns.{field}", field=field)
    when = given & set(PERIOD_FIELDS)
    if when not in PERIOD_WAYS:
        add("period_fields", "columns", found=sorted(when))


def _values(profile: Profile, add: Add) -> None:
    types = vocabulary().types
    possible = possible_types(profile)
    for where, field, value in _stated(profile):
        if field == "activity_type" and value not in types:
            add("activity_type_unknown", where, value=value, allowed=sorted(types))
        elif field == "quality" and value not in QUALITIES:
            add("quality_unknown", where, value=value, allowed=list(QUALITIES))
    for field in sorted(attribute_names() & {*profile.columns, *profile.constants}):
        where = f"columns.{field}" if field in profile.columns else f"constants.{field}"
        having = [kind for kind in possible if field in kind.attributes]
        if not having and possible:
            names = sorted({name for kind in possible for name in kind.attributes})
            add("attribute_not_of_type", where, types=[k.id for k in possible], attribute=field, known=names)
            continue
        allowed = sorted({value for kind in having for value in kind.attributes[field].values})
        for place, stated, value in _stated(profile):
            if stated == field and having and value not in allowed:
                add("attribute_value_unknown", place, attribute=field, value=value, allowed=allowed)
    day = date_format(ISO).read
    readers: dict[str, Callable[[str], object]] = {"year": read_year, "period": read_period}
    readers |= {"date": day, "start": day, "end": day}
    for field, value in profile.constants.items():
        read = readers.get(field)
        problem = read(value) if read else None
        if isinstance(problem, Problem):
            add(problem.code, f"constants.{field}", **problem.params)


def _stated(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Yield (place, field, value) for every value that the profile writes; an empty one means: no value."""
    for field, value in profile.constants.items():
        yield f"constants.{field}", field, value
    for field, column in profile.columns.items():
        for value in column.values.values():
            if value:
                yield f"columns.{field}.values", field, value
