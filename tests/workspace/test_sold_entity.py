"""A workspace whose organisation sold a part of itself: from the description to the page, and back."""

from __future__ import annotations

import pytest

from trede.catalogue.standards import find_standard
from trede.cli.main import main
from trede.engine.cutting import Cutting
from trede.inventory.footprint import footprint_of
from trede.kernel.errors import IntakeError
from trede.trace.breakdown import explain_account, explain_heading, explain_total
from trede.workspace import Workspace
from trede.workspace.importing import import_file
from trede.workspace.verifying import verify
from workspaces import EXAMPLE, SAMPLES, Copy, run, take_in

DAUGHTER = """
[[entity]]
id = "zuid-bv"
name = "Zuid B.V."
ownership = [
  { to = 2023-12-31, share = 1, controlled = true },
  { from = 2024-01-01, share = 0.2, controlled = false },
]
"""
GAS = (
    b"Vestiging;Van;Tot en met;Gas (m3);Herkomst\r\n"
    b"HK;2023-07-01;2024-06-30;1550;factuur\r\nZuid;2023-07-01;2024-06-30;366;factuur\r\n"
)


@pytest.fixture
def sold(small: Workspace, copy: Copy) -> Workspace:
    """The small workspace with a gas bill of Zuid, which belongs to a daughter that was sold at the end of 2023."""
    workspace = copy(small)
    text = (EXAMPLE / "organisation.toml").read_text("utf-8")
    head, zuid = text.split('id = "zuid"')
    text = f'{head}id = "zuid"' + zuid.replace('entity = "voorbeeld-schoonmaak"', 'entity = "zuid-bv"', 1)
    workspace.describe((text + DAUGHTER).encode(), "organisation.toml")
    take_in(workspace, "gas-zuid.csv", GAS)
    return workspace


def test_the_whole_is_inside_and_outside_and_comes_out_again(
    sold: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    ladder = find_standard("ladder")
    made = run(sold, 2024)
    rows = made.table("ledger").to_pylist()
    outside = sum(row["co2e"] for row in rows if row["entity"] == "zuid-bv" and row["basis"] != "location")
    view = footprint_of(made, ladder, "market")
    assert outside == view.outside == 182 * 2_134_000
    assert view.total + sum(view.not_covered.values()) + view.outside == view.ledger
    assert view.ledger == sum(row["co2e"] for row in rows if row["basis"] != "location")
    assert footprint_of(run(sold, 2023), ladder, "market").outside == 0
    assert verify(sold).good

    root = str(sold.layout.root)
    assert main(["--lang", "en", "-w", root, "show", "2024", "--standard", "ladder"]) == 0
    words = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["beside:", "outside", "the", "boundary", "0.39"] in words
    record = next(row["record_id"] for row in rows if row["entity"] == "zuid-bv")
    assert main(["--lang", "en", "-w", root, "explain", f"2024/{record}"]) == 0
    assert "outside the organisation's boundary, does not count" in capsys.readouterr().out


def test_every_rung_leaves_out_what_is_outside(sold: Workspace) -> None:
    ladder, made = find_standard("ladder"), run(sold, 2024)
    inside = footprint_of(made, ladder, "market")
    assert explain_total(made, "2024", ladder, "market").mg == inside.total
    heading = explain_heading(made, "2024", ladder, "market", "scope-1")
    account = "stationary-combustion.natural-gas.direct"
    part = next(part for part in heading.parts if part.name == account)
    assert explain_account(made, "2024", ladder, "market", "scope-1", account).mg == part.mg


def test_another_description_makes_another_run_and_the_old_one_still_verifies(sold: Workspace) -> None:
    before = run(sold, 2024)
    described = sold.organisation_versions.all()[-1].read().decode()
    kept = described.replace("{ to = 2023-12-31, share = 1, controlled = true },\n", "").replace(
        "from = 2024-01-01, ", ""
    )
    sold.describe(kept.encode(), "organisation.toml")
    after = run(sold, 2024)
    assert before.id != after.id
    assert before.spec["cutting"] != after.spec["cutting"]
    assert verify(sold).good


def test_settings_that_the_description_does_not_give_are_found(
    sold: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Cutting, "of", lambda _: Cutting())
        forged = run(sold, 2024)
    assert [issue.code for issue in verify(sold, forged).issues] == ["content_differs"]


def test_projects_are_tested_once_they_are_described(small: Workspace, copy: Copy) -> None:
    profile = (SAMPLES / "gas.toml").read_text("utf-8").replace("[constants]", '[constants]\nproject = "noord"')
    workspace = copy(small)
    described = (EXAMPLE / "organisation.toml").read_text("utf-8")
    workspace.describe((described + '[[project]]\nid = "P-1"\nname = "Noord"\n').encode(), "organisation.toml")
    with_project = workspace.save_profile(profile.encode(), "gas.toml")
    batch = import_file(workspace, GAS, "gas-noord.csv", with_project).batch
    assert set(batch.records()["project"].to_pylist()) == {"P-1"}
    assert verify(workspace).good
    other = workspace.save_profile(profile.replace('"noord"', '"zuid"').encode(), "gas.toml")
    with pytest.raises(IntakeError) as caught:
        import_file(workspace, GAS + b"\r\n", "gas-noord-2.csv", other)
    assert [issue.code for issue in caught.value.issues] == ["project_unknown"]
