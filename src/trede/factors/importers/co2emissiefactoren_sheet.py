"""Reading the one sheet of the Dutch list, row by row: sections, headings, factors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from openpyxl.cell.cell import Cell, MergedCell

from trede.catalogue.factor import Factor, FactorKey, Nature, Status, factor_id
from trede.factors.importers.co2emissiefactoren_layout import (
    ENERGY_HEADING,
    NO_COLUMN,
    UNIT_HEADING,
    UNITS,
    Layout,
    gas_of,
    layout_of,
    plain,
)
from trede.kernel.errors import CatalogueError
from trede.kernel.issues import Issue, Location, Param
from trede.kernel.models import validate

AnyCell = Cell | MergedCell
Row = tuple[AnyCell, ...]

_UNIT_LINE = "kg co2-eq / eenheid"
_WORDS: Mapping[str, Status] = {"vervallen": "withdrawn", "variabel": "variable"}
_VALUES = ("total", "direct", "upstream", "biogenic")
_UNSTATED: Mapping[Nature, tuple[str, ...]] = {
    "energy": ("losses", "basis"),
    "air": ("radiative_forcing", "distance_rule"),
}
"""Papers that the workbook does not give: they are shown as unknown."""


def text(cell: AnyCell) -> str:
    """Return what stands in a cell, without outer blanks."""
    return "" if cell.value is None else str(cell.value).strip()


def column_letter(cell: AnyCell) -> str:
    """Return the letters of a cell's column, as a spreadsheet shows them."""
    return cell.coordinate.rstrip("0123456789")


