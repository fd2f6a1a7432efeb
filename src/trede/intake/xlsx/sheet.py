"""One sheet of a workbook as records: a row of equal width for every row of the sheet up to the last with a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.comparing import compared
from trede.intake.problems import Choice
from trede.intake.reader import (
    FORMULA_WITHOUT_VALUE,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_TEXT,
    NO_FLAW,
    Flags,
    Ints,
    Native,
    Records,
)
from trede.intake.xlsx import cells as kinds
from trede.intake.xlsx.cells import Around, Cells, read_strict
from trede.intake.xlsx.container import Container, refusal
from trede.intake.xlsx.fast import read_fast
from trede.intake.xlsx.parts import DATE, NUMBER, PERCENT, SheetEntry, Workbook, read_workbook
from trede.intake.xlsx.strings import read_strings
from trede.intake.xlsx.values import CANONICAL, DIGITS, clean, date_text, iso_text, number_text, percent_text
from trede.kernel.addresses import letter
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location
from trede.kernel.progress import Watch, unseen

MAX_GRID = 50_000_000
"""Cells, blank ones too, of the rectangle of rows and columns."""

Merge = tuple[int, int, int, int]
_LISTED = 20


@dataclass(frozen=True)
class Sheet:
    """A sheet as records. `merges`: first and last row and column, from 0; `notices`: what was read that is easily missed."""

    choice: Choice
    records: Records
    merges: tuple[Merge, ...]
    notices: tuple[Issue, ...]


def read_sheet(container: Container, chosen: Choice | None, watch: Watch = unseen) -> Sheet:
    """Read the chosen sheet, or the only visible one that is not empty.

    Raises:
        IntakeError: `sheet_unknown`, `sheet_ambiguous`, `file_empty`, `too_many_columns`, `too_many_rows`,
            `sheet_too_large`, `file_too_large`, `workbook_damaged`, `workbook_has_doctype`.
    """
    workbook = read_workbook(container)
    entry, choice, found = _select(container, workbook, chosen, watch)
    if found is None:
        raise refusal("file_empty", container.name)
    cells, around = found
    records = _records(container, workbook, cells, entry.part)
    return Sheet(choice, records, tuple(around.merges), tuple(_notices(container, workbook, entry, records, around)))


_Found = tuple[Cells, Around]


def _select(
    container: Container, workbook: Workbook, chosen: Choice | None, watch: Watch
) -> tuple[SheetEntry, Choice, _Found | None]:
    names = [entry.name for entry in workbook.sheets]
    if chosen is not None:
        entry = _named(workbook, chosen.value)
        if entry is None:
            raise refusal("sheet_unknown", container.name, value=str(chosen.value), sheets=names)
        return entry, Choice(entry.name, chosen.basis), _cells(container, entry, watch)
    shown = [
        (entry, found)
        for entry in workbook.sheets
        if not entry.hidden
        for found in [_cells(container, entry, watch)]
        if found
    ]
    if len(shown) == 1:
        return shown[0][0], Choice(shown[0][0].name, "only_sheet"), shown[0][1]
    hidden = [e.name for e in workbook.sheets if e.hidden and _cells(container, e, watch)] if not shown else []
    if shown or hidden:
        raise refusal("sheet_ambiguous", container.name, sheets=[entry.name for entry, _ in shown] or hidden)
    raise refusal("file_empty", container.name)


def _named(workbook: Workbook, value: str | int | None) -> SheetEntry | None:
    """Return the sheet with that name or, from 1, that number; a text that is no name may be a number."""
    for entry in workbook.sheets:
        if isinstance(value, str) and compared(entry.name) == compared(value):
            return entry
    number = int(str(value)) if str(value).isdecimal() else 0
    return workbook.sheets[number - 1] if 0 < number <= len(workbook.sheets) else None


def _cells(container: Container, entry: SheetEntry, watch: Watch) -> _Found | None:
    """Return the cells with something in them and what stands around; None when there are none."""
    data = container.read(entry.part)
    found = read_fast(data, container.name, entry.part, watch)
    cells, around = found or read_strict(data, container.name, entry.part)
    present = (cells.kinds != kinds.EMPTY) | cells.formulas
    if not present.any():
        return None
    return cells if present.all() else cells.chosen(present), around


def _records(container: Container, workbook: Workbook, cells: Cells, part: str) -> Records:
    height, width = int(cells.rows.max()) + 1, int(cells.columns.max()) + 1
    if width > MAX_COLUMNS:
        where = Location(file=container.name, row=int(cells.rows[np.argmax(cells.columns)]) + 1)
        raise IntakeError(Issue.error("too_many_columns", where, found=width, limit=MAX_COLUMNS))
    if height > MAX_ROWS:
        raise refusal("too_many_rows", container.name, found=height, limit=MAX_ROWS)
    if height * width > MAX_GRID:
        raise refusal("sheet_too_large", container.name, rows=height, columns=width, limit=MAX_GRID)
    places = cells.rows * width + cells.columns
    if (np.diff(places) <= 0).any() and len(np.unique(places)) < len(places):
        raise refusal("workbook_damaged", container.name, part=part)
    texts, dates = _texts(container, workbook, cells)
    origin = np.full(height * width, -1, dtype=np.int32)
    origin[places] = np.arange(len(places))
    values = pc.fill_null(texts.take(pa.array(origin, mask=origin < 0)), "")
    flaws = np.zeros(height * width, dtype=np.int8)
    flaws[places[cells.formulas & (cells.kinds == kinds.EMPTY)]] = FORMULA_WITHOUT_VALUE
    numbers = (cells.kinds == kinds.NUMBER) & np.isin(_shows(workbook, cells), (NUMBER, PERCENT))
    flags = {"numbers": numbers, "dates": dates, "formulas": cells.formulas}
    spread = {name: np.zeros(height * width, dtype=bool) for name in flags}
    for name, flag in flags.items():
        spread[name][places] = flag
    native = Native(**spread, flaws=flaws)
    offsets = np.arange(height + 1, dtype=np.int64) * width
    return Records(values, offsets, np.arange(1, height + 1, dtype=np.int64), native)


def _shows(workbook: Workbook, cells: Cells) -> Ints:
    """Return what the number format of each cell shows."""
    formats = np.array([*workbook.formats, NUMBER], dtype=np.int64)
    return formats[np.minimum(cells.styles, len(formats) - 1)]


def _texts(container: Container, workbook: Workbook, cells: Cells) -> tuple[pa.StringArray, Flags]:
    """Return the text of each cell, and which are dates."""
    shows = np.where(cells.kinds == kinds.NUMBER, _shows(workbook, cells), NUMBER)
    moments = ~np.isin(shows, (NUMBER, PERCENT))
    dates = (shows == DATE) | (cells.kinds == kinds.ISO_DATE)
    readers: list[tuple[Flags, Callable[[str], str]]] = [
        ((cells.kinds == kinds.NUMBER) & (shows == NUMBER), number_text),
        (shows == PERCENT, percent_text),
        (cells.kinds == kinds.TEXT, clean),
        (cells.kinds == kinds.BOOLEAN, lambda text: "TRUE" if text in ("1", "true") else "FALSE"),
        (cells.kinds == kinds.ISO_DATE, iso_text),
    ]
    for shown in np.unique(shows[moments]).tolist():
        readers.append((shows == shown, partial(date_text, shows=shown, date1904=workbook.date1904)))
    places: list[Ints] = []
    parts: list[pa.Array] = []
    left = np.ones(len(cells.rows), dtype=bool)
    for flags, read in readers:
        at = np.flatnonzero(flags)
        if at.size:
            places.append(at)
            parts.append(_each(cells.texts.take(pa.array(at)), read))
            left[at] = False
    shared = np.flatnonzero(cells.kinds == kinds.SHARED)
    if shared.size:
        places.append(shared)
        parts.append(_shared(container, workbook, cells.texts.take(pa.array(shared))))
        left[shared] = False
    places.append(np.flatnonzero(left))
    parts.append(cells.texts.take(pa.array(places[-1])))
    order = np.argsort(np.concatenate(places), kind="stable")
    return pa.concat_arrays(parts).take(pa.array(order)), dates


def _each(texts: pa.StringArray, read: Callable[[str], str]) -> pa.StringArray:
    """Return every text read; each distinct one once, and plain numbers as they are."""
    coded = texts.dictionary_encode()
    distinct = coded.dictionary
    if read is number_text:
        plain = pc.and_(
            pc.match_substring_regex(distinct, CANONICAL), pc.less_equal(pc.binary_length(distinct), DIGITS + 1)
        )
        rest = pa.array([read(text) for text in distinct.filter(pc.invert(plain)).to_pylist()], pa.string())
        return pc.replace_with_mask(distinct, pc.invert(plain), rest).take(coded.indices)
    return pa.array([read(text) for text in distinct.to_pylist()], pa.string()).take(coded.indices)


def _shared(container: Container, workbook: Workbook, numbers: pa.StringArray) -> pa.StringArray:
    """Return the shared strings with these numbers."""
    strings = read_strings(container, workbook.strings_part)
    part = workbook.strings_part or "sharedStrings"
    try:
        indices = pc.cast(numbers, pa.int32())
        size = pc.sum(pc.binary_length(strings).cast(pa.int64()).take(indices)).as_py()
        if size > MAX_TEXT:
            raise refusal("file_too_large", container.name, bytes=size, limit=MAX_TEXT)
        return strings.take(indices)
    except (pa.ArrowInvalid, IndexError) as error:
        raise refusal("workbook_damaged", container.name, part=part) from error


def _notices(
    container: Container, workbook: Workbook, entry: SheetEntry, records: Records, around: Around
) -> Iterator[Issue]:
    native = records.native
    assert native is not None
    where = Location(file=container.name)
    width = int(records.widths[0])
    read = native.formulas & (native.flaws == NO_FLAW)
    if read.any():
        columns = [letter(int(column)) for column in np.unique(np.flatnonzero(read) % width)]
        yield Issue.notice("cell_from_formula", where, count=int(read.sum()), columns=columns)
    if workbook.external:
        yield Issue.notice("external_links_ignored", where)
    filled = np.asarray(pc.not_equal(records.values, "")).reshape(-1, width)
    rows = [row for row in sorted(set(around.hidden_rows)) if row < len(records) and filled[row].any()]
    if rows:
        yield Issue.notice("hidden_rows_read", where, count=len(rows), rows=[str(row + 1) for row in rows[:_LISTED]])
    hidden = {column for low, high in around.hidden_columns for column in range(low, min(high + 1, width))}
    columns = [letter(column) for column in sorted(hidden) if filled[:, column].any()]
    if columns:
        yield Issue.notice("hidden_columns_read", where, columns=columns)
    if entry.hidden:
        yield Issue.notice("hidden_sheet_read", where, sheet=entry.name)
    others = [other.name for other in workbook.sheets if other is not entry]
    if others:
        yield Issue.notice("sheets_left_out", where, sheet=entry.name, others=others)
