"""Own estimates: asked before those that ship, pinned by the runs that can ask for them, and told where they are used."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from own_models import BIKES_TYPE, ORDERS, changed
from trede.catalogue.files import CATALOGUE
from trede.cli.main import main
from trede.intake.checking import load_profile
from trede.kernel.errors import CatalogueError, StoreError
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue
from trede.kernel.sealed import seal, unseal
from trede.workspace import Workspace
from trede.workspace.bundling import make_bundle
from trede.workspace.estimates import add_estimate, import_estimates, key_of, own_list, withdraw_estimate
from trede.workspace.importing import import_file
from trede.workspace.models import add_model
from trede.workspace.running import freshness
from trede.workspace.unbundling import verify_bundle
from trede.workspace.verifying import check_files, verify
from workspaces import Copy, create, run, snapshot

TEMPLATE = (CATALOGUE / "own_estimates_template.toml").read_text("utf-8")
KILOMETRES = """\
id = "km"
title = "Kilometres"
source = "km"
[columns.date]
header = "Day"
[columns.quantity]
header = "Km"
[columns.geography]
header = "Country"
[constants]
activity_type = "distance-vehicle-electric"
unit = "km"
control = "controlled"
place = "office"
"""
FILE = "Day;Km;Country\n2026-05-01;1000;NL\n2025-05-01;1000;NL\n2026-05-01;500;DE\n"


def own(*pairs: tuple[str, str]) -> bytes:
    return changed(*pairs, text=TEMPLATE)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with kilometres of electric cars that say nothing of their use, own estimates, and 2026 calculated."""
    workspace = create(tmp_path_factory.mktemp("estimates") / "workspace")
    import_file(workspace, FILE.encode(), "km.csv", load_profile(KILOMETRES.encode(), "km.toml"))
    import_estimates(workspace, TEMPLATE.encode(), "own.toml")
    run(workspace, 2026)
    return workspace


def test_an_own_estimate_goes_before_the_one_that_ships(whole: Workspace) -> None:
    rows = whole.find_run("2026").table("derived").to_pylist()
    assert {(row["start"].year, row["quantity"]) for row in rows} == {(2026, Decimal(190)), (2025, Decimal(225))}
    told = {row["start"].year: row["origins"] for row in rows}
    assert "own:electric-car-power: Charging and odometers of our own fleet, 2025" in told[2026]
    assert "own:" not in told[2025]
    assert {row["quality"] for row in rows} == {"default"}


def test_another_country_is_never_answered(whole: Workspace) -> None:
    found = whole.find_run("2026")
    assert [issue.code for issue in found.issues if issue.severity == "error"] == ["estimate_missing"]


