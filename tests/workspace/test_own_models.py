"""Own calculation models on the whole road: added, tried, imported, calculated, explained, verified and bundled elsewhere."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from own_models import BIKES, BIKES_TYPE, ORDERS, ORDERS_FILE, changed
from trede.cli.language import Speaker
from trede.cli.template_file import template_csv, template_workbook
from trede.engine.runs import Run
from trede.intake.checking import load_profile
from trede.intake.template import template_profile
from trede.kernel.errors import CatalogueError, IntakeError, StoreError, TredeError
from trede.kernel.identity import sha256
from trede.kernel.sealed import seal
from trede.organisation.decisions import ExcludeUnmatched, Revoke, WithdrawModel
from trede.trace.record import RecordTrail
from trede.workspace import Workspace
from trede.workspace.bundling import make_bundle
from trede.workspace.explaining import explain
from trede.workspace.findings import open_findings
from trede.workspace.importing import Imported, import_file
from trede.workspace.models import add_model, try_model, withdraw_model
from trede.workspace.running import freshness
from trede.workspace.trying import try_record
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import check_files, verify
from workspaces import BY, LIST_2026, Copy, create, run, snapshot

DOUBLED = changed(("0.025 [kWh/km]", "0.05 [kWh/km]"))


def take_in(workspace: Workspace, text: str = ORDERS_FILE, name: str = "orders.csv", **options: str) -> Imported:
    profile = workspace.save_profile(ORDERS.encode(), "orders.toml")
    return import_file(workspace, text.encode(), name, profile, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a model, a file of two rows of it, and 2026 calculated."""
    workspace = create(tmp_path_factory.mktemp("models") / "workspace")
    add_model(workspace, BIKES.encode(), "bikes.toml")
    take_in(workspace)
    run(workspace, 2026)
    return workspace


def derived(found: Run) -> dict[tuple[str, Decimal], Decimal]:
    return {(r["leg"], r["recorded_quantity"]): r["quantity"] for r in found.table("derived").to_pylist()}


def test_one_record_becomes_two_flows(whole: Workspace) -> None:
    found = whole.find_run("2026")
    assert not found.table("unmatched").num_rows
    assert derived(found) == {
        ("power", Decimal(120)): Decimal("10.5"), ("bags", Decimal(120)): Decimal("19.2"),
        ("power", Decimal(80)): Decimal("4.5"), ("bags", Decimal(80)): Decimal("9.6"),
    }  # fmt: skip
    ledger = found.table("ledger").to_pylist()
    reported = [row for row in ledger if row["account"] == "purchased-goods.supplier.lifecycle"]
    assert sum(row["co2e"] for row in reported) == 28_800_000
    assert {row["account"].rpartition(".")[0] for row in ledger} == {
        "purchased-goods.supplier",
        "purchased-electricity.vehicles",
    }


def test_a_custom_column_is_kept_and_counted(whole: Workspace) -> None:
    (batch,) = whole.active_batches()
    for record in batch.records().to_pylist():
        figures, custom = json.loads(record["inputs"]), json.loads(record["custom"])
        assert set(figures) == {"ride", "custom.bags"}
        assert custom["bags"].replace(",", ".") == figures["custom.bags"]


def test_the_run_pins_the_model_and_explains_it(whole: Workspace) -> None:
    found = whole.find_run("2026")
    version = whole.model_versions("delivery-bikes").latest()
    assert version is not None
    assert found.spec["models"] == [{"id": BIKES_TYPE, "version": version.id}]
    record = found.table("derived").to_pylist()[0]["record_id"]
    _, trail = explain(whole, f"{found.id}/{record}")
    assert isinstance(trail, RecordTrail)
    workings = {derivation.working(str) for derivation in trail.derivations}
    assert "120.000000 n × 3.5 km/n × 0.025 kWh/km" in {w.replace("120 n", "120.000000 n") for w in workings}
    assert trail.known.methods[BIKES_TYPE].reference.startswith("Own measurements of 2025")
    assert verify(whole).good


def test_a_workspace_without_models_pins_none(tmp_path: Path) -> None:
    workspace = create(tmp_path / "plain")
    assert workspace.known() is workspace.known()
    assert workspace.words.types.keys() == workspace.known().vocabulary.types.keys()
    assert BIKES_TYPE not in workspace.words


