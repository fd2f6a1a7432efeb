"""The document model: what a report says, with exact values, before anybody lays it out.

A value is written down once, as a `Figure`; every renderer and every sentence shows it through the same formatter. A
sentence may only carry figures that stand in a table or chart of the same document, so prose cannot contradict its tables:
a document with a loose figure is not made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from string import Formatter
from typing import Any, Literal

from trede.kernel.amounts import shown
from trede.report.writing import Shown, Writer

Kind = Literal["tonnes", "milligrams", "number", "percent"]
Where = Literal["both", "page", "workbook"]
"""Which renderers show it: the printed page, the workbook, or both."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One exact value: milligrams (`tonnes`, `milligrams`), a share (`percent`) or a plain number.

    `decimals` are those that are shown; None: as many as the number has. `signed` puts a plus before a rise. `at` says of a
    mass what `trede explain` is asked for it, such as `RUN/ladder:market/scope-1`; behind `#` stands which figure beside the
    answer's own is meant, and `RUN..RUN` is the bridge between two runs. No page prints it.
    """

    kind: Kind
    exact: Decimal | int
    decimals: int | None = None
    signed: bool = field(default=False, compare=False)
    at: str = field(default="", compare=False)

    @property
    def turned(self) -> Figure:
        """The same with the other sign: a sentence says `3 % lower` of what is −3 % in a table."""
        return replace(self, exact=-self.exact)

    def show(self, writer: Writer) -> str:
        """Write it, rounded half away from zero."""
        match self.kind:
            case "tonnes":
                text = writer.tonnes(int(self.exact), self.decimals or 0)
            case "percent":
                text = writer.percent(Decimal(self.exact), self.decimals or 0)
            case _:
                text = writer.number(self.exact, self.decimals)
        rises = self.signed and self.exact > 0 and any(digit in text for digit in "123456789")
        return f"+{text}" if rises else text


def tonnes(mg: int, at: str = "", *, signed: bool = False) -> Figure:
    """A mass in milligrams that is shown in tonnes with two decimals, as everywhere; `at` is its question."""
    return Figure("tonnes", mg, 2, signed, at)


def milligrams(mg: int) -> Figure:
    """A mass in milligrams that is shown in full."""
    return Figure("milligrams", mg, 0)


def count(value: int) -> Figure:
    """A whole number."""
    return Figure("number", value, 0)


def number(value: Decimal, decimals: int | None = None) -> Figure:
    """A number; without `decimals` as many as it has."""
    return Figure("number", value, decimals)


def percent(part: int | Decimal, whole: int | Decimal, *, signed: bool = False) -> Figure | None:
    """A share with one decimal; nothing when there is no whole."""
    return Figure("percent", Decimal(part) / Decimal(whole), 1, signed) if whole else None


Cell = str | date | Figure | None


@dataclass(frozen=True)
class Statement:
    """A sentence in the document's language, with the values that it carries."""

    template: str
    values: Mapping[str, Cell] = field(default_factory=dict)

    @property
    def figures(self) -> list[Figure]:
        """The figures in it."""
        return [value for value in self.values.values() if isinstance(value, Figure)]

    def pieces(self, writer: Writer) -> Iterator[tuple[str, Figure | None]]:
        """Yield the written sentence in pieces, each with the figure that it is."""
        for plain, name, spec, _ in Formatter().parse(self.template):
            if plain:
                yield plain, None
            if name is not None:
                value = self.values[name]
                text = format(Shown(write_cell(value, writer)), spec or "")
                yield text, value if isinstance(value, Figure) and not spec else None

    def show(self, writer: Writer) -> str:
        """Write the sentence."""
        return "".join(text for text, _ in self.pieces(writer))


def write_cell(cell: Cell, writer: Writer) -> str:
    """Write one value; nothing at all is an empty text."""
    match cell:
        case None:
            return ""
        case Figure():
            return cell.show(writer)
        case date():
            return writer.day(cell)
        case str():
            return cell


@dataclass(frozen=True)
class Column:
    """A column: `unit` stands under its name. `width` is its share of what figures leave of a page; 0: as wide as it needs.

    `lined` draws a hairline before it.
    """

    name: str
    unit: str = ""
    figure: bool = False
    on: Where = "both"
    width: int = 0
    lined: bool = False


