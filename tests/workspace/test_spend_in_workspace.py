"""Spend on a user's road: what is open, a sector map, a better figure, the explanation, the same invoice twice."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest

from trede.cli.main import main
from trede.intake.template import template_profile
from trede.kernel.errors import CatalogueError
from trede.kernel.periods import Period
from trede.organisation.decisions import SectorMap
from trede.workspace import Workspace
from trede.workspace.findings import open_findings
from trede.workspace.importing import import_file
from trede.workspace.running import is_current, run_period
from trede.workspace.spending import read_sector_map, uncounted
from trede.workspace.verifying import verify
from workspaces import WHEN, create

HEAD = (
    "activity_type;quantity;unit;start;end;document;credit_of;replaces;supplier;category;price;classification;code;"
    "vat_rate;reading\n"
)
LINES = """spend;1210;USD;2023-04-09;2023-04-09;F1;;;A;1;;nace-2;62;;
spend;-210;USD;2023-10-10;2023-10-10;C1;F1;;A;1;;nace-2;62;;
spend;5000;EUR;2023-02-01;2023-02-01;F2;;;B;by-code;;account;4712;;
spend;700;EUR;2023-02-01;2023-02-01;F3;;;B;1;;account;4500;;
spend;90;EUR;2023-02-01;2023-02-01;F4;;;B;by-code;;rgs;WPer;;
spend-with-vat;121;EUR;2023-02-01;2023-02-01;F5;;;B;1;;nace-2;62;21;
spend;800;EUR;2023-03-01;2023-03-01;F6;;;C;1;;nace-2;43;;
"""
MAP = """classification;code;to_classification;to_code;category;exclude;euros
account;4712;nace-2;J62;1;;5000
account;4500;;;;wages;700
account;4999;;;;;1
"""
YEAR = Period.year(2023)
REASON = ["--reason", "checked with purchasing", "--by", "a tester"]


@pytest.fixture
def firm(tmp_path: Path) -> Workspace:
    workspace = create(tmp_path / "firm")
    take_in(workspace, LINES, "spend.csv")
    return workspace


def take_in(workspace: Workspace, lines: str, name: str) -> None:
    data = (HEAD + lines).encode()
    imported = import_file(workspace, data, name, template_profile(data, name))
    assert imported.batch.facts["counts"]["rejected"] == 0, imported.issues


def test_what_is_open_is_ranked_filled_in_and_counted(firm: Workspace, tmp_path: Path, capsys) -> None:
    run = run_period(firm, YEAR)
    found = uncounted(run)
    assert [(pile.code, pile.euros, pile.problem) for pile in found.open] == [
        ("4712", Decimal(5000), "spend_unmapped"), ("4500", Decimal(700), "spend_unmapped"),
    ]  # fmt: skip
    assert [pile.code for pile in found.aside] == ["WPer"]
    (told,) = [issue for issue in run.issues if issue.code == "spend_open"]
    assert told.values == {"records": 2, "amounts": ["5700 EUR"]}
    at = ["-w", str(firm.layout.root)]
    target = tmp_path / "codes.csv"
    assert main([*at, "spend", "2023", "--csv", str(target)]) == 0
    with target.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [(row["code"], row["euros"], row["to_code"]) for row in rows] == [
        ("4712", "5000.00", ""),
        ("4500", "700.00", ""),
    ]
    target.write_text(MAP)
    assert main([*at, "sectors", str(target), *REASON]) == 0
    assert not is_current(firm, run)
    after = run_period(firm, YEAR)
    assert not uncounted(after).open
    assert {pile.problem for pile in uncounted(after).aside} == {"spend_set_aside", "spend_account_excluded"}
    assert "spend_open" not in [issue.code for issue in after.issues]
    assert verify(firm, after).good
    capsys.readouterr()
    assert main([*at, "spend", "2023"]) == 0
    assert "5.000" not in capsys.readouterr().out


def test_every_step_is_explained(firm: Workspace, capsys) -> None:
    run = run_period(firm, YEAR)
    rows = run.table("ledger").to_pylist()
    row = next(row for row in rows if row["quantity"] > 1000 and row["quantity"] < 1210)
    capsys.readouterr()
    assert main(["--lang", "en", "-w", str(firm.layout.root), "explain", f"{run.id}/{row['record_id']}"]) == 0
    out = capsys.readouterr().out
    assert "1,210 USD × 0.9" in out
    assert "EUR/USD" in out
    assert re.search(r"European Central Bank, [^;]*6[^;]*; none was published on [^;]*9", out), out
    credit = next(row for row in rows if row["quantity"] < 0)
    assert credit["start"] == row["start"]
    assert main(["--lang", "en", "-w", str(firm.layout.root), "explain", f"{run.id}/{credit['record_id']}"]) == 0
    assert "-210 USD × 0.9" in capsys.readouterr().out.replace("−", "-")
    net = next(row for row in rows if row["quantity"] == 100)
    assert main(["--lang", "nl", "-w", str(firm.layout.root), "explain", f"{run.id}/{net['record_id']}"]) == 0
    assert "= 100 EUR" in capsys.readouterr().out


def test_a_better_figure_replaces_and_is_explained(firm: Workspace, capsys) -> None:
    before = run_period(firm, YEAR)
    take_in(firm, "natural-gas;10;Nm3;2023-03-01;2023-03-01;F6;;F6;C;;;;;;billed\n", "gas.csv")
    assert open_findings(firm) == []
    run = run_period(firm, YEAR)
    (covered,) = run.table("covered").to_pylist()
    assert covered["quantity"] == 800
    assert covered["record_id"] in before.table("ledger")["record_id"].to_pylist()
    capsys.readouterr()
    assert main(["--lang", "en", "-w", str(firm.layout.root), "explain", f"{run.id}/{covered['record_id']}"]) == 0
    assert "better figure of the same purchase" in capsys.readouterr().out
    assert verify(firm, run).good


def test_the_same_invoice_at_an_activity_is_found(firm: Workspace) -> None:
    take_in(firm, "natural-gas;10;Nm3;2023-03-01;2023-03-01;F6;;;C;;;;;;billed\n", "gas.csv")
    (finding,) = open_findings(firm)
    assert (finding.code, finding.facts, finding.quantity) == (
        "spend_beside_activity",
        {"document": "F6"},
        Decimal(800),
    )


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("nothing;4712;nace-2;62;1;", "attribute_value_unknown"),
        ("account;4712;nace-2;6Z;1;", "spend_code_unknown"),
        ("account;4712;account;62;1;", "attribute_value_unknown"),
        ("account;4712;nace-2;62;3;", "attribute_value_unknown"),
        ("account;4712;nace-2;62;1;wages", "sector_map_row_unclear"),
        ("account;4712;;;;", "sector_map_empty"),
        ("account;1;nace-2;62;1;\naccount;1;nace-2;64;1;", "sector_map_code_twice"),
    ],
)
def test_a_wrong_row_of_a_sector_map_is_named(row: str, code: str) -> None:
    text = f"classification;code;to_classification;to_code;category;exclude\n{row}\n"
    with pytest.raises(CatalogueError) as caught:
        read_sector_map(text.encode(), "codes.csv")
    assert [issue.code for issue in caught.value.issues] == [code]


def test_a_later_map_goes_before_an_earlier_one(firm: Workspace) -> None:
    papers = {"reason": "for a test", "person": "a tester", "made_at": WHEN, "name": "codes.csv"}
    first = read_sector_map(
        b"classification,code,to_classification,to_code,exclude\naccount,4712,nace-2,62,\n", "a.csv"
    )
    later = read_sector_map(b"classification,code,to_classification,to_code,exclude\naccount,4712,,,wages\n", "b.csv")
    firm.decide(SectorMap(**papers, entries=first))
    decided = firm.decide(SectorMap(**papers, entries=later))
    run = run_period(firm, YEAR)
    assert "spend_set_aside" in [pile.problem for pile in uncounted(run).aside]
    assert decided.content in [entry["id"] for entry in run.spec["decisions"]]
