"""A small workbook in the shape of the British flat file, with invented values, to import and to damage."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Change = Callable[[Worksheet], object] | None

ALL, CO2, CH4, N2O = "kg CO2e", "kg CO2e of CO2 per unit", "kg CO2e of CH4 per unit", "kg CO2e of N2O per unit"
KYOTO, WHOLE = "Emissions including only Kyoto products", "Total emissions including non-Kyoto products"

# scope, four levels, column text, unit, what is counted, value; the first stands on row 5
LINES: list[tuple[object, ...]] = [
    ("Scope 1", "Fuels", "Liquid fuels", "Diesel (average biofuel blend)", None, None, "litres", ALL, 2.51279),  # 5
    ("Scope 1", "Fuels", "Liquid fuels", "Diesel (average biofuel blend)", None, None, "litres", CO2, 2.48),
    ("Scope 1", "Fuels", "Liquid fuels", "Diesel (average biofuel blend)", None, None, "litres", CH4, 0.00029),
    ("Scope 1", "Fuels", "Liquid fuels", "Diesel (average biofuel blend)", None, None, "litres", N2O, 0.0325),
    ("Scope 1", "Fuels", "Gaseous fuels", "Natural gas", None, None, "cubic metres", ALL, 2),  # 9
    ("Scope 1", "Fuels", "Gaseous fuels", "Natural gas", None, None, "kWh (Net CV)", ALL, 0.2),
    ("Scope 1", "Fuels", "Gaseous fuels", "Natural gas", None, None, "kWh (Gross CV)", ALL, 0.18),
    ("Scope 1", "Bioenergy", "Biomass", "Wood logs", None, None, "kWh", ALL, 0.01),
    ("Scope 1", "Refrigerant & other", "Kyoto protocol products", "Methane", None, KYOTO, "kg", ALL, 28),  # 13
    ("Scope 1", "Refrigerant & other", "Kyoto protocol products", "Nitrous oxide", None, KYOTO, "kg", ALL, 265),
    ("Scope 1", "Refrigerant & other", "Blends", "R401A", None, KYOTO, "kg", ALL, 18),
    ("Scope 1", "Refrigerant & other", "Blends", "R401A", None, WHOLE, "kg", ALL, 1130),
    ("Scope 1", "Passenger vehicles", "Cars (by size)", "Small car", None, "Diesel", "km", ALL, 0.14),
    ("Scope 1", "Passenger vehicles", "Cars (by size)", "Small car", None, "Diesel", "miles", ALL, 0.23),
    ("Scope 2", "UK electricity", "Electricity generated", "Electricity: UK", "kWh", None, "kWh", ALL, 0.2),
    ("Scope 2", "Heat and steam", "Heat and steam", "District heat and steam", "kWh", None, "kWh", ALL, 0.18),
    ("Scope 3", "Transmission and distribution", "T&D- UK electricity", "Electricity: UK", "kWh", None, "kWh", ALL, 0.02),
    ("Scope 3", "WTT- fuels", "Liquid fuels", "Diesel (average biofuel blend)", None, None, "litres", ALL, 0.61),
    ("Scope 3", "Business travel- air", "Flights", "Long-haul", "Economy class", "With RF", "passenger.km", ALL, 0.2),
    ("Scope 3", "Freighting goods", "Freight flights", "Long-haul", None, "Without RF", "tonne.km", ALL, 0.5),
    ("Scope 3", "Hotel stay", "Hotel stay", "Belgium", None, None, "Room per night", ALL, 12.2),
    ("Scope 3", "Homeworking", "Heating", None, None, None, "per FTE Working Hour", ALL, 0.3),
    ("Scope 3", "Water supply", "Water supply", "Water supply", None, None, "million litres", ALL, 150),
    ("Scope 3", "SECR kWh pass & delivery vehs", "Cars (by size)", "Small car", None, "Diesel", "km", "kWh (Net CV)", 0.6),
    ("Scope 3", "Material use", "Construction", "Glass", None, "Closed-loop source", "tonnes", ALL, None),
    ("Outside of Scopes", "Outside of scopes", "Forecourt fuels containing biofuel", "Diesel (average biofuel blend)",
     None, None, "litres", CO2, 0.16),
]  # fmt: skip


def workbook(change: Change = None, front: Change = None, year: int = 2024) -> bytes:
    """Return the bytes of the workbook, after `change` of its sheet of factors and `front` of its front page."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Front page"
    for row in (
        [None, "Version:", 1.2, "Year:", year],
        [None, "Updated:", date(year, 10, 18), "An error was mended."],
    ):
        page.append(row)
    sheet = book.create_sheet("Factors by Category")
    for row in (["UK Government GHG Conversion Factors"], [" "], [None]):
        sheet.append(row)
    levels = ["Level 1", "Level 2", "Level 3", "Level 4"]
    sheet.append(["ID", "Scope", *levels, "Column Text", "UOM", "GHG/Unit", f"GHG Conversion Factor {year}"])
    for number, line in enumerate(LINES):
        sheet.append([f"1_{number}", *line])
    sheet.append([])
    sheet.append([None, "END"])
    if change is not None:
        change(sheet)
    if front is not None:
        front(page)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