@dataclass(frozen=True)
class Row:
    """A row: `level` nests it under the row above of a lower level; a `total` is the sum of the rows of level 0."""

    cells: tuple[Cell, ...]
    level: int = 0
    role: Literal["body", "group", "total", "beside"] = "body"


@dataclass(frozen=True)
class Table:
    """A table with a title of its own and notes under it."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Statement, ...] = ()
    on: Where = "both"

    def __post_init__(self) -> None:
        assert all(len(row.cells) == len(self.columns) for row in self.rows), self.title

    def adds_up_as_shown(self) -> bool:
        """Whether in each column the shown tonnes of parts add up to the shown figure above or below them."""
        return all(_column_adds_up(self.rows, at) for at, column in enumerate(self.columns) if column.figure)


def _column_adds_up(rows: tuple[Row, ...], at: int) -> bool:
    amounts = [(row, cell) for row in rows if isinstance(cell := row.cells[at], Figure) and cell.kind == "tonnes"]
    tops = [cell for row, cell in amounts if row.level == 0 and row.role in ("body", "group")]
    wholes = [(cell, tops) for row, cell in amounts if row.role == "total"]
    for place, (row, cell) in enumerate(amounts):
        parts = []
        for below, part in amounts[place + 1 :]:
            if below.level <= row.level:
                break
            if below.level == row.level + 1:
                parts.append(part)
        wholes.append((cell, parts))
    return all(
        _shown(whole) == sum(_shown(part) for part in parts)
        for whole, parts in wholes
        if parts and whole.exact == sum(part.exact for part in parts)
    )


def _shown(figure: Figure) -> Decimal:
    return shown(int(figure.exact), decimals=figure.decimals or 0)


@dataclass(frozen=True)
class Chart:
    """A chart, with its words and its figures.

    Attributes:
        title: what it shows, as a sentence.
        subtitle: unit, period, and the standard with its basis.
        alt: what can be seen, in words, for who does not see it; made from the same data.
        table: the same figures; the printed page has them in a table of its chapter.
        spec: the drawing, in Vega-Lite.
    """

    title: Statement
    subtitle: str
    alt: Statement
    table: Table
    spec: Mapping[str, Any] = field(hash=False)


@dataclass(frozen=True)
class Listing:
    """Statements one under the other; `marked` sets a sign before each, for what is open."""

    items: tuple[Statement, ...]
    marked: bool = False
    on: Where = "both"


Part = Statement | Table | Chart | Listing


@dataclass(frozen=True)
class Section:
    """A chapter of the page and a sheet of the workbook; `sheet` is the name of the sheet.

    `id` is the same in every language: lower case letters and hyphens. `fresh` begins it on a new page.
    """

    id: str
    title: str
    sheet: str
    parts: tuple[Part, ...]
    on: Where = "both"
    fresh: bool = False


@dataclass(frozen=True)
class Document:
    """A whole report.

    `facts` are the pairs on the cover, `warnings` what is open: a heading, the points, and where to read more; none when
    nothing is. `made` is its date, which no clock decides.
    """

    language: str
    organisation: str
    title: str
    period: str
    lead: tuple[Statement, ...]
    cover: Chart
    facts: tuple[tuple[str, str], ...]
    footer: str
    made: date
    sections: tuple[Section, ...]
    warnings: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.standing())
        loose = [(s.template, f) for s in self.statements() for f in s.figures if not known & {f, f.turned}]
        assert not loose, loose

    def parts(self) -> Iterator[Part]:
        """Every part of every section."""
        for section in self.sections:
            yield from section.parts

    def standing(self) -> Iterator[Figure]:
        """Every figure of a table or a chart."""
        for part in (self.cover, *self.parts()):
            table = part.table if isinstance(part, Chart) else part
            if isinstance(table, Table):
                yield from (cell for row in table.rows for cell in row.cells if isinstance(cell, Figure))

    def statements(self) -> Iterator[Statement]:
        """Every sentence: on the cover, in sections, under tables, beside charts."""
        yield from self.lead
        yield from self.warnings
        yield self.cover.alt
        yield self.cover.title
        for part in self.parts():
            match part:
                case Statement():
                    yield part
                case Table():
                    yield from part.notes
                case Chart():
                    yield part.alt
                    yield part.title
                case Listing():
                    yield from part.items
