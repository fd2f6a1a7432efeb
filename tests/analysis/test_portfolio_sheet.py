"""The portfolio as a workbook: its classes and each holding, with the score of scope 3 apart."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from trede.cli.main import main
from trede.intake.template import template_profile
from trede.kernel.periods import Period
from trede.workspace.findings import open_findings
from trede.workspace.importing import import_file
from trede.workspace.running import run_period
from workspaces import create

HEAD = (
    "Activity type,Quantity,Unit,Start,End,Document number,data_option,scopes,total_equity,total_debt,investee_scope_1,"
    "investee_scope_2,investee_scope_3,figures_in"
)
ROWS = (
    "business-loans,1000000,EUR,2025-12-31,2025-12-31,L1,1a,apart,4000000,6000000,20000,5000,30000,record",
    "business-loans,3000000,EUR,2025-12-31,2025-12-31,L2,1b,apart,4000000,6000000,20000,5000,,record",
    "business-loans,3000000,EUR,2025-12-31,2025-12-31,L3,1b,apart,4000000,6000000,20000,5000,60000,EUR",
    "business-loans,2000000,EUR,2025-12-31,2025-12-31,L4,1a,apart,-1,0,20000,5000,,record",
)


def test_a_portfolio_as_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "firm")
    data = "\n".join([HEAD, *ROWS, ""]).encode()
    result = import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    assert result.batch.facts["counts"]["accepted"] == 4
    run_period(workspace, Period.year(2025))
    target = tmp_path / "portfolio.xlsx"
    asked = ["--lang", "en", "-w", str(tmp_path / "firm"), "portfolio", "2025", "--xlsx", str(target)]
    assert main(asked) == 0
    # Of scope 3: 1 million with score 1 and 3 million with score 2, so 7 / 4.
    assert "Score of scope 3: Business loans and unlisted equity EUR 1.8" in capsys.readouterr().out
    classes, holdings = openpyxl.load_workbook(target).worksheets
    (row,) = list(classes.iter_rows(min_row=2, values_only=True))
    assert row[1:8] == ("EUR", 4, 1, 9_000_000, pytest.approx(7 / 9), 17_500, 21_000)
    assert row[9:] == (pytest.approx(13 / 7), 1.75)
    told = {r[2]: r[3:8] for r in holdings.iter_rows(min_row=2, values_only=True)}
    assert told == {
        "L1": (1_000_000, "1a", 1, 2_500, 3_000),
        "L2": (3_000_000, "1b", 2, 7_500, 0),
        "L3": (3_000_000, "1b", 2, 7_500, 18_000),
        "L4": (2_000_000, "1a", 1, None, None),
    }
    assert main(asked) == 1
    assert target.name in capsys.readouterr().err


def test_a_holding_that_others_cover_is_in_no_amount(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "firm")
    data = "\n".join([HEAD, ROWS[0], ROWS[0], ROWS[1], ""]).encode()
    import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    at = ["--lang", "en", "-w", str(tmp_path / "firm")]
    for shown in ("5,000,000", "4,000,000"):
        run_period(workspace, Period.year(2025))
        capsys.readouterr()
        assert main([*at, "portfolio", "2025"]) == 0
        out = capsys.readouterr().out
        assert shown in out
        for finding in open_findings(workspace):
            assert finding.code == "holding_twice"
            assert main([*at, "cover", finding.id, "--reason", "the same loan", "--by", "tester"]) == 0


def test_an_existing_workbook_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = create(tmp_path / "firm")
    data = "\n".join([HEAD, ROWS[0], ""]).encode()
    import_file(workspace, data, "own.csv", template_profile(data, "own.csv"))
    run_period(workspace, Period.year(2025))
    target = tmp_path / "portfolio.xlsx"
    target.write_text("mine")
    assert main(["--lang", "en", "-w", str(tmp_path / "firm"), "portfolio", "2025", "--xlsx", str(target)]) == 1
    assert target.read_text() == "mine"
    assert target.name in capsys.readouterr().err
