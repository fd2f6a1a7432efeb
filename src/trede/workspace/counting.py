"""Which batches count: what happened to them in order, of which the last word about each batch holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from trede.activity.batches import Batch
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Reinstate, Withdraw


def counting(batches: Sequence[Batch], in_force: Sequence[Recorded]) -> list[Batch]:
    """Return the batches that are neither withdrawn nor replaced, or that were let count again after that.

    Args:
        batches: all batches of a workspace, in any order; their order is kept.
        in_force: the decisions in force.
    """
    words = [r for r in in_force if isinstance(r.decision, Withdraw | Reinstate)]
    # A batch comes right after the last decision before it: it says that those that it replaces are out.
    happened: list[tuple[tuple[int, int], Sequence[str], str]]
    happened = [((_decisions_before(batch, words), 1), batch.replaces, "") for batch in batches]
    for recorded in words:
        match recorded.decision:
            case Withdraw(batch=batch_id):
                happened.append(((recorded.number, 0), [batch_id], ""))
            case Reinstate(batch=batch_id, replaces=replaces):
                happened.append(((recorded.number, 0), replaces, batch_id))
    gone: set[str] = set()
    for _, out, back in sorted(happened, key=lambda event: event[0]):
        gone.update(out)
        gone.discard(back)
    return [batch for batch in batches if batch.id not in gone]


def _decisions_before(batch: Batch, words: Sequence[Recorded]) -> int:
    """Return the number of the last decision before a batch; of a batch of an earlier version by the time."""
    if "decisions" in batch.made:
        return int(batch.made["decisions"])
    made_at = datetime.fromisoformat(batch.made["made_at"])
    return max((r.number for r in words if r.decision.made_at < made_at), default=0)
