"""The checklist before a footprint is made public, and what was published."""

from __future__ import annotations

from dataclasses import dataclass

from trede.catalogue.standards import standards
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.publishing import missing_months, obstacles, proposal
from trede.workspace.running import freshness
from trede_web.bridge.answers import NotReadyError
from trede_web.bridge.doubles import open_doubles
from trede_web.bridge.figures import Figure
from trede_web.bridge.speaking import Told, Voice


@dataclass(frozen=True)
class PublicationShown:
    """One publication."""

    version: int
    person: str
    day: str
    reason: str
    run: str
    totals: list[tuple[str, Figure]]
    incomplete: str


@dataclass(frozen=True)
class Checklist:
    """What stands between a year and its publication, and what was published before.

    `months` are the gaps that a reason may account for.
    """

    run: str
    obstacles: list[Told]
    months: list[str]
    publications: list[PublicationShown]
    ready: bool
    """Whether it is known what counts twice; until then the obstacles are not all."""
    differs: bool
    """Whether a later calculation of a published year says something else."""
    moved: bool
    """Whether files, lists or decisions changed since the last calculation, so that nobody knows whether it would."""


def checklist(workspace: Workspace, year: int, voice: Voice) -> Checklist:
    """Return the checklist of a year."""
    period = Period.year(year)
    run = workspace.calculated_run(str(year))
    earlier = workspace.publications_of(str(year))
    doubles = _doubles(workspace, period) if run is not None else {}
    found = list(obstacles(workspace, run, accepted=True, doubles=doubles or {})) if run is not None else []
    months = [
        voice.word("publish.gap", source=gap.name, site=gap.site or "–", months=[f"{month:%m}" for month in gap.gaps])
        for gap in missing_months(workspace, period)
    ]
    shown = [
        PublicationShown(
            each.publication.version, each.publication.person, voice.day(each.publication.made_at.date()),
            each.publication.reason, each.publication.run,
            [
                (
                    f"{standards()[t.standard].name.get(voice.language)}, {voice.say('basis_of.' + t.basis)}",
                    Figure(t.mg, f"{each.publication.run}/{standards()[t.standard].short}:{t.basis}"),
                )
                for t in each.publication.totals
                if t.standard in standards()
            ],
            each.publication.incomplete or "",
        )
        for each in earlier
    ]  # fmt: skip
    moved = run is not None and freshness(workspace, run) == "stale"
    differs = says_other(workspace, str(year))
    return Checklist(
        run.id if run else "", voice.told_all(found), months, shown[::-1], doubles is not None, differs, moved
    )


def says_other(workspace: Workspace, period: str) -> bool:
    """Whether a later calculation of a period says something else than what was published of it."""
    return proposal(workspace, period) is not None


def _doubles(workspace: Workspace, period: Period) -> dict[str, int] | None:
    try:
        return open_doubles(workspace, period)
    except NotReadyError:
        return None
