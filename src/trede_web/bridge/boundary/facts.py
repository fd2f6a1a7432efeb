"""The description by part as data, and changes of it as data: what the forms do, for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trede.organisation.editing import with_facts, with_thing, without_thing
from trede.organisation.writing import to_toml
from trede.workspace import Workspace
from trede_web.bridge.boundary.parts import ABOUT, PARTS
from trede_web.bridge.boundary.proposing import Proposal, base_of, propose
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class PartFacts:
    """A part of the description in force, as `organisation.toml` has it; `base` is the id of that description."""

    part: str
    base: str
    things: list[dict[str, Any]]


@dataclass(frozen=True)
class Change:
    """One change: of the thing `ident` (empty: a new one) these values, None takes a field out; or the thing goes."""

    part: str
    ident: str
    values: Mapping[str, Any]
    remove: bool


def part_facts(workspace: Workspace, part: str) -> PartFacts:
    """Return the things of a part; of the organisation itself one thing, its own fields."""
    facts = workspace.organisation.model_dump(mode="json", by_alias=True, exclude_none=True)
    own = {name: value for name, value in facts.items() if name not in PARTS and not isinstance(value, list | dict)}
    return PartFacts(part, base_of(workspace), [own] if part == ABOUT else facts[part])


def changed(workspace: Workspace, changes: Sequence[Change], voice: Voice) -> Proposal:
    """Return what changes propose, made one after the other.

    Raises:
        TredeError: `organisation_reference_unknown`, `field_invalid`, or what else the library finds wrong.
    """
    after = workspace.organisation
    for each in changes:
        if each.remove:
            after = without_thing(after, each.part, each.ident)
        elif each.part == ABOUT:
            after = with_facts(after, each.values)
        else:
            after = with_thing(after, each.part, each.values, each.ident or None)
    return propose(workspace, to_toml(after), base_of(workspace), voice)
