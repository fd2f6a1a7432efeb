"""What a description of an organisation must keep beyond its fields: each finding names the place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from trede.kernel.errors import TredeError
from trede.kernel.issues import Issue, Location
from trede.organisation.model import Organisation
from trede.organisation.parts import Denominator, Entity, Lease, Profile, Project, Site, Source, Span, Unit

Thing = Entity | Site | Lease | Unit | Project | Source | Denominator | Profile
Named = Entity | Site | Unit | Project


def check(organisation: Organisation, name: str) -> Iterator[Issue]:
    """Yield an issue for each contradiction in a description; `name` is the file's.

    Codes: `entity_missing`, `ownership_financial_missing`, `lease_without_site`, `organisation_id_twice`,
    `organisation_name_twice`,
    `organisation_reference_unknown`, `organisation_dates_reversed`, `ownership_overlaps`, `organisation_parent_circle`,
    `denominator_value_twice`, `split_profile_unknown`, `profile_empty`, and those of an unreadable period.
    """
    o = organisation
    if not o.entity:
        yield Issue.error("entity_missing", Location(file=name, column="entity"))
    tables: tuple[tuple[str, Sequence[Thing]], ...] = (
        ("entity", o.entity), ("site", o.site), ("lease", o.lease), ("unit", o.unit), ("project", o.project),
        ("source", o.source), ("denominator", o.denominator), ("profile", o.profile),
    )  # fmt: skip
    for table, things in tables:
        yield from _ids_once(name, table, things)
    named: tuple[tuple[str, Sequence[Named]], ...] = (
        ("entity", o.entity), ("site", o.site), ("unit", o.unit), ("project", o.project),
    )  # fmt: skip
    for table, called in named:
        yield from _names_once(name, table, called)
    yield from _references(o, name)
    yield from _parents(name, "entity", o.entity)
    yield from _parents(name, "unit", o.unit)
    yield from _dates(o, name)
    yield from _approach(o, name)
    yield from _inflation(o, name)
    for denominator in o.denominator:
        yield from _figures(denominator, name)
    for profile in o.profile:
        if not any(profile.months):
            yield Issue.error("profile_empty", Location(file=name, column=f"profile[{profile.id}].months"))
    known = ["days", *(profile.id for profile in o.profile)]
    for activity_type, rule in o.split.items():
        if rule not in known:
            where = Location(file=name, column=f"split.{activity_type}")
            yield Issue.error("split_profile_unknown", where, profile=rule, known=known)


def _ids_once(file: str, table: str, things: Iterable[Thing]) -> Iterator[Issue]:
    seen: set[str] = set()
    for thing in things:
        if thing.id in seen:
            yield Issue.error("organisation_id_twice", Location(file=file, column=f"{table}[{thing.id}]"), id=thing.id)
        seen.add(thing.id)


def _names_once(file: str, table: str, things: Iterable[Named]) -> Iterator[Issue]:
    """One name may not stand for two: a file that uses it would not say which."""
    found: dict[str, str] = {}
    for thing in things:
        for name in dict.fromkeys((thing.id, thing.name, *thing.aliases)):
            other = found.setdefault(name.strip().casefold(), thing.id)
            if other != thing.id:
                where = Location(file=file, column=f"{table}[{thing.id}]")
                yield Issue.error("organisation_name_twice", where, name=name, first=other)


def _references(o: Organisation, file: str) -> Iterator[Issue]:
    ids: Mapping[str, list[str]] = {
        "entity": [entity.id for entity in o.entity],
        "site": [site.id for site in o.site],
        "unit": [unit.id for unit in o.unit],
    }
    wanted: list[tuple[str, str, str | None]] = [(f"site[{s.id}].entity", "entity", s.entity) for s in o.site]
    wanted += [(f"entity[{e.id}].parent", "entity", e.parent) for e in o.entity]
    wanted += [(f"lease[{x.id}].site", "site", x.site) for x in o.lease]
    wanted += [(f"lease[{x.id}].entity", "entity", x.entity) for x in o.lease]
    wanted += [(f"unit[{u.id}].parent", "unit", u.parent) for u in o.unit]
    wanted += [(f"project[{p.id}].unit", "unit", p.unit) for p in o.project]
    wanted += [(f"source[{s.id}].sites", "site", site) for s in o.source for site in s.sites]
    wanted += [(f"denominator[{d.id}].value.site", "site", v.site) for d in o.denominator for v in d.value]
    for column, kind, value in wanted:
        if value is not None and value not in ids[kind]:
            params: dict[str, Any] = {"value": value, "known": ids[kind]}
            yield Issue.error("organisation_reference_unknown", Location(file=file, column=column), **params)


def _parents(file: str, table: str, things: Sequence[Entity] | Sequence[Unit]) -> Iterator[Issue]:
    above = {thing.id: thing.parent for thing in things}
    for thing in things:
        way = [thing.id]
        while (parent := above.get(way[-1])) is not None and parent not in way:
            way.append(parent)
        if parent == thing.id:
            where = Location(file=file, column=f"{table}[{thing.id}].parent")
            yield Issue.error("organisation_parent_circle", where, way=[*way, thing.id])


def _approach(o: Organisation, file: str) -> Iterator[Issue]:
    """Yield what the approach needs to know and the description does not say."""
    for entity in o.entity:
        for number, span in enumerate(entity.ownership, start=1):
            if o.approach == "financial-control" and span.financial is None:
                where = Location(file=file, column=f"entity[{entity.id}].ownership[{number}].financial")
                yield Issue.error("ownership_financial_missing", where, entity=entity.id)
    for lease in o.lease:
        if lease.asset == "building" and lease.site is None:
            yield Issue.error("lease_without_site", Location(file=file, column=f"lease[{lease.id}].site"))


def _dates(o: Organisation, file: str) -> Iterator[Issue]:
    for site in o.site:
        if site.opened and site.closed and site.closed < site.opened:
            where = Location(file=file, column=f"site[{site.id}].closed")
            yield _reversed(where, str(site.opened), str(site.closed))
    for source in o.source:
        if source.to_year is not None and source.to_year < source.from_year:
            where = Location(file=file, column=f"source[{source.id}].to_year")
            yield _reversed(where, str(source.from_year), str(source.to_year))
    spans: list[tuple[str, Span]] = [(f"project[{p.id}]", p) for p in o.project]
    spans += [(f"lease[{x.id}]", x) for x in o.lease]
    spans += [(f"entity[{e.id}].ownership[{n}]", p) for e in o.entity for n, p in enumerate(e.ownership, start=1)]
    for column, span in spans:
        if span.reversed:
            yield _reversed(Location(file=file, column=column), str(span.first), str(span.last))
    for entity in o.entity:
        yield from _overlaps(entity, file)


def _inflation(o: Organisation, file: str) -> Iterator[Issue]:
    """A year of a country is stated once."""
    seen = set()
    for number, each in enumerate(o.money.inflation, start=1):
        if (each.country, each.year) in seen:
            where = Location(file=file, column=f"money.inflation[{number}]")
            yield Issue.error("organisation_inflation_twice", where, country=each.country, year=each.year)
        seen.add((each.country, each.year))


def _reversed(where: Location, first: str, last: str) -> Issue:
    return Issue.error("organisation_dates_reversed", where, first=first, last=last)


def _overlaps(entity: Entity, file: str) -> Iterator[Issue]:
    whole = [(number, each.days) for number, each in enumerate(entity.ownership, start=1) if not each.reversed]
    for at, (number, days) in enumerate(whole):
        for other, earlier in whole[:at]:
            if shared := days.overlap(earlier):
                where = Location(file=file, column=f"entity[{entity.id}].ownership[{number}]")
                yield Issue.error("ownership_overlaps", where, other=other, day=shared.start.isoformat())


def _figures(denominator: Denominator, file: str) -> Iterator[Issue]:
    seen: set[tuple[str | None, object]] = set()
    for number, figure in enumerate(denominator.value, start=1):
        where = Location(file=file, column=f"denominator[{denominator.id}].value[{number}]")
        try:
            key = (figure.site, figure.days)
        except TredeError as error:
            yield from (Issue.make(i.severity, i.code, where, i.values) for i in error.issues)
            continue
        if key in seen:
            yield Issue.error("denominator_value_twice", where, period=figure.period)
        seen.add(key)
