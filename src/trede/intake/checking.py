"""Loading a profile: reading it, and testing it against the vocabulary before any file is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import partial
from typing import Any

from trede.catalogue.vocabulary import ActivityType, Attribute, Vocabulary, vocabulary
from trede.intake.comparing import compared
from trede.intake.dates import date_format, read_period, read_year
from trede.intake.fields import METER_FIELDS, PERIOD_FIELDS, QUALITIES, READING_KINDS, TEXT_FIELDS
from trede.intake.figures import CUSTOM, input_names, read_input
from trede.intake.numbers import read_number
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.kernel.errors import CatalogueError, TredeError
from trede.kernel.issues import Issue, Location, Param
from trede.kernel.models import read_toml, validate

PERSONAL_FIELDS = ("project", "meter", "vehicle", "person", "supplier", "note")
"""Fields that may hold a pseudonym, beside custom ones; the others must stay readable to be matched."""

PERIOD_WAYS = ({"date"}, {"start", "end"}, {"year"}, {"period"})

ISO = "yyyy-mm-dd"
"""The format of dates in a profile's constants."""


def load_profile(data: bytes, name: str, words: Vocabulary | None = None) -> Profile:
    """Read a profile and test it against the vocabulary.

    Args:
        words: the activity types that it may name; None: those that ship.

    Raises:
        CatalogueError: one issue per unknown key, unknown field, missing field or contradiction.
    """
    words = words or vocabulary()
    raw = read_toml(data, name)
    unfilled = list(_unfilled(raw, name, words))
    if unfilled:
        raise CatalogueError(*unfilled)
    profile = validate(Profile, raw, name)
    issues = check_profile(profile, name, words)
    if issues:
        raise CatalogueError(*issues)
    return profile


def _unfilled(raw: dict[str, Any], name: str, words: Vocabulary) -> Iterator[Issue]:
    """Yield an issue per line that a starting profile left open; an empty translation is a choice, and no such line."""
    constants, columns = (raw.get(table) for table in ("constants", "columns"))
    for field, value in constants.items() if isinstance(constants, dict) else ():
        where = Location(file=name, column=f"constants.{field}")
        if value == "" and field == "activity_type":
            yield Issue.error("activity_type_empty", where, allowed=sorted(words.types))
        elif value == "":
            yield Issue.error("profile_line_empty", where)
    for field, column in columns.items() if isinstance(columns, dict) else ():
        if isinstance(column, dict) and column.get("header") == "":
            yield Issue.error("profile_line_empty", Location(file=name, column=f"columns.{field}.header"))
    readings = raw.get("readings")
    if isinstance(readings, dict) and readings.get("taken") == "":
        yield Issue.error("readings_taken_empty", Location(file=name, column="readings.taken"))


def attribute_names(words: Vocabulary) -> set[str]:
    """Return the names of all attributes in a vocabulary."""
    return {name for kind in words.types.values() for name in kind.attributes}


def known_fields(words: Vocabulary) -> list[str]:
    """Return every field that a profile can fill, without the custom ones."""
    own = {"quantity", "factor", "uncertainty", "unit", "activity_type"}
    return sorted({*own, *PERIOD_FIELDS, *TEXT_FIELDS, *METER_FIELDS, *attribute_names(words), *input_names(words)})


def spread_fields(profile: Profile) -> set[str]:
    """Return the fields that headings of a cross-tab give."""
    return {field for spread in (profile.crosstab.spread if profile.crosstab else ()) for field in spread.gives}


def possible_types(profile: Profile, words: Vocabulary) -> list[ActivityType]:
    """Return the types that the profile can give; all of them when the cells name the type themselves."""
    types = words.types
    column = profile.columns.get("activity_type")
    if "activity_type" in spread_fields(profile):
        named = {value for _, field, value in _stated(profile) if field == "activity_type"}
    elif column is None:
        named = {profile.constants.get("activity_type", "")}
    elif column.values:
        named = set(column.values.values())
    else:
        return list(types.values())
    return [types[name] for name in sorted(named) if name in types]


