"""The design of a sample, as an organisation declares it in a file: population, strata, and which records are the sample.

A unit (a subcontractor, an employee, a franchise) is known by a field of its records. What is known of all units, such as
what they invoiced, is the auxiliary; without one every unit counts alike. How a stratum's sample was drawn decides what can
be said of its error: only of units drawn at random can an interval be calculated (accounting rules, section 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from trede.intake.profile import Slug
from trede.intake.shapes import Exact, Filled
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location
from trede.kernel.models import Strict, read_toml, validate

Drawn = Literal["random", "all", "cut-off", "convenience"]
"""How the units of a stratum were chosen: at random; all of them; the largest; those that were easy to get."""

UNIT_FIELDS = ("supplier", "person", "document", "vehicle", "meter", "site", "department", "project", "entity")
"""Fields of a record that may say which unit it is of."""

UnitField = Literal["supplier", "person", "document", "vehicle", "meter", "site", "department", "project", "entity"]


def _named(value: Any) -> Any:
    """Accept a list of different names, for units of which no auxiliary is known."""
    listed = isinstance(value, list) and all(isinstance(name, str) for name in value)
    return dict.fromkeys(value) if listed and len(set(value)) == len(value) else value


class Range(Strict):
    """What the rest may be per unit of the auxiliary, as a part of what the sample is: an assumption, with its grounds."""

    low: Annotated[Exact, Field(ge=0)]
    high: Annotated[Exact, Field(ge=0)]
    basis: Filled

    @model_validator(mode="after")
    def _in_order(self) -> Range:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Asserted(Strict):
    """A margin that somebody stated of the whole; it is shown as theirs, and nothing is calculated with it."""

    percent: Annotated[Exact, Field(gt=0)]
    by: Filled
    basis: Filled


class Stratum(Strict):
    """A part of the population, and its sample: `units` with the auxiliary of each, or only how many and of how much."""

    id: Slug
    drawn: Drawn
    size: Annotated[int, Field(ge=1)]
    auxiliary: Exact | None = None
    units: Annotated[dict[Filled, Annotated[Exact, Field(ge=0)] | None], BeforeValidator(_named)] = {}
    sampled: Annotated[int, Field(ge=1)] | None = None
    sample_auxiliary: Exact | None = None
    where: dict[UnitField, Filled] = {}
    """Without units: fields by which the stratum's records are told from those of the others."""
    range: Range | None = None

    @model_validator(mode="after")
    def _range_is_an_assumption(self) -> Stratum:
        if self.range and self.drawn in ("random", "all"):
            raise ValueError("a range is for a sample that was not drawn at random")
        return self

    @property
    def n(self) -> int:
        """The number of units in the sample."""
        return len(self.units) if self.units else self.sampled or 0

    def holds(self, unit: str | None, record: Mapping[str, Any]) -> bool:
        """Whether a record of the sample is of this stratum."""
        if self.units:
            return unit in self.units
        return all(record[name] == value for name, value in self.where.items())


class Records(Strict):
    """Which records are the sample: types, and where it is needed their source and attributes."""

    activity_types: Annotated[tuple[Filled, ...], Field(min_length=1)]
    source: Filled | None = None
    attributes: dict[str, Filled] = {}


class SampleDesign(Strict):
    """A declared design; amounts are estimated for its period, stratum by stratum."""

    id: Slug
    title: Filled
    how: Filled
    """How the sample was drawn, and from which list."""
    start: date
    end: date
    unit: UnitField
    auxiliary: Filled | None = None
    """What the auxiliary counts, such as `invoiced, EUR`; None: every unit counts alike."""
    records: Records
    stratum: Annotated[tuple[Stratum, ...], Field(min_length=1)]
    asserted: Asserted | None = None

    def population(self, stratum: Stratum) -> Decimal:
        """Return the auxiliary total of a stratum; without an auxiliary its number of units."""
        return Decimal(stratum.size) if stratum.auxiliary is None else stratum.auxiliary

    def sample(self, stratum: Stratum) -> Decimal:
        """Return the auxiliary total of a stratum's sample."""
        if self.auxiliary is None:
            return Decimal(stratum.n)
        if stratum.units:
            return sum((x for x in stratum.units.values() if x is not None), Decimal(0))
        return stratum.sample_auxiliary or Decimal(0)


