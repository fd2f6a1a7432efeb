"""What the organisation's description decides about a run: where records are cut, and which of them are inside the boundary.

A record is cut at the ends of calendar years, at the borders of the run, and on the days on which the part of its entity that
counts changed, or on which it came to stand in another account. The quantity is spread over the pieces by days, or by the
monthly profile of its type of activity (accounting rules, section 6), exactly. It all stands in the run's spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Self

from trede.catalogue.ratings import Ratings, ratings
from trede.engine.approach import Move, Stake, days_from_json, days_to_json, moves_of, stakes_of
from trede.kernel.periods import Period, split_quantity
from trede.organisation.model import DAYS, Organisation
from trede.organisation.parts import Losses

_DAY = timedelta(days=1)
_LENGTHS = 377_580
"""The least number that every length of a month (28 to 31) divides: parts of days become whole numbers."""
_MILLIONTHS = 1_000_000


class Part(NamedTuple):
    """A piece of a record inside the run; number 0 is the one part of a record that no border cuts."""

    number: int
    days: Period
    quantity: Decimal


@dataclass(frozen=True)
class Spread:
    """A monthly profile: whole numbers for January to December."""

    id: str
    months: tuple[int, ...]
    source: str

    def weight(self, period: Period) -> int:
        """Return the whole weight of some days: each month's number, spread evenly over the days of the month."""
        total = 0
        first = date(period.start.year, period.start.month, 1)
        while first <= period.end:
            month = Period.month(first.year, first.month)
            inside = month.overlap(period)
            if inside:
                total += self.months[first.month - 1] * inside.days * (_LENGTHS // month.days)
            first = month.next_day()
        return total


@dataclass(frozen=True)
class Cutting:
    """The settings of a run that come from the organisation's description; an empty one changes nothing.

    Attributes:
        controlled: entity → the days on which it counts in full; an entity that is not named always does.
        stakes: entity → what counts of it in part.
        moves: what stands in another account group; the first that fits a record holds.
        losses: how losses of purchased energy are counted; None: not.
        sites: site → first and last open day, None where a side is open; a site without either is not named.
        spreads: activity type → its profile; a type that is not named is spread by days.
        ratings: what ratings of the data come to; None: they are kept and change nothing.
    """

    controlled: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    stakes: Mapping[str, tuple[Stake, ...]] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()
    losses: Losses | None = None
    sites: Mapping[str, tuple[date | None, date | None]] = field(default_factory=dict)
    spreads: Mapping[str, Spread] = field(default_factory=dict)
    ratings: Ratings | None = None

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """Return the settings of a description, under its approach."""
        profiles = {profile.id: profile for profile in organisation.profile}
        return cls(
            {
                entity.id: tuple(sorted(o.days for o in entity.ownership if o.counted(organisation.approach) == 1))
                for entity in organisation.entity
                if entity.ownership
            },
            stakes_of(organisation),
            tuple(moves_of(organisation)),
            organisation.losses,
            {site.id: (site.opened, site.closed) for site in organisation.site if site.opened or site.closed},
            {
                kind: Spread(rule, tuple(int(m * _MILLIONTHS) for m in profiles[rule].months), profiles[rule].source)
                for kind, rule in sorted(organisation.split.items())
                if rule != DAYS
            },
            ratings(organisation.uncertainty.ratings) if organisation.uncertainty.ratings else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what a run's spec keeps; `from_json` reads it back."""
        rated = {"ratings": self.ratings.to_json()} if self.ratings else {}
        return {
            "controlled": {entity: [days_to_json(days) for days in found] for entity, found in self.controlled.items()},
            "stakes": {
                entity: [[*days_to_json(stake.days), str(stake.share), stake.associate] for stake in found]
                for entity, found in self.stakes.items()
            },
            "moves": [move.to_json() for move in self.moves],
            "losses": self.losses and self.losses.model_dump(mode="json"),
            "sites": {site: [day and day.isoformat() for day in days] for site, days in self.sites.items()},
            "spreads": {
                kind: {"profile": s.id, "months": list(s.months), "source": s.source}
                for kind, s in self.spreads.items()
            },
            **rated,  # a run without them keeps the id that it had before there was such a setting
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote; a run without it was made before there were such settings."""
        return cls(
            {
                entity: tuple(days_from_json(days) for days in found)
                for entity, found in data.get("controlled", {}).items()
            },
            {
                entity: tuple(
                    Stake(days_from_json(days), Decimal(share), associate) for *days, share, associate in found
                )
                for entity, found in data.get("stakes", {}).items()
            },
            tuple(Move.from_json(move) for move in data.get("moves", ())),
            Losses.model_validate(data["losses"]) if data.get("losses") else None,
            {
                site: (first and date.fromisoformat(first), last and date.fromisoformat(last))
                for site, (first, last) in data.get("sites", {}).items()
            },
            {
                kind: Spread(s["profile"], tuple(s["months"]), s["source"])
                for kind, s in data.get("spreads", {}).items()
            },
            Ratings.from_json(data["ratings"]) if data.get("ratings") else None,
        )

    def borders(self, entity: str | None) -> list[date]:
        """Return the days on which the part of an entity that counts is another than the day before."""
        stakes = [stake.days for stake in self.stakes.get(entity or "", ())]
        return _borders([*self.controlled.get(entity or "", ()), *stakes])

    def parts(self, record: Mapping[str, Any], within: Period) -> Iterator[Part]:
        """Cut a record (its columns of `engine.activities`); yield its parts inside the run."""
        spread = self.spreads.get(record["activity_type"])
        whole = Period(record["start"], record["end"])
        moved = [day for move in self.moves if move.fits(record) for day in move_borders(move)]
        return parts(whole, record["quantity"], within, [*self.borders(record["entity"]), *moved], spread)


def move_borders(move: Move) -> list[date]:
    """Return the days on which records begin to stand in another account, or do no longer."""
    return _borders([move.days])


def _borders(found: Sequence[Period]) -> list[date]:
    days = {each.start for each in found if each.start > date.min}
    return sorted(days | {each.next_day() for each in found if each.end < date.max})


def parts(
    whole: Period, quantity: Decimal, period: Period, borders: Sequence[date] = (), spread: Spread | None = None
) -> Iterator[Part]:
    """Cut a record at the ends of years, the borders of a run and the days in `borders`; yield what is inside the run.

    The parts of the quantity, those outside too, add up to it exactly (largest remainder at a millionth). The years are
    split first and cut after that, so that what a border cuts adds up to the year. Parts are numbered from 1, those
    outside counted. When a profile gives nothing for any of the days, they count by days.
    """
    years = whole.by_year()
    weigh = spread.weight if spread and spread.weight(whole) else _days
    pieces: list[tuple[Period, Decimal]] = []
    for year, of_year in zip(years, split_quantity(quantity, [weigh(year) for year in years]), strict=True):
        cut = _cut(year, period, borders)
        weights = [weigh(piece) for piece in cut]
        shares = split_quantity(of_year, weights if any(weights) else [piece.days for piece in cut])
        pieces += zip(cut, shares, strict=True)
    for number, (piece, part) in enumerate(pieces, start=1):
        if period.contains(piece):
            yield Part(number if len(pieces) > 1 else 0, piece, part)


def _days(period: Period) -> int:
    return period.days


def _cut(year: Period, period: Period, borders: Sequence[date]) -> list[Period]:
    """Cut days of one calendar year at the borders of the run and on other days, each the first of a piece."""
    firsts = {year.start, period.start, *borders}
    if period.end < date.max:
        firsts.add(period.next_day())
    starts = sorted(day for day in firsts if year.start <= day <= year.end)
    return [
        Period(start, end - _DAY if end else year.end) for start, end in zip(starts, [*starts[1:], None], strict=True)
    ]


def literal(value: str) -> str:
    """Return a text as a literal of SQL."""
    return "'" + value.replace("'", "''") + "'"
