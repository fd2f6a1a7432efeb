"""The outcome of a file: the fate of every physical row, its issues, and the control totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from trede.intake.columns import Codes
from trede.intake.controls import Control
from trede.intake.fields import FATES
from trede.intake.keeping import kept_cells
from trede.intake.layout import ACCEPTED, HELD, REJECTED, SET_ASIDE, Layout
from trede.intake.mapping import Mapped
from trede.intake.opening import Opened
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.intake.reader import NO_FLAW
from trede.intake.totalling import Totals
from trede.kernel.addresses import Address
from trede.kernel.errors import IntakeError
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue, Location, Severity

_DECISIONS = {
    "accept": ("accepted_by_decision", HELD, ACCEPTED),
    "drop": ("dropped_by_decision", HELD, SET_ASIDE),
    "set-aside": ("set_aside_by_decision", REJECTED, SET_ASIDE),
}
"""Per decision about a row: the reason that it gives, the fate that it is about, and the fate that it gives."""


ROWS = pa.schema(
    [
        ("row", pa.int32()),  # 1 is the first
        ("line", pa.int32()),  # line of the file on which the row begins
        ("fate", pa.string()),
        ("code", pa.string()),
        ("column", pa.string()),  # heading
        ("detail", pa.string()),  # canonical JSON of the parameters
        ("cells", pa.list_(pa.string())),  # of the row, or the one cell of a cross-tab
        ("column_number", pa.int32()),  # of a cross-tab: number of the cell's column, 1 is column A
    ]
)
"""Every physical row of a file, or every cell of a cross-tab, with its fate."""


@dataclass(frozen=True)
class Outcome:
    """What became of a file; the table `rows` has the schema `ROWS`."""

    fates: npt.NDArray[np.int8]
    rows: pa.Table
    counts: dict[str, int]
    issues: tuple[Issue, ...]
    controls: tuple[Control, ...]

    def positions(self, layout: Layout, fate: int) -> Codes:
        """Return the positions, among the data lines, of those with a fate."""
        return np.flatnonzero(self.fates[layout.data] == fate)


class Sorter:
    """Gives every line (a record, or a cell of a cross-tab) its fate and collects why; one use for one file."""

    def __init__(self, opened: Opened, layout: Layout, mapped: Mapped, name: str) -> None:
        self.opened = opened
        self.layout = layout
        self.mapped = mapped
        self.name = name
        self.fates = layout.fates.copy()
        self.reasons: dict[int, tuple[Problem, str | None]] = {}
        """Why a line has its fate, and in which column (a heading)."""
        self.issues: list[tuple[int, Issue]] = []
        """Issues with the line that they are about; they go when a decision or another rule changes its fate."""

    def sort(
        self,
        profile: Profile,
        control_total: Decimal | None,
        decisions: Mapping[Address, str],
        control_rows: int | None = None,
    ) -> Outcome:
        """Sort the file.

        Raises:
            IntakeError: `decision_unknown`, `decision_not_held`.
        """
        self._judge()
        totals = Totals(self.opened, self.layout, self.mapped, profile, self.name)
        controls = totals.test(control_total, control_rows)
        for line, problem, column in totals.read:
            self.reasons[line] = (problem, column)
        for line, problem, column in totals.unreadable:
            self.fates[line] = REJECTED
            self.reasons[line] = (problem, column)
            self._report(line, Severity.ERROR, problem, column)
        self._decide(decisions, lasting=profile.readings is None)
        issues = [issue for line, issue in self.issues if self.fates[line] in (HELD, REJECTED)] + totals.issues
        counted = np.bincount(self.fates, minlength=len(FATES)).tolist()
        return Outcome(
            fates=self.fates,
            rows=self._rows(kept_cells(self.opened, self.layout, self.mapped, profile)),
            counts=dict(zip(FATES, counted, strict=True)),
            issues=tuple(sorted(issues, key=lambda issue: issue.location.address.order)),
            controls=tuple(controls),
        )

    def _judge(self) -> None:
        self.reasons = {line: (problem, None) for line, problem in self.layout.reasons.items()}
        for number in (*self.layout.misfits, *self.layout.closing):
            line = self._lines(number)[0]
            where = Location(self.name, number + 1)
            problem = self.reasons[line][0]
            self.issues.append((line, Issue.make(Severity.ERROR, problem.code, where, dict(problem.params))))
        for line in np.flatnonzero(self.fates == REJECTED).tolist() if self.layout.places is not None else ():
            problem, column = self.reasons[line]
            if problem.code != "row_width":
                self._report(line, Severity.ERROR, problem, column)
        for finding in self.mapped.asides:
            line = int(self.layout.data[finding.position])
            self.fates[line] = SET_ASIDE
            self.reasons[line] = (finding.problem, finding.column)
        seen: set[tuple[int, str | None, str]] = set()
        for fate, severity, findings in (
            (REJECTED, Severity.ERROR, self.mapped.rejections),
            (HELD, Severity.WARNING, self.mapped.doubts),
        ):
            for finding in findings:
                line = int(self.layout.data[finding.position])
                told = (line, finding.column, finding.problem.code)
                if told not in seen:
                    seen.add(told)
                    if self.fates[line] == SET_ASIDE:
                        self.reasons.pop(line)
                    self.fates[line] = fate
                    column = self._column(line, finding.column)
                    self.reasons.setdefault(line, (finding.problem, column))
                    self._report(line, severity, finding.problem, column)

    def _lines(self, record: int) -> range:
        """Return the lines of a record."""
        if self.layout.places is None:
            return range(record, record + 1)
        return range(int(self.opened.records.offsets[record]), int(self.opened.records.offsets[record + 1]))

    def _address(self, line: int) -> Address:
        if self.layout.places is None:
            return Address(line + 1)
        offsets = self.opened.records.offsets
        record = int(np.searchsorted(offsets, line, side="right")) - 1
        return Address(record + 1, line - int(offsets[record]) + 1)

    def _line(self, address: Address) -> int | None:
        """Return the line at an address, or None without one."""
        cells = self.layout.places is not None
        if (address.place is not None) != cells or not 0 < address.row <= len(self.opened.records):
            return None
        lines = self._lines(address.row - 1)
        place = (address.place or 1) - 1
        return lines[place] if 0 <= place < len(lines) else None

    def _issue(self, line: int, severity: Severity, problem: Problem, column: str | None) -> Issue:
        address = self._address(line)
        where = Location(self.name, address.row, self._column(line, column), address.place)
        return Issue.make(severity, problem.code, where, dict(problem.params))

    def _column(self, line: int, column: str | None) -> str | None:
        """Return the heading for an issue; of a cross-tab, that of the cell and, if it is another, of what is wrong."""
        place = self._address(line).place
        own = "" if place is None else self.opened.heading(place - 1)
        if not own or column is None or column.startswith(own):
            return column or own or None
        return f"{own} · {column}"

    def _report(self, line: int, severity: Severity, problem: Problem, column: str | None) -> None:
        self.issues.append((line, self._issue(line, severity, problem, column)))

    def _decide(self, decisions: Mapping[Address, str], *, lasting: bool) -> None:
        """Apply the decisions; where they are not `lasting`, one about a row that another decision cleared does nothing."""
        wrong: list[Issue] = []
        for address, decision in sorted(decisions.items(), key=lambda item: item[0].order):
            where = Location(file=self.name, row=address.row, place=address.place)
            line = self._line(address)
            if decision not in _DECISIONS:
                wrong.append(Issue.error("decision_unknown", where, value=decision, allowed=list(_DECISIONS)))
            elif line is None or self.fates[line] != _DECISIONS[decision][1]:
                wrong += [Issue.error("decision_not_held", where)] if lasting or line is None else []
            else:
                problem, column = self.reasons[line]
                code, _, self.fates[line] = _DECISIONS[decision]
                told = Problem(code, {**problem.params, "held_for": problem.code})
                self.reasons[line] = (told, column)
        if wrong:
            raise IntakeError(*wrong)

    def _calculated(self) -> dict[int, list[str]]:
        """Return, by line, the headings of the columns with values in which it holds the result of a formula."""
        native = self.opened.records.native
        found: dict[int, list[str]] = {}
        if native is None or not native.formulas.any():
            return found
        results = native.formulas & (native.flaws == NO_FLAW)
        if self.layout.places is not None:
            cells = self.layout.data[results[self.layout.data]]
            return {line: [self.opened.heading(int(line - self.opened.records.offsets[self._address(line).row - 1]))]
                    for line in cells.tolist()}  # fmt: skip
        grid = results.reshape(len(self.fates), -1)
        for index in sorted({*self.opened.indices.values()}):
            for number in (np.flatnonzero(grid[self.layout.header + 1 :, index]) + self.layout.header + 1).tolist():
                found.setdefault(number, []).append(self.opened.titles[index])
        return found

    def _rows(self, cells: pa.ListArray) -> pa.Table:
        count = len(self.fates)
        codes: list[str | None] = [None] * count
        columns: list[str | None] = [None] * count
        details: list[str | None] = [None] * count
        for line in self.layout.blank.tolist():
            codes[line] = "blank"
        for line in self.layout.labels.tolist():
            codes[line] = "label"
        for line in self.layout.row_totals.tolist():
            codes[line] = "row_total"
        for line, (problem, column) in self.reasons.items():
            codes[line] = codes[line] or problem.code
            columns[line] = column
            details[line] = canonical_json(problem.params).decode() if problem.params else None
        for line, headings in self._calculated().items():
            params = self.reasons[line][0].params if line in self.reasons else {}
            details[line] = canonical_json({**params, "formula": headings}).decode()
        text, records = pa.string(), self.opened.records
        numbers = np.arange(len(records))
        places: pa.Array = pa.nulls(count, pa.int32())
        if self.layout.places is not None:
            numbers = np.repeat(numbers, records.widths)
            places = pa.array((np.arange(count) - records.offsets[:-1][numbers] + 1).astype(np.int32))
            columns = [
                column or (self.opened.heading(place - 1) if number > self.layout.header else None)
                for column, place, number in zip(columns, places.to_pylist(), numbers.tolist(), strict=True)
            ]
        values = {
            "row": pa.array((numbers + 1).astype(np.int32)),
            "line": pa.array(records.lines[numbers].astype(np.int32)),
            "fate": pa.array(FATES, text).take(pa.array(self.fates)),
            "code": pa.array(codes, text),
            "column": pa.array(columns, text),
            "detail": pa.array(details, text),
            "cells": cells,
            "column_number": places,
        }
        return pa.table([values[name].cast(ROWS.field(name).type) for name in ROWS.names], schema=ROWS)
