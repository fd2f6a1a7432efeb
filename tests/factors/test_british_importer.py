from datetime import date
from decimal import Decimal

import pytest
from british_workbook import workbook
from factor_sentences import say

from trede.catalogue.gwp import gwp_set
from trede.catalogue.library import load_library, write_library
from trede.factors.importers import IMPORTERS
from trede.kernel.errors import CatalogueError

DAY = date(2026, 11, 22)
DIESEL = ("Fuels", "Liquid fuels", "Diesel (average biofuel blend)", "litres")


def take_in(data: bytes):
    return IMPORTERS["desnz"](data, "flat.xlsx", DAY)


def refused(data: bytes) -> list[tuple[str, int | None]]:
    with pytest.raises(CatalogueError) as caught:
        take_in(data)
    assert {issue.location.file for issue in caught.value.issues} == {"flat.xlsx"}
    for issue in caught.value.issues:
        say(issue)
    return [(issue.code, issue.location.row) for issue in caught.value.issues]


def put(cell: str, value: object):
    return lambda sheet: sheet.__setitem__(cell, value)


def test_the_papers_come_from_the_front_page_and_the_values():
    papers = take_in(workbook(year=2031)).papers
    assert (papers.id, papers.edition, papers.valid_from) == ("desnz-2031-v1.2", date(2031, 10, 18), date(2031, 1, 1))
    assert papers.gwp_basis == "AR5"
    assert papers.licence == "Open Government Licence v3.0"
    assert papers.title in papers.attribution


@pytest.mark.parametrize(
    ("methane", "nitrous_oxide", "basis"),
    [(25, 298, "AR4"), (27, 273, "AR6"), (28, 298, "unknown"), (None, 265, "unknown")],
)
def test_the_gwp_basis_is_proven_by_both_gases_or_not_known(methane, nitrous_oxide, basis):
    def change(sheet) -> None:
        sheet["J13"], sheet["J14"] = methane, nitrous_oxide

    library = take_in(workbook(change))
    assert library.papers.gwp_basis == basis
    assert bool(library.find(*DIESEL).gases) == (basis != "unknown")


def test_rows_of_one_name_join_into_one_factor_with_its_gases():
    diesel = take_in(workbook()).find(*DIESEL)
    assert diesel.values() == {"direct": Decimal("2.51279"), "biogenic": Decimal("0.16")}
    assert diesel.gases["direct"] == {
        "co2": Decimal("2.48"), "ch4": Decimal("0.000010357143"), "n2o": Decimal("0.000122641509"),
    }  # fmt: skip
    assert diesel.by_gas("direct", gwp_set("AR5")) == {
        "co2": Decimal("2.48"), "ch4": Decimal("0.00029"), "n2o": Decimal("0.0325"),
    }  # fmt: skip


def test_each_unit_has_the_kind_of_its_section():
    library = take_in(workbook())
    kinds = {(f.category, f.publisher_unit): (f.kind, f.unit) for f in library.factors.values()}
    assert kinds == {
        ("Fuels", "litres"): ("liquid-volume", "l"),
        ("Fuels", "cubic metres"): ("gas-volume", "m3"),
        ("Fuels", "kWh (Net CV)"): ("fuel-energy-net", "kWh"),
        ("Fuels", "kWh (Gross CV)"): ("fuel-energy-gross", "kWh"),
        ("Bioenergy", "kWh"): ("fuel-energy", "kWh"),
        ("Refrigerant & other", "kg"): ("mass", "kg"),
        ("Passenger vehicles", "km"): ("vehicle-distance", "km"),
        ("UK electricity", "kWh"): ("electricity", "kWh"),
        ("Heat and steam", "kWh"): ("heat", "kWh"),
        ("Transmission and distribution", "kWh"): ("electricity", "kWh"),
        ("WTT- fuels", "litres"): ("liquid-volume", "l"),
        ("Business travel- air", "passenger.km"): ("passenger-distance", "pkm"),
        ("Freighting goods", "tonne.km"): ("freight-distance", "tkm"),
        ("Hotel stay", "Room per night"): ("hotel-night", "room-night"),
        ("Homeworking", "per FTE Working Hour"): ("working-time", "h"),
        ("Water supply", "million litres"): ("water-volume", "Ml"),
    }


