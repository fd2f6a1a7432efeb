import csv
import io
import os
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from dutch_workbook import workbook
from factor_sentences import say
from openpyxl import Workbook

from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import load_library, write_library
from trede.factors.importers import IMPORTERS
from trede.factors.importers.co2emissiefactoren import import_workbook
from trede.kernel.errors import CatalogueError

SHARED = Path(os.environ.get("TREDE_SHARED", Path(__file__).parents[3] / "shared")) / "reference"
OFFICIAL = SHARED / "official" / "co2emissiefactoren_2026-08-20.xlsx"
SHIPPED = CATALOGUE / "factors" / "co2emissiefactoren-2026-08-20"
DAY = date(2026, 11, 21)
needs_shared = [
    pytest.mark.shared,
    pytest.mark.skipif(not OFFICIAL.is_file(), reason="no publisher's workbook"),
]


def take_in(data: bytes):
    return import_workbook(data, "lijst.xlsx", DAY)


def refused(data: bytes) -> list[tuple[str, int | None, str | None]]:
    with pytest.raises(CatalogueError) as caught:
        take_in(data)
    assert {issue.location.file for issue in caught.value.issues} == {"lijst.xlsx"}
    for issue in caught.value.issues:
        say(issue)
    return [(i.code, i.location.row, i.location.column) for i in caught.value.issues]


def put(cell: str, value: object):
    return lambda sheet: sheet.__setitem__(cell, value)


def test_another_year_is_read_by_its_own_title_and_headings():
    library = take_in(workbook())
    papers = library.papers
    assert (papers.id, papers.edition) == ("co2emissiefactoren-2024-01-12", date(2024, 1, 12))
    assert (papers.valid_from, papers.valid_to) == (date(2024, 1, 1), date(2024, 12, 31))
    assert papers.gwp_basis == "AR5"  # nitrous oxide at 265
    assert "co2emissiefactoren" in IMPORTERS
    assert [f.name for f in library.factors.values()] == [
        "Benzine E10", "Diesel B7", "Oude diesel", "Ad Blue", "Grijze Stroom", "Stroometiket",
        "Lachgas (N2O)", "Regionaal (<700 km)", "Glas", "Afvalwater",
    ]  # fmt: skip


def test_the_fourth_column_means_what_its_heading_says():
    by_name = {f.name: f for f in take_in(workbook()).factors.values()}
    assert by_name["Diesel B7"].values() == {
        "total": Decimal("3.251"), "direct": Decimal("2.462"), "upstream": Decimal("0.788"),
        "biogenic": Decimal("0.176"), "energy": Decimal("35.9"),
    }  # fmt: skip
    assert by_name["Grijze Stroom"].memo == {"infrastructure": Decimal("0.002")}
    assert by_name["Grijze Stroom"].biogenic is None
    assert by_name["Glas"].values() == {"total": Decimal("26")}
    assert by_name["Glas"].memo["avoided"] == Decimal("-247")
    assert by_name["Afvalwater"].memo == {
        "co2": Decimal("2.11"),
        "ch4": Decimal("18.17"),
        "n2o": Decimal("5.99"),
    }
    assert by_name["Afvalwater"].stages == "total-only"
    assert by_name["Lachgas (N2O)"].gas == "n2o"
    assert by_name["Regionaal (<700 km)"].radiative_forcing == "unknown"
    assert by_name["Regionaal (<700 km)"].distance_rule == "unknown"
    assert (by_name["Grijze Stroom"].losses, by_name["Grijze Stroom"].basis) == ("unknown", "unknown")


def test_withdrawn_and_variable_factors_have_nothing_to_post():
    by_name = {f.name: f for f in take_in(workbook()).factors.values()}
    assert (by_name["Oude diesel"].status, dict(by_name["Oude diesel"].values())) == ("withdrawn", {})
    assert by_name["Oude diesel"].memo == {"energy": Decimal(36)}
    assert (by_name["Stroometiket"].status, dict(by_name["Stroometiket"].values())) == ("variable", {})
    assert by_name["Ad Blue"].stages == "direct-only"


