"""The description of an organisation, from `organisation.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import model_validator

from trede.kernel.models import Strict, read_toml, validate
from trede.kernel.periods import Period


class Entity(Strict):
    """A legal entity."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


class Site(Strict):
    """A place with its own meters or its own count."""

    id: str
    name: str
    entity: str
    aliases: tuple[str, ...] = ()
    country: str = "NL"
    opened: date | None = None
    closed: date | None = None

    def is_open(self, year: int) -> bool:
        """Whether the site is open on any day of a year."""
        period = Period.year(year)
        return (self.opened is None or self.opened <= period.end) and (
            self.closed is None or self.closed >= period.start
        )


class Source(Strict):
    """A source of activity data that is expected each year; `id` is the `source` of its profile."""

    id: str
    name: str
    from_year: int
    to_year: int | None = None

    def expected(self, year: int) -> bool:
        """Whether the source is expected in a year."""
        return self.from_year <= year <= (self.to_year or year)


class Organisation(Strict):
    """One organisation. Its consolidation approach is operational control: what it operates counts in full."""

    name: str
    country: str = "NL"
    approach: Literal["operational-control"] = "operational-control"
    entity: tuple[Entity, ...]
    site: tuple[Site, ...] = ()
    source: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Organisation:
        for things in (self.entity, self.site, self.source):
            ids = [thing.id for thing in things]
            if len(ids) != len(set(ids)):
                raise ValueError(f"an id stands twice in {ids}")
        entities = {entity.id for entity in self.entity}
        for site in self.site:
            if site.entity not in entities:
                raise ValueError(f"site {site.id} names the unknown entity {site.entity}")
        _names(self.site)
        _names(self.entity)
        return self

    @property
    def site_names(self) -> Mapping[str, str]:
        """Every name by which a file may call a site (case-folded) → its id."""
        return _names(self.site)

    @property
    def entity_names(self) -> Mapping[str, str]:
        """Every name by which a file may call an entity (case-folded) → its id."""
        return _names(self.entity)

    def entity_of(self, site: str | None) -> str:
        """Return the entity of a site; without a site, the first entity."""
        return next((s.entity for s in self.site if s.id == site), self.entity[0].id)

    def country_of(self, site: str | None) -> str:
        """Return the country of a site; without a site, the organisation's."""
        return next((s.country for s in self.site if s.id == site), self.country)


def _names(things: tuple[Site, ...] | tuple[Entity, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for thing in things:
        for name in {thing.id, thing.name, *thing.aliases}:
            key = name.strip().casefold()
            if found.setdefault(key, thing.id) != thing.id:
                raise ValueError(f"the name {name} stands for two of them")
    return found


def load_organisation(data: bytes, name: str) -> Organisation:
    """Read `organisation.toml`.

    Raises:
        CatalogueError: `toml_unreadable` or `field_invalid`.
    """
    return validate(Organisation, read_toml(data, name), name)
