"""What the queue of a year asks, by kind of question: how much of it there is, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from trede.workspace import Workspace
from trede.workspace.queue import Open, kind_of, open_matches
from trede.workspace.unknown import unknown_values
from trede_web.bridge.intake.meaning import questions
from trede_web.bridge.speaking import Voice

WEIGHED = 20
"""Texts of which it is worked out what their rows are worth; of more the queue does that."""
Kind = Literal["value", "unmatched", "doubt", "category"]
_KINDS: dict[str, Kind] = {"match": "unmatched", "doubt": "doubt", "category": "category"}


@dataclass(frozen=True)
class Group:
    """The questions of one kind: the meaning of texts in files, records without a factor, doubtful accounts, categories."""

    kind: Kind
    name: str
    """The text that most is at stake of; empty where what is asked has no text."""
    first: str
    """The id of the first question in the queue; empty when there are many texts."""
    questions: int
    rows: int
    mg: int | None
    """What they would come to, as far as that is known; it ranks."""


def asked_of(workspace: Workspace, year: int, voice: Voice, *, calculated: bool) -> list[Group]:
    """Return what a year asks; what is settled or asks nothing is left out.

    Args:
        calculated: whether to look at what the calculation of the year asks, beside the texts without a meaning.
    """
    run = workspace.calculated_run(str(year)) if calculated else None
    groups = _texts(workspace, voice)
    left = [each for each in (open_matches(workspace, run) if run else ()) if each.settled is None]
    for kind, name in _KINDS.items():
        same = [each for each in left if kind_of(each.waiting) == kind]
        if same:
            groups.append(_group(name, same))
    return groups


def _texts(workspace: Workspace, voice: Voice) -> list[Group]:
    found = unknown_values(workspace)
    if len(found) > WEIGHED:
        return [Group("value", found[0].text, "", len(found), sum(each.rows for each in found), None)]
    asked = questions(workspace, voice)
    if not asked:
        return []
    first, rows = asked[0].unknown, sum(each.unknown.rows for each in asked)
    return [Group("value", first.text, first.id, len(asked), rows, _sum(each.worth.mg for each in asked))]


def _group(kind: Kind, same: list[Open]) -> Group:
    rows = sum(each.waiting.records for each in same)
    return Group(kind, "", same[0].waiting.id, len(same), rows, _sum(each.stake for each in same))


def _sum(found: Iterable[int | None]) -> int | None:
    known = [mg for mg in found if mg is not None]
    return sum(known) if known else None
