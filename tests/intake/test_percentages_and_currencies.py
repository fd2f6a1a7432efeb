"""Percentages by their sign, by the format of a cell and by mistake; currencies; values of attributes in any letters."""

from __future__ import annotations

from decimal import Decimal

import openpyxl
import pytest
from workbook_samples import saved

from trede.catalogue.inputs import Input
from trede.catalogue.vocabulary import vocabulary
from trede.intake import Staging, stage
from trede.intake.figures import read_input
from trede.intake.problems import Problem
from trede.intake.template import template_profile
from trede.intake.xlsx.parts import DATE, NUMBER, PERCENT, shown_by
from trede.intake.xlsx.values import percent_text
from trede.kernel.errors import IntakeError

VAT = vocabulary()["spend-with-vat"].inputs["vat_rate"]
SHARE = vocabulary()["partner-electricity"].inputs["share"]
TITLES = [
    "Activity type",
    "Quantity",
    "Unit",
    "Start",
    "End",
    "Uncertainty in %",
    "category",
    "classification",
    "code",
    "vat_rate",
]


@pytest.mark.parametrize("kind", vocabulary().types.values(), ids=lambda kind: kind.id)
def test_every_value_of_an_attribute_is_read_as_itself_in_any_letters(kind: object) -> None:
    for name, attribute in kind.attributes.items():  # type: ignore[attr-defined]
        for value in () if attribute.codes or attribute.values_from else attribute.values:
            assert {attribute.read(name, text) for text in (value, value.upper(), value.lower())} == {value}


@pytest.mark.parametrize(
    ("declared", "text", "decimal", "read"),
    [
        (VAT, "21", ".", Decimal(21)),
        (VAT, "21%", ".", Decimal(21)),
        (VAT, "5,5 %", ",", Decimal("5.5")),
        (VAT, "0", ".", Decimal(0)),
        (VAT, "1", ".", Decimal(1)),
        (SHARE, "35%", ".", Decimal("0.35")),
        (SHARE, "0.35", ".", Decimal("0.35")),
    ],
)
def test_a_percentage_and_a_share(declared: Input, text: str, decimal: str, read: Decimal) -> None:
    assert read_input(declared, text, decimal) == read


@pytest.mark.parametrize(
    ("declared", "text"), [(VAT, "0.21"), (VAT, "0.09"), (VAT, "-21"), (VAT, "101"), (SHARE, "135%")]
)
def test_a_rate_that_is_written_as_a_part_is_refused(declared: Input, text: str) -> None:
    found = read_input(declared, text, ".")
    assert isinstance(found, Problem)
    assert found.code == "input_out_of_range"


def test_a_percentage_of_something_with_a_unit_is_not_read() -> None:
    found = read_input(vocabulary()["freight-shipment"].inputs["distance"], "12%", ".")
    assert isinstance(found, Problem)


@pytest.mark.parametrize(
    ("code", "shows"),
    [("0%", PERCENT), ("0.00%;[Red]-0.00%", PERCENT), ('0" %"', NUMBER), ("General", NUMBER), ("dd-mm-yyyy", DATE)],
)
def test_what_a_format_shows(code: str, shows: int) -> None:
    assert shown_by(code) == shows


@pytest.mark.parametrize(
    ("stored", "text"),
    [("0.05", "5%"), ("0.055000000000000007", "5.5%"), ("1", "100%"), ("0", "0%"), ("-0.21", "-21%")],
)
def test_a_cell_is_read_as_the_percentage_that_it_shows(stored: str, text: str) -> None:
    assert percent_text(stored) == text


def taken(vat: float, uncertainty: float, form: str, currency: str = "EUR") -> Staging:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(TITLES)
    sheet.append(["spend-with-vat", 1210, currency, "2024-03-05", "2024-03-05", uncertainty, "1", "nace-2", "62", vat])
    for cell in (sheet["F2"], sheet["J2"]):
        cell.number_format = form
    data = saved(book)
    return stage(data, "spend.xlsx", template_profile(data, "spend.xlsx"), key=b"k" * 32, sites={})


def test_percentages_of_a_sheet_are_those_that_it_shows() -> None:
    shown, plain = taken(0.21, 0.05, "0%"), taken(21, 5, "General")
    assert shown.records["inputs"].to_pylist() == plain.records["inputs"].to_pylist() == ['{"vat_rate":"21"}']
    assert shown.records["uncertainty"].to_pylist() == plain.records["uncertainty"].to_pylist() == [500]


@pytest.mark.parametrize("currency", ["$", "XYZ", "kr"])
def test_a_currency_without_its_letters_is_told_in_few_words(currency: str) -> None:
    with pytest.raises(IntakeError) as caught:
        taken(21, 5, "General", currency)
    assert [issue.code for issue in caught.value.issues] == ["no_row_accepted", "currency_not_named"]
