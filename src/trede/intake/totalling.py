"""The totals of a file and the one given by hand, each tested against the figures that it is the sum of."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.comparing import compared
from trede.intake.controls import Control
from trede.intake.layout import Layout
from trede.intake.mapping import Mapped, read_total
from trede.intake.opening import Opened
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.intake.reader import Flags
from trede.kernel.issues import Issue, Location

Told = tuple[int, Problem, str | None]
"""A line, what is said of it, and the heading of its column."""


class Totals:
    """Reads and tests the totals; `read` and `unreadable` are for the table of rows."""

    def __init__(self, opened: Opened, layout: Layout, mapped: Mapped, profile: Profile, name: str) -> None:
        self.opened, self.layout, self.mapped, self.profile, self.name = opened, layout, mapped, profile, name
        self.issues: list[Issue] = []
        self.read: list[Told] = []
        self.unreadable: list[Told] = []
        aside = np.zeros(len(mapped.rows), dtype=bool)
        aside[[finding.position for finding in mapped.asides]] = True
        missing: Flags = mapped.stated.is_null().to_numpy(zero_copy_only=False)
        self.missing = missing & ~aside

    def test(self, given: Decimal | None, rows: int | None = None) -> list[Control]:
        """Test all totals, with those that a person gives. One that cannot be read is told in `unreadable`."""
        self._require_some()
        controls: list[Control] = []
        block = self.layout.header + 1
        for record, total in self.layout.totals:
            subtotal = total.scope == "block"
            first = block if subtotal else self.layout.header + 1
            controls += self._row(record, first, subtotal=subtotal)
            block = record + 1 if subtotal else block
        controls += chain.from_iterable(self._sums_of_rows())
        if given is not None:
            controls.append(self._control(None, given, np.ones(len(self.mapped.rows), dtype=bool), self.layout.misfits))
        if rows is not None:
            found = len(np.unique(self.layout.rows)) + len(self.layout.misfits)
            controls.append(Control(None, Decimal(rows), Decimal(found), (), what="rows"))
        for control in controls:
            index = self._amount if control.place is None else control.place - 1
            if issue := control.issue(self.name, self.opened.heading(index)):
                self.issues.append(issue)
        return controls

    @property
    def _amount(self) -> int:
        return self.opened.amounts[0]

    def _require_some(self) -> None:
        """Tell which of the declared total rows the file does not have."""
        found = {id(total) for _, total in self.layout.totals}
        if self.opened.totals and not found:
            total, place = self.opened.totals[0]
            where = Location(self.name, column=self.opened.titles[place])
            self.issues.append(Issue.warning("total_missing", where, starts_with=total.starts_with))

    def _row(self, record: int, first: int, *, subtotal: bool) -> list[Control]:
        """Test a total row against the rows from `first` on; of a cross-tab, each of its cells."""
        above = (self.mapped.rows > first) & (self.mapped.rows <= record) if subtotal else None
        everything = np.ones(len(self.mapped.rows), dtype=bool) if above is None else above
        misfits = tuple(m for m in self.layout.misfits if above is None or first <= m < record)
        since = first + 1 if subtotal else None
        spreading = self.opened.spreading
        if spreading is None or self.mapped.places is None:
            stated = self._stated(record, self._amount, empty_too=self.opened.minus is None)
            if self.opened.minus is not None:
                taken = self._stated(record, self.opened.minus, empty_too=stated is None)
                stated = None if stated is None and taken is None else (stated or Decimal(0)) - (taken or Decimal(0))
            if stated is None:
                return []
            unit, alike = self._unit_of(record)
            return [self._control(record, stated, everything & alike, misfits, since=since, unit=unit)]
        controls = []
        for index in (*spreading.indices, *spreading.totals):
            stated = self._stated(record, index, empty_too=False)
            chosen = everything if index in spreading.totals else everything & (self.mapped.places == index + 1)
            if stated is not None:
                controls.append(self._control(record, stated, chosen, misfits, place=index + 1, since=since))
        return controls

    def _unit_of(self, record: int) -> tuple[str | None, Flags]:
        """Return the unit that a total row names in the column of units, and the rows that have it.

        A bill with power and gas has a total of each: kilowatt-hours are not added to cubic metres. A row that names none, or
        one that no other row has, is the total of all.
        """
        every = np.ones(len(self.mapped.rows), dtype=bool)
        index = self.opened.indices.get("unit")
        cells = self.opened.records.cells(record)
        if index is None or index >= len(cells) or not cells[index].strip():
            return None, every
        told = self.opened.records.column(self.mapped.rows - 1, index).dictionary_encode()
        same = [unit is not None and _plain(unit) == _plain(cells[index]) for unit in told.dictionary.to_pylist()]
        if not any(same) or all(same):
            return None, every
        return cells[index].strip(), np.array(same)[told.indices.to_numpy(zero_copy_only=False)]

    def _sums_of_rows(self) -> list[list[Control]]:
        """Test the total columns of a cross-tab against the cells of their row."""
        spreading = self.opened.spreading
        if spreading is None:
            return []
        lines = self.layout.row_totals
        records = np.searchsorted(self.opened.records.offsets, lines, side="right") - 1
        controls: list[list[Control]] = []
        for line, record in zip(lines.tolist(), records.tolist(), strict=True):
            index = line - int(self.opened.records.offsets[record])
            stated = self._stated(record, index, empty_too=False)
            if stated is not None:
                controls.append([self._control(record, stated, self.mapped.rows == record + 1, (), place=index + 1)])
        return controls

    def _stated(self, record: int, index: int, *, empty_too: bool) -> Decimal | None:
        """Return the total in a cell; one that cannot be read is told, an empty one only when it has to be there."""
        cells = self.opened.records.cells(record)
        text = cells[index].strip() if index < len(cells) else ""
        if not text and not empty_too and self.opened.flaw(record, index) is None:
            return None
        line = record if self.mapped.places is None else int(self.opened.records.offsets[record]) + index
        heading = self.opened.heading(index)
        total = self.opened.flaw(record, index) or read_total(text, str(self.opened.dialect.decimal.value))
        if isinstance(total, Problem):
            self.unreadable.append((line, total, heading))
            return None
        self.read.append((line, Problem("total", {"stated": f"{total:f}"}), heading))
        return total

    def _control(
        self, record: int | None, stated: Decimal, chosen: Flags, misfits: tuple[int, ...], *,
        place: int | None = None, since: int | None = None, unit: str | None = None,
    ) -> Control:  # fmt: skip
        """Return a total beside the sum of the chosen figures, and the rows that could not be read among them."""
        figures = self.mapped.stated.filter(pa.array(chosen))
        computed = Decimal(pc.sum(figures).as_py() or 0)
        unreadable = {*self.mapped.rows[chosen & self.missing].tolist(), *(number + 1 for number in misfits)}
        row = None if record is None else record + 1
        return Control(row, stated, computed, tuple(sorted(unreadable)), self.profile.between, place, since, unit=unit)


def _plain(unit: str) -> str:
    """Return a unit's text as it is compared: m³ is m3."""
    return compared(unicodedata.normalize("NFKC", unit))
