"""Saying how a footprint is divided over receivers: what a form has, its shares, and the text that is recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.text import slugify

from trede.catalogue.vocabulary import vocabulary
from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue
from trede.organisation.allocation import RECEIVERS, Allocation, Selection
from trede.organisation.decisions import Allocate
from trede.workspace import Workspace
from trede.workspace.allocating import allocations, read_allocation
from trede_web.bridge.amounts import read_amount
from trede_web.bridge.figures import part_of
from trede_web.bridge.results.dividing import called, in_force
from trede_web.bridge.speaking import Told, Voice

KINDS = RECEIVERS
"""What emissions are divided over."""
NATURES = ("physical", "economic")
ROWS, MORE, MOST = 8, 8, 400
"""Rows of an empty form, that are added at once, and at most."""
LONGEST = 300
CHOSEN = ("sources", "sites", "entities", "projects", "departments")
"""Fields of a selection that the form offers; the others are kept as they were."""
Sent = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Line:
    """A receiver with its key, as typed."""

    name: str
    key: str


@dataclass(frozen=True)
class Draft:
    """What a form has, in the reader's own words. `base` is the decision in force when it was opened; empty of a new one."""

    id: str
    title: str
    start: str
    end: str
    receiver: str
    key: str
    nature: str
    basis: str
    whole: str
    lines: list[Line]
    of: dict[str, list[str]]
    base: str


@dataclass(frozen=True)
class ShareShown:
    """A receiver with its key and its share, before it is recorded."""

    name: str
    key: str
    share: str
    bar: float


@dataclass(frozen=True)
class Checked:
    """A draft that can be recorded: its shares, which come to the whole, and the text of the allocation."""

    id: str
    text: str
    shares: list[ShareShown]
    left: ShareShown | None
    total: str
    told: list[Told]
    overtaken: bool
    """Whether somebody else changed it since the form was opened."""
    of: list[tuple[str, str]] = field(default_factory=list)
    """What is divided: field and names; nothing when everything is."""


def draft_now(workspace: Workspace, ident: str, year: int, voice: Voice) -> Draft:
    """Return the allocation in force as a form begins with it; an empty form when there is none of this id."""
    found = next((each for each in allocations(workspace) if each.id == ident), None)
    if found is None:
        return Draft("", "", f"{year}-01-01", f"{year}-12-31", "customer", "", "physical", "", "", [], {}, "")
    names = called(workspace, found.receiver)
    lines = [Line(names.get(name, name), voice.number(key.normalize())) for name, key in found.receivers.items()]
    whole = "" if found.whole is None else voice.number(found.whole.normalize())
    of = {name: list(getattr(found.of, name)) for name in Selection.model_fields}
    return Draft(
        found.id, found.title, str(found.start), str(found.end), found.receiver, found.key, found.nature, found.basis,
        whole, lines, of, in_force(workspace)[ident][0],
    )  # fmt: skip


def draft_sent(sent: Sent) -> Draft:
    """Return what somebody sent; rows without a receiver and a key are left out."""

    def first(name: str) -> str:
        return (sent.get(name) or [""])[0].strip()[:LONGEST]

    names, keys = list(sent.get("name") or [])[:MOST], list(sent.get("amount") or [])[:MOST]
    lines = [Line(name.strip()[:LONGEST], key.strip()[:40]) for name, key in zip(names, keys, strict=False)]
    of = {name: [each[:LONGEST] for each in (sent.get(f"of-{name}") or [])] for name in Selection.model_fields}
    return Draft(
        id=first("id"), title=first("title"), start=first("start"), end=first("end"), receiver=first("receiver"),
        key=first("key"), nature=first("nature"), basis=first("basis"), whole=first("whole"),
        lines=[line for line in lines if line.name or line.key], of=of, base=first("base"),
    )  # fmt: skip


def rows_of(draft: Draft, *, more: bool) -> list[Line]:
    """Return the rows of a form: those that are filled, and some empty ones."""
    filled = len(draft.lines)
    wanted = max(ROWS, filled + (MORE if more else 2))
    return [*draft.lines, *[Line("", "")] * (min(wanted, MOST) - filled)]


def check_draft(
    workspace: Workspace, draft: Draft, voice: Voice, numbers: Voice | None = None
) -> tuple[Checked | None, dict[str, str]]:
    """Return what a draft comes to; when it cannot be recorded None, and what is wrong by field.

    Args:
        numbers: in whose language numbers are written, when it is not that of the answer.
    """
    errors, values = _read(draft, voice, numbers or voice)
    if errors:
        return None, errors
    ident = draft.id or _new_id(workspace, draft.title)
    text = _text(ident, draft, values)
    try:
        found = read_allocation(workspace, text.encode(), f"{ident}.toml")
    except TredeError as error:
        for issue in error.issues:
            errors.setdefault(_field_of(issue), voice.tell(issue))
        return None, errors
    said = found.allocation
    now = in_force(workspace).get(ident)
    names = called(workspace, said.receiver)
    left = said.total - sum(said.receivers.values(), Decimal(0))
    shares = [_share(names.get(name, name), key, said, voice) for name, key in said.receivers.items()]
    return Checked(
        ident, text, shares, _share("", left, said, voice) if left else None, voice.number(said.total.normalize()),
        voice.told_all(found.issues), (now[0] if now else "") != draft.base, _chosen(workspace, said, voice),
    ), {}  # fmt: skip


def _share(name: str, key: Decimal, said: Allocation, voice: Voice) -> ShareShown:
    bar = part_of(int(key.scaleb(9)), int(said.total.scaleb(9)))
    return ShareShown(name, voice.number(key.normalize()), voice.percent(key / said.total, 1), bar)


