"""Changing a description: a new one with a thing added, changed or taken out, tested as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Location
from trede.kernel.models import validate
from trede.organisation.checking import check
from trede.organisation.model import Organisation

NAME = "organisation.toml"
"""What issues call the description."""


def with_facts(organisation: Organisation, values: Mapping[str, Any]) -> Organisation:
    """Return the description with other fields of its own, such as `approach`; None takes a field out.

    Raises:
        CatalogueError: `field_invalid`, or what `checking.check` finds.
    """
    return _tested(_merged(_facts(organisation), values))


def with_thing(
    organisation: Organisation, part: str, values: Mapping[str, Any], ident: str | None = None
) -> Organisation:
    """Return the description with a thing added, or changed.

    Args:
        part: the table of `organisation.toml`, such as `site`.
        values: its fields by the names of the file; None takes a field out, those not named stay as they are.
        ident: the id of the thing to change; None adds one at the end.

    Raises:
        CatalogueError: `organisation_reference_unknown` when there is none with this id, `field_invalid`, or what
            `checking.check` finds.
    """
    facts = _facts(organisation)
    things = facts.setdefault(part, [])
    if ident is None:
        things.append(_merged({}, values))
    else:
        at = _place(things, part, ident)
        things[at] = _merged(things[at], values)
    return _tested(facts)


def without_thing(organisation: Organisation, part: str, ident: str) -> Organisation:
    """Return the description without a thing; what names it is an error.

    Raises:
        CatalogueError: as `with_thing` does.
    """
    facts = _facts(organisation)
    things = facts.get(part, [])
    del things[_place(things, part, ident)]
    return _tested(facts)


def _facts(organisation: Organisation) -> dict[str, Any]:
    found = organisation.model_dump(by_alias=True, exclude_unset=True, exclude_none=True)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _merged(before: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**before, **values}.items() if value is not None}


def _place(things: list[dict[str, Any]], part: str, ident: str) -> int:
    known = [thing["id"] for thing in things]
    if ident not in known:
        where = Location(file=NAME, column=part)
        raise CatalogueError.of("organisation_reference_unknown", where, value=ident, known=known)
    return known.index(ident)


def _tested(facts: dict[str, Any]) -> Organisation:
    found = validate(Organisation, facts, NAME)
    if issues := list(check(found, NAME)):
        raise CatalogueError.from_issues(issues)
    return found
