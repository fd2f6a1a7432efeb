"""The checklist before a footprint is made public, and what was published."""

from __future__ import annotations

from dataclasses import dataclass

from trede.catalogue.standards import standards
from trede.inventory.publication import Publication, Total
from trede.kernel.periods import Period
from trede.workspace import Workspace
from trede.workspace.publishing import Proposal, missing_months, obstacles, proposal
from trede.workspace.running import freshness
from trede_web.bridge.figures import Figure
from trede_web.bridge.jobs.answers import NotReadyError
from trede_web.bridge.ledger.doubles import open_doubles
from trede_web.bridge.results.causes import signed
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
class Restated:
    """A total as it was published, as a later calculation has it, and the difference in tonnes."""

    name: str
    before: Figure
    after: Figure
    change: str


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
    changes: list[Restated]
    """The published totals beside those of the later calculation; nothing when it says the same."""


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
            [(_titled(t, voice), _figure(t, each.publication.run)) for t in _known(each.publication)],
            each.publication.incomplete or "",
        )
        for each in earlier
    ]  # fmt: skip
    moved = run is not None and freshness(workspace, run) == "stale"
    later = proposal(workspace, str(year))
    changes = [] if later is None else _changes(later, voice)
    return Checklist(
        run.id if run else "", voice.told_all(found), months, shown[::-1], doubles is not None, later is not None, moved, changes
    )  # fmt: skip


def _known(publication: Publication) -> list[Total]:
    return [total for total in publication.totals if total.standard in standards()]


def _titled(total: Total, voice: Voice) -> str:
    return f"{standards()[total.standard].name.get(voice.language)}, {voice.say('basis_of.' + total.basis)}"


def _figure(total: Total, run: str, more: int = 0) -> Figure:
    return Figure(total.mg + more, f"{run}/{standards()[total.standard].short}:{total.basis}")


def _changes(later: Proposal, voice: Voice) -> list[Restated]:
    before = later.published.publication
    return [
        Restated(
            _titled(total, voice), _figure(total, before.run), _figure(total, later.run.id, change),
            signed(voice.tonnes(change), change),
        )
        for total in _known(before)
        if (change := later.changes.get((total.standard, total.basis))) is not None
    ]  # fmt: skip


def says_other(workspace: Workspace, period: str) -> bool:
    """Whether a later calculation of a period says something else than what was published of it."""
    return proposal(workspace, period) is not None


def _doubles(workspace: Workspace, period: Period) -> dict[str, int] | None:
    try:
        return open_doubles(workspace, period)
    except NotReadyError:
        return None
