"""Records that no factor was found for: those that somebody left out with a reason, and those that are still open."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from trede.engine.activities import COVERED_BY_OTHERS
from trede.factors.spending import NOT_BY_SPEND
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import ExcludeUnmatched

ERRORS = frozenset({"amount_out_of_range"})
"""Codes of records that are wrong rather than without a factor: nobody can leave these out by type."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """What one decision leaves out: the number of records, those of a period over two years once for each year."""

    recorded: Recorded
    records: int

    @property
    def decision(self) -> ExcludeUnmatched:
        """The decision itself."""
        assert isinstance(self.recorded.decision, ExcludeUnmatched)
        return self.recorded.decision


@dataclass(frozen=True, slots=True)
class Group:
    """Unmatched records of one activity type, attributes and year that nobody left out; `code` says what is wrong."""

    activity_type: str
    attributes: str
    year: int
    code: str
    records: int


@dataclass(frozen=True)
class Unmatched:
    """The unmatched records of a run: together `excluded` and `left` are all that are no settled matter."""

    excluded: list[Excluded]
    left: list[Group]

    @property
    def count(self) -> int:
        """The number of records that are still open."""
        return sum(group.records for group in self.left)


def sort_unmatched(table: pa.Table, decisions: Sequence[Recorded]) -> Unmatched:
    """Divide a run's unmatched records over the decisions to leave them out; the first one that fits counts.

    Args:
        table: the run's table `unmatched`.
        decisions: those in force.
    """
    wanted = [r for r in decisions if isinstance(r.decision, ExcludeUnmatched)]
    taken: Counter[str] = Counter()
    left: Counter[tuple[str, str, int, str]] = Counter()
    for row in table.select(["activity_type", "attributes", "start", "code"]).to_pylist():
        if row["code"] in (COVERED_BY_OTHERS, *NOT_BY_SPEND):
            continue
        kind, text, year = row["activity_type"], row["attributes"], row["start"].year
        fits = (r for r in wanted if _decision(r).covers(year, kind, json.loads(text)))
        found = None if row["code"] in ERRORS else next(fits, None)
        if found is None:
            left[kind, text, year, row["code"]] += 1
        else:
            taken[found.id] += 1
    return Unmatched(
        [Excluded(r, taken[r.id]) for r in wanted if taken[r.id]],
        [Group(*key, records=count) for key, count in sorted(left.items())],
    )


def _decision(recorded: Recorded) -> ExcludeUnmatched:
    assert isinstance(recorded.decision, ExcludeUnmatched)
    return recorded.decision