def test_the_run_pins_the_list_and_explains_it(whole: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    found, version = whole.find_run("2026"), whole.estimate_versions.latest()
    assert version is not None
    assert found.spec["estimates"] == version.id
    assert "models" not in found.spec
    assert verify(whole).good
    record = next(row["record_id"] for row in found.table("derived").to_pylist() if row["start"].year == 2026)
    assert main(["--lang", "en", "-w", str(whole.layout.root), "explain", f"{found.id}/{record}"]) == 0
    assert "own:electric-car-power: Charging and odometers of our own fleet, 2025" in capsys.readouterr().out


def test_earlier_runs_verify_after_the_list_changed(whole: Workspace, copy: Copy, tmp_path: Path) -> None:
    workspace = copy(whole)
    before = workspace.find_run("2026")
    bundle = make_bundle(workspace, before, tmp_path / "b.zip", with_originals=True).path
    import_estimates(workspace, own(("0.19", "0.18")), "own.toml")
    assert freshness(workspace, before) == "stale"
    after = run(workspace, 2026)
    assert Decimal(180) in {row["quantity"] for row in after.table("derived").to_pylist()}
    import_estimates(workspace, b"estimate = []\n", "own.toml")
    shipped = run(workspace, 2026)
    assert "estimates" not in shipped.spec
    assert {row["quantity"] for row in shipped.table("derived").to_pylist()} == {Decimal(225)}
    assert verify(workspace).good
    assert verify_bundle(bundle).good


def test_runs_that_ask_for_none_are_left_alone(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    import_estimates(workspace, own(("electric-car-power", "crane-hours"), ("kWh/km", "l/h")), "own.toml")
    assert "estimates" not in run(workspace, 2026).spec
    plain = create(workspace.layout.root.parent / "plain")
    import_estimates(plain, TEMPLATE.encode(), "own.toml")
    import_file(
        plain,
        b"Day;Km;Country;Use\n2026-05-01;1000;NL;0,2\n",
        "km.csv",
        load_profile(
            KILOMETRES.replace("[constants]", '[columns.power_per_km]\nheader = "Use"\n[constants]').encode(), "k"
        ),
    )
    found = run(plain, 2026)
    assert {row["quantity"] for row in found.table("derived").to_pylist()} == {Decimal(200)}
    assert {row["origins"] for row in found.table("derived").to_pylist()} == {"{}"}


def test_the_same_list_is_not_stored_twice(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    files = snapshot(workspace.layout.root)
    assert import_estimates(workspace, TEMPLATE.encode(), "own.toml").again
    assert snapshot(workspace.layout.root) == files


def test_a_changed_list_is_found(whole: Workspace, copy: Copy) -> None:
    workspace = copy(whole)
    version = workspace.estimate_versions.latest()
    assert version is not None
    version.path.write_bytes(own(("0.19", "0.10")))
    assert {issue.code for issue in check_files(workspace)} == {"stored_file_changed"}
    version.path.unlink()
    assert {issue.code for issue in check_files(workspace)} == {"stored_file_missing"}


def test_a_bundle_needs_the_list(whole: Workspace, tmp_path: Path) -> None:
    bundle = make_bundle(whole, whole.find_run("2026"), tmp_path / "b.zip").path
    with zipfile.ZipFile(bundle) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if not name.startswith("estimates/")}
    (tmp_path / "bundle.json").write_bytes(files.pop("bundle.json"))
    listed = unseal(tmp_path / "bundle.json") | {"files": {name: sha256(data) for name, data in files.items()}}
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, data in {**files, "bundle.json": seal(listed)}.items():
            archive.writestr(name, data)
    assert {issue.code for issue in verify_bundle(tmp_path / "forged.zip").issues} >= {"estimates_version_missing"}


def test_an_own_model_may_ask_for_one(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    entry = own(("electric-car-power", "order-ride"), ("kWh/km", "km/n"), ("0.19", "2.5"))
    import_estimates(workspace, entry, "own.toml")
    add_model(workspace, changed(("above = 0", 'above = 0\nestimate = "order-ride"')), "bikes.toml")
    profile = ORDERS.replace('[columns.ride]\nheader = "Kilometres"\n', "")
    text = "Day;Orders;Bags\n2026-01-05;100;1\n"
    import_file(workspace, text.encode(), "o.csv", load_profile(profile.encode(), "o.toml", workspace.words))
    found = run(workspace, 2026)
    rows = {row["leg"]: row for row in found.table("derived").to_pylist()}
    assert rows["power"]["quantity"] == Decimal("6.25")
    assert (rows["power"]["quality"], rows["bags"]["quality"]) == ("default", "calculated")
    assert [entry["id"] for entry in found.spec["models"]] == [BIKES_TYPE]
    assert "estimates" in found.spec
    assert verify(workspace).good
    for pair, code in (
        (("kWh/km", "km"), "estimate_unit_differs"),
        (("0.19", "250"), "input_out_of_range"),
    ):
        wrong = changed(("electric-car-power", "order-ride"), ("kWh/km", "km/n") if pair[0] != "kWh/km" else pair,
                        *((pair,) if pair[0] != "kWh/km" else ()), text=TEMPLATE)  # fmt: skip
        with pytest.raises(CatalogueError) as caught:
            import_estimates(workspace, wrong, "own.toml")
        assert [issue.code for issue in caught.value.issues] == [code]


def faults(workspace: Workspace, data: bytes) -> list[Issue]:
    files = snapshot(workspace.layout.root)
    with pytest.raises(CatalogueError) as caught:
        import_estimates(workspace, data, "own.toml")
    assert snapshot(workspace.layout.root) == files
    return list(caught.value.issues)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('unit = "kWh/km"', 'unit = "MJ/km"', "estimate_unit_differs", 8),
        ('value = "0.19"', 'value = "19"', "input_out_of_range", 7),
        ('value = "0.19"', 'value = "a lot"', "field_invalid", 7),
        ('value = "0.19"', 'value = "NaN"', "field_invalid", 7),
        ('geography = "NL"', 'geography = "XX"', "country_unknown", 9),
        ('geography = "NL"', 'attributes = { colour = "red" }', "model_attribute_unknown", 9),
        ('geography = "NL"', 'attributes = { place = "moon" }', "model_attribute_value", 9),
        ("valid_to = 2026-12-31", "valid_to = 2025-12-31", "field_invalid", 4),
        ('id = "electric-car-power"', 'id = "x; DROP TABLE"', "field_invalid", 5),
        ('source = "Charging and odometers of our own fleet, 2025"', 'source = ""', "field_invalid", 12),
        ("[[estimate]]", "[[estimat]]", "field_invalid", None),
        ("[[estimate]]", "[[estimate]", "toml_unreadable", None),
    ],
)
def test_what_is_refused(whole: Workspace, copy: Copy, old: str, new: str, code: str, line: int | None) -> None:
    issues = faults(copy(whole), own((old, new)))
    found = [issue for issue in issues if issue.code == code]
    assert found, issues
    assert line is None or found[0].location.row == line, found[0]


def test_two_that_would_answer_are_refused(whole: Workspace, copy: Copy) -> None:
    twice = TEMPLATE + TEMPLATE.partition("\n\n")[2].replace("2026-01-01", "2026-12-31").replace(
        "2026-12-31\ns", "2027-12-31\ns"
    )
    (issue,) = faults(copy(whole), twice.encode())
    assert issue.code == "estimates_overlap"
    later = TEMPLATE + TEMPLATE.partition("\n\n")[2].replace("2026-", "2027-")
    assert import_estimates(copy(whole), later.encode(), "own.toml").version == 2


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_commands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = create(tmp_path / "w")
    monkeypatch.setenv("TREDE_WORKSPACE", str(workspace.layout.root))

    def call(*arguments: str) -> str:
        assert main(["--lang", language, *arguments]) == 0
        return capsys.readouterr().out

    before = call("estimates", "list")
    assert "electric-car-power" in before
    path = tmp_path / "own.toml"
    path.write_text(call("estimates", "template"), "utf-8")
    call("estimates", "import", str(path))
    call("estimates", "import", str(path))
    after = call("estimates", "list")
    assert "Charging and odometers of our own fleet" in after
    assert after.index("Charging and odometers") < after.index("CO2emissiefactoren.nl, list of 2026")


def test_one_is_added_and_withdrawn_with_its_reason(tmp_path: Path) -> None:
    workspace = create(tmp_path / "workspace")
    added = {
        "id": "electric-car-power", "name": {"nl": "Onze auto's", "en": "Our cars"}, "value": "0.19", "unit": "kWh/km",
        "geography": "NL", "valid_from": "2026-01-01", "valid_to": "2026-12-31", "source": "Odometers", "low": "0.17",
        "high": "0.2", "by": "A. Jansen",
    }  # fmt: skip
    assert not add_estimate(workspace, added).again
    assert add_estimate(workspace, added).again
    [entry] = own_list(workspace).estimate
    assert (entry.value, entry.low, entry.high, entry.by) == (
        Decimal("0.19"),
        Decimal("0.17"),
        Decimal("0.2"),
        "A. Jansen",
    )
    with pytest.raises(CatalogueError) as caught:
        add_estimate(workspace, {**added, "value": "0.3"})
    assert [issue.code for issue in caught.value.issues] == ["field_invalid"]
    with pytest.raises(CatalogueError) as caught:
        add_estimate(workspace, {**added, "source": "Another"})
    assert [issue.code for issue in caught.value.issues] == ["estimates_overlap"]
    assert len(workspace.estimate_versions.all()) == 1
    with pytest.raises(StoreError) as unknown:
        withdraw_estimate(workspace, "0" * 16, "measured anew", "B. de Vries")
    assert unknown.value.issues[0].code == "estimate_unknown"
    withdraw_estimate(workspace, key_of(entry), "measured anew", "B. de Vries")
    found = own_list(workspace)
    assert not found.estimate
    assert not workspace.known().estimates.own
    [gone] = found.withdrawn
    assert (gone.reason, gone.withdrawn_by, key_of(gone)) == ("measured anew", "B. de Vries", key_of(entry))
    add_estimate(workspace, {**added, "value": "0.18"})
    assert len(own_list(workspace).withdrawn) == 1
