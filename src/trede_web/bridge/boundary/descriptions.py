"""Earlier descriptions: when each was stored, by whom and why, what it changed, and its text."""

from __future__ import annotations

from dataclasses import dataclass

from trede.organisation.reading import load_organisation
from trede.workspace import Workspace
from trede.workspace.descriptions import Description
from trede.workspace.descriptions import descriptions as stored
from trede_web.bridge.boundary.proposing import Changed, differences
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class DescriptionLine:
    """A stored description; day, person and reason are empty where nobody said them."""

    number: int
    day: str
    person: str
    reason: str


@dataclass(frozen=True)
class DescriptionPage:
    """A description with its text and what it changed from the one before it."""

    line: DescriptionLine
    text: str
    changes: list[Changed]


def descriptions(workspace: Workspace, voice: Voice) -> list[DescriptionLine]:
    """Return every stored description, the newest first."""
    return [_line(each, voice) for each in reversed(stored(workspace))]


def description_page(workspace: Workspace, number: int, voice: Voice) -> DescriptionPage | None:
    """Return a stored description; None: there is none of this number."""
    known = {each.version.number: each for each in stored(workspace)}
    if number not in known:
        return None
    data = known[number].version.read()
    before = known.get(number - 1)
    changed = (
        differences(load_organisation(before.version.read(), "before"), load_organisation(data, "after"), voice)
        if before
        else []
    )
    return DescriptionPage(_line(known[number], voice), data.decode("utf-8-sig"), changed)


def description_text(workspace: Workspace, number: int) -> bytes | None:
    """Return the bytes of a stored description; None: there is none of this number."""
    return next((v.read() for v in workspace.organisation_versions.all() if v.number == number), None)


def _line(each: Description, voice: Voice) -> DescriptionLine:
    day = voice.day(each.made_at.date()) if each.made_at else ""
    return DescriptionLine(each.version.number, day, each.person, each.reason)
