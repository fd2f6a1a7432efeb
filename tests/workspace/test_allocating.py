"""Allocations: a view of a run in which nothing is lost, for the days and records that are declared."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trede.catalogue.accounts import chart
from trede.catalogue.standards import find_standard, standards
from trede.cli.main import main
from trede.engine.runs import Run
from trede.intake.template import template_profile
from trede.inventory.allocating import Allocated, by_heading, divide
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import CatalogueError
from trede.kernel.periods import Period
from trede.organisation.allocation import Allocation
from trede.organisation.decisions import Allocate
from trede.workspace import Workspace
from trede.workspace.allocating import allocated, allocations, read_allocation
from trede.workspace.importing import import_file
from trede.workspace.running import is_current, run_period
from trede.workspace.verifying import verify
from workspaces import BY, create

PAGE = (Path(__file__).parents[2] / "docs" / "allocation.md").read_text(encoding="utf-8")
LORRY = PAGE.split("<!-- example: allocation -->\n```toml\n", 1)[1].split("```", 1)[0]
"""Technical Guidance for Calculating Scope 3 Emissions, example 4.3, by tonne-kilometres driven."""
BY_AIR = LORRY.replace('"Charlie" = 250', '"Charlie" = 100').replace('id = "lorry"', 'id = "great-circle"')
"""The same run by tonne-kilometres along the great circle."""
RUN = """activity_type;quantity;unit;start;end;category
reported-emissions;31.5;kgCO2e;2026-03-02;2026-03-02;4
"""
SITES = """activity_type;quantity;unit;start;end;site;fuel;control;reading
natural-gas;1000;Nm3;2026-01-01;2026-06-30;hoofdkantoor;;;billed
natural-gas;333;Nm3;2026-05-01;2026-08-31;hoofdkantoor;;;billed
natural-gas;777;Nm3;2026-01-01;2026-12-31;oost;;;billed
fuel-vehicle;91;l;2026-02-01;2026-02-01;;diesel-b7;controlled;
"""
TENANTS = """
id = "tenants"
title = "Tenants of the head office"
start = 2026-01-01
end = 2026-06-30
key = "floor area, m2"
nature = "physical"
basis = "rental contracts"
receiver = "tenant"
whole = 640
[of]
sites = ["HK"]
[receivers]
"Upstairs" = 100.5
"Downstairs" = "33"
"""


@pytest.fixture
def firm(tmp_path: Path) -> Workspace:
    return create(tmp_path / "firm")


def take_in(workspace: Workspace, text: str, source: str = "template") -> None:
    data = text.encode()
    imported = import_file(workspace, data, f"{source}.csv", template_profile(data, f"{source}.csv", source))
    assert imported.batch.counts["rejected"] == imported.batch.counts["held"] == 0, imported.issues


def declare(workspace: Workspace, text: str) -> list[str]:
    found = read_allocation(workspace, text.encode(), "allocation.toml")
    workspace.decide(Allocate(name="allocation.toml", allocation=found.allocation, **BY))
    return [issue.code for issue in found.issues]


def run(workspace: Workspace) -> Run:
    return run_period(workspace, Period.year(2026))


def milligrams(found: Allocated, receiver: str | None) -> int:
    """Return what a receiver gets under the GHG Protocol, location basis."""
    return sum(by_heading(found.divided[receiver], find_standard("ghg"), "location").values())


def test_the_guidance_s_lorry_by_tonne_kilometres(firm: Workspace) -> None:
    take_in(firm, RUN, "carrier")
    assert declare(firm, LORRY) == []
    declare(firm, BY_AIR)
    (air, driven), issues = allocated(firm, run(firm))
    assert [milligrams(driven, name) for name in ("Alfa", "Bravo", "Charlie")] == [11_812_500, 7_382_813, 12_304_687]
    kilograms = [Decimal(milligrams(air, name)) / 10**6 for name in ("Alfa", "Bravo", "Charlie")]
    assert [round(kg, 2) for kg in kilograms] == [Decimal("15.43"), Decimal("9.64"), Decimal("6.43")]
    assert [issue.code for issue in issues] == ["allocation_overlap"]


def test_nothing_is_lost_in_any_standard(firm: Workspace) -> None:
    take_in(firm, SITES)
    declare(firm, TENANTS)
    done = run(firm)
    (found,), issues = allocated(firm, done)
    assert [issue.code for issue in issues] == ["allocation_crossed"]
    assert found.allocation.of.sites == ("hoofdkantoor",)
    for standard in standards().values():
        for basis in standard.bases:
            view = footprint_of(done, standard, basis)
            sums: dict[str, int] = defaultdict(int)
            for amounts in (*found.divided.values(), found.crossing, found.beside):
                for heading, mg in by_heading(amounts, standard, basis).items():
                    sums[heading] += mg
            assert sum(sums.values()) == view.total
            assert dict(sums) == {line.heading.id: sum(line.accounts.values()) for line in view.lines if line.accounts}
    whole = sum(milligrams(found, name) for name in found.divided)
    assert milligrams(found, "Upstairs") == round(Decimal(whole) * Decimal("100.5") / 640)
    assert abs(milligrams(found, None) * 640 - whole * Decimal("506.5")) < 640 * len(found.divided[None])


def test_a_view_changes_no_run(firm: Workspace) -> None:
    take_in(firm, SITES)
    done = run(firm)
    declare(firm, TENANTS)
    assert is_current(firm, done)
    assert run(firm).id == done.id
    assert verify(firm, done).good


def test_the_last_of_an_id_holds_and_can_be_taken_back(firm: Workspace) -> None:
    take_in(firm, SITES)
    declare(firm, TENANTS)
    declare(firm, TENANTS.replace('"Upstairs" = 100.5', '"Upstairs" = 200'))
    (said,) = allocations(firm)
    assert said.receivers["Upstairs"] == 200
    found, _ = allocated(firm, run_period(firm, Period.parse("2026-02")))
    assert len(found) == 1
    late = allocated(firm, run_period(firm, Period.parse("2026-11")))
    assert late == ([], [])


@pytest.mark.parametrize(
    ("choice", "kind"),
    [
        ('accounts = ["GAS"]', "natural-gas"),
        ('activity_types = ["fuel-vehicle"]', "fuel-vehicle"),
        ('sources = ["template"]\nsites = ["oost"]', "natural-gas"),
    ],
)
def test_what_is_divided_is_chosen(firm: Workspace, choice: str, kind: str) -> None:
    take_in(firm, SITES)
    rows = run(firm).table("ledger").to_pylist()
    wanted = {row["account"] for row in rows if row["activity_type"] == kind}
    gas = next(row["account"] for row in rows if row["activity_type"] == "natural-gas").rpartition(".")[0]
    declare(firm, TENANTS.replace('sites = ["HK"]', choice.replace("GAS", gas)).replace("-06-30", "-12-31"))
    (found,), _ = allocated(firm, run(firm))
    assert {account for account, _ in found.divided["Upstairs"]} == wanted


def test_a_type_is_chosen_as_it_was_recorded(firm: Workspace) -> None:
    take_in(firm, RUN)
    text = "activity_type;quantity;unit;start;end;commute_mode;one_way;commuting_days\n"
    take_in(firm, text + "commute;1;person;2026-01-01;2026-12-31;car;20;150\n", "survey")
    declare(firm, TENANTS.replace('sites = ["HK"]', 'activity_types = ["commute"]').replace("-06-30", "-12-31"))
    (found,), _ = allocated(firm, run(firm))
    assert {account.partition(".")[0] for account, _ in found.divided["Upstairs"]} == {"commuting"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"Upstairs" = 100.5', '"Upstairs" = -1', "allocation_key_negative"),
        ('"Upstairs" = 100.5\n"Downstairs" = "33"', '"Upstairs" = 0', "allocation_keys_zero"),
        ('"Upstairs" = 100.5\n"Downstairs" = "33"', "", "allocation_without_receivers"),
        ("whole = 640", "whole = 100", "allocation_exceeds_whole"),
        ('sites = ["HK"]', 'sites = ["HQ"]', "allocation_choice_unknown"),
        ('sites = ["HK"]', 'accounts = ["natural"]', "allocation_choice_unknown"),
        ('sites = ["HK"]', 'sources = ["elsewhere"]', "allocation_choice_unknown"),
        ('receiver = "tenant"', 'receiver = "site"', "allocation_receiver_unknown"),
        ("end = 2026-06-30", "end = 2025-06-30", "end_before_start"),
        ('receiver = "tenant"', 'receiver = "friend"', "field_invalid"),
    ],
)
def test_what_cannot_be_is_refused(firm: Workspace, old: str, new: str, code: str) -> None:
    assert old in TENANTS
    with pytest.raises(CatalogueError) as caught:
        read_allocation(firm, TENANTS.replace(old, new).encode(), "allocation.toml")
    assert code in [issue.code for issue in caught.value.issues]


def test_receivers_are_those_of_the_organisation(firm: Workspace) -> None:
    sites = TENANTS.replace('receiver = "tenant"', 'receiver = "site"').partition("[receivers]")[0]
    found = read_allocation(firm, f'{sites}[receivers]\n"HK" = 3\n'.encode(), "a.toml")
    assert found.allocation.receivers == {"hoofdkantoor": 3}
    (told,) = found.issues
    assert (told.code, told.values["receivers"]) == (
        "allocation_receiver_missing",
        ["oost"],
    )  # the other one was closed
    with pytest.raises(CatalogueError) as caught:
        read_allocation(firm, f'{sites}[receivers]\n"HK" = 3\n"hoofdkantoor" = 1\n'.encode(), "a.toml")
    assert [issue.code for issue in caught.value.issues] == ["allocation_receiver_twice"]


def test_a_key_of_zero_is_told(firm: Workspace) -> None:
    found = read_allocation(firm, TENANTS.replace('"33"', '"0"').encode(), "a.toml")
    assert [issue.code for issue in found.issues] == ["allocation_key_zero"]


def test_the_commands(firm: Workspace, tmp_path: Path, capsys) -> None:
    take_in(firm, SITES)
    at = ["--lang", "en", "-w", str(firm.layout.root)]
    done = run(firm)
    assert main([*at, "allocated", "2026"]) == 0
    assert "No allocation is in force" in capsys.readouterr().out
    file, target = tmp_path / "tenants.toml", tmp_path / "out.csv"
    file.write_text(TENANTS)
    assert main([*at, "allocate", str(file), "--reason", "as in the contracts", "--by", "a tester"]) == 0
    assert main([*at, "decisions"]) == 0
    assert "allocation=tenants" in capsys.readouterr().out
    assert main([*at, "allocated", "2026", "--standard", "ghg", "--csv", str(target)]) == 0
    out = capsys.readouterr().out
    assert "Key: floor area, m2, physical. rental contracts" in out
    assert "15.7 %" in out.replace("\u00a0", " ")
    with target.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    assert {row["part"] for row in rows} == {"receiver", "not-allocated", "crossing", "beside"}
    total = sum(int(row["mg"]) for row in rows if row["basis"] == "market")
    assert total == footprint_of(done, find_standard("ghg"), "market").total
    assert main([*at, "allocated", "2025"]) == 1


ACCOUNTS = list(chart().accounts)[:40]
keys = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3), st.decimals(0, 10**6, places=3), min_size=1, max_size=8
)
amounts = st.dictionaries(
    st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from(["none", "location", "market"])),
    st.integers(-(10**18), 10**18),
    max_size=12,
)


@given(keys.filter(lambda given: any(given.values())), st.decimals(0, 10**6, places=3), amounts)
def test_each_account_is_divided_without_a_rest(
    receivers: dict[str, Decimal], left: Decimal, mg: dict[tuple[str, str], int]
) -> None:
    said = Allocation(
        id="a", title="a", start="2026-01-01", end="2026-12-31", key="k", nature="economic", basis="b", receiver="other",
        receivers=receivers, whole=sum(receivers.values(), left),
    )  # fmt: skip
    parts = divide(mg, said)
    assert set(parts) == {*receivers, None}
    for posting, whole in mg.items():
        assert sum(part[posting] for part in parts.values()) == whole
    again = divide(mg, said.model_copy(update={"receivers": dict(reversed(receivers.items()))}))
    assert again == parts
