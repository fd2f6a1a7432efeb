"""Which column means what: a draft of a profile, and the draft that a form which a person filled in gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from trede.workspace.drafting import codes_of
from trede_web.bridge.intake.fields import PERSONAL, PLACES, WHEN, Fields, units_of

if TYPE_CHECKING:
    from trede.catalogue.vocabulary import ActivityType

Draft = dict[str, Any]
ASIDE, TOTAL = "-aside", "-total"
"""What a column of a cross-tab may be beside a field: not read, or the sum of its row."""
MINUS = "-minus"
"""What a column may be beside a field: it is taken off the quantity, as credit is off debit."""
OWN = "custom"
"""The choice for a column that is kept beside the record under its own name."""
OPTIONAL = frozenset({"project", "department", "credit_of", "supplier", "uncertainty", "rating", "note", "document"})
"""Fields whose cells may be empty."""


LEAVE_OUT = "-leave-out"
"""Instead of a meaning: rows with this text are no activity."""


def field_of(draft: Draft, heading: str) -> str:
    """Return the first field that a heading fills; of a cross-tab also what else it is; nothing when it is not used."""
    fields = fields_of(draft, heading)
    if fields:
        return fields[0]
    if _plain(heading) in map(_plain, draft.get("columns", {}).get("quantity", {}).get("minus", ())):
        return MINUS
    crosstab = draft.get("crosstab", {})
    return TOTAL if heading in crosstab.get("total", []) else ASIDE if heading in crosstab.get("aside", []) else ""


def fields_of(draft: Draft, heading: str) -> list[str]:
    """Return all fields that a heading fills."""
    wanted = _plain(heading)
    columns = draft.get("columns", {}).items()
    return [name for name, column in columns if wanted in map(_plain, column["header"]) and wanted]


def types_of(draft: Draft, known: Mapping[str, ActivityType]) -> list[ActivityType]:
    """Return the activity types that a draft names."""
    column = draft.get("columns", {}).get("activity_type", {})
    named = [draft.get("constants", {}).get("activity_type", ""), *column.get("values", {}).values()]
    return [known[name] for name in dict.fromkeys(named) if name in known]


def filled_in(
    draft: Draft, look: Mapping[str, Any], form: Mapping[str, str], fields: Fields, chosen: Mapping[str, Any],
    began_with: str = "",
) -> Draft:  # fmt: skip
    """Return the draft that a form gives.

    Args:
        draft: what it was; what the form does not show, such as checks within rows, stays.
        look: what the library saw in the file.
        form: the answers by name: `column-3`, `own-3`, `value-3-0`, `constant-unit`, `title`, `source`.
        chosen: settings of the file that a person chose.
        began_with: the saved profile that this is another version of.
    """
    file = draft.get("file", {}) if began_with else look["draft"].get("file", {})
    made = {**draft, "file": {**file, **chosen}, "columns": dict(_columns(draft, look, form, fields))}
    made["columns"] = _two_sided(made["columns"], draft, look, form)
    if "crosstab" in draft:
        made["crosstab"] = _crosstab(draft, look, form)
    made["constants"] = _constants(made, form, fields)
    made = _coded(made, look, form, fields)
    if types := types_of(made, fields.types):
        no_use = _attributes(fields) - _own(
            types
        )  # a column guessed before the type was chosen, which knows no such attribute
        made["columns"] = {field: column for field, column in made["columns"].items() if field not in no_use}
    for name in ("title", "source"):
        if name in form:
            made[name] = " ".join(form[name].split())
    made["source"] = slug(made.get("source", "")) or made.get("source", "")
    made["id"] = began_with or slug(made.get("title", "")) or "profile"
    if "meter_reading" in made["columns"] and "crosstab" not in made:
        taken = form.get("taken", draft.get("readings", {}).get("taken", ""))
        made["readings"] = {**draft.get("readings", {}), "taken": taken}
        made.pop("totals", None)
    else:
        made.pop("readings", None)
    headings = {column["heading"] for column in look["columns"]}
    made["totals"] = [total for total in made.get("totals", []) if total["column"] in headings]
    if "unique" in made and not set(made["unique"]["fields"]) <= set(made["columns"]):
        made.pop("unique")
    made = {key: value for key, value in made.items() if value not in ([], None)}
    return completed(made, look, fields)


def completed(draft: Draft, look: Mapping[str, Any], fields: Fields) -> Draft:
    """Return a draft in which a column with translations also lists the texts that need none: a list is closed."""
    types = types_of(draft, fields.types)
    columns = dict(draft["columns"])
    for seen in look["columns"]:
        for field in fields_of(draft, seen["heading"]):
            values = columns[field].get("values", {})
            plain = {_plain(text) for text in (*values, *columns[field].get("leave_out", []))}
            if values and "*" not in values and fields.choices(field, types):
                texts = [text for text in seen["values"] if _plain(text) not in plain]
                own = {text: known for text in texts if (known := fields.understood(field, text, types))}
                columns[field] = {**columns[field], "values": {**values, **own}}
    return {**draft, "columns": columns}


def _columns(
    draft: Draft, look: Mapping[str, Any], form: Mapping[str, str], fields: Fields
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each field is read from; of two columns for one field the first."""
    done: set[str] = set()
    before = draft.get("columns", {})
    for number, seen in enumerate(look["columns"]):
        heading = seen["heading"]
        had = fields_of(draft, heading)
        field = form.get(f"column-{number}", field_of(draft, heading))
        if field == OWN:
            field = f"{OWN}.{slug(heading) or number}"
        if not heading or not field or field in (ASIDE, TOTAL, MINUS) or field in done:
            continue
        column = dict(before.get(field, {})) if field in had else {}
        column["header"] = column.get("header") or [heading]
        if f"column-{number}" in form:
            column["personal"] = f"own-{number}" in form and may_be_personal(field)
        column["optional"] = column.get("optional", field in OPTIONAL or field.startswith(OWN))
        allowed = {place for place, _ in fields.choices(field, ())} if field in PLACES else None
        said = dict(_values(column, seen, number, form))
        column["values"] = {t: v for t, v in said.items() if v != LEAVE_OUT and (allowed is None or v in allowed)}
        column["leave_out"] = [
            text for text, value in said.items() if value == LEAVE_OUT and not column.get("personal")
        ]
        done.add(field)
        yield field, {key: value for key, value in column.items() if value not in (False, {}, [])}
        for further in had[1:]:
            if further not in done:
                done.add(further)
                yield further, before[further]


