"""What differs between two descriptions of an organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from trede.organisation.model import Organisation


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was added, removed or changed.

    `part` is the table of `organisation.toml` (`site`), or the field itself (`country`) with an empty `id`.
    """

    kind: Literal["added", "removed", "changed"]
    part: str
    id: str = ""
    name: str = ""
    fields: tuple[str, ...] = ()
    """Of what was changed: the fields that differ."""


def changes(before: Organisation, after: Organisation) -> list[Change]:
    """Return what changed from one description to the next, in the order of the description; the order of things is none."""
    found: list[Change] = []
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    for part in new:
        if _has_ids(old[part]) and _has_ids(new[part]):
            found += _things(part, {t["id"]: t for t in old[part]}, {t["id"]: t for t in new[part]})
        elif old[part] != new[part]:
            found.append(Change("changed", part))
    return found


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(thing, dict) and "id" in thing for thing in value)


def _things(part: str, old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> list[Change]:
    found = []
    for ident in [*old, *(ident for ident in new if ident not in old)]:
        thing = new.get(ident) or old[ident]
        name = str(thing.get("name", ""))
        if ident not in new:
            found.append(Change("removed", part, ident, name))
        elif ident not in old:
            found.append(Change("added", part, ident, name))
        elif old[ident] != new[ident]:
            fields = tuple(field for field in new[ident] if old[ident].get(field) != new[ident][field])
            found.append(Change("changed", part, ident, name, fields))
    return found