class SheetReader:
    """Reads the rows in order; `category`, `subcategory`, `layout` and `headings` are those in force.

    What cannot be understood about the sheet stops at once; what is wrong with single cells is collected, so
    that all of it can be mended in one go.
    """

    def __init__(self, file: str, sheet: str) -> None:
        self.file = file
        self.sheet = sheet
        self.category = ""
        self.subcategory = ""
        self.layout: Layout | None = None
        self.headings: dict[str, int] | None = None
        self.issues: list[Issue] = []

    def read(self, rows: Iterable[Row]) -> Iterator[tuple[Location, Factor]]:
        """Give each factor with its place.

        Raises:
            CatalogueError: anything that is not understood.
        """
        for row in rows:
            filled = [text(cell) for cell in row if text(cell)]
            if not filled:
                continue
            if filled == [text(row[0])]:
                self._section(row[0])
            elif plain(filled[-1]) == _UNIT_LINE and len(filled) <= 2:
                self._subsection(row[0])
            elif not text(row[0]):
                self._headings(row)
            elif factor := self._factor(row):
                yield Location(self.file, row[0].row), factor
        if self.issues:
            raise CatalogueError(*self.issues)

    def _section(self, cell: AnyCell) -> None:
        # Before the first section a line with one text is the publisher's introduction; a first section that
        # is not known is found out at the line below it.
        layout = layout_of(text(cell), "")
        if layout is None and self.layout is not None:
            raise self._stop("list_section_unknown", cell, section=text(cell))
        self.category, self.subcategory, self.layout, self.headings = text(cell), "", layout, None

    def _subsection(self, cell: AnyCell) -> None:
        self.subcategory, self.headings = text(cell), None
        self.layout = layout_of(self.category, self.subcategory)
        if self.layout is None:
            raise self._stop("list_section_unknown", cell, section=self.category)

    def _headings(self, row: Row) -> None:
        if self.layout is None:
            raise self._stop("list_section_unknown", row[0], section=self.category)
        roles = {UNIT_HEADING: "unit", ENERGY_HEADING: "energy", **self.layout.roles}
        found: dict[str, int] = {}
        for index, cell in enumerate(row):
            heading = plain(text(cell))
            if heading in ("", NO_COLUMN):
                continue
            if heading not in roles:
                known = sorted(roles)
                raise self._stop("list_heading_unknown", cell, heading=text(cell), section=self._name, known=known)
            if roles[heading] in found:
                raise self._stop("list_heading_twice", cell, heading=text(cell), section=self._name)
            found[roles[heading]] = index
        missing = {"unit", "energy", *self.layout.needs} - set(found)
        if missing:
            expected = sorted(heading for heading, role in roles.items() if role in missing)
            raise self._stop("list_heading_missing", row[0], expected=expected, section=self._name)
        self.headings = found

    def _factor(self, row: Row) -> Factor | None:
        """Read one factor; with something wrong in it, note that and return None."""
        layout, headings = self.layout, self.headings
        if layout is None or headings is None:
            raise self._stop("list_heading_row_missing", row[0], name=text(row[0]))
        before = len(self.issues)
        unit = row[headings["unit"]]
        if plain(text(unit)) not in layout.units:
            self._wrong("list_unit_unknown", unit, unit=text(unit), known=sorted(layout.units), section=self._name)
        values, status = self._values(row, headings)
        url = self._url(row, headings)
        gas = gas_of(self.category, self.subcategory, text(row[0])) if layout.nature == "gas" else "unsplit"
        if gas is None:
            self._wrong("list_gas_unknown", row[0], name=text(row[0]))
        if len(self.issues) > before:
            return None
        key = FactorKey(self.category, self.subcategory, text(row[0]), text(unit))
        kind, our_unit = UNITS[plain(text(unit))]
        memo = {role.removeprefix("memo."): v for role, v in values.items() if role.startswith("memo.")}
        energy = values.get("energy")
        if status == "withdrawn" and energy is not None:
            memo["energy"], energy = energy, None
        data: dict[str, object] = {
            **key._asdict(),
            **{role: values.get(role) for role in _VALUES},
            **dict.fromkeys(_UNSTATED.get(layout.nature, ()), "unknown"),
            "id": factor_id(key),
            "nature": layout.nature,
            "kind": kind,
            "unit": our_unit,
            "status": status,
            "gas": gas,
            "energy_mj": energy,
            "memo": memo,
            "place": f"{self.sheet}!{row[0].row}",
            "url": url,
        }
        return validate(Factor, data, self.file)

    def _values(self, row: Row, headings: Mapping[str, int]) -> tuple[dict[str, Decimal], Status]:
        values: dict[str, Decimal] = {}
        status: Status = "active"
        for role, index in headings.items():
            cell = row[index]
            word = plain(text(cell))
            if role == "unit" or word in ("", NO_COLUMN):
                continue
            if isinstance(cell.value, int | float) and not isinstance(cell.value, bool):
                values[role] = Decimal(repr(cell.value))  # the shortest decimal of the float is the one typed
            elif word in _WORDS and status in ("active", _WORDS[word]):
                status = _WORDS[word]
            else:
                self._wrong("list_number_unreadable", cell, value=text(cell))
        return values, status

    def _url(self, row: Row, headings: Mapping[str, int]) -> str:
        url = ""
        for index, cell in enumerate(row[1:], start=1):
            if cell.hyperlink is not None:
                url = cell.hyperlink.target or ""
            elif index not in headings.values() and text(cell) not in ("", NO_COLUMN):
                self._wrong("list_value_without_heading", cell, value=text(cell))
        if not url.startswith("http"):
            self._wrong("list_link_missing", row[0], name=text(row[0]))
        return url

    @property
    def _name(self) -> str:
        return " / ".join(part for part in (self.category, self.subcategory) if part)

    def _at(self, cell: AnyCell) -> Location:
        return Location(self.file, cell.row, column_letter(cell))

    def _wrong(self, code: str, cell: AnyCell, **params: Param) -> None:
        self.issues.append(Issue.error(code, self._at(cell), **params))

    def _stop(self, code: str, cell: AnyCell, **params: Param) -> CatalogueError:
        return CatalogueError(*self.issues, Issue.error(code, self._at(cell), **params))
