"""Which factors and which quantities make an interval wide: what each contributes to the variance, the largest first.

A source of error is a factor, or an error group: a meter, an estimate, a sample, or a record with all its rows. The variance of a
total is the sum of their squared errors (`analysis.uncertainty`), so each has a share of it, and all shares are 100 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from trede.analysis.uncertainty import Errors, Interval, Posting, is_told, posted, prepare
from trede.catalogue.uncertainties import PARTS
from trede.engine.runs import Run

Kind = Literal["factor", "group"]
What = Literal["factor", "record", "meter", "estimate", "sample"]

SHARED: tuple[What, ...] = ("meter", "estimate", "sample")
"""Prefixes of error groups that several records share; another group is a record."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source of error of a total.

    Attributes:
        name: a factor as `list#factor`, or an error group as the ledger has it: a meter, an estimate, a sample, or a record's id.
        error: Σ uncertainty × signed milligrams, in ten-thousandths of milligrams.
        share: what part of the total's variance it is.
        rows: ledger rows with it; `mg` their signed milligrams.
        activity_type, site: those of its rows, None where they differ.
    """

    kind: Kind
    name: str
    error: int
    share: Decimal
    rows: int
    mg: int
    activity_type: str | None
    site: str | None

    @property
    def what(self) -> What:
        """What kind of source it is: a factor, a record, or what several records share."""
        if self.kind == "factor":
            return "factor"
        prefix = self.name.partition(":")[0]
        return next((what for what in SHARED if what == prefix), "record")

    @property
    def ident(self) -> str:
        """The factor, the record, or what stands behind the prefix of a group."""
        return self.name.partition(":")[2] if self.what in SHARED else self.name

    @property
    def half(self) -> int:
        """Half the 95 % interval that it alone gives the total, in milligrams."""
        return (abs(self.error) + PARTS // 2) // PARTS

    @property
    def relative(self) -> Decimal | None:
        """Its own uncertainty: half the interval ÷ its amount; None where that is nothing."""
        return Decimal(abs(self.error)) / PARTS / abs(self.mg) if self.mg else None


@dataclass(frozen=True)
class Contributions:
    """The largest sources of error of one total, the largest first, and how many there are in all."""

    interval: Interval
    largest: tuple[Source, ...]
    sources: int


def contributions(run: Run, wanted: Sequence[frozenset[Posting]], most: int) -> list[Contributions]:
    """Return the largest sources of error of each selection of postings; a run of ledger version 1 has none.

    Args:
        most: how many sources are named.
    """
    if not is_told(run):
        return [Contributions(Interval(0, 0, 0, Decimal(0)), (), 0) for _ in wanted]
    with posted(run) as con:
        errors = prepare(con, wanted)
        return [_contributions(errors, number, most) for number in range(len(wanted))]


def largest_errors(errors: Errors, number: int, most: int) -> list[tuple[Kind, str, int]]:
    """Return the sources of a selection with the largest errors: kind, name, and error in ten-thousandths of milligrams."""
    found: list[tuple[Kind, str, int]] = [("factor", name, e) for name, e in errors.of_factors(number).items()]
    rows = errors.con.execute(f"""
        SELECT source, e{number} FROM error WHERE e{number} <> 0 ORDER BY abs(e{number}) DESC, source LIMIT {most}
    """).fetchall()
    found += [("group", name, int(error)) for name, error in rows]
    return sorted((each for each in found if each[2]), key=lambda each: (-abs(each[2]), each[:2]))[:most]


def _contributions(errors: Errors, number: int, most: int) -> Contributions:
    found, squares = largest_errors(errors, number, most), errors.squares(number)
    told = _told(errors, number, found)
    sources = tuple(
        Source(kind, name, error, Decimal(error**2) / squares, *told[kind, name]) for kind, name, error in found
    )
    groups = errors.con.execute(f"SELECT count(*) FROM error WHERE e{number} <> 0").fetchall()[0][0]
    factors = sum(error != 0 for error in errors.of_factors(number).values())
    return Contributions(errors.interval(number), sources, int(groups) + factors)


def _told(
    errors: Errors, number: int, found: Sequence[tuple[Kind, str, int]]
) -> dict[tuple[str, str], tuple[int, int, str | None, str | None]]:
    """Return rows, milligrams, activity type and site of sources."""
    kinds = ", ".join(map(str, errors.parts[number])) or "NULL"
    told: dict[tuple[str, str], tuple[int, int, str | None, str | None]] = {}
    for kind, column in (("factor", "coalesce(factor, '')"), ("group", "source")):
        names: list[Any] = [name for of, name, _ in found if of == kind]
        if not names:
            continue
        rows = errors.con.execute(
            f"""
            SELECT {column} AS name, count(*), sum(sign * CAST(co2e AS HUGEINT)), min(activity_type), max(activity_type),
                   min(coalesce(site, '')), max(coalesce(site, ''))
            FROM covered_row WHERE kind IN ({kinds}) AND {column} IN (SELECT unnest(?)) GROUP BY name
            """,
            [names],
        ).fetchall()
        for name, count, mg, first, last, here, there in rows:
            same = first if first == last else None
            told[kind, name] = int(count), int(mg), same, here if here and here == there else None
    return told
