"""The outcome of a file: the fate of every physical row, its issues, and the control totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Codes
from trede.intake.controls import Control
from trede.intake.fields import FATES
from trede.intake.keeping import kept_cells
from trede.intake.layout import ACCEPTED, HELD, REJECTED, SET_ASIDE, Layout
from trede.intake.mapping import Mapped, read_total
from trede.intake.opening import Opened
from trede.intake.problems import Problem
from trede.intake.profile import Profile
from trede.intake.reader import FLAWS, NO_FLAW
from trede.kernel.errors import IntakeError
from trede.kernel.identity import canonical_json
from trede.kernel.issues import Issue, Location, Severity

_DECISIONS = {"accept": ("accepted_by_decision", ACCEPTED), "drop": ("dropped_by_decision", SET_ASIDE)}


@dataclass(frozen=True)
class Outcome:
    """What became of a file; see `Staging` for the table `rows`."""

    fates: npt.NDArray[np.int8]
    rows: pa.Table
    counts: dict[str, int]
    issues: tuple[Issue, ...]
    controls: tuple[Control, ...]

    def positions(self, layout: Layout, fate: int) -> Codes:
        """Return the positions, among the data rows, of those with a fate."""
        return np.flatnonzero(self.fates[layout.data] == fate)


class Sorter:
    """Gives every record its fate and collects why; one use for one file."""

    def __init__(self, opened: Opened, layout: Layout, mapped: Mapped, name: str) -> None:
        self.opened = opened
        self.layout = layout
        self.mapped = mapped
        self.name = name
        self.fates = layout.fates.copy()
        self.reasons: dict[int, tuple[Problem, str | None]] = {}
        """Why a record has its fate, and in which column (a heading)."""
        self.issues: list[Issue] = []

    def sort(self, profile: Profile, control_total: Decimal | None, decisions: Mapping[int, str]) -> Outcome:
        """Sort the file.

        Raises:
            IntakeError: `decision_unknown`, `decision_not_held`.
        """
        self._judge()
        self._decide(decisions)
        open_fates = (HELD, REJECTED)
        self.issues = [i for i in self.issues if self.fates[(i.location.row or 1) - 1] in open_fates]
        controls = self._totals(control_total, profile.columns["quantity"].between)
        counted = np.bincount(self.fates, minlength=len(FATES)).tolist()
        return Outcome(
            fates=self.fates,
            rows=self._rows(kept_cells(self.opened, self.layout, self.mapped, profile)),
            counts=dict(zip(FATES, counted, strict=True)),
            issues=tuple(sorted(self.issues, key=lambda issue: issue.location.row or 0)),
            controls=tuple(controls),
        )

    def _judge(self) -> None:
        self.reasons = {number: (problem, None) for number, problem in self.layout.reasons.items()}
        for number in self.layout.misfits:
            self._report(number, Severity.ERROR, *self.reasons[number])
        seen: set[tuple[int, str | None, str]] = set()
        for fate, severity, findings in (
            (REJECTED, Severity.ERROR, self.mapped.rejections),
            (HELD, Severity.WARNING, self.mapped.doubts),
        ):
            for finding in findings:
                number = int(self.layout.data[finding.position])
                told = (number, finding.column, finding.problem.code)
                if told not in seen:
                    seen.add(told)
                    self.fates[number] = fate
                    self.reasons.setdefault(number, (finding.problem, finding.column))
                    self._report(number, severity, finding.problem, finding.column)

    def _report(self, number: int, severity: Severity, problem: Problem, column: str | None) -> None:
        where = Location(self.name, number + 1, column)
        self.issues.append(Issue.make(severity, problem.code, where, dict(problem.params)))

    def _decide(self, decisions: Mapping[int, str]) -> None:
        wrong: list[Issue] = []
        for row, decision in sorted(decisions.items()):
            where = Location(file=self.name, row=row)
            if decision not in _DECISIONS:
                wrong.append(Issue.error("decision_unknown", where, value=decision, allowed=list(_DECISIONS)))
            elif not 0 < row <= len(self.fates) or self.fates[row - 1] != HELD:
                wrong.append(Issue.error("decision_not_held", where))
            else:
                problem, column = self.reasons[row - 1]
                code, self.fates[row - 1] = _DECISIONS[decision]
                told = Problem(code, {**problem.params, "held_for": problem.code})
                self.reasons[row - 1] = (told, column)
        if wrong:
            raise IntakeError(*wrong)

    def _totals(self, given: Decimal | None, between: tuple[Decimal, Decimal] | None) -> list[Control]:
        """Test the total rows and the given total. A total row that cannot be read is rejected."""
        column = self.opened.columns["quantity"]
        index = self.opened.indices["quantity"]
        stated: list[tuple[int | None, Decimal]] = []
        if self.opened.totals and not self.layout.totals:
            total_row, place = self.opened.totals[0]
            where = Location(self.name, column=self.opened.titles[place])
            self.issues.append(Issue.warning("total_missing", where, starts_with=total_row.starts_with))
        for number in self.layout.totals:
            cells = self.opened.records.cells(number)
            text = cells[index].strip() if index < len(cells) else ""
            total = self._flaw(number, index) or read_total(text, str(self.opened.dialect.decimal.value))
            if isinstance(total, Problem):
                self.fates[number] = REJECTED
                self.reasons[number] = (total, column)
                self._report(number, Severity.ERROR, total, column)
            else:
                self.reasons[number] = (Problem("total", {"stated": f"{total:f}"}), column)
                stated.append((number + 1, total))
        if given is not None:
            stated.append((None, given))
        if not stated:
            return []
        quantity = self.mapped.quantity
        computed = Decimal(pc.sum(quantity).as_py() or 0)
        unreadable = self.mapped.rows[quantity.is_null().to_numpy(zero_copy_only=False)].tolist()
        rows = tuple(sorted([*unreadable, *(number + 1 for number in self.layout.misfits)]))
        controls = [Control(row, total, computed, rows, between) for row, total in stated]
        self.issues.extend(issue for control in controls if (issue := control.issue(self.name, column)))
        return controls

    def _flaw(self, number: int, index: int) -> Problem | None:
        """Return why a cell of a workbook has no value of its own."""
        native = self.opened.records.native
        flaw = NO_FLAW if native is None else native.flaws[self.opened.records.offsets[number] + index]
        return FLAWS.get(int(flaw))

    def _calculated(self) -> dict[int, list[str]]:
        """Return, by record, the headings of the mapped columns in which it holds the result of a formula."""
        native = self.opened.records.native
        found: dict[int, list[str]] = {}
        if native is not None and native.formulas.any():
            grid = (native.formulas & (native.flaws == NO_FLAW)).reshape(len(self.fates), -1)
            for index in sorted({*self.opened.indices.values()}):
                for number in (np.flatnonzero(grid[self.layout.header + 1 :, index]) + self.layout.header + 1).tolist():
                    found.setdefault(number, []).append(self.opened.titles[index])
        return found

    def _rows(self, cells: pa.ListArray) -> pa.Table:
        count = len(self.fates)
        codes: list[str | None] = [None] * count
        columns: list[str | None] = [None] * count
        details: list[str | None] = [None] * count
        for number in self.layout.blank.tolist():
            codes[number] = "blank"
        for number, (problem, column) in self.reasons.items():
            codes[number] = codes[number] or problem.code
            columns[number] = column
            details[number] = canonical_json(problem.params).decode() if problem.params else None
        for number, headings in self._calculated().items():
            params = self.reasons[number][0].params if number in self.reasons else {}
            details[number] = canonical_json({**params, "formula": headings}).decode()
        text = pa.string()
        return pa.table(
            {
                "row": pa.array(np.arange(1, count + 1, dtype=np.int32)),
                "line": pa.array(self.opened.records.lines.astype(np.int32)),
                "fate": pa.array(FATES, text).take(pa.array(self.fates)),
                "code": pa.array(codes, text),
                "column": pa.array(columns, text),
                "detail": pa.array(details, text),
                "cells": cells,
            }
        )
