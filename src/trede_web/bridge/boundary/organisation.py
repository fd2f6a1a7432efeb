"""The organisation's description as a page shows it: the tree of entities with dated ownership, sites, units, projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from trede.organisation.model import Organisation
from trede.organisation.parts import Denominator, Entity, Ownership, Site, Span, Unit
from trede.workspace import Workspace
from trede_web.bridge.speaking import Voice


@dataclass(frozen=True)
class Owned:
    """Who owns and runs an entity in a period; `counts` is the part that counts under the approach in force."""

    days: str
    share: str
    controlled: bool
    financial: str
    counts: str
    today: bool


@dataclass(frozen=True)
class SiteLine:
    """A site in a table."""

    id: str
    name: str
    aliases: str
    entity: str
    country: str
    days: str
    is_open: bool


@dataclass(frozen=True)
class EntityNode:
    """A legal entity with those under it. `counts` is the part that counts today."""

    id: str
    name: str
    aliases: str
    owned: list[Owned]
    counts: str
    sites: list[SiteLine]
    children: list[EntityNode]


@dataclass(frozen=True)
class UnitNode:
    """A department with those under it."""

    id: str
    name: str
    aliases: str
    children: list[UnitNode]


@dataclass(frozen=True)
class ProjectLine:
    """A project in a table."""

    id: str
    name: str
    client: str
    unit: str
    days: str
    award_advantage: bool


@dataclass(frozen=True)
class LeaseLine:
    """A leased asset in a table."""

    id: str
    name: str
    asset: str
    kind: str
    role: str
    of: str
    days: str


@dataclass(frozen=True)
class FigureLine:
    """What emissions are divided by, of the whole organisation or a site: a figure for each year, empty where there is none."""

    id: str
    name: str
    unit: str
    site: str
    years: list[str]
    others: list[tuple[str, str]]
    """Figures of other periods than one calendar year: the period and the figure."""


@dataclass(frozen=True)
class OrganisationPage:
    """Everything on the page of the organisation."""

    name: str
    country: str
    approach: str
    associates: str
    entities: list[EntityNode]
    sites: list[SiteLine]
    units: list[UnitNode]
    projects: list[ProjectLine]
    leases: list[LeaseLine]
    years: list[int]
    figures: list[FigureLine]
    sources: int
    more: list[str]
    """Tables of the description that the page does not show."""
    version: int


def organisation_page(workspace: Workspace, today: date, years: Sequence[int], voice: Voice) -> OrganisationPage:
    """Return the description in force.

    Args:
        years: the columns of the figures that emissions are divided by.
    """
    latest = workspace.organisation_versions.latest()
    found = workspace.organisation
    sites = [_site(site, found, today, voice) for site in found.site]
    units = {unit.id: unit.name for unit in found.unit}
    columns = sorted({*years, *(year for d in found.denominator for v in d.value if (year := plain_year(v.period)))})
    extra = {"losses": found.losses, "profile": found.profile, "split": found.split, "money": found.money.inflation}
    return OrganisationPage(
        name=found.name, country=found.country, approach=found.approach, associates=found.associates,
        entities=_entities(found, None, {line.id: line for line in sites}, today, voice), sites=sites,
        units=_units(found.unit, None),
        projects=[
            ProjectLine(p.id, p.name, p.client or "", units.get(p.unit or "", ""), _span(p, voice), p.award_advantage)
            for p in found.project
        ],
        leases=[
            LeaseLine(x.id, x.name, x.asset, x.kind, x.role, x.site or x.entity or "", _span(x, voice)) for x in found.lease
        ],
        years=columns, figures=[line for each in found.denominator for line in _figures(each, found, columns, voice)],
        sources=len(found.source), more=[name for name, value in extra.items() if value],
        version=latest.number if latest else 0,
    )  # fmt: skip


def plain_year(period: str) -> int | None:
    """Return the year of a period that is one calendar year, such as `2024`."""
    return int(period) if period.isdecimal() and len(period) == 4 else None


def _entities(
    found: Organisation, parent: str | None, sites: dict[str, SiteLine], today: date, voice: Voice
) -> list[EntityNode]:
    return [
        EntityNode(
            entity.id, entity.name, ", ".join(entity.aliases), [_owned(o, found, today, voice) for o in entity.ownership],
            _counts_today(entity, found, today, voice), [sites[site.id] for site in found.site if site.entity == entity.id],
            _entities(found, entity.id, sites, today, voice),
        )
        for entity in found.entity
        if entity.parent == parent
    ]  # fmt: skip


def _owned(each: Ownership, found: Organisation, today: date, voice: Voice) -> Owned:
    financial = (
        "" if each.financial is None else each.financial if each.financial == "joint" else str(bool(each.financial))
    )
    return Owned(
        _span(each, voice), voice.percent(each.share, decimals_of(each)), each.controlled, financial.lower(),
        voice.percent(each.counted(found.approach), decimals_of(each)), each.days.start <= today <= each.days.end,
    )  # fmt: skip


def decimals_of(each: Ownership) -> int:
    """Return how many decimals a share has when it is written in percent."""
    exponent = (each.share * 100).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _counts_today(entity: Entity, found: Organisation, today: date, voice: Voice) -> str:
    if not entity.ownership:
        return voice.percent(Decimal(1))
    now = next((each for each in entity.ownership if each.days.start <= today <= each.days.end), None)
    return voice.percent(now.counted(found.approach), decimals_of(now)) if now else voice.percent(Decimal(0))


def _site(site: Site, found: Organisation, today: date, voice: Voice) -> SiteLine:
    entity = next((entity.name for entity in found.entity if entity.id == site.entity), site.entity)
    opened, closed = site.opened, site.closed
    is_open = (opened is None or opened <= today) and (closed is None or today <= closed)
    return SiteLine(
        site.id, site.name, ", ".join(site.aliases), entity, site.country, between(opened, closed, voice), is_open
    )


def _units(units: Sequence[Unit], parent: str | None) -> list[UnitNode]:
    return [
        UnitNode(unit.id, unit.name, ", ".join(unit.aliases), _units(units, unit.id))
        for unit in units
        if unit.parent == parent
    ]


def _figures(each: Denominator, found: Organisation, columns: Sequence[int], voice: Voice) -> list[FigureLine]:
    names = {site.id: site.name for site in found.site}
    lines = []
    for site in dict.fromkeys(value.site for value in each.value) or {None: None}:
        values = {value.period: voice.number(value.value) for value in each.value if value.site == site}
        years = [values.get(str(year), "") for year in columns]
        others = [(period, text) for period, text in values.items() if plain_year(period) is None]
        lines.append(FigureLine(each.id, each.name, each.unit, names.get(site or "", site or ""), years, others))
    return lines


def _span(span: Span, voice: Voice) -> str:
    return between(span.first, span.last, voice)


def between(first: date | None, last: date | None, voice: Voice) -> str:
    """Write from when to when, with an open side in words; nothing when both are open."""
    if first and last:
        return voice.word("organisation.between", first=voice.day(first), last=voice.day(last))
    if first:
        return voice.word("organisation.since", first=voice.day(first))
    return voice.word("organisation.until", last=voice.day(last)) if last else ""
