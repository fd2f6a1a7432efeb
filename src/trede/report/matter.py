"""What a report is about: the organisation, one or more runs, and what they rest on. Gathered by the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from trede.activity.batches import Batch
from trede.analysis.base_year import Assessment
from trede.analysis.bridge import Bridge
from trede.catalogue.library import Library
from trede.catalogue.standards import Standard, standards
from trede.engine.runs import Run
from trede.inventory.categories import CategoryView
from trede.inventory.completeness import SourceStatus
from trede.inventory.coverage import Coverage
from trede.inventory.footprint import Footprint, footprint_of
from trede.inventory.publication import Published
from trede.kernel.periods import Period
from trede.methods.known import Known, shipped
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import BaseYear
from trede.organisation.model import Organisation


@dataclass(frozen=True, slots=True)
class Doubt:
    """A probable double count that nobody settled.

    Attributes:
        records: how many records would post nothing if it is one.
        mg: what the leading total would lose then, in milligrams.
    """

    id: str
    code: str
    period: Period
    records: int
    mg: int


@dataclass(frozen=True, slots=True)
class BaseYearMatter:
    """The policy on the base year, and what today's calculation of that year would change.

    Attributes:
        published: the last publication of the base year; None: there is none yet.
        later: the id of today's calculation; empty when it does not differ from what was published.
        assessments: under each standard and basis; empty when nothing differs from what was published.
    """

    recorded: Recorded
    policy: BaseYear
    published: Published | None
    later: str
    assessments: Sequence[Assessment]


@dataclass(frozen=True)
class Covered:
    """One run of the report.

    Attributes:
        batches: those that the run rests on.
        sources: the state of each expected source in the run's period.
        coverage: the months that each source has records of, site by site.
        stale: whether files, lists or decisions changed since.
        older: whether nothing changed since but the version of the program.
        told: the run's issues as sentences; the shell writes them.
        doubts: the probable double counts in its period.
        unmatched: how many records post nothing because there is no factor, and nobody left them out.
        published: the publication that names this run, the latest; None: it is a draft.
        history: every publication of the run's period, the first one first.
        categories: the 15 categories of scope 3, with what was said of them.
        known: the types and methods that the run calculated by.
        held_by_others: milligrams by standard and basis that records would have posted which others cover.
    """

    run: Run
    batches: Sequence[Batch]
    sources: Sequence[SourceStatus]
    coverage: Sequence[Coverage]
    stale: bool
    told: Sequence[str]
    doubts: Sequence[Doubt]
    unmatched: int
    held_by_others: Mapping[tuple[str, str], int]
    published: Published | None = None
    history: Sequence[Published] = ()
    older: bool = False
    categories: Sequence[CategoryView] = ()
    known: Known = field(default_factory=shipped)

    @cached_property
    def totals(self) -> list[dict[str, Any]]:
        """The rows of the run's totals."""
        rows: list[dict[str, Any]] = self.run.table("totals").to_pylist()
        return rows

    @cached_property
    def plan(self) -> list[dict[str, Any]]:
        """The rows of the run's plan."""
        rows: list[dict[str, Any]] = self.run.table("plan").to_pylist()
        return rows

    @cached_property
    def methods(self) -> frozenset[str]:
        """The methods with their version by which quantities and amounts came about."""
        return frozenset({row["method"] for row in self.plan} | {*self.run.table("derived")["method"].to_pylist()})

    @cached_property
    def _views(self) -> Mapping[tuple[str, str], Footprint]:
        return {(s.id, basis): footprint_of(self.run, s, basis) for s in standards().values() for basis in s.bases}

    def view(self, standard: Standard, basis: str) -> Footprint:
        """Return the footprint under a standard on one of its bases."""
        return self._views[standard.id, basis]


@dataclass(frozen=True)
class Matter:
    """Everything that a report says something about. `runs` stand in the order of their periods.

    Attributes:
        decisions: those that the runs and their batches rest on.
        bridge: from the first run to the last, when there are two or more.
        rows_told: each row of the files that is held or rejected, as a sentence with its place.
        base_year: the policy on the base year; None: there is none.
        attached: what is attached as evidence to the runs' records, files and sources.
        materiality: the decision with the scored combinations of product and market; None: there are none.
    """

    organisation: Organisation
    runs: Sequence[Covered]
    libraries: Mapping[str, Library]
    decisions: Sequence[Recorded]
    bridge: Bridge | None
    rows_told: Sequence[str]
    base_year: BaseYearMatter | None = None
    attached: Sequence[Recorded] = ()
    materiality: Recorded | None = None

    @property
    def first(self) -> Covered:
        """The earliest run."""
        return self.runs[0]

    @property
    def latest(self) -> Covered:
        """The run that the report is mostly about."""
        return self.runs[-1]
