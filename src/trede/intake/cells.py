"""The cells of a cross-tab: each has a fate of its own, and together they are the file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.columns import Field
from trede.intake.comparing import compared, total_word
from trede.intake.dates import read_year
from trede.intake.layout import ACCEPTED, REJECTED, SET_ASIDE, Layout
from trede.intake.problems import Finding, Problem
from trede.intake.reader import MAX_ROWS, Flags, Ints, Records
from trede.intake.shapes import Crosstab
from trede.intake.spreading import Spreading
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

_TOTAL, _LABEL, _BARE = -1, -2, -3
"""What a column is that holds no quantities."""


def lay_out_cells(records: Records, rows: Layout, spreading: Spreading, crosstab: Crosstab, name: str) -> Layout:
    """Sort the cells of a file whose rows are sorted.

    The cells of a row that is no data share its fate. Of the others, labels and totals of a row are set aside, empty cells
    are blank, and what is left in a column of quantities is data. A value below no heading at all is rejected.

    Raises:
        IntakeError: `too_many_cells`.
    """
    if len(records.values) > MAX_ROWS:
        found = len(records.values)
        raise IntakeError(Issue.error("too_many_cells", Location(file=name), found=found, limit=MAX_ROWS))
    record = np.repeat(np.arange(len(records)), records.widths)
    fates = rows.fates[record]
    place = np.arange(len(records.values)) - records.offsets[:-1][record]
    width = int(records.widths[rows.header])
    kind = np.full(max(width, int(records.widths.max())), _LABEL)
    kind[list(spreading.indices)] = 0
    kind[list(spreading.totals)] = _TOTAL
    kind[list(spreading.bare)] = _BARE
    of_data = np.zeros(len(records), dtype=bool)
    of_data[rows.rows] = True
    inside = of_data[record]
    of_total = np.zeros(len(records), dtype=bool)
    of_total[[number for number, _ in rows.totals]] = True
    beside = inside | of_total[record]
    empty = _empty(records, beside & (kind[place] != _LABEL), crosstab)
    blank = beside & empty
    label = beside & (kind[place] == _LABEL)
    total = inside & (kind[place] == _TOTAL) & ~empty
    bare = inside & (kind[place] == _BARE) & ~empty
    fates[blank | label | total] = SET_ASIDE
    fates[bare] = REJECTED
    reasons = {}
    for number, problem in rows.reasons.items():
        for line in range(int(records.offsets[number]), int(records.offsets[number + 1])):
            reasons[line] = problem
    reasons |= {line: Problem("cell_without_heading", {}) for line in np.flatnonzero(bare).tolist()}
    blanks = np.zeros(len(records), dtype=bool)
    blanks[rows.blank] = True
    data = np.flatnonzero(fates == ACCEPTED)
    return Layout(
        rows.header, fates, reasons, data, record[data], rows.totals, np.flatnonzero(blank | blanks[record]),
        rows.misfits, place[data], np.flatnonzero(label), np.flatnonzero(total),
    )  # fmt: skip


def _empty(records: Records, looked_at: Flags, crosstab: Crosstab) -> Flags:
    """Return which cells say nothing; a formula without a result does say something."""
    at = np.flatnonzero(looked_at)
    coded = pc.utf8_trim_whitespace(records.values.take(pa.array(at))).dictionary_encode()
    none = {"", *(compared(text) for text in crosstab.blanks)}
    nothing = np.array([compared(text) in none for text in coded.dictionary.to_pylist()], dtype=bool)
    flags = np.zeros(len(records.values), dtype=bool)
    if len(at):
        flags[at] = nothing[coded.indices.to_numpy()]
    if records.native is not None:
        flags &= records.native.flaws == 0
    return flags


def seeming_totals(records: Records, layout: Layout) -> Iterator[Finding]:
    """Yield the cells of rows that a label calls a total, though the profile does not: they would count twice."""
    begins = records.offsets[:-1][layout.rows]
    figures = [] if layout.places is None else np.unique(layout.places).tolist()
    held = np.zeros(len(layout.rows), dtype=bool)
    for column in sorted({*range(int(records.widths[layout.header]))} - {*figures}):
        coded = records.values.take(pa.array(begins + column)).dictionary_encode()
        flags = np.array([total_word(text) is not None for text in coded.dictionary.to_pylist()], dtype=bool)
        held |= flags[coded.indices.to_numpy()]
    for position in np.flatnonzero(held).tolist():
        yield Finding(position, None, Problem("seems_total", {}))


def heading_fields(spreading: Spreading, places: Ints, year: Field | None) -> dict[str, Field]:
    """Return the fields that the headings fill, for the cells in some columns.

    Args:
        places: the column of each cell, from 0.
        year: the year of each cell's row, for headings that name none; where both do, they must agree.
    """
    number = np.full(int(max(spreading.indices)) + 1, -1)
    number[list(spreading.indices)] = np.arange(len(spreading.columns))
    codes = number[places]
    fields: dict[str, Field] = {}
    for name in sorted({name for column in spreading.columns for name in column.gives}):
        values = pa.array([column.gives.get(name) for column in spreading.columns], pa.string())
        fields[name] = Field(None, codes, values, {})
    if spreading.has_periods:
        fields["period"] = _periods(spreading, codes, year)
    return fields


def _periods(spreading: Spreading, codes: Ints, year: Field | None) -> Field:
    """Return the period of each cell: that of its heading, in the year of the heading or of the row."""
    years: list[str | None] = [None] if year is None else year.values.to_pylist()
    problems: dict[int, Problem] = {}
    texts: list[str | None] = []
    for number, stated in enumerate(years):
        for column in spreading.columns:
            own = None if column.period is None or column.period.year is None else str(column.period.year)
            found, problem = own or stated, None
            if column.period is None:
                texts.append(column.gives.get("period"))
                continue
            if year is not None and number in year.problems:
                problem = year.problems[number]
            elif stated is not None and isinstance(read := read_year(stated), Problem):
                problem = read
            elif own is not None and stated is not None and own != stated:
                problem = Problem("heading_year_differs", {"year": stated})
            elif found is None:
                problem = Problem("cell_empty", {})
            if problem is not None:
                problems[len(texts)] = problem
                found = None
            texts.append(None if found is None else column.period.text(found))
    rows = np.zeros(len(codes), dtype=np.int64) if year is None else year.codes
    heading = None if year is None else year.heading
    return Field(heading, rows * len(spreading.columns) + codes, pa.array(texts, pa.string()), problems)
