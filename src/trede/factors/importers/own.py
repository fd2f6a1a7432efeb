"""An organisation's own factors, from a table that anyone can make in a spreadsheet (`trede factors template`).

First a block of papers (`paper;value`, one a row) that count for all factors, then an empty row, then the factors under
their headings. The sign between cells is `;`, `,` or a tab: the one in the first line. Nothing is guessed: a paper that is
missing, a heading that is not known, a number that is not one, are errors with their row and column.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from trede.catalogue.factor import Factor, FactorKey, factor_id, slug
from trede.catalogue.files import CATALOGUE
from trede.catalogue.library import SPEND_COLUMNS, Library, build_library
from trede.catalogue.papers import LibraryPapers, SourceFile, SpendPapers
from trede.catalogue.splits import SYMBOLS
from trede.catalogue.tables import validate_row
from trede.catalogue.units import unit_registry
from trede.kernel.errors import CatalogueError
from trede.kernel.gases import GAS_COLUMNS
from trede.kernel.identity import sha256
from trede.kernel.issues import Issue, Location
from trede.kernel.models import validate

VERSION = "own 1"
"""Name and version of this importer; it stands in the papers of what it makes."""

PAPERS = (
    "title", "publisher_name", "edition", "valid_from", "valid_to", "geography", "licence", "attribution", "url",
    "gwp_basis", "gwp_note", "notes", "decimal",
)  # fmt: skip
"""Papers of the block, all required. `decimal` is the decimal sign of the numbers, `,` or `.`."""

SPEND_PAPERS = tuple(SpendPapers.model_fields)
"""Papers that the block has besides when there are spend factors in the table."""

NUMBERS = ("total", "direct", "upstream", "biogenic", "energy_mj", "uncertainty")
SPLITS = tuple(f"{symbol}_{gas}" for symbol in SYMBOLS for gas in GAS_COLUMNS)
"""Columns of a value that is split by gas, in the units of `Factor.gases`."""

REQUIRED = ("name", "kind", "unit", "nature")
OPTIONAL = (
    "category", "subcategory", "gas", "losses", "basis", "radiative_forcing", "distance_rule", "url", *SPEND_COLUMNS,
    *NUMBERS, *SPLITS,
)  # fmt: skip
CATEGORY = "Own factors"
"""Category of a factor that names none."""

Row = tuple[int, list[str]]


def template() -> str:
    """Return the table to start from, as text: it is itself a table that can be imported."""
    return (CATALOGUE / "own_factors_template.csv").read_text("utf-8")


def import_own(data: bytes, file_name: str, last_checked: date) -> Library:
    """Read a table of own factors.

    Args:
        data: the bytes of the file, UTF-8.
        file_name: its name, for the papers and for messages.
        last_checked: the day on which the factors were last compared with where they come from.

    Raises:
        CatalogueError: each thing that cannot be read, with file, row and column; no library is made.
    """
    papers, table = _blocks(_rows(data, file_name), file_name)
    given = _papers(papers, file_name)
    decimal = given.pop("decimal")
    source = SourceFile(name=file_name, sha256=sha256(data))
    made = _library_papers(given, source, last_checked)
    factors = list(_factors(table, decimal, made.url, file_name))
    if any(factor.uncertainty for _, factor in factors):
        made = made.model_copy(update={"uncertainty": "published"})
    return build_library(made, factors)


def _rows(data: bytes, file_name: str) -> list[Row]:
    try:
        text = data.decode("utf-8-sig")
        first = text.partition("\n")[0].strip()
        sign = next((s for s in ";,\t" if first.rstrip(s).casefold() == f"paper{s}value"), None)
        if sign is None:
            raise CatalogueError.of("own_first_line_missing", Location(file_name, 1), found=first[:60])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=sign, strict=True)
        return [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogueError.of("table_unreadable", Location(file=file_name), detail=str(error)) from error


def _blocks(rows: Sequence[Row], file_name: str) -> tuple[list[Row], list[Row]]:
    """Divide at the first empty row; empty rows after it are blanks."""
    end = next((n for n, (_, cells) in enumerate(rows) if not any(cells)), len(rows))
    table = [(number, cells) for number, cells in rows[end:] if any(cells)]
    if not table:
        raise CatalogueError.of("own_table_missing", Location(file=file_name))
    return list(rows[1:end]), table


def _papers(rows: Sequence[Row], file_name: str) -> dict[str, str]:
    issues, found = [], dict[str, str]()
    for number, cells in rows:
        name, value, rest = cells[0], *(cells[1:2] or [""]), cells[2:]
        if name not in (*PAPERS, *SPEND_PAPERS):
            known = [*PAPERS, *SPEND_PAPERS]
            issues.append(Issue.error("own_paper_unknown", Location(file_name, number), paper=name, known=known))
        elif name in found or any(rest):
            issues.append(Issue.error("own_paper_twice", Location(file_name, number), paper=name))
        found[name] = value
    if missing := [name for name in PAPERS if not found.get(name)]:
        issues.append(Issue.error("own_paper_missing", Location(file_name, 1), papers=missing))
    elif found["decimal"] not in (",", "."):
        issues.append(Issue.error("own_decimal_unknown", Location(file_name, 1, "decimal"), value=found["decimal"]))
    if issues:
        raise CatalogueError(*issues)
    return found


def _library_papers(given: Mapping[str, str], source: SourceFile, last_checked: date) -> LibraryPapers:
    spend = {name: value for name, value in given.items() if name in SPEND_PAPERS and value}
    papers: dict[str, Any] = {
        **{name: value for name, value in given.items() if name not in SPEND_PAPERS},
        **({"spend": spend} if spend else {}),
        "id": f"own-{slug(given['title'])}-{given['edition']}",
        "kind": "own",
        "publisher": "own",
        "gwp_note": {"nl": given["gwp_note"], "en": given["gwp_note"]},
        "notes": {"nl": given["notes"], "en": given["notes"]},
        "uncertainty": "not-published",
        "importer": VERSION,
        "last_checked": last_checked,
        "default": True,
        "source_file": source,
    }
    return validate(LibraryPapers, papers, source.name)


def _factors(table: Sequence[Row], decimal: str, url: str, file_name: str) -> Iterator[tuple[Location, Factor]]:
    (number, headings), *rows = table
    issues = list(_headings(headings, Location(file_name, number)))
    if issues:
        raise CatalogueError(*issues)
    for number, cells in rows:
        where = Location(file_name, number)
        if len(cells) > len(headings) and any(cells[len(headings) :]):
            issues.append(Issue.error("own_row_too_long", where, expected=len(headings)))
            continue
        try:
            yield where, _factor(dict(zip(headings, cells, strict=False)), decimal, url, where)
        except CatalogueError as error:
            issues += error.issues
    if issues:
        raise CatalogueError(*issues)


def _headings(headings: Sequence[str], where: Location) -> Iterator[Issue]:
    known = [*REQUIRED, *OPTIONAL]
    for name in headings:
        if name and name not in known:
            yield Issue.error("own_column_unknown", where, column=name, known=[*REQUIRED, *OPTIONAL[: -len(SPLITS)]])
        if name and headings.count(name) > 1:
            yield Issue.error("own_column_twice", where, column=name)
    if missing := [name for name in REQUIRED if name not in headings]:
        yield Issue.error("own_column_missing", where, columns=missing)


def _factor(cells: Mapping[str, str], decimal: str, url: str, where: Location) -> Factor:
    """Read one factor.

    Raises:
        CatalogueError: each cell that is not right.
    """
    texts = {name: value for name, value in cells.items() if name and value}
    issues = []
    numbers: dict[str, Decimal] = {}
    for name in (*NUMBERS, *SPLITS):
        if name in texts:
            number = _number(texts.pop(name), decimal)
            if number is None:
                at = Location(where.file, where.row, name)
                issues.append(Issue.error("own_number_unreadable", at, value=cells[name], decimal=decimal))
            else:
                numbers[name] = number
    written = texts.get("unit", "")
    kind = texts.get("kind", "")
    registry = unit_registry()
    unit = registry.find(kind, written)
    if kind not in registry.kinds:
        at = Location(where.file, where.row, "kind")
        issues.append(Issue.error("own_kind_unknown", at, kind=kind, known=list(registry.kinds)))
    elif unit is None:
        at = Location(where.file, where.row, "unit")
        issues.append(Issue.error("own_unit_unknown", at, unit=written, kind=kind, known=registry.names(kind)))
    if issues or unit is None:
        raise CatalogueError(*issues)
    key = FactorKey(texts.get("category", CATEGORY), texts.get("subcategory", ""), texts.get("name", ""), written)
    gases: dict[str, dict[str, Decimal]] = {}
    for column in (name for name in SPLITS if name in numbers):
        symbol, _, gas = column.partition("_")
        gases.setdefault(symbol, {})[gas] = numbers.pop(column)
    data: dict[str, Any] = {
        "url": url,
        **texts,
        **numbers,
        **key._asdict(),
        "id": factor_id(key),
        "unit": unit.id,
        "status": "active",
        "gases": gases,
        "place": f"row {where.row}",
    }
    return validate_row(Factor, data, where)


def _number(text: str, decimal: str) -> Decimal | None:
    """Return a number written with this decimal sign and no other, or None."""
    if not re.fullmatch(rf"-?\d+(?:{re.escape(decimal)}\d+)?", text, re.ASCII):
        return None
    return Decimal(text.replace(decimal, "."))