def test_columns_in_another_order_give_the_same_factors():
    def swap(sheet) -> None:
        for row in range(6, 11):
            left, right = sheet.cell(row, 3), sheet.cell(row, 4)
            left.value, right.value = right.value, left.value

    assert take_in(workbook(swap)).factors == take_in(workbook()).factors


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (put("F6", None), ("list_heading_missing", 6, "A")),
        (put("B6", "Totaal (WTX)"), ("list_heading_unknown", 6, "B")),
        (put("C6", "Totaal (WTW)"), ("list_heading_twice", 6, "C")),
        (lambda sheet: sheet.delete_rows(6), ("list_heading_row_missing", 6, "A")),
        (put("F7", "gallon"), ("list_unit_unknown", 7, "F")),
        (put("F7", "kWh"), ("list_unit_unknown", 7, "F")),
        (put("B7", "2,5"), ("list_number_unreadable", 7, "B")),
        (put("B7", "=1+1"), ("list_number_unreadable", 7, "B")),
        (put("B7", True), ("list_number_unreadable", 7, "B")),
        (put("E23", 0.3), ("list_value_without_heading", 23, "E")),
        (lambda sheet: setattr(sheet["H7"], "hyperlink", None), ("list_value_without_heading", 7, "H")),
        (put("A11", "Kernfusie"), ("list_section_unknown", 11, "A")),
        (put("A4", "Kernfusie"), ("list_section_unknown", 5, "A")),
        (put("A19", "Onbekend gas"), ("list_gas_unknown", 19, "A")),
        (put("A2", "Factoren van dit jaar"), ("list_title_missing", 1, None)),
        (put("A2", "Factoren 2024 dd 31-02-2024"), ("list_title_missing", 2, "A")),
        (put("B9", 2.1), ("factor_withdrawn_with_values", 9, "status")),
        (put("B7", 2.504), ("factor_does_not_add", 7, "total")),
        (put("D7", None), ("factor_stages_incomplete", 7, "total")),
        (put("A8", "Benzine E10"), ("factor_twice", 8, None)),
        (put("G7", 0), ("factor_energy_invalid", 7, "energy_mj")),
    ],
)
def test_a_damaged_workbook_says_where_and_builds_nothing(change, expected):
    assert expected in refused(workbook(change))


def test_a_difference_within_the_publishers_rounding_is_kept_as_published():
    library = take_in(workbook(put("B7", 2.497)))
    assert next(iter(library.factors.values())).total == Decimal("2.497")


def test_several_wrong_cells_are_all_named():
    def change(sheet) -> None:
        sheet["B7"], sheet["F8"] = "veel", "emmer"

    assert refused(workbook(change)) == [("list_number_unreadable", 7, "B"), ("list_unit_unknown", 8, "F")]


@pytest.mark.parametrize("data", [b"", b"Naam;Waarde\n", b"PK\x03\x04 broken", workbook()[:2000]])
def test_what_is_no_workbook_is_refused(data):
    assert refused(data) == [("list_not_a_workbook", None, None)]


def test_two_sheets_are_refused():
    book, data = Workbook(), io.BytesIO()
    book.create_sheet("nog een")
    book.save(data)
    assert refused(data.getvalue()) == [("list_sheets_differ", None, None)]


class TestOfficialWorkbook:
    pytestmark = needs_shared

    def test_rebuilding_gives_the_shipped_bytes(self, tmp_path):
        library = import_workbook(OFFICIAL.read_bytes(), OFFICIAL.name, DAY)
        write_library(library, tmp_path / library.id)
        for name in ("library.toml", "factors.csv"):
            assert (tmp_path / library.id / name).read_bytes() == (SHIPPED / name).read_bytes(), name

    def test_every_value_equals_an_independent_reading(self):
        path = SHARED / "nl_co2emissiefactoren_2026" / "nl_co2emissiefactoren_2026.csv"
        rows = list(csv.DictReader(path.open(encoding="utf-8")))
        library = load_library(SHIPPED)
        assert len(rows) == len(library.factors)
        for row in rows:
            names = [row[c].strip() for c in ("category", "subcategory", "name", "unit")]
            factor = library.find(names[0], "" if names[1] == names[0] else names[1], names[2], names[3])
            assert factor is not None, names
            published = {
                Decimal(row[column]).normalize()
                for column in ("total_kgco2e", "v2_kgco2e", "v3_kgco2e", "v4_kgco2e", "mj_per_unit")
                if row[column]
            }
            read = [factor.total, factor.direct, factor.upstream, factor.biogenic, factor.energy_mj]
            ours = {v.normalize() for v in (*read, *factor.memo.values()) if v is not None}
            assert ours == published, names
            if row["total_kgco2e"]:
                assert factor.total == Decimal(row["total_kgco2e"])
            assert factor.url == row["detail_url"]
