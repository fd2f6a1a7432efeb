"""Meter readings: the quantity of a row is what the meter has counted since the reading before it.

The readings of one meter stand in the order of their dates. The first is set aside, since nothing was counted before it. A
lower reading is the counter starting at zero again, when the number of its digits is stated and it has counted no more than
half its round; else a person decides, as about a meter that opens while the one before it was not closed. A reading whose
row is rejected or left out, or that a person drops, is passed over, and what comes after one that is still held waits for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trede.intake.columns import Codes, Field
from trede.intake.fields import QUANTITY, READING_KINDS
from trede.intake.moments import Moments
from trede.intake.multiplying import exceeding, factors_of, times
from trede.intake.problems import Finding, Problem
from trede.intake.reader import Flags
from trede.intake.shapes import Readings
from trede.kernel.addresses import Address
from trede.kernel.issues import Param


@dataclass(frozen=True)
class Metering:
    """What readings come to, by position: quantity and period, the row counted from (0: none), and what is told."""

    quantity: pa.Array
    moments: Moments
    opening_rows: Codes
    custom: dict[str, Field]
    asides: list[Finding]
    rejections: list[Finding]
    doubts: list[Finding]


@dataclass(frozen=True, slots=True)
class _Reading:
    position: int
    row: int
    day: int
    kind: str
    figure: Decimal
    factor: Decimal


def differences(
    readings: Readings,
    fields: Mapping[str, Field],
    figures: pa.Array,
    moments: Moments,
    factor: Field | None,
    rows: Codes,
    decisions: Mapping[Address, str],
    passed_over: Flags,
) -> Metering:
    """Return the differences between successive readings.

    Args:
        fields: `meter`, `quantity` (the readings as fields) and, where the file tells it, `reading_kind`.
        figures: the readings as numbers, null where unreadable.
        moments: the date of each row.
        factor: what a difference is multiplied by, as it stands in the row of the later reading.
        rows: the physical row of each position.
        decisions: about held rows; a dropped reading is passed over.
        passed_over: by position, rows that are rejected or left out for another reason.
    """
    count = len(rows)
    series = _series(fields, figures, moments, factor, rows, passed_over)
    found = _Found(readings, fields["quantity"].heading, decisions, count)
    for meter in sorted(series):
        found.meter(series[meter])
    shift = 0 if readings.taken == "start-of-day" else 1
    start, end = moments.start.copy(), moments.end.copy()
    read = moments.read.copy()
    for position, first in found.since.items():
        start[position], end[position] = first + shift, moments.start[position] - 1 + shift
    texts = {name: pa.array([found.texts[name].get(i) for i in range(count)], pa.string()) for name in found.texts}
    return Metering(
        pa.array(found.amounts, QUANTITY),
        replace(moments, start=start, end=end, read=read),
        found.opening,
        {f"custom.{name}": Field(None, np.arange(count), values, {}) for name, values in texts.items()},
        found.asides,
        found.rejections,
        found.doubts,
    )


def _series(
    fields: Mapping[str, Field], figures: pa.Array, moments: Moments, factor: Field | None, rows: Codes,
    passed_over: Flags,
) -> dict[str, list[_Reading]]:  # fmt: skip
    """Return the legible readings of each meter, in order of date; on one day the last of a meter goes first."""
    meter = fields["meter"]
    wrong = passed_over | fields["quantity"].bad() | meter.bad() | ~moments.read | ~meter.present()
    kind = fields.get("reading_kind")
    kinds = kind.per_row(np.arange(len(rows))).to_pylist() if kind else [None] * len(rows)
    wrong |= kind.bad() if kind else False
    names = meter.per_row(np.arange(len(rows))).to_pylist()
    factors = factors_of(factor, len(rows))
    series: dict[str, list[_Reading]] = defaultdict(list)
    values = figures.to_pylist()
    for position in np.flatnonzero(~wrong).tolist():
        times_by = factors[position]
        if values[position] is not None and times_by is not None:
            day, row = int(moments.start[position]), int(rows[position])
            own = kinds[position] or "reading"
            series[names[position]].append(_Reading(position, row, day, own, values[position], times_by))
    for readings in series.values():
        readings.sort(key=lambda r: (r.day, READING_KINDS.index(r.kind), r.row))
    return series


@dataclass
class _Found:
    """Collects what the readings of the meters come to."""

    rule: Readings
    heading: str | None
    decisions: Mapping[Address, str]
    count: int
    since: dict[int, int] = field(default_factory=dict)
    """Position → the day of the reading before."""
    asides: list[Finding] = field(default_factory=list)
    rejections: list[Finding] = field(default_factory=list)
    doubts: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.amounts: list[Decimal | None] = [None] * self.count
        self.opening: npt.NDArray[np.int64] = np.zeros(self.count, dtype=np.int64)
        self.texts: dict[str, dict[int, str]] = {"reading_from": {}, "reading_to": {}}

    def meter(self, readings: list[_Reading]) -> None:
        """Go along the readings of one meter."""
        before: _Reading | None = None
        held: _Reading | None = None
        for reading in self._agreeing(readings):
            opens = before is None or before.kind == "closing" or reading.kind == "opening"
            if before is None or (opens and _follows(before, reading)):
                self._tell(self.asides, reading, "reading_opens", {})
                held = None if before is None or reading.kind == "opening" else held
            elif held is not None:
                self._tell(self.rejections, reading, "reading_after_held", {"held_row": held.row})
                if self._decided(reading) == "set-aside":
                    continue
                held = None
            else:
                doubtful = self._open(before, reading) if opens else self._count(before, reading)
                if doubtful is None or (doubtful and self._decided(reading) == "drop"):
                    continue
                held = reading if doubtful and self._decided(reading) != "accept" else None
            before = reading

    def _decided(self, reading: _Reading) -> str | None:
        return self.decisions.get(Address(reading.row))

    def _agreeing(self, readings: list[_Reading]) -> list[_Reading]:
        """Return the readings without those that repeat one of their day or contradict it, or have too many digits."""
        days: dict[tuple[int, bool], list[_Reading]] = defaultdict(list)
        for reading in readings:
            digits = self.rule.digits
            if digits is not None and reading.figure >= Decimal(10) ** digits:
                self._tell(
                    self.rejections, reading, "reading_too_long", {"value": _plain(reading.figure), "digits": digits}
                )
                continue
            days[reading.day, reading.kind == "opening"].append(reading)
        kept = []
        for same in days.values():
            if len({reading.figure for reading in same}) > 1:
                for reading in same:
                    others = [str(r.row) for r in same if r is not reading]
                    self._tell(self.rejections, reading, "readings_contradict", {"rows": others})
                continue
            first, *rest = same
            kept.append(first)
            for reading in rest:
                self._tell(self.asides, reading, "reading_repeated", {"first_row": first.row})
        return kept

    def _open(self, before: _Reading, reading: _Reading) -> bool:
        """Open a meter while what was used since the reading before it is not told: in doubt, and nothing if accepted."""
        problem = Problem("reading_gap", {
            "value": _plain(reading.figure), "before": _plain(before.figure), "before_row": before.row,
            "days": reading.day - before.day,
        })  # fmt: skip
        return self._take(before, reading, Decimal(0), problem)

    def _count(self, before: _Reading, reading: _Reading) -> bool | None:
        """Take the difference of two readings; return whether it is in doubt, None when it cannot be taken."""
        digits = self.rule.digits
        difference = reading.figure - before.figure
        problem = None
        if difference < 0:
            counted = digits or len(str(int(before.figure)))
            difference += Decimal(10) ** counted
            if digits is None or difference * 2 > Decimal(10) ** counted:
                problem = Problem("reading_lower", {
                    "value": _plain(reading.figure), "before": _plain(before.figure), "before_row": before.row,
                    "digits": str(counted), "rolled": _plain(difference),
                })  # fmt: skip
        quantity = times(difference, reading.factor)
        if quantity is None:
            self.rejections.append(Finding(reading.position, self.heading, exceeding(difference, reading.factor)))
            return None
        between = self.rule.between
        if problem is None and between is not None and not between[0] <= quantity <= between[1]:
            low, high = (str(bound) for bound in between)
            problem = Problem("implausible", {"value": _plain(quantity), "low": low, "high": high})
        return self._take(before, reading, quantity, problem)

    def _take(self, before: _Reading, reading: _Reading, quantity: Decimal, problem: Problem | None) -> bool:
        """Keep a quantity with the two readings that it is between; return whether there is a problem with it."""
        at = reading.position
        if problem is not None:
            self.doubts.append(Finding(at, self.heading, problem))
        self.amounts[at] = quantity
        self.opening[at] = before.row
        self.since[at] = before.day
        self.texts["reading_from"][at] = _plain(before.figure)
        self.texts["reading_to"][at] = _plain(reading.figure)
        return problem is not None

    def _tell(self, where: list[Finding], reading: _Reading, code: str, params: dict[str, Param]) -> None:
        where.append(Finding(reading.position, self.heading, Problem(code, params)))


def _follows(before: _Reading, reading: _Reading) -> bool:
    """Whether a meter opens right where the one before it was closed: on that day or the next."""
    return before.kind == "closing" and reading.day - before.day <= 1


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
