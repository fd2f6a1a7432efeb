"""Before a calculation: whether it would say something new, and which years have no factor list of their own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from trede.catalogue.bindings import HOME
from trede.catalogue.papers import LibraryPapers
from trede.catalogue.vocabulary import Vocabulary
from trede.inventory.unmatched import Group as Left
from trede.inventory.unmatched import sort_unmatched
from trede.workspace import Workspace
from trede.workspace.running import freshness
from trede_web.bridge.ledger.attributes import called_in
from trede_web.bridge.speaking import Told, Voice


@dataclass(frozen=True)
class ListChoice:
    """A factor list that can be pinned."""

    id: str
    title: str


@dataclass(frozen=True)
class Group:
    """Records that post nothing for want of a factor."""

    name: str
    attributes: str
    facts: str
    """The attributes that have another value than the usual one, in words."""
    year: int
    count: int


@dataclass(frozen=True)
class Calculating:
    """Everything on the page of a calculation."""

    run: str
    made: str
    fresh: str
    """`never`, `current`, `older-version` or `stale`."""
    records: int
    issues: list[Told]
    unmatched: list[Group]
    lists: list[ListChoice]
    pins: list[tuple[str, str]]
    listless: bool
    """Whether the year has no list: none is its own, none was chosen."""


def calculating(workspace: Workspace, year: int, voice: Voice) -> Calculating:
    """Return where the calculation of a year stands."""
    run = workspace.calculated_run(str(year))
    words = workspace.known_of(run.spec).vocabulary if run else workspace.words
    decisions = workspace.decisions.in_force()
    left = sort_unmatched(run.table("unmatched"), decisions).left if run else []
    titles = {name: workspace.libraries.papers(name).title for name in workspace.libraries}
    pins = [
        (titles.get(r.decision.library, r.decision.library), f"{r.decision.person}: {r.decision.reason}")
        for r in decisions
        if r.decision.kind == "pin" and year in r.decision.years
    ]
    return Calculating(
        run=run.id if run else "", made=str(run.made["made_at"])[:10] if run else "",
        fresh=freshness(workspace, run) if run else "never", records=int(run.result["records"]) if run else 0,
        issues=voice.told_all(run.issues) if run else [],
        unmatched=[
            Group(
                words[g.activity_type].name.get(voice.language), g.attributes, _told(g, words, voice), g.year, g.records
            )
            for g in left
        ],
        lists=lists(workspace), pins=pins,
        listless=not pins and not any(_of_year(papers, year) for papers in _usable(workspace)),
    )  # fmt: skip


def _told(group: Left, words: Vocabulary, voice: Voice) -> str:
    """Say which records they are: the values of their attributes that are not the usual ones."""
    values, known = json.loads(group.attributes), words[group.activity_type].attributes
    return ", ".join(
        str(called_in(values, name, voice)) for name in values if name in known and values[name] != known[name].default
    )


def _of_year(papers: LibraryPapers, year: int) -> bool:
    """Whether a list is one of the country of the tool's users, where most records are, and meant for all of a year."""
    return papers.geography == HOME and papers.valid_from <= date(year, 1, 1) and date(year, 12, 31) <= papers.valid_to


def lists(workspace: Workspace) -> list[ListChoice]:
    """Return the factor lists that may be pinned: no second-hand ones."""
    return [ListChoice(each.id, each.title) for each in _usable(workspace)]


def _usable(workspace: Workspace) -> list[LibraryPapers]:
    papers = [workspace.libraries.papers(name) for name in workspace.libraries]
    usable = [each for each in papers if each.kind != "secondhand" and each.spend is None]
    return sorted(usable, key=lambda p: (p.geography != HOME, p.id))