def _read(draft: Draft, voice: Voice, numbers: Voice) -> tuple[dict[str, str], dict[str, Decimal]]:
    """Return what is wrong by field before the library looks at it, and the keys as numbers by the text that was typed."""
    errors: dict[str, str] = {}
    for name in ("title", "key", "basis"):
        if not getattr(draft, name):
            errors[name] = _needed(name, voice)
    for name in ("start", "end"):
        try:
            date.fromisoformat(getattr(draft, name))
        except ValueError:
            errors[name] = voice.word("divide.no_day")
    if draft.receiver not in KINDS:
        errors["receiver"] = _needed("receiver", voice)
    if draft.nature not in NATURES:
        errors["nature"] = _needed("nature", voice)
    wrong, values = _keys(draft.lines, voice, numbers)
    if wrong:
        errors["receivers"] = wrong
    whole = read_amount(draft.whole, numbers) if draft.whole else None
    if draft.whole and whole is None:
        errors["whole"] = voice.word("divide.no_number")
    if whole is not None:
        values[draft.whole] = whole
    return errors, values


def _needed(name: str, voice: Voice) -> str:
    label = voice.word(f"divide_field.{name}")
    return voice.word("divide.needed", field=label)


def _keys(lines: Sequence[Line], voice: Voice, numbers: Voice) -> tuple[str, dict[str, Decimal]]:
    """Return what is wrong with the receivers, and the keys as numbers by the text that was typed."""
    values: dict[str, Decimal] = {}
    for line in lines:
        found = read_amount(line.key, numbers)
        if not line.name:
            return voice.word("divide.no_name", key=line.key), values
        if found is None:
            return voice.word("divide.no_key", name=line.name), values
        values[line.key] = found
    folded = [line.name.casefold() for line in lines]
    twice = next((line.name for line in lines if folded.count(line.name.casefold()) > 1), "")
    if twice:
        return voice.word("divide.twice", name=twice), values
    return "" if lines else voice.word("divide.no_receivers"), values


def _new_id(workspace: Workspace, title: str) -> str:
    """Return an id for a new allocation that none in force has."""
    known = {each.id for each in allocations(workspace)}
    begin = slugify(title)[:40].replace("_", "-").strip("-") or "division"
    begin = re.sub("-+", "-", begin)
    return next(
        name
        for number in range(1, len(known) + 2)
        if (name := begin if number == 1 else f"{begin}-{number}") not in known
    )


def _text(ident: str, draft: Draft, values: Mapping[str, Decimal]) -> str:
    """Write a draft as an allocation (TOML)."""

    def quoted(text: str) -> str:
        return json.dumps(text, ensure_ascii=False).replace("\x7f", "")

    lines = [f"id = {quoted(ident)}", f"title = {quoted(draft.title)}", f"start = {draft.start}", f"end = {draft.end}"]
    lines += [f"{name} = {quoted(getattr(draft, name))}" for name in ("key", "nature", "basis", "receiver")]
    lines += [f'whole = "{values[draft.whole]:f}"'] if draft.whole else []
    chosen = {name: given for name, given in draft.of.items() if given}
    lines += ["[of]", *(f"{name} = [{', '.join(map(quoted, given))}]" for name, given in chosen.items())]
    lines += ["[receivers]", *(f'{quoted(line.name)} = "{values[line.key]:f}"' for line in draft.lines)]
    return "\n".join(lines) + "\n"


def _field_of(issue: Issue) -> str:
    """Return the field of the form that an issue is about."""
    column = (issue.location.column or "").partition(".")[0]
    return (
        column
        if column in ("title", "start", "end", "key", "nature", "basis", "receiver", "whole", "of")
        else "receivers"
    )


def division(workspace: Workspace, asked: Mapping[str, Any], why: Mapping[str, Any]) -> Allocate:
    """Return the decision that a job asks for.

    Raises:
        TredeError: what `read_allocation` says.
    """
    name = f"{asked['allocation']}.toml"
    found = read_allocation(workspace, asked["text"].encode(), name)
    return Allocate(name=name, allocation=found.allocation, **why)


def _chosen(workspace: Workspace, said: Allocation, voice: Voice) -> list[tuple[str, str]]:
    """Return what is divided, in words."""
    offered = {name: dict(choices) for name, choices in offers(workspace)}
    types = vocabulary()
    found = []
    for name in Selection.model_fields:
        given = getattr(said.of, name)
        names = offered.get(name, {})
        shown = [
            types[each].name.get(voice.language)
            if name == "activity_types" and each in types
            else names.get(each, each)
            for each in given
        ]
        if shown:
            found.append((name, ", ".join(shown)))
    return found


def offers(workspace: Workspace) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return by field of a selection what can be chosen: id and name; fields with nothing to choose are left out."""
    organisation = workspace.organisation
    sources = {source.id: source.name for source in organisation.source}
    sources |= {batch.source: batch.source for batch in workspace.active_batches() if batch.source not in sources}
    found: dict[str, Mapping[str, str]] = {
        "sources": sources, "sites": organisation.called("site"), "entities": organisation.called("entity"),
        "projects": organisation.called("project"), "departments": organisation.called("department"),
    }  # fmt: skip
    return [(name, list(found[name].items())) for name in CHOSEN if found[name]]


def known_receivers(workspace: Workspace) -> list[str]:
    """Return the names that the organisation knows: its projects, departments, entities and sites."""
    kinds: tuple[Any, ...] = ("project", "department", "entity", "site")
    return sorted({name for kind in kinds for name in workspace.organisation.called(kind).values()}, key=str.casefold)
