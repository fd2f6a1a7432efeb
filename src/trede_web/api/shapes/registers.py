"""Shapes of the organisation, its sources and what they delivered."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, Field

from trede_web.api.shapes.amounts import parts
from trede_web.api.shapes.work import Batch


class Reach(Schema):
    """The organisation of a token, and what the token may there."""

    slug: str
    name: str
    example: bool
    role: str
    powers: list[str]
    token: str
    years: list[int] = Field(description="Years of records and calculations, the newest first")


class Owned(Schema):
    """Who owns and runs an entity in a period; `counts` is the part that counts."""

    days: str
    share: str
    controlled: bool
    financial: str
    counts: str


class Site(Schema):
    """A site."""

    id: str
    name: str
    aliases: str = Field(description="Other names by which files call it")
    entity: str
    country: str
    days: str
    is_open: bool


class Entity(Schema):
    """A legal entity with those under it."""

    id: str
    name: str
    aliases: str = Field(description="Other names by which files call it")
    owned: list[Owned]
    counts: str
    children: list[Entity]


class Unit(Schema):
    """A department with those under it."""

    id: str
    name: str
    children: list[Unit]


class Project(Schema):
    """A project."""

    id: str
    name: str
    client: str
    unit: str
    days: str
    award_advantage: bool


class Lease(Schema):
    """A leased asset."""

    id: str
    name: str
    asset: str
    kind: str
    role: str
    of: str
    days: str


class OtherFigure(Schema):
    """A figure of another period than one calendar year."""

    period: str
    value: str


class Figures(Schema):
    """What emissions are divided by, of the organisation or a site: a figure for each of `years`, empty where there is none."""

    id: str
    name: str
    unit: str
    site: str
    years: list[str]
    others: list[Annotated[OtherFigure, parts("period", "value")]]


class Description(Schema):
    """The organisation's description in force."""

    name: str
    country: str
    approach: str
    associates: str
    entities: list[Entity]
    sites: list[Site]
    units: list[Unit]
    projects: list[Project]
    leases: list[Lease]
    years: list[int]
    figures: list[Figures]
    sources: int
    more: list[str] = Field(description="Further tables of the description; see `version_file`")
    version: int


class Source(Schema):
    """A source in a year. `state`: delivered, none, excluded, contradicted, missing, not-registered or not-expected."""

    id: str
    name: str
    owner: str
    frequency: str
    years: str
    sites: str
    state: str
    records: int
    months: int
    said: str


class Sources(Schema):
    """The register of sources of a year."""

    sources: list[Source] = Field(alias="lines")
    missing: int


class File(Schema):
    """A batch behind a month."""

    batch: str
    name: str
    records: int


class Month(Schema):
    """One month of a source: delivered, estimated, overlap, missing, later, accounted or outside."""

    month: str
    state: str
    files: list[File]


class SourceRow(Schema):
    """One source at one site."""

    source: str
    site: str
    name: str
    place: str
    said: str
    months: list[Month] = Field(alias="cells")


class Waiting(Schema):
    """A file with rows that wait or were rejected."""

    batch: str
    file: str
    held: int
    rejected: int


def _waiting(value: Any) -> Any:
    return dict(zip(("batch", "file", "held", "rejected"), value, strict=True)) if isinstance(value, tuple) else value


class Completeness(Schema):
    """Sources and sites by month."""

    rows: list[SourceRow]
    waiting: list[Annotated[Waiting, BeforeValidator(_waiting)]]
    overlaps: list[str]
    gaps: int = Field(description="Months that are missing, of all rows together")


class Meter(Schema):
    """A meter: where, from when to when, with how many records."""

    name: str
    site: str
    days: str
    records: int


class SourceSaid(Schema):
    """A decision about a source."""

    kind: str
    year: int | None = None
    what: str
    person: str
    day: str
    reason: str


class SourceInYear(Schema):
    """A source in a year: its months, meters, and what was decided about it."""

    source: Source = Field(alias="line")
    registered: bool
    rows: list[SourceRow]
    batches: list[Batch]
    meters: list[Meter]
    said: list[SourceSaid]
