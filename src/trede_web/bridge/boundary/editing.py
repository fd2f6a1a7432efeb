"""The forms by which a person changes the description: filled from what is there, read back into a proposal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from trede.kernel.errors import TredeError
from trede.organisation.editing import with_facts, with_thing, without_thing
from trede.organisation.model import Organisation
from trede.organisation.writing import to_toml
from trede.workspace import Workspace
from trede_web.bridge.boundary.parts import ABOUT, FIELDS, Field, UnreadError, read_date, read_field, read_number
from trede_web.bridge.boundary.proposing import Proposal, base_of, label_of, propose
from trede_web.bridge.speaking import Voice

Posted = Mapping[str, Sequence[str]]
"""What a form sent: values by name."""

CHOICES = {"yes": True, "no": False, "joint": "joint"}
ROWS = ("from", "to", "share", "controlled", "financial")
"""The fields of a period of ownership."""


@dataclass(frozen=True)
class Input:
    """A field on a form; `options` are values with words, `given` what stands in it, `error` what is wrong with it."""

    name: str
    kind: str
    required: bool
    given: list[str]
    options: list[tuple[str, str]]
    error: str = ""

    @property
    def value(self) -> str:
        """What stands in it, when that is one text."""
        return self.given[0] if self.given else ""


@dataclass(frozen=True)
class OwnedInput:
    """A period of ownership on a form."""

    number: int
    values: dict[str, str]
    errors: dict[str, str]


@dataclass(frozen=True)
class FormPage:
    """A form of one thing. `ident` is empty for a new one."""

    part: str
    ident: str
    name: str
    inputs: list[Input]
    owned: list[OwnedInput]
    base: str

    @property
    def owned_rows(self) -> tuple[str, ...]:
        """The fields of a period of ownership."""
        return ROWS


class UnfitError(Exception):
    """What was sent cannot become a description; `errors` are sentences by field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__()


def thing_form(workspace: Workspace, part: str, ident: str, voice: Voice, wanted: str = "") -> FormPage | None:
    """Return the form of a thing as it is, or of a new one; None: there is no such thing.

    Args:
        wanted: the id that a new one is to have, where files use it already.
    """
    facts = _facts(workspace.organisation, part, ident)
    if facts is None:
        return None
    given = {each.name: _typed(facts.get(each.name)) for each in FIELDS[part]}
    if wanted and not ident:
        given["id"] = [wanted]
    for number, span in enumerate(facts.get("ownership", ()), start=1):
        given |= {f"own-{number}-{name}": _typed(_owned_value(span, name)) for name in ROWS}
    return _form(workspace, part, ident, given, voice, {}, spare=not ident)


def sent_form(
    workspace: Workspace, part: str, ident: str, posted: Posted, voice: Voice, errors: dict[str, str] | None = None
) -> FormPage:
    """Return a form as it was sent, with what is wrong."""
    return _form(workspace, part, ident, posted, voice, errors or {}, spare="more" in posted)


def thing_proposal(workspace: Workspace, part: str, ident: str, posted: Posted, voice: Voice) -> Proposal:
    """Return what a form proposes.

    Raises:
        UnfitError: with what is wrong, field by field.
    """
    require_base(workspace, posted, voice)
    now = workspace.organisation
    values, errors = _read(part, ident, now, posted, voice)
    if errors:
        raise UnfitError(errors)
    try:
        if part == ABOUT:
            after = with_facts(now, values)
        else:
            after = with_thing(now, part, values, ident or None)
        return propose(workspace, to_toml(after), base_of(workspace), voice)
    except TredeError as error:
        raise UnfitError(_placed(error, part, posted, voice)) from error


def removal_proposal(workspace: Workspace, part: str, ident: str, voice: Voice) -> Proposal:
    """Return what taking a thing out proposes.

    Raises:
        UnfitError: something else or a record names it.
    """
    try:
        return propose(
            workspace, to_toml(without_thing(workspace.organisation, part, ident)), base_of(workspace), voice
        )
    except TredeError as error:
        raise UnfitError({"": " ".join(voice.tell(issue) for issue in error.issues)}) from error


def told_with_field(part: str, errors: Mapping[str, str], voice: Voice) -> dict[str, str]:
    """Return what is wrong with the name of its field in front, for the list above a form."""
    found = {}
    for key, text in errors.items():
        label = label_of(part, key, voice) if key in {each.name for each in FIELDS[part]} else ""
        if at := re.fullmatch(r"own-(\d+)-(\w+)", key):
            label = f"{voice.word('owned.period', number=int(at[1]))}, {voice.word('owned_label.' + at[2])}"
        found[key] = f"{label}: {text}" if label else text
    return found


def require_base(workspace: Workspace, posted: Posted, voice: Voice) -> None:
    """Test that a form was made from the description in force, so that nobody's change is written over.

    Raises:
        UnfitError: it was made from an earlier one.
    """
    if (posted.get("base") or [""])[0] != base_of(workspace):
        raise UnfitError({"": voice.word("propose.overtaken")})


def _facts(organisation: Organisation, part: str, ident: str) -> Mapping[str, Any] | None:
    facts = organisation.model_dump(by_alias=True)
    if part == ABOUT:
        return facts
    if not ident:
        country = {"country": organisation.country} if part == "site" else {}
        first = {"entity": organisation.entity[0].id} if part == "site" and len(organisation.entity) == 1 else {}
        return {**country, **first}
    return next((thing for thing in facts[part] if thing["id"] == ident), None)


