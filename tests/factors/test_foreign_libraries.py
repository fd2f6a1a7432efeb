"""The British lists and the neighbours' power, as they ship."""

import csv
from decimal import Decimal

import pytest
from foreign_files import COMPILATION, SHARED, libraries

from trede.catalogue.files import CATALOGUE
from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import library_files, load_library
from trede.catalogue.shelves import shipped_libraries

needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not (SHARED / COMPILATION).is_file(), reason="no publisher's files"),
]
BRITISH = {2022: "AR4", 2023: "AR5", 2024: "AR5", 2025: "AR5"}
GRID = range(2019, 2025)


def british(year: int):
    return shipped_libraries()[f"desnz-{year}"]


@pytest.mark.parametrize(("year", "basis"), BRITISH.items())
def test_the_gwp_basis_is_that_of_the_gases_in_the_list(year, basis):
    library = british(year)
    assert library.papers.gwp_basis == basis
    for name, species in (("Methane", "ch4"), ("Nitrous oxide", "n2o"), ("Sulphur hexafluoride (SF6)", "sf6")):
        listed = [f for f in library.factors.values() if f.nature == "gas" and f.name.startswith(f"{name},")]
        assert {(f.total, f.gas) for f in listed} == {(gwp_set(basis)[species], species)}


@pytest.mark.parametrize("year", BRITISH)
def test_every_split_gives_its_value_back(year):
    library = british(year)
    split = [f for f in library.factors.values() if f.gases]
    assert len(split) > 580
    for factor in split:
        for symbol in factor.gases:
            parts = factor.by_gas(symbol, gwp_set(library.papers.gwp_basis))
            assert abs(sum(parts.values()) - factor.values()[symbol]) <= Decimal("1e-9"), factor.id


def test_methane_of_one_fuel_is_the_same_mass_in_lists_of_other_potentials():
    """Butane: 2.25 kg CO2e of CH4 a tonne in 2022 and 2.52 in 2024 are the same 0.09 kg."""
    key = ("Fuels", "Gaseous fuels", "Butane", "tonnes")
    old, new = british(2022).find(*key), british(2024).find(*key)
    assert old.gases["direct"]["ch4"] == new.gases["direct"]["ch4"] == Decimal("0.09")
    assert new.by_gas("direct", gwp_set("AR4"))["ch4"] == Decimal("2.25")


def test_the_publishers_rounding_of_a_total_is_kept_beside_its_gases():
    butane = british(2022).find("Fuels", "Gaseous fuels", "Butane", "tonnes")
    assert butane.direct == Decimal("3033.32")
    assert butane.gases["direct"]["unsplit"] == Decimal("0.01")


@pytest.mark.parametrize(
    ("year", "value"), [(2022, "0.19338"), (2023, "0.20707428859060403"), (2024, "0.20705"), (2025, "0.177")]
)
def test_power_of_the_grid(year, value):
    power = british(year).find("UK electricity", "Electricity generated", "Electricity: UK", "kWh")
    assert (power.direct, power.losses, power.kind) == (Decimal(value), "excluded", "electricity")


def test_biogenic_carbon_is_joined_to_the_fuel():
    logs = british(2024).find("Bioenergy", "Biomass", "Wood logs", "tonnes")
    assert logs.biogenic == Decimal("1436.23")
    assert sum(f.biogenic is not None for f in british(2024).factors.values()) == 53


def test_papers_say_where_the_files_come_from():
    for year in BRITISH:
        papers = british(year).papers
        assert papers.default
        assert papers.licence == "Open Government Licence v3.0"
        assert "Open Government Licence v3.0" in papers.attribution
        assert "copy" in papers.notes.en
        assert "kopie" in papers.notes.nl


@pytest.mark.parametrize("year", GRID)
def test_the_neighbours_power_is_one_figure_over_the_life_cycle(year):
    library = shipped_libraries()[f"ember-{year}"]
    assert [f.subcategory for f in library.factors.values()] == ["BE", "DK", "FR", "DE", "LU", "GB"]
    assert {f.stages for f in library.factors.values()} == {"total-only"}
    assert {(f.losses, f.basis, f.gas) for f in library.factors.values()} == {("unknown", "generation", "unsplit")}
    assert (library.papers.gwp_basis, library.papers.licence) == ("unknown", "CC BY 4.0")
    assert (library.papers.valid_from.year, library.papers.valid_to.year) == (year, year)


def test_the_figure_of_one_neighbour():
    belgium = shipped_libraries()["ember-2024"].find("Electricity generation", "BE", "Belgium", "kWh")
    assert belgium.total == Decimal("0.11757641")


@pytest.mark.parametrize("name", [*(f"desnz-{year}" for year in BRITISH), "ember-2019"])
def test_round_trip_gives_the_same_bytes(name):
    library = load_library(CATALOGUE / "factors" / name)
    for file, data in library_files(library).items():
        assert data == (CATALOGUE / "factors" / name / file).read_bytes()


def test_what_ships_stays_small():
    folders = [folder for folder in (CATALOGUE / "factors").iterdir() if folder.name.startswith(("desnz", "ember"))]
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) < 3_000_000


class TestPublishersFiles:
    pytestmark = needs_shared

    def test_rebuilding_gives_the_shipped_bytes(self):
        made = list(libraries(SHARED))
        assert len(made) == len(BRITISH) + len(GRID)
        for library in made:
            for file, data in library_files(library).items():
                assert data == (CATALOGUE / "factors" / library.id / file).read_bytes(), library.id

    @pytest.mark.parametrize("year", BRITISH)
    def test_every_value_equals_an_independent_reading(self, year):
        left_out = (
            "SECR",
            "Passenger and delivery vehicles- kWh",
            "UK electricity for",
            "UK electricity T&D",
            "Managed",
        )
        listed = sorted(
            Decimal(row["factor"]).normalize()
            for row in csv.DictReader((SHARED / COMPILATION).open(encoding="utf-8"))
            if row["year"] == str(year) and row["ghg_unit"] == "kg CO2e" and row["uom"] != "miles"
            and not row["level1"].startswith(left_out)
        )  # fmt: skip
        ours = [f.values()[s].normalize() for f in british(year).factors.values() for s in ("direct", "upstream", "total")
                if s in f.values()]  # fmt: skip
        assert sorted(ours) == listed
