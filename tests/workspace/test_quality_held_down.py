"""A file of kilometres instead of litres: from the file to the footprint, never shown as measured."""

from pathlib import Path

from trede.catalogue.standards import find_standard
from trede.inventory.footprint import footprint
from trede.workspace.importing import import_file
from workspaces import create, pin, run

PROFILE = b"""
id = "ritten"
title = "Ritten van leaseauto's"
source = "ritten"
[columns]
date = { header = "Datum" }
quantity = { header = "Km" }
activity_type = { header = "Soort", values = { "lease" = "distance-vehicle", "prive" = "travel-car" } }
fuel = { header = "Brandstof", values = { "benzine" = "petrol", "stroom" = "electric", "onbekend" = "unknown" } }
[constants]
unit = "km"
control = "controlled"
purpose = "business"
quality = "measured"
"""
DATA = b"Datum;Km;Soort;Brandstof\n23-03-2026;1000;lease;benzine\n24-03-2026;100;prive;onbekend\n25-03-2026;500;lease;stroom\n"


def test_kilometres_of_a_lease_car_are_calculated_and_electric_ones_refused(tmp_path: Path) -> None:
    workspace = create(tmp_path / "w")
    profile = workspace.save_profile(PROFILE, "ritten.toml")
    batch = import_file(workspace, DATA, "ritten.csv", profile).batch
    assert batch.records()["quality"].to_pylist() == ["calculated", "measured", "calculated"]
    pin(workspace, (2026,))
    found = run(workspace, 2026)
    assert [row["code"] for row in found.table("unmatched").to_pylist()] == ["factor_without_direct"]
    view = footprint(found.table("totals"), find_standard("ladder"), "market")
    assert {line.heading.id: line.mg for line in view.lines if line.mg} == {
        "scope-1": 196_000_000,
        "business-travel": 19_000_000,
    }
    assert view.by_quality == {"calculated": 196_000_000, "measured": 19_000_000}