def _two_sided(
    columns: dict[str, Any], draft: Draft, look: Mapping[str, Any], form: Mapping[str, str]
) -> dict[str, Any]:
    """Return the columns with the one that is taken off the quantity; without a quantity yet it waits for one."""
    taken = [
        seen["heading"]
        for number, seen in enumerate(look["columns"])
        if seen["heading"] and form.get(f"column-{number}", field_of(draft, seen["heading"])) == MINUS
    ]
    if "crosstab" in draft or "meter_reading" in columns:
        return columns
    quantity = {key: value for key, value in columns.get("quantity", {"header": [""]}).items() if key != "minus"}
    if taken:
        return {**columns, "quantity": {**quantity, "minus": taken[:1]}}
    return {**columns, "quantity": quantity} if "quantity" in columns else columns


def _coded(made: Draft, look: Mapping[str, Any], form: Mapping[str, str], fields: Fields) -> Draft:
    """Return a draft that says what the codes of what was bought are, as their heading or form tells: a first guess, to be seen.

    Of another activity a column of codes is not used.
    """
    types = types_of(made, fields.types)
    columns, constants = made["columns"], made["constants"]
    code, classification = "code", "classification"
    if types and code in columns and not any(code in kind.attributes for kind in types):
        columns = {name: column for name, column in columns.items() if name != code}
    elif types and code in columns and not constants.get(classification) and f"constant-{classification}" not in form:
        seen = next((each for each in look["columns"] if code in fields_of(made, each["heading"])), None)
        told = codes_of(seen["heading"], seen["values"]) if seen and classification not in columns else None
        constants = {**constants, classification: told} if told else constants
    return {**made, "columns": columns, "constants": constants}


def _values(
    column: Mapping[str, Any], seen: Mapping[str, Any], number: int, form: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the translations: those that the form does not show as they were, and those that it gives."""
    shown = {
        text: form[f"value-{number}-{n}"] for n, text in enumerate(seen["values"]) if f"value-{number}-{n}" in form
    }
    plain = {_plain(text) for text in shown}
    had = {**column.get("values", {}), **dict.fromkeys(column.get("leave_out", ()), LEAVE_OUT)}
    yield from ((text, value) for text, value in had.items() if _plain(text) not in plain)
    yield from ((text, value) for text, value in shown.items() if value)


def _crosstab(draft: Draft, look: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, Any]:
    """Return the section of a cross-tab: every heading that is no field and no period is named."""
    made: dict[str, Any] = {**draft["crosstab"], "total": [], "aside": []}
    for number, seen in enumerate(look["columns"]):
        if seen["heading"] and not seen["period"]:
            choice = form.get(f"column-{number}", field_of(draft, seen["heading"]))
            if choice in (TOTAL, ASIDE, ""):
                made["total" if choice == TOTAL else "aside"].append(seen["heading"])
    if "blanks" in form:
        made["blanks"] = form["blanks"].split()
    return {key: value for key, value in made.items() if value != []}


def _constants(draft: Draft, form: Mapping[str, str], fields: Fields) -> dict[str, str]:
    """Return the constants: what stands in a column is none."""
    given = {name.removeprefix("constant-"): text for name, text in form.items() if name.startswith("constant-")}
    constants = {**draft.get("constants", {}), **{name: " ".join(text.split()) for name, text in given.items()}}
    columns = draft["columns"]
    trial = {**draft, "constants": constants}
    types = types_of(trial, fields.types)
    own = _own(types)
    units = {unit.casefold() for kind in types for unit in units_of(kind)}
    if types and units and constants.get("unit", "").casefold() not in units:
        constants["unit"] = ""
    if "factor" in given:
        constants["factor"] = given["factor"].strip().replace(",", ".") if asks_factor(constants, types) else ""
    fixed = {"activity_type", "unit", "site", "quality", "meter", "year", "entity"}
    timed = set(columns) & WHEN
    return {
        name: value
        for name, value in constants.items()
        if name not in columns
        and (name in own or name in fixed or name not in _attributes(fields))
        and not (name == "year" and timed)
        and (value or name in ("activity_type", "unit", "year"))
    }


def _own(types: Iterable[ActivityType]) -> set[str]:
    return {name for kind in types for name in (*kind.attributes, *kind.inputs)}


def asks_factor(constants: Mapping[str, str], types: Iterable[ActivityType]) -> bool:
    """Whether what holds for the whole file asks for a factor of the meter, such as the correction of gas as it was metered."""
    return any(kind.factor_asked_by(constants) for kind in types)


def _attributes(fields: Fields) -> set[str]:
    return {name for kind in fields.types.values() for name in (*kind.attributes, *kind.inputs)}


def may_be_personal(field: str) -> bool:
    """Whether a field can be kept as a pseudonym."""
    return field in PERSONAL or field.startswith(f"{OWN}.")


def slug(text: str) -> str:
    """Return a text as an id: small letters, digits and hyphens."""
    return re.sub("[^a-z0-9]+", "-", text.casefold()).strip("-")[:60]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
