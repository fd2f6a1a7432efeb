"""What a run counts with each of its factors: all of them by one question, then kept, since a run never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from trede.trace.usage import Use, all_uses
from trede_web.bridge.jobs.answers import NotReadyError, are_many, is_kept, keep, kept

if TYPE_CHECKING:
    from trede.engine.runs import Run

USES = "uses"
"""The kind of answer."""


def uses_in(run: Run) -> Mapping[str, Sequence[Use]]:
    """Return what a run counts by factor (`list#factor`), the largest amount of each first.

    Raises:
        NotReadyError: the worker has to add it up first.
    """
    if are_many(int(run.result["records"])) and not has_uses(run):
        raise NotReadyError
    return uses_of(run)


def has_uses(run: Run) -> bool:
    """Whether it is kept what a run counts by factor."""
    return is_kept(run.folder.parents[1], USES, run.id)


def uses_of(run: Run) -> Mapping[str, Sequence[Use]]:
    """Return what a run counts by factor; it is kept when it was not yet."""
    root = run.folder.parents[1]
    stored = kept(root, USES, run.id)
    if stored is None:
        stored = {
            ref: [[u.activity_type, u.basis, u.records, str(u.quantity), u.unit, u.mg] for u in found]
            for ref, found in all_uses(run).items()
        }
        keep(root, stored, USES, run.id)
    return {
        ref: [
            Use(kind, basis, records, Decimal(quantity), unit, mg) for kind, basis, records, quantity, unit, mg in found
        ]
        for ref, found in stored.items()
    }
