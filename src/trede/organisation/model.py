"""The description of an organisation, from `organisation.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from trede.kernel.models import Strict
from trede.kernel.periods import Period
from trede.organisation.parts import (
    Approach,
    Certainty,
    Country,
    Denominator,
    Entity,
    Lease,
    Losses,
    Money,
    Profile,
    Project,
    Site,
    Source,
    Unit,
)

DAYS = "days"
"""The rule of a type of activity that `split` does not name: by days."""


Belonging = Literal["entity", "site", "project", "department"]
"""What a record belongs to; a department is a unit of the description."""


class Organisation(Strict):
    """One organisation, consolidated by one approach.

    `associates`: where scope 1 and 2 of an entity go that a control approach leaves out and the organisation owns a part of.
    """

    name: str
    country: Country = "NL"
    approach: Approach = "operational-control"
    associates: Literal["outside", "category-15"] = "outside"
    entity: tuple[Entity, ...]
    losses: Losses | None = None
    site: tuple[Site, ...] = ()
    lease: tuple[Lease, ...] = ()
    unit: tuple[Unit, ...] = ()
    project: tuple[Project, ...] = ()
    source: tuple[Source, ...] = ()
    denominator: tuple[Denominator, ...] = ()
    profile: tuple[Profile, ...] = ()
    money: Money = Money()
    uncertainty: Certainty = Certainty()
    split: dict[str, str] = {}
    """Activity type → how its records are spread over a border of periods: `days`, or the id of a profile."""

    @property
    def site_names(self) -> Mapping[str, str]:
        """Every name by which a file may call a site (case-folded) → its id."""
        return _names(self.site)

    @property
    def entity_names(self) -> Mapping[str, str]:
        """Every name by which a file may call an entity (case-folded) → its id."""
        return _names(self.entity)

    @property
    def project_names(self) -> Mapping[str, str]:
        """Every name by which a file may call a project (case-folded) → its id."""
        return _names(self.project)

    @property
    def department_names(self) -> Mapping[str, str]:
        """Every name by which a file may call a unit (case-folded) → its id."""
        return _names(self.unit)

    @property
    def departments_of_projects(self) -> Mapping[str, str]:
        """Project → the unit that does it; a project without one is not named."""
        return {project.id: project.unit for project in self.project if project.unit}

    def called(self, what: Belonging) -> Mapping[str, str]:
        """Return the names of entities, sites, projects or departments by id, in the order of the description."""
        tables: Mapping[Belonging, Iterable[Entity | Site | Unit | Project]] = {
            "entity": self.entity, "site": self.site, "project": self.project, "department": self.unit,
        }  # fmt: skip
        return {thing.id: thing.name for thing in tables[what]}

    def entity_of(self, site: str | None) -> str:
        """Return the entity of a site; without a site, the first entity."""
        return next((s.entity for s in self.site if s.id == site), self.entity[0].id)

    def counts_at(self, site: str, period: Period) -> bool:
        """Whether anything of a site may count on a day of a period: it is open, and its entity is inside the boundary.

        A site that the description does not have counts, and so does one whose entity's part goes to category 15.
        """
        found = next((each for each in self.site if each.id == site), None)
        if found is None:
            return True
        owner = next((each for each in self.entity if each.id == found.entity), None)
        return found.is_open(period) and (owner is None or self._has_part(owner, period))

    def _has_part(self, entity: Entity, period: Period) -> bool:
        return not entity.ownership or any(
            each.counted(self.approach) > 0 or (self.associates == "category-15" and each.share > 0)
            for each in entity.ownership
            if not each.reversed and each.days.overlap(period) is not None
        )

    def country_of(self, site: str | None) -> str:
        """Return the country of a site; without a site, the organisation's."""
        return next((s.country for s in self.site if s.id == site), self.country)


def _names(things: Iterable[Entity | Site | Unit | Project]) -> dict[str, str]:
    return {name.strip().casefold(): thing.id for thing in things for name in (thing.id, thing.name, *thing.aliases)}
