"""Losses of the grid in a workspace: the run, what `explain` says of them, the bundle and the recomputation."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trede.cli.main import main
from trede.factors.importers import IMPORTERS
from trede.factors.importers.own import template
from trede.organisation.decisions import Override
from trede.workspace import Workspace
from trede.workspace.libraries import store_library
from trede.workspace.verifying import verify
from workspaces import BY, EXAMPLE, create, run, take_in

POWER = "Example: a kWh of power;Examples;;electricity;kWh;energy;0,3;;;;;;unknown;unknown;;;;;;"


@pytest.mark.parametrize(("formula", "value", "said"), [
    ("life-cycle", "0.3", "formula 3.3: all emissions"), ("generation", "0.25", "lower than formula 3.3"),
])  # fmt: skip
def test_losses_from_the_records_of_power(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], formula: str, value: str, said: str
) -> None:
    workspace: Workspace = create(tmp_path / "work")
    described = (EXAMPLE / "organisation.toml").read_text("utf-8")
    share = '{ country = "NL", from_year = 2022, to_year = 2022, share = 0.1, of = "generated", source = "a paper" }'
    losses = f'\n[losses]\nformula = "{formula}"\nshare = [{share}]\n'
    workspace.describe((described + losses).encode(), "organisation.toml")
    known = POWER.replace("0,3;;;;;;unknown", "0,3;0,25;0,05;;;;excluded")
    text = template().replace(POWER, known)
    library = IMPORTERS["own"](text.encode(), "own.csv", date(2026, 11, 22))
    store_library(workspace, library)
    factor = next(f.id for f in library.factors.values() if f.kind == "electricity")
    for slot in ("location", "market"):
        workspace.decide(
            Override(activity_type="electricity", years=(2022,), slot=slot, library=library.id, factor=factor, **BY)
        )
    take_in(workspace, "elektriciteit-per-vestiging.csv")
    made = run(workspace, 2022)
    rows = [r for r in made.table("ledger").to_pylist() if r["account"].startswith("energy-losses")]
    assert len(rows) == 2 * made.result["records"]
    largest = max(rows, key=lambda row: row["co2e"])
    assert largest["co2e"] == pytest.approx(15_240 / 9 * float(value) * 1e6, abs=1)
    root = str(workspace.layout.root)
    assert main(["--lang", "en", "-w", root, "explain", f"2022/{largest['record_id']}"]) == 0
    shown = capsys.readouterr().out
    assert f"lost: {value} kg per unit × 0.111111111111111 per unit delivered (10.0000" in shown
    assert "of what was generated; source: a paper)" in shown
    assert said in shown
    assert verify(workspace).good
    bundle = tmp_path / "run.zip"
    assert main(["--lang", "en", "-w", root, "bundle", "2022", str(bundle)]) == 0
    assert main(["--lang", "en", "verify", str(bundle)]) == 0
