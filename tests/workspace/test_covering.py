"""Covered records: they post nothing, stay visible, and ledger + covered = the ledger without the decision."""

import random
import shutil
from datetime import date
from pathlib import Path

import pytest

from trede.catalogue.standards import standards
from trede.cli.main import main
from trede.engine.runs import Run
from trede.inventory.footprint import footprint
from trede.kernel.errors import TredeError
from trede.organisation.decisions import CoveredBy, Revoke
from trede.workspace import Workspace
from trede.workspace.bundling import make_bundle
from trede.workspace.comparing import compare
from trede.workspace.findings import (
    at_stake,
    cover_records,
    covered_amounts,
    credits_of,
    find_finding,
    find_record,
    keep_both,
    open_findings,
    with_credits,
)
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import verify
from workspaces import BY, FILLS, Copy, Fill, create, fuel_card, pin, run, take_in

WHY = ("the office meter counts them", "Quality officer")


def totals(result: Run) -> dict[tuple[str, str], int]:
    return {
        (standard.id, basis): footprint(result.table("totals"), standard, basis).total
        for standard in standards().values()
        for basis in standard.bases
    }


def test_the_charging_at_the_office_is_found_in_the_example(example: Workspace) -> None:
    found = [finding for finding in open_findings(example) if finding.code == "charging_beside_meter"]

    assert [finding.facts["year"] for finding in found] == ["2022", "2023", "2024"]
    assert all(finding.facts["site"] == "hoofdkantoor" for finding in found)


def test_covering_takes_exactly_the_tonnes_at_stake_and_revoking_brings_them_back(
    example: Workspace, copy: Copy
) -> None:
    workspace = copy(example)
    before = workspace.find_run("2024")
    finding = next(f for f in open_findings(workspace, before.period) if f.code == "charging_beside_meter")
    stake = at_stake(before, finding.records)
    assert all(mg > 0 for mg in stake.values())

    decision = cover_records(workspace, finding.records, finding.beside, *WHY, finding.code)
    after = run(workspace, 2024)

    assert finding.id not in {f.id for f in open_findings(workspace, before.period)}
    assert covered_amounts(after) == stake
    assert {key: mg + stake[key] for key, mg in totals(after).items()} == totals(before)
    assert not set(finding.records) & set(after.table("ledger")["record_id"].to_pylist())
    assert set(after.table("covered")["record_id"].to_pylist()) == set(finding.records)
    assert workspace.find_run("2024").id == after.id
    bridge = compare(workspace, before.id, after.id).total(lambda place: place.basis != "location")
    assert bridge.causes["corrections"] == -stake["co2-prestatieladder-3.1", "market"]
    assert sum(map(abs, bridge.causes.values())) == abs(bridge.causes["corrections"])

    workspace.decide(Revoke(decision=decision.id, **BY))
    again = run(workspace, 2024)

    assert again.id == before.id
    assert verify(workspace).good


@pytest.mark.parametrize("seed", range(3))
def test_ledger_and_covered_add_up_to_the_ledger_whatever_is_covered(example: Workspace, copy: Copy, seed: int) -> None:
    workspace = copy(example)
    before = workspace.find_run("2023")
    records = sorted(set(before.table("ledger")["record_id"].to_pylist()))
    chosen = random.Random(seed).sample(records, 40)  # noqa: S311

    cover_records(workspace, chosen[:-1], chosen[-1:], *WHY)
    after = run(workspace, 2023)

    covered = covered_amounts(after)
    assert {key: mg + covered[key] for key, mg in totals(after).items()} == totals(before)
    assert covered == at_stake(before, chosen[:-1])