def check_profile(profile: Profile, name: str, words: Vocabulary) -> list[Issue]:
    """Return one issue per unknown field, missing field, value outside the vocabulary, or contradiction."""
    issues: list[Issue] = []

    def add(code: str, column: str, **params: Param) -> None:
        issues.append(Issue.error(code, Location(file=name, column=column), **params))

    _fields(profile, words, add)
    _shape(profile, add)
    _values(profile, words, add)
    for field, column in profile.columns.items():
        where = f"columns.{field}"
        if column.personal and field not in PERSONAL_FIELDS and not field.startswith("custom."):
            add("personal_not_allowed", where, field=field, allowed=[*PERSONAL_FIELDS, "custom.<name>"])
        if column.between is not None and field != "quantity":
            add("between_not_quantity", where, field=field)
        if column.minus is not None and field != "quantity":
            add("minus_not_quantity", where, field=field)
        if column.values and field == "quantity":
            add("quantity_translated", where)
    personal = {compared(h) for column in profile.columns.values() if column.personal for h in column.header}
    for field, column in profile.columns.items():
        mixed = [h for h in column.header if compared(h) in personal]
        if mixed and not column.personal:
            add("personal_mixed", f"columns.{field}", heading=mixed[0])
    read = [("checks", title) for check in profile.checks for title in (*check.product, check.equals)]
    read += [("columns.quantity.minus", title) for column in profile.columns.values() for title in column.minus or ()]
    for where, title in read:
        if compared(title) in personal:
            add("personal_mixed", where, heading=title)
    for field in profile.unique.fields if profile.unique else ():
        if field not in profile.columns:
            add("field_not_mapped", "unique.fields", field=field, mapped=sorted(profile.columns))
    return issues


Add = Callable[..., None]


def _fields(profile: Profile, words: Vocabulary, add: Add) -> None:
    known = known_fields(words)
    given = {*profile.columns, *profile.constants, *spread_fields(profile)}
    sections = {"columns": [*profile.columns], "constants": [*profile.constants]}
    for section, fields in (sections | {"crosstab.spread": sorted(spread_fields(profile))}).items():
        for field in fields:
            custom = field.startswith("custom.") and len(field) > len("custom.")
            if not custom and field not in known:
                closest = get_close_matches(field.casefold(), known, 1)
                add("field_unknown", f"{section}.{field}", closest=closest, known=[*known, "custom.<name>"])
    for field in sorted(set(profile.columns) & set(profile.constants)):
        add("field_twice", f"constants.{field}", field=field)
    for field in sorted(spread_fields(profile) & {*profile.columns, *profile.constants}):
        add("field_twice", f"crosstab.spread.{field}", field=field)
    if profile.amount is not None and profile.amount not in profile.columns:
        add("field_missing", f"columns.{profile.amount}", field=profile.amount)
    for field, value in profile.constants.items():
        if "factor" not in given and any(
            kind.factor_asked_by({field: value}) for kind in possible_types(profile, words)
        ):
            add("factor_missing", f"constants.{field}", attribute=field, value=value)
    for field in ("unit", "activity_type"):
        if field not in given:
            add("field_missing", f"columns.{field}", field=field)
    when = given & set(PERIOD_FIELDS)
    if profile.crosstab is not None and profile.crosstab.periods:
        when = (when - {"year"}) | {"period"}
    if when not in PERIOD_WAYS:
        add("period_fields", "columns", found=sorted(when))


def _shape(profile: Profile, add: Add) -> None:
    """Test what a cross-tab and meter readings ask for and exclude."""
    given = {*profile.columns, *profile.constants}
    excluded: list[str] = []
    if profile.readings is None:
        excluded += [f"columns.{field}" for field in METER_FIELDS if field in given]
    else:
        if "meter" not in given:
            add("field_missing", "columns.meter", field="meter")
        if given & set(PERIOD_FIELDS) != {"date"}:
            add("readings_need_date", "columns.date", found=sorted(given & set(PERIOD_FIELDS)))
        excluded += ["totals"] if profile.totals else []
        excluded += ["crosstab"] if profile.crosstab else []
    if profile.crosstab is not None or profile.readings is not None:
        excluded += [f"columns.{field}" for field in ("quantity",) if field in given]
        excluded += ["unique"] if profile.unique else []
        excluded += ["checks"] if profile.checks else []
    for section in excluded:
        add("section_excluded", section, shape=_shape_name(profile))
    if profile.crosstab is not None and profile.crosstab.periods:
        for spread in profile.crosstab.spread:
            if "period" not in spread.gives:
                add("spread_without_period", "crosstab.spread", heading=spread.header)