def test_earlier_runs_verify_after_the_model_changed(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    before = workspace.find_run("2026")
    added = add_model(workspace, DOUBLED, "bikes.toml")
    assert (added.model.version, added.again) == (2, False)
    assert freshness(workspace, before) == "stale"
    after = run(workspace, 2026)
    assert derived(after)["power", Decimal(120)] == 2 * derived(before)["power", Decimal(120)]
    assert after.table("derived")["method"].to_pylist()[0] == f"{BIKES_TYPE}@2"
    assert verify(workspace, before).good
    assert verify(workspace).good
    record = before.table("derived").to_pylist()[0]["record_id"]
    _, trail = explain(workspace, f"{before.id}/{record}")
    assert isinstance(trail, RecordTrail)
    assert trail.known.methods[BIKES_TYPE].version == 1


def test_the_same_text_is_not_stored_twice(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    files = snapshot(workspace.layout.root)
    assert add_model(workspace, BIKES.encode(), "bikes.toml").again
    assert snapshot(workspace.layout.root) == files


def test_a_new_model_leaves_other_runs_as_they_are(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    other = changed(("delivery-bikes", "other"), ("per bakfiets", "anders"), ("by cargo bike", "otherwise"))
    add_model(workspace, other, "other.toml")
    assert freshness(workspace, workspace.find_run("2026")) == "current"


@pytest.mark.parametrize(
    ("pair", "part"),
    [
        (('unit = "km/n"\nabove = 0', 'unit = "m/n"\nabove = 0'), "inputs"),
        (("at_most = 100", "at_most = 50"), "inputs"),
        (("at_most = 100", "at_most = 100\ndefault = 3\nsource = \"a count\""), "inputs"),
    ],
)  # fmt: skip
def test_what_a_model_asks_is_fixed_while_there_are_records(
    whole: Workspace, copy: Copy, pair: tuple[str, str], part: str
) -> None:
    workspace = copy(whole)
    text = changed(pair, *((("[kWh/km]", "[kWh/m]"),) if "m/n" in pair[1] and "km" not in pair[1] else ()))
    for active in (True, False):
        files = snapshot(workspace.layout.root)
        with pytest.raises(StoreError) as caught:
            add_model(workspace, text, "bikes.toml")
        (issue,) = caught.value.issues
        assert (issue.code, issue.values["changed"]) == ("model_asks_otherwise", [part])
        assert snapshot(workspace.layout.root) == files
        if active:
            workspace.withdraw(workspace.active_batches()[0].id, "not ours", "Quality officer")
    fresh = create(workspace.layout.root.parent / "fresh")
    add_model(fresh, BIKES.encode(), "bikes.toml")
    assert add_model(fresh, text, "bikes.toml").model.version == 2


def test_withdrawing(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    decision = WithdrawModel(model="delivery-bikes", **BY)
    with pytest.raises(StoreError) as caught:
        withdraw_model(workspace, decision)
    assert caught.value.issues[0].code == "model_in_use"
    (batch,) = workspace.active_batches()
    workspace.withdraw(batch.id, "not ours", "Quality officer")
    recorded = withdraw_model(workspace, decision)
    assert workspace.models_in_use == {}
    for refused, code in (
        (lambda: add_model(workspace, DOUBLED, "bikes.toml"), "model_withdrawn"),
        (lambda: withdraw_model(workspace, decision), "model_unknown"),
        (lambda: take_in(workspace), "activity_type_unknown"),
    ):
        with pytest.raises(TredeError) as error:
            refused()
        assert code in {issue.code for issue in error.value.issues}
    assert workspace.profiles()
    assert verify(workspace).good
    workspace.decide(Revoke(decision=recorded.id, **BY))
    assert take_in(workspace).batch.id == batch.id
    assert run(workspace, 2026).id == whole.find_run("2026").id


def test_a_withdrawn_file_that_comes_back_counts_with_a_withdrawn_model(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    (batch,) = workspace.active_batches()
    workspace.withdraw(batch.id, "not ours", "Quality officer")
    withdraw_model(workspace, WithdrawModel(model="delivery-bikes", **BY))
    taken_out = next(r for r in workspace.decisions.in_force() if r.decision.kind == "withdraw")
    workspace.decide(Revoke(decision=taken_out.id, **BY))
    assert run(workspace, 2026).id == whole.find_run("2026").id


# -- bundles


def test_a_bundle_is_verified_in_an_empty_folder_elsewhere(whole: Workspace, tmp_path: Path, copy: Copy) -> None:
    workspace = copy(whole)
    found = workspace.find_run("2026")
    add_model(workspace, DOUBLED, "bikes.toml")  # the bundle rests on the version before
    bundle = make_bundle(workspace, found, tmp_path / "b.zip", with_originals=True).path
    shutil.rmtree(workspace.layout.root)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    verdict = verify_bundle(bundle)
    assert (verdict.good, verdict.mapped) == (True, 1), verdict.issues
    again = subprocess.run(
        [sys.executable, "-m", "trede", "--lang", "en", "verify", str(bundle)], cwd=elsewhere, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    assert not any(elsewhere.iterdir())


def test_a_bundle_without_its_model_or_with_another_is_found_out(whole: Workspace, tmp_path: Path) -> None:
    bundle = make_bundle(whole, whole.find_run("2026"), tmp_path / "b.zip").path
    with zipfile.ZipFile(bundle) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    (model,) = [name for name in contents if name.startswith("models/") and name.endswith(".toml")]

    def forged(change: dict[str, bytes | None]) -> Path:
        """Return the bundle with files changed or taken out, and its list made to agree."""
        files = {name: data for name, data in {**contents, **change}.items() if data is not None}
        listed = unseal_bytes(files.pop("bundle.json"))
        listed["files"] = {name: sha256(data) for name, data in files.items()}
        path = tmp_path / f"forged{len(list(tmp_path.iterdir()))}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in {**files, "bundle.json": seal(listed)}.items():
                archive.writestr(name, data)
        return path

    latest = "models/delivery-bikes/latest"
    for change, code in (
        ({model: DOUBLED}, "stored_file_changed"),
        ({model: None}, "stored_file_missing"),
        ({model: None, latest: None}, "model_version_missing"),
    ):
        verdict = verify_bundle(forged(change))
        assert (verdict.good, code in {issue.code for issue in verdict.issues}) == (False, True), verdict.issues
    assert verify_bundle(forged({})).good


def unseal_bytes(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(data)
    return {name: value for name, value in found.items() if name != "seal"}


def test_a_changed_or_missing_model_file_is_found(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    version = workspace.model_versions("delivery-bikes").latest()
    assert version is not None
    version.path.write_bytes(DOUBLED)
    assert {issue.code for issue in check_files(workspace)} == {"stored_file_changed"}
    version.path.unlink()
    assert {issue.code for issue in check_files(workspace)} == {"stored_file_missing"}


# -- files and templates


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_template_of_a_model_is_recognised_without_mapping(
    whole: Workspace, copy: Copy, language: str, form: str
) -> None:
    workspace = copy(whole)
    kinds = {BIKES_TYPE: workspace.words[BIKES_TYPE]}
    speaker = Speaker(language)
    if form == "csv":
        text = template_csv(speaker, kinds).decode("utf-8-sig")
        data = text.replace("VOORBEELD: ", "").replace("EXAMPLE: ", "").encode()
        profile = template_profile(data, "own.csv", words=workspace.words)
        imported = import_file(workspace, data, "own.csv", profile)
        assert imported.batch.counts["accepted"] == 1
        (record,) = imported.batch.records().to_pylist()
        assert json.loads(record["inputs"]) == {"ride": "3.5", "custom.bags": "2"}
    else:
        data = template_workbook(speaker, kinds, {})
        profile = template_profile(data, "own.xlsx", words=workspace.words)
        assert {"ride", "custom.bags", "activity_type"} <= set(profile.columns)


def test_a_model_changes_nothing_about_files_that_do_not_name_it(whole: Workspace, tmp_path: Path) -> None:
    data = template_csv(Speaker("nl"), {"water": whole.words["water"]})
    plain = create(tmp_path / "plain")
    with_model, without = (template_profile(data, "w.csv", words=w.words) for w in (whole, plain))
    assert with_model == without


def test_a_profile_may_name_it_only_here(whole: Workspace, tmp_path: Path) -> None:
    plain = create(tmp_path / "plain")
    with pytest.raises(CatalogueError) as caught:
        load_profile(ORDERS.encode(), "orders.toml", plain.words)
    assert "activity_type_unknown" in {issue.code for issue in caught.value.issues}
    load_profile(ORDERS.encode(), "orders.toml", whole.words)


def test_a_figure_out_of_bounds_or_missing_rejects_the_row(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    text = "Day;Orders;Kilometres;Bags\n2026-03-01;10;250;1\n2026-03-02;10;2,5;\n2026-03-03;10;2,5;many\n2026-03-04;10;2,5;1\n"
    batch = take_in(workspace, text, "march.csv").batch
    assert batch.counts["rejected"] == 3
    assert [issue.code for issue in batch.problems()] == ["input_out_of_range", "cell_empty", "number_unreadable"]


def test_a_custom_column_of_another_type_is_no_figure(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    profile = (
        ORDERS.replace(BIKES_TYPE, "water").replace('unit = "n"', 'unit = "m3"').replace('id = "orders"', 'id = "w"')
    )
    profile = profile.replace('[columns.ride]\nheader = "Kilometres"\n', "")
    text = "Day;Orders;Bags\n2026-03-01;10;many\n"
    imported = import_file(workspace, text.encode(), "water.csv", workspace.save_profile(profile.encode(), "w.toml"))
    (record,) = imported.batch.records().to_pylist()
    assert (record["inputs"], json.loads(record["custom"])) == (None, {"bags": "many"})


def test_a_division_by_zero_is_an_issue_and_counts_nothing(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    model = changed(("quantity * custom.bags * 0.08 [kgCO2e/bag]", "quantity * 0.08 [kgCO2e·bag/n·n] / custom.bags"))
    add_model(workspace, model, "bikes.toml")
    take_in(workspace, "Day;Orders;Kilometres;Bags\n2026-01-05;10;3,5;0\n2026-01-06;10;3,5;2\n")
    found = run(workspace, 2026)
    assert [issue.code for issue in found.issues if issue.severity == "error"] == ["derivation_undefined"]
    (left,) = found.table("unmatched").to_pylist()
    assert (left["activity_type"], left["code"]) == (BIKES_TYPE, "derivation_undefined")
    assert {row["recorded_quantity"] for row in found.table("derived").to_pylist()} == {Decimal(10)}
    assert found.table("derived").num_rows == 2
    workspace.decide(ExcludeUnmatched(activity_type=BIKES_TYPE, attributes={}, years=(2026,), **BY))
    assert verify(workspace).good


@pytest.mark.parametrize(
    ("applies", "counted"),
    [
        ("valid_from = 2026-01-06", 1),
        ("valid_to = 2026-01-31", 1),
        ('countries = ["NL"]\nvalid_to = 2026-02-04', 1),
        ('countries = ["BE", "NL"]\nvalid_from = 2026-01-05\nvalid_to = 2026-02-05', 2),
    ],
)
def test_a_record_outside_what_a_model_was_made_for_posts_nothing(tmp_path: Path, applies: str, counted: int) -> None:
    workspace = create(tmp_path / "w")
    add_model(workspace, changed(("[quantity]", f"[applies]\n{applies}\n\n[quantity]")), "bikes.toml")
    take_in(workspace)
    found = run(workspace, 2026)
    assert len({row["record_id"] for row in found.table("derived").to_pylist()}) == counted
    codes = [issue.code for issue in found.issues if issue.severity == "error"]
    assert codes == ["type_not_applicable"] * (2 - counted)
    assert [row["code"] for row in found.table("unmatched").to_pylist()] == codes
    assert verify(workspace).good


def test_a_credit_cancels_to_the_milligram(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    plain = run(workspace, 2026).table("totals")
    text = "Day;Orders;Kilometres;Bags;Bill;Credits\n2026-03-01;7;3,333333;1,7;A;\n2026-03-01;-7;3,333333;1,7;B;A\n"
    more = '[columns.document]\nheader = "Bill"\n[columns.credit_of]\nheader = "Credits"\noptional = true\n[constants]'
    mapping = ORDERS.replace('"orders"', '"two"').replace("[constants]", more)
    batch = import_file(
        workspace, text.encode(), "two.csv", load_profile(mapping.encode(), "t.toml", workspace.words)
    ).batch
    assert batch.counts["accepted"] == 2, batch.problems()
    after = run(workspace, 2026).table("totals")
    assert sum(after["co2e"].to_pylist()) == sum(plain["co2e"].to_pylist())


METERED = """\
id = "charger"
title = "Charger"
source = "charger"
[columns.date]
header = "Day"
[columns.quantity]
header = "kWh"
[columns.site]
header = "Site"
[constants]
activity_type = "electricity-vehicle"
unit = "kWh"
control = "controlled"
place = "office"
"""


def test_power_of_a_model_beside_the_charger_is_a_finding(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    assert open_findings(workspace) == []
    first, other = (site.name for site in workspace.organisation.site[:2])
    mapping = ORDERS.replace('"orders"', '"sited"').replace(
        "[constants]", '[columns.site]\nheader = "Site"\n[constants]'
    )
    orders = f"Day;Orders;Kilometres;Bags;Site\n2026-03-01;10;2;1;{first}\n2026-03-02;10;2;1;{other}\n"
    profile = load_profile(mapping.encode(), "sited.toml", workspace.words)
    model = import_file(workspace, orders.encode(), "sited.csv", profile).batch
    charged = f"Day;kWh;Site\n2026-03-01;3;{first}\n2026-03-01;3;{other}\n"
    charger = import_file(
        workspace, charged.encode(), "charger.csv", load_profile(METERED.encode(), "charger.toml")
    ).batch
    (found,) = [finding for finding in open_findings(workspace) if finding.code == "own_model_beside_measured"]
    ids = {row["site"]: row["record_id"] for row in model.records().to_pylist()}
    beside = {row["site"]: row["record_id"] for row in charger.records().to_pylist()}
    site = workspace.organisation.site[0].id
    assert (found.records, found.beside) == ((ids[site],), (beside[site],))
    assert found.facts["type"] == BIKES_TYPE


# -- trying


def test_trying_stores_nothing(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    files = snapshot(workspace.layout.root)
    model = try_model(workspace, DOUBLED, "bikes.toml")
    assert model.version == 2
    given = {"quantity": "10", "ride": "2,5", "custom.bags": "1", "date": "2026-03-01"}
    with try_record(workspace, model, given) as tried:
        assert tried.trail is not None
        quantities = {d.row["leg"]: d.row["quantity"] for d in tried.trail.derivations}
        assert quantities == {"power": Decimal("1.25"), "bags": Decimal("0.8")}
        assert sum(posting.row["co2e"] for posting in tried.trail.postings if posting.row["basis"] == "none") == 800_000
    assert snapshot(workspace.layout.root) == files


@pytest.mark.parametrize(
    ("given", "error", "code"),
    [
        ({"quantity": "10", "ride": "250", "custom.bags": "1"}, IntakeError, "no_row_accepted"),
        ({"quantity": "10", "custom.bags": "1"}, IntakeError, "no_row_accepted"),
        ({"quantity": "10", "rides": "2", "custom.bags": "1"}, TredeError, "model_field_unknown"),
        ({"ride": "2", "custom.bags": "1"}, TredeError, "model_quantity_missing"),
    ],
)
def test_what_cannot_be_tried(whole: Workspace, given: dict[str, str], error: type[TredeError], code: str) -> None:
    model = try_model(whole, BIKES.encode(), "bikes.toml")
    with pytest.raises(error) as caught, try_record(whole, model, given):
        pass
    assert caught.value.issues[0].code == code


# -- what a model may be called


@pytest.mark.parametrize(
    "pair", [("Bezorging per bakfiets", "Waterverbruik"), ("Delivery by cargo bike", "Elektriciteit ")]
)
def test_a_name_that_another_type_has_is_refused(whole: Workspace, pair: tuple[str, str], tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    shown = {kind.name.nl: kind.id for kind in workspace.words.types.values()}
    name = next(iter(shown))
    with pytest.raises(CatalogueError) as caught:
        add_model(workspace, changed((pair[0], name.upper())), "bikes.toml")
    assert {issue.code for issue in caught.value.issues} == {"model_name_taken"}


def test_no_model_shadows_what_ships(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    shipped_before = workspace.known().vocabulary["electricity"]
    add_model(workspace, changed(('"delivery-bikes"', '"electricity"')), "bikes.toml")
    assert workspace.words["electricity"] is shipped_before
    assert workspace.words["own:electricity"].kind == "number"


def test_an_estimate_must_be_there_in_the_same_unit(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    for estimate, code in (("no-such", "model_estimate_unknown"), ("telework-power", "model_estimate_unit")):
        text = changed(("at_least = 0", f'at_least = 0\nestimate = "{estimate}"'))
        with pytest.raises(CatalogueError) as caught:
            add_model(workspace, text, "bikes.toml")
        assert [issue.code for issue in caught.value.issues] == [code]
    assert LIST_2026 in workspace.libraries
