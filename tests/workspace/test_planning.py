"""A plan says what the calculation will say, to the milligram and under the same id, and stores nothing."""

from __future__ import annotations

import pytest

from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import RunError
from trede.kernel.periods import Period
from trede.organisation.decisions import Pin, Revoke
from trede.workspace import Workspace
from trede.workspace.comparing import compare
from trede.workspace.planning import plan_run
from workspaces import BY, LIST_2026, Copy, Fill, fuel_card, pin, run, snapshot, take_in

YEAR = Period.year(2024)
LADDER = find_standard("ladder")


def test_a_plan_is_the_calculation_that_follows(small: Workspace, copy: Copy) -> None:
    books = copy(small)
    first = run(books, 2024)
    new = take_in(books, "tankpas.csv", fuel_card([Fill("C1", first.period.start, "100,00")])).batch
    before = snapshot(books.layout.root)
    with plan_run(books, YEAR) as planned:
        assert planned.last is not None
        assert planned.bridge is not None
        ident, found = planned.run.id, footprint_of(planned.run, LADDER, "market")
        steps = planned.bridge.total(
            lambda place: place.account in LADDER.heading_of and place.basis in ("none", "market")
        )
        assert planned.last.id == first.id
        assert (list(planned.batches.came), list(planned.batches.went)) == ([new.id], [])
        assert (list(planned.decisions.came), list(planned.libraries.came), list(planned.other)) == ([], [], [])
        folder = planned.run.folder
    assert not folder.exists()
    assert snapshot(books.layout.root) == before
    kept = run(books, 2024)
    assert kept.id == ident
    assert footprint_of(kept, LADDER, "market") == found
    assert steps.after == found.total
    assert steps.causes["corrections"] == steps.after - steps.before > 0
    stored = compare(books, first.id, kept.id).total(
        lambda place: place.account in LADDER.heading_of and place.basis in ("none", "market")
    )
    assert stored == steps


def test_nothing_new_is_the_same_calculation(small: Workspace, copy: Copy) -> None:
    books = copy(small)
    last = run(books, 2024)
    with plan_run(books, YEAR) as planned:
        assert planned.run.id == last.id
        assert planned.bridge is None


def test_the_first_calculation_has_nothing_to_be_held_against(small: Workspace) -> None:
    with plan_run(small, YEAR) as planned:
        assert (planned.last, planned.bridge) == (None, None)
        assert len(planned.batches.came) == 2
        assert planned.run.result["rows"] > 0


def test_a_list_that_nobody_chose_yet_shows_its_effect(small: Workspace, copy: Copy) -> None:
    books = copy(small)
    for recorded in list(books.decisions.in_force()):
        books.decide(Revoke(decision=recorded.id, **BY))
    first = run(books, 2024)
    assert footprint_of(first, LADDER, "market").total == 0
    before = snapshot(books.layout.root)
    proposal = Pin(library=LIST_2026, years=(2024,), **BY)
    with plan_run(books, YEAR, proposal) as planned:
        assert planned.bridge is not None
        total = footprint_of(planned.run, LADDER, "market").total
        assert len(planned.decisions.came) == 1
        ident = planned.run.id
        steps = planned.bridge.total(
            lambda place: place.account in LADDER.heading_of and place.basis in ("none", "market")
        )
        assert {cause: mg for cause, mg in steps.causes.items() if mg} == {"factors": total}
    assert snapshot(books.layout.root) == before
    pin(books, (2024,))
    assert run(books, 2024).id == ident


def test_a_decision_that_was_taken_back_is_told(small: Workspace, copy: Copy) -> None:
    books = copy(small)
    other = pin(books, (2019,))
    run(books, 2024)
    books.decide(Revoke(decision=other.id, **BY))
    with plan_run(books, YEAR) as planned:
        assert list(planned.decisions.went) == [other.content]
        assert planned.bridge is not None
        assert not [row for row in planned.bridge.rows if row.what not in ("before", "after")]


def test_the_command_tells_what_differs_and_stores_nothing(
    small: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    books = copy(small)
    run(books, 2024)
    take_in(books, "tankpas.csv", fuel_card([Fill("C1", YEAR.start, "100,00")]))
    before = snapshot(books.layout.root)
    root = str(books.layout.root)
    assert main(["--lang", "en", "-w", root, "plan", "2024", "--by", "account"]) == 0
    told = capsys.readouterr().out
    assert "Files that came in (1)" in told
    assert "corrections" in told
    assert "nothing is stored" in told
    assert main(["--lang", "en", "-w", root, "plan", "2024", "--list", "none"]) == 1
    assert "none" in capsys.readouterr().err
    assert snapshot(books.layout.root) == before


def test_a_year_without_records_has_no_plan(small: Workspace) -> None:
    with pytest.raises(RunError, match="nothing_to_run"), plan_run(small, Period.year(2019)):
        pass
