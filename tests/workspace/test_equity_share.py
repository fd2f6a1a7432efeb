"""A workspace under equity share: from the description to the page, the bundle and back."""

from __future__ import annotations

from pathlib import Path

import pytest

from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.inventory.footprint import footprint_of
from trede.ledger.consolidating import consolidated
from trede.trace.breakdown import explain_account, explain_heading, explain_period, explain_total
from trede.workspace import Workspace
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, Copy, run


@pytest.fixture
def shared(small: Workspace, copy: Copy) -> Workspace:
    """The small workspace of a firm of which one third is owned, until March 2024 two thirds."""
    workspace = copy(small)
    text = (EXAMPLE / "organisation.toml").read_text("utf-8").replace("operational-control", "equity-share", 1)
    owned = """ownership = [
      { to = 2024-03-10, share = 0.666667, controlled = true, financial = true },
      { from = 2024-03-11, share = 0.333333, controlled = true, financial = true },
    ]
    """
    head, rest = text.split("[[entity]]", 1)
    first, after = rest.split("\n\n", 1)
    workspace.describe(f"{head}[[entity]]{first}\n{owned}\n{after}".encode(), "organisation.toml")
    return workspace


def test_what_counts_adds_up_on_every_page(
    shared: Workspace, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    made = run(shared, 2024)
    assert made.spec["approach"] == "equity-share"
    ladder = find_standard("ladder")
    view = footprint_of(made, ladder, "market")
    assert view.outside > 0
    assert view.total + sum(view.not_covered.values()) + view.outside == view.ledger
    counted = [row for row in consolidated(made.table("ledger")).to_pylist() if row["basis"] != "location"]
    assert sum(row["co2e"] for row in counted) == view.total + sum(view.not_covered.values())

    assert explain_total(made, "2024", ladder, "market").mg == view.total
    heading = explain_heading(made, "2024", ladder, "market", "scope-1")
    for part in heading.parts:
        account = explain_account(made, "2024", ladder, "market", "scope-1", part.name)
        assert account.mg == part.mg
        for span in account.parts:
            found = explain_period(made, "2024", ladder, "market", "scope-1", part.name, span.name)
            assert found.mg == span.mg

    assert verify(shared).good
    root = str(shared.layout.root)
    record = next(row["record_id"] for row in counted)
    assert main(["--lang", "en", "-w", root, "explain", f"2024/{record}"]) == 0
    assert "the rest is outside the boundary" in capsys.readouterr().out
    bundle = tmp_path / "run.zip"
    assert main(["--lang", "en", "-w", root, "bundle", "2024", str(bundle)]) == 0
    assert main(["--lang", "en", "verify", str(bundle)]) == 0


def test_another_approach_is_another_run_and_both_verify(shared: Workspace) -> None:
    first = run(shared, 2024)
    text = shared.organisation_versions.latest().read().decode()
    shared.describe(text.replace("equity-share", "financial-control", 1).encode(), "organisation.toml")
    second = run(shared, 2024)
    assert first.id != second.id
    ladder = find_standard("ladder")
    one, two = (footprint_of(each, ladder, "market") for each in (first, second))
    assert one.total + one.outside + sum(one.not_covered.values()) == two.total + sum(two.not_covered.values())
    assert two.outside == 0
    assert verify(shared).good
