"""What every section is made with: the matter, the wording, and the columns that runs give a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from trede.catalogue.accounts import chart
from trede.catalogue.standards import Standard, standards
from trede.report.document import Cell, Column, Part, Section, Statement, Table, Where, milligrams, tonnes
from trede.report.matter import Covered, Matter
from trede.report.wording import Wording


@dataclass(frozen=True)
class Frame:
    """The matter and how to write about it."""

    matter: Matter
    words: Wording

    @property
    def standard(self) -> Standard:
        """The standard that the report leads with: the first."""
        return next(iter(standards().values()))

    @property
    def basis(self) -> str:
        """The basis that the report leads with."""
        return self.standard.bases[0]

    @property
    def view_name(self) -> str:
        """The leading standard with its basis."""
        return self.standard_name(self.standard, self.basis)

    @property
    def view_note(self) -> Statement:
        """Says under a table which standard and basis it is about."""
        return self.words.statement("note.view", view=self.view_name)

    def standard_name(self, standard: Standard, basis: str) -> str:
        """A standard with a basis, marked when nobody held it against the norm text."""
        name = f"{standard.name.get(self.words.language)}, {self.words.word(f'basis.{basis}')}"
        return name if standard.verified else f"{name} ({self.words.word('unverified.short')})"

    def run_name(self, covered: Covered) -> str:
        """Return the period of a run; two of one period have their number beside it."""
        periods = Counter(c.run.period for c in self.matter.runs)
        name = covered.run.period.name
        return name if periods[covered.run.period] == 1 else f"{name} ({covered.run.id[:8]})"

    def counts(self, row: dict[str, Any]) -> bool:
        """Whether a row of totals is part of the leading view."""
        return row["basis"] in ("none", self.basis) and row["account"] in self.standard.heading_of

    def at(self, covered: Covered, *below: str, beside: str = "") -> str:
        """Return the address of a figure of a run under the leading view; `below` are heading, group, account or slice."""
        return address(covered.run.id, self.standard, self.basis, *below, beside=beside)

    def at_each(self, *below: str, beside: str = "") -> list[str]:
        """Return such an address of every run."""
        return [self.at(covered, *below, beside=beside) for covered in self.matter.runs]

    def at_bridge(self, beside: str, *below: str) -> str:
        """Return the address of a figure of the bridge from the first run to the last under the leading view."""
        runs = f"{self.matter.first.run.id}..{self.matter.latest.run.id}"
        return address(runs, self.standard, self.basis, *below, beside=beside)

    def section(self, name: str, parts: Sequence[Part], *, on: Where = "both", fresh: bool = False) -> Section:
        """Return a section with the words for its title and its sheet."""
        title, sheet = self.words.word(f"section.{name}"), self.words.word(f"sheet.{name}")
        return Section(name.replace("_", "-"), title, sheet, tuple(parts), on, fresh)

    def mass_columns(
        self, names: Iterable[str], basis: str = "", units: tuple[str, str] = ("unit.tonnes", "unit.milligrams")
    ) -> tuple[Column, ...]:
        """Return a column of tonnes for each name, and in the workbook one of milligrams beside it.

        Args:
            basis: stands under the name in place of the unit, which the title then gives.
            units: codes of the two units.
        """
        tonne, milligram = (self.words.word(unit) for unit in units)
        columns: list[Column] = []
        for at, name in enumerate(names):
            columns.append(Column(name, basis or tonne, figure=True, lined=at == 0))
            exact = f"{basis}, {milligram}" if basis else milligram
            columns.append(Column(name, exact, figure=True, on="workbook"))
        return tuple(columns)

    def run_columns(self) -> tuple[Column, ...]:
        """The columns of mass of all runs."""
        return self.mass_columns(self.run_name(covered) for covered in self.matter.runs)

    def noted(self, table: Table) -> Table:
        """Return the table, with a note when its shown parts do not add up."""
        if table.adds_up_as_shown():
            return table
        return replace(table, notes=(*table.notes, self.words.statement("note.rounding")))

    def group(self, group_id: str) -> str:
        """The name of a group of accounts."""
        return chart().groups[group_id].get(self.words.language)

    def account(self, account_id: str) -> str:
        """The name of an account: its group and its stage."""
        account = chart()[account_id]
        return f"{self.group(account.group)}: {account.stage_name.get(self.words.language)}"


def masses(amounts: Iterable[int], at: Iterable[str], *, signed: bool = False) -> tuple[Cell, ...]:
    """Return the cells of `mass_columns`: tonnes, and milligrams beside. `at` are the addresses of the amounts."""
    asked = zip(amounts, at, strict=True)
    return tuple(cell for mg, where in asked for cell in (tonnes(mg, where, signed=signed), milligrams(mg)))


def address(run: str, standard: Standard, basis: str, *below: str, beside: str = "") -> str:
    """Return what `trede explain` is asked for a figure; `beside` says which figure beside the answer's own is meant."""
    return "/".join([run, f"{standard.short}:{basis}", *below]) + (f"#{beside}" if beside else "")
