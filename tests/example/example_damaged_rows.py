"""The example's files with damaged cells and rows, and what must come of each."""

from __future__ import annotations

from example_damage import (
    CREDIT_ROW,
    DIFFERS,
    EXPLAINED,
    GAS,
    POWER,
    ROW,
    TANK,
    TOTAL_ROW,
    TRAVEL,
    Damage,
    Found,
    Sheet,
)
from example_reading import raw

# One cell of row ROW: heading, text, code; and what it does to the control total.
CELLS: dict[str, tuple[str, str, str, Found | None]] = {
    "formula": ("Liters", "=I99*2", "cell_is_formula", EXPLAINED),
    "formula with plus": ("Liters", "+SOM(I2:I9)", "cell_is_formula", EXPLAINED),
    "formula with at": ("Liters", "@SOM(I2:I9)", "cell_is_formula", EXPLAINED),
    "spreadsheet error": ("Liters", "#N/B", "cell_is_error", EXPLAINED),
    "other decimal sign in one cell": ("Liters", "27.37", "number_other_decimal", EXPLAINED),
    "currency sign": ("Liters", "€ 27,37", "number_unreadable", EXPLAINED),
    "another unit in the cell": ("Liters", "27,37 kWh", "unit_in_cell_differs", None),
    "scientific notation": ("Liters", "2,737E1", "number_unreadable", EXPLAINED),
    "words for a number": ("Liters", "onbekend", "number_unreadable", EXPLAINED),
    "full-width digits": ("Liters", "２７,３７", "number_unreadable", EXPLAINED),
    "thousands in the wrong place": ("Liters", "2.7,37", "number_unreadable", EXPLAINED),
    "seven decimals": ("Liters", "27,3700001", "number_too_precise", EXPLAINED),
    "more digits than fit": ("Liters", "1234567890123456,00", "number_too_large", EXPLAINED),
    "empty quantity": ("Liters", "", "cell_empty", EXPLAINED),
    "price missing": ("Prijs per liter", "", "cell_empty", None),
    "price in words": ("Prijs per liter", "n.v.t.", "number_unreadable", None),
    "impossible day": ("Datum", "31-02-2024", "date_not_real", None),
    "month name": ("Datum", "9 januari 2024", "date_unreadable", None),
    "other date order in one cell": ("Datum", "01-31-2024", "date_not_real", None),
    "other date separator": ("Datum", "31/01/2024", "date_unreadable", None),
    "ISO date among Dutch ones": ("Datum", "2024-01-31", "date_unreadable", None),
    "two-digit year": ("Datum", "31-01-24", "date_unreadable", None),
    "spreadsheet's day number": ("Datum", "45322", "date_unreadable", None),
    "year of another century": ("Datum", "31-01-1924", "date_out_of_range", None),
    "empty date": ("Datum", "", "cell_empty", None),
    "formula for a date": ("Datum", "=VANDAAG()", "cell_is_formula", None),
    "unknown product": ("Product", "AdBlue", "value_unknown", None),
    "no product": ("Product", "", "cell_empty", None),
    "no receipt": ("Bonnummer", "", "cell_empty", None),
    "no plate": ("Kenteken", "", "cell_empty", None),
}


def cell(heading: str, text: str, code: str, control: Found | None) -> Damage:
    """Damage one cell of row ROW."""
    encoding = "utf-8" if heading == "Liters" and not text.isascii() else None
    says = [(code, ROW, heading), *([control] if control else [])]
    return Damage(Sheet().put(ROW, heading, text).data(encoding), says, -1)


def thousands() -> Damage:
    return Damage(Sheet().put(ROW, "Liters", "1.027,37").data(), [("row_does_not_add", ROW, "Bedrag"), DIFFERS], -1)


def digits_swapped() -> Damage:
    return Damage(Sheet().put(ROW, "Liters", "72,37").data(), [("row_does_not_add", ROW, "Bedrag"), DIFFERS], -1)


def negative_without_credit() -> Damage:
    sheet = Sheet()
    sheet.put(ROW, "Liters", "-" + sheet.get(ROW, "Liters")).put(ROW, "Bedrag", "-" + sheet.get(ROW, "Bedrag"))
    return Damage(sheet.data(), [("negative_without_credit", ROW, "Liters"), DIFFERS], -1)


def credit_without_receipt() -> Damage:
    sheet = Sheet().put(CREDIT_ROW, "Creditering van bon", "")
    return Damage(sheet.data(), [("negative_without_credit", CREDIT_ROW, "Liters")], -1)


def tank_lorry() -> Damage:
    sheet = Sheet().put(ROW, "Liters", "400,00").put(ROW, "Prijs per liter", "1,900").put(ROW, "Bedrag", "760,00")
    return Damage(sheet.data(), [("implausible", ROW, "Liters"), DIFFERS], -1)


def nothing_filled() -> Damage:
    sheet = Sheet().put(ROW, "Liters", "0,00").put(ROW, "Bedrag", "0,00")
    return Damage(sheet.data(), [("implausible", ROW, "Liters"), DIFFERS], -1)


def sign_behind_the_number() -> Damage:
    sheet = Sheet()
    sheet.put(ROW, "Liters", sheet.get(ROW, "Liters") + "-").put(ROW, "Bedrag", sheet.get(ROW, "Bedrag") + "-")
    return Damage(sheet.data(), [("negative_without_credit", ROW, "Liters"), DIFFERS], -1)


