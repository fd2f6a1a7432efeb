"""The queue of what still needs a factor: ranked, with proposals, and settled by decisions that later files follow."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from trede.catalogue.vocabulary import vocabulary
from trede.engine.runs import Run
from trede.intake.template import template_profile
from trede.inventory.unmatched import sort_unmatched
from trede.kernel.errors import TredeError
from trede.kernel.periods import Period
from trede.organisation.decisions import ExcludeUnmatched, Override, Pin, Revoke, SectorMap, TakeIn
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.proposing import Proposal, answer, propose, search_answers
from trede.workspace.queue import Open, decisions_of, needs_category, open_matches, waiting_of
from trede.workspace.running import run_period
from trede.workspace.shelf import shelf_of
from workspaces import BY, LIST_2026, create, take_in

HEAD = "activity_type;quantity;unit;start;end;supplier;category;classification;code\n"
SPEND = """spend;5000;EUR;2024-02-01;2024-02-01;Telecom Nederland;1;account;4712
spend;700;EUR;2024-02-01;2024-02-01;Uitzendbureau Vlot;by-code;account;4500
spend;1290;EUR;2024-03-01;2024-03-01;Drukkerij De Pers;1;product-group;drukwerk
"""
YEAR = Period.year(2024)


def deliver(workspace: Workspace, lines: str, name: str) -> None:
    data = (HEAD + lines).encode()
    imported = import_file(workspace, data, name, template_profile(data, name))
    assert imported.batch.facts["counts"]["rejected"] == 0, imported.issues


@pytest.fixture
def firm(tmp_path: Path) -> Workspace:
    workspace = create(tmp_path / "firm")
    take_in(workspace, "laadpas.csv")
    take_in(workspace, "aardgas-per-maand.xlsx")
    deliver(workspace, SPEND, "inkoop.csv")
    return workspace


def settle(workspace: Workspace, run: Run, each: Open, chosen: Proposal | None, category: str = "") -> None:
    words = workspace.known_of(run.spec).vocabulary
    for decision in decisions_of(words, each.waiting, chosen, category, BY):
        workspace.decide(decision)


def proposals(workspace: Workspace, each: Open) -> list[Proposal]:
    return propose(shelf_of(workspace), vocabulary(), each.waiting)


def test_the_largest_stake_stands_first_and_money_after_tonnes(firm: Workspace) -> None:
    found = open_matches(firm, run_period(firm, YEAR))
    tonnes = [each for each in found if each.waiting.euros is None]
    assert found[: len(tonnes)] == tonnes
    stakes = [each.stake for each in tonnes]
    assert all(stakes)
    assert stakes == sorted(stakes, reverse=True)  # type: ignore[type-var]
    assert [int(each.waiting.euros or 0) for each in found[len(tonnes) :]] == [5000, 1290, 700]
    assert (
        sum(each.waiting.records for each in found)
        == sort_unmatched(firm.find_run("2024").table("unmatched"), []).count
    )


def test_each_group_has_proposals_with_their_way(firm: Workspace) -> None:
    found = open_matches(firm, run_period(firm, YEAR))
    gas = next(each for each in found if each.waiting.activity_type == "natural-gas")
    ways = {each.way: each for each in proposals(firm, gas)}
    assert ways["take-in"].why == "second-hand"
    assert ways["pin"].library == LIST_2026
    value, quantity = ways["pin"].value, gas.waiting.quantity
    assert value is not None
    assert ways["pin"].mg == round(value * quantity * 10**6)
    power = next(each for each in found if each.waiting.activity_type == "electricity-vehicle")
    second = next(each for each in proposals(firm, power) if each.way == "override")
    assert second.other, "power has a factor for each basis: both are named"
    assert len(decisions_of(vocabulary(), power.waiting, second, "", BY)) == 2
    telecom = next(each for each in found if each.waiting.attributes.get("code") == "4712")
    first = proposals(firm, telecom)[0]
    assert (first.scheme, first.code, first.found) == ("nace-2", "61", "Telecom Nederland")
    alike = replace(telecom.waiting, texts=("Onderhoud en banden",))
    assert "64" not in [each.code for each in propose(shelf_of(firm), vocabulary(), alike)], "banden are no banken"
    typed = search_answers(shelf_of(firm), vocabulary(), alike, "telecomunicatie")
    assert "61" in [each.code for each in typed], "a typing error of a person is forgiven"


def test_what_is_settled_counts_after_the_next_run_and_for_later_files(firm: Workspace) -> None:
    run = run_period(firm, YEAR)
    for each in open_matches(firm, run):
        known = proposals(firm, each)
        if each.waiting.attributes.get("code") == "4500":
            settle(firm, run, each, None)
        else:
            settle(firm, run, each, known[0], "1" if needs_category(each.waiting) else "")
    settled = open_matches(firm, run)
    assert all(each.settled for each in settled)
    again = run_period(firm, YEAR)
    left = open_matches(firm, again)
    assert {each.waiting.code for each in left} == {"factor_year_missing"}, "of spend the list of the year"
    assert all(each.waiting.euros is not None for each in left)
    for each in left:
        settle(firm, again, each, proposals(firm, each)[0])
    deliver(firm, "spend;10;EUR;2024-05-01;2024-05-01;Telecom Nederland;1;account;4712\n", "later.csv")
    assert waiting_of(firm, run_period(firm, YEAR)) == []


def test_an_answer_taken_back_opens_the_group_again(firm: Workspace) -> None:
    run = run_period(firm, YEAR)
    first = open_matches(firm, run)[0]
    settle(firm, run, first, proposals(firm, first)[0])
    settled = next(each for each in open_matches(firm, run) if each.waiting.id == first.waiting.id)
    assert settled.settled
    still = [each.settled is None for each in open_matches(firm, run)]
    assert still == sorted(still, reverse=True), "what is settled comes last"
    for recorded in firm.decisions.in_force():
        firm.decide(Revoke(decision=recorded.id, **BY))
    assert open_matches(firm, run)[0].settled is None


def test_ways_become_decisions(firm: Workspace) -> None:
    run = run_period(firm, YEAR)
    found = open_matches(firm, run)
    gas = next(each for each in found if each.waiting.activity_type == "natural-gas")
    words = firm.known_of(run.spec).vocabulary
    kinds = {each.way: decisions_of(words, gas.waiting, each, "", BY) for each in proposals(firm, gas)}
    [pin] = kinds["pin"]
    assert isinstance(pin, Pin)
    assert (pin.years, pin.activity_types) == ((2024,), ("natural-gas",))
    assert all(isinstance(each, TakeIn) for each in kinds["take-in"])
    [override] = kinds["override"]
    assert isinstance(override, Override)
    assert override.geography == "NL"
    [none] = decisions_of(words, gas.waiting, None, "", BY)
    assert isinstance(none, ExcludeUnmatched)
    spend = next(each for each in found if each.waiting.euros is not None)
    [meaning] = decisions_of(words, spend.waiting, None, "", BY)
    assert isinstance(meaning, SectorMap)
    assert meaning.entries[0].exclude == BY["reason"]


def test_words_find_more_and_what_cannot_answer_is_refused(firm: Workspace) -> None:
    run = run_period(firm, YEAR)
    found = open_matches(firm, run)
    gas = next(each for each in found if each.waiting.activity_type == "natural-gas").waiting
    shelf, words = shelf_of(firm), firm.known_of(run.spec).vocabulary
    searched = search_answers(shelf, words, gas, "groengas")
    assert searched
    assert answer(shelf, words, gas, searched[-1].key).factor == searched[-1].factor
    spend = next(each for each in found if each.waiting.euros is not None).waiting
    assert answer(shelf, words, spend, "sector:nace-2:62").code == "62"
    wrong = f"override:{LIST_2026}#elektriciteit/grijze-stroom/kwh"
    for waiting, key in ((gas, wrong), (gas, "sector:nace-2:62"), (spend, "sector:nace-2:XX"), (gas, "x")):
        with pytest.raises(TredeError) as error:
            answer(shelf, words, waiting, key)
        assert error.value.issues[0].code == "answer_unfit"
