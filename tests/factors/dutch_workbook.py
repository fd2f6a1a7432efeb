"""A small workbook in the shape of the Dutch list, with invented values, to import and to damage."""

from __future__ import annotations

import io
from collections.abc import Callable

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

UNIT_LINE = "Kg CO₂-eq / eenheid"
STAGES = ("Totaal (WTW)", "Verbrandingsemissies (TTW)", "Ketenemissies (WTT)", "Biogene emissies")

# (name, four values, unit, MJ); a str alone is a section, a 1-tuple a subsection, a 4-tuple the headings
LINES: list[object] = [
    "Brandstoffen voertuigen en schepen",
    ("Fossiele brandstoffen met bio-bijmenging",),
    STAGES,
    ("Benzine E10 ", (2.5, 2.0, 0.5, 0.1), "liter", 31.3),  # row 7
    ("Diesel B7 ", (3.251, 2.462, 0.788, 0.176), "liter", 35.9),  # row 8
    ("Oude diesel", ("Vervallen", "Vervallen", "Vervallen", "Vervallen"), "liter", 36),  # row 9
    ("Ad Blue", (None, 0.26, None, None), "liter", None),  # row 10
    "Elektriciteit",
    (None,),
    ("Totaal", "Productie-emissies energiecentrale", "Ketenemissies productie energiedragers",
     "Infrastructuur (LCA benadering)"),
    ("Grijze Stroom ", (0.5, 0.4, 0.1, 0.002), "kWh", 3.6),  # row 14
    ("Stroometiket ", ("Variabel", None, 0.044, None), "kWh", 3.6),  # row 15
    "Overige Emissies",
    (None,),
    ("GWP100", "-", "-", "-"),
    ("Lachgas (N2O) ", (265, None, None, None), "kg", None),  # row 19
    "Personenvervoer",
    ("Vliegtuig",),
    ("Totaal (WTW)", "Verbrandingsemissies (TTW)", "Ketenemissies (WTT)", "-"),
    ("Regionaal (<700 km)", (0.2, 0.15, 0.05, None), "reizigerskilometer", 1.5),  # row 23
    "Afval",
    ("Recycling",),
    ("GHG protocol (inzameling en verwerking)", "Transport naar Recycling", "Emissies van Recycling",
     "Vermeden emissies door recycling materialen"),
    ("Glas ", (26, 22, 18, -247), "ton", None),  # row 27
    ("Afvalwater",),
    ("Totaal", "CO2", "Methaan", "Lachgas"),
    ("Afvalwater ", (26.27, 2.11, 18.17, 5.99), "Vervuilingseenheid", None),  # row 30
]  # fmt: skip


def workbook(change: Callable[[Worksheet], object] | None = None, title: str = "Factoren 2024 dd 12-01-2024") -> bytes:
    """Return the bytes of the workbook, after `change` of its sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Lijst"
    sheet.append([" "])
    sheet.append([title])
    sheet.append(["Een inleiding van de uitgever."])
    for line in LINES:
        if isinstance(line, str):
            sheet.append([line])
        elif len(line) == 1:  # type: ignore[arg-type]
            sheet.append([*line, UNIT_LINE])  # type: ignore[misc]
        elif len(line) == 4 and isinstance(line[1], str):  # type: ignore[arg-type,index]
            sheet.append([None, *line, "Eenheid", "Conversie MJ"])  # type: ignore[misc]
        else:
            name, values, unit, energy = line  # type: ignore[misc]
            sheet.append([name, *values, unit, energy, "Link"])
            sheet.cell(sheet.max_row, 8).hyperlink = f"https://example.org/{sheet.max_row}/"
    if change is not None:
        change(sheet)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()
