"""A proposed description: what it changes, before and after, and what that touches; nothing is stored yet."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trede.organisation.changes import changes
from trede.organisation.model import Organisation
from trede.organisation.writing import has_comments
from trede.report.writing import NO_BREAK
from trede.workspace import Workspace
from trede.workspace.describing import require_described, require_named
from trede.workspace.foreseeing import Effect, effect_of
from trede_web.bridge.speaking import Voice, words

NAME = "organisation.toml"
POINTING = frozenset({"entity", "parent", "site", "sites", "unit"})
"""Fields that hold the id of another thing."""
CHOSEN = frozenset(
    {"approach", "associates", "frequency", "kind", "asset", "role", "financial", "quality", "formula", "order"}
)
"""Fields that hold one of a few values, which have words: `choice.` and the value."""


@dataclass(frozen=True)
class Line:
    """A field before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Changed:
    """A thing that is added, removed or changed; `part` is its table, or the field itself."""

    kind: str
    part: str
    name: str
    lines: list[Line]


@dataclass(frozen=True)
class Proposal:
    """What is to be checked before it is stored.

    `description` is the text in base64, so that it comes back from a form byte for byte; `base` is the id of the description
    that it was made from; `loses_comments`: comments that somebody wrote by hand go away.
    """

    description: str
    base: str
    changes: list[Changed]
    effect: Effect
    loses_comments: bool


def propose(workspace: Workspace, description: bytes, base: str, voice: Voice) -> Proposal:
    """Return what a description changes.

    Raises:
        TredeError: what is wrong in it, or that records name what it leaves out.
    """
    after = require_described(description, NAME)
    before = workspace.organisation
    require_named(workspace.active_batches(), changes(before, after), NAME)
    latest = workspace.organisation_versions.latest()
    loses = latest is not None and has_comments(latest.read()) and not has_comments(description)
    return Proposal(
        base64.b64encode(description).decode(),
        base,
        differences(before, after, voice),
        effect_of(workspace, after),
        loses,
    )


def base_of(workspace: Workspace) -> str:
    """Return the id of the description in force."""
    latest = workspace.organisation_versions.latest()
    return latest.id if latest else ""


def differences(before: Organisation, after: Organisation, voice: Voice) -> list[Changed]:
    """Return what changed from one description to the next, field by field."""
    old, new = (each.model_dump(by_alias=True) for each in (before, after))
    names = _names(after) | _names(before)
    found = []
    for change in changes(before, after):
        sides = [_thing(facts, change.part, change.id) for facts in (old, new)]
        fields = dict.fromkeys(name for side in sides for name in side)
        lines = [
            Line(label_of(change.part, name, voice), *texts)
            for name in fields
            if (texts := [shown(name, side.get(name), voice, names) for side in sides])[0] != texts[1]
        ]
        found.append(Changed(change.kind, change.part, change.name or change.id, lines))
    return found


def _thing(facts: Mapping[str, Any], part: str, ident: str) -> Mapping[str, Any]:
    if not ident:
        return {part: facts.get(part)}
    return next((thing for thing in facts[part] if thing["id"] == ident), {})


def _names(organisation: Organisation) -> dict[str, str]:
    """Return the names of what fields point to, by id."""
    return {**organisation.called("entity"), **organisation.called("site"), **organisation.called("department")}


def label_of(part: str, name: str, voice: Voice) -> str:
    """Return what a field is called in a part of the description; a field that no form has by its own name."""
    known = words(voice.language)
    return next((known[code] for code in (f"label.{part}.{name}", f"label.{name}") if code in known), name)


def shown(name: str, value: Any, voice: Voice, names: Mapping[str, str]) -> str:
    """Write the value of a field of the description; nothing when it was not said.

    Args:
        names: of things that fields point to, by id.
    """
    if value is None or value in ("", (), [], {}):
        return ""
    if isinstance(value, bool):
        return voice.value(value)
    if isinstance(value, Decimal):
        return voice.number(value * 100) + NO_BREAK + "%" if name == "share" else voice.number(value)
    if isinstance(value, date):
        return voice.day(value)
    if isinstance(value, Mapping):
        parts = {label_of("", each, voice): shown(each, inner, voice, names) for each, inner in value.items()}
        return ", ".join(f"{label} {text}" for label, text in parts.items() if text)
    if isinstance(value, Sequence) and not isinstance(value, str):
        apart = any(isinstance(each, Mapping) or "," in str(each) for each in value)
        separator = "; " if apart else ", "
        return separator.join(shown(name, each, voice, names) for each in value)
    if name in POINTING and str(value) in names:
        return names[str(value)]
    return words(voice.language).get(f"choice.{value}", str(value)) if name in CHOSEN else str(value)