def _shape_name(profile: Profile) -> str:
    """Return the section that makes the file what it is, or none."""
    return "[readings]" if profile.readings else "[crosstab]" if profile.crosstab else "-"


def _values(profile: Profile, words: Vocabulary, add: Add) -> None:
    types = words.types
    possible = possible_types(profile, words)
    for where, field, value in _stated(profile):
        if field == "activity_type" and value not in types:
            add("activity_type_unknown", where, value=value, allowed=sorted(types))
        elif field == "quality" and value not in QUALITIES:
            add("quality_unknown", where, value=value, allowed=list(QUALITIES))
        elif field == "reading_kind" and value not in READING_KINDS:
            add("reading_kind_unknown", where, value=value, allowed=list(READING_KINDS))
    for field in sorted(attribute_names(words) & {*profile.columns, *profile.constants, *spread_fields(profile)}):
        section = "columns" if field in profile.columns else "constants"
        where = f"{section}.{field}" if field in {*profile.columns, *profile.constants} else f"crosstab.spread.{field}"
        having = [kind for kind in possible if field in kind.attributes]
        if not having and possible:
            names = sorted({name for kind in possible for name in kind.attributes})
            add("attribute_not_of_type", where, types=[k.id for k in possible], attribute=field, known=names)
            continue
        if any(kind.attributes[field].values_from for kind in having):
            continue  # an open attribute: its codes are tested with the row's classification
        allowed = sorted({value for kind in having for value in kind.attributes[field].values})
        for place, stated, value in _stated(profile):
            if stated == field and having and not any(_reads(kind.attributes[field], field, value) for kind in having):
                add("attribute_value_unknown", place, attribute=field, value=value, allowed=allowed)
    _inputs(profile, words, possible, add)
    day = date_format(ISO).read
    readers: dict[str, Callable[[str], object]] = {"year": read_year, "period": read_period}
    readers |= {"date": day, "start": day, "end": day}
    readers |= dict.fromkeys(("factor", "uncertainty"), partial(read_number, decimal="."))
    for where, field, value in _stated(profile):
        read = None if where.startswith("columns.") else readers.get(field)
        problem = read(value) if read else None
        if isinstance(problem, Problem):
            add(problem.code, where, **problem.params)


def _reads(attribute: Attribute, name: str, value: str) -> bool:
    """Whether a value, as a profile writes it, is one of an attribute's: in small letters, or codes of its table."""
    if attribute.codes is None:
        return value in attribute.values
    try:
        return bool(attribute.read(name, value))
    except TredeError:
        return False


def _inputs(profile: Profile, words: Vocabulary, possible: list[ActivityType], add: Add) -> None:
    """Test the inputs: each of a possible type, a constant within its bounds, none missing that every type needs."""
    given = {*profile.columns, *profile.constants, *spread_fields(profile)}
    for field in sorted(input_names(words) & given):
        section = "columns" if field in profile.columns else "constants"
        having = [kind for kind in possible if field in kind.inputs]
        if not having and possible and not field.startswith(CUSTOM):
            names = sorted({name for kind in possible for name in kind.inputs})
            add("input_not_of_type", f"{section}.{field}", types=[k.id for k in possible], input=field, known=names)
        for kind in having if field in profile.constants else ():
            problem = read_input(kind.inputs[field], profile.constants[field], ".")
            if isinstance(problem, Problem):
                add(problem.code, f"constants.{field}", **problem.params)
    lacking = {name for kind in possible for name, i in kind.inputs.items() if i.needed and name not in given}
    if possible and lacking and all(any(name in kind.inputs for name in lacking) for kind in possible):
        add("inputs_missing", "columns", types=[kind.id for kind in possible], inputs=sorted(lacking))


def _stated(profile: Profile) -> Iterator[tuple[str, str, str]]:
    """Yield (place, field, value) for every value that the profile writes; an empty one means: no value."""
    for field, value in profile.constants.items():
        yield f"constants.{field}", field, value
    for field, column in profile.columns.items():
        for value in column.values.values():
            if value:
                yield f"columns.{field}.values", field, value
    for spread in profile.crosstab.spread if profile.crosstab else ():
        for field, value in spread.gives.items():
            yield f"crosstab.spread.{field}", field, value