def _typed(value: Any) -> list[str]:
    """Return a value as it stands in a field."""
    if value is None or value is False:
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, Sequence):
        return [str(each) for each in value]
    return ["1"] if value is True else [value.isoformat() if isinstance(value, date) else str(value)]


def _owned_value(span: Mapping[str, Any], name: str) -> Any:
    value = span.get(name)
    if name == "share" and isinstance(value, Decimal):
        return f"{(value * 100).normalize():f}"
    if name in ("controlled", "financial") and isinstance(value, bool):
        return "yes" if value else "no"
    return value


def _form(
    workspace: Workspace, part: str, ident: str, given: Posted, voice: Voice, errors: dict[str, str], *, spare: bool
) -> FormPage:
    now = workspace.organisation
    inputs = [
        Input(
            each.name, each.kind, each.required, _joined(each, given.get(each.name, [])), _options(each, now, ident, voice),
            errors.get(each.name, ""),
        )
        for each in FIELDS[part]
        if each.kind != "id" or not ident
    ]  # fmt: skip
    numbers = _numbers(given)
    if part == "entity" and (spare or not numbers):
        numbers.append(max(numbers, default=0) + 1)
    owned = [
        OwnedInput(
            n, {name: (given.get(f"own-{n}-{name}") or [""])[0] for name in ROWS},
            {name: errors[key] for name in ROWS if (key := f"own-{n}-{name}") in errors},
        )
        for n in numbers
    ]  # fmt: skip
    name = next((each.value for each in inputs if each.name == "name"), "")
    return FormPage(part, ident, name, inputs, owned if part == "entity" else [], base_of(workspace))


def _joined(each: Field, given: Sequence[str]) -> list[str]:
    return ["\n".join(given)] if each.kind == "names" and given else list(given)


def _options(each: Field, now: Organisation, ident: str, voice: Voice) -> list[tuple[str, str]]:
    if each.kind == "choice":
        return [(choice, voice.word(f"choice.{choice}")) for choice in each.choices]
    if each.kind not in ("one", "several"):
        return []
    known = now.called("department" if each.of == "unit" else "site" if each.of == "site" else "entity")
    return [(key, name) for key, name in known.items() if each.name != "parent" or key != ident]


def _numbers(given: Posted) -> list[int]:
    """Return the numbers of the periods of ownership that a form has."""
    found = {int(match[1]) for key in given if (match := re.fullmatch(r"own-(\d{1,3})-\w+", key))}
    return sorted(found)


def _read(
    part: str, ident: str, now: Organisation, posted: Posted, voice: Voice
) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for each in FIELDS[part]:
        if each.kind == "id" and ident:
            continue
        try:
            values[each.name] = read_field(each, list(posted.get(each.name, ())))
        except UnreadError as error:
            errors[each.name] = voice.word(error.code)
        else:
            if each.required and values[each.name] is None:
                errors[each.name] = voice.word("unread.missing")
    if "id" in values and not values["id"]:
        values["id"] = _new_id(now, part, str(values.get("name") or ""))
    if part == "entity":
        values["ownership"] = _read_owned(posted, errors, voice)
    return values, errors


def _new_id(now: Organisation, part: str, name: str) -> str:
    """Return an id of a name that no other thing of the part has."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or part
    taken = {thing.id for thing in getattr(now, part)}
    return next(each for each in (plain, *(f"{plain}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)


def _read_owned(posted: Posted, errors: dict[str, str], voice: Voice) -> list[dict[str, Any]] | None:
    found = []
    for number in _numbers(posted):
        given = {name: (posted.get(f"own-{number}-{name}") or [""])[0].strip() for name in ROWS}
        if not any(given.values()):
            continue
        span: dict[str, Any] = {}
        for name, text in given.items():
            key = f"own-{number}-{name}"
            if not text:
                if name in ("share", "controlled"):
                    errors[key] = voice.word("unread.missing")
                continue
            try:
                span[name] = _read_owned_field(name, text, voice)
            except UnreadError as error:
                errors[key] = voice.word(error.code)
        found.append(span)
    return found or None


def _read_owned_field(name: str, text: str, voice: Voice) -> Any:
    if name in ("from", "to"):
        return read_date(text)
    if name == "share":
        return read_number(text, voice.language) / 100
    if text not in CHOICES:
        raise UnreadError("unread.missing")
    return CHOICES[text]


AT: Mapping[str, str] = {"organisation_name_twice": "name", "organisation_id_twice": "id"}
"""Issues that name a thing as a whole → the field that is meant."""


def _placed(error: TredeError, part: str, posted: Posted, voice: Voice) -> dict[str, str]:
    """Return what the library refuses, at the field of the form that it is about."""
    names = {each.name for each in FIELDS[part]}
    filled = [n for n in _numbers(posted) if any((posted.get(f"own-{n}-{name}") or [""])[0].strip() for name in ROWS)]
    found: dict[str, str] = {}
    for issue in error.issues:
        column = issue.location.column or ""
        last = re.split(r"[.\]]", column)[-1]
        key = last if last in names else AT.get(issue.code, "")
        if at := re.search(r"ownership(?:\[(\d+)\]|\.(\d+))\.?(\w*)", column):
            index = int(at[1]) - 1 if at[1] else int(at[2])
            number = filled[index] if index < len(filled) else 1
            key = f"own-{number}-{at[3] if at[3] in ROWS else 'from'}"
        text = voice.tell(issue)
        found[key] = f"{found[key]} {text}" if key in found else text
    return found
