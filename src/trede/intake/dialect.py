"""Detecting the delimiter and the header row of a text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from trede.intake.comparing import compared
from trede.intake.headings import read_heading
from trede.intake.problems import Choice
from trede.intake.reader import Records
from trede.intake.settings import DELIMITERS
from trede.kernel.errors import IntakeError
from trede.kernel.issues import Issue, Location

SAMPLE_CHARS = 1 << 16
SAMPLE_RECORDS = 200
HEADER_WITHIN = 100
"""Records in which the header is looked for."""

MANY_PERIODS = 3
"""Headings that are periods, from which on a file is taken for a cross-tab."""

_SEP_LINE = re.compile(r"sep=([;,\t|])\n", re.IGNORECASE)
_NUMBER_OR_DATE = re.compile(r"[^\w]*[0-9][0-9\s.,:/+−'’-]*[^\w]*")


def detect_delimiter(text: str, name: str) -> Choice:
    """Find the delimiter: it occurs in most records, splits most of them alike, and into most columns.

    Raises:
        IntakeError: `delimiter_ambiguous` when two do so equally well.
    """
    stated = _SEP_LINE.match(text)
    if stated:
        return Choice(stated[1], "sep_line")
    sample = text[:SAMPLE_CHARS]
    if len(text) > SAMPLE_CHARS:
        sample = sample[: sample.rfind("\n") + 1] or sample
    scores: dict[str, tuple[int, int, int]] = {}
    for delimiter in DELIMITERS:
        reader = csv.reader(io.StringIO(sample, newline="\n"), delimiter=delimiter)
        try:
            widths = Counter(len(row) for row in islice(reader, SAMPLE_RECORDS) if len(row) > 1)
        except csv.Error:
            continue
        if widths:
            width, alike = max(widths.items(), key=lambda item: (item[1], item[0]))
            scores[delimiter] = (widths.total(), alike, width)
    if not scores:
        return Choice(";", "one_column")
    best = max(scores, key=lambda d: scores[d])
    equals = [delimiter for delimiter, score in scores.items() if score == scores[best]]
    if len(equals) > 1:
        raise IntakeError(Issue.error("delimiter_ambiguous", Location(file=name), found=equals))
    occurs, alike, width = scores[best]
    return Choice(best, "splits_alike", {"alike": alike, "of": occurs, "columns": width})


def detect_header(records: Records, name: str, wanted: Sequence[Sequence[str]] = ()) -> Choice:
    """Find the header row (from 1).

    Args:
        records: the whole file.
        name: the file's name, for the issue.
        wanted: per mapped column its accepted headings; the first row that has all of them is the header.
            Without them, or when no row has them, it is the first row of the usual width with texts only; years and
            numbers of months count as texts where several stand beside another one, as over a cross-tab.

    Raises:
        IntakeError: `header_not_found`.
    """
    rows = [records.cells(i) for i in range(min(len(records), HEADER_WITHIN))]
    for number, row in enumerate(rows, start=1):
        found = {compared(cell) for cell in row}
        if wanted and all(any(compared(name) in found for name in names) for names in wanted):
            return Choice(number, "mapped_headings")
    widths = Counter(len(row) for row in rows if any(map(str.strip, row)))
    usual = widths.most_common(1)[0][0] if widths else 0
    for number, row in enumerate(rows, start=1):
        filled = [cell.strip() for cell in row if cell.strip()]
        periods = [cell for cell in filled if read_heading(cell)]
        spread = len(periods) >= MANY_PERIODS and len(periods) < len(filled)
        texts = [c for c in filled if not _NUMBER_OR_DATE.fullmatch(c) or (spread and c in periods)]
        others = [cell for cell in filled if not (spread and cell in periods)]  # months stand again for each year
        distinct = len(set(others)) == len(others)
        if len(row) == usual and filled and texts == filled and distinct and 2 * len(filled) > len(row):
            return Choice(number, "first_row_of_texts")
    raise IntakeError(Issue.error("header_not_found", Location(file=name), within=len(rows)))
