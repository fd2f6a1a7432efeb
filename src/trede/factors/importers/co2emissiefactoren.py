"""The Dutch list: reads the workbook of any year as CO2emissiefactoren.nl offers it for download.

The workbook is one sheet: a title with list year and edition date; sections and subsections; under each a row
of headings that differ from section to section; a row a factor, with a link to its page. A heading, unit,
section or text that is not known stops the import: nothing is built by halves or read by position alone.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook

from trede.catalogue.factor import Factor
from trede.catalogue.library import Library, build_library
from trede.catalogue.papers import LibraryPapers, SourceFile
from trede.factors.importers.co2emissiefactoren_sheet import Row, SheetReader, column_letter, text
from trede.kernel.errors import CatalogueError
from trede.kernel.identity import sha256
from trede.kernel.issues import Location
from trede.kernel.models import validate

VERSION = "co2emissiefactoren 1"
"""Name and version of this importer; it stands in the papers of what it makes."""

_TITLE = re.compile(r"Factoren (\d{4}) dd (\d{2})-(\d{2})-(\d{4})")
_GWP_OF_N2O = {Decimal(298): "AR4", Decimal(265): "AR5", Decimal(273): "AR6"}
"""The value of a kilogram of nitrous oxide in each IPCC report tells which report a list follows."""


@dataclass(frozen=True, slots=True)
class _Title:
    text: str
    list_year: int
    edition: date
    row: int


def import_workbook(data: bytes, file_name: str, last_checked: date) -> Library:
    """Read the publisher's workbook.

    Args:
        data: the bytes of the .xlsx file as downloaded.
        file_name: its name, for the papers and for messages.
        last_checked: the day on which the list was last compared with the publisher's site.

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column; no library is made.
    """
    rows, sheet = _rows(data, file_name)
    title = _title(rows, file_name)
    factors = list(SheetReader(file_name, sheet).read(rows[title.row :]))
    source = SourceFile(name=file_name, sha256=sha256(data))
    return build_library(_papers(title, (factor for _, factor in factors), source, last_checked), factors)


def _rows(data: bytes, file_name: str) -> tuple[list[Row], str]:
    try:
        book = load_workbook(io.BytesIO(data))
    except Exception as error:  # openpyxl raises whatever a damaged archive or XML part leads to
        raise CatalogueError.of("list_not_a_workbook", Location(file=file_name)) from error
    if len(book.worksheets) != 1:
        raise CatalogueError.of("list_sheets_differ", Location(file=file_name), found=book.sheetnames)
    sheet = book.worksheets[0]
    return list(sheet.iter_rows()), sheet.title


def _title(rows: Sequence[Row], file_name: str) -> _Title:
    for number, row in enumerate(rows[:10], start=1):
        for cell in row:
            if found := _TITLE.fullmatch(text(cell)):
                list_year, day, month, year = (int(part) for part in found.groups())
                try:
                    return _Title(text(cell), list_year, date(year, month, day), number)
                except ValueError:
                    where = Location(file_name, number, column_letter(cell))
                    raise CatalogueError.of("list_title_missing", where) from None
    raise CatalogueError.of("list_title_missing", Location(file_name, 1))


def _papers(title: _Title, factors: Iterable[Factor], source: SourceFile, last_checked: date) -> LibraryPapers:
    n2o = next((f.total for f in factors if f.gas == "n2o" and f.total is not None), None)
    shown = "-" if n2o is None else format(n2o, "f")
    papers = {
        "id": f"co2emissiefactoren-{title.edition.isoformat()}",
        "kind": "official",
        "publisher": "co2emissiefactoren",
        "publisher_name": "CO2emissiefactoren.nl",
        "title": title.text,
        "edition": title.edition,
        "valid_from": date(title.list_year, 1, 1),
        "valid_to": date(title.list_year, 12, 31),
        "geography": "NL",
        "licence": "no formal licence; free use with reference to CO2emissiefactoren.nl",
        "attribution": f"www.CO2emissiefactoren.nl, {title.text}",
        "url": f"https://co2emissiefactoren.nl/factoren/{title.list_year}/",
        "gwp_basis": "unknown" if n2o is None else _GWP_OF_N2O.get(n2o, "unknown"),
        "gwp_note": {
            "nl": f"Afgeleid uit de waarde van lachgas in de lijst: {shown} kg CO2e per kg.",
            "en": f"Derived from the value of nitrous oxide in the list: {shown} kg CO2e per kg.",
        },
        "uncertainty": "not-published",
        "importer": VERSION,
        "last_checked": last_checked,
        "default": True,
        "source_file": source,
        "notes": {
            "nl": "Lijst van de Nederlandse markt, ongewijzigd overgenomen uit de download van de uitgever.",
            "en": "The list of the Dutch market, taken unchanged from the publisher's download.",
        },
    }
    return validate(LibraryPapers, papers, source.name)
