"""Long lists of activity types in parts, by what they come under in the GHG Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from trede.catalogue.grouping import headings_of_types
from trede.catalogue.standards import standards
from trede_web.bridge.speaking import Voice

STANDARD = "ghg-protocol"
NAMED = 3
"""Categories that the name of a part spells out at most."""
Option = tuple[str, str]


def grouped(field: str, choices: Sequence[Option], voice: Voice) -> list[tuple[str, list[Option]]]:
    """Return the values of a field in parts, each with its name; of other fields than the activity type one without a name."""
    if field != "activity_type":
        return [("", list(choices))]
    known = headings_of_types(STANDARD)
    under = {value: known.get(value, ("own",)) for value, _ in choices}
    parts: dict[str, list[Option]] = {_name(part, voice): [] for part in sorted(set(under.values()), key=_place)}
    for value, name in choices:
        parts[_name(under[value], voice)].append((value, name))
    return list(parts.items())


@cache
def _order() -> dict[str, int]:
    return {heading.id: number for number, heading in enumerate(standards()[STANDARD].headings)}


def _place(part: tuple[str, ...]) -> tuple[int, int, tuple[int, ...]]:
    """Return where a part stands: by scope, in it first what comes under one heading; the organisation's own models last."""
    places = tuple(_order().get(heading, len(_order())) for heading in part)
    scope = int(part[0][6]) if part and part[0] in _order() else 9
    return scope, len(part), places


def _name(part: tuple[str, ...], voice: Voice) -> str:
    if not part:
        return voice.word("types.outside")
    if part == ("own",):
        return voice.word("types.own")
    found = [standards()[STANDARD].heading(heading) for heading in part]
    if {heading.parent for heading in found} == {None}:
        return found[0].name.get(voice.language)
    scope = standards()[STANDARD].heading(str(found[0].parent)).name.get(voice.language)
    names = [heading.name.get(voice.language) for heading in found]
    if len(names) == 1:
        return f"{scope} · {names[0]}"
    if len(names) > NAMED:
        return f"{scope} · {voice.word('types.several')}"
    numbers = [heading.id.rpartition(".")[2] for heading in found]
    spoken = ", ".join(name.partition(": ")[2] for name in names)
    return f"{scope} · {voice.word('types.either', numbers=', '.join(numbers))}: {spoken}"