def test_each_section_has_its_stage_and_papers():
    library = take_in(workbook())
    by = {f.category: f for f in library.factors.values()}
    assert by["WTT- fuels"].values() == {"upstream": Decimal("0.61")}
    assert by["WTT- fuels"].stages == "upstream-only"
    assert by["Passenger vehicles"].stages == "direct-only"
    assert by["Hotel stay"].stages == "total-only"
    assert (by["UK electricity"].losses, by["UK electricity"].basis) == ("excluded", "generation")
    assert by["Transmission and distribution"].losses == "only"
    assert by["Business travel- air"].radiative_forcing == "included"
    assert by["Business travel- air"].distance_rule == "unknown"
    assert (by["Freighting goods"].nature, by["Freighting goods"].radiative_forcing) == ("air", "excluded")
    assert by["Homeworking"].name == "Heating"
    gases = {f.name.partition(" ")[0].rstrip(",") + ("*" if "Total" in f.name else ""): f.gas
             for f in library.factors.values() if f.nature == "gas"}  # fmt: skip
    assert gases == {"Methane": "ch4", "Nitrous": "n2o", "R401A": "hfc", "R401A*": "other"}


def test_what_is_left_out_and_what_has_no_value_makes_no_factor():
    names = {(f.category, f.publisher_unit) for f in take_in(workbook()).factors.values()}
    assert (
        not {("SECR kWh pass & delivery vehs", "km"), ("Passenger vehicles", "miles"), ("Material use", "tonnes")}
        & names
    )


def test_a_library_with_gases_comes_back_from_its_files(tmp_path):
    library = take_in(workbook())
    write_library(library, tmp_path / library.id)
    again = load_library(tmp_path / library.id)
    assert again == library
    assert again.content_hash == library.content_hash


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("C9", "Fusion"), ("desnz_section_unknown", 9)),
        (put("H9", "buckets"), ("desnz_unit_unknown", 9)),
        (put("H19", "litres"), ("desnz_unit_unknown", 19)),
        (put("I9", "kg of something"), ("desnz_value_unknown", 9)),
        (put("J9", "2,5"), ("desnz_number_unreadable", 9)),
        (put("J9", True), ("desnz_number_unreadable", 9)),
        (put("E13", "Unobtainium"), ("desnz_gas_unknown", 13)),
        (put("I6", "kg CO2e"), ("desnz_row_twice", 6)),
        (put("J5", None), ("desnz_total_missing", 6)),
        (put("H4", "Unit"), ("desnz_heading_missing", 4)),
        (put("J4", "Value"), ("desnz_heading_missing", 4)),
        (lambda sheet: sheet.delete_rows(4), ("desnz_heading_missing", 1)),
        (lambda sheet: setattr(sheet, "title", "Other"), ("desnz_not_a_flat_file", None)),
    ],
)
def test_a_damaged_file_says_where_and_builds_nothing(change, expected):
    assert expected in refused(workbook(change))


def test_what_is_not_known_is_said_once_for_all_its_rows():
    def change(sheet) -> None:
        for row in range(5, 9):
            sheet[f"C{row}"] = "Fusion"

    assert refused(workbook(change)) == [("desnz_section_unknown", 5)]


def test_an_edition_without_a_day_is_refused():
    assert refused(workbook(front=put("C2", "soon"))) == [("desnz_day_missing", None)]


@pytest.mark.parametrize("data", [b"", b"a;b\n", workbook()[:3000]])
def test_what_is_no_workbook_is_refused(data):
    assert refused(data) == [("desnz_not_a_flat_file", None)]


def test_a_year_of_data_or_a_unit_is_no_part_of_a_name():
    dated = take_in(workbook(put("F19", "2020")))
    assert dated.find("UK electricity", "Electricity generated", "Electricity: UK", "kWh").direct == Decimal("0.2")
