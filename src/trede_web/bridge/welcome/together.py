"""Several organisations added up under one standard and basis: each figure is the organisation's own, and the sum is of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trede.inventory.footprint import footprint_of
from trede.workspace import Workspace
from trede_web.bridge.books import View, views
from trede_web.bridge.figures import Figure
from trede_web.bridge.results.footprint import titled
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class Part:
    """What one organisation adds in a year. `headings` come to `total`, by the id of the heading."""

    run: str
    published: bool
    approach: str
    gwp: str
    total: Figure
    headings: dict[str, Figure]


@dataclass(frozen=True)
class Sum:
    """What organisations come to together: the headings of the first level that any has, in the order of the standard."""

    names: list[tuple[str, str]]
    """Id and name of each heading."""
    headings: list[Figure]
    total: Figure
    notes: list[str]


def part_of(workspace: Workspace, year: int, view: View) -> Part | None:
    """Return what an organisation adds in a year; None when it is not calculated."""
    run = workspace.run_of(str(year))
    if run is None:
        return None
    found, at = footprint_of(run, view.standard, view.basis), f"{run.id}/{view.name}"
    headings = {
        line.heading.id: Figure(line.mg, f"{at}/{line.heading.id}")
        for line in found.lines
        if line.depth == 0 and (line.mg or line.accounts)
    }
    published = bool(workspace.publications_of(str(year)))
    return Part(run.id, published, str(run.spec.get("approach", "")), run.gwp, Figure(found.total, at), headings)


def add_up(named: Sequence[tuple[str, Part]], view: View, voice: Voice) -> Sum:
    """Add up what organisations are in a year, and say what should be known of the sum.

    Args:
        named: each organisation by name, with its part.
    """
    parts = [part for _, part in named]
    names = [
        (each.id, each.name.get(voice.language))
        for each in view.standard.headings
        if any(each.id in part.headings for part in parts)
    ]
    sums = [sum(part.headings[ident].mg for part in parts if ident in part.headings) for ident, _ in names]
    at = f"together/{view.name}"
    headings = [Figure(mg, f"{at}/{ident}") for (ident, _), mg in zip(names, sums, strict=True)]
    return Sum(names, headings, Figure(sum(part.total.mg for part in parts), at), _notes(named, voice))


def _notes(named: Sequence[tuple[str, Part]], voice: Voice) -> list[str]:
    if len(named) < 2:
        return []
    notes = [voice.word("together.no_consolidation")]
    ways = {part.approach for _, part in named}
    if len(ways) > 1:
        told = [f"{name}: {voice.word(f'approach.{part.approach}')}" for name, part in named if part.approach]
        notes.append(voice.word("together.approaches", names="; ".join(told)))
    sets = {part.gwp for _, part in named}
    if len(sets) > 1:
        notes.append(voice.word("together.gwp", names="; ".join(f"{name}: {part.gwp}" for name, part in named)))
    open_names = [name for name, part in named if not part.published]
    if open_names:
        notes.append(voice.word("together.drafts", names=", ".join(open_names)))
    return notes


def choices(view: View, voice: Voice) -> list[tuple[str, str, bool]]:
    """Return every standard and basis: name in the address, words, whether it is this one."""
    return [(each.name, titled(each, voice), each.name == view.name) for each in views()]
