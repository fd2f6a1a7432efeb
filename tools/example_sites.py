"""The example's electricity and gas of the sites: meter readings, a landlord's statement, a cross-tab and an invoice.

The yearly totals below are the figures to reproduce; `catalogue/example/README.md` says which are published.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import typst
import xlsxwriter

from example_writing import comma, lines, shares, thousands

YEARS = (2022, 2023, 2024)
MONTHS = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")

HEAD_OFFICE_KWH = {2022: 15_240, 2023: 14_310, 2024: 14_629}
CONNECTION = "871600000000000010"
COUNTER = 100_000
FIRST_READING = 88_450
METER_CHANGE = date(2023, 6, 14)
REPEATED = date(2024, 7, 1)

# Square metres, and hundredths of a kWh a square metre that the landlord charges.
LANDLORD = {
    "Vestiging Oost": (200, {2022: 2187, 2023: 1990, 2024: 2125}),
    "Vestiging Zuid": (250, {2022: 3000, 2023: 1676}),
}

# Cubic metres a year; the months in which the site was open.
GAS = {
    ("HK", "factuur"): {2022: (1_550, 12), 2023: (1_720, 12), 2024: (1_900, 12)},
    ("Oost", "schatting verhuurder"): {2022: (450, 12), 2023: (300, 12), 2024: (150, 12)},
    ("Zuid", "factuur"): {2022: (2_000, 12), 2023: (900, 9)},
}
GAS_BY_MONTH = (18, 15, 13, 8, 4, 2, 1, 1, 3, 8, 12, 15)
"""Invented weights: more in winter."""
INVOICED = ("HK", 2024)
TEMPLATE = Path(__file__).with_name("example_invoice.typ")


@dataclass(frozen=True)
class Reading:
    """What a meter showed at the beginning of a day."""

    meter: str
    day: date
    counter: int
    kind: str = "periodiek"

    def cells(self) -> list[str]:
        """The row as the grid operator writes it."""
        return [CONNECTION, self.meter, f"{self.day:%d-%m-%Y}", thousands(self.counter), self.kind, "op afstand"]


def meter_readings() -> bytes:
    """Write the head office's readings, one a month: the counter starts again in 2022, the meter is new in 2023."""
    rng = Random("meterstanden")
    meter, counter = "E0015-Q-004711", FIRST_READING
    found = [Reading(meter, date(2022, 1, 1), counter)]
    for year in YEARS:
        for month, used in enumerate(shares(HEAD_OFFICE_KWH[year], [rng.randint(85, 115) for _ in MONTHS]), 1):
            rest = used
            if (year, month) == (METER_CHANGE.year, METER_CHANGE.month):
                before, rest = shares(used, (METER_CHANGE.day - 1, 31 - METER_CHANGE.day))
                found.append(Reading(meter, METER_CHANGE, (counter + before) % COUNTER, "eindstand"))
                meter, counter = "E0058-Q-120034", 0
                found.append(Reading(meter, METER_CHANGE, counter, "beginstand"))
            counter = (counter + rest) % COUNTER
            found.append(Reading(meter, date(year + month // 12, month % 12 + 1, 1), counter))
    headings = ["EAN-code aansluiting", "Meternummer", "Opnamedatum", "Stand (kWh)", "Soort", "Herkomst"]
    sent = [reading for one in found for reading in ([one, one] if one.day == REPEATED else [one])]
    return lines([headings, *(reading.cells() for reading in sent)], ";").encode()


def landlord() -> bytes:
    """Write the landlord's statement: square metres times kWh a square metre, by building and year."""
    rows = [["Opgave van de verhuurder: elektriciteit naar vloeroppervlak", "", "", "", ""]]
    rows.append(["Gebouw", "Jaar", "Oppervlakte (m²)", "kWh per m²", "Verbruik (kWh)"])
    total = 0
    for building, (area, rates) in LANDLORD.items():
        for year, rate in rates.items():
            kwh, rest = divmod(area * rate, 100)
            assert rest == 0, "the product is a whole number of kWh"
            rows.append([building, str(year), str(area), comma(rate, 2), thousands(kwh)])
            total += kwh
    rows.append(["Totaal", "", "", "", thousands(total)])
    return lines(rows, ";").encode("cp1252")


def gas_months(site: str, year: int) -> list[int]:
    """Return the cubic metres of each month in which the site was open."""
    total, months = next(by_year[year] for (name, _), by_year in GAS.items() if name == site)
    return shares(total, GAS_BY_MONTH[:months])


def invoice_number(site: str, year: int) -> str:
    """Return the number of a yearly gas invoice."""
    return f"VE-{year}-{'HOZ'.index(site[0]) + 1:04}"


def gas_workbook() -> bytes:
    """Write the gas cross-tab: a merged title, merged sites, months as columns, sums that are formulas, a second sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "Aardgas per maand (voorbeeld)", "created": datetime(2025, 2, 3, tzinfo=UTC)})
    sheet = book.add_worksheet("Gas per maand")
    bold = book.add_format({"bold": True})
    width = 4 + len(MONTHS)
    sheet.merge_range(0, 0, 0, width, "Aardgas per maand in m3, volgens de jaarnota's", bold)
    sheet.merge_range(1, 0, 1, width, "Voorbeeld Schoonmaak B.V. Deze organisatie bestaat niet.")
    sheet.write_row(3, 0, ["Vestiging", "Jaar", "Nota", "Herkomst", *MONTHS, "Totaal"], bold)
    row, sums = 4, [0] * len(MONTHS)
    for (site, origin), by_year in GAS.items():
        sheet.merge_range(row, 0, row + len(by_year) - 1, 0, site)
        for year in by_year:
            months = gas_months(site, year)
            sheet.write_row(row, 1, [year, invoice_number(site, year) if origin == "factuur" else "", origin])
            sheet.write_row(row, 4, [*months, *["-"] * (len(MONTHS) - len(months))])
            sheet.write_formula(row, width, f"=SUM(E{row + 1}:P{row + 1})", None, sum(months))
            sums = [total + month for total, month in zip(sums, [*months, *[0] * 12], strict=False)]
            row += 1
    sheet.write(row, 0, "Totaal", bold)
    for at, total in enumerate([*sums, sum(sums)]):
        letter = chr(ord("E") + at)
        sheet.write_formula(row, 4 + at, f"=SUM({letter}5:{letter}{row})", bold, total)
    notes = book.add_worksheet("Toelichting")
    notes.write(0, 0, "Een streepje betekent dat de vestiging gesloten was.")
    book.close()
    return out.getvalue()


def gas_invoice() -> bytes:
    """Write the head office's gas invoice of 2024: one page, marked as an example."""
    months = gas_months(*INVOICED)
    data = {
        "number": invoice_number(*INVOICED),
        "year": INVOICED[1],
        "months": [[name, str(volume)] for name, volume in zip(MONTHS, months, strict=True)],
        "total": thousands(sum(months)),
    }
    compiler = typst.Compiler(str(TEMPLATE), ignore_system_fonts=True, sys_inputs={"data": json.dumps(data)})
    made = compiler.compile(format="pdf", timestamp=int(datetime(2025, 1, 20, tzinfo=UTC).timestamp()))
    assert isinstance(made, bytes)
    return made
