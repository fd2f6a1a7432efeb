"""Which batches count: of replacing, withdrawing and importing again, the last that happened to a batch holds."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trede.activity.batches import Batch
from trede.kernel.errors import TredeError
from trede.organisation.decision_log import Recorded
from trede.organisation.decisions import Reinstate, Revoke, Withdraw
from trede.workspace import Workspace
from trede.workspace.counting import counting
from trede.workspace.importing import reimport
from workspaces import BY, FILLS, WHEN, active_ids, create, decide_held, fuel_card, take_in

FIRST = fuel_card()
SECOND = fuel_card([replace(FILLS[0], litres="41,00"), *FILLS[1:]])
THIRD = fuel_card([replace(FILLS[0], litres="42,00"), *FILLS[1:]])
DOUBTFUL = fuel_card([*FILLS, FILLS[1]])


def twice(workspace: Workspace) -> set[str]:
    """Return the ids of records that count more than once."""
    found = Counter(i for b in workspace.active_batches() for i in b.records()["record_id"].to_pylist())
    return {ident for ident, count in found.items() if count > 1}


def test_what_was_imported_again_can_be_replaced(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas-1.csv", FIRST).batch
    workspace.withdraw(a.id, "by mistake", "Somebody")
    assert take_in(workspace, "tankpas-1.csv", FIRST).batch.id == a.id
    c = take_in(workspace, "tankpas-2.csv", SECOND, replaces=a.id).batch
    assert active_ids(workspace) == {c.id}
    workspace.withdraw(c.id, "the first after all", "Somebody")
    assert active_ids(workspace) == set()


def test_a_correction_taken_back_and_made_again_counts_once(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas.csv", FIRST).batch
    b = take_in(workspace, "tankpas.csv", SECOND, replaces=a.id).batch
    take_in(workspace, "tankpas.csv", FIRST, replaces=b.id)
    assert active_ids(workspace) == {a.id}
    c = take_in(workspace, "tankpas.csv", THIRD, replaces=a.id).batch
    assert active_ids(workspace) == {c.id}


def test_a_row_decided_after_importing_again_counts_once(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas.csv", DOUBTFUL).batch
    workspace.withdraw(a.id, "by mistake", "Somebody")
    take_in(workspace, "tankpas.csv", DOUBTFUL)
    decided = decide_held(workspace, a, "drop")
    assert active_ids(workspace) == {decided.id}
    assert not twice(workspace)


def test_a_revocation_is_taken_back(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas.csv", FIRST).batch
    workspace.withdraw(a.id, "not ours", "Somebody")
    withdrawn = workspace.decisions.in_force()[-1]
    for number in range(1, 5):
        workspace.decide(Revoke(decision=list(workspace.decisions.all())[-1].id, **BY))
        assert active_ids(workspace) == ({a.id} if number % 2 else set())
        assert workspace.decisions.in_force() == ([] if number % 2 else [withdrawn])


def test_taking_a_revocation_back_never_lets_a_record_count_twice(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas-1.csv", FIRST).batch
    workspace.withdraw(a.id, "by mistake", "Somebody")
    take_in(workspace, "tankpas-1.csv", FIRST)
    again = workspace.decisions.in_force()[-1]
    workspace.decide(Revoke(decision=again.id, **BY))
    assert active_ids(workspace) == set()
    revoked = list(workspace.decisions.all())[-1]
    c = take_in(workspace, "tankpas-2.csv", SECOND).batch
    with pytest.raises(TredeError, match="records_twice"):
        workspace.decide(Revoke(decision=revoked.id, **BY))
    assert active_ids(workspace) == {c.id}


def stored(ident: str, made_at: datetime, *replaces: str) -> Batch:
    """A batch of an earlier version, that does not say after which decision it came."""
    return Batch(ident, Path(), {}, {"made_at": made_at.isoformat(), "replaces": list(replaces)})


def test_of_batches_of_an_earlier_version_the_time_tells_the_order() -> None:
    def at(minutes: int) -> datetime:
        return WHEN + timedelta(minutes=minutes)

    by = {"reason": "a reason", "person": "Somebody"}
    back = Recorded("r", 1, Reinstate(batch="a", replaces=("b",), made_at=at(2), **by))
    before = [stored("a", at(0)), stored("b", at(1), "a")]
    assert [b.id for b in counting(before, [back])] == ["a"]
    assert [b.id for b in counting([*before, stored("c", at(3), "a")], [back])] == ["c"]
    out = Recorded("w", 2, Withdraw(batch="a", made_at=at(3), **by))
    assert [b.id for b in counting(before, [back, out])] == []


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("import"), st.integers(0, 3), st.integers(0, 3)),
        st.tuples(st.sampled_from(("withdraw", "replace", "drop", "revoke")), st.integers(0, 5), st.integers(0, 3)),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=25, deadline=None)
@given(ACTIONS)
def test_whatever_happens_no_record_counts_twice(actions: list[tuple[str, int, int]]) -> None:
    files = (FIRST, SECOND, THIRD, DOUBTFUL)
    with tempfile.TemporaryDirectory() as folder:
        workspace = create(Path(folder) / "w")
        ticks = iter(range(10_000))
        workspace.clock = lambda: WHEN + timedelta(seconds=next(ticks))
        for name, which, file in actions:
            act(workspace, name, which, files[file])
            assert not twice(workspace), (name, which, file)


def act(workspace: Workspace, name: str, which: int, data: bytes) -> None:
    """Do one thing, as far as it is allowed."""
    active, decisions = workspace.active_batches(), list(workspace.decisions.all())
    options: dict[str, Any] = {"supersede": True}
    try:
        if name == "import":
            take_in(workspace, "tankpas.csv", data, **options)
        elif name == "revoke" and decisions:
            workspace.decide(Revoke(decision=decisions[-1 - which % len(decisions)].id, **BY))
        elif active and name == "withdraw":
            workspace.withdraw(active[which % len(active)].id, "a reason", "Somebody")
        elif active and name == "replace":
            batch = take_in(workspace, "tankpas.csv", data, replaces=active[which % len(active)].id, **options).batch
            assert batch.id in active_ids(workspace)
        elif active and name == "drop":
            decide_held(workspace, active[which % len(active)], "drop")
            reimport(workspace, active[which % len(active)])
    except TredeError as error:
        if error.issues[0].code not in ("records_twice", "batch_not_active"):
            raise
