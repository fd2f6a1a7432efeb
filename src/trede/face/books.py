"""One organisation's accounts in a notebook: open, import, calculate, look, explain, compare, report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from trede.catalogue.standards import find_standard
from trede.cli.calculating import by_activity
from trede.cli.language import Speaker
from trede.engine.runs import Run
from trede.intake.profile import Profile
from trede.inventory.footprint import footprint_of
from trede.kernel.amounts import MG_PER_TONNE
from trede.kernel.issues import Issue
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin
from trede.trace.breakdown import Rung
from trede.trace.record import RecordTrail
from trede.workspace import Workspace
from trede.workspace.comparing import compare
from trede.workspace.explaining import explain
from trede.workspace.importing import Imported, import_file
from trede.workspace.running import run_period

AnyPath = str | Path
Language = Literal["nl", "en"]


@dataclass(frozen=True)
class Calculation:
    """One stored run with its tables. Amounts are whole milligrams CO2e."""

    run: Run

    @property
    def id(self) -> str:
        """The number of the run: the hash of what went in and what came out."""
        return self.run.id

    @property
    def period(self) -> str:
        """The period that was calculated, such as `2024`."""
        return str(self.run.period)

    @property
    def issues(self) -> list[Issue]:
        """What the calculation met: codes with values. `Books.tell` writes them as sentences."""
        return self.run.issues

    def totals(self) -> pa.Table:
        """Return the sums by account, stage, basis, entity, site, project, month, quality, GWP basis and unit."""
        return self.run.table("totals")

    def ledger(self) -> pa.Table:
        """Return the ledger: one row per record (or part of it) × flow × basis. The documentation describes its columns."""
        return self.run.table("ledger")

    def plan(self) -> pa.Table:
        """Return which factor each kind of record got, and why."""
        return self.run.table("plan")

    def unmatched(self) -> pa.Table:
        """Return the records that posted nothing, with the code of the reason."""
        return self.run.table("unmatched")

    def footprint(self, standard: str = "ladder", basis: str | None = None, language: Language = "en") -> pa.Table:
        """Return the headings of a standard with their amounts; nested headings are in the one above.

        Args:
            standard: its id or short name: `ladder`, `ghg` or `iso`.
            basis: `location` or `market`; None: the first that the standard reads.

        Returns:
            Columns `heading`, `name`, `depth` (0: top), `mg` (int64), `tonnes` (exact decimal). The last row is the total;
            its heading is `total`.

        Raises:
            TredeError: `standard_unknown`, or `basis_unknown`.
        """
        found = find_standard(standard)
        view = footprint_of(self.run, found, found.check_basis(basis))
        rows = [(line.heading.id, line.heading.name.get(language), line.depth, line.mg) for line in view.lines]
        rows.append(("total", "Total" if language == "en" else "Totaal", 0, view.total))
        heading, name, depth, mg = (list(column) for column in zip(*rows, strict=True))
        tonnes = pa.array([Decimal(amount) / MG_PER_TONNE for amount in mg], pa.decimal128(38, 9))
        return pa.table(
            {
                "heading": pa.array(heading), "name": pa.array(name), "depth": pa.array(depth, pa.int16()),
                "mg": pa.array(mg, pa.int64()), "tonnes": tonnes,
            }
        )  # fmt: skip


@dataclass(frozen=True)
class Books:
    """The accounts of one organisation, in a folder. `workspace` is the full library behind this small face."""

    workspace: Workspace

    def import_file(self, path: AnyPath, profile: AnyPath, *, replaces: str | None = None) -> Imported:
        """Take a file in. Each of its rows is accepted, set aside, held for a decision or rejected with a reason.

        Args:
            profile: a profile file (`.toml`), which is saved, or the name of a saved profile.
            replaces: the batch that this file is the corrected delivery of.

        Returns:
            The batch with its counts (`.batch.counts`) and the issues (`.issues`).

        Raises:
            TredeError: the file cannot be taken in; nothing was stored.
        """
        return import_file(
            self.workspace, Path(path).read_bytes(), Path(path).name, self._profile(profile), replaces=replaces
        )

    def _profile(self, profile: AnyPath) -> Profile:
        saved = self.workspace.profiles()
        if str(profile) in saved:
            return saved[str(profile)]
        return self.workspace.save_profile(Path(profile).read_bytes(), Path(profile).name)

    def pin(self, library: str, years: Sequence[int], *, reason: str, person: str) -> str:
        """Record that a factor list counts for years that it is not of. Returns the number of the decision."""
        made_at = self.workspace.clock()
        pin = Pin(library=library, years=tuple(years), reason=reason, person=person, made_at=made_at)
        return self.workspace.decide(pin).id

    def calculate(self, period: str | int) -> Calculation:
        """Calculate a period: `2024`, `"2024-Q1"`, `"2023-07..2024-06"`. The same inputs give the same run again.

        Raises:
            TredeError: `period_unreadable`, or `nothing_to_run`.
        """
        return Calculation(run_period(self.workspace, Period.parse(str(period))))

    def calculation(self, name: str | int) -> Calculation:
        """Return a stored calculation: by its period (the latest that counts) or by its number.

        Raises:
            TredeError: `run_unknown` or `run_ambiguous`.
        """
        return Calculation(self.workspace.find_run(str(name)))

    def explain(self, address: str) -> list[Rung] | RecordTrail:
        """Follow a figure back.

        Args:
            address: `2024/ladder`, `2024/ladder/scope-1`, with an account and a month behind it, or `2024/RECORD`.

        Returns:
            Rungs, whose `parts` add up to their `mg`; or a record with its postings, formula, factor and cells.
        """
        return explain(self.workspace, address)[1]

    def compare(self, before: str | int, after: str | int) -> pa.Table:
        """Return the exact bridge between two footprints: `before` + all causes = `after`, for any grouping of the rows.

        Returns:
            Columns `what` (`before`, a cause, or `after`), `account`, `stage`, `basis`, `entity`, `site`, `activity_type`,
            `mg`. Take the rows of one basis, with those of basis `none`.
        """
        rows = compare(self.workspace, str(before), str(after)).rows
        names = ("account", "stage", "basis", "entity", "site", "activity_type")
        columns: dict[str, Any] = {"what": pa.array([row.what for row in rows], pa.string())}
        columns |= {name: pa.array([getattr(row.place, name) for row in rows], pa.string()) for name in names}
        return pa.table({**columns, "mg": pa.array([row.mg for row in rows], pa.int64())})

    def report(
        self, *names: str | int, pdf: AnyPath | None = None, xlsx: AnyPath | None = None, language: Language = "nl"
    ) -> list[Path]:
        """Write the report of one or more calculations as PDF, as a workbook, or both.

        Raises:
            TredeError: `report_exists`; an existing file is not overwritten.
        """
        from trede.workspace.reporting import make_report, write_report

        report = make_report(
            self.workspace, [str(n) for n in names], language, lambda issues: self.tell(issues, language)
        )
        return write_report(report, pdf=Path(pdf) if pdf else None, xlsx=Path(xlsx) if xlsx else None)

    def tell(self, issues: Sequence[Issue], language: Language = "en") -> list[str]:
        """Write issues as sentences."""
        speaker = Speaker(language)
        return [speaker.issue(issue) for issue in by_activity(speaker, issues)]


def open_books(folder: AnyPath) -> Books:
    """Open the accounts in a folder that `create_books` or `trede init` made.

    Raises:
        TredeError: `workspace_missing`, or `workspace_format_unknown`.
    """
    return Books(Workspace(Path(folder)))


def create_books(folder: AnyPath, organisation: AnyPath) -> Books:
    """Make a folder of accounts.

    Args:
        folder: new or empty.
        organisation: the description of the organisation (`organisation.toml`).

    Raises:
        TredeError: `workspace_exists`, `workspace_folder_not_empty`, or what is wrong in the description.
    """
    described = Path(organisation)
    return Books(Workspace.create(Path(folder), described.read_bytes(), described.name))
