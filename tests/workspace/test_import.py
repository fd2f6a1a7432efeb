"""Taking files in: again, corrected, overlapping, credited, differing, withdrawn."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from trede.activity.batches import Batch
from trede.intake import load_profile
from trede.intake.settings import FileSettings
from trede.kernel.errors import IntakeError, StoreError, TredeError
from trede.kernel.identity import sha256
from trede.organisation.decisions import AcceptDifference, HeldRow, Reinstate, Revoke, Withdraw
from trede.workspace import Workspace
from trede.workspace.importing import import_file, reimport
from workspaces import (
    BY,
    FILLS,
    Copy,
    Fill,
    active_ids,
    clock,
    create,
    decide_held,
    dutch,
    fuel_card,
    held_rows,
    pin,
    profile_bytes,
    read_example,
    run,
    snapshot,
    take_in,
)


def content(batch: Batch) -> dict[str, dict[str, object]]:
    """Return the records by id, without their row numbers."""
    return {r["record_id"]: {k: v for k, v in r.items() if k != "row"} for r in batch.records().to_pylist()}


def code(error: pytest.ExceptionInfo[TredeError]) -> str:
    return error.value.issues[0].code


def test_the_same_file_twice_stores_nothing(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    before = snapshot(workspace.layout.root)
    again = take_in(workspace, "tankpas.csv", fuel_card())
    assert again.again
    assert again.batch.id in active_ids(small)
    assert take_in(workspace, "tankpas.csv", fuel_card()).again
    assert snapshot(workspace.layout.root) == before


def test_the_same_file_under_another_name_is_the_same_file(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    profile = load_profile(profile_bytes("tankpas.csv"), "tankpas.toml")
    before = snapshot(workspace.layout.root)
    found = import_file(workspace, fuel_card(), "kopie.csv", profile)
    assert found.again
    assert found.batch.file_name == "tankpas.csv"
    assert snapshot(workspace.layout.root) == before


def test_another_profile_takes_the_place_only_when_confirmed(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    text = profile_bytes("tankpas.csv").decode().replace('quality = "measured"', 'quality = "estimated"')
    other = workspace.save_profile(text.encode(), "other.toml")
    old = next(batch for batch in workspace.active_batches() if batch.source == "tankpas")
    before = snapshot(workspace.layout.root)
    with pytest.raises(StoreError) as error:
        import_file(workspace, fuel_card(), "tankpas.csv", other)
    assert code(error) == "file_already_in"
    assert error.value.issues[0].values == {"batch": old.id, "first_name": "tankpas.csv"}
    assert snapshot(workspace.layout.root) == before
    new = import_file(workspace, fuel_card(), "tankpas.csv", other, supersede=True).batch
    assert new.replaces == [old.id]
    assert {record["quality"] for record in new.records().to_pylist()} == {"estimated"}
    assert old.id not in active_ids(workspace)
    assert new.id in active_ids(workspace)
    assert workspace.batch_store.get(old.id).records().equals(old.records()), "history stays readable"


def test_a_title_of_a_profile_is_no_other_profile(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    text = profile_bytes("tankpas.csv").decode().replace("Tankpassen, export", "De export")
    retitled = workspace.save_profile(text.encode(), "tankpas.toml")
    assert import_file(workspace, fuel_card(), "tankpas.csv", retitled).again


def test_corrected_delivery_keeps_every_unchanged_record(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    sent = take_in(workspace, "tankpas-2024.csv").batch
    mended = take_in(workspace, "tankpas-2024-verbeterd.csv", replaces=sent.id).batch
    old, new = content(sent), content(mended)
    assert set(old) < set(new)
    assert {ident: new[ident] for ident in old} == old
    (added,) = set(new) - set(old)
    assert new[added]["quantity"] == Decimal("40.10")
    assert active_ids(workspace) == {mended.id}
    assert mended.counts == {"accepted": 1122, "set_aside": 2, "held": 2, "rejected": 0}


def test_one_changed_litre_changes_one_record_id(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    sent = take_in(workspace, "tankpas.csv", fuel_card()).batch
    changed = [*FILLS[:2], replace(FILLS[2], litres="56,78"), *FILLS[3:]]
    mended = take_in(workspace, "tankpas.csv", fuel_card(changed), replaces=sent.id).batch
    old, new = content(sent), content(mended)
    assert len(set(old) & set(new)) == 4
    (gone,), (come,) = set(old) - set(new), set(new) - set(old)
    assert {k for k in old[gone] if old[gone][k] != new[come][k]} == {"record_id", "quantity"}


def test_a_correction_is_taken_back_without_counting_twice(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    first, second = fuel_card(), fuel_card([replace(FILLS[0], litres="41,00"), *FILLS[1:]])
    a = take_in(workspace, "tankpas.csv", first).batch
    b = take_in(workspace, "tankpas.csv", second, replaces=a.id).batch
    back = take_in(workspace, "tankpas.csv", first, replaces=b.id).batch
    assert back.id == a.id
    assert active_ids(workspace) == {a.id}
    forth = take_in(workspace, "tankpas.csv", second, replaces=a.id).batch
    assert forth.id == b.id
    assert active_ids(workspace) == {b.id}


def test_a_batch_that_counts_no_more_cannot_be_replaced(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    a = take_in(workspace, "tankpas.csv", fuel_card()).batch
    take_in(workspace, "tankpas.csv", fuel_card(FILLS[:4]), replaces=a.id)
    before = snapshot(workspace.layout.root)
    for ident, expected in ((a.id, "batch_not_active"), ("nonsense", "batch_unknown")):
        with pytest.raises(StoreError) as error:
            take_in(workspace, "tankpas.csv", fuel_card(FILLS[:3]), replaces=ident)
        assert code(error) == expected
    assert snapshot(workspace.layout.root) == before


def test_held_rows_are_decided_and_the_decision_can_be_replayed(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        workspace = create(tmp_path / name)
        sent = take_in(workspace, "tankpas-2024.csv").batch
        first, second = held_rows(sent)
        kept = decide_held(workspace, sent, "accept", [first])
        assert kept.counts == {"accepted": 1122, "set_aside": 2, "held": 1, "rejected": 1}
        done = decide_held(workspace, kept, "drop", [second])
        assert done.counts == {"accepted": 1122, "set_aside": 3, "held": 0, "rejected": 1}
        assert active_ids(workspace) == {done.id}
        fates = {row["row"]: (row["fate"], row["code"]) for row in done.rows().to_pylist()}
        assert fates[first] == ("accepted", "accepted_by_decision")
        assert fates[second] == ("set_aside", "dropped_by_decision")
        assert set(content(sent)) < set(content(done))
        assert reimport(workspace, done).again
        ids.append(done.id)
    assert ids[0] == ids[1]


def test_a_decision_taken_back_holds_the_row_again(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    sent = take_in(workspace, "tankpas-2024.csv").batch
    done = decide_held(workspace, sent, "drop")
    recorded = workspace.decisions.in_force()[-1]
    workspace.decide(Revoke(decision=recorded.id, **BY))
    again = reimport(workspace, done).batch
    assert isinstance(recorded.decision, HeldRow)
    assert held_rows(again) == [recorded.decision.row]


def test_a_corrected_delivery_asks_again_about_its_own_doubtful_rows(example: Workspace) -> None:
    """A decision belongs to the file that was looked at: another file has other rows."""
    decided = [r.decision for r in example.decisions.all() if isinstance(r.decision, HeldRow)]
    assert len({decision.file_sha256 for decision in decided}) == 2
    assert [decision.choice for decision in decided] == ["drop"] * 4


def test_decisions_follow_settings_given_by_hand(tmp_path: Path) -> None:
    """Settings that a person gave (here: another decimal sign than the profile's) count when decisions are applied too."""
    workspace = create(tmp_path / "w")
    data = fuel_card([FILLS[1], FILLS[1]]).replace(b",", b".")
    sent = take_in(workspace, "tankpas.csv", data, overrides=FileSettings(decimal=".")).batch
    (row,) = held_rows(sent)
    done = decide_held(workspace, sent, "accept", [row])
    assert done.counts["accepted"] == 2
    assert sum(r["quantity"] for r in done.records().to_pylist()) == Decimal("77.4")


def test_withdraw_and_import_again(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    batch = next(b for b in workspace.active_batches() if b.source == "tankpas")
    workspace.withdraw(batch.id, "not ours", "Somebody")
    assert batch.id not in active_ids(workspace)
    assert workspace.batch_store.get(batch.id).records().num_rows == 5
    with pytest.raises(StoreError) as error:
        workspace.withdraw(batch.id, "once more", "Somebody")
    assert code(error) == "batch_not_active"
    back = take_in(workspace, "tankpas.csv", fuel_card())
    assert back.batch.id == batch.id
    assert batch.id in active_ids(workspace)
    assert [type(r.decision) for r in workspace.decisions.all()][-2:] == [Withdraw, Reinstate]


def test_revoking_never_lets_a_record_count_twice(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    batch = next(b for b in workspace.active_batches() if b.source == "tankpas")
    workspace.withdraw(batch.id, "will be corrected", "Somebody")
    withdrawn = workspace.decisions.in_force()[-1]
    other = take_in(workspace, "tankpas.csv", fuel_card(FILLS[1:])).batch
    with pytest.raises(StoreError) as error:
        workspace.decide(Revoke(decision=withdrawn.id, **BY))
    assert code(error) == "records_twice"
    assert error.value.issues[0].values == {"batch": batch.id, "other": other.id, "count": 4}
    workspace.withdraw(other.id, "the first one after all", "Somebody")
    workspace.decide(Revoke(decision=withdrawn.id, **BY))
    assert batch.id in active_ids(workspace)
    assert other.id not in active_ids(workspace)


def test_overlapping_exports_are_held_with_file_and_row(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    overlap = [FILLS[4], Fill("B6", date(2024, 3, 9), "30,00"), FILLS[1]]
    found = take_in(workspace, "tankpas-later.csv", fuel_card(overlap))
    assert found.batch.counts == {"accepted": 1, "set_aside": 2, "held": 2, "rejected": 0}
    told = [
        (issue.code, issue.location.file, issue.location.row, issue.values["first_file"], issue.values["first_row"])
        for issue in found.issues
    ]
    assert told == [
        ("duplicate_of_stored", "tankpas-later.csv", 2, "tankpas.csv", 6),
        ("duplicate_of_stored", "tankpas-later.csv", 4, "tankpas.csv", 3),
    ]
    dropped = decide_held(workspace, found.batch, "drop", [2])
    assert dropped.counts == {"accepted": 1, "set_aside": 3, "held": 1, "rejected": 0}
    kept = decide_held(workspace, dropped, "accept", [4])
    assert kept.counts == {"accepted": 2, "set_aside": 3, "held": 0, "rejected": 0}


def test_a_credit_note_without_its_original_is_held(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    credit = Fill("C1", date(2024, 1, 6), "-38,70", credit_of="B2")
    data = fuel_card([Fill("B9", date(2024, 1, 6), "20,00"), credit])
    held = take_in(workspace, "tankpas-credit.csv", data)
    assert held.batch.counts["held"] == 1
    (issue,) = held.issues
    assert (issue.code, issue.location.row, issue.values) == ("credit_without_original", 3, {"document": "B2"})
    assert sum(r["quantity"] for r in held.batch.records().to_pylist()) == 20
    take_in(workspace, "tankpas.csv", fuel_card())
    settled = take_in(workspace, "tankpas-credit.csv", data, supersede=True)
    assert settled.batch.counts["held"] == 0
    assert active_ids(workspace) == {settled.batch.id, *active_ids(workspace) - {held.batch.id}}


def test_a_credit_note_cancels_its_invoice_to_the_milligram(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    credit = Fill("C1", date(2024, 1, 6), "-38,70", credit_of="B2")
    take_in(workspace, "tankpas.csv", fuel_card([FILLS[1], credit]))
    pin(workspace)
    rows = run(workspace, 2024).table("ledger").to_pylist()
    assert len(rows) == 4
    assert sum(row["co2e"] for row in rows) == 0
    assert all(row["co2e"] for row in rows)


def test_a_control_total_that_differs_stores_nothing_until_accepted(small: Workspace, copy: Copy) -> None:
    workspace = copy(small)
    data = fuel_card([Fill("B7", date(2024, 5, 1), "20,00")], total="25,00")
    profile = load_profile(profile_bytes("tankpas.csv"), "tankpas.toml")
    before = snapshot(workspace.layout.root)

    def attempt() -> Batch:
        return import_file(workspace, data, "tankpas-mei.csv", profile).batch

    with pytest.raises(IntakeError) as error:
        attempt()
    (issue,) = error.value.issues
    assert (issue.code, issue.location.row, issue.location.column) == ("control_total_differs", 3, "Liters")
    assert issue.values == {"stated": "25", "computed": "20", "difference": "5"}
    assert snapshot(workspace.layout.root) == before
    workspace.decide(AcceptDifference(file_sha256=sha256(data), difference="4", **BY))
    with pytest.raises(IntakeError):
        attempt()
    workspace.decide(AcceptDifference(file_sha256=sha256(data), difference=str(issue.values["difference"]), **BY))
    batch = attempt()
    assert batch.facts["controls"][0]["status"] == "differs"
    assert batch.id in active_ids(workspace)


def test_a_control_total_given_by_a_person_is_tested(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    with pytest.raises(IntakeError) as error:
        take_in(workspace, "tankpas.csv", fuel_card(), control_total=Decimal("200"))
    assert code(error) == "control_total_differs"
    assert not workspace.batches()
    total = sum((dutch(fill.litres) for fill in FILLS), Decimal(0))
    batch = take_in(workspace, "tankpas.csv", fuel_card(), control_total=total).batch
    assert [control["status"] for control in batch.facts["controls"]] == ["agrees", "agrees"]


def test_two_equal_rows_stay_two(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    text = profile_bytes("tankpas.csv").decode()
    profile = load_profile(text[: text.index("[unique]")].encode(), "tankpas.toml")
    twin = FILLS[1]
    batch = import_file(workspace, fuel_card([twin, FILLS[0], twin]), "tankpas.csv", profile).batch
    records = batch.records().to_pylist()
    assert batch.counts["accepted"] == len({r["record_id"] for r in records}) == 3
    later = import_file(workspace, fuel_card([twin]), "tankpas-2.csv", profile).batch
    assert later.counts["held"] == 1


def test_record_ids_do_not_depend_on_row_numbers(tmp_path: Path) -> None:
    one, two = create(tmp_path / "one"), create(tmp_path / "two")
    a = take_in(one, "tankpas.csv", fuel_card()).batch
    data = fuel_card(reversed(FILLS)).replace(b"B4;", b";" * 11 + b"\r\nB4;")
    b = take_in(two, "tankpas.csv", data).batch
    assert content(a) == content(b)
    assert [r["row"] for r in a.records().to_pylist()] != [r["row"] for r in b.records().to_pylist()]


def test_another_secret_gives_other_pseudonyms(tmp_path: Path) -> None:
    one = create(tmp_path / "one")
    two = Workspace.create(tmp_path / "two", (one.organisation_versions.all()[0].read()), "organisation.toml", clock)
    vehicles = [
        {r["vehicle"] for r in take_in(w, "tankpas.csv", fuel_card()).batch.records().to_pylist()} for w in (one, two)
    ]
    assert len(vehicles[0]) == len(vehicles[1]) == 2
    assert not vehicles[0] & vehicles[1]


PERSONAL = {
    "tankpas-2024.csv": ("cp1252", ";", ("Kaartnummer", "Kenteken", "Bestuurder"), 0),
    "reizen.csv": ("utf-8", "\t", ("Medewerker",), 2),
    "laadpas.csv": ("utf-8", ",", ("Laadpas", "Kenteken"), 0),
}


def plain_values() -> set[str]:
    """Return every name, plate and card number of the example, and the small file's."""
    found = {"QP-433-F", "8-BQG-24", "Bestuurder 09", "Bestuurder 16", "9000-0000-0009"}
    for name, (encoding, delimiter, headings, above) in PERSONAL.items():
        lines = read_example(name).decode(encoding).splitlines()[above:]
        header = lines[0].split(delimiter)
        for line in lines[1:]:
            cells = line.split(delimiter)
            found |= {cells[header.index(heading)] for heading in headings}
    return found - {""}


def text_of(path: Path) -> str:
    """Return everything that a stored file says: a table's cells, the text of other files."""
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        return json.dumps([table.to_pylist(), str(table.schema)], default=str, ensure_ascii=False)
    return path.read_bytes().decode("utf-8", errors="replace")


def test_people_stand_in_the_evidence_only(example: Workspace) -> None:
    root = example.layout.root
    names = plain_values()
    assert len(names) > 100
    for name in snapshot(root):
        if name.startswith("evidence/") or name.endswith("pseudonym.key"):
            continue
        text, raw = text_of(root / name), (root / name).read_bytes()
        found = [value for value in names if value in text or value.encode() in raw]
        assert not found, (name, found)
    evidence = "".join(kept.read().decode("cp1252", "replace") for kept in example.evidence.all())
    assert all(value in evidence for value in names - {"9000-0000-0009"})


def test_a_number_of_rows_given_by_a_person_is_tested_and_can_be_accepted(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    data = fuel_card()
    assert take_in(create(tmp_path / "right"), "tankpas.csv", data, control_rows=len(FILLS)).batch.facts[
        "control_rows"
    ] == len(FILLS)
    with pytest.raises(IntakeError) as error:
        take_in(workspace, "tankpas.csv", data, control_rows=len(FILLS) + 2)
    (issue,) = error.value.issues
    assert (issue.code, issue.values["computed"], issue.values["difference"]) == (
        "control_rows_differ",
        str(len(FILLS)),
        "2",
    )
    workspace.decide(AcceptDifference(file_sha256=sha256(data), difference="2", **BY))
    with pytest.raises(IntakeError):
        take_in(workspace, "tankpas.csv", data, control_rows=len(FILLS) + 2)
    workspace.decide(AcceptDifference(file_sha256=sha256(data), difference="2", what="rows", **BY))
    batch = take_in(workspace, "tankpas.csv", data, control_rows=len(FILLS) + 2).batch
    assert [(c.get("what"), c["status"]) for c in batch.facts["controls"]] == [(None, "agrees"), ("rows", "differs")]
    assert reimport(workspace, batch).again
    assert take_in(workspace, "tankpas.csv", data, control_rows=len(FILLS) + 2).again
