import csv
import os
from decimal import Decimal
from pathlib import Path

import pytest

from trede.catalogue.gwp import GWP_SETS, gwp_set
from trede.catalogue.shelves import shipped_libraries
from trede.kernel.errors import CatalogueError
from trede.kernel.gases import GAS_COLUMNS

SHARED = Path(os.environ.get("TREDE_SHARED", Path(__file__).parents[3] / "shared"))
PACKAGE = SHARED / "reference" / "gwp_by_ipcc_report" / "gwp_by_ipcc_report.csv"


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("AR4", ("25", "25", "298", "22800", "1430", "1810")),
        ("AR5", ("30", "28", "265", "23500", "1300", "1760")),
        ("AR6", ("29.8", "27", "273", "24300", "1530", "1960")),
    ],
)
def test_values_of_each_report(name, values):
    found = gwp_set(name)
    species = ("ch4_fossil", "ch4", "n2o", "sf6", "hfc-134a", "hcfc-22")
    assert [found[s] for s in species] == [Decimal(value) for value in values]
    assert found["co2"] == 1


@pytest.mark.parametrize("name", GWP_SETS)
def test_every_species_has_a_ledger_column(name):
    columns = gwp_set(name).columns
    assert set(columns) == set(gwp_set(name).values)
    assert set(columns.values()) == set(GAS_COLUMNS) - {"unsplit"}
    assert (columns["ch4_fossil"], columns["hcfc-22"], columns["pfc-318"]) == ("ch4_fossil", "other", "pfc")


def test_conflicts_are_kept_with_what_was_taken():
    assert "25200" in gwp_set("AR6").conflicts["sf6"]
    assert "27.9" in gwp_set("AR6").conflicts["ch4"]
    assert gwp_set("AR4").conflicts == {}


def test_ar6_agrees_with_the_gases_of_the_dutch_list():
    dutch = shipped_libraries()["co2emissiefactoren-2026-08-20"].factors
    names = {"r134a": "hfc-134a", "r32": "hfc-32", "r125": "hfc-125", "r143a": "hfc-143a", "r23": "hfc-23"}
    for name, species in names.items():
        assert dutch[f"koudemiddelen/hfc-s/{name}/kg"].total == gwp_set("AR6")[species]
    assert dutch["overige-emissies/zwavel-hexafluoride-sf6/kg"].total == gwp_set("AR6")["sf6"]
    assert dutch["koudemiddelen/hcfk-s/r22/kg"].total == gwp_set("AR6")["hcfc-22"]


def test_an_unknown_set_is_an_error():
    with pytest.raises(CatalogueError) as caught:
        gwp_set("AR3")
    assert [issue.code for issue in caught.value.issues] == ["gwp_set_unknown"]


@pytest.mark.shared
@pytest.mark.skipif(not PACKAGE.is_file(), reason="no compiled potentials")
@pytest.mark.parametrize("name", GWP_SETS)
def test_values_equal_the_compilation_except_where_recorded(name):
    rows = csv.DictReader(PACKAGE.open(encoding="utf-8"))
    compiled = {
        row["species"].lower(): Decimal(row["value"])
        for row in rows
        if (row["report"], row["kind"], row["horizon"]) == (name, "GWP", "100")
    }
    found, compared = gwp_set(name), 0
    for species, value in found.values.items():
        plain = species.replace("-", "")
        if plain in compiled and species not in found.conflicts:
            assert value == compiled[plain], species
            compared += 1
    assert compared >= 30
