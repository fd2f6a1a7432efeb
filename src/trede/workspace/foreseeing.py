"""What a next description of the organisation will touch, before it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trede.kernel.periods import Period
from trede.organisation.model import Organisation
from trede.organisation.parts import Entity
from trede.workspace.importing import names_hash
from trede.workspace.workspace import Workspace

_SETTINGS = ("approach", "associates", "lease", "losses", "profile", "split", "money", "uncertainty")
"""Parts of a description that decide amounts in every period."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Periods are written as `trede run` takes them.

    Attributes:
        again: calculated periods, whose runs will rest on an earlier description: they are to be calculated again.
        amounts: those of them whose amounts may differ then.
        published: those of them that are published; what was published stays as it is.
        names: whether names, sites or departments change for files that are taken in after it.
    """

    again: tuple[str, ...]
    amounts: tuple[str, ...]
    published: tuple[str, ...]
    names: bool


def effect_of(workspace: Workspace, after: Organisation) -> Effect:
    """Return what a description will touch when it takes the place of the one in force.

    The part of an entity that counts decides the amounts of the periods in which it changes, the approach and the rules for
    leases, losses, spreading and money those of all. Names, denominators and sources decide none.
    """
    before = workspace.organisation
    if before == after:
        return Effect((), (), (), names=False)
    periods = sorted({run.period for run in workspace.runs()}, key=lambda period: (period.start, period.end))
    everywhere = any(getattr(before, name) != getattr(after, name) for name in _SETTINGS)
    return Effect(
        again=tuple(map(str, periods)),
        amounts=tuple(str(p) for p in periods if everywhere or _boundary_moves(before, after, p)),
        published=tuple(str(p) for p in periods if workspace.publications_of(str(p))),
        names=names_hash(before) != names_hash(after),
    )


def _boundary_moves(before: Organisation, after: Organisation, period: Period) -> bool:
    """Whether in a period another part counts of an entity that both know."""
    old = {entity.id: entity for entity in before.entity}
    return any(
        _counted(old[entity.id], before, period) != _counted(entity, after, period)
        for entity in after.entity
        if entity.id in old
    )


def _counted(entity: Entity, organisation: Organisation, period: Period) -> list[tuple[date, date, Decimal]]:
    """Return what counts of an entity inside a period, from day to day, those in which nothing does left out."""
    if not entity.ownership:
        return [(period.start, period.end, Decimal(1))]
    found = [
        (inside.start, inside.end, each.counted(organisation.approach))
        for each in entity.ownership
        if not each.reversed and (inside := each.days.overlap(period)) is not None
    ]
    return sorted(each for each in found if each[2])
