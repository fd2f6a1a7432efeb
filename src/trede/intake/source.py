"""A file as records, whatever it is: text with a delimiter, or a sheet of a workbook. Its content tells, not its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trede.intake.checking import ISO
from trede.intake.dates import date_format
from trede.intake.dialect import HEADER_WITHIN, detect_delimiter
from trede.intake.encoding import MAX_BYTES, decode
from trede.intake.problems import Choice
from trede.intake.reader import Ints, Records, split
from trede.intake.settings import FileSettings, chosen
from trede.intake.xlsx.container import open_container, refusal
from trede.intake.xlsx.merging import filled, spread
from trede.intake.xlsx.sheet import Merge, read_sheet
from trede.kernel.issues import Issue
from trede.kernel.progress import Watch, unseen


@dataclass(frozen=True)
class Source:
    """The records of a file, and how they were told. `sheet`, `merges` and `notices` are those of a workbook."""

    encoding: Choice
    delimiter: Choice
    records: Records
    sheet: Choice | None = None
    merges: tuple[Merge, ...] = ()
    notices: tuple[Issue, ...] = ()

    def headed(self, row: int | None = None) -> Records:
        """Return the records with merged headings filled in: in row `row`, or downwards in all that may be headings."""
        if not self.merges:
            return self.records
        rows = range(HEADER_WITHIN) if row is None else range(row, row + 1)
        return filled(self.records, self.merges, rows, across=row is not None)

    def settled(self, header: int, amounts: Collection[int], *, repeat: bool) -> Records:
        """Return the records with merged headings filled in and merged data repeated or marked."""
        if not self.merges:
            return self.records
        return spread(self.headed(header), self.merges, header, amounts, repeat=repeat)

    def decimal(self, detected: Choice) -> Choice:
        """Return the decimal sign told by the texts of a file; a workbook without such texts has its own numbers."""
        return Choice(".", "workbook") if self.sheet and detected.basis == "no_decimals" else detected

    def dates(self, detected: Choice, cells: Ints) -> Choice:
        """Return the date format told by texts; cells that are dates need none."""
        native = self.records.native
        own = native is not None and bool(native.dates[cells].any())
        return Choice(ISO, "workbook") if own and detected.basis == "no_dates" else detected


def open_records(
    data: bytes, name: str, overrides: FileSettings | None, profile: FileSettings | None, watch: Watch = unseen
) -> Source:
    """Read a file as records.

    Args:
        watch: is told which share of the bytes of a workbook is read; other files are read at once.

    Raises:
        IntakeError: the file is refused, or its sheet or delimiter is not settled.
    """
    if len(data) > MAX_BYTES:
        raise refusal("file_too_large", name, bytes=len(data), limit=MAX_BYTES)
    container = open_container(data, name)
    if container is not None:
        sheet = read_sheet(container, chosen("sheet", overrides, profile), watch)
        itself = Choice(None, "workbook")
        return Source(itself, itself, sheet.records, sheet.choice, sheet.merges, sheet.notices)
    text, encoding = decode(data, name, chosen("encoding", overrides, profile))
    delimiter = chosen("delimiter", overrides, profile) or detect_delimiter(text, name)
    return Source(encoding, delimiter, split(text, str(delimiter.value), name))


def chosen_sheet(data: bytes, name: str, sheet: str | None) -> str | None:
    """Return the name of the sheet of a workbook that is meant; None of another file.

    Args:
        sheet: its name or number; None: the only one that may be meant.

    Raises:
        IntakeError: the workbook cannot be read, or its sheet is unknown or not settled.
    """
    container = open_container(data, name)
    if container is None:
        return None
    return str(read_sheet(container, chosen("sheet", FileSettings(sheet=sheet), None)).choice.value)


def written(records: Records, cells: Ints) -> pa.StringArray:
    """Return the cells that somebody wrote as text; those that a workbook keeps as numbers and dates tell no format."""
    native = records.native
    if native is not None:
        cells = cells[~(native.numbers | native.dates)[cells]]
    return records.values.take(pa.array(cells))


def rewritten(records: Records, decimal: str, dates: str | None) -> Records:
    """Return the records with a workbook's own numbers and dates written as the texts of the file are."""
    native = records.native
    if native is None:
        return records
    values = records.values
    if decimal == ",":
        numbers = pa.array(native.numbers)
        values = pc.if_else(numbers, pc.replace_substring(values, ".", ","), values)
    if dates is not None and native.dates.any():
        form = date_format(dates)
        at = np.flatnonzero(native.dates)
        coded = values.take(pa.array(at)).dictionary_encode()
        texts = []
        for text in coded.dictionary.to_pylist():
            day, _, clock = text.partition(" ")
            texts.append(form.write(date.fromisoformat(day), clock or "00:00") or text)
        plain = pa.array(texts, pa.string()).take(coded.indices)
        values = pc.replace_with_mask(values, pa.array(native.dates), plain)
    return replace(records, values=values)