def fill_sent_again() -> Damage:
    sheet = Sheet()
    sheet.rows.insert(ROW, list(sheet.rows[ROW - 1]))
    says = [("duplicate_in_file", ROW + 1, "Bonnummer"), ("control_total_differs", TOTAL_ROW + 1, "Liters")]
    return Damage(sheet.data(), says)


def extra_delimiter() -> Damage:
    sheet = Sheet()
    sheet.rows[ROW - 1].insert(3, "")
    return Damage(sheet.data(), [("row_width", ROW, None), EXPLAINED], -1)


def cell_lost() -> Damage:
    sheet = Sheet()
    del sheet.rows[ROW - 1][4]
    return Damage(sheet.data(), [("row_width", ROW, None), EXPLAINED], -1)


def row_lost() -> Damage:
    sheet = Sheet()
    del sheet.rows[ROW - 1]
    return Damage(sheet.data(), [("control_total_differs", TOTAL_ROW - 1, "Liters")], -1)


def truncated_last_line() -> Damage:
    lines = raw(TANK).splitlines(keepends=True)
    data = b"".join(lines[: TOTAL_ROW - 2]) + lines[TOTAL_ROW - 2][:75]
    return Damage(data, [("row_width", TOTAL_ROW - 1, None), ("total_missing", None, "Bonnummer")], -1)


def total_row_removed() -> Damage:
    sheet = Sheet()
    del sheet.rows[-1]
    return Damage(sheet.data(), [("total_missing", None, "Bonnummer")])


def total_of_a_month_between() -> Damage:
    sheet = Sheet()
    sheet.rows.insert(ROW, ["Totaal januari", *[""] * 7, "3.000,00", *[""] * 3])
    return Damage(sheet.data(), [("control_total_differs", ROW + 1, "Liters")])


def total_wrong_by_a_hundredth() -> Damage:
    return Damage(Sheet().put(TOTAL_ROW, "Liters", "46.925,29").data(), [DIFFERS])


def total_unreadable() -> Damage:
    return Damage(Sheet().put(TOTAL_ROW, "Liters", "zie bijlage").data(), [("number_unreadable", TOTAL_ROW, "Liters")])


def total_is_formula() -> Damage:
    return Damage(
        Sheet().put(TOTAL_ROW, "Liters", "=SOM(I2:I1125)").data(),
        [("number_unreadable", TOTAL_ROW, "Liters")],
    )


def blank_rows_inside() -> Damage:
    sheet = Sheet()
    sheet.rows[500:500] = [[""], [""] * 12, ["  "]]
    return Damage(sheet.data())


def repeated_header() -> Damage:
    sheet = Sheet()
    sheet.rows.insert(500, list(sheet.rows[0]))
    return Damage(sheet.data())


def newest_first() -> Damage:
    sheet = Sheet()
    sheet.rows[1:-1] = sheet.rows[-2:0:-1]
    return Damage(sheet.data())


def mark_at_the_end() -> Damage:
    return Damage(raw(TANK) + b"\x1a", [("row_width", TOTAL_ROW + 1, None)])


def trailing_spaces() -> Damage:
    sheet = Sheet()
    sheet.rows = [[f" {text}  " for text in row] for row in sheet.rows]
    return Damage(sheet.data())


def no_break_spaces() -> Damage:
    return Damage(Sheet().every("Liters", lambda text: f"\u00a0{text}").data())


def quote_that_swallows_rows() -> Damage:
    sheet = Sheet()
    sheet.put(ROW, "Tankstation", '"' + sheet.get(ROW, "Tankstation"))
    sheet.put(ROW + 20, "Tankstation", sheet.get(ROW + 20, "Tankstation") + '"')
    return Damage(
        sheet.data(),
        [("cell_swallows_rows", ROW, "Tankstation"), ("control_total_differs", TOTAL_ROW - 20, "Liters")],
        -21,
    )


def rows_of_another_year() -> Damage:
    """Not a fault: the year of a record is that of its day, not of the file's name."""
    sheet = Sheet()
    sheet.rows[-1:-1] = Sheet("tankpas-2023.csv").rows[1:11]
    sheet.put(len(sheet), "Liters", "47.326,61")
    return Damage(sheet.data(), [], 10)


def site_unknown() -> Damage:
    return Damage(
        Sheet(POWER).put(3, "Vestiging", "Vestiging West").data(),
        [("site_unknown", 3, "Vestiging")],
        -1,
        POWER,
    )


def origin_unknown() -> Damage:
    return Damage(Sheet(POWER).put(3, "Herkomst", "gok").data(), [("value_unknown", 3, "Herkomst")], -1, POWER)


def year_in_words() -> Damage:
    return Damage(Sheet(POWER).put(3, "Jaar", "vorig jaar").data(), [("year_unreadable", 3, "Jaar")], -1, POWER)


def end_before_start() -> Damage:
    sheet = Sheet(GAS).put(4, "Tot en met", "2021-12-31")
    return Damage(sheet.data(), [("end_before_start", 4, "Tot en met")], -1, GAS)


def purpose_unknown() -> Damage:
    return Damage(Sheet(TRAVEL).put(9, "Doel", "privé").data(), [("value_unknown", 9, "Doel")], -1, TRAVEL)


def purpose_empty() -> Damage:
    return Damage(Sheet(TRAVEL).put(9, "Doel", "").data(), [("cell_empty", 9, "Doel")], -1, TRAVEL)


def vehicle_unknown() -> Damage:
    return Damage(Sheet(TRAVEL).put(9, "Vervoer", "deelscooter").data(), [("value_unknown", 9, "Vervoer")], -1, TRAVEL)
