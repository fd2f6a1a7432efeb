"""A figure says what is not in it: rows left out, what changed since, and which part of a period."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from trede.cli.main import main
from trede.kernel.identity import sha256
from trede.workspace import Workspace
from workspaces import Copy, pin, run, take_in

Tell = Callable[..., tuple[int, str]]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    def give(workspace: Workspace, *arguments: object) -> tuple[int, str]:
        code = main(["--lang", "en", "-w", str(workspace.layout.root), *map(str, arguments)])
        told = capsys.readouterr()
        return code, told.out + told.err

    return give


def test_show_names_rejected_rows_and_a_run_that_is_out_of_date(small: Workspace, copy: Copy, tell: Tell) -> None:
    workspace = copy(small)
    pin(workspace)
    run(workspace, 2024)
    _, before = tell(workspace, "show", 2024, "--standard", "ladder")
    assert "Rejected and do not count" not in before
    assert "Calculate again" not in before
    gas = (
        b"Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\n"
        b"Oost;2024-10-01;2025-01-15;1377;factuur\r\n"
        b"Mars;2024-01-01;2024-01-31;20;factuur\r\n"
    )
    batch = take_in(workspace, "gas.csv", gas).batch
    _, stale = tell(workspace, "show", 2024, "--standard", "ladder")
    assert "Calculate again: trede run 2024" in stale
    run(workspace, 2024)
    _, after = tell(workspace, "show", 2024, "--standard", "ladder")
    assert "Calculate again" not in after
    assert "Rejected and do not count: 1 row of the files" in after
    record = batch.records()["record_id"][0].as_py()
    _, told = tell(workspace, "explain", f"2024/{record}")
    found = re.search(r"92 of 107 days: 1,377 × 92 ÷ 107 = ([\d,.]+) Nm3", told)
    assert found is not None
    assert Decimal(found[1].replace(",", "")) == Decimal("1183.962617")


def test_a_withdrawal_needs_a_reason_of_some_length(small: Workspace, copy: Copy, tell: Tell) -> None:
    workspace = copy(small)
    batch = workspace.active_batches()[0].id
    files = {p: sha256(p.read_bytes()) for p in Path(workspace.layout.root).rglob("*") if p.is_file()}
    code, told = tell(workspace, "withdraw", batch, "--reason", "x", "--by", "Quality officer")
    assert code == 1
    assert "too short" in told
    assert {p: sha256(p.read_bytes()) for p in files} == files
    assert batch in {active.id for active in workspace.active_batches()}