def load_design(data: bytes, name: str) -> SampleDesign:
    """Read a design and test that it is whole.

    Raises:
        CatalogueError: `toml_unreadable`, `field_invalid`, or what is wrong with its strata.
    """
    design = validate(SampleDesign, read_toml(data, name), name)
    issues = list(_problems(design, name))
    if issues:
        raise CatalogueError.from_issues(issues)
    return design


def _problems(design: SampleDesign, name: str) -> Iterator[Issue]:
    if design.end < design.start:
        days = {"start": str(design.start), "end": str(design.end)}
        yield Issue.error("end_before_start", Location(file=name, column="end"), **days)
    ids: set[str] = set()
    units: set[str] = set()
    for number, stratum in enumerate(design.stratum):
        where = Location(file=name, column=f"stratum.{number}")
        if stratum.id in ids:
            yield Issue.error("sample_stratum_twice", where, stratum=stratum.id)
        if twice := sorted(units & set(stratum.units)):
            yield Issue.error("sample_unit_twice", where, units=twice[:5])
        ids, units = ids | {stratum.id}, units | set(stratum.units)
        missing = _missing(design, stratum)
        if missing:
            yield Issue.error("sample_stratum_incomplete", where, stratum=stratum.id, missing=missing)
        else:
            yield from _unsound(design, stratum, where)


def _missing(design: SampleDesign, stratum: Stratum) -> list[str]:
    """Return the keys that a stratum lacks."""
    known = design.auxiliary is not None
    listed = known and stratum.drawn == "random"  # its error is calculated from unit to unit
    wanted = {
        "units": (not stratum.units and (listed or stratum.sampled is None))
        or (known and None in stratum.units.values()),
        "auxiliary": known and stratum.auxiliary is None,
        "sample_auxiliary": known and not (stratum.units or listed) and stratum.sample_auxiliary is None,
    }
    return [key for key, missing in wanted.items() if missing]


def _unsound(design: SampleDesign, stratum: Stratum, where: Location) -> Iterator[Issue]:
    """Yield what cannot be: more sampled than there is, an auxiliary of nothing, all that is not all."""
    needless = {
        "auxiliary": design.auxiliary is None and stratum.auxiliary is not None,
        "sample_auxiliary": stratum.sample_auxiliary is not None and (design.auxiliary is None or bool(stratum.units)),
        "sampled": stratum.sampled is not None and bool(stratum.units),
        "where": bool(stratum.where) and bool(stratum.units),
        "units": design.auxiliary is None and any(x is not None for x in stratum.units.values()),
    }
    if any(needless.values()):
        keys = [key for key, found in needless.items() if found]
        yield Issue.error("sample_keys_exclude", where, stratum=stratum.id, keys=keys)
    n, whole, part = stratum.n, design.population(stratum), design.sample(stratum)
    facts = {"stratum": stratum.id, "sampled": f"{n}", "size": f"{stratum.size}"}
    of_all = {"part": f"{part:f}", "whole": f"{whole:f}"}
    if n > stratum.size or part > whole:
        yield Issue.error("sample_exceeds_population", where, **facts, **of_all)
    elif stratum.drawn == "all" and (n < stratum.size or part < whole):
        yield Issue.error("sample_not_all", where, **facts, **of_all)
    elif n == stratum.size and part < whole:
        yield Issue.error("sample_all_but_amount", where, **facts, **of_all)
    if part <= 0:
        yield Issue.error("sample_without_auxiliary", where, stratum=stratum.id)
