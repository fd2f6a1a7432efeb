"""Weighing a file before it is taken in: what each year that it touches comes to without it and with it.

Both are real calculations over today's files, lists and decisions; what is not stored yet is in a folder that is thrown away.
So a year comes to the same when the file is taken in and the year is calculated, to the milligram, unless something changes in
between.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from trede.activity.batches import Batch, BatchStore
from trede.catalogue.gwp import DEFAULT_GWP
from trede.engine.runs import Run, RunStore
from trede.kernel.errors import RunError
from trede.kernel.identity import SHORT, canonical_json, sha256
from trede.kernel.periods import Period
from trede.workspace.importing import Ready
from trede.workspace.running import calculate, is_current, pin_inputs
from trede.workspace.workspace import Workspace

MOST_YEARS = 4
"""Years of one file that are calculated, the latest; a file of many years is told which were left."""


@dataclass(frozen=True)
class Weighed:
    """A year without and with a file; None where no record is in the year.

    `stands`: `before` is the stored calculation of today's data, so that it can be explained.
    """

    year: int
    before: Run | None
    after: Run | None
    stands: bool


@dataclass(frozen=True)
class Weights:
    """The years of a file that are weighed, one at a time as they are asked for, and those that are left."""

    years: Sequence[int]
    left: Sequence[int]
    _workspace: Workspace
    _store: RunStore
    _before: Sequence[Batch]
    _after: Sequence[Batch]

    def __iter__(self) -> Iterator[Weighed]:
        for year in self.years:
            stored = self._workspace.calculated_run(str(year))
            stands = stored is not None and is_current(self._workspace, stored)
            before = stored if stands else self._calculated(year, self._before)
            yield Weighed(year, before, self._calculated(year, self._after), stands)

    def _calculated(self, year: int, batches: Sequence[Batch]) -> Run | None:
        workspace, period = self._workspace, Period.year(year)
        spec = pin_inputs(workspace, period, "pins", DEFAULT_GWP, batches, workspace.known())
        try:
            return calculate(workspace, spec, workspace.decisions.in_force(), self._store, at_hand=batches)
        except RunError as error:
            if error.issues[0].code != "nothing_to_run":
                raise
            return None


@contextmanager
def weigh_file(workspace: Workspace, ready: Ready) -> Iterator[Weights]:
    """Weigh a file that is read and not stored, in the place of the batches that it would replace.

    Yields:
        The years, of which the calculations are made when they are asked for; their tables are gone when it is closed.
    """
    active = workspace.active_batches()
    gone = [batch for batch in active if batch.id in ready.left_out]
    found = sorted({year for table in _tables(ready, gone) for year in years_of(table)}, reverse=True)
    with tempfile.TemporaryDirectory(prefix="trede-weigh-") as folder:
        made = {"file_name": ready.staging.name, "made_at": workspace.now, "decisions": 0, "replaces": ready.left_out}
        made["profile_title"] = ready.staging.profile.title
        batch = BatchStore(Path(folder) / "batches").write(
            ready.facts, ready.staging.profile.canonical(), ready.settled.records, ready.settled.rows, made
        )
        after = [*(each for each in active if each not in gone), batch]
        runs = RunStore(Path(folder) / "runs")
        yield Weights(found[:MOST_YEARS], found[MOST_YEARS:], workspace, runs, active, after)


def _tables(ready: Ready, gone: Sequence[Batch]) -> list[pa.Table]:
    return [ready.settled.records, *(batch.records("start", "end") for batch in gone)]


def years_of(records: pa.Table) -> set[int]:
    """Return the calendar years that records touch."""
    firsts, lasts = pc.year(records["start"]), pc.year(records["end"])
    spans = set(zip(firsts.to_pylist(), lasts.to_pylist(), strict=True))
    return {year for first, last in spans for year in range(first, last + 1)}


def standing(workspace: Workspace) -> str:
    """Return a hash of what a weighing rests on in the workspace: when it is another one, it is to be weighed again."""
    described = workspace.organisation_versions.latest()
    estimates = workspace.estimate_versions.latest()
    parts = [
        [batch.id for batch in workspace.active_batches()],
        workspace.decisions.last,
        described.id if described else "",
        estimates.id if estimates else "",
        sorted(workspace.libraries),
        sorted(workspace.models_in_use),
    ]
    return sha256(canonical_json(parts))[:SHORT]