def test_a_finding_that_somebody_kept_does_not_come_back(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    finding = open_findings(workspace)[0]

    keep_both(workspace, finding, "the charging points have a meter of their own", "Quality officer")

    assert finding.id not in {f.id for f in open_findings(workspace)}
    assert run(workspace, 2024).id == example.find_run("2024").id


def test_a_bundle_with_covered_records_is_verified_elsewhere(example: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace = copy(example)
    finding = open_findings(workspace)[-1]
    cover_records(workspace, finding.records, finding.beside, *WHY, finding.code)
    bundled = make_bundle(workspace, run(workspace, 2024), tmp_path / "bundle.zip")
    shutil.rmtree(workspace.layout.root)

    assert verify_bundle(bundled.path).good


def test_a_changed_table_of_covered_records_is_found(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    finding = open_findings(workspace)[-1]
    cover_records(workspace, finding.records, finding.beside, *WHY, finding.code)
    path = run(workspace, 2024).folder / "covered.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    assert any("covered.parquet" in str(issue.location.file) for issue in verify(workspace).issues)


def test_what_cannot_be_covered_is_refused(example: Workspace, copy: Copy) -> None:
    workspace = copy(example)
    finding = open_findings(workspace)[0]
    record, beside = finding.records[0], finding.beside[0]

    with pytest.raises(TredeError, match="record_not_active"):
        cover_records(workspace, ["no such record"], [beside], *WHY)
    with pytest.raises(TredeError, match="covering_missing"):
        cover_records(workspace, [record], [], *WHY)
    with pytest.raises(TredeError, match="covered_by_itself"):
        cover_records(workspace, [record], [record], *WHY)
    cover_records(workspace, [record], [beside], *WHY)
    with pytest.raises(TredeError, match="covering_is_covered"):
        cover_records(workspace, [beside], [record], *WHY)
    with pytest.raises(TredeError, match="finding_unknown"):
        find_finding(workspace, "zzzz")
    assert find_record(workspace, record[:16]) == record


def fuel_records(workspace: Workspace) -> dict[str, str]:
    """Return the record id of each document of the fuel card."""
    (batch,) = (batch for batch in workspace.active_batches() if batch.source == "tankpas")
    records = batch.records()
    return dict(zip(records["document"].to_pylist(), records["record_id"].to_pylist(), strict=True))


CREDITED = [
    *FILLS,
    Fill("C2", date(2024, 1, 9), "-38,70", credit_of="B2"),
    Fill("C5", date(2024, 3, 5), "-10,00", credit_of="B5"),
    Fill("B9", date(2024, 1, 6), "60,00"),
]


@pytest.fixture
def credited(tmp_path: Path) -> Workspace:
    workspace = create(tmp_path / "w")
    take_in(workspace, "tankpas.csv", fuel_card(CREDITED))
    pin(workspace)
    return workspace


def test_a_credit_note_is_covered_with_what_it_credits(credited: Workspace) -> None:
    records = fuel_records(credited)
    before = totals(run(credited, 2024))

    decision = cover_records(credited, [records["B2"]], [records["B9"]], *WHY).decision
    after = run(credited, 2024)

    assert isinstance(decision, CoveredBy)
    assert set(decision.records) == {records["B2"], records["C2"]}
    assert totals(after) == before, "the fill and its credit were nothing together"
    assert set(covered_amounts(after).values()) == {0}
    assert with_credits([records["B9"], records["B5"]], credits_of(credited))[2:] == [records["C5"]]


def test_a_credit_note_stays_with_the_invoice_that_remains() -> None:
    twice = {"line": frozenset({"note"}), "again": frozenset({"note"}), "other": frozenset({"its own"})}
    assert with_credits(["again", "other"], twice, ["line"]) == ["again", "other", "its own"]


def test_what_its_own_credit_covers_is_refused(credited: Workspace) -> None:
    records = fuel_records(credited)
    with pytest.raises(TredeError, match="covered_by_itself"):
        cover_records(credited, [records["B2"]], [records["C2"]], *WHY)


def test_a_chain_is_refused_in_both_directions(credited: Workspace) -> None:
    records = fuel_records(credited)
    first = cover_records(credited, [records["B2"]], [records["B3"]], *WHY)
    for covered, by, code in (("B3", "B1", "covered_is_covering"), ("B1", "B2", "covering_is_covered")):
        with pytest.raises(TredeError, match=code) as error:
            cover_records(credited, [records[covered]], [records[by]], *WHY)
        assert error.value.issues[0].values["decision"] == first.id
    credited.decide(Revoke(decision=first.id, **BY))
    assert cover_records(credited, [records["B3"]], [records["B1"]], *WHY).decision


def test_the_commands(example: Workspace, copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    workspace = copy(example)
    call = ["--lang", "en", "-w", str(workspace.layout.root)]
    finding = open_findings(workspace, run(workspace, 2024).period)[0]

    assert main([*call, "findings", "2024"]) == 0
    assert main([*call, "cover", finding.id, "--reason", "the office meter counts them", "--by", "Q"]) == 0
    assert main([*call, "run", "2024"]) == 0
    assert main([*call, "show", "2024", "--standard", "ladder"]) == 0
    assert main([*call, "explain", f"2024/{finding.records[0]}"]) == 0
    assert main([*call, "decisions"]) == 0
    out = capsys.readouterr().out

    assert f"{finding.id}  155 charging sessions at the office in 2024 (4,456.37 kWh)" in out
    assert "At stake in 2024: 2.15 t" in out
    assert "155 records; they would have posted: 2.15 t" in out
    assert "This record posts nothing" in out
    assert max(map(len, out.splitlines())) < 400
