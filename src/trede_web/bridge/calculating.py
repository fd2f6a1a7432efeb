"""Before a calculation: whether it would say something new, and which years have no factor list of their own."""

from __future__ import annotations

from dataclasses import dataclass

from trede.inventory.unmatched import sort_unmatched
from trede.workspace import Workspace
from trede.workspace.running import freshness
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


def calculating(workspace: Workspace, year: int, voice: Voice) -> Calculating:
    """Return where the calculation of a year stands."""
    run = workspace.calculated_run(str(year))
    words = workspace.known_of(run.spec).vocabulary if run else workspace.words
    decisions = workspace.decisions.in_force()
    left = sort_unmatched(run.table("unmatched"), decisions).left if run else []
    return Calculating(
        run=run.id if run else "", made=str(run.made["made_at"])[:10] if run else "",
        fresh=freshness(workspace, run) if run else "never", records=int(run.result["records"]) if run else 0,
        issues=voice.told_all(run.issues) if run else [],
        unmatched=[
            Group(words[g.activity_type].name.get(voice.language), g.attributes, g.year, g.records) for g in left
        ],
        lists=lists(workspace),
        pins=[
            (r.decision.library, f"{r.decision.person}: {r.decision.reason}")
            for r in decisions
            if r.decision.kind == "pin" and year in r.decision.years
        ],
    )  # fmt: skip


def lists(workspace: Workspace) -> list[ListChoice]:
    """Return the factor lists that may be pinned: no second-hand ones."""
    papers = [workspace.libraries.papers(name) for name in workspace.libraries]
    usable = [each for each in papers if each.kind != "secondhand" and each.spend is None]
    return [ListChoice(each.id, each.title) for each in sorted(usable, key=lambda p: (p.geography != "NL", p.id))]
