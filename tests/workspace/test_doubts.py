"""Accounts whose sector is only proposed, and spend without a category: asked once each, with what is at stake."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from trede.engine.runs import Run
from trede.intake.template import template_profile
from trede.kernel.periods import Period
from trede.organisation.decisions import SectorMap
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.proposing import Proposal, answer, propose
from trede.workspace.queue import Open, decisions_of, find_waiting, kind_of, needs_category, open_matches, waiting_of
from trede.workspace.running import run_period
from trede.workspace.shelf import shelf_of
from workspaces import BY, create

HEAD = "activity_type;quantity;unit;start;end;supplier;category;classification;code;vat_rate\n"
LINES = """spend;1210;USD;2023-04-09;2023-04-09;Softwarehuis;by-code;rgs;BIvaCev;
spend;700;EUR;2023-04-09;2023-04-09;Softwarehuis;by-code;rgs;BIvaCev;
spend;9000;EUR;2023-05-01;2023-05-01;Softwarehuis;by-code;rgs;WBedKanSof;
spend-with-vat;121;EUR;2023-04-09;2023-04-09;Vervoer BV;by-code;rgs;WBedTraOtr;21
spend;300;EUR;2023-04-09;2023-04-09;Vervoer BV;by-code;nace-2;49;
spend-with-vat;242;EUR;2023-04-10;2023-04-10;Vervoer BV;by-code;nace-2;49;21
spend;80;EUR;2023-04-11;2023-04-11;Bureau;by-code;nace-2;82;
"""
LATER = """spend;50;EUR;2023-06-01;2023-06-01;Vervoer BV;by-code;rgs;WBedTraOtr;
spend;60;EUR;2023-06-01;2023-06-01;Vervoer BV;by-code;nace-2;49;
"""
YEAR = Period.year(2023)


def deliver(workspace: Workspace, lines: str, name: str) -> None:
    data = (HEAD + lines).encode()
    imported = import_file(workspace, data, name, template_profile(data, name))
    assert imported.batch.facts["counts"]["rejected"] == 0, imported.issues


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace: Workspace = create(tmp_path_factory.mktemp("doubts") / "firm")
    deliver(workspace, LINES, "inkoop.csv")
    run_period(workspace, YEAR)
    return workspace


def asked(workspace: Workspace, run: Run) -> dict[str, Open]:
    return {each.waiting.attributes["code"]: each for each in open_matches(workspace, run)}


def proposals(workspace: Workspace, each: Open) -> list[Proposal]:
    return propose(shelf_of(workspace), workspace.words, each.waiting)


def test_each_is_asked_once_with_the_money_and_the_tonnes(firm: Workspace) -> None:
    run = firm.find_run("2023")
    found = open_matches(firm, run)
    assert [(kind_of(each.waiting), each.waiting.attributes["code"]) for each in found] == [
        ("doubt", "BIvaCev"), ("doubt", "WBedTraOtr"), ("category", "49"), ("category", "82"),
    ]  # fmt: skip
    doubted = {issue.values["account"] for issue in run.issues if issue.code == "spend_account_doubtful"}
    assert {each.waiting.account for each in found if kind_of(each.waiting) == "doubt"} == doubted
    software, transport, freight, _ = (each.waiting for each in found)
    [converted] = [row["quantity"] for row in run.table("ledger").to_pylist() if row["row"] == 2]
    assert software.euros == (converted + 700).quantize(Decimal("0.01"))
    assert software.records == 2
    assert transport.euros == 100, "the amount without VAT"
    assert (freight.records, freight.euros) == (2, 500), "whatever it was booked as"
    counted = sum(row["co2e"] for row in run.table("ledger").to_pylist() if row["row"] in (2, 3))
    assert found[0].stake == pytest.approx(counted, abs=10_000), "the list of 2023 and amounts of 2023"
    assert all(each.waiting.code != "spend_account_doubtful" for each in found[2:])
    assert {each.code for each in waiting_of(firm, run)} == {"spend_category_unknown"}, "what is doubtful counts"


def test_each_has_proposals_with_why(firm: Workspace) -> None:
    found = asked(firm, firm.find_run("2023"))
    first, other, *alike = proposals(firm, found["WBedTraOtr"])
    assert (first.key, first.why, first.found) == ("sector:nace-2:49", "chart", "WBedTraOtr")
    assert (other.key, other.why) == ("sector:nace-2:49:9", "payer")
    assert {each.found for each in alike} == {"Vervoer BV"}
    pays = proposals(firm, found["49"])
    assert [(each.category, each.why) for each in pays[:2]] == [("4", "payer"), ("9", "payer")]
    assert {each.mg for each in pays} == {found["49"].stake}, "the category moves the amount, it does not change it"
    assert [each.category for each in proposals(firm, found["82"])][:2] == ["1", "2"]
    assert not needs_category(found["49"].waiting), "each answer says it"
    searched = answer(shelf_of(firm), firm.words, found["BIvaCev"].waiting, "sector:nace-2:72")
    [made] = decisions_of(firm.words, found["BIvaCev"].waiting, searched, "", BY)
    assert isinstance(made, SectorMap)
    assert made.entries[0].category == "2", "the chart's, when nobody says another"
    [left] = decisions_of(firm.words, found["BIvaCev"].waiting, None, "", BY)
    assert isinstance(left, SectorMap)
    assert left.entries[0].exclude == BY["reason"]


def test_an_answer_holds_for_later_files_and_is_not_asked_again(tmp_path: Path) -> None:
    firm = create(tmp_path / "firm")
    deliver(firm, LINES, "inkoop.csv")
    run = run_period(firm, YEAR)
    chosen = {"BIvaCev": 0, "WBedTraOtr": 1, "49": 1, "82": 0}
    for code, each in asked(firm, run).items():
        for decision in decisions_of(firm.words, each.waiting, proposals(firm, each)[chosen[code]], "", BY):
            firm.decide(decision)
    assert all(each.settled for each in open_matches(firm, run))
    deliver(firm, LATER, "later.csv")
    after = run_period(firm, YEAR)
    assert open_matches(firm, after) == []
    accounts: dict[str, list[int]] = {}
    for row in after.table("ledger").to_pylist():
        accounts.setdefault(row["account"], []).append(row["row"])
    assert sorted(accounts["downstream-freight.spend.lifecycle"]) == [2, 3, 5, 6, 7]
    assert "freight.spend.lifecycle" not in accounts
    assert not [issue for issue in after.issues if issue.code in ("spend_account_doubtful", "spend_category_unknown")]


def test_an_own_account_that_leads_to_a_doubtful_one_is_asked_under_its_own_name(tmp_path: Path) -> None:
    firm = create(tmp_path / "firm")
    deliver(firm, "spend;400;EUR;2023-04-09;2023-04-09;Kantoorspul;1;account;4599;\n", "inkoop.csv")
    entry = {"classification": "account", "code": "4599", "to_classification": "rgs", "to_code": "WBedKanOka"}
    firm.decide(SectorMap(name="codes.csv", entries=(entry,), **BY))  # type: ignore[arg-type]
    run = run_period(firm, YEAR)
    [each] = open_matches(firm, run)
    assert each.settled is None, "the map that the run knew is what is in doubt"
    assert (each.waiting.attributes["code"], each.waiting.account, each.waiting.category) == ("4599", "WBedKanOka", "")
    assert find_waiting(firm, 2023, each.waiting.id)[1] == each.waiting
    for decision in decisions_of(firm.words, each.waiting, proposals(firm, each)[0], "", BY):
        firm.decide(decision)
    assert open_matches(firm, run_period(firm, YEAR)) == []
