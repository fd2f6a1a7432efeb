"""Who decided, when and why lies outside the results: the same decisions give the same batches and runs."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from trede.organisation.decision_log import DecisionLog, Recorded, distinct
from trede.organisation.decisions import HeldRow, Pin, RejectedRow, Revoke
from trede.workspace import Workspace
from trede.workspace.importing import reimport
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, LIST_2026, Copy, create, fuel_card, run, take_in

ANOTHER: dict[str, Any] = {
    "reason": "for another reason", "person": "Somebody else", "made_at": datetime(2027, 1, 1, tzinfo=UTC),
}  # fmt: skip


def build(root: Path, by: dict[str, Any]) -> Workspace:
    workspace = create(root)
    batch = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, FILLS[1]])).batch
    workspace.decide(HeldRow(file_sha256=batch.file_sha256, row=7, choice="drop", **by))
    reimport(workspace, batch)
    workspace.decide(Pin(library=LIST_2026, years=(2023, 2024), **by))
    return workspace


def test_two_people_who_decide_the_same_get_the_same_run(tmp_path: Path) -> None:
    one, two = build(tmp_path / "one", BY), build(tmp_path / "two", ANOTHER)
    first, second = run(one, 2024), run(two, 2024)
    assert {b.id for b in one.batches()} == {b.id for b in two.batches()}
    assert (first.id, first.spec, first.result) == (second.id, second.spec, second.result)
    chains = [[r.id for r in workspace.decisions.all()] for workspace in (one, two)]
    assert not set(chains[0]) & set(chains[1])
    for workspace, found, by in ((one, first, BY), (two, second, ANOTHER)):
        (decision,) = found.decisions.values()
        assert (decision["person"], decision["reason"]) == (by["person"], by["reason"])
        assert decision["recorded"] in {r.id for r in workspace.decisions.all()}
        assert verify(workspace).good


def test_what_a_decision_says_decides_its_content(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "decisions")
    said = [
        Pin(library=LIST_2026, years=(2024,), **BY),
        Pin(library=LIST_2026, years=(2024,), **ANOTHER),
        Pin(library=LIST_2026, years=(2023,), **BY),
        HeldRow(file_sha256="a", row=2, choice="drop", **BY),
        HeldRow(file_sha256="a", row=2, choice="accept", **BY),
        RejectedRow(file_sha256="a", row=2, **BY),
    ]
    recorded = [log.record(decision) for decision in said]
    contents = [r.content for r in recorded]
    assert contents[0] == contents[1]
    assert len(set(contents)) == 5
    assert len({r.id for r in recorded}) == 6
    assert distinct(recorded) == recorded[1:]


def test_the_content_of_a_decision_is_lasting() -> None:
    """Fixed here: runs bear it, and must find their decision again in every later version."""
    pin = Pin(library=LIST_2026, years=(2024,), **BY)
    assert Recorded("x", 1, pin).content == "ca6715002edf5d91"


def test_one_decision_said_twice_is_one(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    first = run(workspace, 2024)
    twice = workspace.decide(Pin(**{**small_pin(workspace), **ANOTHER}))
    assert run(workspace, 2024).id == first.id
    workspace.decide(Revoke(decision=twice.id, **BY))
    assert run(workspace, 2024).id == first.id
    assert workspace.find_run("2024").id == first.id
    assert verify(workspace).good


def small_pin(workspace: Workspace) -> dict[str, Any]:
    (pin,) = (r.decision for r in workspace.decisions.in_force() if isinstance(r.decision, Pin))
    return pin.model_dump()


def test_the_order_of_a_run_stays_when_a_decision_is_said_again(small: Workspace, copy: Copy) -> None:
    """A later pin goes before an earlier one; one that was said again and taken back must not."""
    workspace = copy(small)
    other = "desnz-2024"
    workspace.decide(Pin(library=other, years=(2024,), activity_types=("travel-car",), **BY))
    made = run(workspace, 2024)
    again = workspace.decide(Pin(**{**small_pin_first(workspace), **ANOTHER}))
    workspace.decide(Revoke(decision=again.id, **BY))
    assert [d["library"] for d in made.spec["decisions"]] == [LIST_2026, other]
    assert verify(workspace, made).good


def small_pin_first(workspace: Workspace) -> dict[str, Any]:
    return next(r.decision for r in workspace.decisions.in_force() if isinstance(r.decision, Pin)).model_dump()


@pytest.mark.parametrize("last", ["accept", "drop"])
def test_the_last_decision_about_a_row_prevails(tmp_path: Path, last: str) -> None:
    workspace = create(tmp_path / "w")
    batch = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, FILLS[1]])).batch
    for choice in ("drop", "accept", last):
        workspace.decide(HeldRow(file_sha256=batch.file_sha256, row=7, choice=choice, **BY))
        batch = reimport(workspace, batch).batch
    assert batch.counts["accepted"] == (6 if last == "accept" else 5)
    assert len(batch.facts["decisions"]) == 1


def test_a_run_that_names_decisions_by_their_id_in_the_log_is_read(small: Workspace, copy: Copy) -> None:
    """As version 0.1.0 wrote them."""
    workspace = copy(small)
    made = run(workspace, 2024)
    recorded = next(r for r in workspace.decisions.all() if isinstance(r.decision, Pin))
    entry = {"id": recorded.id, **recorded.decision.model_dump(mode="json", exclude={"made_at"})}
    assert recorded.is_named(entry)
    assert recorded.is_named(made.spec["decisions"][0])
    assert not recorded.is_named({**entry, "years": [2022]})
    old = replace(made, spec={**made.spec, "decisions": [entry]}, made={**made.made, "decisions": {}})
    assert old.decisions[recorded.id]["person"] == BY["person"]


def test_a_rejected_row_is_set_aside_and_stays_so(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    wash = replace(FILLS[0], document="W1", product="Wasbeurt")
    batch = take_in(workspace, "tankpas.csv", fuel_card([*FILLS, wash])).batch
    assert batch.counts["rejected"] == 1
    workspace.decide(RejectedRow(file_sha256=batch.file_sha256, row=7, **BY))
    batch = reimport(workspace, batch).batch
    assert (batch.counts["rejected"], batch.counts["set_aside"]) == (0, 3)
    assert take_in(workspace, "tankpas.csv", fuel_card([*FILLS, wash])).again
    (recorded,) = workspace.decisions.in_force()
    workspace.decide(Revoke(decision=recorded.id, **BY))
    assert reimport(workspace, batch).batch.counts["rejected"] == 1
    assert verify(workspace).good
